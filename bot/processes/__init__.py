"""Processes: what a worker and a scheduler do, in a process of its own or beside others in one."""

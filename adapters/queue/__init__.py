"""The queue: what wakes a worker up, over streams of the Redis protocol. See queue.py."""

from adapters.queue.queue import Handler, Job, Priority, Queue, open_queue

__all__ = ["Handler", "Job", "Priority", "Queue", "open_queue"]

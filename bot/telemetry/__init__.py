"""Telemetry: what a process that serves tells those who run it - metrics, traces, reports of bugs."""

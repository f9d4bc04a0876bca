"""Pictures of what people see in Slack, for the docs: `python -m benchmarks.pictures [NAME ...]`."""

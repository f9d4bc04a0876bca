"""Pictures of what people see in Slack and Discord, for the docs: `python -m benchmarks.pictures [NAME ...]`."""

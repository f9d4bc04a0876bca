"""Slack: its ways in, its Web API, and how our words look there."""

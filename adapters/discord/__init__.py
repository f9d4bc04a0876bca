"""Discord: its commands, messages and gateway."""

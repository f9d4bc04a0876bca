"""What cannot be drawn."""

from __future__ import annotations


class UnknownPartError(ValueError):
    """A block, an element or a style that is not drawn yet. The message is Slack's name for it."""

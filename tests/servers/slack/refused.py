"""How Slack says no."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A call is answered `{"ok": false, "error": error}` and `more`."""

    def __init__(self, error: str, **more: Any) -> None:  # noqa: ANN401 - any JSON
        super().__init__(error)
        self.error, self.more = error, more


def invalid(error: str, faults: list[str]) -> Refused:
    """The refusal that names each fault."""
    messages = {"messages": [f"[ERROR] {fault}" for fault in faults]}
    return Refused(error, errors=faults, response_metadata=messages)

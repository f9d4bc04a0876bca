"""Bugs: every exception that we log with its traceback is counted, and reported where Sentry is set up.

Libraries log tracebacks of what passes by itself, such as a connection that was lost; of theirs only asyncio's count,
which tell of a task of ours that failed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters import metrics
from adapters.metrics import table
from adapters.sentry import present_error

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from adapters.sentry import Sentry

TOLD: Final = ("delivery", "batch", "request", "reference", "job", "service", "repo", "action")
"""What of a line goes along with a report. A repository is one that the settings or people name."""


@contextmanager
def bugs_told(sentry: Sentry | None) -> Iterator[None]:
    """Look at every line of the log while the block runs."""

    def look(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        error = present_error(event.get("exc_info"))
        if error is not None and event.get("logger", "asyncio") == "asyncio":
            metrics.count(table.BUGS)
            if sentry is not None:
                sentry.report(error, {name: str(event[name]) for name in TOLD if name in event})
        return event

    before = list(structlog.get_config()["processors"])
    # after what a task has bound, and before the traceback becomes text
    at = 1 if structlog.contextvars.merge_contextvars in before else 0
    structlog.configure(processors=[*before[:at], look, *before[at:]])
    try:
        yield
    finally:
        structlog.configure(
            processors=[each for each in structlog.get_config()["processors"] if each is not look]
        )

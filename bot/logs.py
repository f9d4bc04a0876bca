"""Structured logs on stderr: key=value for a person, JSON for a machine. Standard output is for answers alone."""

from __future__ import annotations

import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import MutableMapping

TOKENS = re.compile(
    r"gh[pousr]_[A-Za-z0-9_.-]{16,}|github_pat_[A-Za-z0-9_]{20,}|sk-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{10,}"
    r"|xapp-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    # a bot's token begins with its id, an interaction's with "interaction:", both in base64
    r"|(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5,6}\w{0,3}\.[\w-]{4,8}\.[\w-]{16,}|aW50ZXJhY3Rpb24[\w=-]{20,}"
)
"""Shapes of secrets: tokens of GitHub, OpenAI, Anthropic, Slack and Discord, and passwords inside addresses."""


def redact(text: str) -> str:
    """`text` with everything that looks like a secret replaced."""
    return TOKENS.sub("[redacted]", text)


def set_up_logs(level: str) -> None:
    """Send this process's log lines of `level` and above to stderr, secrets removed."""
    import structlog

    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            say_problem,
            _redact_values,
            structlog.dev.ConsoleRenderer(colors=True)
            if terminal
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # stderr is looked up at each line, since a progress bar may have wrapped it by then
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def say_problem(_logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An error's line with the sentence, in English, that a person would be told: what to do, beside the key to search
    for. A processor of structlog."""
    error = event.get("error")
    if method != "error" or not isinstance(error, str):
        return event
    words = languages.load("en")
    if words.has(f"errors.{error}"):
        with suppress(KeyError, TypeError):  # the line tells too little of it
            event["problem"] = words.text(f"errors.{error}", **event.get("values", {}))
    return event


def _redact_values(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}

"""Structured logs on stderr: key=value for a person, JSON for a machine. Standard output is for answers alone.

Whatever is written there goes one way, our own lines and those of libraries, warnings and errors that nobody caught:
secrets are taken out of each.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from summarizer import languages
from summarizer.secrecy import TOKENS, keep_secret, redact, redacted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from types import TracebackType

    from pydantic_settings import BaseSettings

__all__ = ["TOKENS", "keep_secrets", "redact", "say_problem", "set_up_logs"]

_SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|DSN|CREDENTIALS?)$", re.IGNORECASE
)
"""Of environment variables: providers of models and of telemetry read theirs from there by themselves."""

_SECRET_PAIRS: Final = re.compile(r"OTEL_EXPORTER_OTLP(?:_[A-Z]+)?_HEADERS")
"""Those that hold `name=secret,name=secret`."""

_LEVELS: Final = ((50, "critical"), (40, "error"), (30, "warning"), (20, "info"), (0, "debug"))


def keep_secrets(settings: BaseSettings) -> None:
    """Let nothing be shown of what the settings keep secret. What the environment does is known where logs are set
    up."""
    keep_secret(*_of_settings(settings))


def _of_settings(settings: BaseSettings) -> Iterator[str]:
    from pydantic import SecretStr

    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if not isinstance(value, SecretStr):
            continue
        text = value.get_secret_value()
        if name == "web_auth":  # where it names a header there is no secret
            kind, _, text = text.partition(":")
            text = text if kind == "token" else ""
        elif "://" in text:
            with suppress(ValueError):
                password = urlsplit(text).password or ""
                yield password
                yield unquote(password)
        elif name == "secret_key":
            yield from (part for part in re.split(r"[\s,]+", text) if part)
        yield text


def _of_environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if _SECRET_NAME.search(name):
            yield value
        elif _SECRET_PAIRS.fullmatch(name):
            yield from (pair.partition("=")[2] for pair in value.split(","))


def set_up_logs(level: str) -> None:
    """Send this process's log lines of `level` and above to stderr, secrets removed."""
    import structlog

    keep_secret(*_of_environment(os.environ))
    terminal = sys.stderr.isatty()
    render = (
        structlog.dev.ConsoleRenderer(colors=True)
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            say_problem,
            _redact_values,
            render,
            _redact_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # stderr is looked up at each line, since a progress bar may have wrapped it by then
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_in_libraries(level)
    _take_in_uncaught()


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
    return {redacted(key): redacted(value) for key, value in event.items()}


def _redact_line(_logger: object, _method: str, line: Any) -> str:  # noqa: ANN401 - a line by now
    """Once more as a whole: what a renderer made text of has passed nobody yet."""
    return redact(str(line))


class _Ours(logging.Handler):
    """Takes the lines of libraries, which write them by `logging`, into our log."""

    def emit(self, record: logging.LogRecord) -> None:
        import structlog

        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a library's own slip
            text = str(record.msg)
        level = next(name for at_least, name in _LEVELS if record.levelno >= at_least)
        told: dict[str, Any] = {"logger": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            told["exc_info"] = record.exc_info
        getattr(structlog.get_logger(), level)(text, **told)


def _take_in_libraries(level: str) -> None:
    """Their warnings, and more where everything is asked for. What debugs them is told nowhere: it tells of requests
    whole."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Ours)]:
        root.removeHandler(handler)
    root.addHandler(_Ours())
    root.setLevel(logging.INFO if level == "debug" else logging.WARNING)
    logging.captureWarnings(True)


def _take_in_uncaught() -> None:
    """Errors that nobody caught, in whatever thread: one line with the traceback, as for any bug."""
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    import structlog

    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().error("bug", exc_info=(kind, error, trace))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
        _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    import structlog

    if args.exc_value is None:
        return
    told = (type(args.exc_value), args.exc_value, args.exc_traceback)
    structlog.get_logger().error("bug", about=args.err_msg or "", exc_info=told)

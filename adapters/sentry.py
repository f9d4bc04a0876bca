"""Sentry: told of bugs, and of nothing else, where SENTRY_DSN says where to.

Everything in a report goes through the same redaction as the log. No local variables, no persons, no lines of the log
that came before, no traces: the SDK's own integrations are all off.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from sentry_sdk.types import Event, Hint

    ExcInfo: TypeAlias = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )

EXTRA: Final = 'pip install "vllm-digest[sentry]"'
LEAVE_S: Final = 2.0
"""How long a process that stops waits for its last reports to be taken."""


class Sentry:
    """Reports bugs."""

    def __init__(
        self, dsn: str, *, version: str, process: str, environment: str | None, redact: Callable[[str], str]
    ) -> None:
        """Raises NotConfigured: `telemetry.missing` without the package, `telemetry.dsn` for an address that is
        none."""
        try:
            from sentry_sdk import Client
            from sentry_sdk.utils import BadDsn
        except ImportError as error:
            raise NotConfigured("telemetry.missing", what="Sentry", install=EXTRA) from error

        # persons are told of only where that is switched on (send_default_pii), which the SDK now objects to naming
        def redacted(event: Event, _hint: Hint) -> Event:
            return cast("Event", _within(event, redact))

        try:
            self._client = Client(
                dsn=dsn,
                release=f"vllm-digest@{version}",
                environment=environment,
                server_name=process,
                before_send=redacted,
                include_local_variables=False,
                max_breadcrumbs=0,
                default_integrations=False,
                auto_enabling_integrations=False,
                shutdown_timeout=LEAVE_S,
            )
        except BadDsn as error:
            raise NotConfigured("telemetry.dsn") from error

    def report(self, error: BaseException, told: Mapping[str, str]) -> None:
        """A bug. told: what the log tells beside it, such as the id of a delivery."""
        from sentry_sdk.utils import event_from_exception

        about: ExcInfo = (type(error), error, error.__traceback__)
        event, hint = event_from_exception(about, client_options=self._client.options)
        event["tags"] = dict(told)
        self._client.capture_event(event, hint)

    def close(self) -> None:
        """Wait a moment for what is on its way."""
        self._client.close(timeout=LEAVE_S)


@contextmanager
def reporting(
    environ: Mapping[str, str], *, version: str, process: str, redact: Callable[[str], str]
) -> Iterator[Sentry | None]:
    """Sentry while the block runs, where SENTRY_DSN is set. process: what this one is called. redact: takes secrets
    out of a text. Raises NotConfigured."""
    dsn = environ.get("SENTRY_DSN", "").strip()
    if not dsn:
        yield None
        return
    sentry = Sentry(
        dsn,
        version=version,
        process=process,
        environment=environ.get("SENTRY_ENVIRONMENT") or None,
        redact=redact,
    )
    try:
        yield sentry
    finally:
        sentry.close()


def present_error(exc_info: object) -> BaseException | None:
    """The exception that a line of the log was written for, as structlog's `exc_info` names it."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return cast("BaseException | None", exc_info[1])
    return sys.exc_info()[1] if exc_info else None


def _within(value: Any, redact: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON
    """Every text in it, redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {
            redact(key) if isinstance(key, str) else key: _within(each, redact) for key, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [_within(each, redact) for each in value]
    return value

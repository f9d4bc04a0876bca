"""Arriving: what a person did comes in, is acknowledged and worked on; all lines of the log about it bear one id."""

from __future__ import annotations

import time
from contextlib import contextmanager
from secrets import token_hex
from typing import TYPE_CHECKING

from structlog.contextvars import bind_contextvars, bound_contextvars

from adapters import metrics
from adapters.metrics import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.chat.port import Surface


@contextmanager
def arrived(surface: Surface) -> Iterator[Callable[[], None]]:
    """While the block runs, and in the tasks that it starts, lines of the log bear a `request` id of its own. What is
    handed over is called when it has been acknowledged."""
    begun = time.monotonic()
    with bound_contextvars(request=token_hex(4)):
        yield lambda: acknowledged(surface, begun)


def named() -> None:
    """The same for the rest of the present task."""
    bind_contextvars(request=token_hex(4))


def acknowledged(surface: Surface, begun: float) -> None:
    """begun: when it came, on the monotonic clock."""
    metrics.observe(table.ACKNOWLEDGED, time.monotonic() - begun, surface=surface)

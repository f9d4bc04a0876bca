"""Metrics: counted where something happens, told where somebody asks (`exposition`).

Whoever counts calls `count`, `observe` or `gauge` with a metric of the table. That costs nothing where nobody has
installed meters, as in a command of the shell, and a microsecond or two where somebody has.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.metrics.table import Metric


class Meters(Protocol):
    """Keeps the figures of a process. Safe to call from any thread."""

    def count(self, metric: Metric, amount: float, labels: dict[str, str]) -> None:
        """Add to a counter."""
        ...

    def observe(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        """Add a value to a histogram."""
        ...

    def gauge(self, metric: Metric, value: float, labels: dict[str, str]) -> None:
        """Say how much it is now."""
        ...


_meters: Meters | None = None


@contextmanager
def installed(meters: Meters) -> Iterator[None]:
    """Have these keep what this process counts, until the block is left."""
    global _meters
    before, _meters = _meters, meters
    try:
        yield
    finally:
        if _meters is meters:  # else another one that began later goes on
            _meters = before


def present() -> Meters | None:
    """Those of this process."""
    return _meters


def count(metric: Metric, amount: float = 1, **labels: str) -> None:
    """Add to a counter."""
    if _meters is not None:
        _meters.count(metric, amount, labels)


def observe(metric: Metric, value: float, **labels: str) -> None:
    """Add a value to a histogram."""
    if _meters is not None:
        _meters.observe(metric, value, labels)


def gauge(metric: Metric, value: float, **labels: str) -> None:
    """Say how much it is now."""
    if _meters is not None:
        _meters.gauge(metric, value, labels)


__all__ = ["Meters", "count", "gauge", "installed", "observe", "present"]

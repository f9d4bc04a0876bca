"""Settling in: what a process that stays does once at its start, so that nobody who asks later has to wait for it."""

from __future__ import annotations

import asyncio
import gc
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Final

from summarizer import languages
from summarizer.questions.times import Times

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.ask import Ask

THRESHOLDS: Final = (10_000, 10, 500)
"""How seldom the cycles among objects are looked for. Next to none of ours are part of one, and a look at all of them
stops the event loop for a tenth of a second; one at half a million of young ones for a quarter.

Source: docs.python.org/3/library/gc.html#gc.set_threshold
"""


def calm_collector() -> None:
    """Have the collector look seldom, and never again at what is there."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


async def settle(ask: Ask, repo: str, modules: Iterable[str] = ()) -> None:
    """Load what the first question would, and put what lives as long as the process out of the collector's sight.

    modules: names of those that will be needed later.
    """
    await asyncio.to_thread(_load, modules)
    await ask.prepare(repo)
    calm_collector()


def _load(modules: Iterable[str]) -> None:
    """Dates in words take Babel and its data, a tenth of a second for each language."""
    for name in modules:
        import_module(name)
    now = datetime.now(UTC)
    for code in languages.codes():
        times = Times(languages.load(code), "UTC", now)
        times.ago(now - timedelta(hours=1))
        times.day(now.date())

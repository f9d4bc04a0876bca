"""A store to serve pages from: vLLM's forty thousand items, and kept digests of as many days as are asked for.

A digest is built from the mirror for each of some days; the others are these again, of other days and under other ids.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Final

from benchmarks.finding import ITEMS, NOW, REPO, SEED, made_items, reading
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer.counting import build_facts
from summarizer.items import Coverage, Seen
from summarizer.topics import load_topics
from summarizer.windows import Window
from tests.references import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.store import Store
    from summarizer.digests import Digest
    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.topics import TopicRules

DAY: Final = timedelta(days=1)
BUILT: Final = 12
"""Digests that are built; each takes a third of a second."""

BATCH: Final = 500


async def fill(folder: Path, digests: int, langs: Sequence[str] = ("en",), *, has_items: bool = True) -> None:
    """Fill the embedded store of a state folder: that many daily digests in each language, and ITEMS items."""
    items = list(made_items(Random(SEED)))
    rules = load_topics(None)
    async with open_services(settings_of(folder), demo=False, one_shot=True) as services:
        for at in range(0, ITEMS if has_items else 0, BATCH):
            await services.store.mirror.save(REPO, map(reading, items[at : at + BATCH]))
        await _told_whole(services.store)
        for back in range(1, BUILT + 1):
            facts = _facts(items, rules, back)
            for lang in langs:
                digest = digest_of(facts, lang)
                for day in range(back, digests + 1, BUILT):
                    await services.editions.keep(_of_day(digest, day))


def settings_of(folder: Path) -> Any:  # noqa: ANN401 - Settings
    """Of a process over that folder, whose clock stands, without a token or a server of anybody's."""
    chosen: dict[str, Any] = {
        "DIGEST_STATE_DIR": folder,
        "DIGEST_AT": NOW.isoformat(),
        "DIGEST_TZ": "UTC",
        "DIGEST_REPOS": REPO,
    }
    return load_settings(**chosen)


async def _told_whole(store: Store) -> None:
    """Say that the mirror holds everything, and that it is a public repository's."""
    async with store.leases.hold("benchmark") as lease:
        assert lease is not None
        await store.states.change(
            REPO,
            lease.fence,
            lambda state: replace(
                state,
                synced_until=NOW,
                synced_at=NOW,
                mirror_from=NOW - 4_000 * DAY,
                whole=True,
                issues=ITEMS,
            ),
        )


def _facts(items: Sequence[Item], rules: TopicRules, back: int) -> Facts:
    midnight = NOW.replace(hour=0, minute=0)
    window = Window(midnight - back * DAY, midnight - (back - 1) * DAY, "UTC")
    # the made-up items move more often than vLLM's: some two hundred of them a day are what a day of vLLM has
    moved = [each for each in items if each.updated_at and each.updated_at >= window.since]
    near = [each for each in moved if each.number % 5 in (0, 3)]
    coverage = Coverage(Seen(len(near), len(near)), Seen(0, 0))
    return build_facts(repo=REPO, window=window, items=near, coverage=coverage, topics=rules.topics)


def _of_day(digest: Digest, day: int) -> Digest:
    """The digest as that of another day."""
    until = NOW.replace(hour=0, minute=0) - (day - 1) * DAY
    window = Window(until - DAY, until, "UTC")
    return replace(
        digest,
        id=f"daily-{window.since:%Y-%m-%d}-{day:010x}",
        title=f"vLLM development report - {window.since:%Y-%m-%d}",
        facts=replace(digest.facts, window=window),
    )

"""What `vllm-digest verify` does: read a report from a file, find what the mirror holds of it, check one against the
other. GitHub is never asked; what was not synced stays unchecked, and the check says so."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from adapters.store import Store, open_store
from adapters.unconnected import Unconnected
from bot.access import SHELL, Access
from bot.clock import Clock
from bot.sync import Sync
from summarizer.errors import BadInput, GitHubError, NotConfigured
from summarizer.reports import checking, read_report
from summarizer.topics import TopicRules, load_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.source import Source
    from adapters.store.states import MirrorState
    from bot.access import Principal
    from bot.settings import Settings
    from summarizer.reports import Check, Holding, Report

MOST_BYTES: Final = 5_000_000
"""No report is longer; a weekly one of a thousand pull requests takes a tenth."""

AT_ONCE: Final = 500


def read_text(name: str) -> str:
    """The text of the file `name`, "-" being the standard input. Raises BadInput "report.*"."""
    try:
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if name == "-" else _bytes(Path(name))
    except OSError as error:
        raise BadInput(
            "report.unreadable", file=name, reason=error.strerror or type(error).__name__
        ) from error
    except ValueError as error:  # a name with a null in it
        raise BadInput(
            "report.unreadable", file=name.replace("\0", ""), reason="no name of a file"
        ) from error
    if len(data) > MOST_BYTES:
        raise BadInput("report.too_long", file=name, megabytes=MOST_BYTES // 1_000_000)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("report.binary", file=name) from None


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def read_file(name: str) -> Report:
    """The report in the file `name`. Raises BadInput "report.*" for what is none."""
    text = read_text(name)
    try:
        return read_report(text)
    except BadInput as error:
        raise BadInput(error.key, **{"file": name, **error.values}) from None


@dataclass(frozen=True)
class Verifying:
    """Checks reports against the mirror, for those who may read it."""

    sync: Sync
    store: Store
    access: Access
    topics: TopicRules

    async def check(self, report: Report, reader: Principal = SHELL) -> Check:
        """Everything that is wrong or doubtful in the report. Raises StoreError."""
        state = await self._admitted(report, reader)
        if state is None:
            return checking.check(report, self.topics.topics, None)
        rules = self.topics.mended((await self.store.mends.load(state.repo)).mends)
        return checking.check(report, rules.topics, await self._holding(report, state))

    async def _holding(self, report: Report, state: MirrorState) -> Holding:
        """What the mirror holds of it."""
        numbers = sorted(checking.numbers_in(report))
        named = {}
        for start in range(0, len(numbers), AT_ONCE):
            batch = numbers[start : start + AT_ONCE]
            for record in await self.store.mirror.records(state.repo, batch, text=True):
                named[record.item.number] = record.item
        span = checking.span_of(report)
        if span is None:
            return checking.Holding(named=named)
        reasons = await self._reasons(state, *span)
        items = await self.store.mirror.items_between(state.repo, *span)
        return checking.Holding(tuple(items), named, reasons)

    async def _admitted(self, report: Report, reader: Principal) -> MirrorState | None:
        """The state of its repository's mirror; None for one that is not mirrored, and for one that the reader may not
        read: the two look alike."""
        if not report.repo:
            return None
        known = await self.store.states.load(report.repo)
        if known.synced_until is None and not known.glances:
            return None
        try:
            return await self.sync.admit(report.repo, self.access.gate(reader, report.repo))
        except (GitHubError, NotConfigured):
            return None

    async def _reasons(self, state: MirrorState, since: datetime, until: datetime) -> tuple[str, ...]:
        coverage = await self.sync.coverage(state, Window(since, until, "UTC"))
        return coverage.reasons


@asynccontextmanager
async def open_verifying(settings: Settings, *, demo: bool) -> AsyncIterator[Verifying]:
    """A `Verifying` over the store of the settings. demo: over the bundled sample. Raises NotConfigured, StoreError."""
    topics = load_topics(settings.topics_file)
    state_dir = settings.state_dir / "demo" if demo else settings.state_dir
    urls = [] if demo else [settings.redis_url, settings.cache_redis_url]
    redis_url, cache_url = ([url.get_secret_value() if url else None for url in urls] + [None, None])[:2]
    async with open_store(redis_url, state_dir, cache_redis_url=cache_url) as store:
        source = _source(demo=demo)
        every = timedelta(seconds=settings.sync_every)
        sync = Sync(source, store, now=Clock.at(settings.at).now, every=every)
        if demo:
            await _fill(sync)
        yield Verifying(sync, store, settings.access, topics)


def _source(*, demo: bool) -> Source:
    if demo:
        from adapters.github.demo import Demo

        return Demo()
    return Unconnected()


async def _fill(sync: Sync) -> None:
    """Have the sample in the mirror."""
    from adapters.chat import unwatched
    from adapters.github.demo import Demo

    sample = Demo()
    await sync.span(sample.repo, _Whole(Window(sample.begins, sample.until, "UTC")), "UTC", unwatched)


@dataclass(frozen=True)
class _Whole:
    """The sample's own window, whatever the clock says."""

    window: Window

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        del now, synced_until, tz
        return self.window

"""What people ask of the mirror itself: to be synced, how far it reaches, to take in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING

from adapters.jsonl import read_file
from adapters.store.states import Glance
from bot.history import BEGINNING, sync_turn
from summarizer import markup
from summarizer.errors import DigestError, GitHubError, NotConfigured
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from adapters.chat import Progress
    from adapters.jsonl import Imported
    from adapters.source import Source
    from adapters.store import Store
    from adapters.store.states import MirrorState
    from bot.sync import Allow, Sync
    from summarizer.languages import Language

DAY = timedelta(days=1)

PAGE, THREADS = 95, 24.5
"""Items that a point pays for: of a listing, and whole threads (`adapters.github.limits`)."""

SECONDS_A_ROUND, IN_FLIGHT = 0.9, 8
"""What eight requests at a time take, as a guess beforehand."""

IMPORTED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sync will take: items to list, threads to read, points and seconds."""

    items: int
    threads: int

    @property
    def requests(self) -> int:
        return math.ceil(self.items / PAGE) + math.ceil(self.threads / THREADS)

    @property
    def points(self) -> int:
        return self.requests + math.ceil(self.items / 1_000)

    @property
    def seconds(self) -> float:
        return SECONDS_A_ROUND * math.ceil(self.requests / IN_FLIGHT)


class Mirrors:
    """Answers commands about mirrors. Replies are Markdown."""

    def __init__(
        self, source: Source, store: Store, sync: Sync, *, now: Callable[[], datetime], keep: timedelta
    ) -> None:
        """keep: how long text is kept; older threads are not worth reading whole."""
        self._source = source
        self._store = store
        self._sync = sync
        self._now = now
        self._keep = keep

    async def sync(
        self,
        repo: str,
        back: timedelta | None,
        words: Language,
        tz: str,
        progress: Progress,
        say: Callable[[str], None],
        allow: Allow,
    ) -> str:
        """Bring the mirror up to now, and back by `back`; say beforehand what that takes.

        Raises GitHubError, StoreError, and what `allow` raises; what was read is kept, and the next one goes on there.
        """
        now = self._now()
        before = self._source.points
        await self._sync.admit(repo, allow)
        state = await self._sync.catch_up(repo, now - DAY, progress, always=True)
        since = None if back is None else max(now - min(back, now - BEGINNING), BEGINNING)
        if since is not None and not state.reaches(since) and self._source.begins is None:
            items = await self._source.count_updated(state.repo, since, state.mirror_from or now)
            recent = items
            if since < now - self._keep:
                recent = await self._source.count_updated(
                    state.repo, now - self._keep, state.mirror_from or now
                )
            say(self._estimated(words, Estimate(items, recent)))
            state = await self._sync.history.extend(
                state.repo, since, lambda done, _total: progress("history", min(done, items), items)
            )
        read_from = max(since or now - DAY, now - self._keep)
        await self._sync.threads.read(
            state.repo,
            max(read_from, state.mirror_from or read_from),
            now,
            lambda done, total: progress("threads", done, total),
            affordable=None,
        )
        spent = self._source.points
        lines = [
            words.text(
                "mirror.synced",
                repo=markup.markdown(state.repo),
                until=moment_label(state.synced_until or now, tz),
                since=moment_label(state.mirror_from or now, tz),
                items=await self._held(state),
                requests=spent.requests - before.requests,
                points=spent.spent - before.spent,
            )
        ]
        return "\n".join([*lines, *self._lacks(state, words)])

    async def status(self, repo: str, words: Language, tz: str, allow: Allow) -> str:
        """How far the mirror reaches, what it lacks, what is left to spend, and what it takes. Raises StoreError."""
        trouble: DigestError | None = None
        if self._source.points.remaining is None and self._source.begins is None:
            try:
                name, is_private = await self._source.describe(repo)
                allow(name, is_private)
            except (GitHubError, NotConfigured) as error:
                trouble = error
        state = await self._store.states.load(repo)
        allow(state.repo, state.is_private)
        lines = [words.text("mirror.head", repo=markup.markdown(state.repo)), ""]
        lines += [f"- {line}" for line in self._reach(state, words, tz)]
        lines.append(
            "- " + words.text("mirror.items", items=await self._held(state), **await self._counts(state))
        )
        lines += [f"- {line}" for line in self._lacks(state, words)]
        if state.reconciled_at is not None:
            lines.append("- " + words.text("mirror.reconciled", at=moment_label(state.reconciled_at, tz)))
        lines.append("- " + self._points(words, tz, trouble))
        lines.append("- " + await self._memory(words))
        return "\n".join(lines)

    async def take_in(self, path: Path, words: Language, progress: Progress) -> str:
        """Read a file of items into their mirrors. Raises BadInput for a line that is none; those before it stay."""
        done = 0
        spans: dict[str, _Span] = {}
        try:
            for repo, items in _chunks(read_file(path)):
                span = spans.setdefault(repo, _Span())
                span.new += await self._store.mirror.fill(repo, ((each.item, each.told) for each in items))
                for each in items:
                    span.cover(each)
                done += len(items)
                progress("import", done, None)
        finally:
            for repo, span in spans.items():
                await self._record(repo, span)
        return "\n".join(
            words.text(
                "mirror.imported",
                repo=markup.markdown(repo),
                items=span.items,
                new=span.new,
                since=f"{span.since:%Y-%m-%d}" if span.since else "?",
                until=f"{span.until - timedelta(seconds=1):%Y-%m-%d}" if span.until else "?",
            )
            for repo, span in spans.items()
        ) or words.text("mirror.imported_none")

    async def _record(self, repo: str, span: _Span) -> None:
        if span.since is None or span.until is None:
            return
        glance = Glance(span.since, span.until, ("imported",))
        async with self._sync.turns.take(sync_turn(repo)) as lease:
            await self._store.states.change(
                repo,
                lease.fence,
                lambda state: replace(state, glances=(*_without(state.glances, glance), glance)),
            )

    def _reach(self, state: MirrorState, words: Language, tz: str) -> Iterable[str]:
        if state.synced_until is None or state.mirror_from is None:
            yield words.text("mirror.never")
        else:
            age = max(timedelta(0), self._now() - state.synced_until)
            yield words.text(
                "mirror.until", until=moment_label(state.synced_until, tz), seconds=round(age.total_seconds())
            )
            if state.whole:
                yield words.text("mirror.whole")
            else:
                days = (self._now() - state.mirror_from) / DAY
                yield words.text(
                    "mirror.since", since=moment_label(state.mirror_from, tz), days=f"{days:.1f}"
                )
        for glance in state.glances:
            for reason in glance.reasons:
                yield words.text(
                    "mirror.glance",
                    since=moment_label(glance.since, tz),
                    until=moment_label(glance.until, tz),
                    why=words.text(f"coverage.{reason}"),
                )
        if state.text_from is not None:
            yield words.text("mirror.text", since=moment_label(state.text_from, tz))

    def _lacks(self, state: MirrorState, words: Language) -> list[str]:
        missing = sum(gap.missing for gap in state.gaps)
        return [words.text("mirror.gaps", missing=missing)] if missing else []

    def _points(self, words: Language, tz: str, trouble: DigestError | None) -> str:
        points = self._source.points
        if trouble is not None:
            return words.text(f"errors.{trouble.key}", **trouble.values)
        if points.remaining is None or points.reset_at is None:
            return words.text("mirror.points_unknown")
        return words.text(
            "mirror.points",
            remaining=points.remaining,
            limit=points.limit or 0,
            reset=moment_label(points.reset_at, tz),
        )

    async def _memory(self, words: Language) -> str:
        memory = await self._store.memory()
        return words.text(
            "mirror.memory",
            megabytes=f"{memory.used_bytes / 1_000_000:.1f}",
            keys=memory.keys,
            server=memory.server,
            policy=memory.policy,
        )

    async def _held(self, state: MirrorState) -> int:
        return sum((await self._counts(state)).values())

    async def _counts(self, state: MirrorState) -> dict[str, int]:
        mirror = self._store.mirror
        return {
            "issues": await mirror.count(state.repo, "issue"),
            "pulls": await mirror.count(state.repo, "pull_request"),
        }

    def _estimated(self, words: Language, estimate: Estimate) -> str:
        points = self._source.points
        left = points.remaining if points.remaining is not None else "?"
        return words.text(
            "mirror.estimate",
            items=estimate.items,
            threads=estimate.threads,
            points=estimate.points,
            left=left,
            seconds=max(1, round(estimate.seconds)),
        )


@dataclass(slots=True)
class _Span:
    """What a file told of one repository: whole days in UTC, since it does not say where its own window begins."""

    items: int = 0
    new: int = 0
    since: datetime | None = None
    until: datetime | None = None

    def cover(self, imported: Imported) -> None:
        self.items += 1
        for event in imported.item.events:
            day = event.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            self.since = day if self.since is None else min(self.since, day)
            self.until = day + DAY if self.until is None else max(self.until, day + DAY)


def _chunks(items: Iterable[Imported]) -> Iterable[tuple[str, list[Imported]]]:
    """The items by repository, some at a time."""
    for repo, of_repo in groupby(items, key=lambda each: each.item.repo):
        while batch := list(islice(of_repo, IMPORTED_AT_ONCE)):
            yield repo, batch


def _without(glances: Iterable[Glance], new: Glance) -> list[Glance]:
    """The glances that the new one does not hold already."""
    return [each for each in glances if not new.holds(each.since, each.until)]

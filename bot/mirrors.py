"""What people ask of the mirror itself: to be synced, how far it reaches, to take in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.github.errors import RepoNotFound
from adapters.jsonl import read_file
from adapters.store.states import Glance, MirrorState
from bot.access import SHELL, Principal
from bot.history import BEGINNING, STRETCH, sync_turn
from summarizer import markup
from summarizer.errors import BadInput, GitHubError, NotConfigured
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from adapters.chat import Progress
    from adapters.jsonl import Imported
    from adapters.source import Source
    from adapters.store import Store
    from bot.house import House
    from bot.spending import Spending
    from bot.sync import Allow, Sync
    from summarizer.errors import DigestError
    from summarizer.items import Kind
    from summarizer.languages import Language

DAY = timedelta(days=1)

PAGE, THREADS = 95, 21
"""Items that a point pays for: of a listing, and whole threads (`adapters.github.limits`)."""

PER_STRETCH, FIRST_STRETCHES = 7, 3
"""Points that a stretch of history takes besides, for counting and for the edge; the first ones are short."""

SECONDS_A_ROUND, IN_FLIGHT = 0.9, 8
"""What eight requests at a time take, as a guess beforehand."""

IMPORTED_AT_ONCE = 2_000

COUNTED: dict[str, Kind] = {"issues": "issue", "pulls": "pull_request"}
"""Keys below `[mirror.counts]` -> what they count."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a sync will take: items to list, threads to read, points and seconds."""

    items: int
    threads: int

    @property
    def points(self) -> int:
        """About as many as there are requests."""
        stretches = FIRST_STRETCHES + self.items // STRETCH
        read = math.ceil(self.items / PAGE) + math.ceil(self.threads / THREADS)
        return read + PER_STRETCH * stretches

    @property
    def seconds(self) -> float:
        return SECONDS_A_ROUND * math.ceil(self.points / IN_FLIGHT)


class Mirrors:
    """Answers commands about mirrors. Replies are Markdown."""

    def __init__(
        self,
        source: Source,
        store: Store,
        sync: Sync,
        *,
        now: Callable[[], datetime],
        keep: timedelta,
        spending: Spending | None = None,
        house: House | None = None,
    ) -> None:
        """keep: how long text is kept; older threads are not worth reading whole. spending, house: what `status` tells
        of the models and of the house, if anything."""
        self._source = source
        self._store = store
        self._sync = sync
        self._now = now
        self._keep = keep
        self._spending = spending
        self._house = house

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
        allow(state.repo, state.is_private)  # it may have become private, or nobody had asked GitHub before
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
        synced = words.text(
            "mirror.synced_whole" if state.whole else "mirror.synced",
            repo=markup.markdown(state.repo),
            until=moment_label(state.synced_until or now, tz),
            since=moment_label(state.mirror_from or now, tz),
            items=_counted(words, "items", await self._held(state)),
            requests=_counted(words, "requests", spent.requests - before.requests),
            points=_counted(words, "points", spent.spent - before.spent),
        )
        return "\n".join([synced, *self._lacks(state, words)])

    async def status(
        self, repo: str, words: Language, tz: str, allow: Allow, reader: Principal = SHELL
    ) -> str:
        """How far the mirror reaches, what it lacks, what is left to spend, and what it takes. Raises RepoNotFound,
        StoreError, and what `allow` raises."""
        known, trouble = await self._admitted(repo, allow)
        state = known or MirrorState(repo)
        counts = dict.fromkeys(COUNTED, 0) if known is None else await self._counts(state)
        lines = [words.text("mirror.head", repo=markup.markdown(state.repo)), ""]
        lines += [f"- {line}" for line in self._reach(state, words, tz)]
        kinds = {kind: _counted(words, kind, n) for kind, n in counts.items()}
        items = _counted(words, "items", sum(counts.values()))
        lines.append("- " + words.text("mirror.items", items=items, **kinds))
        lines += [f"- {line}" for line in self._lacks(state, words)]
        if state.reconciled_at is not None:
            lines.append("- " + words.text("mirror.reconciled", at=moment_label(state.reconciled_at, tz)))
        lines.append("- " + self._points(words, tz, trouble))
        lines.append("- " + await self._memory(words))
        if self._spending is not None:
            lines += [f"- {line}" for line in await self._spending.lines(words, reader)]
        if self._house is not None:
            lines += [f"- {line}" for line in await self._house.lines(words, reader)]
        return "\n".join(lines)

    async def _admitted(self, repo: str, allow: Allow) -> tuple[MirrorState | None, DigestError | None]:
        """The state of a mirror, for those whom `allow` lets read it, and why GitHub could not be asked. None for who
        might not be let in, if that could be asked.

        GitHub is asked about one that is new, and about one that is refused: then neither the answer nor how long it
        takes tells such a one from one that is not there. Raises RepoNotFound, and what `allow` raises.
        """
        state = await self._store.states.load(repo)
        if self._source.begins is not None:
            return state, None
        is_hidden = False
        try:
            # of what only a file told it is not known whether it is private
            allow(state.repo, state.is_private or state.synced_until is None)
        except RepoNotFound:
            is_hidden = True
        except NotConfigured:
            if state.synced_until is not None:
                raise
        if not is_hidden and state.synced_until is not None and self._source.points.remaining is not None:
            return state, None
        try:
            name, is_private = await self._source.describe(repo)
        except RepoNotFound:
            raise
        except (GitHubError, NotConfigured) as error:
            return None if is_hidden else state, error
        allow(name, is_private)
        return state, None

    async def take_in(self, path: Path, words: Language, progress: Progress) -> str:
        """Read a file of items into their mirrors. Raises BadInput for a line that is none; those before it stay."""
        done = 0
        spans: dict[str, _Span] = {}
        try:
            for told, items in _chunks(read_file(path)):
                repo = (await self._store.states.load(told)).repo  # it may bear a new name since
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
                "mirror.imported" if span.since else "mirror.imported_undated",
                repo=markup.markdown(repo),
                items=_counted(words, "items", span.items),
                new=span.new,
                since=f"{span.since:%Y-%m-%d}" if span.since else "",
                until=f"{span.until - timedelta(seconds=1):%Y-%m-%d}" if span.until else "",
            )
            for repo, span in spans.items()
        ) or words.text("mirror.imported_none")

    async def _record(self, repo: str, span: _Span) -> None:
        if span.since is None or span.until is None:
            return
        glance = Glance(span.since, span.until, ("imported",))
        await self._sync.turns.do(
            sync_turn(repo),
            lambda lease: self._store.states.change(
                repo,
                lease.fence,
                lambda state: replace(state, glances=tuple(_with(state.glances, glance))),
            ),
        )

    def _reach(self, state: MirrorState, words: Language, tz: str) -> Iterable[str]:
        if state.synced_until is None or state.mirror_from is None:
            yield words.text("mirror.never")
        else:
            age = max(timedelta(0), self._now() - state.synced_until)
            yield words.text(
                "mirror.until", until=moment_label(state.synced_until, tz), age=_lasting(words, age)
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
        return [words.text("mirror.gaps", missing=_counted(words, "items", missing))] if missing else []

    def _points(self, words: Language, tz: str, trouble: DigestError | None) -> str:
        points = self._source.points
        if trouble is not None:
            return words.problem(trouble)
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
        return {what: await mirror.count(state.repo, kind) for what, kind in COUNTED.items()}

    def _estimated(self, words: Language, estimate: Estimate) -> str:
        left = self._source.points.remaining
        return words.text(
            "mirror.estimate",
            items=_counted(words, "items", estimate.items),
            threads=_counted(words, "threads", estimate.threads),
            points=_counted(words, "points", estimate.points),
            left="?" if left is None else left,
            time=_lasting(words, timedelta(seconds=max(1, round(estimate.seconds)))),
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
    """The items by repository, some at a time; where they break off with an error, those before it come first."""
    batch: list[Imported] = []
    try:
        for each in items:
            if batch and (each.item.repo != batch[0].item.repo or len(batch) >= IMPORTED_AT_ONCE):
                yield batch[0].item.repo, batch
                batch = []
            batch.append(each)
    except BadInput:
        if batch:
            yield batch[0].item.repo, batch
        raise
    if batch:
        yield batch[0].item.repo, batch


def _with(glances: Iterable[Glance], new: Glance) -> list[Glance]:
    """The glances and the new one, which is joined to those of its kind that it overlaps or touches."""
    others: list[Glance] = []
    for each in glances:
        if each.reasons == new.reasons and each.since <= new.until and new.since <= each.until:
            new = replace(new, since=min(each.since, new.since), until=max(each.until, new.until))
        elif not new.holds(each.since, each.until):
            others.append(each)
    return [*others, new]


def _counted(words: Language, what: str, n: int) -> str:
    return words.text(f"mirror.counts.{what}", n=n)


def _lasting(words: Language, span: timedelta) -> str:
    """How long something is, in the largest unit of which it is two or more."""
    seconds = round(span.total_seconds())
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return words.text(f"extract.span.{unit}", count=round(seconds / length))
    return words.text("mirror.seconds", count=seconds)

"""How far a question's answer can be known: its window, once the mirror holds it, and what is lacking there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.access import SHELL, VISITORS, refusal
from bot.cutting import BRANCHED
from bot.grammar.expressions import Duration, Last
from bot.grammar.expressions import Release as ReleaseExpr
from bot.history import BEGINNING
from bot.questions.expressions import Before, BeforeRelease, SinceRelease
from bot.releases import Between
from summarizer import markup, windows
from summarizer.errors import GitHubError, NotConfigured
from summarizer.facts import Notice
from summarizer.items import Coverage, Release, Seen
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.chat import Progress
    from adapters.source import Source
    from adapters.store import Store
    from adapters.store.states import MirrorState
    from bot.access import Access, Principal
    from bot.releases import Releases
    from bot.sync import Allow, Sync
    from summarizer.windows import Resolvable

FIRST = Last(Duration(14, "d"))
"""What a mirror begins with that is asked about everything before anything of it was read."""

NEWEST = Last(Duration(1, "h"))
"""What is brought up to date of a mirror before it is asked about everything."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What there is to look at.

    repo: as GitHub spells it. window: None is all that the mirror holds. mirror_from: since when it holds everything,
    None for always. synced_until: up to when. notices: what must be said of the window besides.
    members: of a release, the pull requests that are in it by its commits; None where time has to tell.
    """

    repo: str
    window: Window | None
    coverage: Coverage
    mirror_from: datetime | None
    synced_until: datetime | None
    notices: tuple[Notice, ...] = ()
    members: frozenset[int] | None = None


class Reach:
    """Brings the mirror up to what a question needs, for those who may read it."""

    def __init__(
        self,
        sync: Sync,
        store: Store,
        source: Source,
        releases: Releases,
        access: Access,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._sync = sync
        self._store = store
        self._source = source
        self._releases = releases
        self._access = access
        self._now = now

    async def admit(self, repo: str, reader: Principal) -> str:
        """The repository's present name. Raises what `Access` raises for who may not read it: even the names of its
        people would tell that it is there."""
        await self._check_is_here(repo, reader)
        if reader == SHELL:  # whose person owns the token, and whom the gate asks where it is read
            return (await self._store.states.load(repo)).repo
        return (await self._sync.admit(repo, self._access.gate(reader, repo))).repo

    async def _check_is_here(self, repo: str, reader: Principal) -> None:
        """Raises what `Access` raises of a repository that is there for others alone."""
        if reader.kind in VISITORS and (await self._store.states.load(repo)).synced_until is None:
            raise refusal(reader, repo)

    async def __call__(
        self,
        repo: str,
        expr: Resolvable | None,
        tz: str,
        reader: Principal,
        progress: Progress,
        *,
        by_commits: bool = False,
    ) -> Reached:
        """The window of `expr`; None: everything. by_commits: whether it matters what went into a release, if it is
        one. Raises BadInput, GitHubError and StoreError, and what `Access` raises for who may not read the repository.
        """
        await self._check_is_here(repo, reader)
        allow = self._access.gate(reader, repo)
        if expr is None:
            return await self._everything(repo, tz, reader, progress, allow)
        if isinstance(expr, ReleaseExpr | SinceRelease | BeforeRelease) or reader != SHELL:
            repo = (await self._sync.admit(repo, allow)).repo
        if isinstance(expr, ReleaseExpr):
            expr = await self._releases.between(repo, expr)
        elif isinstance(expr, SinceRelease):
            expr = Between(await self._releases.named(repo, expr.tag), None)
        elif isinstance(expr, Before | BeforeRelease):
            return await self._before(repo, expr, tz, reader, progress, allow)
        span = await self._sync.span(repo, expr, tz, progress, allow, at_hand=True)
        state = await self._sync.admit(span.repo, allow)
        begins = self._begins(state)
        reached = Reached(span.repo, span.window, span.coverage, begins, state.synced_until)
        if isinstance(expr, Between) and expr.until is not None:
            return await self._of_release(reached, span.window, expr.since, expr.until, by_commits=by_commits)
        return reached

    async def _of_release(
        self, reached: Reached, window: Window, since: Release, until: Release, *, by_commits: bool
    ) -> Reached:
        """What was reached, with what went into the release that the window ends with, as a digest of it has that, or
        why time has to tell."""
        tags: dict[str, object] = {
            "since": markup.markdown(since.tag_name),
            "until": markup.markdown(until.tag_name),
        }
        if not by_commits:
            return replace(reached, notices=(Notice("asked_by_time", tags),))
        begins = window.since - BRANCHED
        try:
            inside = await self._releases.inside(reached.repo, Between(since, until), begins, window.until)
        except (GitHubError, NotConfigured):  # the mirror can still be told from
            inside = None
        if inside is None:
            return replace(reached, notices=(Notice("release_by_time", tags),))
        coverage = reached.coverage
        is_earlier_held = reached.mirror_from is None or reached.mirror_from <= begins
        if len(inside.numbers) < inside.commits and not is_earlier_held:
            # others of its commits may be of pull requests that were merged before the mirror begins
            coverage = replace(coverage, reasons=(*coverage.reasons, "before_release"))
        told = tags | {"inside": len(inside.numbers), "commits": inside.commits}
        notice = Notice("release_by_commits", told)
        return replace(reached, coverage=coverage, notices=(notice,), members=inside.numbers)

    async def _everything(
        self, repo: str, tz: str, reader: Principal, progress: Progress, allow: Allow
    ) -> Reached:
        known = (
            await self._store.states.load(repo) if reader == SHELL else await self._sync.admit(repo, allow)
        )
        newest = NEWEST if known.synced_until is not None else FIRST
        span = await self._sync.span(known.repo, newest, tz, progress, allow, at_hand=True)
        state = await self._sync.admit(span.repo, allow)
        return Reached(
            span.repo, None, self._coverage(state, span.coverage), self._begins(state), state.synced_until
        )

    async def _before(
        self,
        repo: str,
        expr: Before | BeforeRelease,
        tz: str,
        reader: Principal,
        progress: Progress,
        allow: Allow,
    ) -> Reached:
        """All that the mirror holds up to an instant."""
        reached = await self._everything(repo, tz, reader, progress, allow)
        now = self._now()
        synced_until = reached.synced_until or now
        if isinstance(expr, BeforeRelease):
            until = (await self._releases.named(reached.repo, expr.tag)).published_at
        else:
            until = expr.end(now=now, synced_until=synced_until, tz=tz)
        # a mirror that begins later holds nothing of it, which its coverage cannot tell
        since = min(reached.mirror_from or BEGINNING, until - timedelta(seconds=1))
        window = windows.span(since, until, tz, now=now, synced_until=synced_until)
        return replace(reached, window=window)

    def _begins(self, state: MirrorState) -> datetime | None:
        return None if state.whole else state.mirror_from

    def _coverage(self, state: MirrorState, newest: Coverage) -> Coverage:
        """What all that is held lacks. Threads that were never read whole are no lack here: whoever needs their text
        counts those whose text is not known."""
        reasons = [reason for reason in newest.reasons if reason != "threads"]
        missing = sum(gap.missing for gap in state.gaps)
        if missing:
            reasons.append("items")
        if state.synced_until is None and state.glances:
            reasons.append("imported")
        if self._source.begins is not None:
            reasons.append("sample")
        return Coverage(Seen(missing, 0), Seen(None, 0), tuple(dict.fromkeys(reasons)))

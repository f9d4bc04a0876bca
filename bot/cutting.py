"""Cutting: what the mirror holds of a window, of the one before and of a release, and the facts counted from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.releases import Between, members
from summarizer import markup
from summarizer.counting import build_facts
from summarizer.facts import Listed, Notice
from summarizer.items import Coverage, Item, Release, Seen
from summarizer.reverts import named_by_reverts
from summarizer.topics import mark_bots
from summarizer.windows import Window, previous

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.store import Store
    from bot.releases import Releases
    from bot.sync import Span, Sync
    from summarizer.facts import Facts
    from summarizer.filters import Filter
    from summarizer.topics import Topic

LONGEST_COMPARED = timedelta(days=32)  # a month; the mirror seldom holds two longer spans

BRANCHED = timedelta(days=60)
"""Longest that the first pull request of a release was merged before the release before it came out."""


@dataclass(frozen=True, slots=True)
class Held:
    """What facts are counted from. merged: the pull requests of a release by its commits, None to go by time. carried:
    what became known of an earlier window only after that was told; `items` has their items."""

    repo: str
    window: Window
    items: tuple[Item, ...]
    releases: tuple[Release, ...]
    coverage: Coverage
    baseline: tuple[Window, tuple[Item, ...]] | None
    related: tuple[Item, ...]
    merged: frozenset[int] | None
    notes: tuple[Notice, ...]
    carried: tuple[Listed, ...] = ()

    def counted(
        self,
        topics: Sequence[Topic],
        filters: Sequence[Filter],
        importance: Mapping[int, int] | None = None,
    ) -> Facts:
        """The facts; see `build_facts`. Raises as it does."""
        facts = build_facts(
            repo=self.repo,
            window=self.window,
            items=self.items,
            releases=self.releases,
            topics=topics,
            filters=filters,
            coverage=self.coverage,
            baseline=self.baseline,
            importance=importance,
            related=self.related,
            merged=self.merged,
            carried_over=self.carried,
        )
        return replace(facts, warnings=(*facts.warnings, *self.notes))


class Cutting:
    """Cuts windows from the mirror."""

    def __init__(self, sync: Sync, store: Store, releases: Releases, notices: Sequence[Notice] = ()) -> None:
        """notices: what every digest and answer says."""
        self._sync = sync
        self._store = store
        self._releases = releases
        self._notices = notices

    async def __call__(
        self, expr: object, span: Span, bots: Collection[str], carried: Sequence[Listed] = ()
    ) -> Held:
        """What the mirror holds of the window, and of the one before where it holds that whole. expr: as the window was
        named; bots: plain logins that the topic file calls bots; carried: rows of an earlier window."""
        mirror, window, repo = self._store.mirror, span.window, span.repo
        releases_since, baseline = window.since, None
        before = previous(window)
        if window.duration <= LONGEST_COMPARED and await self._sync.complete_over(repo, before):
            releases_since = before.since
            earlier = await mirror.items_between(repo, before.since, before.until)
            baseline = (before, (*mark_bots(earlier, bots),))
        items = (*mark_bots(await mirror.items_between(repo, window.since, window.until), bots),)
        coverage = _of_window(span, items)
        merged: frozenset[int] | None = None
        notes: list[Notice] = []
        if isinstance(expr, Between) and expr.until is not None:
            items, merged, notes = await self._of_release(expr, span, items, bots)
        known = {item.number for item in items}
        late = [await mirror.item(repo, row.number) for row in carried if row.number not in known]
        items = (*items, *mark_bots(filter(None, late), bots))
        known |= {item.number for item in items}
        related = [
            await mirror.item(repo, number) for number in named_by_reverts(items) if number not in known
        ]
        return Held(
            repo=repo,
            window=window,
            items=items,
            releases=tuple(await mirror.releases_between(repo, releases_since, window.until)),
            coverage=coverage,
            baseline=baseline,
            related=(*mark_bots(filter(None, related), bots),),
            merged=merged,
            notes=(*self._notices, *notes),
            carried=tuple(carried),
        )

    async def _of_release(
        self, between: Between, span: Span, items: tuple[Item, ...], bots: Collection[str]
    ) -> tuple[tuple[Item, ...], frozenset[int] | None, list[Notice]]:
        """The window's items with those that were merged before it and are in the release all the same, and which are
        its pull requests; None where GitHub cannot tell, so that time has to."""
        assert between.until is not None  # noqa: S101 - the caller looked
        repo, window = span.repo, span.window
        since, until = (markup.markdown(each.tag_name) for each in (between.since, between.until))
        tags: dict[str, object] = {"since": since, "until": until}
        commits = await self._releases.commits(repo, between)
        if commits is None:
            return items, None, [Notice("release_by_time", tags)]
        # a release is cut from a branch some time before it is published, and so was the one before
        earlier = await self._store.mirror.items_between(repo, window.since - BRANCHED, window.since)
        both = {item.number: item for item in (*mark_bots(earlier, bots), *items)}
        inside = members([*both.values()], commits)
        chosen = {item.number for item in items} | inside
        told = tags | {"inside": len(inside), "commits": len(commits)}
        return (
            tuple(item for number, item in both.items() if number in chosen),
            frozenset(inside),
            [Notice("release_by_commits", told)],
        )


def _of_window(span: Span, items: Sequence[Item]) -> Coverage:
    """The window's own coverage: what the mirror holds of it, and what is known to be missing, in the span and in the
    threads themselves."""
    coverage = span.coverage
    since, until = span.window.since, span.window.until
    comments = sum(since <= comment.created_at < until for item in items for comment in item.comments)
    cut = sum(max(0, (item.comments_total or 0) - len(item.comments)) for item in items)
    reasons = dict.fromkeys((*coverage.reasons, *(["comments"] if cut else [])))
    return Coverage(
        # a file does not tell how many there are
        _seen(None if "imported" in coverage.reasons else coverage.items.expected, len(items)),
        _seen(None if coverage.comments.expected is None else coverage.comments.expected + cut, comments),
        tuple(reasons),
    )


def _seen(missing: int | None, held: int) -> Seen:
    return Seen(None if missing is None else held + missing, held)

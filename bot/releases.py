"""Releases as bounds of windows, and what went into them by the commits between their tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.grammar.expressions import Release as ReleaseExpr
from bot.history import BEGINNING
from summarizer import windows
from summarizer.errors import BadInput
from summarizer.items import Release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.source import Source
    from adapters.store import Store
    from summarizer.items import Item
    from summarizer.windows import Window


@dataclass(frozen=True, slots=True)
class Between:
    """A window between two releases; `until` None: after the latest one, so far."""

    since: Release
    until: Release | None

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        until = self.until.published_at if self.until else None
        return windows.span(self.since.published_at, until, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"release {self.since.tag_name}..{self.until.tag_name if self.until else ''}"


@dataclass(frozen=True, slots=True)
class Inside:
    """What went into a release: the pull requests that the mirror knows of, among so many commits."""

    numbers: frozenset[int]
    commits: int


class Releases:
    """Finds releases, and the merged pull requests of one."""

    def __init__(self, source: Source, store: Store) -> None:
        self._source = source
        self._store = store

    async def between(self, repo: str, expr: ReleaseExpr) -> Between:
        """The two releases that are meant. Raises BadInput `release.*`, GitHubError."""
        known = await self._store.mirror.releases(repo)
        try:
            return pair_of(expr, known)
        except BadInput:
            # it may be older than what was ever listed, or have come out a moment ago
            await self._store.mirror.save_releases(repo, await self._source.releases(repo, BEGINNING))
            known = await self._store.mirror.releases(repo)
            if (
                not known and self._source.begins is not None
            ):  # a sample, which tells nothing of the repository's
                raise BadInput("release.none_in_sample") from None
            return pair_of(expr, known)

    async def named(self, repo: str, tag: str) -> Release:
        """The release of that tag, or the "latest" one. Raises as `between`."""
        expr = ReleaseExpr(tag, None if tag == "latest" else tag)
        return (await self.between(repo, expr)).since

    async def commits(self, repo: str, between: Between) -> frozenset[str] | None:
        """The commits that the later tag reaches and the earlier one does not; None where GitHub cannot tell. Asked
        once for each pair of tags, since neither moves."""
        if between.until is None:
            return None
        tags = (between.since.tag_name, between.until.tag_name)
        stored = await self._store.mirror.commits(repo, *tags)
        if stored is None:
            stored = await self._source.commits(repo, *tags)
            if stored is not None:
                await self._store.mirror.save_commits(repo, *tags, stored)
        return None if stored is None else frozenset(stored)

    async def inside(self, repo: str, between: Between, since: datetime, until: datetime) -> Inside | None:
        """The pull requests whose merge commits are among those, of all that something happened to in `[since, until)`.
        None where GitHub cannot tell. Raises as `commits`."""
        commits = await self.commits(repo, between)
        if commits is None:
            return None
        numbers = await self._store.mirror.numbers_between(repo, since, until)
        records = await self._store.mirror.records(repo, numbers)
        return Inside(frozenset(members([record.item for record in records], commits)), len(commits))


def pair_of(expr: ReleaseExpr, releases: Sequence[Release]) -> Between:
    """The releases that an expression names, among all that are known, oldest first.

    "latest" is since the newest one, "last" the newest one since the one before. Before a release comes the last one
    that is no prerelease, unless it is one itself. Raises BadInput.
    """
    stable = [release for release in releases if not release.is_prerelease] or list(releases)
    if expr.until == "latest":
        return Between(_newest(stable), None)
    until = _newest(stable) if expr.until == "last" else _named(expr.until, releases)
    if expr.since is not None:
        return Between(_named(expr.since, releases), until)
    earlier = releases if until.is_prerelease else stable
    before = [release for release in earlier if release.published_at < until.published_at]
    if not before:
        raise BadInput("release.none_before", tag=until.tag_name)
    return Between(before[-1], until)


def members(items: Sequence[Item], commits: frozenset[str]) -> set[int]:
    """The pull requests whose merge commits are among them."""
    return {item.number for item in items if item.merge_commit in commits}


def _newest(releases: Sequence[Release]) -> Release:
    if not releases:
        raise BadInput("release.none")
    return releases[-1]


def _named(tag: str, releases: Sequence[Release]) -> Release:
    """The release of that tag, written with its v or without; "v0.11" is v0.11.0 where there is no other."""
    _newest(releases)  # there has to be one
    plain = tag.lower().removeprefix("v")
    for written in (plain, f"{plain}.0"):
        for release in releases:
            if release.tag_name.lower().removeprefix("v") == written:
                return release
    newest = tuple(release.tag_name for release in reversed(releases[-3:]))
    raise BadInput("release.unknown", tag=tag, known=newest)

"""Commits of the tests' GitHub: one main history, tags on it or beside it, and what lies between two revisions.

As on GitHub, a merged pull request is one squashed commit, "<title> (#<number>)"; a release branch holds picks, whose
oids differ from those of the commits they repeat.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from tests.servers.github.threads import Account, second
from tests.servers.github.threads import oid as oid_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.servers.github.world import Repository  # noqa: TC004 - world imports commits, which only name it


@dataclass(frozen=True, slots=True)
class GitActor:
    """Somebody as a commit names them. user: only people have accounts that GitHub shows here."""

    account: Account | None

    @property
    def name(self) -> str | None:
        return self.account.login if self.account else None

    @property
    def user(self) -> Account | None:
        return self.account if self.account and self.account.typename == "User" else None


@dataclass(frozen=True, slots=True, eq=False)
class Commit:
    typename: ClassVar[str] = "Commit"
    repository: Repository
    oid: str
    message_headline: str
    committed_date: datetime
    author: Account | None = None

    @property
    def actor(self) -> GitActor:
        """Author and committer are one here."""
        return GitActor(self.author)

    @property
    def id(self) -> str:
        return f"C_{self.oid}"

    @property
    def url(self) -> str:
        return f"{self.repository.url}/commit/{self.oid}"


@dataclass(frozen=True, slots=True)
class PullRequestCommit:
    typename: ClassVar[str] = "PullRequestCommit"
    commit: Commit

    @property
    def id(self) -> str:
        return f"PURC_{self.commit.oid}"


@dataclass(frozen=True, slots=True, eq=False)
class TagObject:
    """The object of an annotated tag, which points to the commit."""

    typename: ClassVar[str] = "Tag"
    name: str
    oid: str
    target: Commit

    @property
    def id(self) -> str:
        return f"T_{self.oid}"


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A branch or a tag. reaches: its commit and all before it, oldest first."""

    typename: ClassVar[str] = "Ref"
    history: History
    prefix: Literal["refs/heads/", "refs/tags/"]
    name: str
    reaches: tuple[Commit, ...]
    annotated: bool = False

    @property
    def id(self) -> str:
        return f"REF_{oid_of(self.prefix, self.name)}"

    @property
    def target(self) -> Commit | TagObject | None:
        if not self.reaches:
            return None
        commit = self.reaches[-1]
        return TagObject(self.name, oid_of("tag", self.name), commit) if self.annotated else commit


@dataclass(frozen=True, slots=True)
class Comparison:
    """What `commits` a head reaches that its base does not, oldest first; behind_by: how many the other way."""

    typename: ClassVar[str] = "Comparison"
    id: str
    commits: tuple[Commit, ...]
    behind_by: int

    @property
    def ahead_by(self) -> int:
        return len(self.commits)

    @property
    def status(self) -> str:
        if self.ahead_by and self.behind_by:
            return "DIVERGED"
        return "AHEAD" if self.ahead_by else "BEHIND" if self.behind_by else "IDENTICAL"


@dataclass(slots=True)
class History:
    """A repository's commits. main: the branch of that name, oldest first; commits: all there are, picks too."""

    repository: Repository
    main: list[Commit] = field(default_factory=list)
    commits: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Ref] = field(default_factory=dict)

    def commit(self, headline: str, *, at: datetime, oid: str | None = None) -> Commit:
        """Append a commit to main."""
        commit = self._made(headline, at, oid or oid_of(self.repository.id, "main", len(self.main)))
        self.main.append(commit)
        return commit

    def tag(
        self,
        name: str,
        *,
        at: str | None = None,
        on: str | None = None,
        picks: Iterable[Commit] = (),
        annotated: bool = False,
    ) -> Ref:
        """Tag the main commit whose oid is `at` (main's last), or a release branch.

        on: the tag that the branch goes on from, instead of `at`. picks: commits of main repeated on the branch.
        """
        if on is not None:
            reaches = self.tags[on].reaches
        else:
            end = len(self.main) if at is None else self.main.index(self.commits[at]) + 1
            reaches = tuple(self.main[:end])
        for pick in picks:
            picked = oid_of(self.repository.id, "pick", pick.oid, name)
            reaches += (self._made(pick.message_headline, pick.committed_date, picked),)
        self.tags[name] = Ref(self, "refs/tags/", name, reaches, annotated)
        return self.tags[name]

    def ref(self, name: str) -> Ref | None:
        """A branch or tag by its qualified or its short name."""
        if name in ("refs/heads/main", "main"):
            return Ref(self, "refs/heads/", "main", tuple(self.main))
        return self.tags.get(name.removeprefix("refs/tags/"))

    def compare(self, base: Ref, head: str) -> Comparison | None:
        """base against the revision `head`: a ref's name or an oid of main. None where there is none."""
        ref = self.ref(head)
        if ref is not None:
            reaches = ref.reaches
        elif head in self.commits and self.commits[head] in self.main:
            reaches = tuple(self.main[: self.main.index(self.commits[head]) + 1])
        else:
            return None
        ours, theirs = {each.oid for each in base.reaches}, {each.oid for each in reaches}
        ahead = tuple(each for each in reaches if each.oid not in ours)
        return Comparison(f"CMP_{oid_of(base.id, head)}", ahead, len(ours - theirs))

    def _made(self, headline: str, at: datetime, oid: str) -> Commit:
        commit = Commit(self.repository, oid, headline, second(at))
        self.commits[oid] = self.repository.world.nodes[commit.id] = commit
        return commit

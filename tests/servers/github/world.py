"""The world behind the tests' GitHub: repositories with their issues, pull requests, commits and releases, all
in memory."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from tests.servers.github.commits import Commit, History, Ref
from tests.servers.github.reviews import Team
from tests.servers.github.threads import Account, File, Issue, Label, PullRequest, Typename, oid, second

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(eq=False, slots=True)
class Release:
    """A release; a draft has no `published_at`, and its tag need not be there yet."""

    typename: ClassVar[str] = "Release"
    repository: Repository
    id: str
    database_id: int
    tag_name: str
    name: str
    description: str
    created_at: datetime
    published_at: datetime | None
    is_prerelease: bool = False

    @property
    def url(self) -> str:
        return f"https://github.com/{self.repository.name_with_owner}/releases/tag/{self.tag_name}"


@dataclass(eq=False, slots=True)
class Repository:
    """A repository; issues and pull requests share one row of numbers."""

    typename: ClassVar[str] = "Repository"
    world: World
    name_with_owner: str
    id: str
    database_id: int
    is_private: bool = False
    is_archived: bool = False
    created_at: datetime = datetime(2023, 2, 9, tzinfo=UTC)
    threads: dict[int, Issue | PullRequest] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    labels: dict[str, Label] = field(default_factory=dict)
    last_number: int = 0
    history: History = field(init=False, repr=False)
    deeds: int = 0
    _by_update: tuple[int, list[Issue | PullRequest]] = field(default=(-1, []), repr=False)

    def __post_init__(self) -> None:
        self.history = History(self)

    def open_issue(
        self,
        title: str,
        *,
        by: str | Account | None,
        at: datetime,
        body: str = "",
        labels: Iterable[str] = (),
        number: int | None = None,
        association: str = "NONE",
        reactions: int = 0,
    ) -> Issue:
        """Open an issue, under the next free number unless one is given."""
        identity = self.world.next_id()
        issue = Issue(
            repository=self,
            number=self._number(number),
            id=f"I_{identity:08x}",
            database_id=identity,
            title=title,
            body=body,
            author=self.world.account(by),
            author_association=association,
            created_at=second(at),
            updated_at=second(at),
            labels=[self.label(name) for name in labels],
            reactions=reactions,
        )
        self._keep(issue, at)
        return issue

    def open_pr(
        self,
        title: str,
        *,
        by: str | Account | None,
        at: datetime,
        body: str = "",
        labels: Iterable[str] = (),
        number: int | None = None,
        association: str = "CONTRIBUTOR",
        reactions: int = 0,
        draft: bool = False,
        files: Iterable[str | File] = (),
        closes: Iterable[Issue] = (),
    ) -> PullRequest:
        """Open a pull request, under the next free number unless one is given; a bare path is a file with
        a few lines."""
        identity = self.world.next_id()
        pull = PullRequest(
            repository=self,
            number=self._number(number),
            id=f"PR_{identity:08x}",
            database_id=identity,
            title=title,
            body=body,
            author=self.world.account(by),
            author_association=association,
            created_at=second(at),
            updated_at=second(at),
            labels=[self.label(name) for name in labels],
            reactions=reactions,
            is_draft=draft,
            head_ref_oid=oid(identity, "head"),
            files=[File(each) if isinstance(each, str) else each for each in files],
            closes=list(closes),
        )
        self._keep(pull, at)
        return pull

    def release(
        self,
        tag_name: str,
        *,
        at: datetime,
        name: str = "",
        description: str = "",
        prerelease: bool = False,
        draft: bool = False,
    ) -> Release:
        """Release a tag; as on GitHub, publishing sets it on main's last commit where it is missing."""
        if not draft and tag_name not in self.history.tags:
            self.tag(tag_name)
        identity = self.world.next_id()
        published_at = None if draft else second(at)
        release = Release(
            self,
            f"RE_{identity:08x}",
            identity,
            tag_name,
            name or tag_name,
            description,
            second(at),
            published_at,
            prerelease,
        )
        self.world.nodes[release.id] = release
        self.releases.append(release)
        return release

    def commit(self, headline: str = "A change", *, at: datetime, oid: str | None = None) -> Commit:
        """A commit on main that no pull request brought."""
        return self.history.commit(headline, at=at, oid=oid)

    def tag(
        self,
        name: str,
        *,
        at: str | None = None,
        on: str | None = None,
        picks: Iterable[Commit | PullRequest] = (),
        annotated: bool = False,
    ) -> Ref:
        """Tag main at the commit with the oid `at` (its last), or a release branch; see `History.tag`. A picked pull
        request is a merged one."""
        commits = [
            self.history.commits[pick.merge_commit or ""] if isinstance(pick, PullRequest) else pick
            for pick in picks
        ]
        return self.history.tag(name, at=at, on=on, picks=commits, annotated=annotated)

    def updated_between(self, low: float | None, high: float | None) -> list[Issue | PullRequest]:
        """The threads updated between two instants (seconds since 1970, both inside, None is no bound); sorted once as
        long as nothing happens, since a large world is searched many times."""
        if self._by_update[0] != self.deeds:
            self._by_update = self.deeds, sorted(self.threads.values(), key=_updated)
        rows = self._by_update[1]
        first = 0 if low is None else bisect_left(rows, low, key=_updated)
        return rows[first : len(rows) if high is None else bisect_right(rows, high, key=_updated)]

    def delete(self, number: int) -> None:
        """Delete an issue: its number, which is never given again, its id and those of all it holds resolve to nothing
        from now on, nothing links to it, and no listing says so."""
        thread = self.threads.pop(number)
        self.deeds += 1
        held = [
            thread.id,
            *(comment.id for comment in thread.comments),
            *(event.id for event in thread.events),
        ]
        if isinstance(thread, PullRequest):
            held += [review.id for review in thread.reviews]
            held += [request.id for request in thread.review_requests]
        for node_id in held:
            self.world.nodes.pop(node_id)
        for repository in self.world.repositories.values():
            for pull in repository.pull_requests:
                pull.closes = [issue for issue in pull.closes if issue is not thread]

    def transfer(self, number: int, to: Repository) -> Issue | PullRequest:
        """Move an issue elsewhere: it takes the next number there and keeps its id and its `updated_at`. The search
        index knows it there at once, as it was."""
        thread = self.threads.pop(number)
        self.deeds += 1
        to.deeds += 1
        thread.repository, thread.number = to, to._number(None)
        to.threads[thread.number] = thread
        return thread

    def label(self, name: str) -> Label:
        """The repository's label of that name, made when it is new."""
        if name not in self.labels:
            self.labels[name] = Label(name, f"LA_{self.world.next_id():08x}")
        return self.labels[name]

    @property
    def issues(self) -> list[Issue]:
        return [thread for thread in self.threads.values() if isinstance(thread, Issue)]

    @property
    def pull_requests(self) -> list[PullRequest]:
        return [thread for thread in self.threads.values() if isinstance(thread, PullRequest)]

    @property
    def url(self) -> str:
        return f"https://github.com/{self.name_with_owner}"

    @property
    def updated_at(self) -> datetime:
        return max((thread.updated_at for thread in self.threads.values()), default=self.created_at)

    def _number(self, wanted: int | None) -> int:
        """`wanted`, or the number after the highest that was ever given."""
        if wanted in self.threads:
            raise ValueError(f"#{wanted} is taken")
        number = self.last_number + 1 if wanted is None else wanted
        self.last_number = max(self.last_number, number)
        return number

    def _keep(self, thread: Issue | PullRequest, at: datetime) -> None:
        self.threads[thread.number] = thread
        self.world.nodes[thread.id] = thread
        thread.touch(at)


class World:
    """All that the tests' GitHub knows. `nodes`: whatever has a global id, by that id."""

    def __init__(self) -> None:
        self.nodes: dict[str, object] = {}
        self.repositories: dict[str, Repository] = {}
        self._accounts: dict[tuple[Typename, str], Account] = {}
        self._teams: dict[str, Team] = {}
        self._ids = itertools.count(0x5F000000)

    def next_id(self) -> int:
        return next(self._ids)

    def repository(self, name_with_owner: str, *, private: bool = False) -> Repository:
        """The repository of that name ("owner/name", any case), made when it is new."""
        key = name_with_owner.lower()
        if key not in self.repositories:
            number = self.next_id()
            self.repositories[key] = Repository(self, name_with_owner, f"R_{number:08x}", number, private)
            self.nodes[self.repositories[key].id] = self.repositories[key]
        return self.repositories[key]

    def account(self, who: str | Account | None, typename: Typename = "User") -> Account | None:
        """The account of that login, made when it is new; "name[bot]" is the Bot "name", None a deleted
        account."""
        if who is None or isinstance(who, Account):
            return who
        if who.endswith("[bot]"):
            who, typename = who.removesuffix("[bot]"), "Bot"
        if (typename, who) not in self._accounts:
            number = self.next_id()
            account = Account(typename, who, f"{typename[0]}_{number:08x}", number)
            self._accounts[typename, who] = self.nodes[account.id] = account
        return self._accounts[typename, who]

    def team(self, combined_slug: str, *members: str) -> Team:
        """The team "org/slug", made when it is new; these logins become members of it."""
        if combined_slug not in self._teams:
            number = self.next_id()
            team = Team(combined_slug, f"T_{number:08x}", number)
            self._teams[combined_slug] = self.nodes[team.id] = team
        team = self._teams[combined_slug]
        team.members += [who for login in members if (who := self.account(login)) is not None]
        return team


def _updated(thread: Issue | PullRequest) -> float:
    return thread.updated_at.timestamp()

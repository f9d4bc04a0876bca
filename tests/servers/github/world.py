"""The world behind the tests' GitHub: repositories with their issues, pull requests and releases, all in
memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from tests.servers.github.threads import Account, File, Issue, Label, PullRequest, Typename, oid, second

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(eq=False, slots=True)
class Release:
    """A release; a draft has no `published_at`."""

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

    def delete(self, number: int) -> None:
        """Delete an issue: its number and its id resolve to nothing from now on, and no listing says so."""
        self.world.nodes.pop(self.threads.pop(number).id)

    def transfer(self, number: int, to: Repository) -> Issue | PullRequest:
        """Move an issue elsewhere: it takes the next number there and keeps its id and its `updated_at`."""
        thread = self.threads.pop(number)
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
        if wanted is None:
            return max(self.threads, default=0) + 1
        if wanted in self.threads:
            raise ValueError(f"#{wanted} is taken")
        return wanted

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

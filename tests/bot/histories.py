"""Random histories of a repository, and a stage on which they happen between any two requests of a sync."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from redis.asyncio import Redis

from adapters.github.fetch import GitHub
from adapters.store import Store, open_store
from bot.reconcile import Reconcile
from bot.sync import Sync
from tests.servers.github import GitHub as Server
from tests.servers.github import Issue, PullRequest, World, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.github import Repository, Thread

REPO, ELSEWHERE = "vllm-project/vllm", "vllm-project/elsewhere"
START = datetime(2026, 3, 10, 12, 0, 7, tzinfo=UTC)
EVERY = timedelta(seconds=60)

DEEDS = (
    "open issue", "open pull", "comment", "comment", "review", "close", "reopen", "merge", "relabel", "retitle",
    "push", "delete", "transfer", "delete comment", "arrive", "lose facets", "nothing", "nothing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that happens. which: of the threads, counted round. after_s: seconds since the deed before; at 0 it
    falls into the same second."""

    what: str
    which: int
    after_s: int


@dataclass(frozen=True, slots=True)
class History:
    """past: what happened over the days before. meanwhile: between two requests each. lag_s: of the search index.
    days: of the window that is asked for."""

    past: tuple[Deed, ...]
    meanwhile: tuple[Deed, ...]
    lag_s: int
    days: int


def _deeds(
    whats: tuple[str, ...], longest_s: int, least: int, most: int
) -> st.SearchStrategy[tuple[Deed, ...]]:
    deed = st.builds(
        Deed, st.sampled_from(whats), st.integers(0, 50), st.one_of(st.just(0), st.integers(0, longest_s))
    )
    return st.lists(deed, min_size=least, max_size=most).map(tuple)


HISTORIES = st.builds(
    lambda opened, past, meanwhile, lag_s, days: History((*opened, *past), meanwhile, lag_s, days),
    opened=_deeds(("open issue", "open pull"), 20_000, 2, 20),
    past=_deeds(DEEDS, 20_000, 0, 25),
    meanwhile=_deeds(DEEDS, 40, 4, 30),
    lag_s=st.sampled_from((0, 0, 20, 60)),
    days=st.sampled_from((1, 3)),
)


class Play:
    """One history on a fresh world."""

    def __init__(self, history: History) -> None:
        self.world = World()
        self.repository: Repository = self.world.repository(REPO)
        self.elsewhere: Repository = self.world.repository(ELSEWHERE)
        span = sum(deed.after_s for deed in history.past)
        self.now = START - timedelta(seconds=span)
        self.left = list(history.meanwhile)
        self.arrived: set[int] = set()
        for deed in history.past:
            self.do(deed)
        self.now = START

    def step(self) -> None:
        """The next deed, if any is left."""
        if self.left:
            self.do(self.left.pop(0))

    def do(self, deed: Deed) -> None:
        self.now += timedelta(seconds=deed.after_s)
        at, who = self.now, f"user{deed.which % 7}"
        if deed.what == "open issue":
            self.repository.open_issue(f"Issue {deed.which}", by=who, at=at, labels=["bug"])
        elif deed.what == "open pull":
            self.repository.open_pr(f"Change {deed.which}", by=who, at=at, files=[f"f{deed.which}.py"])
        elif deed.what == "arrive":
            self.elsewhere.open_issue(f"Arrived {deed.which}", by=who, at=at - timedelta(days=2))
            self.arrived.add(self.elsewhere.transfer(max(self.elsewhere.threads), self.repository).number)
        threads = sorted(self.repository.threads)
        if not threads:
            return
        thread = self.repository.threads[threads[deed.which % len(threads)]]
        self._do_to(thread, deed, who, at)

    def _do_to(self, thread: Issue | PullRequest, deed: Deed, who: str, at: datetime) -> None:
        is_open = thread.state == "OPEN"
        if deed.what == "comment":
            thread.comment(by=who, at=at, body=f"Remark {deed.which}")
        elif deed.what == "review" and isinstance(thread, PullRequest):
            thread.review(by=who, at=at, state="APPROVED")
        elif deed.what == "close" and is_open:
            thread.close(by=who, at=at)
        elif deed.what == "reopen" and thread.state == "CLOSED":
            thread.reopen(by=who, at=at)
        elif deed.what == "merge" and is_open and isinstance(thread, PullRequest):
            thread.merge(by=who, at=at)
        elif deed.what == "relabel":
            thread.label(f"label{deed.which % 3}", at=at)
        elif deed.what == "retitle":
            thread.edit(at=at, title=f"Title {deed.which} at {at:%H:%M:%S}")
        elif deed.what == "push" and isinstance(thread, PullRequest):
            thread.push(at=at, files=[f"g{deed.which}.py"])
        elif deed.what == "delete" and isinstance(thread, Issue):
            self.repository.delete(thread.number)
        elif deed.what == "transfer" and isinstance(thread, Issue):
            self.repository.transfer(thread.number, self.elsewhere)
        elif deed.what == "delete comment" and thread.comments:
            thread.delete_comment(thread.comments[deed.which % len(thread.comments)])
        elif deed.what == "lose facets":
            thread.lost_facets |= {"closed", "merged"} if deed.which % 4 else {"created", "closed", "updated"}


@dataclass
class Stage:
    """A server, a store and a sync that play after play uses."""

    server: Server
    store: Store
    redis: Redis
    source: GitHub
    play: Play = field(default_factory=lambda: Play(History((), (), 0, 1)))

    def now(self) -> datetime:
        return self.play.now

    async def begin(self, history: History) -> tuple[Sync, Reconcile]:
        """An empty mirror of a world that is about to change under it."""
        await self.redis.flushall()
        self.play = Play(history)
        self.server.world = self.play.world
        self.server.search_lag = timedelta(seconds=history.lag_s)
        self.server.used = 0
        self.server.requests.clear()
        sync = Sync(self.source, self.store, now=self.now, every=EVERY)
        return sync, Reconcile(self.source, self.store, sync, now=self.now)


@asynccontextmanager
async def opened_stage(redis_url: str, folder: Path) -> AsyncIterator[Stage]:
    """A stage on a server of its own."""
    held: list[Stage] = []

    def clock() -> datetime:
        return held[0].now() if held else START

    async def nap(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with (
        github_server(World(), clock=clock) as server,
        GitHub(server.url, server.token or "", now=clock, sleep=nap) as source,
        open_store(redis_url, folder) as store,
        Redis.from_url(redis_url) as redis,
    ):
        held.append(Stage(server, store, redis, source))
        server.before_answer = lambda _request: held[0].play.step()
        yield held[0]


def truth(thread: Thread) -> tuple[object, ...]:
    """What GitHub tells of a thread, as `told` has it."""
    merged_at = thread.merged_at if isinstance(thread, PullRequest) else None
    return (
        thread.title,
        tuple(sorted(label.name for label in thread.labels)),
        "merged" if merged_at else thread.state.lower(),
        thread.updated_at,
        thread.closed_at,
        merged_at,
        tuple(comment.url for comment in thread.comments),
        len(thread.reviews) if isinstance(thread, PullRequest) else 0,
        tuple(sorted(file.path for file in thread.files)) if isinstance(thread, PullRequest) else None,
    )

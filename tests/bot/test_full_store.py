"""A server of one's own that takes no more writes: it is full, or a replica. What is known is told on, what people
would be told is saved is refused, and it goes on by itself."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat import Context
from adapters.store import open_store
from adapters.store.connection import connect
from adapters.store.room import Room
from bot.serving import Readiness
from bot.supervisor import Supervisor
from summarizer.errors import StoreError
from summarizer.spending import Caps
from tests.bot.running import Host
from tests.servers.github import World, github_server
from tests.servers.redis import until
from tests.servers.redis.valkey import Node, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.wiring import Services

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANN = Context("terminal", conversation="one", lang="en", tz="UTC")
SLACK = Context("slack", team="T0123", channel="C0123", person="U0ANN", conversation="2", lang="en", tz="UTC")

PROMISES = ("subscribe daily 10:00 to:terminal", "prefs lang:zh", "iam ann", "topic amd add #1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running(tmp_path_factory.mktemp("full") / "server") as node:
        yield node


@pytest.fixture
def node(server: Node) -> Iterator[Node]:
    make_room(server)
    server.ask("FLUSHALL")
    yield server
    make_room(server)


def fill(node: Node) -> None:
    node.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
    node.ask("CONFIG", "SET", "maxmemory", 1)


def make_room(node: Node) -> None:
    node.ask("CONFIG", "SET", "maxmemory", 0)
    node.ask("REPLICAOF", "NO", "ONE")


def lock(node: Node) -> None:
    node.ask("REPLICAOF", "127.0.0.1", "1")


def world() -> World:
    world = World()
    repository = world.repository(REPO)
    repository.open_issue("Wrong results of the kernel", by="ann", at=NOW - HOUR)
    repository.open_issue("Another fault", by="bob", at=NOW - 2 * HOUR)
    return world


@pytest.mark.parametrize(("shut", "key"), [(fill, "store.full"), (lock, "store.read_only")])
async def test_what_is_known_is_told_while_the_server_takes_no_writes(
    node: Node, tmp_path: Path, shut: Callable[[Node], None], key: str
) -> None:
    host = Host(node.url, tmp_path)
    async with github_server(world(), clock=lambda: NOW) as github:
        async with host.bot(github, NOW) as bot:
            await bot.commands("today", ANN)
            await bot.commands("any issues today?", ANN)
        async with host.bot(github, NOW + HOUR) as bot:
            shut(node)

            refused = [(await bot.commands(line, ANN)).problem for line in PROMISES]
            told = await bot.commands("today", ANN)
            by_ann = await bot.commands("any issues of ann today?", ANN)
            further = await bot.commands("and of bob?", ANN)
            at_desk = await bot.desk("today", SLACK)
            again = await bot.desk.open(at_desk.handle, SLACK)
            read = [await bot.commands(line, ANN) for line in ("subscriptions", "topics", "why #1", "status")]
            ready = await readiness(bot)
            make_room(node)
            await until(lambda: has_room(bot))
            saved = [(await bot.commands(line, ANN)).problem for line in (*PROMISES, "sync")]
            ready_again = await readiness(bot)

    assert {problem and problem.key for problem in refused} == {key}
    assert told.problem is None
    assert "Wrong results of the kernel" in told.text
    assert "#1" in by_ann.text
    assert further.problem is None
    assert at_desk.digest is not None
    assert at_desk.problem is None
    assert again.digest is not None
    assert [reply.problem for reply in read] == [None] * 4
    assert ready == {"store": True, "room": False}
    assert saved == [None] * 5
    assert ready_again == {"store": True}


async def readiness(bot: Services) -> dict[str, bool]:
    return dict(await Readiness(bot, Supervisor(), {}).ready())


async def has_room(bot: Services) -> bool:
    return await bot.room.look() is None


async def test_what_nobody_was_promised_is_passed_over_with_one_line(node: Node, tmp_path: Path) -> None:
    async with open_store(node.url, tmp_path) as store:
        fill(node)
        with capture_logs() as logs:
            for n in range(3):
                await store.cache.put(f"key {n}", os.urandom(100), 60)
        assert await store.handled.claim("event", 60)
        assert not await store.handled.claim("event", 60)
        assert await store.pace.take("room", per_minute=60, most_wait_s=1) == 0.0
        async with store.leases.hold("build", or_alone=True) as lease:
            assert lease is not None
            assert lease.held
        with pytest.raises(StoreError):
            async with store.leases.hold("build"):
                raise AssertionError
        assert await store.cache.get("key 0") is None

    assert len([each for each in logs if each["event"] == "not kept"]) <= 1


@pytest.mark.parametrize(("caps", "spends"), [(Caps(), True), (Caps(tokens=1_000), False)])
async def test_a_capped_model_is_not_asked_while_nothing_can_be_counted(
    node: Node, tmp_path: Path, caps: Caps, spends: bool
) -> None:
    from zoneinfo import ZoneInfo

    async with open_store(node.url, tmp_path) as store:
        budget = store.budget(caps, {}, zone=ZoneInfo("UTC"), now=lambda: NOW)
        fill(node)

        assert (await budget.take("shell", "openai:m", 10, 10) is not None) is spends


async def test_a_refusal_is_believed_for_a_while_and_forgotten_once_a_write_is_taken(
    node: Node, tmp_path: Path
) -> None:
    async with open_store(node.url, tmp_path) as store:
        fill(node)
        refusal = await store.try_room()
        assert refusal is not None
        assert refusal.key == "store.full"
        with pytest.raises(StoreError, match=r"store\.full"):
            await store.people.set_login("slack-user:U0", "ann")
        make_room(node)
        assert await store.try_room() is None
        await store.people.set_login("slack-user:U0", "ann")


def test_a_refusal_lapses_by_itself() -> None:
    now = [0.0]
    room = Room(monotonic=lambda: now[0])
    room.heard(StoreError("store.full", setting="REDIS_URL"))
    room.heard(StoreError("store.lost", setting="REDIS_URL"))

    assert room.refusal() is not None
    now[0] = 60.0
    assert room.refusal() is None
    room.admit()


async def test_a_full_server_answers_who_asks_whether_it_is_there(node: Node, tmp_path: Path) -> None:
    async with open_store(node.url, tmp_path):
        pass  # it holds something from now on
    fill(node)
    async with open_store(node.url, tmp_path) as store, connect(node.url):
        await store.ping()

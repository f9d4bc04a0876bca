"""A full disk: what people would be told is saved is refused before, all that is read is told on, nothing dies of it,
and it goes on by itself. On a real disk, a small one in memory."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat import Context
from adapters.store import keeper
from adapters.store.connection import connect
from adapters.store.embedded import embedded_server
from bot.settings import load_settings
from bot.wiring import Services, open_services
from summarizer.errors import StoreError
from tests.servers.github import World, github_server
from tests.servers.redis import kill, server_pid, until, until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.servers.github import GitHub

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEGABYTES = 48
LEFT = 1_000_000
ANN = Context("terminal", conversation="one", lang="en", tz="UTC")


class Disk:
    """A disk with nothing on it but what a test puts there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state = path / "state"
        self._ballast = path / "ballast"

    def fill(self, leave: int = 0) -> None:
        """leave: bytes that stay free."""
        with (
            self._ballast.open("ab", buffering=0) as ballast,
            suppress(OSError),
        ):  # at the end there is no room
            while (free := keeper.room(self.path)[0]) > leave:
                ballast.write(b"x" * min(free - leave, 1_000_000))

    def clear(self) -> None:
        self._ballast.unlink()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """Where a small disk is."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.name != "posix" or os.geteuid() or not mount or not umount:
        pytest.skip("only root can mount a disk: nothing was tried on a full one")
    path = tmp_path / "disk"
    path.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs"]
    done = subprocess.run([mount, *options, str(path)], check=False, capture_output=True)  # noqa: S603
    if done.returncode:
        pytest.skip(f"no disk can be mounted here, so nothing was tried on a full one: {done.stderr!r}")
    try:
        yield path
    finally:
        subprocess.run([umount, "-l", str(path)], check=True)  # noqa: S603


@pytest.fixture
async def disk(mounted: Path) -> AsyncIterator[Disk]:
    yield Disk(mounted)
    await until_stopped(mounted / "state")


async def syncs(socket: Path) -> bytes:
    async with connect(socket) as connection:
        told: bytes = (await connection.call("CONFIG", "GET", "appendfsync"))[1]
        return told


async def put(socket: Path, key: str, value: str) -> str:
    """ "" where it was taken, else the error's key."""
    async with connect(socket) as connection:
        try:
            await connection.call("SET", key, value)
        except StoreError as error:
            return error.key
    return ""


async def test_a_server_whose_disk_is_full_refuses_answers_and_goes_on_once_there_is_room(disk: Disk) -> None:
    async with embedded_server(disk.state, grace_s=0) as socket:
        await put(socket, "kept", "yes")
        pid = await server_pid(socket)
        assert await syncs(socket) == b"always"
        disk.fill(leave=LEFT)
        await until(lambda: _is(socket, b"everysec"))
        disk.fill()

        refused = [await put(socket, f"more{n}", "x" * 100_000) for n in range(3)]
        async with connect(socket) as connection:
            kept = await connection.call("GET", "kept")
        disk.clear()
        await until(lambda: _is(socket, b"always"))
        taken = await put(socket, "more", "x" * 100_000)

        assert "store.disk" in refused
        assert kept == b"yes"
        assert taken == ""
        assert await server_pid(socket) == pid


async def test_a_server_that_died_of_a_disk_that_filled_in_no_time_comes_back_with_all_it_promised(
    disk: Disk,
) -> None:
    async with embedded_server(disk.state, grace_s=0) as socket:
        await put(socket, "kept", "yes")
        disk.fill()
        for n in range(20):  # at most one of these is the one that it dies of
            await put(socket, f"more{n}", "x" * 100_000)

        await until(lambda: _answers(socket, "kept"))
        assert await syncs(socket) == b"everysec"


async def test_a_server_starts_on_a_full_disk(disk: Disk) -> None:
    async with embedded_server(disk.state, grace_s=0) as socket:
        await put(socket, "kept", "yes")
    await until_stopped(disk.state)
    disk.fill()

    async with embedded_server(disk.state, grace_s=0) as socket:
        async with connect(socket) as connection:
            assert await connection.call("GET", "kept") == b"yes"
        kill(await server_pid(socket))
        await until(lambda: _answers(socket, "kept"))


async def _is(socket: Path, how: bytes) -> bool:
    return await syncs(socket) == how


async def _answers(socket: Path, key: str) -> bool:
    try:
        async with connect(socket) as connection:
            return bool(await connection.call("GET", key) == b"yes")
    except StoreError:
        return False


def world() -> World:
    world = World()
    repository = world.repository(REPO)
    repository.open_issue("Wrong results of the kernel", by="ann", at=NOW - HOUR)
    repository.open_issue("Another fault", by="bob", at=NOW - 2 * HOUR)
    return world


@asynccontextmanager
async def bot(server: GitHub, state: Path, at: datetime = NOW) -> AsyncIterator[Services]:
    settings = load_settings(
        DIGEST_STATE_DIR=state,
        DIGEST_TZ="UTC",
        DIGEST_AT=at.isoformat(),
        GITHUB_TOKEN=server.token,
        GITHUB_GRAPHQL_URL=server.url,
        DIGEST_OPS_CHANNEL="slack:T0123/C0123",
    )
    async with open_services(settings, demo=False, one_shot=False) as services:
        yield services


PROMISES = (
    "subscribe daily 10:00 to:terminal",
    "watch label:bug to:terminal",
    "prefs lang:zh",
    "iam ann",
    "topic amd add #1",
    "pause s1",
    "sync",
)


@pytest.mark.parametrize("leave", [LEFT, 0], ids=["nearly full", "full"])
async def test_without_room_nothing_is_promised_and_all_that_is_known_is_told(disk: Disk, leave: int) -> None:
    async with github_server(world(), clock=lambda: NOW) as server:
        async with bot(server, disk.state) as first:
            await first.commands("subscribe daily 09:00 to:terminal", ANN)
            await first.commands("today", ANN)
            await first.commands("any issues today?", ANN)
        later = NOW + HOUR  # what GitHub tells since then could not be kept
        requests = len(server.requests)
        async with bot(server, disk.state, later) as services:
            disk.fill(leave=LEFT)
            await until(lambda: _refuses(services, "store.room"))
            await until(lambda: _server_is(services, b"everysec"))
            disk.fill(leave=leave)
            if not leave:
                await _stuff(services)

            refused = [(await services.commands(line, ANN)).problem for line in PROMISES]
            told = await services.commands("today", ANN)
            other = await services.commands("today lang:zh", ANN)
            asked = await services.commands("any issues of ann today?", ANN)
            again = await services.commands("and of bob?", ANN)
            read = [
                await services.commands(line, ANN) for line in ("subscriptions", "topics", "why #1", "status")
            ]
            listed = read[0].text
            with capture_logs() as logs:
                assert await services.room.look() is not None
            disk.clear()
            await until(lambda: _has_room(services))
            said = sorted(each.split("-")[2] for each in await services.store.deliveries.agenda.all())
            synced = await services.commands("sync", ANN)
            saved = await services.commands(PROMISES[0], ANN)
            digest = await services.commands("today", ANN)

        assert {problem and problem.key for problem in refused} <= {"store.room", "store.disk"}
        assert told.problem is None
        assert "Wrong results of the kernel" in told.text
        assert other.problem is None
        assert "Wrong results of the kernel" in other.text
        assert asked.problem is None
        assert "#1" in asked.text
        assert again.problem is None
        assert [reply.problem for reply in read] == [None] * 4
        assert "s1" in listed
        assert "so nothing new is saved" in read[3].text
        assert [each["event"] for each in logs if each["log_level"] == "error"] == ["no room"]
        assert said == (["again", "full"] if leave else ["again"])  # no notice fits on a disk that is full
        assert (synced.problem, saved.problem, digest.problem) == (None, None, None)
        assert server.requests[requests:], "GitHub was asked again once there was room"


async def _refuses(services: Services, key: str) -> bool:
    refusal = services.store.room.refusal()
    return refusal is not None and refusal.key == key


async def _has_room(services: Services) -> bool:
    return await services.room.look() is None


async def _server_is(services: Services, how: bytes) -> bool:
    connection = services.store._connection
    return bool((await connection.call("CONFIG", "GET", "appendfsync"))[1] == how)


async def _stuff(services: Services) -> None:
    """Write until the server itself finds no room."""
    connection = services.store._connection
    for n in range(60):
        try:
            await connection.call("SET", f"vllm-digest:cache:stuff{n}", os.urandom(50_000).hex(), "EX", 60)
        except StoreError:
            return
    raise AssertionError("it took all")

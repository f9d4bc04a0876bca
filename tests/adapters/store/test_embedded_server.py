"""The embedded server: one per folder, whoever comes, goes or is killed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters.store import keeper
from adapters.store.connection import connect
from adapters.store.embedded import embedded_server, server_binary
from summarizer.errors import StoreError
from tests.servers.redis import (
    kill,
    parent_pid,
    server_pid,
    start_client,
    until,
    until_free,
    until_stopped,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def state_dir(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder whose server has stopped by the end of the test."""
    path = tmp_path / "state"
    yield path
    await until_stopped(path)


async def set_key(socket: Path, key: str, value: str) -> None:
    async with connect(socket) as connection:
        await connection.call("SET", key, value)


async def get_key(socket: Path, key: str) -> bytes | None:
    async with connect(socket) as connection:
        value: bytes | None = await connection.call("GET", key)
        return value


async def test_processes_that_start_at_once_share_one_server(state_dir: Path) -> None:
    clients = await asyncio.gather(*(start_client(state_dir) for _ in range(4)))

    sockets = [await client.socket() for client in clients]
    pids = {await server_pid(socket) for socket in sockets}

    assert len(pids) == 1
    await asyncio.gather(*(client.leave() for client in clients))


async def test_server_stops_and_leaves_no_socket_when_the_last_client_has_left(state_dir: Path) -> None:
    async with embedded_server(state_dir, grace_s=0) as first:
        async with embedded_server(state_dir, grace_s=0):
            pass
        assert keeper.answers(str(first))

    await until_stopped(state_dir)

    assert not keeper.answers(str(first))
    assert not first.exists()


async def test_data_outlives_the_server(state_dir: Path) -> None:
    async with embedded_server(state_dir, grace_s=0) as socket:
        await set_key(socket, "kept", "yes")
    await until_stopped(state_dir)

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await get_key(socket, "kept") == b"yes"


async def test_server_outlives_its_starter_that_is_killed(state_dir: Path) -> None:
    starter = await start_client(state_dir)
    pid = await server_pid(await starter.socket())

    async with embedded_server(state_dir, grace_s=0) as socket:
        await starter.kill()
        assert await server_pid(socket) == pid


async def test_server_stops_when_every_client_is_killed(state_dir: Path) -> None:
    clients = await asyncio.gather(*(start_client(state_dir) for _ in range(3)))
    sockets = [await client.socket() for client in clients]

    await asyncio.gather(*(client.kill() for client in clients))
    await until_stopped(state_dir)

    assert not keeper.answers(str(sockets[0]))


async def test_attached_client_goes_on_when_the_server_is_killed(state_dir: Path) -> None:
    async with embedded_server(state_dir, grace_s=0) as socket, connect(socket) as connection:
        await connection.call("SET", "kept", "yes")
        pid = await server_pid(socket)
        await lived_long_enough(socket)

        kill(pid)

        assert await connection.call("GET", "kept") == b"yes"
        assert await server_pid(socket) != pid


async def test_server_that_dies_at_once_again_is_left_to_the_next_client(state_dir: Path) -> None:
    client = await start_client(state_dir)
    pid = await server_pid(await client.socket())
    kill(pid)
    await until_free(state_dir / "store" / "keeper.lock")

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await server_pid(socket) != pid
    await client.leave()


async def test_next_client_adopts_the_server_of_a_killed_keeper(state_dir: Path) -> None:
    client = await start_client(state_dir)
    pid = await server_pid(await client.socket())
    kill(parent_pid(pid))
    await until_free(state_dir / "store" / "keeper.lock")

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await server_pid(socket) == pid
    await client.leave()
    await until_stopped(state_dir)

    assert not keeper.answers(str(socket))


async def test_client_that_leaves_sees_to_the_server_of_a_killed_keeper(state_dir: Path) -> None:
    async with embedded_server(state_dir, grace_s=0) as socket:
        kill(parent_pid(await server_pid(socket)))
        await until_free(state_dir / "store" / "keeper.lock")

    await until_stopped(state_dir)

    assert not keeper.answers(str(socket))


async def test_data_survives_when_everything_is_killed(state_dir: Path) -> None:
    client = await start_client(state_dir)
    socket = await client.socket()
    await set_key(socket, "kept", "yes")
    pid = await server_pid(socket)
    kill(parent_pid(pid))
    kill(pid)
    await client.kill()
    await until_stopped(state_dir)
    assert socket.exists()

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await get_key(socket, "kept") == b"yes"


async def test_clients_that_come_and_go_while_servers_stop_lose_no_write(state_dir: Path) -> None:
    async def come_and_go() -> None:
        for _ in range(12):
            async with embedded_server(state_dir, grace_s=0) as socket, connect(socket) as connection:
                await connection.call("INCR", "count")

    await asyncio.gather(*(come_and_go() for _ in range(3)))

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await get_key(socket, "count") == b"36"


async def test_server_stays_for_the_grace_after_its_last_client(state_dir: Path) -> None:
    async with embedded_server(state_dir, grace_s=60) as socket:
        pid = await server_pid(socket)

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await server_pid(socket) == pid

    kill(parent_pid(pid))  # rather than wait a minute
    kill(pid)


@pytest.mark.parametrize("name", ["with space", "每日摘要", "x" * 120, "quo'te\"d \\n"])
async def test_state_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    state_dir = tmp_path / name
    async with embedded_server(state_dir, grace_s=0) as socket:
        await set_key(socket, "kept", "yes")
    await until_stopped(state_dir)

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert await get_key(socket, "kept") == b"yes"
        assert (state_dir / "store" / "appendonlydir").is_dir()
    await until_stopped(state_dir)


async def test_socket_of_a_deep_folder_lies_in_a_private_one_that_goes_with_the_server(
    tmp_path: Path,
) -> None:
    state_dir = tmp_path.joinpath(*["deep" * 20] * 3)

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert len(os.fsencode(socket)) < 108
        assert socket.parent.stat().st_mode & 0o777 == 0o700
    await until_stopped(state_dir)

    assert not socket.parent.exists()


async def test_symlink_to_the_folder_leads_to_the_same_server(state_dir: Path, tmp_path: Path) -> None:
    state_dir.mkdir()  # noqa: ASYNC240
    (tmp_path / "link").symlink_to(state_dir)

    async with (
        embedded_server(state_dir, grace_s=0) as direct,
        embedded_server(tmp_path / "link", grace_s=0) as through_link,
    ):
        assert await server_pid(direct) == await server_pid(through_link)


async def test_deleted_folder_gets_a_server_of_its_own_beside_the_old_one(
    state_dir: Path, tmp_path: Path
) -> None:
    async with embedded_server(state_dir, grace_s=0) as old:
        await set_key(old, "age", "old")
        state_dir.rename(tmp_path / "moved away")  # noqa: ASYNC240
        async with embedded_server(state_dir, grace_s=0) as new:
            assert await get_key(new, "age") is None
    await until_stopped(tmp_path / "moved away")


async def test_home_is_not_needed_and_secrets_do_not_reach_the_server(state_dir: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "HOME"} | {
        "GITHUB_TOKEN": "secret-of-the-test"
    }

    client = await start_client(state_dir, env)
    environ = Path(f"/proc/{await server_pid(await client.socket())}/environ")

    if environ.exists():  # noqa: ASYNC240
        assert b"secret-of-the-test" not in environ.read_bytes()  # noqa: ASYNC240
    await client.leave()


async def test_starter_s_output_ends_with_the_starter_and_not_with_the_server(state_dir: Path) -> None:
    starter = await start_client(state_dir)
    await starter.socket()

    async with embedded_server(state_dir, grace_s=0) as socket:
        await starter.leave()  # reads the output to its end
        assert keeper.answers(str(socket))


async def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreError) as raised:
        async with embedded_server(tmp_path / "file", grace_s=0):
            pass

    assert raised.value.key == "store.folder"
    assert raised.value.values["folder"] == str(tmp_path / "file" / "store")


async def test_binary_that_cannot_run_here_is_told_apart_from_a_server_that_fails(tmp_path: Path) -> None:
    no_program = tmp_path / "no-program"
    no_program.write_text("made for another system")
    no_program.chmod(0o700)
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\necho no good >&2\nexit 1\n")
    failing.chmod(0o700)
    keys = {}

    for binary in (no_program, failing, tmp_path / "missing"):
        with pytest.raises(StoreError) as raised:
            async with embedded_server(tmp_path, grace_s=0, binary=binary):
                pass
        keys[binary.name] = raised.value.key
        await until_stopped(tmp_path)

    assert keys == {"no-program": "store.binary", "failing": "store.start", "missing": "store.binary"}
    assert "no good" in (tmp_path / "store" / "server.log").read_text()


async def test_server_starts_once_what_hindered_it_is_mended(state_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        async with embedded_server(state_dir, grace_s=0, binary=tmp_path / "missing"):
            pass

    async with embedded_server(state_dir, grace_s=0) as socket:
        assert keeper.answers(str(socket))


async def test_large_log_is_put_aside(state_dir: Path) -> None:
    log = state_dir / "store" / "server.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * (keeper.LOG_LIMIT + 1))

    async with embedded_server(state_dir, grace_s=0):
        assert log.stat().st_size < keeper.LOG_LIMIT
        assert log.with_suffix(".log.1").exists()


def test_socket_in_somebody_else_s_folder_is_not_trusted(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    if os.geteuid() == 0:
        os.chown(theirs, 65534, 65534)
    else:
        theirs = Path("/")  # root's
    (tmp_path / "server.path").write_text(str(theirs / "server.sock"))

    assert keeper.recorded_socket(tmp_path) is None


def test_server_binary_comes_with_the_installation() -> None:
    assert os.access(server_binary(), os.X_OK)


async def lived_long_enough(socket: Path) -> None:
    """Wait until the server is old enough for its keeper to start it again."""

    async def old_enough() -> bool:
        async with connect(socket) as connection:
            uptime = (await connection.call("INFO", "server"))["uptime_in_seconds"]
        return int(uptime) > keeper.MIN_LIFE_S

    await until(old_enough)

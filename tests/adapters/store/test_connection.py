"""What a person is told when the server is not there, not theirs or not well."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from adapters.store.connection import CONNECTIONS, Connection, connect
from adapters.store.embedded import embedded_server
from summarizer import languages
from summarizer.errors import DigestError, NotConfigured, StoreError
from tests.servers.redis import error_server, until, until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a server that the test may spoil."""
    async with embedded_server(tmp_path, grace_s=0) as path:
        yield f"unix://{path}"
    await until_stopped(tmp_path)


async def configure(connection: Connection, name: str, value: str) -> None:
    await connection.call("CONFIG", "SET", name, value)


def shown(error: DigestError) -> list[str]:
    """The error's sentence in each language; raises when one lacks it or a value of it."""
    return [languages.load(code).text(f"errors.{error.key}", **error.values) for code in languages.codes()]


@pytest.mark.parametrize(
    "url",
    [
        "localhost:6379",
        "http://localhost",
        "redis://localhost:70000",
        "redis://localhost:port",
        "unix://",
        "redis://localhost?socket_timeout=soon",
        "redis://localhost?no_such_option=1",
        "redis+cluster://",
        "redis+cluster://a,,b",
        "redis+cluster://a:70000,b",
        "redis+cluster://a/1",
        "redis+cluster://a?no_such_option=1",
        "redis+sentinel://a,b",
        "redis+sentinel://a,b/main/first",
        "redis+sentinel://a,b/main?no_such_option=1",
        "redis+unix://a",
        "",
    ],
)
async def test_wrong_url_is_a_setting_to_mend(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotConfigured, match=r"store\.url") as raised:
        async with open_store(url, tmp_path):
            pass

    assert shown(raised.value)


async def test_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        urls = [f"redis://:secret@127.0.0.1:{unused.getsockname()[1]}", f"unix://{tmp_path}/no.sock"]
        for url in urls:
            with pytest.raises(StoreError, match=r"store\.unreachable") as raised:
                async with open_store(url, tmp_path):
                    pass
            assert "secret" not in "".join(shown(raised.value))


async def test_server_that_goes_midway_is_lost(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await store.ping()
        (tmp_path / "store").joinpath(own_server.rpartition("/")[2]).unlink()
        await admin.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no")

        with pytest.raises(StoreError, match=r"store\.lost") as raised:
            await store.ping()

    assert shown(raised.value)


async def test_wrong_password_is_told(own_server: str, tmp_path: Path) -> None:
    async with connect(own_server) as admin:
        await configure(admin, "requirepass", "right")
        for credentials in ("", "?password=wrong"):
            with pytest.raises(StoreError, match=r"store\.password") as raised:
                async with open_store(own_server + credentials, tmp_path):
                    pass
        async with open_store(f"{own_server}?password=right", tmp_path) as store:
            await store.ping()
        await configure(admin, "requirepass", "")

    assert "wrong" not in "".join(shown(raised.value))


async def test_user_who_may_not_write_is_told_so(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path), connect(own_server) as admin:
        await admin.call("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+ping")
    async with open_store(f"{own_server}?username=reader&password=secret", tmp_path) as store:
        with pytest.raises(StoreError, match=r"store\.password"):
            await store.cache.put("key", b"value", ttl_s=60)


async def test_replica_is_read_only(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await admin.call("REPLICAOF", "127.0.0.1", "1")

        with pytest.raises(StoreError, match=r"store\.read_only") as raised:
            await store.people.set_login("key", "value")

    assert shown(raised.value)


async def test_server_without_memory_left_is_full(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await store.cache.put("key", b"value", ttl_s=60)
        await configure(admin, "maxmemory", "1")

        with pytest.raises(StoreError, match=r"store\.full") as raised:
            await store.people.set_login("other", "value")

        assert await store.cache.get("key") == b"value"
    assert shown(raised.value)


async def test_disk_that_takes_no_more_is_told(own_server: str, tmp_path: Path) -> None:
    (tmp_path / "store" / "dump.rdb").mkdir()  # where the server cannot put its snapshot
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await configure(admin, "save", "3600 1000000")
        await admin.call("BGSAVE")

        async def failed() -> bool:
            return bool((await admin.call("INFO", "persistence"))["rdb_last_bgsave_status"] == "err")

        await until(failed)

        with pytest.raises(StoreError, match=r"store\.disk") as raised:
            await store.people.set_login("key", "value")
        await configure(admin, "save", "")  # else it would not end without a snapshot

    assert shown(raised.value)


async def test_error_names_the_setting_of_the_server_it_came_from(own_server: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"store\.unreachable") as raised:
        async with open_store(own_server, tmp_path, cache_redis_url=f"unix://{tmp_path}/no.sock"):
            pass

    assert "CACHE_REDIS_URL" in shown(raised.value)[0]


async def test_more_commands_at_once_than_connections_wait_for_each_other(any_server: str) -> None:
    async with connect(any_server) as connection:
        texts = [f"text {number}" for number in range(5 * CONNECTIONS)]

        replies = await asyncio.gather(*(connection.call("ECHO", text) for text in texts))

    assert [reply.decode() for reply in replies] == texts


async def test_connections_that_broke_are_made_anew(any_server: str) -> None:
    async with connect(any_server) as connection, connect(any_server) as admin:
        for number in range(3):
            await connection.call_many([("SET", f"key {key}", number) for key in range(100)])
            await admin.call_each([("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")])

        replies = await connection.call_many([("GET", f"key {key}") for key in range(100)])

    assert replies == [b"2"] * 100


async def test_first_error_of_commands_sent_together_is_told(any_server: str) -> None:
    async with connect(any_server) as connection:
        with pytest.raises(StoreError, match=r"store\.refused"):
            await connection.call_many([("SET", "key", "text"), ("HGET", "key", "field"), ("GET", "key")])


async def test_cancelled_command_is_cancelled_whenever_it_comes(any_server: str) -> None:
    async def work() -> None:
        while True:
            await connection.call_many([("SET", f"key {number}", "value") for number in range(3)])

    async with connect(any_server) as connection:
        for steps in range(80):
            task = asyncio.create_task(work())
            for _ in range(steps):
                await asyncio.sleep(0)

            task.cancel()

            assert await asyncio.wait((task,), timeout=5) == ({task}, set())


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (b"-LOADING the dataset in memory\r\n", "store.loading"),
        (b"-MISCONF Errors writing to the AOF file: No space left on device\r\n", "store.disk"),
        (b"-ERR unknown command 'PING'\r\n", "store.refused"),
        (b"-NOAUTH Authentication required.\r\n", "store.password"),
        (b"-ERR max number of clients reached\r\n", "store.unreachable"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "store.refused"),
        (b"", "store.unreachable"),
    ],
)
async def test_answer_of_a_server_that_cannot_serve_is_told(tmp_path: Path, reply: bytes, key: str) -> None:
    async with error_server(reply) as url:
        with pytest.raises(StoreError) as raised:
            async with open_store(url, tmp_path):
                pass

    assert raised.value.key == key
    assert shown(raised.value)


def test_every_error_of_the_store_is_a_sentence_in_each_language() -> None:
    keys = {code: set(languages.load(code).get("errors.store")) for code in languages.codes()}

    assert len(set(map(frozenset, keys.values()))) == 1
    for key in keys["en"]:
        values = {"setting": "s", "policy": "p", "folder": "f", "reason": "r", "log": "l"}
        assert shown(StoreError(f"store.{key}", **values, version=3, known=2, file="f", free=3))

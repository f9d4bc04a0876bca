"""What a person is told when the server is not there, not theirs or not well."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from adapters.store.connection import Connection, connect
from adapters.store.embedded import embedded_server
from summarizer import languages
from summarizer.errors import DigestError, NotConfigured, StoreError
from tests.servers.redis import error_server, until_stopped

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
        "",
    ],
)
async def test_wrong_url_is_a_setting_to_mend(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotConfigured, match=r"store\.url") as raised:
        async with open_store(url, tmp_path):
            pass

    assert shown(raised.value)


@pytest.mark.parametrize("url", ["redis+sentinel://a,b/main", "redis+cluster://a,b", "REDISS+CLUSTER://a"])
async def test_sentinel_and_cluster_are_said_to_come_later(tmp_path: Path, url: str) -> None:
    with pytest.raises(NotConfigured, match=r"store\.url_later") as raised:
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
    async with connect(own_server) as admin:
        await admin.call("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+ping")
    async with open_store(f"{own_server}?username=reader&password=secret", tmp_path) as store:
        with pytest.raises(StoreError, match=r"store\.password"):
            await store.cache.put("key", b"value", ttl_s=60)


async def test_replica_is_read_only(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await admin.call("REPLICAOF", "127.0.0.1", "1")

        with pytest.raises(StoreError, match=r"store\.read_only") as raised:
            await store.cache.put("key", b"value", ttl_s=60)

    assert shown(raised.value)


async def test_server_without_memory_left_is_full(own_server: str, tmp_path: Path) -> None:
    async with open_store(own_server, tmp_path) as store, connect(own_server) as admin:
        await store.cache.put("key", b"value", ttl_s=60)
        await configure(admin, "maxmemory", "1")

        with pytest.raises(StoreError, match=r"store\.full") as raised:
            await store.cache.put("other", b"value", ttl_s=60)

        assert await store.cache.get("key") == b"value"
    assert shown(raised.value)


async def test_cancelled_command_is_cancelled_whenever_it_comes(own_server: str) -> None:
    async def work() -> None:
        while True:
            await connection.call("SET", "key", "value")

    for steps in range(80):
        async with connect(own_server) as connection:
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
        assert shown(StoreError(f"store.{key}", folder="f", reason="r", log="l"))

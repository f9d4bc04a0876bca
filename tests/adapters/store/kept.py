"""Stores that hold keys of every type that there is, saved, restored and compared."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from adapters.store.backup import load, save
from adapters.store.backup_file import Header
from adapters.store.connection import connect
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from adapters.store.backup import Saved
    from adapters.store.connection import Command, Connection

VERSION = 2
HEADER = Header(VERSION, datetime(2025, 12, 10, tzinfo=UTC), secrets=False)
EXPIRES_AT = 4_102_444_800_000
"""The year 2100, in milliseconds."""

MOMENTARY: tuple[Command, ...] = (
    ("SET", "vllm-digest:cache:d1", "bytes"),
    ("SET", "vllm-digest:handled:abc", "token"),
    ("HSET", "vllm-digest:pace:{slack T1}", "due", 1),
    ("XADD", "vllm-digest:queue:{people}", "*", "job", "prepare"),
    ("SET", "vllm-digest:lease:{scheduler}:fence", 17),
)
STATE: tuple[Command, ...] = (
    ("HSET", "vllm-digest:mirror:{o/r#1}", "rev", 3, "light", b"\x00\xff bytes", "text", ""),
    ("ZADD", "vllm-digest:mirror:{o/r:updated:issue}", 1765360123 * 2**20 + 7, "1", "-1.5", "2", "inf", "3"),
    ("SADD", "vllm-digest:mirror:{o/r:hour:490000}", 1, 2, 3),
    ("RPUSH", "vllm-digest:{subscriptions}:audit", "c", "b", "b", "a"),
    ("HSET", "vllm-digest:{subscriptions}", "s1", "{}", "s2", "{}"),
    ("HSET", "vllm-digest:person:{slack-user:U1}", "lang", "中文"),
    ("SET", "vllm-digest:conversation:9f", "what was asked"),
    ("PEXPIREAT", "vllm-digest:conversation:9f", EXPIRES_AT),
)
SECRETS: tuple[Command, ...] = (("HSET", "vllm-digest:workspaces", "T1", b"sealed"),)
OTHERS: tuple[Command, ...] = (("SET", "somebody-else:counter", 5),)

_READ = {
    "hash": ("HGETALL",),
    "set": ("SMEMBERS",),
    "list": ("LRANGE", 0, -1),
    "string": ("GET",),
    "zset": ("ZRANGE", 0, -1, "WITHSCORES"),
}


async def held(connection: Connection) -> Mapping[str, Any]:
    """All keys of ours but the momentary ones, with their values and when they expire, and those of others."""
    found: dict[str, Any] = {}
    for [keys] in await connection.call_each([("KEYS", "*")]):
        for key in keys:
            kind = (await connection.call("TYPE", key)).decode()
            if kind == "stream" or key.split(b":")[1] in (b"cache", b"handled", b"pace", b"lease"):
                continue
            verb, *rest = _READ[kind]
            value = await connection.call(verb, key, *rest)
            if kind in ("hash", "zset"):
                value = dict(zip(value[::2], value[1::2], strict=True)) if isinstance(value, list) else value
            found[key.decode()] = (
                kind,
                set(value) if kind == "set" else value,
                await connection.call("PEXPIRETIME", key),
            )
    return found


def silent(done: int, total: int) -> None:
    assert 0 < done <= total


@asynccontextmanager
async def filled(url: str, *commands: Command) -> AsyncIterator[Connection]:
    """A connection to a server that holds this alone."""
    async with connect(url) as connection:
        await connection.call_each([("FLUSHALL",)])
        await connection.call_many(commands)
        yield connection


async def saved(connection: Connection, path: Path, *, with_secrets: bool = False) -> Saved:
    return await save(connection, path, schema=VERSION, with_secrets=with_secrets, progress=silent)


async def loaded(connection: Connection, path: Path, *, replace: bool = False) -> Saved:
    return await load(connection, path, known=VERSION, replace=replace, progress=silent)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def refused(connection: Connection, path: Path, key: str, *, replace: bool = False) -> None:
    """Nothing has changed then."""
    before = await held(connection)
    with pytest.raises(BadInput) as caught:
        await loaded(connection, path, replace=replace)
    assert caught.value.key == f"backup.{key}"
    assert await held(connection) == before

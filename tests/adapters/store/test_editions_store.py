"""Kept digests: for good, by repository and id, each language by itself, and listed by when their windows ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from structlog.testing import capture_logs

from adapters.store import open_store
from adapters.store.connection import Connection, connect
from adapters.store.editions import Editions, KeptEdition
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.connection import Command, Part

REPO, OTHER = "vllm-project/vllm", "acme/engine"
DAY = datetime(2026, 3, 24, tzinfo=UTC)
DAILY = "daily-2026-03-24-0123456789"


async def keep(
    editions: Editions,
    digest_id: str = DAILY,
    lang: str = "en",
    data: bytes = b"{}",
    *,
    repo: str = REPO,
    at: datetime = DAY,
    title: str = "vLLM yesterday",
) -> None:
    await editions.keep(repo, digest_id, lang, data, at=at, title=title, edition="daily")


async def ids(editions: Editions, limit: int = 50) -> list[str]:
    return [kept.id for kept in await editions.newest(REPO, limit)]


async def test_where_nothing_is_kept_there_is_nothing(any_store: Store) -> None:
    assert await any_store.editions.load(REPO, DAILY, "en") is None
    assert await any_store.editions.languages(REPO, DAILY) == ()
    assert await any_store.editions.newest(REPO, 50) == []


@pytest.mark.parametrize("data", [b"", b"\x00\xff\x78\x9c", b"x" * 1_000_000], ids=["empty", "bytes", "long"])
async def test_what_was_kept_comes_back_as_it_was(data: bytes, any_store: Store) -> None:
    await keep(any_store.editions, data=data)

    assert await any_store.editions.load(REPO, DAILY, "en") == data
    assert await any_store.editions.load(REPO, DAILY, "zh") is None
    assert await any_store.editions.load(OTHER, DAILY, "en") is None


async def test_languages_of_a_digest_stand_beside_each_other(any_store: Store) -> None:
    await keep(any_store.editions, lang="zh", data=b"zh", title="昨日 vLLM")
    await keep(any_store.editions, lang="en", data=b"en")

    assert await any_store.editions.load(REPO, DAILY, "zh") == b"zh"
    assert await any_store.editions.load(REPO, DAILY, "en") == b"en"
    assert await any_store.editions.languages(REPO, DAILY) == ("en", "zh")
    titles = {"en": "vLLM yesterday", "zh": "昨日 vLLM"}
    assert await any_store.editions.newest(REPO, 50) == [KeptEdition(REPO, DAILY, DAY, "daily", titles)]


async def test_the_next_revision_takes_the_place_of_the_one_before(any_store: Store) -> None:
    await keep(any_store.editions, data=b"first")

    await keep(any_store.editions, data=b"second", title="vLLM yesterday, corrected")

    assert await any_store.editions.load(REPO, DAILY, "en") == b"second"
    [kept] = await any_store.editions.newest(REPO, 50)
    assert kept.titles == {"en": "vLLM yesterday, corrected"}


async def test_the_newest_come_first_and_no_more_than_wanted(any_store: Store) -> None:
    for days in (1, 3, 0, 2):
        await keep(any_store.editions, f"daily-{days}", at=DAY + timedelta(days=days))
        await keep(any_store.editions, f"daily-{days}", "zh", at=DAY + timedelta(days=days))

    assert await ids(any_store.editions) == ["daily-3", "daily-2", "daily-1", "daily-0"]
    assert await ids(any_store.editions, 2) == ["daily-3", "daily-2"]


async def test_repositories_are_apart_and_their_names_ignore_case(any_store: Store) -> None:
    await keep(any_store.editions, repo="vLLM-project/vLLM", data=b"vllm")
    await keep(any_store.editions, repo=OTHER, data=b"engine")

    assert await any_store.editions.load(REPO, DAILY, "en") == b"vllm"
    assert await any_store.editions.load(OTHER.upper(), DAILY, "en") == b"engine"
    [kept] = await any_store.editions.newest(REPO, 50)
    assert kept.repo == "vLLM-project/vLLM"


async def test_removed_is_gone_in_all_languages_and_the_others_stay(
    any_store: Store, any_server: str
) -> None:
    for digest_id in (DAILY, "daily-1"):
        for lang in ("en", "zh"):
            await keep(any_store.editions, digest_id, lang)

    await any_store.editions.remove(REPO, DAILY)
    await any_store.editions.remove(REPO, "never kept")

    assert await any_store.editions.load(REPO, DAILY, "en") is None
    assert await any_store.editions.languages(REPO, DAILY) == ()
    assert await ids(any_store.editions) == ["daily-1"]
    async with connect(any_server) as connection:
        [*nodes] = await connection.call_each([("KEYS", "vllm-digest:edition*")])
        assert (
            sum(len(keys) for node in nodes for keys in node) == 4
        )  # the other's three, and how often they changed


async def test_it_is_state_and_outlives_the_process(
    any_server: str, any_store: Store, tmp_path: Path
) -> None:
    await keep(any_store.editions)

    async with connect(any_server) as connection:
        for key in (
            f"vllm-digest:edition:{{{REPO}:{DAILY}}}",
            f"vllm-digest:edition:{{{REPO}:{DAILY}}}:about",
            f"vllm-digest:editions:{{{REPO}}}",
        ):
            assert await connection.call("TTL", key) == -1
    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.editions.load(REPO, DAILY, "en") == b"{}"


async def test_what_is_sent_twice_because_its_reply_was_lost_is_kept_once(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Editions(Connection(Twice(connection), "REDIS_URL"))
        await keep(twice)
        await keep(twice, "daily-1")
        await twice.remove(REPO, "daily-1")

    assert await ids(any_store.editions) == [DAILY]


async def test_a_digest_whose_writer_died_before_the_index_is_mended_by_the_next(
    any_store: Store, any_server: str
) -> None:
    await keep(any_store.editions)
    async with connect(any_server) as connection:
        await connection.call("DEL", f"vllm-digest:editions:{{{REPO}}}")

    assert await ids(any_store.editions) == []
    await keep(any_store.editions)
    assert await ids(any_store.editions) == [DAILY]


async def test_what_is_listed_but_gone_or_of_another_version_is_passed_over(
    any_store: Store, any_server: str
) -> None:
    for digest_id in (DAILY, "daily-1", "daily-2"):
        await keep(any_store.editions, digest_id)
    async with connect(any_server) as connection:
        await connection.call("DEL", f"vllm-digest:edition:{{{REPO}:daily-1}}:about")
        await connection.call("HSET", f"vllm-digest:edition:{{{REPO}:daily-2}}:about", "en", "{}")

    with capture_logs() as lines:
        assert await ids(any_store.editions) == [DAILY]
    assert [(line["event"], line["id"]) for line in lines] == [("kept edition unreadable", "daily-2")]


async def test_a_list_is_as_long_as_was_wanted_though_some_cannot_be_told(
    any_store: Store, any_server: str
) -> None:
    for days in range(6):
        await keep(any_store.editions, f"daily-{days}", at=DAY + timedelta(days=days))
    async with connect(any_server) as connection:
        for gone in ("daily-5", "daily-3"):
            await connection.call("DEL", f"vllm-digest:edition:{{{REPO}:{gone}}}:about")

    assert await ids(any_store.editions, 3) == ["daily-4", "daily-2", "daily-1"]
    assert await ids(any_store.editions, 4) == ["daily-4", "daily-2", "daily-1", "daily-0"]
    assert await ids(any_store.editions, 9) == ["daily-4", "daily-2", "daily-1", "daily-0"]


async def test_who_looks_while_a_digest_is_let_go_sees_that_it_has_changed_since(
    any_store: Store, any_server: str
) -> None:
    await keep(any_store.editions)
    async with connect(any_server) as connection:
        watched = Watched(connection)
        await Editions(cast("Connection", watched)).remove(REPO, DAILY)

    assert watched.while_there
    assert await any_store.editions.changes(REPO) not in watched.while_there


class Watched:
    """A connection that notes, before each sending, how often it had changed while the digest was still there."""

    def __init__(self, connection: Connection) -> None:
        self._editions = Editions(connection)
        self._connection = connection
        self.while_there: set[int] = set()

    async def call(self, *command: Part) -> object:
        await self._look()
        return await self._connection.call(*command)

    async def call_many(self, commands: Sequence[Command]) -> list[Any]:
        await self._look()
        return await self._connection.call_many(commands)

    async def _look(self) -> None:
        changes = await self._editions.changes(REPO)
        if await self._editions.languages(REPO, DAILY):
            self.while_there.add(changes)

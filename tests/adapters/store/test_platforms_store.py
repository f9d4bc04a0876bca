"""What a chat platform was told, as it is kept: for good, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.store import open_store
from adapters.store.connection import connect

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store


async def test_what_was_never_told_is_none(any_store: Store) -> None:
    assert await any_store.platforms.get("discord commands 1") is None


async def test_the_last_that_was_told_comes_back_under_its_name_alone(any_store: Store) -> None:
    await any_store.platforms.set("discord commands 1", "abc")
    await any_store.platforms.set("discord commands 2", "")
    await any_store.platforms.set("discord commands 1", "主题")

    assert await any_store.platforms.get("discord commands 1") == "主题"
    assert await any_store.platforms.get("discord commands 2") == ""
    assert await any_store.platforms.get("discord commands") is None


async def test_it_is_state_and_outlives_the_process(
    any_server: str, any_store: Store, tmp_path: Path
) -> None:
    await any_store.platforms.set("discord commands 1", "abc")

    async with connect(any_server) as connection, open_store(any_server, tmp_path / "another") as another:
        assert await another.platforms.get("discord commands 1") == "abc"
        assert await connection.call("TTL", "vllm-digest:platforms") == -1

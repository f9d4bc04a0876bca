"""`backup` and `restore`: what they do and say, on a server and on the built-in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat import unwatched
from adapters.store import open_store
from adapters.store.connection import connect
from adapters.store.schema import PRESENT
from adapters.store.versions import SCHEMA
from bot.backup import backup, restore
from bot.settings import load_settings
from summarizer import languages
from summarizer.errors import BadInput, StoreError
from tests.adapters.store.kept import SECRETS, STATE, held
from tests.servers.redis import until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.store.connection import Connection
    from bot.settings import Settings

ENGLISH, CHINESE = languages.load("en"), languages.load("zh")


@pytest.fixture
async def server(redis_server: str) -> AsyncIterator[Connection]:
    async with connect(redis_server) as connection:
        await connection.call("FLUSHALL")
        yield connection


@pytest.fixture
def settings(redis_server: str, tmp_path: Path) -> Settings:
    return load_settings(REDIS_URL=redis_server, DIGEST_STATE_DIR=str(tmp_path / "state"))


def only(folder: Path, pattern: str) -> Path:
    [found] = folder.glob(pattern)
    return found


async def test_both_say_what_they_did(server: Connection, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    await server.call_many([*STATE, *SECRETS])
    told = await backup(settings, path, with_secrets=False, words=ENGLISH, progress=unwatched)
    lines = told.splitlines()
    assert lines[0] == f"Saved 7 keys to {path} (0.0 MB):"
    assert lines[1:5] == [
        "  mirror         3",
        "  subscriptions  2",
        "  conversation   1",
        "  person         1",
    ]
    assert "--with-secrets" in lines[5]

    said = await backup(settings, path, with_secrets=True, words=CHINESE, progress=unwatched)
    assert f"已把 8 个键保存到 {path}" in said
    assert "DIGEST_SECRET_KEY" in said

    told = await restore(settings, path, replace=True, words=ENGLISH, progress=unwatched)
    before = only(tmp_path, "all.before-*.backup")
    assert told.startswith(f"Restored 8 keys from {path}, saved ")
    assert f"What was there before is in {before}." in told
    assert "counts as missed" in told


async def test_progress_is_told_by_keys(server: Connection, settings: Settings, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    await server.call_many(STATE)
    for work in (
        backup(
            settings,
            tmp_path / "b",
            with_secrets=False,
            words=ENGLISH,
            progress=lambda *told: seen.append(told),
        ),
        restore(
            settings, tmp_path / "b", replace=True, words=ENGLISH, progress=lambda *told: seen.append(told)
        ),
    ):
        await work

    assert set(seen) == {("backup", 7, 7), ("restore", 7, 7)}
    assert all(words.has(f"progress.{key}") for words in (ENGLISH, CHINESE) for key, _, _ in seen)


async def test_what_holds_data_is_left_as_it_is(
    server: Connection, settings: Settings, tmp_path: Path
) -> None:
    await server.call_many(STATE)
    await backup(settings, tmp_path / "b", with_secrets=False, words=ENGLISH, progress=unwatched)
    before = await held(server)
    with pytest.raises(BadInput) as caught:
        await restore(settings, tmp_path / "b", replace=False, words=ENGLISH, progress=unwatched)

    for words in (ENGLISH, CHINESE):
        assert "--replace" in words.problem(caught.value)
    assert await held(server) == before


async def test_the_line_before_a_newer_store_names_what_mends_it(
    server: Connection, settings: Settings, redis_server: str
) -> None:
    state_dir = settings.state_dir
    await server.call_many(STATE)
    async with open_store(redis_server, state_dir):
        pass  # saved and brought up to the present version
    await server.call("SET", SCHEMA, PRESENT + 1)
    with pytest.raises(StoreError) as caught:
        async with open_store(redis_server, state_dir):
            pass
    sentence = ENGLISH.problem(caught.value)
    path = only(state_dir / "backups", "*.backup")
    assert "\n" not in sentence
    assert f"schema {PRESENT + 1}" in sentence
    assert f"vllm-digest restore {path} --replace" in sentence

    await restore(settings, path, replace=True, words=ENGLISH, progress=unwatched)
    async with open_store(redis_server, state_dir) as store:
        await store.ping()


async def test_a_backup_moves_to_the_built_in_server_of_another_folder(
    server: Connection, settings: Settings, tmp_path: Path
) -> None:
    await server.call_many(STATE)
    await backup(settings, tmp_path / "b", with_secrets=False, words=ENGLISH, progress=unwatched)
    other = load_settings(DIGEST_STATE_DIR=str(tmp_path / "o"))
    async with open_store(None, other.state_dir, grace_s=0):
        told = await restore(other, tmp_path / "b", replace=False, words=ENGLISH, progress=unwatched)
        again = await backup(other, tmp_path / "c", with_secrets=False, words=ENGLISH, progress=unwatched)

    assert told.startswith("Restored 7 keys")
    assert again.startswith("Saved 7 keys")
    await until_stopped(other.state_dir)


async def test_a_search_file_is_made_anew_after_a_restore(
    server: Connection, settings: Settings, tmp_path: Path
) -> None:
    await server.call_many(STATE)
    await backup(settings, tmp_path / "b", with_secrets=False, words=ENGLISH, progress=unwatched)
    settings.state_dir.mkdir()
    (settings.state_dir / "search.db").write_bytes(b"of later")
    await restore(settings, tmp_path / "b", replace=True, words=ENGLISH, progress=unwatched)

    assert not (settings.state_dir / "search.db").exists()

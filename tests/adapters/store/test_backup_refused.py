"""Backups that are none, places that are taken, stores that are at work: nothing changes there."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.store.backup import save
from adapters.store.backup_file import Entry, Writer, entries
from adapters.store.leases import Leases
from adapters.store.versions import SCHEMA
from summarizer.errors import BadInput, StoreError
from tests.adapters.store.kept import (
    HEADER,
    STATE,
    VERSION,
    filled,
    loaded,
    names,
    refused,
    saved,
    silent,
)


@pytest.mark.parametrize("cut", [0, 1, 20, 0.3, 0.9, -1])
async def test_a_file_that_was_cut_changes_nothing(cut: float, redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(redis_server, *STATE) as connection:
        await saved(connection, path)
        whole = path.read_bytes()
        end = int(cut * len(whole)) if isinstance(cut, float) else cut
        path.write_bytes(whole[:end])

        await refused(connection, path, "foreign" if end in (0, 1) else "broken", replace=True)


@given(at=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
@settings(max_examples=150)
def test_a_file_that_was_damaged_is_none(at: float, flip: int) -> None:
    """Some bits of a stream mean nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "all.backup"
        written = [Entry(b"vllm-digest:teams", "hash", 0, [b"T%d" % n, b"1"]) for n in range(20)]
        writer = Writer(path, HEADER)
        writer.put(written)
        writer.finish()
        data = bytearray(path.read_bytes())
        data[int(at * len(data))] ^= flip
        path.write_bytes(data)
        found: list[Entry] = []
        key = ""
        try:
            found = list(entries(path))
        except BadInput as error:
            key = error.key
        assert found == written or key in ("backup.broken", "backup.foreign", "backup.format")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "foreign"),
        (b"REDIS0011\xfa...", "foreign"),
        (b'vllm-digest backup 9 {"all":"new"}\n...', "format"),
        (b"vllm-digest backup 1 {}\n", "broken"),
        (
            b'vllm-digest backup 1 {"schema":2,"at":"2025-12-10T09:00:00Z","secrets":false}\nno stream',
            "broken",
        ),
    ],
)
async def test_a_file_of_something_else_changes_nothing(
    data: bytes, key: str, redis_server: str, tmp_path: Path
) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(data)
    async with filled(redis_server, *STATE) as connection:
        await refused(connection, path, key, replace=True)
        await refused(connection, tmp_path / "none", "unreadable", replace=True)


@pytest.mark.parametrize(
    "key", ["somebody-else:counter", SCHEMA, "vllm-digest:lease:{scheduler}", "vllm-digest:workspaces"]
)
async def test_a_file_with_keys_that_no_backup_has_changes_nothing(
    key: str, redis_server: str, tmp_path: Path
) -> None:
    path = tmp_path / "made.backup"
    made = Writer(path, HEADER)
    made.put(
        [Entry(b"vllm-digest:teams", "hash", 0, [b"T1", b"1"]), Entry(key.encode(), "string", 0, [b"x"])]
    )
    made.finish()
    async with filled(redis_server) as connection:
        await refused(connection, path, "broken")


async def test_a_backup_of_a_newer_version_is_not_restored(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "newer.backup"
    async with filled(redis_server, *STATE) as connection:
        await save(connection, path, schema=VERSION + 1, with_secrets=False, progress=silent)
        await refused(connection, path, "newer", replace=True)


async def test_nothing_is_restored_under_who_is_at_work(any_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(any_server, *STATE) as connection:
        await saved(connection, path)
        async with Leases(connection).hold("scheduler"):
            await refused(connection, path, "held", replace=True)
        await loaded(connection, path, replace=True)


async def test_a_backup_is_written_whole_or_not_at_all(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(redis_server, *STATE) as connection:
        await saved(connection, path)
        before = path.read_bytes()
        await connection.call("XADD", "vllm-digest:mirror:{o/r:new}", "*", "of", "a newer version")
        with pytest.raises(StoreError) as caught:
            await saved(connection, path)

    assert caught.value.key == "store.record"
    assert path.read_bytes() == before
    assert names(tmp_path) == ["all.backup"]


async def test_what_is_no_backup_is_not_written_over(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "thesis.tex"
    path.write_text("years of work")
    async with filled(redis_server, *STATE) as connection:
        for taken, key in ((path, "taken"), (tmp_path, "taken"), (tmp_path / "no" / "such", "unwritable")):
            with pytest.raises(BadInput) as caught:
                await saved(connection, taken)
            assert caught.value.key == f"backup.{key}"

    assert path.read_text() == "years of work"

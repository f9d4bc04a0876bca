"""The schema: which version of our keys a store holds, and what makes the present one of an older.

version  since then
1        stores that tell no version
2        stores tell their version; all else is as it was
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.backup import save
from adapters.store.backup_file import read_header
from adapters.store.leases import Leases
from adapters.store.versions import SCHEMA, read_version
from summarizer.errors import BadInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from adapters.store.connection import Connection

    Migration = Callable[[Connection], Awaitable[None]]
    """Makes the next version of a store's keys. It may be begun again where a process died at it."""

log = structlog.get_logger()

LEASE: Final = "schema"
WAIT_S: Final = 600.0
"""For how long a process waits while another one migrates."""


async def _tell_the_version(connection: Connection) -> None:
    """Nothing is to do: from 2 on the version stands in the store."""


MIGRATIONS: Final[Mapping[int, Migration]] = {1: _tell_the_version}
"""What makes the next version of each."""

PRESENT: Final = max(MIGRATIONS) + 1


async def prepare_schema(connection: Connection, state_dir: Path) -> None:
    """See that a store is of the present version. An older one is saved to a file first, and then brought up to it.

    Raises StoreError: `store.newer` (`store.newer_saved` where a backup of a version that we know is at hand) for what
    a newer version wrote, `store.half` for a store that is half restored, `store.backup` where it cannot be saved.
    """
    version = await read_version(connection)
    if version is None:
        await connection.call("SET", SCHEMA, PRESENT, "NX")
        return
    if version == PRESENT:
        return
    if version > PRESENT:
        raise await asyncio.to_thread(_newer, version, state_dir)
    leases = Leases(connection)
    while version < PRESENT:
        async with leases.hold(LEASE) as lease:
            if lease is not None:
                # another process may have been at it
                await _migrate(connection, await read_version(connection) or PRESENT, state_dir)
                return
        if not await leases.wait_free(LEASE, WAIT_S):
            raise StoreError("store.migrating")
        version = await read_version(connection) or PRESENT


def backups_in(state_dir: Path) -> Path:
    """Where stores are saved before they are migrated."""
    return state_dir / "backups"


async def _migrate(connection: Connection, version: int, state_dir: Path) -> None:
    if version >= PRESENT:
        return
    folder = backups_in(state_dir)
    path = folder / f"schema-{version}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.backup"
    try:
        await asyncio.to_thread(folder.mkdir, 0o700, parents=True, exist_ok=True)
        await save(connection, path, schema=version, with_secrets=True, progress=lambda done, of: None)
    except (BadInput, OSError) as error:
        raise StoreError("store.backup", folder=str(folder)) from error
    log.warning("the store is brought up to date", version=version, to=PRESENT, backup=str(path))
    for each in range(version, PRESENT):
        await MIGRATIONS[each](connection)
        await connection.call_durably("SET", SCHEMA, each + 1)


def _newer(version: int, state_dir: Path) -> StoreError:
    """The refusal, with the newest backup that this version can read."""
    found: list[tuple[datetime, Path]] = []
    for path in backups_in(state_dir).glob("*.backup"):
        with suppress(BadInput):
            header = read_header(path)
            if header.schema <= PRESENT:
                found.append((header.at, path))
    values = {"version": version, "known": PRESENT}
    if not found:
        return StoreError("store.newer", **values)
    return StoreError("store.newer_saved", **values, file=str(max(found)[1]))

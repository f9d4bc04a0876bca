"""Real Redis-protocol servers: who runs for a state folder, who attaches, and a peer that only fails."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.store import keeper
from adapters.store.connection import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

DEADLINE_S = 30.0

_CLIENT = """
import asyncio, sys
from pathlib import Path
from adapters.store.embedded import embedded_server

async def main():
    async with embedded_server(Path(sys.argv[1]), grace_s=float(sys.argv[2])) as socket:
        print(socket, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


class Client:
    """A process attached to a state folder's server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def socket(self) -> Path:
        """The socket it was given, once it is attached."""
        assert self._process.stdout
        return Path((await self._process.stdout.readline()).decode().rstrip("\n"))

    async def leave(self) -> None:
        """Let it detach in order, and read what it wrote to the end."""
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.communicate()
        assert self._process.returncode == 0

    async def kill(self) -> None:
        """End it as kill -9 does."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


async def start_client(state_dir: Path, env: Mapping[str, str] = os.environ, grace_s: float = 0) -> Client:
    """Start a process that attaches to the folder; it stays until told to leave or killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CLIENT, str(state_dir), str(grace_s), stdin=-1, stdout=-1, env=env
    )
    return Client(process)


async def server_pid(socket: Path) -> int:
    """The process that answers behind the socket."""
    async with connect(socket) as connection:
        return int((await connection.call("INFO", "server"))["process_id"])


def parent_pid(pid: int) -> int:
    """The parent: a server's is its keeper."""
    status = Path(f"/proc/{pid}/stat")
    if status.exists():
        return int(status.read_text().rpartition(")")[2].split()[1])
    return int(subprocess.check_output(["ps", "-o", "ppid=", "-p", str(pid)]))  # noqa: S603, S607


def kill(pid: int) -> None:
    """End a process of a test's own as kill -9 does."""
    os.kill(pid, signal.SIGKILL)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what another process, or the passing of time, brings about."""
    async with asyncio.timeout(DEADLINE_S):
        while not await happened():  # noqa: ASYNC110 - no event of ours tells
            await asyncio.sleep(0.01)


async def until_free(lock: Path) -> None:
    """Wait until nobody holds the flock."""

    async def free() -> bool:
        descriptor = keeper.try_lock(lock)
        if descriptor is not None:
            os.close(descriptor)
        return descriptor is not None

    await until(free)


async def until_stopped(state_dir: Path) -> None:
    """Wait until neither a server nor its keeper runs for the folder."""
    for name in ("server.lock", "keeper.lock"):
        if (lock := state_dir / "store" / name).exists():
            await until_free(lock)


@asynccontextmanager
async def error_server(reply: bytes) -> AsyncIterator[str]:
    """The URL of a server that answers every command with `reply`, or hangs up when that is empty."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not reply:
                    break
                writer.write(reply * max(1, data.count(b"\r\n*") + data.startswith(b"*")))
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def until_old_enough(socket: Path) -> None:
    """Wait until the embedded server has lived so long that its keeper starts it again when it dies."""

    async def old_enough() -> bool:
        async with connect(socket) as connection:
            uptime = (await connection.call("INFO", "server"))["uptime_in_seconds"]
        return int(uptime) > keeper.MIN_LIFE_S

    await until(old_enough)


async def lapse_leases(address: str | Path) -> None:
    """Let the leases lapse at once, as they do within seconds when their holders are dead."""
    async with connect(address) as connection:
        keys: list[bytes] = await connection.call("KEYS", "vllm-digest:lease:*")
        for key in keys:
            if not key.endswith(b":fence"):
                await connection.call("DEL", key)

"""The processes of the storm: forked from a server that has everything loaded, so that they are back at once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from redis import Redis
from redis.exceptions import RedisError

from adapters.store.embedded import server_binary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.context import ForkServerProcess
    from pathlib import Path

    from bot.delivery.timings import Timings

Role = Literal["worker", "scheduler", "bot"]

PARTS: Mapping[Role, Sequence[str]] = {
    "worker": ["worker"],
    "scheduler": ["scheduler", "upkeep"],
    "bot": ["platforms"],
}

_CONTEXT = multiprocessing.get_context("forkserver")
_PRELOADED = [
    "tests.soak.processes",
    "bot.serving",
    "bot.wiring",
    "adapters.github.fetch",
    "adapters.queue",
    "adapters.slack.courier",
    "adapters.slack.service",
    "adapters.discord.courier",
    "adapters.discord.service",
]


def main(role: Role, settings: dict[str, Any], timings: Timings, log: str) -> None:
    """What a process does until it is killed."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    asyncio.run(_serve(role, settings, timings))


async def _serve(role: Role, settings: dict[str, Any], timings: Timings) -> None:
    from bot.logs import set_up_logs
    from bot.serving import serve
    from bot.settings import load_settings
    from bot.wiring import open_services

    set_up_logs("info")
    loaded = load_settings(**settings)
    async with open_services(loaded, demo=False, one_shot=False, timings=timings, is_paced=False) as services:
        await serve(loaded, services, PARTS[role])  # type: ignore[arg-type]  # names of parts


class Processes:
    """By name. settings: of a process that begins now."""

    def __init__(
        self,
        roles: Mapping[str, Role],
        settings: Callable[[], dict[str, Any]],
        timings: Timings,
        folder: Path,
    ) -> None:
        _CONTEXT.set_forkserver_preload(_PRELOADED)
        self._roles = roles
        self._settings = settings
        self._timings = timings
        self._folder = folder
        self._running: dict[str, ForkServerProcess] = {}

    @property
    def names(self) -> Sequence[str]:
        return list(self._roles)

    def start(self, name: str) -> None:
        process = _CONTEXT.Process(
            target=main,
            args=(self._roles[name], self._settings(), self._timings, str(self._folder / f"{name}.log")),
            daemon=True,
        )
        process.start()
        self._running[name] = process

    def kill(self, name: str) -> None:
        """With signal 9; it is gone when this returns."""
        process = self._running[name]
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        process.join()

    def died(self) -> Sequence[str]:
        """Those that ended by themselves, which nothing should."""
        return [name for name, process in self._running.items() if not process.is_alive()]

    def stop(self) -> None:
        for name in self._running:
            self.kill(name)


class Valkey:
    """A server at a port of its own, whose every write is on disk before it is answered."""

    def __init__(self, folder: Path, port: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url = f"redis://127.0.0.1:{port}"
        self._port = port
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until it has read what it knew."""
        self._process = subprocess.Popen(  # noqa: S603 - our own words
            [
                *(str(server_binary()), "--port", str(self._port), "--bind", "127.0.0.1"),
                *("--dir", str(self._folder), "--appendonly", "yes", "--appendfsync", "always", "--save", ""),
                *("--logfile", str(self._folder / "server.log")),
            ],
            stdin=subprocess.DEVNULL,
        )
        with Redis(port=self._port) as redis:
            for _ in range(3_000):
                with suppress(RedisError, OSError):
                    if redis.ping():
                        return
                time.sleep(0.01)
        raise AssertionError((self._folder / "server.log").read_text())

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

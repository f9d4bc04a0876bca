"""Crafting: pages of a site of files, made by several processes, each over the same store."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

from adapters.web.exporting import Maker
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from multiprocessing.connection import Connection

    from adapters.web.archive import Archive
    from adapters.web.exporting import Made, Making, StaticSite
    from bot.settings import Settings

WORTH_IT: Final = 60
"""Digests from which another process is begun, which takes a second or two."""

MOST: Final = 8

_CONTEXT: Final = multiprocessing.get_context("spawn")


@asynccontextmanager
async def makers(
    archive: Archive, site: StaticSite, settings: Settings, digests: int, *, demo: bool
) -> AsyncIterator[Sequence[Making]]:
    """One here, and where there is enough to do one more for each further core."""
    others = min(os.cpu_count() or 1, MOST) - 1 if digests >= WORTH_IT else 0
    async with AsyncExitStack() as stack:
        found: list[Making] = [await stack.enter_async_context(Maker(archive, site))]
        for _ in range(others):
            elsewhere = Elsewhere(settings, site.alike(), demo=demo)
            stack.callback(elsewhere.close)
            found.append(elsewhere)
        yield found


class Elsewhere:
    """A maker in a process of its own."""

    def __init__(self, settings: Settings, site: StaticSite, *, demo: bool) -> None:
        self._ours, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, settings, site, demo), daemon=True)
        self._process.start()
        theirs.close()

    async def make(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Made]:
        """See `adapters.web.exporting.Making`."""
        return await asyncio.to_thread(self._ask, wanted)

    def close(self) -> None:
        """Have it end."""
        self._ours.close()
        self._process.join()

    def _ask(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Made]:
        try:
            self._ours.send(wanted)
            answer: Sequence[Made] | Exception = self._ours.recv()
        except (EOFError, ConnectionError) as error:
            raise ChildProcessError(f"exit code {self._process.exitcode}") from error
        if isinstance(answer, Exception):
            raise answer
        return answer


def _work(wire: Connection, settings: Settings, site: StaticSite, demo: bool) -> None:
    from bot.logs import set_up_logs

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who began it tells it to end
    set_up_logs(settings.log or "warning")
    try:
        asyncio.run(_made(wire, settings, site, demo=demo))
    except DigestError as problem:  # what it works with cannot be opened
        with suppress(EOFError):
            wire.recv()
            wire.send(problem)


async def _made(wire: Connection, settings: Settings, site: StaticSite, *, demo: bool) -> None:
    from bot.settling import calm_collector
    from bot.wiring import open_services

    async with (
        open_services(settings, demo=demo, one_shot=True) as services,
        Maker(services.archive, site) as maker,
    ):
        calm_collector()
        while True:
            try:
                wanted = await asyncio.to_thread(wire.recv)
            except EOFError:
                return
            try:
                wire.send(await maker.make(wanted))
            except DigestError as problem:
                wire.send(problem)

"""A way to a server that breaks off after so many bytes, in the middle of whatever is being said, and stays broken."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WHOLE = 1 << 60


class Cut:
    """Passes everything on to the server behind a unix socket. left: so many bytes more go to it; passed: so many
    went."""

    def __init__(self, socket: Path) -> None:
        self.left = WHOLE
        self.passed = 0
        self.url = ""
        self._socket = socket
        self._writers: set[asyncio.StreamWriter] = set()

    def mend(self, left: int = WHOLE) -> None:
        """Let pass again, so many bytes."""
        self.left, self.passed = left, 0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it or it is cut."""
        self._writers.add(writer)
        there: asyncio.StreamWriter | None = None
        try:
            if self.left > 0:
                answers, there = await asyncio.open_unix_connection(self._socket)
                self._writers.add(there)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._ask(reader, there))
                    group.create_task(self._answer(answers, writer))
        finally:
            for each in (writer, there):
                if each is not None:
                    self._writers.discard(each)
                    each.close()

    async def _ask(self, reader: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while self.left > 0 and (data := await reader.read(65_536)):
                part = data[: self.left]
                self.left -= len(part)
                self.passed += len(part)
                there.write(part)
                await there.drain()
        if self.left <= 0:
            for writer in self._writers:
                writer.close()
        there.close()

    async def _answer(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await answers.read(65_536):
                writer.write(data)
                await writer.drain()
        writer.close()


@asynccontextmanager
async def cut_off(socket: Path) -> AsyncIterator[Cut]:
    """The way to the server behind `socket`, at its `url`."""
    cut = Cut(socket)
    server = await asyncio.start_server(cut.carry, "127.0.0.1", 0)
    async with server:
        cut.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield cut

"""A load of requests from a process of its own: some connections, each asking again as soon as it is answered.

`python -m benchmarks.pages_load URL SECONDS CONNECTIONS` prints what came back, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from statistics import quantiles
from typing import Final
from urllib.parse import urlsplit

_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """per_second: answers. p99_ms: in which of a hundred ninety-nine came. bytes: of one body. status: of the first."""

    per_second: float
    p99_ms: float
    bytes: int
    status: int


async def load(url: str, seconds: float, connections: int) -> Load:
    """Run one in a process of its own. Raises RuntimeError where it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.pages_load", url, str(seconds), str(connections)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(url)
    return Load(**json.loads(out))


class _Asking(asyncio.Protocol):
    """One connection. No client library: it would take more of the machine than what is measured."""

    def __init__(self, request: bytes, taken: list[float], until: float, ended: asyncio.Future[None]) -> None:
        self._request = request
        self._taken = taken
        self._until = until
        self._ended = ended
        self._buffer = b""
        self._asked = 0.0
        self.status = 0
        self.bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if not found or length is None or len(body) < int(length[1]):
            return
        now = time.perf_counter()
        self._taken.append(now - self._asked)
        self.status, self.bytes = int(head.split(b" ", 2)[1]), int(length[1])
        self._buffer = b""
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def _ask(self) -> None:
        self._asked = time.perf_counter()
        self._transport.write(self._request)


def _itself(asking: _Asking) -> _Asking:
    return asking


async def _run(url: str, seconds: float, connections: int) -> Load:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    loop = asyncio.get_running_loop()
    taken: list[float] = []
    began = time.perf_counter()
    ends = [loop.create_future() for _ in range(connections)]
    asking = [_Asking(request, taken, began + seconds, ended) for ended in ends]
    for each in asking:
        await loop.create_connection(partial(_itself, each), parts.hostname or "", parts.port or 80)
    await asyncio.gather(*ends)
    took = time.perf_counter() - began
    p99 = (quantiles(taken, n=100)[-1] if len(taken) > 1 else taken[0]) * 1000
    return Load(len(taken) / took, p99, asking[0].bytes, asking[0].status)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_run(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))))))

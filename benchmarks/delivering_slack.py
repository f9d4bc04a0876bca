"""A Slack that takes whatever is posted, 200 ms later, in a process of its own: it costs little, unlike the tests' one.

`python -m benchmarks.delivering_slack` prints the address of its Web API as one line and answers each further line with
what it has taken so far, as JSON; it ends when its stdin closes. `posted_to()` starts one from another process.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from tests.servers.slack import TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

LATENCY_S: Final = 0.2
"""Before a message is answered; whatever else is asked is answered at once."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was posted so far. digests: messages in a channel itself, which each belong to a delivery of their own.
    messages: those in threads too. twice: channels that got more than one digest."""

    digests: int
    messages: int
    twice: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A Slack that runs elsewhere. url: of its Web API."""

    url: str
    _process: asyncio.subprocess.Process

    async def taken(self) -> Taken:
        """What was posted so far."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()
        return Taken(**json.loads(await self._process.stdout.readline()))


@asynccontextmanager
async def posted_to() -> AsyncIterator[Posted]:
    """Start a Slack in a process of its own until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.delivering_slack"),
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().strip()
        if not url:
            raise ChildProcessError("the benchmark's Slack did not start")
        yield Posted(url, process)
    finally:
        process.stdin.close()
        await process.wait()


@dataclass
class _Slack:
    """Answers Web API calls. url: where it is served."""

    url: str = ""
    digests: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    _numbers: count[int] = field(default_factory=count)

    async def answer(self, request: web.Request) -> web.Response:
        """What Slack says to a call that is all right."""
        method = request.match_info["method"]
        told: dict[str, Any] = {"ok": True}
        if method == "chat.postMessage":
            sent = await request.json()
            await asyncio.sleep(LATENCY_S)
            self.messages += 1
            self.digests[sent["channel"]] += "thread_ts" not in sent
            told |= {"channel": sent["channel"], "ts": f"1700000000.{next(self._numbers):06}"}
        elif method == "auth.test":
            told |= {"team_id": TEAM, "team": "Team", "user_id": "U0BOT", "bot_id": "B0BOT"}
        elif method == "files.getUploadURLExternal":
            told |= {"file_id": f"F{next(self._numbers)}", "upload_url": f"{self.url}upload"}
        elif method == "files.info":
            told["file"] = {"mimetype": "image/png"}
        else:
            await request.read()
        return web.json_response(told)


async def _serve() -> None:
    slack = _Slack()
    app = web.Application(client_max_size=1 << 24)
    app.router.add_route("*", "/api/{method}", slack.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    _tell(slack.url)
    while await asyncio.to_thread(sys.stdin.readline):
        twice = sum(number > 1 for number in slack.digests.values())
        _tell(json.dumps(asdict(Taken(slack.digests.total(), slack.messages, twice))))
    await runner.cleanup()


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_serve())

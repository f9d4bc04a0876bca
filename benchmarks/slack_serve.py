"""The tests' Slack in a process of its own, so that its work is not in the measured one, and people who type there.

`python -m benchmarks.slack_serve` prints the address of its Web API as one line, takes a burst of commands a line, as
JSON, and answers each with a line that tells what became of them; it ends when its stdin closes. `served_slack()`
starts one from another process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.servers.slack import Sent, SlackServer

PEOPLE = 200
MORE = 10
"""Of the same workspace, who ask for something else meanwhile."""
POLL_S = 0.02
PATIENCE_S = 120.0
LINE_BYTES = 1 << 22  # of what a burst is told in


def person(number: int) -> str:
    """The id of one of the workspace's people, counted from 0."""
    return f"UBENCH{number:03}"


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of some commands, in their order. acked, result: seconds from the delivery to the acknowledgement,
    and to the arrival of the answer at the response URL. told: to the first message for those who asked meanwhile.
    texts: of the answers, each once. over_pace: requests over Slack's pace so far. called: requests by method during
    the burst."""

    acked: list[float]
    result: list[float]
    told: list[float]
    texts: list[str]
    over_pace: int
    called: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServedSlack:
    """A Slack that runs elsewhere. url: of its Web API."""

    url: str
    _process: asyncio.subprocess.Process

    async def burst(
        self, lines: Sequence[str], *, meanwhile: Sequence[str] = (), over_s: float = 0.0
    ) -> Burst:
        """Have each line typed by somebody else, and wait for the answers. meanwhile: lines of other people, just
        before; they are waited for until their first message. over_s: all at once, or spread over so many seconds."""
        asked = {"lines": lines, "meanwhile": meanwhile, "over_s": over_s}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(asked)}\n".encode())
        await self._process.stdin.drain()
        return Burst(**json.loads(await self._process.stdout.readline()))


@asynccontextmanager
async def served_slack() -> AsyncIterator[ServedSlack]:
    """Start a Slack in a process of its own until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.slack_serve",
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE_BYTES,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().strip()
        if not url:
            raise ChildProcessError("the benchmark's Slack did not start")
        yield ServedSlack(url, process)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve() -> None:
    async with slack_server() as slack:
        for number in range(PEOPLE + MORE):
            slack.add_user(person(number), tz="UTC", tz_offset=0)
        # tests hold what is sent against Slack's limits; here that would be most of what is waited for
        slack.checked = _unchecked  # type: ignore[method-assign]
        gc.collect()
        gc.freeze()
        _tell(slack.url)
        while line := await asyncio.to_thread(sys.stdin.readline):
            _tell(json.dumps(asdict(await _burst(slack, **json.loads(line)))))


def _unchecked(text: str, blocks: object) -> list[dict[str, Any]]:
    del text
    return list(blocks) if isinstance(blocks, list) else []


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _burst(
    slack: SlackServer, *, lines: Sequence[str], meanwhile: Sequence[str], over_s: float
) -> Burst:
    before = len(slack.calls)
    others = [await slack.command(text=line, user=person(PEOPLE + at)) for at, line in enumerate(meanwhile)]
    began = time.monotonic()
    sent: list[Sent] = []
    for place, line in enumerate(lines):
        await asyncio.sleep(max(0.0, began + over_s * place / len(lines) - time.monotonic()))
        sent.append(await slack.command(text=line, user=person(place)))
    async with asyncio.timeout(PATIENCE_S):
        await asyncio.gather(*(asyncio.shield(each.acked_after) for each in sent))
        while not all(_answer(slack, each) for each in sent) or not all(  # noqa: ASYNC110 - each of many may change it
            _told(slack, each) for each in others
        ):
            await asyncio.sleep(POLL_S)
    calls = slack.calls[before:]
    came = {id(call.args): call.mono for call in calls}
    methods = [call.method for call in calls]
    answers = [(each, _answer(slack, each)) for each in sent]
    return Burst(
        acked=[each.acked_after.result() for each in sent],
        result=[came[id(answer)] - each.deliveries[0].at for each, answer in answers],
        told=[came[id(_told(slack, each)[0])] - each.deliveries[0].at for each in others],
        texts=sorted({answer["text"] for _, answer in answers}),
        over_pace=slack.over_pace,
        called={method: methods.count(method) for method in sorted(set(methods))},
    )


def _told(slack: SlackServer, sent: Sent) -> list[dict[str, Any]]:
    """What was sent to its response URL."""
    return slack.response_url_of(sent.response_url).bodies


def _answer(slack: SlackServer, sent: Sent) -> dict[str, Any]:
    """What was sent there after the words of progress, which have blocks, and nothing to press; empty until then."""
    return next((each for each in _told(slack, sent) if not each.get("blocks") or _has_buttons(each)), {})


def _has_buttons(body: dict[str, Any]) -> bool:
    return any(block["type"] == "actions" for block in body["blocks"])


if __name__ == "__main__":
    asyncio.run(_serve())

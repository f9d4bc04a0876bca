"""The tests' Discord in a process of its own, so that its work is not in the measured one, and people who type there.

`python -m benchmarks.discord_serve` prints the address of its REST API as one line, takes one deed a line, as JSON, and
answers each with a line; it ends when its stdin closes. `served_discord()` starts one from another process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.servers.discord import GENERAL, discord_server, walked
from tests.servers.discord.checks import messages as checks
from tests.servers.discord.records import LOADING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.servers.discord import DiscordServer, Interaction, Person, Version
    from tests.servers.discord.gateway import Mode

PEOPLE = 200
MORE = 10
"""Of the same server, who ask for something else meanwhile."""
BUTTON = 2
POLL_S = 0.02
PATIENCE_S = 120.0
LINE_BYTES = 1 << 22  # of what a burst is told in


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of some commands, in their order. acked, result: seconds from the interaction to its acknowledgement,
    and to the answer. told: to the first word for those who asked meanwhile. texts: of the answers, each once.
    over_pace: requests over Discord's pace so far."""

    acked: list[float]
    result: list[float]
    told: list[float]
    texts: list[str]
    over_pace: int


@dataclass(frozen=True, slots=True)
class ServedDiscord:
    """A Discord that runs elsewhere. url: of its REST API."""

    url: str
    _process: asyncio.subprocess.Process

    async def burst(self, dates: Sequence[str], *, meanwhile: Sequence[str] = ()) -> Burst:
        """Have `/vllm-digest date` used with each of the dates by somebody else, all at once, and wait for the answers.
        meanwhile: dates of other people, just before; they are waited for until their first word."""
        return Burst(**await self._told("burst", dates=dates, meanwhile=meanwhile))

    async def gateway(self, mode: Mode) -> None:
        """Let the gateway be so from now on, and cut its connections."""
        await self._told("gateway", mode=mode)

    async def syncs(self) -> int:
        """How often it was told of commands."""
        return int(await self._told("syncs"))

    async def _told(self, deed: str, **values: object) -> Any:  # noqa: ANN401 - any JSON
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps({'deed': deed, **values})}\n".encode())
        await self._process.stdin.drain()
        return json.loads(await self._process.stdout.readline())


@asynccontextmanager
async def served_discord() -> AsyncIterator[ServedDiscord]:
    """Start a Discord in a process of its own until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.discord_serve",
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
            raise ChildProcessError("the benchmark's Discord did not start")
        yield ServedDiscord(url, process)
    finally:
        process.stdin.close()
        await process.wait()


async def _serve() -> None:
    async with discord_server() as discord:
        people = [discord.person(discord.add_user().id) for _ in range(PEOPLE + MORE)]
        # tests hold what is sent against Discord's limits; here that would be most of what is waited for
        checks.check = _unchecked
        gc.collect()
        gc.freeze()
        _tell(discord.api_url)
        while line := await asyncio.to_thread(sys.stdin.readline):
            asked = json.loads(line)
            _tell(json.dumps(await _done(discord, people, asked.pop("deed"), asked)))


def _unchecked(*_: object, **__: object) -> None:
    """Takes everything."""


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _done(discord: DiscordServer, people: Sequence[Person], deed: str, asked: dict[str, Any]) -> object:
    if deed == "burst":
        return asdict(await _burst(discord, people, **asked))
    if deed == "gateway":
        discord.gateway.mode = asked["mode"]
        discord.gateway.drop()
        return None
    return len(discord.overwrites_of_commands)


async def _burst(
    discord: DiscordServer, people: Sequence[Person], *, dates: Sequence[str], meanwhile: Sequence[str]
) -> Burst:
    others = [
        people[PEOPLE + place].slash(GENERAL, "date", {"when": date}) for place, date in enumerate(meanwhile)
    ]
    sent: list[Interaction] = []
    for person, date in zip(people, dates, strict=False):
        sent.append(person.slash(GENERAL, "date", {"when": date}))
        await asyncio.sleep(0)  # each on its way before the next one is made
    async with asyncio.timeout(PATIENCE_S):
        while not all(_answer(each) for each in sent) or not all(_word(each) for each in others):  # noqa: ASYNC110 - each of many may change it
            await asyncio.sleep(POLL_S)
    answers = [answer for each in sent if (answer := _answer(each)) is not None]
    words = [word for each in others if (word := _word(each)) is not None]
    return Burst(
        acked=[each.acknowledged_after or 0.0 for each in sent],
        result=[answer.at - each.at for each, answer in zip(sent, answers, strict=True)],
        told=[word.at - each.at for each, word in zip(others, words, strict=True)],
        texts=sorted({_text(answer) for answer in answers}),
        over_pace=len(discord.pace.over),
    )


def _word(asked: Interaction) -> Version | None:
    """The first thing that is said."""
    versions = asked.original.versions if asked.original is not None else ()
    return next((each for each in versions if not each.flags & LOADING), None)


def _answer(asked: Interaction) -> Version | None:
    """What was said after the words of progress, which are small and have nothing to press."""
    versions = asked.original.versions if asked.original is not None else ()
    return next((each for each in versions if not each.flags & LOADING and not _is_progress(each)), None)


def _is_progress(version: Version) -> bool:
    is_small = _text(version).startswith("-# ")
    return is_small and not any(each["type"] == BUTTON for each in walked(version.components))


def _text(version: Version) -> str:
    shown = [each["content"] for each in walked(version.components) if each["type"] == 10]
    return "\n".join([version.content, *shown]).strip()


if __name__ == "__main__":
    asyncio.run(_serve())

"""A small repository to talk about, whose every item is known, and the people who ask of it.

The clock stands at NOW, a Tuesday noon in UTC; weeks begin on Mondays.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.chat import Context, Reply
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.wiring import Services
    from tests.bot.running import Host

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

ANN = Context("slack", conversation="thread-1", team="T1", person="U1", lang="en", tz="UTC")
BOB = replace(ANN, person="U2")
ON_DISCORD = Context("discord", conversation="thread-1", team="1", person="1", lang="en", tz="UTC")
TERMINAL = Context("terminal", conversation="terminal", lang="en", tz="UTC")
SHELL = Context("shell", lang="en", tz="UTC")

_ROW = re.compile(r"^- \[#(\d+)\]", re.MULTILINE)


def on(day: int, hour: int = 9) -> datetime:
    """An hour of a day of March."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def talked_about() -> World:
    """Four pull requests and two issues that moved this week, three pull requests and an issue of last week's."""
    world = World()
    repository = world.repository(REPO)
    pull = repository.open_pr("[ROCm] Speed up paged attention", by="amy", at=on(18), number=91)
    pull.merge(by="max", at=on(19))
    pull = repository.open_pr("[CUDA] Update FlashInfer", by="nia", at=on(17), number=92)
    pull.merge(by="max", at=on(20))
    repository.open_pr("[Docs] Explain the metrics page", by="zoe", at=on(17), number=93)
    issue = repository.open_issue("[Bug]: Wrong logits", by="cyd", at=on(16), number=94, labels=["bug"])
    issue.close(by="max", at=on(18))
    pull = repository.open_pr("[ROCm] Fix the kernel of MI355X", by="amy", at=on(23), number=101)
    pull.merge(by="max", at=on(24, 8))
    pull = repository.open_pr("[ROCm] Tune MI300 GEMMs", by="amy", at=on(24), number=102)
    pull.request_review(of="zoe", at=on(24))
    pull.comment(by="max", at=on(24, 10), body="How much faster is it?")
    pull = repository.open_pr("[CUDA] Tune Blackwell GEMMs", by="nia", at=on(24, 10), number=103)
    pull.request_review(of="zoe", at=on(24, 10))
    pull = repository.open_pr("[Docs] Rewrite the introduction", by="zoe", at=on(23), number=104)
    pull.close(by="max", at=on(24, 7))
    issue = repository.open_issue("[Bug]: Whisper crashes on ROCm", by="cyd", at=on(24, 11), number=105)
    issue.label("bug", at=on(24, 11))
    issue = repository.open_issue("[Bug]: Out of memory", by="dan", at=on(23), number=106, labels=["bug"])
    issue.close(by="max", at=on(24, 6))
    return world


@asynccontextmanager
async def talking(
    host: Host, world: World | None = None, at: datetime = NOW, **settings: object
) -> AsyncIterator[Services]:
    """A bot whose mirror holds the last 30 days of the repository. settings: by their environment names."""
    async with (
        github_server(world or talked_about(), clock=lambda: at) as server,
        host.bot(server, at, **settings) as bot,
    ):
        synced = await bot.commands("sync since:30d", SHELL)
        assert synced.problem is None
        yield bot


def numbers(reply: Reply) -> list[int]:
    """The items that a reply lists, in order."""
    return [int(number) for number in _ROW.findall(reply.text)]


def understood(reply: Reply) -> frozenset[str]:
    """The parts of the grey line."""
    first, _, _ = reply.text.partition("\n")
    assert first.startswith("> ")
    return parts(first.removeprefix("> "))


def parts(line: str) -> frozenset[str]:
    """Of a grey line, in whichever order they stand there."""
    return frozenset(line.split(" · "))


def answered(reply: Reply) -> str:
    """The line that answers."""
    return reply.text.split("\n\n")[1].strip("*\n")


async def ask(bot: Services, question: str, context: Context = ANN) -> Reply:
    """The answer to a question, in a conversation of its own; it is no problem."""
    reply = await bot.commands(question, replace(context, conversation=f"about {question}"))
    assert reply.problem is None, reply.text
    assert reply.answer is not None
    return reply


async def say(bot: Services, *lines: str, context: Context = ANN) -> str:
    """The reply to the last of the lines; none of them is a mistake."""
    text = ""
    for line in lines:
        reply = await bot.commands(line, context)
        assert reply.problem is None, reply.text
        text = reply.text
    return text


async def refused(bot: Services, line: str, context: Context = ANN) -> str:
    """The key of the problem with the line."""
    reply = await bot.commands(line, context)
    assert reply.problem is not None, reply.text
    return reply.problem.key

"""Answering: whoever asks gets the reply or is told what went wrong, and what another try may mend."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat import Context, Reply
from adapters.chat.answering import answer
from adapters.chat.watching import Cadence, Step
from summarizer.errors import BadInput, DigestError
from tests.bot.talk import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat import Desk
    from tests.bot.running import Host

ANN = Context("slack", team="T1", person="U1", lang="zh", tz="UTC")


@dataclass
class Wall:
    """A place where everything stays. refuses: what no reply can be put there for."""

    refuses: DigestError | None = None
    cadence: Cadence = field(default_factory=lambda: Cadence(first_s=60.0))
    steps: list[tuple[Step, str]] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    failures: list[tuple[str, str, str | None]] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def progress(self, step: Step, lang: str) -> None:
        self.steps.append((step, lang))
        self.told.set()

    def show(self, text: str) -> None:
        self.shown.append(text)

    async def reply(self, reply: Reply) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.replies.append(reply)

    async def failed(self, text: str, lang: str, line: str | None) -> None:
        self.failures.append((text, lang, line))


@pytest.fixture
async def desk(host: Host) -> AsyncIterator[Desk]:
    """A bot's, without a GitHub."""
    async with host.bot(None, NOW) as services:
        yield services.desk


async def test_an_answer_stands_where_it_was_asked_for(desk: Desk) -> None:
    wall = Wall()

    await answer(desk, wall, lambda heard: desk("help", heard), ANN, "help")

    assert [reply.lang for reply in wall.replies] == ["zh"]
    assert (wall.failures, wall.steps) == ([], [])


async def test_long_work_tells_of_its_steps_in_the_readers_language_and_shows_what_there_is(
    desk: Desk,
) -> None:
    wall = Wall(cadence=Cadence(first_s=0.0))

    async def ask(context: Context) -> Reply:
        context.progress("write", 1, 2)
        context.show("half")
        await wall.told.wait()
        return Reply("whole", "en")

    await answer(desk, wall, ask, ANN, "today")

    assert wall.steps == [(Step("write", 1, 2), "zh")]
    assert wall.shown == ["half"]
    assert wall.replies == [Reply("whole", "en")]


@pytest.mark.parametrize(
    ("problem", "again"),
    [
        (DigestError("github.unreachable"), "today"),
        (BadInput("window.future"), None),
        (BadInput("rules.too_fast"), "today"),
    ],
    ids=["away", "typed wrong", "too fast"],
)
async def test_only_what_may_do_better_later_is_offered_again(
    problem: DigestError, again: str | None, desk: Desk
) -> None:
    wall = Wall()

    async def ask(_context: Context) -> Reply:
        return Reply("told", "en", problem=problem)

    await answer(desk, wall, ask, ANN, "today")

    assert wall.failures == [("told", "en", again)]
    assert wall.replies == []


async def test_that_a_line_has_its_place_elsewhere_is_no_failure(desk: Desk) -> None:
    wall, elsewhere = Wall(), Reply("told", "en", problem=BadInput("command.shell_only"))

    async def ask(_context: Context) -> Reply:
        return elsewhere

    await answer(desk, wall, ask, ANN, "today")

    assert (wall.replies, wall.failures) == ([elsewhere], [])


async def test_a_reply_that_could_not_be_put_there_is_told_as_a_failure(desk: Desk) -> None:
    wall = Wall(refuses=DigestError("slack.expired"))

    await answer(desk, wall, lambda heard: desk("help", heard), ANN, "help")

    [(text, lang, line)] = wall.failures
    assert text
    assert (lang, line) == ("zh", "help")


async def test_a_bug_is_told_by_a_reference_that_the_log_has_as_well(desk: Desk) -> None:
    wall = Wall()

    async def ask(_context: Context) -> Reply:
        raise ZeroDivisionError("secret")

    with capture_logs() as logs:
        await answer(desk, wall, ask, ANN, "today")

    [(text, _, line)] = wall.failures
    [reference] = [entry["reference"] for entry in logs if entry["event"] == "bug"]
    assert reference in text
    assert "secret" not in text
    assert line == "today"


async def test_whoever_waits_is_told_that_the_process_stops(desk: Desk) -> None:
    wall, begun = Wall(), asyncio.Event()

    async def ask(_context: Context) -> Reply:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    asking = asyncio.create_task(answer(desk, wall, ask, ANN, "today"))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert [(lang, line) for _, lang, line in wall.failures] == [("zh", "today")]

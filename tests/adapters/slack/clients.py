"""Our client against the tests' Slack, on a clock that only its own waiting moves."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.slack import tiers
from adapters.slack.api import TIMEOUT_S, open_session
from adapters.slack.blocks import Message
from adapters.slack.client import Slack
from adapters.slack.local_pace import LocalPace
from adapters.slack.pacing import Pacing
from tests.servers.slack import BOT_TOKEN, TEAM, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.slack.blocks import Block
    from adapters.slack.pacing import Pace
    from tests.servers.slack import SlackServer


class Clock:
    """Seconds since it began. waits: what was waited for, in order."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@asynccontextmanager
async def client(
    server: SlackServer | None,
    clock: Clock,
    *,
    pace: Pace | None = None,
    token: str = BOT_TOKEN,
    team: str = TEAM,
    url: str = "",
    most_wait_s: float = tiers.PERSON_S,
    timeout_s: float = TIMEOUT_S,
) -> AsyncIterator[Slack]:
    """A client of the server's first workspace. pace: its own unless one is given. url: instead of the server's."""
    async with open_session() as session:
        yield Slack(
            token,
            team=team,
            session=session,
            pacing=Pacing(pace or LocalPace(clock), sleep=clock.sleep, clock=clock),
            base_url=url or (server.url if server else ""),
            timeout_s=timeout_s,
            most_wait_s=most_wait_s,
            sleep=clock.sleep,
            clock=clock,
        )


def saying(text: str, *more: Block) -> Message:
    """A message of one section, and further blocks."""
    return Message(blocks=({"type": "section", "text": {"type": "mrkdwn", "text": text}}, *more), text=text)


__all__ = ["Clock", "Message", "client", "saying", "slack_server"]

"""The whole bot over the tests' GitHub and the tests' Slack, in this process, wired as `run` wires it.

    async def test_it_answers(host: Host, server: SlackServer) -> None:
        async with whole(host, server):
            sent = await server.command("/vllm-digest", "today")
            await sent.acked()
            await server.until(lambda: shown(server, sent))

`host` and `server` are fixtures of this folder. The clock stands at `talk.NOW`, the repository is `talk.talked_about()`
unless another world is given, and its mirror is filled before anybody speaks. Two bots on one store: enter `whole`
twice with the same host and server.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters.chat.watching import Cadence
from adapters.slack.service import SlackService
from bot.serving import Readiness, web_of
from bot.settings import Settings
from bot.slack import slack_of
from bot.supervisor import Supervisor
from bot.wiring import Services
from tests.adapters.opened import opened, running
from tests.bot.talk import NOW
from tests.servers.github import GitHub
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, HttpWay, SlackServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from tests.bot.running import Host
    from tests.servers.github import World
    from tests.servers.slack import Message, Sent, View

AT_ONCE = Cadence(first_s=0.0, every_s=0.0)
"""Progress is told of everything that takes any time at all, so that a test need not wait for its first word."""

EVENTS_PATH = "/slack/events"


@dataclass(frozen=True, slots=True)
class Whole:
    """A running bot. way, url: of the HTTP way in and of its web server, None and "" over Socket Mode."""

    server: SlackServer
    github: GitHub
    services: Services
    slack: SlackService
    settings: Settings
    way: HttpWay | None = None
    url: str = ""


@asynccontextmanager
async def whole(
    host: Host,
    server: SlackServer,
    *,
    over: str = "sockets",
    world: World | None = None,
    at: datetime = NOW,
    is_synced: bool = True,
    cadence: Cadence = AT_ONCE,
    desk_of: Callable[[Any], Any] = lambda desk: desk,
    **settings: object,
) -> AsyncIterator[Whole]:
    """A bot that Slack reaches. desk_of: what stands before the desk.

    over: "sockets" (connected when the block begins), "http" (through the real web server; the people of `server` then
    post signed requests to it), "nothing". settings: by their environment names; None leaves one of ours out.
    """
    async with AsyncExitStack() as stack:
        chosen: dict[str, Any] = {
            "SLACK_API_URL": server.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN if over == "sockets" else None,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET if over != "sockets" else None,
            **settings,
        }
        roof = await stack.enter_async_context(
            opened(host, world=world, at=at, is_synced=is_synced, **chosen)
        )
        named, services = roof.named, replace(roof.services, desk=desk_of(roof.services.desk))
        slack = await stack.enter_async_context(slack_of(named, services, cadence=cadence))
        way, url = None, ""
        if over == "sockets":
            assert slack.sockets is not None
            before = len(server.sockets.connections)
            await stack.enter_async_context(running(slack.sockets.run))
            await server.until(lambda: len(server.sockets.connections) > before)
        elif over == "http":
            readiness = Readiness(services, Supervisor(), {"slack": slack})
            port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            serve = web_of(named, services, slack, readiness, listening=port.set_result)
            await stack.enter_async_context(running(partial(serve, "127.0.0.1", 0)))
            url = f"http://127.0.0.1:{await port}"
            way = server.over_http(url + EVENTS_PATH)
        yield Whole(server, roof.github, services, slack, roof.settings, way, url)


def shown(server: SlackServer, sent: Sent) -> Message | None:
    """What a command, or a shortcut, shows now to who used it alone, by its response URL; None for nothing yet."""
    mine = server.response_url_of(sent.response_url).posted
    return mine[-1] if mine else None


def uses(server: SlackServer, sent: Sent) -> int:
    """How many of the five uses of its response URL are spent."""
    return server.response_url_of(sent.response_url).uses


async def until_result(server: SlackServer, sent: Sent, contains: str = "") -> Message:
    """What a command was answered with, once that is there and no mere progress. contains: said in it."""

    def there() -> bool:
        message = shown(server, sent)
        return message is not None and not is_progress(message) and contains in words_of(message)

    await server.until(there)
    message = shown(server, sent)
    assert message is not None
    return message


async def until_posted(
    server: SlackServer, channel: str, count: int = 1, contains: str = ""
) -> list[Message]:
    """What the bot posted in a channel, once these are so many and none is mere progress; the last holds `contains`."""

    def there() -> bool:
        posted = server.by_bot(channel)
        return (
            len(posted) >= count
            and not any(is_progress(each) for each in posted)
            and contains in words_of(posted[-1])
        )

    await server.until(there)
    return server.by_bot(channel)


def is_progress(message: Message) -> bool:
    """Whether a message only says how far the work is (`notices.progress`: one grey line)."""
    return [block["type"] for block in message.blocks] == ["context"]


def words_of(message: Message | View) -> str:
    """All that a reader reads of it, in order."""
    said = [getattr(message, name, "") for name in ("text", "markdown")]
    _collect(message.blocks, said)
    return "\n".join(said)


def actions_of(message: Message | View) -> list[str]:
    """The ids of its buttons, in order."""
    found: list[str] = []
    _ids(message.blocks, found)
    return found


def _collect(value: Any, said: list[str]) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("text", "alt_text", "url") and isinstance(each, str):
                said.append(each)
            else:
                _collect(each, said)
    elif isinstance(value, list):
        for each in value:
            _collect(each, said)


def _ids(value: Any, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        if isinstance(value.get("action_id"), str):
            found.append(value["action_id"])
        for each in value.values():
            _ids(each, found)
    elif isinstance(value, list):
        for each in value:
            _ids(each, found)

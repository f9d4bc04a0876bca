"""The tests' Slack on a loopback port."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.slack import reading, response_urls, uploads, web_api
from tests.servers.slack.failing import Fault
from tests.servers.slack.over_http import HttpWay
from tests.servers.slack.people import People
from tests.servers.slack.records import GENERAL, SCOPES, SIGNING_SECRET, TEAM, Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from tests.servers.slack.reading import Link, Ping
    from tests.servers.slack.response_urls import ResponseUrl


class SlackServer(People):
    """A running server."""

    def __init__(self) -> None:
        super().__init__()
        self._ways: list[HttpWay] = []

    @property
    def over_pace(self) -> int:
        """How many requests came over Slack's pace."""
        return len(self.pace.over)

    # --- faults

    def fail(
        self,
        method: str,
        error: str | None = None,
        *,
        status: int | None = None,
        times: int = 1,
        after_effect: bool = False,
        delay: float = 0.0,
        until: asyncio.Event | None = None,
        retry_after: int = 1,
        when: Callable[[Call], bool] | None = None,
        late: float | asyncio.Event | None = None,
        **more: Any,  # noqa: ANN401 - any JSON
    ) -> None:
        """Let the next `times` calls of a method fail ("*": of any; "response_url", "upload" are names as well).

        error: Slack's word, with `more` beside it. status: an HTTP status with a page; 429 with `retry_after`. With
        neither the connection is cut, or, given a `delay` (seconds) or an `until`, the true answer comes late.
        after_effect: the call is done and its answer lost. late: it is done so many seconds after that answer, or once
        the event is set; `late_effects` are those to come. when: only the calls it picks, e.g. one in twenty at random
        with `times` without an end.
        """
        self.faults.append(
            Fault(method, error, more, status, times, after_effect, delay, until, retry_after, when, late)
        )

    # --- what was asked

    def called(self, method: str) -> list[Call]:
        """The calls of one method, in order."""
        return [call for call in self.calls if call.method == method]

    # --- what a reader meets

    def pings(self) -> list[Ping]:
        """Whom all that was ever shown by the app would have pinged."""
        return [
            ping for text, blocks, where in self._shown() for ping in reading.pings_in(text, blocks, where)
        ]

    def links(self) -> list[Link]:
        """What a client would have linked in all that was ever shown by the app."""
        return [
            link for text, blocks, where in self._shown() for link in reading.links_in(text, blocks, where)
        ]

    def _shown(self) -> Iterable[tuple[str, list[dict[str, Any]], str]]:
        for message in self.all_messages:
            if message.bot_id:
                for version in message.versions:
                    yield version.text, list(version.blocks), f"{message.channel} {message.ts}"
        for view in self.views:
            for sent in view.versions:
                yield "", [*sent.get("blocks", ())], view.id

    # --- ways in

    def response_url(self, channel: str = GENERAL, user: str = "U0ANN") -> str:
        """A new response URL, as a command in that channel would bring."""
        return response_urls.make(self, channel, user).url

    def response_url_of(self, url: str) -> ResponseUrl:
        """What is known of a response URL: its uses, what was posted."""
        return self.response_urls[url.rpartition("/")[2]]

    def over_http(self, request_url: str, signing_secret: str = SIGNING_SECRET) -> HttpWay:
        """From now on the app is told by signed requests to `request_url`."""
        way = HttpWay(self, request_url, signing_secret)
        self.way = way
        self._ways.append(way)
        return way

    def authorize(self, team: str = TEAM, scopes: Iterable[str] = SCOPES) -> str:
        """A person allows the app: the code that oauth.v2.access takes."""
        code = f"code-testsonly-{self.count()}"
        self.codes[code] = (team, frozenset(scopes))
        return code

    # --- the server itself

    def app(self) -> web.Application:
        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/commands/{team}/{key}", self._response_url)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_get("/files/{file}/{name}", self._file)
        app.router.add_get("/link/", self._link)
        return app

    async def _api(self, request: web.Request) -> web.StreamResponse:
        return await web_api.answer(self, request)

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        return await response_urls.answer(self, request)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        return await self.sockets.handle(request)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return await uploads.take(self, request)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        return await uploads.give(self, request)

    async def aclose(self) -> None:
        """Let go of who waits, and of every connection."""
        self.closing.set()
        if self.late_effects:
            await asyncio.wait(self.late_effects)
        await self.sockets.close()
        for way in self._ways:
            await way.close()


@asynccontextmanager
async def slack_server() -> AsyncIterator[SlackServer]:
    """A Slack on a free loopback port until the block ends: a workspace with Ann, Ben and #general, in which the app is
    installed."""
    slack = SlackServer()
    runner = web.AppRunner(slack.app(), access_log=None, shutdown_timeout=0.2, handle_signals=False)
    await runner.setup()
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        slack.port = listener.getsockname()[1]
        await web.SockSite(runner, listener).start()
        try:
            yield slack
        finally:
            await slack.aclose()
            await runner.cleanup()

"""The server as a task: it starts, tells where it is, and stops without dropping what it answers."""

from __future__ import annotations

import asyncio
import signal
import socket
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.web.server import serve
from summarizer.errors import NotConfigured
from summarizer.languages import codes, load

if TYPE_CHECKING:
    from starlette.requests import Request


class Slow:
    """An app whose one answer waits until it is let go."""

    def __init__(self) -> None:
        self.asked, self.let_go = asyncio.Event(), asyncio.Event()
        self.app = Starlette(routes=[Route("/", self._answer)])

    async def _answer(self, _request: Request) -> PlainTextResponse:
        self.asked.set()
        await self.let_go.wait()
        return PlainTextResponse("done")


async def test_a_cancelled_server_finishes_what_it_is_answering_and_frees_its_port() -> None:
    slow = Slow()
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(slow.app, "127.0.0.1", 0, listening=port.set_result))
    url = f"http://127.0.0.1:{await port}/"

    async with httpx.AsyncClient() as client:
        asking = asyncio.create_task(client.get(url))
        await slow.asked.wait()
        serving.cancel()
        slow.let_go.set()
        assert (await asking).text == "done"

    with pytest.raises(asyncio.CancelledError):
        await serving
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", await port))


async def test_the_signals_stay_the_processs_own() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(Slow().app, "127.0.0.1", 0, listening=port.set_result))
    await port

    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


@pytest.mark.parametrize("lang", codes())
async def test_a_port_that_is_taken_is_told_with_what_to_do(lang: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(NotConfigured) as caught:
            await serve(Slow().app, "127.0.0.1", port)

    assert caught.value.key == "web.port_taken"
    sentence = load(lang).text(f"errors.{caught.value.key}", **caught.value.values)
    assert str(port) in sentence
    assert "WEB_PORT" in sentence


async def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(NotConfigured) as caught:
        await serve(Slow().app, "192.0.2.1", 0)

    assert caught.value.key == "web.cannot_listen"

"""What holds for every response: health, headers, limits, failures, routes of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from adapters.web.guard import HEADERS
from adapters.web.site import LARGEST
from tests.adapters.web.visiting import PATH, Shelf, visiting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request


async def _echo(request: Request) -> JSONResponse:
    return JSONResponse({"bytes": len(await request.body())})


async def _broken(_request: Request) -> PlainTextResponse:
    raise RuntimeError("token=xoxb-secret")


ROUTES = (
    Route("/slack/events", _echo, methods=["POST"]),
    Route("/slack/install", lambda _request: PlainTextResponse("installed")),
    Route("/slack/broken", _broken),
)


async def test_a_process_that_lacks_something_is_alive_and_not_ready() -> None:
    shelf = Shelf()
    async with visiting(shelf) as client:
        ready = await client.get("/readyz")
        shelf.checks["slack"] = False
        waiting = await client.get("/readyz")
        shelf.failure = RuntimeError("down")
        unknown = await client.get("/readyz")
        alive = await client.get("/healthz")

    assert (ready.status_code, ready.json()) == (
        200,
        {"ready": True, "checks": {"store": True, "slack": True}},
    )
    assert (waiting.status_code, waiting.json()["checks"]) == (503, {"store": True, "slack": False})
    assert (unknown.status_code, unknown.json()["ready"]) == (503, False)
    assert alive.status_code == 200
    assert {answer.headers["cache-control"] for answer in (ready, waiting, unknown, alive)} == {"no-store"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/static/style.css",
        PATH,
        f"{PATH}/activity.png",
        "/no/where",
        "/slack/install",
        "/slack/broken",
    ],
)
async def test_every_response_has_the_headers_that_keep_it_safe(path: str) -> None:
    async with visiting(Shelf(), extra_routes=ROUTES) as client:
        answer = await client.get(path)

    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "server" not in answer.headers


async def test_a_failure_of_ours_tells_nothing_of_itself() -> None:
    async with visiting(Shelf(), extra_routes=ROUTES) as client:
        answer = await client.get("/slack/broken", headers={"Accept-Language": "en"})

    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "xoxb" not in answer.text


async def test_routes_of_others_come_first() -> None:
    async with visiting(Shelf(), extra_routes=ROUTES) as client:
        assert (await client.post("/slack/events", content=b"x" * 1000)).json() == {"bytes": 1000}
        assert (await client.get("/slack/install")).text == "installed"


async def test_what_an_address_does_not_do_is_said() -> None:
    async with visiting(Shelf(), extra_routes=ROUTES) as client:
        answer = await client.post(PATH, headers={"Accept-Language": "zh"})

    assert (answer.status_code, "这个地址不支持该操作。" in answer.text) == (405, True)


async def test_a_request_that_is_too_large_is_refused_whether_it_says_so_or_not() -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(LARGEST // 65536 + 1):
            yield b"x" * 65536

    async with visiting(Shelf(), extra_routes=ROUTES) as client:
        fits = await client.post("/slack/events", content=b"x" * LARGEST)
        announced = await client.post("/slack/events", content=b"x" * (LARGEST + 1))
        chunked = await client.post("/slack/events", content=parts())

    assert fits.json() == {"bytes": LARGEST}
    assert [announced.status_code, chunked.status_code] == [413, 413]
    assert "1 MB" in chunked.text


async def test_the_style_sheet_is_kept_for_good() -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get("/static/style.css")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]


async def test_head_is_answered_without_a_body() -> None:
    async with visiting(Shelf()) as client:
        head, got = await client.head(PATH), await client.get(PATH)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == got.headers["etag"]
    assert httpx.codes.is_success(got.status_code)

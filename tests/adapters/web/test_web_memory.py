"""Responses that are sent again: while nothing changed, to whom may read, compressed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.web.doors import Doors
from adapters.web.memory import BESIDE, BUDGET, Memory
from adapters.web.responding import STAMP
from tests.adapters.web.visiting import PATH, REPO, SECRET_REPO, Shelf, visiting

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

TOKEN = "correct-horse-battery-staple"


async def test_a_page_is_made_once_while_nothing_changes() -> None:
    shelf = Shelf()
    async with visiting(shelf) as client:
        pages = [await client.get(PATH) for _ in range(3)]
        made = shelf.opened
        shelf.stamp = "2"
        changed = await client.get(PATH)

    assert {page.text for page in (*pages, changed)} == {pages[0].text}
    assert (made, shelf.opened) == (1, 2)
    assert STAMP not in pages[0].headers
    assert STAMP not in pages[1].headers


async def test_each_language_and_address_is_a_page_of_its_own() -> None:
    async with visiting(Shelf()) as client:
        for _ in range(2):
            english = await client.get(PATH, headers={"Accept-Language": "en"})
            chinese = await client.get(PATH, headers={"Accept-Language": "zh"})
            asked = await client.get(f"{PATH}?lang=zh", headers={"Accept-Language": "en"})

    assert '<html lang="en">' in english.text
    assert '<html lang="zh">' in chinese.text
    assert '<html lang="zh">' in asked.text


@pytest.mark.parametrize("is_kept", [False, True])
async def test_a_compressed_page_has_a_tag_of_its_own_and_either_tag_is_known(is_kept: bool) -> None:
    async with visiting(Shelf()) as client:
        for _ in range(1 + is_kept):
            plain = await client.get(PATH, headers={"Accept-Encoding": "identity"})
            packed = await client.get(PATH, headers={"Accept-Encoding": "gzip"})
        tags = [plain.headers["etag"], packed.headers["etag"], f"W/{packed.headers['etag']}"]
        known = [
            (await client.get(PATH, headers={"If-None-Match": tag, "Accept-Encoding": encoding})).status_code
            for tag in tags
            for encoding in ("gzip", "identity")
        ]

    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert tags[0] != tags[1]
    assert known == [304] * 6


async def test_a_picture_is_not_compressed_again() -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get(f"{PATH}/activity.png")

    assert "content-encoding" not in answer.headers


async def test_head_is_answered_from_what_is_kept() -> None:
    shelf = Shelf()
    async with visiting(shelf) as client:
        got = await client.get(PATH)
        head = await client.head(PATH)

    assert (head.status_code, head.content, shelf.opened) == (200, b"", 1)
    assert head.headers["content-length"] == got.headers["content-length"]


async def test_a_kept_page_is_for_those_who_may_read_it_still() -> None:
    shelf = Shelf()
    async with visiting(shelf, doors=Doors(token=TOKEN)) as client:
        signed_in = {"Authorization": f"Bearer {TOKEN}"}
        seen = [(await client.get(f"/{SECRET_REPO}", headers=signed_in)).status_code for _ in range(2)]
        refused = await client.get(f"/{SECRET_REPO}")

    assert seen == [200, 200]
    assert refused.status_code == 404


@pytest.mark.parametrize(("accepted", "is_packed"), [("gzip;q=0", False), ("br, gzip; q=0.5", True)])
async def test_who_does_not_take_a_compressed_page_has_none(accepted: str, is_packed: bool) -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get(PATH, headers={"Accept-Encoding": accepted})

    assert ("content-encoding" in answer.headers) == is_packed


@pytest.mark.parametrize("size", [1, 1_000])
async def test_no_more_is_kept_than_there_is_room_for(size: int) -> None:
    body, made, room = b"x" * size, 0, 10 * (BESIDE + size)

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        nonlocal made
        made += 1
        headers = [(STAMP.encode(), f"{REPO} 1".encode()), (b"content-type", b"image/png"), (b"etag", b'"x"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    memory = Memory(app, Shelf(), budget=room)

    async def send(_message: Message) -> None: ...

    async def receive() -> Message:
        return {"type": "http.request"}

    for place in [*range(100), *range(100)]:
        scope = {"type": "http", "method": "GET", "path": f"/{place}", "query_string": b"", "headers": []}
        await memory(scope, receive, send)

    assert memory.held == room < BUDGET
    assert made == 200

"""Where the bytes of a file go to, and where they are read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.slack.failing import answered
from tests.servers.slack.records import Call

if TYPE_CHECKING:
    from tests.servers.slack.state import State


async def take(state: State, http: web.Request) -> web.Response:
    """The address of files.getUploadURLExternal takes the bytes raw or as a form, and all of them."""
    name = http.match_info["file"]
    data = await _bytes(http)
    call = Call("upload", {"file": name, "length": len(data)}, "", "", state.now(), time.monotonic())
    return await answered(state, http, call, lambda: _taken(state, name, data, call))


def _taken(state: State, name: str, data: bytes, call: Call) -> web.Response:
    file = state.files.get(name)
    if file is None or len(data) != file.length:
        call.status = 404 if file is None else 400
        return web.Response(status=call.status, text="invalid upload")
    file.data, call.status = data, 200
    return web.Response(text=f"OK - {len(data)}")


async def _bytes(http: web.Request) -> bytes:
    if http.content_type != "multipart/form-data":
        return await http.read()
    for value in (await http.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
        return value.encode() if isinstance(value, str) else bytes(value)
    return b""


async def give(state: State, http: web.Request) -> web.Response:
    """`url_private`: for tokens only."""
    file = state.files.get(http.match_info["file"])
    token = state.tokens.get(http.headers.get("Authorization", "").removeprefix("Bearer "))
    if file is None or file.data is None or token is None or token.error:
        return web.Response(status=404)
    return web.Response(body=file.data)

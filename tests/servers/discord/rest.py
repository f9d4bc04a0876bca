"""The REST API: who asks, what for, whether it may pass, and the answer."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import web

from tests.servers.discord.answers import json_answer
from tests.servers.discord.failing import answered
from tests.servers.discord.methods import (
    applications,
    channels,
    guilds,
    interactions,
    messages,
    threads,
    users,
    webhooks,
)
from tests.servers.discord.records import Call, File
from tests.servers.discord.refused import Refused, unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.discord.server import DiscordServer

    Method: TypeAlias = Callable[[DiscordServer, Call], Any]

METHODS: dict[str, Method] = {
    **users.METHODS,
    **guilds.METHODS,
    **channels.METHODS,
    **messages.METHODS,
    **threads.METHODS,
    **interactions.METHODS,
    **webhooks.METHODS,
    **applications.METHODS,
}
"""By route: the method and the path with its parameters' names. Each gives the JSON of its answer, None for 204."""
_WITHOUT_TOKEN = ("/webhooks/", "/interactions/")


def add_routes(server: DiscordServer, app: web.Application) -> None:
    for route, method in METHODS.items():
        verb, _, path = route.partition(" ")
        app.router.add_route(verb, f"/api/v10{path}", _handler(server, route, method))
    app.router.add_route("*", "/api/v10/{rest:.*}", _handler(server, "", _no_route))


def _no_route(_server: DiscordServer, _call: Call) -> None:
    raise Refused(404, 0, "404: Not Found")


def _handler(server: DiscordServer, route: str, method: Method) -> Any:  # noqa: ANN401 - aiohttp's handler
    async def handle(http: web.Request) -> web.StreamResponse:
        call = await _call(server, http, route)
        return await answered(server, http, call, lambda: _answer(server, call, method))

    return handle


async def _answer(server: DiscordServer, call: Call, method: Method) -> web.Response:
    wait, is_global, headers = server.pace.take(call)
    headers["Via"] = "1.1 google"
    if wait > 0:
        call.status, call.over = 429, True
        body = {"message": "You are being rate limited.", "retry_after": round(wait, 3), "global": is_global}
        return json_answer(body, status=429, headers=headers)
    try:
        if not call.path.startswith(_WITHOUT_TOKEN) and call.token != server.token:
            raise unauthorized()
        if call.body is None:
            raise Refused(400, 50109, "The request body contains invalid JSON.")
        if not isinstance(call.body, dict) and call.method != "PUT":
            raise Refused(400, 50035, "Invalid Form Body", errors={"_errors": []})
        call.answer = method(server, call)
        if inspect.isawaitable(call.answer):
            call.answer = await call.answer
    except Refused as refused:
        call.status, call.code = refused.status, refused.code
        return json_answer(refused.body, status=refused.status, headers=headers)
    except Exception as error:
        server.broken.append(error)
        raise
    if call.answer is None:
        call.status = 204
        return web.Response(status=204, headers=headers)
    call.status = 200
    return json_answer(call.answer, headers=headers)


async def _call(server: DiscordServer, http: web.Request, route: str) -> Call:
    body, files = await _body(server, http)
    return Call(
        http.method,
        http.path.removeprefix("/api/v10"),
        route or f"{http.method} {http.path}",
        dict(http.match_info),
        dict(http.query),
        body,
        files,
        http.headers.get("Authorization", "").removeprefix("Bot "),
        server.now(),
    )


async def _body(server: DiscordServer, http: web.Request) -> tuple[Any, list[File]]:
    """The JSON and the files of a request."""
    if http.content_type != "multipart/form-data":
        return _parsed(await http.text()), []
    form = await http.post()
    body = _parsed(str(form.get("payload_json", "")))
    described = _described(body)
    files = []
    for name, part in form.items():
        if isinstance(part, web.FileField):
            number = name.removeprefix("files[").removesuffix("]")
            about = described.get(number, {})
            name = str(about.get("filename") or part.filename)
            files.append(
                File(server.snowflake(), name, part.file.read(), str(about.get("description") or ""))
            )
    return body, files


def _parsed(text: str) -> Any:  # noqa: ANN401 - any JSON
    """None for what is no JSON."""
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return None


def _described(body: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """What `attachments` says of each file, by its number."""
    if not isinstance(body, dict):
        return {}
    holder = body.get("data") or body.get("message") or body
    return {str(each.get("id")): each for each in holder.get("attachments") or ()}

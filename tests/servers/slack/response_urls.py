"""Response URLs: five uses in thirty minutes, docs.slack.dev/interactivity/handling-user-interaction."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from tests.servers.slack import limits
from tests.servers.slack.failing import answered
from tests.servers.slack.records import JSON, Call, Message
from tests.servers.slack.refused import Refused

if TYPE_CHECKING:
    from tests.servers.slack.state import State

METHOD = "response_url"
_TRUE = (True, "true", 1, "1")


@dataclass(slots=True)
class ResponseUrl:
    """One address. original: what `replace_original` replaces: the message whose button was pressed, or what was sent
    here last. posted: what was sent, in order."""

    key: str
    url: str
    team: str
    channel: str
    user: str
    at: float
    uses: int = 0
    original: Message | None = None
    posted: list[Message] = field(default_factory=list)
    bodies: list[JSON] = field(default_factory=list)


def make(state: State, channel: str, user: str, *, original: Message | None = None) -> ResponseUrl:
    key = f"r{state.count()}"
    team = state.channels[channel].team
    url = f"{state.root}/commands/{team}/{key}"
    state.response_urls[key] = ResponseUrl(key, url, team, channel, user, state.now(), original=original)
    return state.response_urls[key]


async def answer(state: State, http: web.Request) -> web.StreamResponse:
    """Answer a POST to a response URL, and log it."""
    raw = await http.read()
    known = state.response_urls.get(http.match_info["key"])
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    call = Call(
        METHOD,
        body if isinstance(body, dict) else {},
        "",
        known.team if known else "",
        state.now(),
        time.monotonic(),
    )
    return await answered(state, http, call, lambda: _answered(state, known, body, call))


def _answered(state: State, known: ResponseUrl | None, body: object, call: Call) -> web.Response:
    refused = None
    if known is None:
        refused = (404, Refused("no_service"))
    elif known.uses >= limits.RESPONSE_URL_USES:
        refused = (404, Refused("used_url"))
    elif state.now() - known.at > state.response_url_s:
        refused = (404, Refused("expired_url"))
    elif not isinstance(body, dict):
        refused = (400, Refused("invalid_payload"))
    else:
        try:
            respond(state, known, body)
        except Refused as fault:
            refused = (400, fault)
    if refused is None:
        call.status = 200
        return web.Response(text="ok")
    call.status, call.error = refused[0], refused[1].error
    answer = {"ok": False, "error": refused[1].error, **refused[1].more}
    return web.json_response(answer, status=call.status)


def respond(state: State, known: ResponseUrl, body: JSON) -> None:
    """Do what a body asks for. Raises Refused."""
    known.bodies.append(body)
    replaced = known.original or (known.posted[-1] if known.posted else None)
    if body.get("delete_original") in _TRUE:
        if replaced is not None:
            state.delete(replaced)
        known.uses += 1
        return
    text = str(body.get("text") or "")[: limits.TEXT_KEPT]
    blocks = state.checked(text, body.get("blocks"))
    known.uses += 1
    if body.get("replace_original") in _TRUE and replaced is not None and not replaced.is_deleted:
        state.edit(replaced, text, blocks)
        return
    team = state.teams[known.team]
    message = state.add_message(
        known.channel,
        team.bot,
        text,
        blocks,
        thread_ts=str(body.get("thread_ts") or ""),
        bot_id=team.bot_id,
        only_for="" if body.get("response_type") == "in_channel" else known.user,
        response_url=known.url,
        unfurl=(body.get("unfurl_links") is not False, body.get("unfurl_media") is not False),
    )
    known.posted.append(message)

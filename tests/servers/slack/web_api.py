"""One request of the Web API: who asks, whether they may, what is answered."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.servers.slack.asked import Asked, Registered
from tests.servers.slack.failing import answered
from tests.servers.slack.methods import METHODS
from tests.servers.slack.records import JSON, Call, Token
from tests.servers.slack.refused import Refused

if TYPE_CHECKING:
    from tests.servers.slack.state import State

_NOBODY = Token("", "", frozenset())


async def answer(state: State, http: web.Request) -> web.StreamResponse:
    """Answer `POST /api/<method>`, and log it."""
    method = http.match_info["method"]
    known = METHODS.get(method)
    args = await _arguments(http, takes_json=known is None or known.takes_json)
    value = _token(http, args)
    token = state.tokens.get(value)
    call = Call(method, args, value, token.team if token else "", state.now(), time.monotonic())
    return await answered(state, http, call, lambda: _answered(state, call, known, token))


def _answered(state: State, call: Call, known: Registered | None, token: Token | None) -> web.Response:
    headers = {}
    try:
        if known is None:
            raise Refused("unknown_method", req_method=call.method)
        if known.token:
            token = _admitted(state, call, token, known)
            headers["X-OAuth-Scopes"] = ",".join(sorted(token.scopes))
        channel = str(call.args.get("channel", "")) if known.posts else ""
        if wait := state.pace.take(call, known.tier, channel):
            call.error, call.status = "ratelimited", 429
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": str(wait), **headers})
        call.answer = known.run(Asked(state, call.args, token or _NOBODY))
    except Refused as refused:
        call.error = refused.error
        call.answer = {"ok": False, "error": refused.error, **refused.more}
        if needed := refused.more.get("needed"):
            headers["X-Accepted-OAuth-Scopes"] = needed
    call.status = 200
    return web.json_response(call.answer, headers=headers)


def _admitted(state: State, call: Call, token: Token | None, known: Registered) -> Token:
    if not call.token:
        raise Refused("not_authed")
    if token is None:
        raise Refused("invalid_auth")
    if token.error:
        raise Refused(token.error)
    if token.expires_at is not None and state.now() >= token.expires_at:
        raise Refused("token_expired")
    if known.token not in ("any", token.kind):
        raise Refused("not_allowed_token_type")
    return token


def _token(http: web.Request, args: JSON) -> str:
    scheme, _, value = http.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        name, _, secret = base64.b64decode(value).decode().partition(":")
        args |= {"client_id": name, "client_secret": secret}
        return ""
    given = args.pop("token", "")
    return value if scheme.lower() == "bearer" else str(given)


async def _arguments(http: web.Request, *, takes_json: bool) -> JSON:
    args: dict[str, Any] = dict(http.query)
    kind = http.content_type
    if kind == "application/json":
        try:
            body = json.loads(await http.read() or b"{}")
        except ValueError:
            body = {}
        # the methods that read only forms ignore a JSON body: docs.slack.dev/apis/web-api
        args |= body if takes_json and isinstance(body, dict) else {}
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        args |= {key: value for key, value in (await http.post()).items() if isinstance(value, str)}
    return args

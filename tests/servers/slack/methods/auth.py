"""auth.test, auth.revoke, oauth.v2.access, apps.connections.open.

The errors of oauth.v2.access: docs.slack.dev/reference/methods/oauth.v2.access; rotation:
docs.slack.dev/authentication/using-token-rotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.records import ANN, TEAM, Token
from tests.servers.slack.refused import Refused

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON
    from tests.servers.slack.state import State


def _test(asked: Asked) -> JSON:
    if asked.token.kind == "app":
        return {"ok": True, "app_name": "vllm-digest", "app_id": asked.state.app_id}
    team = asked.team
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": asked.state.users[team.bot].name,
        "team_id": team.id,
        "user_id": team.bot,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def _revoke(asked: Asked) -> JSON:
    if asked.flag("test"):
        return {"ok": True, "revoked": False}
    asked.token.error = "token_revoked"
    return {"ok": True, "revoked": True}


def _access(asked: Asked) -> JSON:
    state = asked.state
    if asked.text("client_id") != state.client_id:
        raise Refused("invalid_client_id")
    if asked.text("client_secret") != state.client_secret:
        raise Refused("bad_client_secret")
    if asked.text("grant_type") == "refresh_token":
        return _refreshed(asked)
    code = asked.text("code")
    if code in state.used_codes:
        raise Refused("code_already_used")
    if code not in state.codes:
        raise Refused("invalid_code")
    team, scopes = state.codes.pop(code)
    state.used_codes.add(code)
    state.teams[team].is_installed = True
    return _granted(state, team, scopes)


def _refreshed(asked: Asked) -> JSON:
    refresh = asked.text("refresh_token")
    old = next(
        (each for each in asked.state.tokens.values() if each.refresh and each.refresh == refresh), None
    )
    if old is None:
        raise Refused("invalid_refresh_token")
    if old.error:
        raise Refused(old.error)
    old.refresh = ""  # a refresh token is good for one use
    return _granted(asked.state, old.team, old.scopes)


def _granted(state: State, team: str, scopes: frozenset[str]) -> JSON:
    token = Token(f"xoxb-testsonly-{state.count()}", team, scopes)
    answer: JSON = {}
    if state.rotates_tokens:
        token.value, token.refresh = f"xoxe.{token.value}", f"xoxe-1-testsonly-{state.count()}"
        token.expires_at = state.now() + limits.TOKEN_S
        answer = {"refresh_token": token.refresh, "expires_in": limits.TOKEN_S}
    state.tokens[token.value] = token
    known = state.teams[team]
    return {
        "ok": True,
        "app_id": state.app_id,
        "authed_user": {"id": ANN if team == TEAM else f"{ANN}{team[1:]}"},
        "scope": ",".join(sorted(scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": known.bot,
        "team": {"id": known.id, "name": known.name},
        "enterprise": None,
        "is_enterprise_install": False,
        **answer,
    }


def _connection(asked: Asked) -> JSON:
    asked.need("connections:write")
    ticket = asked.state.ticket()
    return {
        "ok": True,
        "url": f"ws://127.0.0.1:{asked.state.port}/link/?ticket={ticket}&app_id={asked.state.app_id}",
    }


METHODS = {
    "auth.test": Registered(_test, limits.SPECIAL, token="any"),
    "auth.revoke": Registered(_revoke, 3, takes_json=False, token="any"),
    "oauth.v2.access": Registered(_access, 4, takes_json=False, token=""),
    "apps.connections.open": Registered(_connection, 1, token="app"),
}

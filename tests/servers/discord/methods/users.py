"""/users, /gateway and the application (docs.discord.com/developers/resources/user, resources/application)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.permissions import in_guild
from tests.servers.discord.records import APPLICATION, BOT
from tests.servers.discord.refused import Refused, unknown
from tests.servers.discord.shapes import channel_json, user_json

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call
    from tests.servers.discord.server import DiscordServer


def me(server: DiscordServer, _call: Call) -> JSON:
    return user_json(server.users[BOT]) | {
        "mfa_enabled": True,
        "verified": True,
        "flags": 0,
        "locale": "en-US",
    }


def somebody(server: DiscordServer, call: Call) -> JSON:
    user = server.users.get(call.id("user"))
    if user is None:
        raise unknown("User", 10013)
    return user_json(user)


def my_application(server: DiscordServer, _call: Call) -> JSON:
    return {
        "id": str(APPLICATION),
        "name": server.users[BOT].name,
        "description": "",
        "icon": None,
        "summary": "",
        "verify_key": "0" * 64,
        "bot_public": True,
        "bot_require_code_grant": False,
        "flags": server.application_flags,
        "owner": user_json(server.users[min(server.users.keys() - {BOT})]),
        "team": None,
        "rpc_origins": [],
        "tags": [],
        "integration_types_config": server.integration_types,
        "approximate_guild_count": sum(each.has_bot for each in server.guilds.values()),
        "redirect_uris": [],
    }


def my_guilds(server: DiscordServer, call: Call) -> list[JSON]:
    limit = int(call.query.get("limit", 200))
    after = int(call.query.get("after", 0))
    found = [each for each in server.guilds.values() if each.has_bot and each.id > after]
    return [
        {
            "id": str(each.id),
            "name": each.name,
            "icon": None,
            "owner": False,
            "permissions": str(in_guild(each, BOT)),
            "features": list(each.features),
        }
        for each in sorted(found, key=lambda each: each.id)[:limit]
    ]


def open_dm(server: DiscordServer, call: Call) -> JSON:
    user = server.users.get(int(call.body.get("recipient_id") or 0))
    if user is None:
        raise unknown("User", 10013)
    if user.is_bot:
        raise Refused(400, 50007, "Cannot send messages to this user")
    return channel_json(server, server.dm_of(user.id))


def gateway(server: DiscordServer, _call: Call) -> JSON:
    return {"url": server.gateway_url}


def gateway_bot(server: DiscordServer, _call: Call) -> JSON:
    return {
        "url": server.gateway_url,
        "shards": server.gateway.shards,
        "session_start_limit": {
            "total": 1_000,
            "remaining": server.gateway.identifies_left,
            "reset_after": 86_400_000,
            "max_concurrency": server.gateway.max_concurrency,
        },
    }


METHODS = {
    "GET /users/@me": me,
    "GET /users/@me/guilds": my_guilds,
    "GET /users/{user}": somebody,
    "POST /users/@me/channels": open_dm,
    "GET /oauth2/applications/@me": my_application,
    "GET /applications/@me": my_application,
    "GET /gateway": gateway,
    "GET /gateway/bot": gateway_bot,
}

"""conversations.info, open, join, history, replies, and users.info, users.conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.refused import Refused
from tests.servers.slack.shapes import channel_json, message_json, user_json

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON, Channel, Message

T = TypeVar("T")


def _scoped(asked: Asked, what: str) -> Channel:
    """The conversation that is named, where the token has the scope for its kind."""
    kinds = [f"{kind}:{what}" for kind in ("channels", "groups", "im", "mpim")]
    if not any(scope in asked.token.scopes for scope in kinds):
        asked.need(*kinds)
    channel = asked.channel()
    kind = "im" if channel.is_im else "groups" if channel.is_private else "channels"
    asked.need(f"{kind}:{what}")
    return channel


def _info(asked: Asked) -> JSON:
    channel = _scoped(asked, "read")
    shown = channel_json(asked.state, channel)
    if asked.flag("include_num_members"):
        shown["num_members"] = len(channel.members)
    if asked.flag("include_locale"):
        shown["locale"] = "en-US"
    return {"ok": True, "channel": shown}


def _open(asked: Asked) -> JSON:
    asked.need("im:write")
    users = [user for user in asked.text("users").split(",") if user]
    if not users and not asked.text("channel"):
        raise Refused("users_list_not_supplied")
    if asked.text("channel"):
        return {"ok": True, "channel": {"id": asked.channel().id}}
    if len(users) > 1:
        raise Refused("too_many_users")
    user = asked.state.users.get(users[0])
    if user is None or user.team != asked.token.team:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    known = f"D{user.id[1:]}" in asked.state.channels
    channel = asked.state.dm_of(user.id)
    shown = channel_json(asked.state, channel) if asked.flag("return_im") else {"id": channel.id}
    more = {"no_op": True, "already_open": True} if known else {}
    return {"ok": True, **more, "channel": shown}


def _join(asked: Asked) -> JSON:
    asked.need("channels:join")
    channel = asked.channel()
    if channel.is_archived:
        raise Refused("is_archived")
    if channel.is_private or channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    channel.members.add(asked.team.bot)
    return {"ok": True, "channel": channel_json(asked.state, channel)}


def _history(asked: Asked) -> JSON:
    channel = _scoped(asked, "history")
    if not asked.state.is_member(channel):
        raise Refused("not_in_channel")
    found = [each for each in asked.state.messages(channel.id) if each.thread_ts in ("", each.ts)]
    return _page(asked, list(reversed(_between(asked, asked.state.told(found)))))


def _replies(asked: Asked) -> JSON:
    channel = _scoped(asked, "history")
    ts = asked.needed("ts", "thread_not_found")
    parent = asked.state.find(channel.id, ts)
    if parent is None:
        raise Refused("thread_not_found")
    root = parent.thread_ts or ts
    head = asked.state.find(channel.id, root)
    found = _between(asked, asked.state.told(asked.state.thread(channel.id, root)))
    return _page(asked, ([head] if head else []) + found)


def _between(asked: Asked, found: list[Message]) -> list[Message]:
    oldest, latest = asked.text("oldest", "0"), asked.text("latest", "9" * 12)
    inclusive = asked.flag("inclusive")
    return [
        each
        for each in found
        if float(oldest) < float(each.ts) < float(latest) or (inclusive and each.ts in (oldest, latest))
    ]


def _page(asked: Asked, found: list[Message]) -> JSON:
    shown, more = _cut(asked, found)
    with_metadata = asked.flag("include_all_metadata")
    messages = [message_json(asked.state, each, metadata=with_metadata) for each in shown]
    return {"ok": True, "messages": messages, "has_more": bool(more)} | more


def _cut(asked: Asked, found: list[T]) -> tuple[list[T], JSON]:
    """The page that is asked for, and what tells of the next one."""
    limit = int(asked.text("limit", str(limits.PAGE)))
    if not 1 <= limit <= limits.PAGE_MOST:
        raise Refused("invalid_limit")
    start = asked.text("cursor", "0")
    if not start.isdigit():
        raise Refused("invalid_cursor")
    end = int(start) + limit
    more: JSON = {"response_metadata": {"next_cursor": str(end)}} if len(found) > end else {}
    return found[int(start) : end], more


_KINDS = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def _mine(asked: Asked) -> JSON:
    """The conversations that the bot is in."""
    kinds = asked.text("types", "public_channel").split(",")
    for kind in kinds:
        if kind not in _KINDS:
            raise Refused("invalid_types")
        asked.need(f"{_KINDS[kind]}:read")
    found = [
        channel
        for channel in asked.state.channels.values()
        if channel.team == asked.token.team
        and asked.state.is_member(channel)
        and ("im" if channel.is_im else "private_channel" if channel.is_private else "public_channel")
        in kinds
        and not (channel.is_archived and asked.flag("exclude_archived"))
    ]
    shown, more = _cut(asked, found)
    # who asks of its own conversations is not told that it is in them
    told = [channel_json(asked.state, each) for each in shown]
    for each in told:
        each.pop("is_member", None)
    return {"ok": True, "channels": told} | more


def _is_met(asked: Asked, user: str) -> bool:
    """Whether somebody of another workspace is in a conversation of this one."""
    team = asked.token.team
    return any(channel.team == team and user in channel.members for channel in asked.state.channels.values())


def _user(asked: Asked) -> JSON:
    asked.need("users:read")
    user = asked.state.users.get(asked.needed("user", "user_not_found"))
    if user is None or not (user.team == asked.token.team or user.is_stranger or _is_met(asked, user.id)):
        raise Refused("user_not_found")
    return {"ok": True, "user": user_json(user, locale=asked.flag("include_locale"))}


METHODS = {
    "conversations.info": Registered(_info, 3, takes_json=False),
    "conversations.open": Registered(_open, 3),
    "conversations.join": Registered(_join, 3),
    "conversations.history": Registered(_history, 3, takes_json=False),
    "conversations.replies": Registered(_replies, 3, takes_json=False),
    "users.conversations": Registered(_mine, 3, takes_json=False),
    "users.info": Registered(_user, 4, takes_json=False),
}

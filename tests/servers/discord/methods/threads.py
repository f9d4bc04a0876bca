"""Threads and the posts of forums (docs.discord.com/developers/resources/channel, "start thread")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord import limits
from tests.servers.discord.checks.faults import Faults
from tests.servers.discord.methods import messages
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import (
    ANNOUNCEMENT,
    ANNOUNCEMENT_THREAD,
    BOT,
    FORUM,
    HAS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
)
from tests.servers.discord.refused import Refused, unknown_channel
from tests.servers.discord.shapes import channel_json, message_json

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call
    from tests.servers.discord.server import DiscordServer


def from_message(server: DiscordServer, call: Call) -> JSON:
    message = messages.own(server, call)
    channel = server.channels[message.channel]
    if channel.kind not in (TEXT, ANNOUNCEMENT):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    _may_start(server, channel)
    _check(call.body)
    if message.thread:
        raise Refused(400, 160004, "A thread has already been created for this message")
    kind = ANNOUNCEMENT_THREAD if channel.kind == ANNOUNCEMENT else PUBLIC_THREAD
    thread = _made(server, channel, call.body, kind=kind, thread=message.id, starter=message.id)
    message.thread = thread.id
    message.versions[-1] = message.versions[-1].with_flags(message.flags | HAS_THREAD)
    server.changed()
    return channel_json(server, thread)


def without_message(server: DiscordServer, call: Call) -> JSON:
    """A thread, or a post of a forum: a thread with its first message."""
    channel = server.seen(call.id("channel"))
    if channel.kind == FORUM:
        return _forum_post(server, call, channel)
    if channel.kind not in (TEXT, ANNOUNCEMENT):
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    _may_start(server, channel)
    _check(call.body)
    kind = int(call.body.get("type", PRIVATE_THREAD))
    return channel_json(server, _made(server, channel, call.body, kind=kind))


def _forum_post(server: DiscordServer, call: Call, forum: Channel) -> JSON:
    server.needs(forum, Permission.SEND_MESSAGES)
    _check(call.body)
    tags = [int(tag) for tag in call.body.get("applied_tags") or ()]
    known = {int(tag["id"]) for tag in forum.tags}
    faults = Faults()
    faults.items(tags, ("applied_tags",), most=limits.TAGS)
    if not isinstance(call.body.get("message"), dict):
        faults.required(("message",))
    faults.refuse()
    if forum.needs_tag and not tags:
        raise Refused(400, 40067, "A tag is required to create a forum post in this channel")
    if any(tag not in known for tag in tags):
        raise Refused(404, 10087, "Unknown tag")
    thread = _made(server, forum, call.body, kind=PUBLIC_THREAD, is_told=False, applied_tags=tags)
    try:
        message = messages.post(server, call, thread, {**call.body["message"], "enforce_nonce": False})
    except Refused:
        del server.channels[thread.id]
        raise
    message.id, thread.starter, thread.last_message = thread.id, thread.id, thread.id
    server.tell_channel("THREAD_CREATE", thread)
    return channel_json(server, thread) | {"message": message_json(server, message)}


def _may_start(server: DiscordServer, channel: Channel) -> None:
    server.needs(channel, Permission.CREATE_PUBLIC_THREADS)


def _check(body: JSON) -> None:
    faults = Faults()
    faults.text(body.get("name"), ("name",), least=1, most=limits.THREAD_NAME, is_needed=True)
    if body.get("auto_archive_duration") is not None:
        faults.one_of(body["auto_archive_duration"], ("auto_archive_duration",), limits.ARCHIVE_MINUTES)
    faults.number(body.get("rate_limit_per_user"), ("rate_limit_per_user",), most=limits.SLOW_S)
    faults.refuse()


def _made(
    server: DiscordServer,
    channel: Channel,
    body: JSON,
    *,
    kind: int,
    thread: int = 0,
    starter: int = 0,
    is_told: bool = True,
    applied_tags: list[int] | None = None,
) -> Channel:
    made = Channel(
        thread or server.snowflake(),
        kind,
        body["name"],
        channel.guild,
        channel.id,
        slow_s=int(body.get("rate_limit_per_user") or 0),
        owner=BOT,
        starter=starter,
        members={BOT},
        archive_minutes=int(body.get("auto_archive_duration") or 4_320),
        made_at=server.now(),
        applied_tags=applied_tags or [],
    )
    server.channels[made.id] = made
    if is_told:
        server.tell_channel("THREAD_CREATE", made)
    return made


def archived(server: DiscordServer, call: Call) -> JSON:
    """The public ones, those that were archived last first."""
    channel = server.seen(call.id("channel"))
    server.needs(channel, Permission.READ_MESSAGE_HISTORY)
    limit = int(call.query.get("limit", 50))
    found = [
        each
        for each in server.threads(channel.id)
        if each.is_archived and each.kind != PRIVATE_THREAD and server.has_settled(each.made_at)
    ]
    shown = [channel_json(server, each) for each in found[::-1][:limit]]
    return {"threads": shown, "members": [], "has_more": len(found) > limit}


def _thread(server: DiscordServer, call: Call) -> Channel:
    thread = server.seen(call.id("channel"))
    if not thread.is_thread:
        raise unknown_channel()
    return thread


def join(server: DiscordServer, call: Call) -> None:
    thread = _thread(server, call)
    if thread.is_archived:
        raise Refused(400, 50083, "Thread is archived")
    thread.members.add(BOT)


def leave(server: DiscordServer, call: Call) -> None:
    _thread(server, call).members.discard(BOT)


def change(server: DiscordServer, call: Call) -> JSON:
    """A thread's name, and whether it is archived or locked."""
    thread = _thread(server, call)
    if thread.owner != BOT or "locked" in call.body:
        server.needs(thread, Permission.MANAGE_THREADS)
    if thread.is_archived and call.body.get("archived") is not False:
        raise Refused(400, 50083, "Thread is archived")
    _check({"name": thread.name, **call.body})
    thread.name = call.body.get("name", thread.name)
    thread.is_archived = bool(call.body.get("archived", thread.is_archived))
    thread.is_locked = bool(call.body.get("locked", thread.is_locked))
    server.tell_channel("THREAD_UPDATE", thread)
    return channel_json(server, thread)


METHODS = {
    "POST /channels/{channel}/messages/{message}/threads": from_message,
    "POST /channels/{channel}/threads": without_message,
    "GET /channels/{channel}/threads/archived/public": archived,
    "PUT /channels/{channel}/thread-members/@me": join,
    "DELETE /channels/{channel}/thread-members/@me": leave,
    "PATCH /channels/{channel}": change,
}

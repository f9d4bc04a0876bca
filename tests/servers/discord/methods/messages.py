"""Messages of channels (docs.discord.com/developers/resources/message)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord import limits
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import (
    ANNOUNCEMENT,
    BOT,
    CATEGORY,
    CROSSPOSTED,
    DM,
    FORUM,
)
from tests.servers.discord.refused import Refused, missing_permissions, unknown_message
from tests.servers.discord.shapes import message_json
from tests.servers.discord.writing import written

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call, Channel, Message
    from tests.servers.discord.server import DiscordServer


def create(server: DiscordServer, call: Call) -> JSON:
    channel = server.seen(call.id("channel"))
    earlier = _said_before(server, channel, call.body)
    if earlier is not None:
        if earlier.is_deleted:
            raise unknown_message()
        return message_json(server, earlier)
    may_post(server, channel)
    return message_json(server, post(server, call, channel))


def post(server: DiscordServer, call: Call, channel: Channel, body: JSON | None = None) -> Message:
    """A new message of the bot. body: that of the call, if None. Raises Refused."""
    body = call.body if body is None else body
    reference = _reference(server, channel, body)
    if call.files:
        server.needs(channel, Permission.ATTACH_FILES)
    body = _without_embeds(server, channel, body, has_files=bool(call.files))
    version = written(server, body, call.files)
    allowed = version.allowed_mentions
    message = server.add_message(
        channel.id,
        BOT,
        version,
        reference=reference,
        kind=19 if reference else 0,
        pings_author=bool(reference) and (allowed is None or bool(allowed.get("replied_user"))),
        nonce=str(body.get("nonce") or "") if body.get("enforce_nonce") else "",
    )
    channel.is_archived = False
    server.tell_message("MESSAGE_CREATE", message)
    return message


def may_post(server: DiscordServer, channel: Channel) -> None:
    """Raises Refused where the bot can post nothing."""
    if channel.kind in (CATEGORY, FORUM):
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if channel.kind == DM:
        if not all(server.users[user].allows_dms for user in channel.members):
            raise Refused(403, 50007, "Cannot send messages to this user")
        return
    if channel.is_thread:
        server.needs(channel, Permission.SEND_MESSAGES_IN_THREADS)
        _may_wake(server, channel)
    else:
        server.needs(channel, Permission.SEND_MESSAGES)
    _slow(server, channel)


def _may_wake(server: DiscordServer, thread: Channel) -> None:
    if thread.is_locked and not server.permissions(thread) & Permission.MANAGE_THREADS:
        if thread.is_archived:
            raise Refused(400, 50083, "Thread is archived")
        raise Refused(400, 160005, "Thread is locked")


def _slow(server: DiscordServer, channel: Channel) -> None:
    """Bots are not slowed, unless the channel says so: then as people are."""
    if (
        not channel.slow_s
        or not channel.slows_bots
        or server.permissions(channel) & Permission.BYPASS_SLOWMODE
    ):
        return
    mine = [
        each.versions[0].at
        for each in server.all_messages
        if (each.channel, each.author) == (channel.id, BOT)
    ]
    left = channel.slow_s - (server.now() - max(mine, default=0.0))
    if left > 0:
        raise Refused(
            429,
            20016,
            "This action cannot be performed due to slowmode rate limit",
            retry_after=left,
            **{"global": False},
        )


def _said_before(server: DiscordServer, channel: Channel, body: JSON) -> Message | None:
    """The bot's message with the same nonce in the last minutes, where the body asks for that."""
    if not body.get("enforce_nonce") or not body.get("nonce"):
        return None
    for each in server.all_messages:
        is_recent = server.now() - each.versions[0].at < limits.NONCE_S
        if is_recent and (each.channel, each.author, each.nonce) == (channel.id, BOT, str(body["nonce"])):
            return each
    return None


def _reference(server: DiscordServer, channel: Channel, body: JSON) -> int:
    """The id of the message that is replied to, 0 for none."""
    reference = body.get("message_reference")
    if not reference:
        return 0
    message = int(reference["message_id"])
    server.needs(channel, Permission.READ_MESSAGE_HISTORY)
    if server.find(channel.id, message) is None:
        if not reference.get("fail_if_not_exists", True):
            return 0
        errors = {
            "message_reference": {
                "_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]
            }
        }
        raise Refused(400, 50035, "Invalid Form Body", errors=errors)
    return message


def _without_embeds(server: DiscordServer, channel: Channel, body: JSON, *, has_files: bool) -> JSON:
    """Without EMBED_LINKS embeds are left out; a message that is nothing else is refused. Layouts are no embeds."""
    if not body.get("embeds") or server.permissions(channel) & Permission.EMBED_LINKS:
        return body
    if not body.get("content") and not has_files:
        raise missing_permissions()
    return {**body, "embeds": []}


def own(server: DiscordServer, call: Call) -> Message:
    """The message of the path. Raises Refused: 10008."""
    channel = server.seen(call.id("channel"))
    message = server.find(channel.id, call.id("message"))
    if message is None:
        raise unknown_message()
    return message


def show(server: DiscordServer, call: Call) -> JSON:
    message = own(server, call)
    server.needs(server.channels[message.channel], Permission.READ_MESSAGE_HISTORY)
    if not server.has_settled(message.versions[0].at):
        raise unknown_message()
    return _read(server, message)


def history(server: DiscordServer, call: Call) -> list[JSON]:
    """The newest first; of those after an id the ones that followed it. Who may not read is told of no message."""
    channel = server.seen(call.id("channel"))
    if channel.kind in (CATEGORY, FORUM):
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if not server.permissions(channel) & Permission.READ_MESSAGE_HISTORY:
        return []
    limit = int(call.query.get("limit", 50))
    if not 1 <= limit <= limits.MESSAGES:
        raise Refused(400, 50035, "Invalid Form Body", errors={"limit": {"_errors": []}})
    found = sorted(
        (each for each in server.messages(channel.id) if server.has_settled(each.versions[0].at)),
        key=lambda each: each.id,
    )
    if "before" in call.query:
        found = [each for each in found if each.id < int(call.query["before"])]
    if "after" in call.query:
        found = [each for each in found if each.id > int(call.query["after"])][:limit]
    return [_read(server, each) for each in found[-limit:][::-1]]


def _read(server: DiscordServer, message: Message) -> JSON:
    """As it is read later: its nonce is told to who sends it and over the gateway, and is not kept."""
    return {key: value for key, value in server.shown(message).items() if key != "nonce"}


def edit(server: DiscordServer, call: Call) -> JSON:
    message = own(server, call)
    channel = server.channels[message.channel]
    only_flags = call.body.keys() <= {"flags"}
    if message.author != BOT:
        if not only_flags:
            raise Refused(403, 50005, "Cannot edit a message authored by another user")
        server.needs(channel, Permission.MANAGE_MESSAGES)
    if channel.is_thread and channel.is_archived:
        raise Refused(400, 50083, "Thread is archived")
    if call.files:
        server.needs(channel, Permission.ATTACH_FILES)
    body = _without_embeds(server, channel, call.body, has_files=bool(call.files or message.content))
    message.versions.append(written(server, body, call.files, before=message.versions[-1]))
    server.tell_message("MESSAGE_UPDATE", message)
    return message_json(server, message)


def delete(server: DiscordServer, call: Call) -> None:
    message = own(server, call)
    if message.author != BOT:
        server.needs(server.channels[message.channel], Permission.MANAGE_MESSAGES)
    server.delete(message)


def crosspost(server: DiscordServer, call: Call) -> JSON:
    message = own(server, call)
    channel = server.channels[message.channel]
    if channel.kind != ANNOUNCEMENT:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    server.needs(channel, Permission.SEND_MESSAGES)
    if message.author != BOT:
        server.needs(channel, Permission.MANAGE_MESSAGES)
    if message.flags & CROSSPOSTED:
        raise Refused(400, 40033, "This message has already been crossposted")
    message.versions[-1] = message.versions[-1].with_flags(message.flags | CROSSPOSTED)
    server.tell_message("MESSAGE_UPDATE", message)
    return message_json(server, message)


METHODS = {
    "POST /channels/{channel}/messages": create,
    "GET /channels/{channel}/messages": history,
    "GET /channels/{channel}/messages/{message}": show,
    "PATCH /channels/{channel}/messages/{message}": edit,
    "DELETE /channels/{channel}/messages/{message}": delete,
    "POST /channels/{channel}/messages/{message}/crosspost": crosspost,
}

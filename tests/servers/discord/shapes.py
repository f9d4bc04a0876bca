"""Users, servers, channels and messages as Discord's JSON shows them (docs.discord.com/developers/resources)."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.servers.discord.records import APPLICATION, BOT, SUPPRESS_EMBEDS, walked

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Channel, File, Guild, Message, Role, User
    from tests.servers.discord.state import State


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def user_json(user: User) -> JSON:
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": user.shown or None,
        "discriminator": "0",
        "avatar": None,
        "bot": user.is_bot,
        "public_flags": 0,
    }


def member_json(guild: Guild, user: int) -> JSON:
    """Without its `user`."""
    return {
        "nick": None,
        "avatar": None,
        "roles": [str(role) for role in sorted(guild.members.get(user, ()))],
        "joined_at": iso(1_700_000_000),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
    }


def role_json(role: Role) -> JSON:
    return {
        "id": str(role.id),
        "name": role.name,
        "permissions": str(role.permissions),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel_json(state: State, channel: Channel) -> JSON:
    """A channel, a thread or a private conversation."""
    shown: JSON = {
        "id": str(channel.id),
        "type": channel.kind,
        "last_message_id": str(channel.last_message) if channel.last_message else None,
        "flags": (1 << 4 if channel.needs_tag else 0),
    }
    if channel.is_private:
        others = sorted(channel.members - {BOT})
        return shown | {
            "recipients": [user_json(state.users[user]) for user in others],
            "name": channel.name or None,
        }
    shown |= {
        "guild_id": str(channel.guild),
        "name": channel.name,
        "parent_id": str(channel.parent) if channel.parent else None,
        "rate_limit_per_user": channel.slow_s,
    }
    if channel.is_thread:
        return shown | _thread_json(state, channel)
    return shown | {
        "position": 0,
        "topic": channel.topic or None,
        "nsfw": False,
        "available_tags": channel.tags,
        "permission_overwrites": [
            {"id": str(each.id), "type": each.kind, "allow": str(each.allow), "deny": str(each.deny)}
            for each in channel.overwrites.values()
        ],
    }


def _thread_json(state: State, thread: Channel) -> JSON:
    said = len(state.messages(thread.id))
    shown: JSON = {
        "owner_id": str(thread.owner),
        "message_count": said,
        "total_message_sent": said,
        "member_count": len(thread.members),
        "applied_tags": [str(tag) for tag in thread.applied_tags],
        "thread_metadata": {
            "archived": thread.is_archived,
            "locked": thread.is_locked,
            "auto_archive_duration": thread.archive_minutes,
            "archive_timestamp": iso(thread.made_at),
            "create_timestamp": iso(thread.made_at),
        },
    }
    if BOT in thread.members:
        shown["member"] = {
            "id": str(thread.id),
            "user_id": str(BOT),
            "join_timestamp": iso(thread.made_at),
            "flags": 0,
        }
    return shown


def guild_json(state: State, guild: Guild) -> JSON:
    """A server as REST shows it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "icon": None,
        "owner_id": str(guild.owner),
        "roles": [role_json(role) for role in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "features": list(guild.features),
        "preferred_locale": guild.locale,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "afk_timeout": 300,
        "afk_channel_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "application_id": None,
    }


def guild_create_json(state: State, guild: Guild) -> JSON:
    """A server as GUILD_CREATE brings it: with the channels, the threads and the bot itself."""
    channels = [each for each in state.channels.values() if each.guild == guild.id]
    me = member_json(guild, BOT) | {"user": user_json(state.users[BOT])}
    return guild_json(state, guild) | {
        "joined_at": iso(1_700_000_000),
        "large": False,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [me],
        "channels": [channel_json(state, each) for each in channels if not each.is_thread],
        "threads": [
            channel_json(state, each) for each in channels if each.is_thread and not each.is_archived
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def file_url(state: State, channel: int, file: File) -> str:
    return f"{state.root}/attachments/{channel}/{file.id}/{file.name}"


def message_json(state: State, message: Message, *, with_reference: bool = True) -> JSON:
    """A message as everybody may see it; what the content intent hides is for the gateway to take out."""
    version = message.versions[-1]
    mentioned = [
        int(each.strip("<@!>")) for each in version.pings if each.startswith("<@") and "&" not in each
    ]
    replied = _found(state, message.reference)
    if replied is not None and message.pings_author:
        mentioned.append(replied.author)
    shown: JSON = {
        "id": str(message.id),
        "channel_id": str(message.channel),
        "type": message.kind,
        "author": user_json(state.users[message.author]),
        "content": version.content,
        "timestamp": iso(message.versions[0].at),
        "edited_timestamp": iso(version.at) if message.edits else None,
        "tts": False,
        "pinned": False,
        "mention_everyone": any(each.startswith("@") for each in version.pings),
        "mentions": [
            user_json(state.users[each]) for each in dict.fromkeys(mentioned) if each in state.users
        ],
        "mention_roles": [each.strip("<@&>") for each in version.pings if each.startswith("<@&")],
        "attachments": [_file_json(state, message, file) for file in version.files],
        "embeds": [] if version.flags & SUPPRESS_EMBEDS else _resolved(state, message, list(version.embeds)),
        "components": _numbered(_resolved(state, message, list(version.components))),
        "flags": version.flags,
    }
    if message.nonce:
        shown["nonce"] = message.nonce
    if message.author == BOT:
        shown["application_id"] = str(APPLICATION)
    if message.interaction:
        shown["webhook_id"] = str(APPLICATION)
        shown["interaction_metadata"] = _metadata(state, message)
    if message.thread:
        shown["thread"] = channel_json(state, state.channels[message.thread])
    if message.reference and with_reference:
        reference = {"type": 0, "message_id": str(message.reference), "channel_id": str(message.channel)}
        if message.guild:
            reference["guild_id"] = str(message.guild)
        shown["message_reference"] = reference
        shown["referenced_message"] = replied and message_json(state, replied, with_reference=False)
    return shown


def _found(state: State, message: int) -> Message | None:
    return next((each for each in state.all_messages if each.id == message and not each.is_deleted), None)


def _metadata(state: State, message: Message) -> JSON:
    made_by = next((each for each in state.interactions.values() if each.id == message.interaction), None)
    user = state.users[made_by.user] if made_by is not None else state.users[message.author]
    return {
        "id": str(message.interaction),
        "type": made_by.kind if made_by is not None else 2,
        "user": user_json(user),
        "authorizing_integration_owners": {"0": str(message.guild)},
    }


def _file_json(state: State, message: Message, file: File) -> JSON:
    url = file_url(state, message.channel, file)
    shown: JSON = {
        "id": str(file.id),
        "filename": file.name,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "ephemeral": message.is_ephemeral,
    }
    if file.description:
        shown["description"] = file.description
    return shown


def _resolved(state: State, message: Message, parts: list[JSON]) -> list[JSON]:
    """With the addresses of the files in place of `attachment://`."""
    urls = {f"attachment://{file.name}": file_url(state, message.channel, file) for file in message.files}
    parts = copy.deepcopy(parts)

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if value.get("url") in urls:
                value["url"] = value["proxy_url"] = urls[value["url"]]
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(parts)
    return parts


def _numbered(components: list[JSON]) -> list[JSON]:
    """With an id for each that came without one."""
    everything = walked(components)
    taken = {each["id"] for each in everything if each.get("id")}
    free = (number for number in range(1, len(everything) + len(taken) + 1) if number not in taken)
    for each in everything:
        if not each.get("id"):
            each["id"] = next(free)
    return components

"""Permissions, computed as docs.discord.com/developers/topics/permissions says."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.discord.records import Channel, Guild


class Permission(IntFlag):
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EXTERNAL_APPS = 1 << 50
    BYPASS_SLOWMODE = 1 << 52


ALL = (1 << 53) - 1
EVERYONE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
    | Permission.USE_EXTERNAL_APPS
)
"""What everybody may in a new server."""
IN_PRIVATE = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.MENTION_EVERYONE
)


def in_guild(guild: Guild, user: int) -> int:
    """What a member may in the whole server; 0 for who is none."""
    if user not in guild.members:
        return 0
    if guild.owner == user:
        return ALL
    allowed = guild.roles[guild.id].permissions
    for role in guild.members[user]:
        allowed |= guild.roles[role].permissions
    return ALL if allowed & Permission.ADMINISTRATOR else allowed


def in_channel(guild: Guild, channel: Channel, user: int) -> int:
    """What a member may in a channel; of a thread, ask for its parent. 0 where they cannot see it."""
    allowed = in_guild(guild, user)
    if allowed in (0, ALL):
        return allowed
    everybody = channel.overwrites.get(guild.id)
    if everybody is not None:
        allowed = allowed & ~everybody.deny | everybody.allow
    mine = [channel.overwrites[role] for role in guild.members[user] if role in channel.overwrites]
    for each in mine:
        allowed &= ~each.deny
    for each in mine:
        allowed |= each.allow
    member = channel.overwrites.get(user)
    if member is not None:
        allowed = allowed & ~member.deny | member.allow
    return allowed if allowed & Permission.VIEW_CHANNEL else 0

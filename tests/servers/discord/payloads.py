"""Interactions as the app is told of them
(docs.discord.com/developers/interactions/receiving-and-responding, "interaction object")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.permissions import Permission, in_channel
from tests.servers.discord.records import APPLICATION, BOT, DM
from tests.servers.discord.shapes import channel_json, member_json, message_json, user_json

if TYPE_CHECKING:
    from tests.servers.discord.interactions import Interaction
    from tests.servers.discord.records import JSON, Channel
    from tests.servers.discord.state import State

GUILD_CONTEXT, BOT_DM, PRIVATE = 0, 1, 2
_ALWAYS = Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE


def context_of(channel: Channel) -> int:
    """Where something was done: in a server, with the bot alone, in another private conversation."""
    if channel.guild:
        return GUILD_CONTEXT
    return BOT_DM if channel.kind == DM and BOT in channel.members else PRIVATE


def told(
    state: State,
    interaction: Interaction,
    data: JSON,
    *,
    owners: JSON,
    locale: str,
    permissions: int | None,
    app_permissions: int | None,
) -> JSON:
    """The data of INTERACTION_CREATE. owners: `authorizing_integration_owners`. permissions: of the person in the
    channel, app_permissions: of the app; None for those they have."""
    channel = state.channels[interaction.channel]
    user = state.users[interaction.user]
    if app_permissions is None:
        app_permissions = _of_app(state, channel)
    payload: JSON = {
        "id": str(interaction.id),
        "application_id": str(APPLICATION),
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": channel_json(state, channel),
        "app_permissions": str(app_permissions),
        "locale": locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": owners,
        "context": context_of(channel),
        "attachment_size_limit": state.file_bytes,
    }
    if interaction.message is not None:
        payload["message"] = message_json(state, interaction.message)
    if not channel.guild:
        return payload | {"user": user_json(user)}
    guild = state.guilds[channel.guild]
    if permissions is None:
        permissions = state.permissions(channel, user.id)
    payload["channel"]["permissions"] = str(permissions)
    return payload | {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "locale": guild.locale, "features": list(guild.features)},
        "guild_locale": guild.locale,
        "member": member_json(guild, user.id) | {"user": user_json(user), "permissions": str(permissions)},
    }


def _of_app(state: State, channel: Channel) -> int:
    if channel.is_private or not state.guilds[channel.guild].has_bot:
        return int(_ALWAYS)
    where = state.channels.get(channel.parent, channel) if channel.is_thread else channel
    return in_channel(state.guilds[channel.guild], where, BOT)

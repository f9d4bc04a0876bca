"""Speakers: who said something where, as the roof understands it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import discord

from adapters.chat import Context
from summarizer import languages

if TYPE_CHECKING:
    from typing import Any

EXTERNAL: Final = "external"
"""Stands for the server in a group of people that the bot is no part of: nobody can grant it anything."""

_LOCALES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened. guild: 0 outside of a server. channel: where answers go, be it a thread. parent: the
    channel that a thread belongs to, else the channel itself. message: that it happened to, 0 for none. is_hidden:
    whether Discord shows what we answer there to who asked alone, whatever we say."""

    guild: int
    channel: int
    parent: int
    user: int
    message: int = 0
    is_hidden: bool = False

    @property
    def is_thread(self) -> bool:
        return self.channel != self.parent


class Speakers:
    """Tells contexts. Discord names somebody's language with what they press and choose, not with what they write, so
    that it is remembered, within this process."""

    def __init__(self) -> None:
        self._langs: OrderedDict[int, str | None] = OrderedDict()

    def of_interaction(
        self, interaction: discord.Interaction[Any], *, conversation: str | None, is_command: bool = False
    ) -> Context:
        """Who used a command, a button or a form.

        In a server `team` is the server's id, whether or not the bot is there; in a direct message with the bot it is
        "", in one among others EXTERNAL. Where the bot is not, nobody rules anything of it: everybody may own a server.
        """
        spot, may = spot_of_interaction(interaction), interaction.permissions
        is_member = is_in_guild(interaction)
        lang = _language(interaction.locale)
        self._langs[spot.user] = lang
        self._langs.move_to_end(spot.user)
        if len(self._langs) > _LOCALES:
            self._langs.popitem(last=False)
        return Context(
            "discord",
            conversation=conversation,
            lang=lang,
            team=str(spot.guild) if spot.guild else "" if is_bot_dm(interaction) else EXTERNAL,
            person=str(spot.user),
            workspace=str(spot.guild or ""),
            is_admin=is_member and (may.administrator or may.manage_guild),
            is_command=is_command,
            lays_out=True,
            channel=str(spot.parent) if is_member else "",
            manages_channel=is_member and (may.administrator or may.manage_channels),
            channel_name=_name(interaction.channel) if is_member else "",
        )

    def of_message(self, message: discord.Message, *, conversation: str | None) -> Context:
        """Who wrote a message."""
        spot, may = spot_of_message(message), _permissions(message)
        return Context(
            "discord",
            conversation=conversation,
            lang=self._langs.get(spot.user),
            team=str(spot.guild or ""),
            person=str(spot.user),
            workspace=str(spot.guild or ""),
            is_admin=may.administrator or may.manage_guild,
            # with nothing before it a line begins anew; a reply goes on
            begins=not spot.guild and message.reference is None,
            lays_out=True,
            channel=str(spot.parent) if spot.guild else "",
            manages_channel=may.administrator or may.manage_channels,
            channel_name=_name(message.channel) if spot.guild else "",
        )


def is_bot_dm(interaction: discord.Interaction[Any]) -> bool:
    """Whether Discord says that it comes from a direct message with the bot, where nobody else reads along."""
    return not interaction.guild_id and bool(interaction.context.dm_channel)


def is_in_guild(interaction: discord.Interaction[Any]) -> bool:
    """Whether it comes from a server that the bot itself is in, or that has added its commands."""
    guild = interaction.guild_id
    return bool(guild) and (
        interaction.is_guild_integration() or interaction.client.get_guild(guild) is not None
    )


def is_ephemeral(interaction: discord.Interaction[Any]) -> bool:
    """Whether the message that it belongs to is seen by one person alone."""
    return interaction.message is not None and interaction.message.flags.ephemeral


def spot_of_interaction(interaction: discord.Interaction[Any]) -> Spot:
    """Of a command, a button or a form."""
    channel = interaction.channel_id or 0
    return Spot(
        interaction.guild_id or 0,
        channel,
        _parent(interaction.channel) or channel,
        interaction.user.id,
        interaction.message.id if interaction.message is not None else 0,
        _is_hidden(interaction),
    )


def spot_of_message(message: discord.Message) -> Spot:
    """Of a message."""
    channel = message.channel.id
    parent = _parent(message.channel) or channel
    return Spot(guild_of(message), channel, parent, message.author.id, message.id)


def guild_of(message: discord.Message) -> int:
    """The server that it was written in, 0 for none. discord.py has no `guild` for one that Discord has not told of."""
    if message.guild is not None:
        return message.guild.id
    return getattr(message.channel, "guild_id", None) or 0


def _is_hidden(interaction: discord.Interaction[Any]) -> bool:
    """Of an app that its user alone has installed, where the server lets nobody show what such apps answer
    (docs.discord.com/developers/resources/application, "Installation Context")."""
    is_outside = bool(interaction.guild_id) and not interaction.is_guild_integration()
    return is_outside and not interaction.permissions.use_external_apps


def _parent(channel: object) -> int:
    return channel.parent_id if isinstance(channel, discord.Thread) else 0


def _name(channel: object) -> str:
    """As people know the channel, of a thread that of its channel; "" where Discord has not told."""
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    name = getattr(channel, "name", None)
    return f"#{name}" if name else ""


def _permissions(message: discord.Message) -> discord.Permissions:
    """Of who wrote it there; none in a direct message and where Discord has not told of the server."""
    author, channel = message.author, message.channel
    if message.guild is None or not isinstance(author, discord.Member):
        return discord.Permissions.none()
    if isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        try:
            return channel.permissions_for(author)
        except discord.ClientException:  # a thread whose channel is not known
            return author.guild_permissions
    return author.guild_permissions


def _language(locale: discord.Locale) -> str | None:
    """The language of ours that a locale belongs to ("zh-TW" is "zh"), None for others."""
    code = str(locale).partition("-")[0]
    return code if code in languages.codes() else None

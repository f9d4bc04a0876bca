"""Lines: what people say to the bot - by its commands, by mentioning it, by replying to it, in a direct message."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from adapters.chat.answering import answer
from adapters.discord import permissions
from adapters.discord.answering import Answering
from adapters.discord.commands import ROOT
from adapters.discord.layout import notices
from adapters.discord.linked import item_in, number_in
from adapters.discord.replying import Replying
from adapters.discord.speakers import guild_of, spot_of_interaction, spot_of_message
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from adapters.chat import Context, Scope, Subscribed
    from adapters.discord.messages import Message, Row
    from adapters.discord.parts import Parts
    from adapters.discord.speakers import Spot
    from summarizer.errors import BadInput
    from summarizer.languages import Language

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

_MENTION: Final = re.compile(r"<@!?(\d+)>")
_TYPED_COMMAND: Final = re.compile(rf"\A(?:</{ROOT}([^:<>]*):\d+>|/{ROOT}(?!\S))")

_SCOPES: Final[tuple[Scope, ...]] = ("me", "channel", "server")

FORGET: Final = "forget"
"""The command that is about the conversation that it is used in."""

TYPING_S: Final = 1.0
"""The answer waits no longer than this for Discord to show that the bot writes."""

_CLOSED: Final = (
    "discord.no_permission",
    "discord.no_permission_there",
    "discord.locked",
    "discord.slow",
    "discord.blocked",
)
"""What keeps every word of ours out of a channel."""


class Lines:
    """Has each line answered where it was said. What comes here has been acknowledged, unless it says otherwise."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def command(self, interaction: Interaction, line: str, *, is_public: bool) -> None:
        """A command of ours: answered to who used it alone, unless it says otherwise."""
        context = self._context(interaction)
        spot = spot_of_interaction(interaction)
        if line == FORGET and (spot.is_thread or not spot.guild):
            context = replace(context, conversation=str(spot.channel))  # which one means
        place = self._place(interaction, context, is_public=is_public)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)

    async def refused(self, interaction: Interaction, problem: BadInput) -> None:
        """Say what is wrong with what was filled in."""

        async def wrong(_words: Language) -> Message:
            raise problem

        await self._say(interaction, self._context(interaction), wrong)

    async def prefs(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        """One's own defaults as a line of the grammar, or those of a channel or a server, which it does not know."""
        scope: Scope = next((each for each in _SCOPES if each == values.get("for")), "me")
        context = self._context(interaction)
        if scope == "me":
            words = languages.load(await self._parts.desk.language(context))
            place = self._place(interaction, context, is_public=False, below=(notices.change(words, scope),))
            await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)
            return
        chosen = {name: value for name, value in values.items() if name != "for"}

        async def settings(words: Language) -> Message:
            if chosen:
                await self._parts.desk.prefer(chosen, context, scope=scope)
            told = await self._parts.desk.preferences(context, scope=scope)
            return notices.place_prefs(told, words, scope=scope, is_saved=bool(chosen))

        await self._say(interaction, context, settings)

    async def explain(self, interaction: Interaction, message: discord.Message) -> None:
        """The command of a message: what the pull request or issue is about that it links to, else one that it names by
        its number, which is taken for the person's own repository."""
        context = self._context(interaction)
        item, number = item_in(message, self._parts.links), number_in(message)
        lang = await self._parts.desk.language(context)
        if item is not None:
            repo, number = item
            line = f"ask explain #{number} repo:{repo} lang:{lang}"
        elif number is not None:
            line = f"ask explain #{number} lang:{lang}"
        else:
            await self._say(interaction, context, lambda words: self._no_item(words, context))
            return
        await self.command(interaction, line, is_public=False)

    async def _no_item(self, words: Language, context: Context) -> Message:
        # whoever may not read the default one is not told its name either
        repo = next(iter(await self._parts.desk.repos(context)), "owner/name")
        return notices.said(words.text("chat.said.no_item", repo=repo))

    async def _say(
        self, interaction: Interaction, context: Context, tell: Callable[[Language], Awaitable[Message]]
    ) -> None:
        """What takes no work worth a word of progress. What goes wrong is said in its place."""
        words = languages.load(await self._parts.desk.language(context))
        try:
            message = await tell(words)
        except DigestError as error:
            message = notices.failed(words.problem(error), words, line=None)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("bug", reference=reference)
            message = notices.failed(words.text("chat.said.bug", reference=reference), words, line=None)
        await self._parts.rest.answer(interaction.token, message)

    async def repos(self, interaction: Interaction) -> Sequence[str]:
        """The repositories that may be asked for there."""
        return await self._parts.desk.repos(self._context(interaction))

    async def subscriptions(self, interaction: Interaction) -> Sequence[Subscribed]:
        """Those that who types may see there."""
        return await self._parts.desk.subscriptions(self._context(interaction))

    async def said(self, message: discord.Message, me: int) -> None:
        """A message that mentions the bot, replies to it, or was written to it. me: the bot's id."""
        spot = spot_of_message(message)
        conversation, before = await self._conversation(message, spot, me)
        context = self._parts.speakers.of_message(message, conversation=conversation)
        context = replace(context, branches_from=before)
        granted = _granted(message)
        if granted is not None and (lacking := permissions.missing(_needed(spot), granted)):
            words = languages.load(await self._parts.desk.language(context))
            names = str(words.get("list.separator")).join(permissions.names(lacking, words))
            where = getattr(message.channel, "name", "") or str(spot.channel)
            await self._tell_alone(
                spot.user, words.text("discord.said.cannot_write", where=where, names=names)
            )
            return
        if granted is not None:
            await self._parts.rest.closed.open(spot.channel, granted)
        line = spoken_to(message.content, me)
        place = Replying(self._parts, spot, context)
        try:
            await self._typing(spot.channel)
            await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)
        except DigestError as error:
            log.warning("not answered in channel", error=error.key)
            if error.key in _CLOSED:
                words = languages.load(await self._parts.desk.language(context))
                await self._tell_alone(spot.user, words.problem(error))

    async def _conversation(self, message: discord.Message, spot: Spot, me: int) -> tuple[str, str]:
        """What the message goes on with: that of the message of ours that it replies to, that of its thread or direct
        message, else one of its own.

        In a channel each reply begins one of its own as a branch of that of the message, since others reply to it as
        well. The second is what it branches from, "" for nothing.
        """
        own = f"{spot.channel}:{spot.message}"
        is_one_talk = spot.is_thread or not spot.guild
        if (replied := _mine(message.reference, me)) is not None:
            before = await self._before(replied, spot)
            return (before, "") if is_one_talk else (own, before)
        return (str(spot.channel) if is_one_talk else own), ""

    async def _before(self, replied: discord.Message, spot: Spot) -> str:
        """The conversation of a message of ours."""
        made_by = replied.interaction_metadata
        if made_by is not None and made_by.type is discord.InteractionType.application_command:
            return told_by(spot.channel, made_by.user.id, made_by.id)
        return await self._parts.kept.talk(spot.channel, replied.id)

    async def _typing(self, channel: int) -> None:
        """Show that the bot writes, for as long as nothing better is there. Raises DiscordError where it may not write
        at all."""
        try:
            async with asyncio.timeout(TYPING_S):
                await self._parts.rest.typing(channel)
        except TimeoutError:
            log.info("typing not shown", error="timeout")
        except DigestError as error:
            if error.key in _CLOSED:
                raise
            log.info("typing not shown", error=error.key)

    async def _tell_alone(self, user: int, text: str) -> None:
        """In a direct message, where one can be sent."""
        try:
            await self._parts.rest.post(await self._parts.rest.dm(user), notices.said(text))
        except DigestError as error:
            log.info("nobody could be told", error=error.key)

    def _context(self, interaction: Interaction) -> Context:
        # its answer is nobody's thread, but its buttons come back to it
        spot = spot_of_interaction(interaction)
        conversation = told_by(spot.channel, spot.user, interaction.id)
        return self._parts.speakers.of_interaction(interaction, conversation=conversation, is_command=True)

    def _place(
        self, interaction: Interaction, context: Context, *, is_public: bool, below: Sequence[Row] = ()
    ) -> Answering:
        spot = spot_of_interaction(interaction)
        is_public = is_public and not spot.is_hidden
        return Answering(self._parts, spot, context, interaction.token, is_public=is_public, below=below)


def is_for_us(message: discord.Message, me: int) -> bool:
    """Whether a message is said to the bot by a person: what it may read without Discord's privileged intent
    (docs.discord.com/developers/events/gateway, "Message content intent")."""
    if message.author.bot or message.webhook_id or not message.content.strip():
        return False
    if message.type not in (discord.MessageType.default, discord.MessageType.reply):
        return False
    if not guild_of(message):
        return True
    # everybody may be mentioned as well, or a role of ours; neither speaks to us
    is_named = any(int(found[1]) == me for found in _MENTION.finditer(message.content))
    return is_named or _mine(message.reference, me) is not None


def _granted(message: discord.Message) -> discord.Permissions | None:
    """What the bot may do where a message was written, in a direct message all that it needs; None where that is not
    known."""
    guild, channel = message.guild, message.channel
    if not guild_of(message):
        return discord.Permissions.all()  # who writes one takes one
    if guild is None or not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
        return None
    try:
        return channel.permissions_for(guild.me)
    except (discord.ClientException, AttributeError):
        return None  # of the thread's channel or of ourselves Discord has not told


def _needed(spot: Spot) -> discord.Permissions:
    """What it takes to answer there."""
    return discord.Permissions(
        view_channel=True,
        read_message_history=True,
        send_messages=not spot.is_thread,
        send_messages_in_threads=spot.is_thread,
    )


def told_by(channel: int, user: int, interaction: int) -> str:
    """The conversation of what an interaction is answered with."""
    return f"{channel}:{user}:{interaction}"


def _mine(reference: discord.MessageReference | None, me: int) -> discord.Message | None:
    """The message of the bot that it refers to."""
    resolved = reference.resolved if reference is not None else None
    return resolved if isinstance(resolved, discord.Message) and resolved.author.id == me else None


def spoken_to(text: str, me: int) -> str:
    """What was said, without the bot's own mention, and without the command's name that a client took for text."""
    said = _MENTION.sub(lambda found: " " if int(found[1]) == me else found[0], text).strip()
    return _TYPED_COMMAND.sub(lambda found: found[1] or "", said).strip()

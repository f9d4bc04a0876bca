"""Modals: the forms that a button opens, and what is submitted in them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from adapters.chat.answering import answer
from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.buttons import about
from adapters.discord.layout import notices
from adapters.discord.layout.feedback import feedback_modal, judged, lacking
from adapters.discord.layout.forms import filled
from adapters.discord.layout.prefs import chosen, prefs_modal
from adapters.discord.layout.zone import zone_modal, zone_of
from adapters.discord.places import Answering
from adapters.discord.posting import digest_of
from adapters.discord.speakers import spot_of_interaction
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from adapters.chat import Context
    from adapters.chat.port import Scope
    from adapters.discord.parts import Parts

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

AT_ONCE_S: Final = 1.0
"""A form has to be there within three seconds (docs.discord.com/developers/interactions/receiving-and-responding), and
what it is filled with is looked up within this."""

_SCOPES: Final[tuple[Scope, ...]] = ("me", "channel", "server")


def opens_modal(custom_id: str) -> bool:
    """Whether the button opens a form, which takes the place of an acknowledgement."""
    action = actions.action_of(custom_id)
    is_judging = action == actions.FEEDBACK and "#unhelpful" in custom_id.partition("|")[0]
    return is_judging or action in (actions.PREFS, actions.ZONE)


class Modals:
    """Opens forms, and does what is submitted in them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def form(self, interaction: Interaction, custom_id: str) -> discord.ui.Modal:
        """What the button opens. It never raises a DigestError: what cannot be looked up in time is left out."""
        context = self._parts.speakers.of_interaction(interaction, conversation=None)
        words = languages.load(await self._parts.desk.language(context))
        action = actions.action_of(custom_id)
        pressed = await self._pressed(custom_id)
        if action == actions.FEEDBACK:
            return feedback_modal(custom_id, words, await self._sections(pressed, context))
        scope = scope_of(pressed)
        prefs: dict[str, str] = {}
        try:
            async with asyncio.timeout(AT_ONCE_S):
                prefs = dict(await self._parts.desk.preferences(context, scope=scope))
        except (DigestError, TimeoutError) as error:
            log.info("preferences not shown", error=getattr(error, "key", "timeout"))
        if action == actions.ZONE:
            return zone_modal(custom_id, words, scope=scope, tz=prefs.get("tz", ""))
        return prefs_modal(
            custom_id, words, prefs=prefs, repos=self._parts.repos, topics=self._parts.topics, scope=scope
        )

    async def submitted(self, interaction: Interaction, custom_id: str) -> None:
        """Do what a form says; it has been acknowledged as a new message for one person. Raises DiscordError where
        nobody could be told what went wrong."""
        context = self._parts.speakers.of_interaction(interaction, conversation=None)
        words = languages.load(await self._parts.desk.language(context))
        try:
            told = await self._told(interaction, custom_id, context)
        except DigestError as error:
            log.warning("form not carried out", action=actions.action_of(custom_id), error=error.key)
            message = notices.failed(words.problem(error), words, line=None)
            await self._parts.rest.answer(interaction.token, message)
            return
        if told:
            await self._parts.rest.answer(interaction.token, notices.said(told))

    async def _told(self, interaction: Interaction, custom_id: str, context: Context) -> str:
        """What is said about it; "" where that was said already. Raises DigestError."""
        pressed = await self._parts.kept.pressed(custom_id)
        given = filled(interaction.data or {})
        words = languages.load(await self._parts.desk.language(context))
        match actions.action_of(custom_id):
            case actions.FEEDBACK:
                if lacking(given, words):
                    raise BadInput("feedback.number")
                return await self._parts.desk.take(
                    judged(given, replace(pressed, handle=about(pressed))), context
                )
            case actions.PREFS:
                await self._parts.desk.prefer(chosen(given), context, scope=scope_of(pressed))
                return words.text("discord.said.saved")
            case actions.ZONE:
                zone = zone_of(given)
                if not zone:
                    raise BadInput("option.no_value", option="tz")
                await self._parts.desk.prefer({"tz": zone}, context, scope=scope_of(pressed))
                if not pressed.line:
                    return words.text("discord.said.zone", tz=zone)
                await self._again(interaction, pressed.line, zone, context)
                return ""
        raise BadInput("digest.gone")

    async def _again(self, interaction: Interaction, line: str, zone: str, context: Context) -> None:
        """What was asked, with the times of the zone that was chosen."""
        spot = spot_of_interaction(interaction)
        # a digest's line names the zone that it was cut in
        kept = " ".join(word for word in line.split() if not word.startswith("tz:"))
        place = Answering(self._parts, spot, context, interaction.token, is_public=False)
        await answer(
            self._parts.desk,
            place,
            lambda heard: self._parts.desk(f"{kept} tz:{zone}", heard),
            context,
            None,
        )

    async def _pressed(self, custom_id: str) -> Pressed:
        try:
            async with asyncio.timeout(AT_ONCE_S):
                return await self._parts.kept.pressed(custom_id)
        except (DigestError, TimeoutError):  # the form's own submission will tell
            return Pressed()

    async def _sections(self, pressed: Pressed, context: Context) -> list[tuple[str, str]]:
        """Of the digest that the button is of; none for an answer, or where that takes too long."""
        if not (handle := about(pressed)):
            return []
        try:
            async with asyncio.timeout(AT_ONCE_S):
                reply = await self._parts.desk.open(handle, context)
        except (DigestError, TimeoutError):
            return []
        return (
            [] if reply.problem is not None else [(each.id, each.title) for each in digest_of(reply).sections]
        )


def scope_of(pressed: Pressed) -> Scope:
    """Whose settings a button changes."""
    return next((each for each in _SCOPES if each == pressed.section), "me")

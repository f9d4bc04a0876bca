"""Modals: the forms that a button opens, and what is submitted in them."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from adapters.chat.answering import answer
from adapters.chat.pressed import Pressed
from adapters.chat.replies import digest_of
from adapters.discord import actions
from adapters.discord.answering import Answering
from adapters.discord.buttons import about
from adapters.discord.errors import DiscordError
from adapters.discord.layout import notices
from adapters.discord.layout.feedback import feedback_modal, judged, lacking
from adapters.discord.layout.forms import filled, text
from adapters.discord.layout.prefs import chosen, prefs_modal
from adapters.discord.layout.zone import zone_modal, zone_of
from adapters.discord.markdown import block_of_code, escaped
from adapters.discord.messages import Button, Text
from adapters.discord.rezoned import in_zone
from adapters.discord.speakers import spot_of_interaction
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.windows import zone_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat import Context
    from adapters.chat.port import Scope
    from adapters.discord.layout.forms import Filled
    from adapters.discord.messages import Message
    from adapters.discord.parts import Parts
    from summarizer.languages import Language

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

AT_ONCE_S: Final = 1.5
"""A form has to be there within three seconds (docs.discord.com/developers/interactions/receiving-and-responding), and
what it is filled with is looked up within this."""

_SCOPES: Final[tuple[Scope, ...]] = ("me", "channel", "server")
_UNHELPFUL: Final = "unhelpful"


def opens_modal(custom_id: str) -> bool:
    """Whether the button opens a form, which takes the place of an acknowledgement."""
    action = actions.action_of(custom_id)
    if action != actions.FEEDBACK:
        return action in (actions.PREFS, actions.ZONE)
    if custom_id.partition("|")[0] == f"{actions.FEEDBACK}#{_UNHELPFUL}":
        return True
    try:
        return actions.read(custom_id).section == _UNHELPFUL
    except ValueError:
        return False


class Modals:
    """Opens forms, and does what is submitted in them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def form(self, interaction: Interaction, custom_id: str) -> discord.ui.Modal:
        """What the button opens. Raises DigestError where it would open on something else than what holds: a form that
        shows nothing unsets everything once it is sent."""
        until = asyncio.get_running_loop().time() + AT_ONCE_S
        context = self._parts.speakers.of_interaction(interaction, conversation=None)
        speaking = asyncio.ensure_future(self._words(context))  # beside what is looked up; it never fails
        try:
            return await self._filled(custom_id, context, speaking, until)
        finally:
            speaking.cancel()

    async def _filled(
        self, custom_id: str, context: Context, speaking: asyncio.Future[Language], until: float
    ) -> discord.ui.Modal:
        """until: when everything has to be looked up, by the loop's clock."""
        action = actions.action_of(custom_id)
        try:
            async with asyncio.timeout_at(until):
                pressed = await self._parts.kept.pressed(custom_id)
        except TimeoutError:
            raise DiscordError("discord.form_late") from None
        if action == actions.FEEDBACK:
            sections = await self._sections(pressed, context, until)
            return feedback_modal(custom_id, await speaking, sections)
        scope = scope_of(pressed)
        if action == actions.ZONE:
            tz = await self._zone(scope, context, until) or pressed.tz
            return zone_modal(custom_id, await speaking, scope=scope, tz=tz)
        try:
            async with asyncio.timeout_at(until):
                prefs = await self._parts.desk.preferences(context, scope=scope)
                repos = await self._parts.desk.repos(context)  # their names may be nobody's business
        except TimeoutError:
            raise DiscordError("discord.form_late") from None
        return prefs_modal(
            custom_id,
            await speaking,
            prefs=prefs,
            repos=repos,
            topics=self._parts.topics,
            scope=scope,
        )

    async def not_opened(self, interaction: Interaction, error: DigestError) -> None:
        """Say why there is no form; it has been acknowledged as a new message for one person. Raises DiscordError where
        nobody could be told."""
        log.warning("form not opened", error=error.key)
        words = await self._words(self._parts.speakers.of_interaction(interaction, conversation=None))
        await self._parts.rest.answer(
            interaction.token, notices.failed(words.problem(error), words, line=None)
        )

    async def submitted(self, interaction: Interaction, custom_id: str) -> None:
        """Do what a form says; it has been acknowledged as a new message for one person. Raises DiscordError where
        nobody could be told what went wrong."""
        context = self._parts.speakers.of_interaction(interaction, conversation=None)
        words = await self._words(context)
        try:
            told = await self._told(interaction, custom_id, context)
        except DigestError as error:
            log.warning("form not carried out", action=actions.action_of(custom_id), error=error.key)
            told = notices.failed(words.problem(error), words, line=None)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("bug", reference=reference, action=actions.action_of(custom_id))
            told = notices.failed(words.text("chat.said.bug", reference=reference), words, line=None)
        if told is not None:
            await self._parts.rest.answer(interaction.token, told)

    async def _told(self, interaction: Interaction, custom_id: str, context: Context) -> Message | None:
        """What is said about it; None where that was said already. Raises DigestError."""
        pressed = await self._parts.kept.pressed(custom_id)
        given = filled(interaction.data or {})
        words = await self._words(context)
        match actions.action_of(custom_id):
            case actions.FEEDBACK:
                if problem := lacking(given, words):
                    return not_taken(problem, given, pressed, words)
                feedback = judged(given, replace(pressed, handle=about(pressed)))
                return notices.said(await self._parts.desk.take(feedback, context))
            case actions.PREFS:
                await self._parts.desk.prefer(chosen(given), context, scope=scope_of(pressed))
                # in the language that has just been chosen
                return notices.said((await self._words(context)).text("discord.said.saved"))
            case actions.ZONE:
                return await self._zoned(interaction, pressed, given, context)
        raise BadInput("digest.gone")

    async def _zoned(
        self, interaction: Interaction, pressed: Pressed, given: Filled, context: Context
    ) -> Message | None:
        """Set the zone, and answer again what the note about it stood below."""
        zone = zone_of(given)
        if not zone:
            raise BadInput("option.no_value", option="tz")
        await self._parts.desk.prefer({"tz": zone}, context, scope=scope_of(pressed))
        # a choice's number asks nothing where nothing was asked back
        if not pressed.line or pressed.line.strip().isdecimal():
            return notices.said((await self._words(context)).text("discord.said.zone", tz=zone_label(zone)))
        spot, line = spot_of_interaction(interaction), in_zone(pressed.line, zone)
        place = Answering(self._parts, spot, context, interaction.token, is_public=False)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, None)
        return None

    async def _words(self, context: Context) -> Language:
        return languages.load(await self._parts.desk.language(context))

    async def _zone(self, scope: Scope, context: Context, until: float) -> str:
        """That is set; "" for none, or where that cannot be looked up: the form sets nothing that it does not show."""
        prefs: Mapping[str, str] = {}
        try:
            async with asyncio.timeout_at(until):
                prefs = await self._parts.desk.preferences(context, scope=scope)
        except (DigestError, TimeoutError) as error:
            log.info("preferences not shown", error=getattr(error, "key", "timeout"))
        return prefs.get("tz", "")

    async def _sections(self, pressed: Pressed, context: Context, until: float) -> list[tuple[str, str]]:
        """Of the digest that the button is of; none for an answer, or where that takes too long."""
        if not (handle := about(pressed)):
            return []
        try:
            async with asyncio.timeout_at(until):
                reply = await self._parts.desk.open(handle, context)
        except (DigestError, TimeoutError):
            return []
        return (
            [] if reply.problem is not None else [(each.id, each.title) for each in digest_of(reply).sections]
        )


def scope_of(pressed: Pressed) -> Scope:
    """Whose settings a button changes."""
    return next((each for each in _SCOPES if each == pressed.section), "me")


def not_taken(problem: str, given: Filled, pressed: Pressed, language: Language) -> Message:
    """What feedback lacks, with the words that somebody wrote, which Discord keeps no longer than the form is open."""
    message = notices.failed(problem, language, line=None)
    parts = message.parts
    if written := block_of_code(text(given, "reason")[:_SHOWN]):
        parts = (*parts, Text(f"{escaped(language.text('discord.said.you_wrote'))}\n{written}"))
    again = Button(
        language.text("chat.feedback.title"),
        f"{actions.FEEDBACK}#{_UNHELPFUL}",
        Pressed(handle=pressed.handle, section=_UNHELPFUL),
    )
    return replace(message, parts=parts, rows=((again,),))


_SHOWN: Final = 1_000
"""Characters of somebody's own words; as many as the form takes."""

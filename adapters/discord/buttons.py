"""Buttons: what is pressed below a digest or an answer."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import discord
import structlog

from adapters.chat import Context, Feedback
from adapters.chat.answering import answer
from adapters.chat.pressed import Pressed
from adapters.chat.replies import digest_of
from adapters.discord import actions
from adapters.discord.answering import Answering
from adapters.discord.errors import Ambiguous
from adapters.discord.layout import digest as layout
from adapters.discord.layout import notices
from adapters.discord.messages import NOTHING, Button
from adapters.discord.shown import went_to
from adapters.discord.speakers import EXTERNAL, Spot, is_ephemeral, spot_of_interaction
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.chat import Reply
    from adapters.discord.messages import File, Message
    from adapters.discord.parts import Parts

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

SHARED_S: Final = 30
_ASKING: Final = (actions.REFRESH, actions.RETRY, actions.ASK, actions.CHOOSE, actions.OFFER)

_IN_PLACE: Final = (actions.PAGE, actions.REFRESH, actions.RETRY)
"""What changes the message that it stands below, whoever reads it."""

_IN_PLACE_ALONE: Final = (*_IN_PLACE, actions.OTHER_LANGUAGE, actions.CHOOSE, actions.SHARE)
"""The same where one person alone reads the message. What is shared comes as a message of its own."""

_FOR_ALL: Final = (actions.ASK, actions.CHOOSE)
"""What is answered to all who read the message."""


@dataclass(frozen=True, slots=True)
class Press:
    """A button that somebody pressed. is_alone: whether the message is seen by them alone. is_in_place: whether what
    answers it takes the message's place."""

    action: str
    custom_id: str
    spot: Spot
    token: str
    interaction: int
    context: Context
    is_alone: bool
    is_in_place: bool
    pressed: Pressed = NOTHING

    @property
    def says_nothing(self) -> bool:
        """Whether it asks for a line that it does not carry, as one of another version may."""
        has_line = bool(self.pressed.line.strip())
        return not has_line and (
            self.action in _ASKING or (self.action == actions.SHARE and not self.pressed.handle)
        )


async def acknowledge(interaction: Interaction, custom_id: str) -> None:
    """Say that it was pressed; what follows may take its time. Raises discord.HTTPException."""
    action = actions.action_of(custom_id)
    if _is_in_place(interaction, action):
        await interaction.response.defer()
    else:
        is_for_all = action in _FOR_ALL and not is_ephemeral(interaction)
        await interaction.response.defer(ephemeral=not is_for_all, thinking=True)


def _is_in_place(interaction: Interaction, action: str) -> bool:
    # a direct message is read by one person, but what stands there is theirs to keep
    return action in (_IN_PLACE_ALONE if is_ephemeral(interaction) else _IN_PLACE)


class Buttons:
    """Does what each button says."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._doing: Mapping[str, Callable[[Press], Awaitable[None]]] = {
            actions.DETAILS: self._page,
            actions.PAGE: self._page,
            actions.SHARE: self._share,
            actions.FULL: self._full,
            actions.THREAD: self._thread,
            actions.OTHER_LANGUAGE: self._other_language,
            actions.COPY: self._copy,
            actions.REFRESH: self._refresh,
            actions.RETRY: self._again,
            actions.ASK: self._again,
            actions.CHOOSE: self._again,
            actions.OFFER: self._again,
            actions.FEEDBACK: self._helpful,
        }

    async def __call__(self, interaction: Interaction, custom_id: str) -> None:
        """Do it; the interaction has been acknowledged. custom_id: of a menu that of the option that was chosen.

        Raises DiscordError where nobody could be told what went wrong.
        """
        action = actions.action_of(custom_id)
        doing = self._doing.get(action)
        if doing is None:
            log.warning("button of another version", action=action)
            doing = self._unknown
        press = Press(
            action,
            custom_id,
            spot_of_interaction(interaction),
            interaction.token,
            interaction.id,
            self._parts.speakers.of_interaction(interaction, conversation=None),
            is_ephemeral(interaction),
            _is_in_place(interaction, action),
        )
        try:
            pressed = await self._parts.kept.pressed(custom_id)
            # an answer's buttons name the conversation that it is part of
            is_talk = pressed.handle.split(":")[0] == str(press.spot.channel)
            conversation = pressed.handle if is_talk else None
            if pressed.lang not in ("", *languages.codes()):
                pressed = replace(pressed, lang="")
            press = replace(press, pressed=pressed, context=replace(press.context, conversation=conversation))
            if press.says_nothing:
                raise BadInput("digest.gone")  # which tells as well what to do
            await doing(press)
        except DigestError as error:
            log.warning("button not carried out", action=press.action, error=error.key)
            await self._say(press, f"errors.{error.key}", **error.values)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("bug", reference=reference, action=press.action)
            await self._say(press, "chat.said.bug", reference=reference)

    async def _unknown(self, _press: Press) -> None:
        raise BadInput("digest.gone")

    async def _opened(self, press: Press, lang: str | None = None) -> Reply:
        """The digest that the button is of. Raises the problem if it cannot be opened."""
        reply = await self._parts.desk.open(press.pressed.handle, press.context, lang=lang)
        if reply.problem is not None:
            raise reply.problem
        return reply

    async def _asked(self, line: str, context: Context) -> Reply:
        """The answer to a button's line. Raises the problem if there is none."""
        reply = await self._parts.desk(line, context)
        if reply.problem is not None:
            raise reply.problem
        return reply

    async def _page(self, press: Press) -> None:
        reply = await self._opened(press)
        message = await asyncio.to_thread(
            layout.page,
            digest_of(reply),
            languages.load(reply.lang),
            handle=reply.handle,
            page=press.pressed.page,
        )
        await self._show(press, message)

    async def _share(self, press: Press) -> None:
        # a digest is the one that they saw, whatever has happened since; an answer is kept by nobody
        reply = await (
            self._opened(press) if press.pressed.handle else self._asked(press.pressed.line, press.context)
        )
        # two presses are one: who saw nothing happen presses again
        what = f"discord share {press.spot.channel} {press.pressed.handle or press.pressed.line}"
        if not await self._parts.handled.claim(what, SHARED_S):
            if not press.is_in_place:  # there something waits to be filled
                await self._say(press, "chat.said.posted")
            return
        place = Answering(self._parts, press.spot, press.context, press.token, is_public=False)
        try:
            await place.share(reply)
        except Ambiguous:  # it may be there
            raise
        except DigestError:
            await self._parts.handled.release(what)
            raise
        await self._say(press, "chat.said.posted")

    async def _full(self, press: Press) -> None:
        reply = await self._opened(press)
        words = languages.load(reply.lang)
        file = await asyncio.to_thread(layout.report_file, digest_of(reply), words)
        await self._show(press, notices.said(words.text("discord.said.report")), (file,))

    async def _thread(self, press: Press) -> None:
        if press.context.team == EXTERNAL:  # among people where the bot may answer and do nothing else
            await self._full(press)
            return
        reply = await self._opened(press)
        thread, is_new = await self._parts.posting.unfold(press.spot.channel, press.spot.message, reply)
        # who writes there goes on from the digest
        below = replace(press.context, conversation=str(thread))
        try:
            await self._parts.desk.remember(reply.line, below)
        except DigestError as error:
            log.warning("thread not remembered", error=error.key)
        words = languages.load(await self._parts.desk.language(press.context))
        told = notices.said(words.text("discord.said.thread" if is_new else "discord.said.in_thread"))
        url = f"https://discord.com/channels/{press.spot.guild or '@me'}/{thread}"
        there = Button(words.text("discord.said.open_thread"), url=url)
        await self._show(press, replace(told, rows=((there,),)))

    async def _other_language(self, press: Press) -> None:
        """In its place where nobody else reads the message, else only to who pressed."""
        lang = press.pressed.lang or None
        await self._answered(
            press, lambda heard: self._parts.desk.open(press.pressed.handle, heard, lang=lang)
        )

    async def _copy(self, press: Press) -> None:
        reply = await self._opened(press)
        message = await asyncio.to_thread(layout.copied, digest_of(reply), languages.load(reply.lang))
        await self._show(press, message)

    async def _again(self, press: Press) -> None:
        """Answer the button's line: of a failure in its place, else as a message of its own."""
        # what was typed as a command is one when it is tried again, and nothing else is offered
        is_command = (press.is_alone and press.action == actions.RETRY) or press.action == actions.OFFER
        context = replace(press.context, is_command=is_command)
        line = press.pressed.line
        await self._answered(
            replace(press, context=context), lambda heard: self._parts.desk(line, heard), line
        )

    async def _refresh(self, press: Press) -> None:
        """Bring a digest up to now in its place. A post that others read stays as it is until then."""
        press = replace(press, context=replace(press.context, as_written=True))
        if press.is_alone:
            await self._again(press)
            return
        reply = await self._asked(press.pressed.line, press.context)
        message, files = await self._parts.posting.composed(reply)
        await self._parts.rest.answer(press.token, message, files=files)
        await went_to(self._parts, press.spot, press.context, reply, press.spot.message)

    async def _helpful(self, press: Press) -> None:
        if press.pressed.section != "helpful":
            raise BadInput("digest.gone")
        thanks = await self._parts.desk.take(Feedback("helpful", about=about(press.pressed)), press.context)
        await self._show(press, notices.said(thanks))

    async def _answered(
        self, press: Press, ask: Callable[[Context], Awaitable[Reply]], line: str | None = None
    ) -> None:
        is_public = not press.is_alone and (press.is_in_place or press.action in _FOR_ALL)
        place = Answering(self._parts, press.spot, press.context, press.token, is_public=is_public)
        await answer(self._parts.desk, place, ask, press.context, line)

    async def _say(self, press: Press, key: str, **values: object) -> None:
        """A sentence of ours, in the language of who pressed, whichever the digest's is; the message that was pressed
        stays as it is."""
        words = languages.load(await self._parts.desk.language(press.context))
        message = notices.said(words.text(key, **values))
        if press.is_in_place:
            await self._parts.rest.follow_up(press.token, message, only_me=True)
        else:
            await self._parts.rest.answer(press.token, message)

    async def _show(self, press: Press, message: Message, files: tuple[File, ...] = ()) -> None:
        """In the place that Discord keeps for it."""
        await self._parts.rest.answer(press.token, message, files=files)


def about(pressed: Pressed) -> str:
    """The digest that feedback is on, "" for an answer, whose buttons name its conversation: "123:456"."""
    return "" if pressed.handle.split(":")[0].isdecimal() else pressed.handle

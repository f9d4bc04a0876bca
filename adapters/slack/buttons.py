"""Buttons: what is pressed below a digest or an answer."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.chat import Context, Feedback
from adapters.chat.answering import answer
from adapters.chat.pressed import Pressed
from adapters.chat.replies import asked_anew, digest_of
from adapters.slack import actions
from adapters.slack.client import Slack
from adapters.slack.errors import Ambiguous, SlackError
from adapters.slack.layout import notices
from adapters.slack.modals import AT_ONCE_S, show_feedback, show_pages, turn
from adapters.slack.places import Direct, InChannel, OnlyMe
from adapters.slack.response import ResponseUrl
from adapters.slack.speakers import Spot, at, for_all, spot_of_interaction
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from adapters.chat import Reply
    from adapters.slack.blocks import Message
    from adapters.slack.offers import Offers
    from adapters.slack.parts import Parts

log = structlog.get_logger()

SHARED_S: Final = 30

_ASKING: Final = (actions.REFRESH, actions.RETRY, actions.ASK, actions.CHOOSE, actions.OFFER)


@dataclass(frozen=True, slots=True)
class Press:
    """A button that somebody pressed. is_ephemeral: whether the message is seen by them alone. url: takes an answer for
    them alone; None in a view."""

    action: str
    pressed: Pressed
    spot: Spot
    slack: Slack
    context: Context
    is_ephemeral: bool
    url: ResponseUrl | None
    body: Mapping[str, Any]

    @property
    def says_nothing(self) -> bool:
        """Whether it asks for a line that it does not carry, as one of another version may."""
        action, has_line = self.action.partition("#")[0], bool(self.pressed.line.strip())
        return not has_line and (action in _ASKING or (action == actions.SHARE and not self.pressed.handle))

    @property
    def is_mine(self) -> bool:
        """Whether the message is read by who pressed alone, and so may change for them."""
        return self.is_ephemeral or self.spot.is_dm


class Buttons:
    """Does what each button says."""

    def __init__(self, parts: Parts, offers: Offers) -> None:
        self._parts = parts
        self._doing: Mapping[str, Callable[[Press], Awaitable[None]]] = {
            actions.DETAILS: self._details,
            actions.PAGE: self._page,
            actions.SEND_ALL: self._send_all,
            actions.SHARE: self._share,
            actions.FULL: self._full,
            actions.THREAD: self._thread,
            actions.OTHER_LANGUAGE: self._other_language,
            actions.COPY: self._copy,
            actions.REFRESH: self._refresh,
            actions.RETRY: self._again,
            actions.ASK: self._again,
            actions.CHOOSE: self._again,
            actions.OFFER: offers,
            actions.FEEDBACK: self._feedback,
        }

    async def __call__(self, body: Mapping[str, Any]) -> None:
        """See `Doing`. Raises SlackError where nobody could be told what went wrong."""
        action = body["actions"][0]
        doing = self._doing.get(action["action_id"].partition("#")[0])
        if doing is None:
            return  # a link, which Slack tells of as well
        spot = spot_of_interaction(body)
        try:
            # of a menu it is what was chosen in it
            pressed = actions.load(action.get("value") or (action.get("selected_option") or {})["value"])
        except (KeyError, ValueError):
            log.warning("button of another version", action=action["action_id"])
            pressed = Pressed()
        if pressed.lang not in ("", *languages.codes()):
            pressed = replace(pressed, lang="")
        # an answer's buttons name the conversation that it is part of
        conversation = pressed.handle if pressed.handle.startswith(spot.channel + ":") else None
        slack, context = await at(self._parts, spot, conversation=conversation)
        container = body.get("container") or {}
        given = body.get("response_url")
        press = Press(
            action["action_id"],
            pressed,
            spot,
            slack,
            context,
            bool(container.get("is_ephemeral")),
            self._parts.response_url(given) if given else None,
            body,
        )
        try:
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

    async def _opened(self, press: Press, context: Context | None = None, lang: str | None = None) -> Reply:
        """The digest that the button is of. Raises the problem if it cannot be opened."""
        handle = press.pressed.handle
        reply = await self._parts.desk.open(handle, context or press.context, lang=lang)
        if reply.problem is not None and not press.spot.channel:
            # a view is read by one person, who may have opened it in a direct message
            reply = await self._parts.desk.open(handle, replace(press.context, team=""), lang=lang)
        if reply.problem is not None:
            raise reply.problem
        return reply

    async def _asked(self, line: str, context: Context) -> Reply:
        """The answer to a button's line. Raises the problem if there is none."""
        reply = await self._parts.desk(line, context)
        if reply.problem is not None:
            raise reply.problem
        return reply

    async def _details(self, press: Press) -> None:
        lang = await self._parts.desk.language(press.context)
        await show_pages(press.slack, press.body["trigger_id"], lambda: self._opened(press), lang)

    async def _page(self, press: Press) -> None:
        await turn(press.slack, press.body["view"], await self._opened(press), press.pressed.page)

    async def _send_all(self, press: Press) -> None:
        reply = await self._opened(press)
        channel = await press.slack.dm(press.spot.user)
        await self._parts.posting(press.slack).everything(channel, reply)
        await self._say(press, "chat.said.sent_to_you")

    async def _share(self, press: Press) -> None:
        context = await for_all(press.slack, press.spot, press.context)
        spot = replace(press.spot, ts="", thread_ts="")
        place = InChannel(self._parts, press.slack, spot, context)
        # a digest is the one that they saw, whatever has happened since; an answer is kept by nobody
        reply = await (
            self._opened(press, context) if press.pressed.handle else self._asked(press.pressed.line, context)
        )
        # two presses are one: who saw nothing happen presses again
        what = f"slack share {press.slack.team} {spot.channel} {press.pressed.handle or press.pressed.line}"
        if not await self._parts.handled.claim(what, SHARED_S):
            return
        try:
            await place.reply(replace(reply, in_channel=True))
        except Ambiguous:  # it may be there
            raise
        except DigestError:
            await self._parts.handled.release(what)
            raise
        await self._say(press, "chat.said.posted")

    async def _full(self, press: Press) -> None:
        context = press.context if press.is_mine else await for_all(press.slack, press.spot, press.context)
        reply = await self._opened(press, context)
        posting = self._parts.posting(press.slack)
        if press.is_ephemeral:
            await posting.attach(await press.slack.dm(press.spot.user), reply)
            await self._say(press, "chat.said.sent_to_you")
        elif not await posting.attach_once(
            press.spot.channel, press.spot.ts, reply, thread_ts=press.spot.thread_ts
        ):
            await self._say(press, "chat.said.attached")

    async def _thread(self, press: Press) -> None:
        context = await for_all(press.slack, press.spot, press.context)
        reply = await self._opened(press, context)
        posting = self._parts.posting(press.slack)
        spot = press.spot
        if not await posting.unfold(spot.channel, spot.ts, reply, thread_ts=spot.thread_ts):
            await self._say(press, "chat.said.in_thread")

    async def _other_language(self, press: Press) -> None:
        """In its place where nobody else reads the message, else only to who pressed."""
        place = self._only_me(press)
        if press.is_ephemeral or press.url is None:
            await answer(
                self._parts.desk,
                place,
                lambda heard: self._parts.desk.open(press.pressed.handle, heard, lang=press.pressed.lang),
                press.context,
                None,
            )
            return
        reply = await self._opened(press, lang=press.pressed.lang)
        words = languages.load(reply.lang)
        if press.spot.is_dm:
            posting = self._parts.posting(press.slack)
            await posting.post(press.spot.channel, reply, instead_of=press.spot.ts)
            return
        message = await self._parts.laid_out.get(
            digest_of(reply), words, handle=reply.handle, line=asked_anew(reply)
        )
        await press.url.beside(message)

    async def _copy(self, press: Press) -> None:
        reply = await self._opened(press)
        words = languages.load(reply.lang)
        await self._show(press, notices.copied(digest_of(reply), words))

    async def _again(self, press: Press) -> None:
        """Answer the button's line where its message is: of a failure in its place, else below it."""
        line = press.pressed.line
        place: InChannel | OnlyMe
        is_retry = press.action.partition("#")[0] == actions.RETRY
        # what was typed as a command is one when it is tried again
        context = replace(press.context, is_command=press.is_ephemeral and is_retry)
        if press.is_ephemeral:
            place = self._only_me(press)
        elif press.spot.is_dm:
            place = Direct(self._parts, press.slack, press.spot, context)
        else:
            context = await for_all(press.slack, press.spot, context)
            place = InChannel(self._parts, press.slack, press.spot, context)
        if is_retry and isinstance(place, InChannel):
            place.goes_in_place_of(press.spot.ts)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)

    async def _refresh(self, press: Press) -> None:
        """Bring a digest up to now in its place. A post that others read stays as it is until then."""
        press = replace(press, context=replace(press.context, as_written=True))
        if press.is_ephemeral:
            await self._again(press)
            return
        context = await for_all(press.slack, press.spot, press.context)
        reply = await self._asked(press.pressed.line, context)
        posting = self._parts.posting(press.slack)
        await posting.post(press.spot.channel, reply, instead_of=press.spot.ts)

    async def _feedback(self, press: Press) -> None:
        # an answer's handle is its conversation, which is no digest
        about = "" if press.pressed.handle == press.context.conversation else press.pressed.handle
        if press.pressed.section == "helpful":
            thanks = await self._parts.desk.take(Feedback("helpful", about=about), press.context)
            await self._tell(press, thanks)
            return
        lang = await self._parts.desk.language(press.context)
        value = actions.dump(replace(press.pressed, handle=about))
        await show_feedback(press.slack, press.body["trigger_id"], value, lang, await self._sections(press))

    async def _sections(self, press: Press) -> list[tuple[str, str]]:
        """Of the digest that the button is of; none for an answer, or where that takes longer than a trigger lives."""
        if not press.pressed.handle or press.pressed.handle == press.context.conversation:
            return []
        try:
            async with asyncio.timeout(AT_ONCE_S):
                digest = digest_of(await self._opened(press))
        except (DigestError, TimeoutError):
            return []
        return [(each.id, each.title) for each in digest.sections]

    def _only_me(self, press: Press) -> OnlyMe:
        if press.url is None:
            raise SlackError("slack.expired")
        return OnlyMe(self._parts, press.slack, press.spot, press.context, press.url)

    async def _say(self, press: Press, key: str, **values: object) -> None:
        """A sentence of ours, in the language of who pressed, whichever the digest's is."""
        words = languages.load(await self._parts.desk.language(press.context))
        await self._tell(press, words.text(key, **values))

    async def _tell(self, press: Press, text: str) -> None:
        await self._show(press, notices.said(text))

    async def _show(self, press: Press, message: Message) -> None:
        """To who pressed alone, beside the message."""
        if press.url is not None:
            await press.url.beside(message)
        else:
            await press.slack.post(await press.slack.dm(press.spot.user), message)

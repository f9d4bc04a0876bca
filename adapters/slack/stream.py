"""Streams: an answer that is seen growing. Whatever becomes of the stream, the whole text is there in the end.

docs.slack.dev/reference/methods/chat.startStream, chat.appendStream, chat.stopStream. The SDK's own helper buffers as
well, but keeps no pace, and leaves a stream that Slack has closed to its caller.
"""

from __future__ import annotations

import time
from contextlib import suppress
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.slack import tiers
from adapters.slack.blocks import Message
from adapters.slack.errors import BlocksRefused, RateLimited, SlackError
from adapters.slack.sending import shortened

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from adapters.slack.api import Api
    from adapters.slack.blocks import Block

log = structlog.get_logger()

MOST: Final = 12_000
"""Characters of a call's Markdown (docs.slack.dev/reference/methods/chat.appendStream), and of all Markdown of a
message (docs.slack.dev/reference/block-kit/blocks/markdown-block), which it is when it must be written anew."""

PIECE: Final = 200
EVERY_S: Final = 0.5
"""What is collected before it is shown: so many characters, or what came within so many seconds."""

ANEW_S: Final = 3.0
"""The same where the whole message is written anew each time, since Slack has closed the stream."""

CLOSED: Final = "message_not_in_streaming_state"
"""Slack's code for a stream that it has closed, after some five minutes (slackapi/python-slack-sdk #1859)."""

OPEN: Final = "streaming_state_conflict"
"""The same for a message that cannot be written anew yet (docs.slack.dev/reference/methods/chat.update)."""


class _State(Enum):
    WAITING = auto()  # nothing is shown yet
    OPEN = auto()
    CLOSED = auto()  # by Slack; the message can be written anew
    UNSURE = auto()  # what it shows is not known; it is written anew at the end
    NEVER = auto()  # there is no stream to be had; the text comes as a message at the end
    OVER = auto()


class Stream:
    """One answer. Text that was given is in the answer, also if the call that gave it was cancelled."""

    def __init__(
        self,
        api: Api,
        post: Callable[[Message, Mapping[str, Any] | None], Awaitable[str]],
        *,
        channel: str,
        thread_ts: str,
        team: str,
        user: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """post: posts a message in the thread and returns its ts."""
        self._api = api
        self._post = post
        self._channel = channel
        self._thread_ts = thread_ts
        self._recipient = (team or None, user or None)
        self._clock = clock
        self._state = _State.WAITING
        self._ts = ""
        self._text = ""
        self._shown = 0  # characters of the text
        self._is_full = False
        self._next = 0.0  # when so little is worth a call

    async def append(self, markdown: str) -> str:
        """More of the answer, in Slack's Markdown; returns what has no room any more, for another message.

        Raises SlackError where nothing at all can be said there.
        """
        if self._is_full or self._state is _State.OVER:
            return markdown
        taken, left = _fitting(markdown, MOST - len(self._text))
        self._text += taken
        self._is_full = bool(left)
        fresh = len(self._text) - self._shown
        if fresh and (self._clock() >= self._next or (fresh >= PIECE and self._state is not _State.CLOSED)):
            await self._show()
        return left

    async def stop(self, blocks: Sequence[Block] = (), metadata: Mapping[str, Any] | None = None) -> str:
        """Close the answer with blocks below it; its ts, or "" if there was nothing to say. A second time changes
        nothing, unless the first failed. Raises SlackError.
        """
        state, self._state = self._state, _State.OVER
        if state in (_State.WAITING, _State.NEVER):  # it is short, or could not be streamed
            if self._text or blocks:
                self._ts = await self._post(self._as_message(blocks), metadata)
        elif state is not _State.OVER:
            self._state = _State.UNSURE  # should this fail, it may be tried again
            if state is _State.OPEN:
                await self._stop_open(blocks, metadata)
            else:
                await self._write_anew(blocks, metadata)
            self._state = _State.OVER
        return self._ts

    async def _show(self) -> None:
        upto = len(self._text)
        self._next = self._clock() + (ANEW_S if self._state is _State.CLOSED else EVERY_S)
        try:
            if self._state is _State.WAITING:
                await self._start()
            elif self._state is _State.OPEN:
                await self._call("chat.appendStream", markdown_text=self._text[self._shown : upto])
            elif self._state is _State.CLOSED:
                message = self._as_message(())
                await self._call("chat.update", blocks=list(message.blocks), text=message.text)
            self._shown = upto
        except RateLimited:  # others are being answered as well; it is shown with what comes next
            pass
        except SlackError as error:
            self._failed(error)
        except BaseException:  # cancelled on its way
            self._state = _State.UNSURE if self._ts else _State.NEVER
            raise

    async def _start(self) -> None:
        team, user = self._recipient
        answer = await self._api.call(
            "chat.startStream",
            channel=self._channel,
            thread_ts=self._thread_ts,
            recipient_team_id=team,
            recipient_user_id=user,
            markdown_text=self._text,
            most_wait_s=0.0,
        )
        self._ts = str(answer.data.get("ts") or "")
        self._state = _State.OPEN if self._ts else _State.NEVER

    def _failed(self, error: SlackError) -> None:
        """Go on some other way. Raises the error where nothing would come through either."""
        log.info("slack stream", error=error.key, reason=error.values.get("error"))
        if not self._ts:
            if error.key not in ("slack.refused", "slack.ambiguous", "slack.unreachable", "slack.no_dm"):
                raise error
            self._state = _State.NEVER
        elif _code(error) == CLOSED:
            self._state = _State.CLOSED
            self._next = self._clock()  # what was refused is missing now
        elif self._state is _State.OPEN:
            self._state = _State.UNSURE

    async def _stop_open(self, blocks: Sequence[Block], metadata: Mapping[str, Any] | None) -> None:
        left = self._text[self._shown :] or None
        try:
            await self._end(markdown_text=left, blocks=list(blocks) or None, metadata=metadata)
        except BlocksRefused as error:
            log.warning("slack refused blocks", method="chat.stopStream", error=error.values["error"])
            await self._end(markdown_text=left, metadata=metadata)
        except SlackError as error:
            if error.key not in ("slack.refused", "slack.ambiguous"):
                raise
            log.info("slack stream", error=error.key, reason=error.values.get("error"))
            await self._write_anew(blocks, metadata)

    async def _write_anew(self, blocks: Sequence[Block], metadata: Mapping[str, Any] | None) -> None:
        """Have the message show the whole text, whatever it shows now. Raises SlackError."""
        message, tries = self._as_message(blocks), 4
        shapes: list[dict[str, object]] = [
            {"blocks": list(message.blocks), "text": message.text},
            {"markdown_text": self._text or "…"},
            {"blocks": [], "text": message.text},
        ]
        while True:
            with suppress(SlackError):  # an open stream is not written anew; most are closed already
                await self._end()
            tries -= 1
            try:
                await self._call("chat.update", most_wait_s=tiers.PERSON_S, metadata=metadata, **shapes[0])
            except BlocksRefused as error:
                log.warning("slack refused blocks", method="chat.update", error=error.values["error"])
                if not tries or len(shapes) == 1:
                    raise
                del shapes[0]
            except SlackError as error:
                if not tries or _code(error) != OPEN:
                    raise
            else:
                return

    async def _end(self, **params: object) -> None:
        await self._call("chat.stopStream", most_wait_s=tiers.PERSON_S, **params)

    async def _call(self, method: str, *, most_wait_s: float = 0.0, **params: object) -> None:
        await self._api.call(method, channel=self._channel, ts=self._ts, most_wait_s=most_wait_s, **params)

    def _as_message(self, blocks: Sequence[Block]) -> Message:
        """The whole text with blocks below it, as one message."""
        said = ({"type": "markdown", "text": self._text},) if self._text else ()
        text = shortened(_inert(self._text)) if self._text.strip() else "…"  # Slack wants one beside blocks
        return Message(blocks=(*said, *blocks), text=text)


def _fitting(markdown: str, room: int) -> tuple[str, str]:
    """What fits and what is left: whole lines, so that nothing is cut in a sentence or a link."""
    if len(markdown) <= room:
        return markdown, ""
    cut = markdown.rfind("\n", 0, max(room, 0)) + 1
    return markdown[:cut], markdown[cut:]


def _inert(markdown: str) -> str:
    """Text beside blocks is read as mrkdwn, in which angle brackets would be alive."""
    return markdown.replace("<", "&lt;").replace(">", "&gt;")


def _code(error: SlackError) -> object:
    return error.values.get("error")

"""Growing: an answer that is streamed into a direct message while it is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from adapters.slack.rich import slack_markdown
from adapters.slack.stream import EVERY_S, MOST
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.blocks import Block
    from adapters.slack.client import Slack
    from adapters.slack.speakers import Spot
    from adapters.slack.stream import Stream

log = structlog.get_logger()


class Growing:
    """One streamed reply. What was shown is never taken back, so only whole blocks of Markdown and whole items of its
    last list are shown."""

    def __init__(self, slack: Slack, spot: Spot, thread_ts: str, links: Sequence[str]) -> None:
        """links: what the addresses of links begin with that may be shown."""
        self._slack = slack
        self._spot = spot
        self._thread_ts = thread_ts
        self._links = links
        self._wanted = ""
        self._shown = ""
        self._stream: Stream | None = None
        self._failed = self._is_over = self._is_full = False
        self._used = 0  # characters
        self._moved = asyncio.Event()
        self._task = asyncio.create_task(self._follow(), name="slack stream")

    def show(self, text: str) -> None:
        """Markdown so far, of which the last block may still grow; a list does so by whole items."""
        whole = _whole(text)
        if whole.startswith(self._shown) and len(whole) > len(self._wanted):
            self._wanted = whole
            self._moved.set()

    async def finish(self, text: str, blocks: Sequence[Block]) -> str:
        """Show what is missing of the whole text, and close with the blocks; returns the Markdown that had no room.

        Raises SlackError.
        """
        await self._rest()
        if self._stream is not None and not self._failed and text.startswith(self._shown):
            if not self._is_full:
                await self._append(text)
            if self._shown:
                await self._stream.stop(blocks)
                return text[len(self._shown) :]
        await self.stop()
        return text

    async def stop(self) -> None:
        """Close it as it is."""
        await self._rest()
        if self._stream is not None and not self._failed and self._shown:
            await self._stream.stop()
        self._stream = None

    async def _append(self, text: str) -> None:
        """Show the text up to there, or nothing more where that has no room in one message."""
        if self._stream is None:
            self._stream = await self._slack.stream(
                self._spot.channel, self._thread_ts, team=self._spot.team, user=self._spot.user
            )
        fresh = text[len(self._shown) :]
        body = fresh.lstrip("\n")
        new = fresh[: len(fresh) - len(body)] + slack_markdown(body, repo_urls=self._links)
        if self._used + len(new) > MOST:
            self._is_full = True
            return
        await self._stream.append(new)
        self._used += len(new)
        self._shown = text

    async def _rest(self) -> None:
        """Let what is on its way arrive: cancelled, nobody would know whether it has."""
        self._is_over = True
        self._moved.set()
        await asyncio.wait((self._task,))

    async def _has_moved(self) -> bool:
        try:
            async with asyncio.timeout(EVERY_S):
                return await self._moved.wait()
        except TimeoutError:
            return False

    async def _follow(self) -> None:
        try:
            while not self._is_over and not self._is_full:
                if await self._has_moved():
                    self._moved.clear()
                    await self._append(self._wanted)
                elif self._stream is not None:
                    await self._stream.append("")  # what it has collected, should the model think long
        except DigestError as error:
            log.info("answer not streamed", error=error.key)
            self._failed = True


def _whole(text: str) -> str:
    """The text up to where nothing of it can change any more."""
    end = text.rfind("\n\n") + 2 if "\n\n" in text else 0
    last = text[end:].splitlines(keepends=True)
    if last and all(line.startswith("- ") for line in last):
        end += sum(len(line) for line in last if line.endswith("\n"))
    return text[:end]

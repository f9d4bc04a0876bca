"""Courier: posts what people subscribed to, over the Web API alone, so that any process can. See
`adapters.chat.delivering.Courier`.

Where a message stands is its channel and its ts; of a file, whose message Slack makes some time later, it is the file's
id.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.delivering import Destination, Sent
from adapters.chat.parts import SENT_S
from adapters.slack import tiers
from adapters.slack.api import open_session
from adapters.slack.client import Slack
from adapters.slack.composing import Composing, content_of
from adapters.slack.errors import Ambiguous, SlackError
from adapters.slack.layout import notices
from adapters.slack.layout.digest import report_file, report_name
from adapters.slack.looking import GONE, Looking
from adapters.slack.marks import metadata_of
from adapters.slack.pacing import Pacing
from adapters.slack.posting import part_name, uploaded_chart
from adapters.slack.remembered import Remembered
from adapters.slack.rooms import Rooms
from adapters.slack.undelivered import NO_FILES, unchanged, undelivered, unseen
from adapters.slack.workspaces import workspaces_of
from summarizer import languages
from summarizer.errors import BadInput, DigestError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from adapters.chat.delivering import Mark, Part, Post
    from adapters.chat.work import Handled
    from adapters.slack.access import Access
    from adapters.slack.blocks import Message
    from adapters.slack.composing import Content
    from adapters.slack.installs import Workspaces
    from adapters.slack.pacing import Pace
    from adapters.slack.posting import Chart
    from adapters.store import Store
    from summarizer.digests import Digest

log = structlog.get_logger()

CHART_S: Final = 1800.0
"""How long a chart's file is shown again in a workspace: in further channels, and where a post is tried again."""
NO_CHART_S: Final = 60.0
"""How long posts go without one there after that failed."""
DRAWN_S: Final = 20.0
"""How long a post waits for its chart."""


class SlackCourier:
    """Posts in all workspaces."""

    def __init__(
        self,
        workspaces: Workspaces,
        *,
        handled: Handled,
        chart: Chart,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """clock: a steady one, for what is remembered."""
        self._workspaces = workspaces
        self._handled = handled
        self._chart = chart
        self._composing = Composing()
        self._rooms = Rooms(clock)
        self._looking = Looking(clock)
        self._charts: Remembered[str | None] = Remembered(200, clock)

    async def parts(self, post: Post, at: Destination) -> Sequence[Part]:
        """See `Courier.parts`."""
        del at  # it is the same everywhere
        return await self._composing(post)

    async def send(self, part: Part, at: Destination, mark: Mark, below: Sent | None) -> Sent:
        """See `Courier.send`. Where no files are taken, a line in the place of the report says so."""
        content = content_of(part)
        try:
            slack, channel, thread = await self._spot(at, below)
            if content.report is not None:
                message = await self._attached(slack, content.report, channel, thread, mark)
            else:
                drawn = await self._drawn(slack, content)
                message = await _posted(slack, drawn, channel, thread, mark)
        except DigestError as error:
            raise undelivered(error) from None
        await self._claim(slack, content, below)
        return Sent(channel, message, thread or message)

    async def find(
        self, part: Part, at: Destination, mark: Mark, below: Sent | None, since: datetime
    ) -> Sent | None:
        """See `Courier.find`. A message of another revision is that part as well, and can be edited."""
        content = content_of(part)
        try:
            slack, channel, thread = await self._spot(at, below)
            found = await self._looking.find(
                slack,
                channel,
                thread,
                mark,
                file=report_name(content.report) if content.report is not None else "",
                since=since.timestamp(),
            )
        except DigestError as error:
            raise unseen(error) from None
        if not found:
            return None
        await self._claim(slack, content, below)
        return Sent(channel, found, thread or found)

    async def edit(self, part: Part, at: Destination, mark: Mark, sent: Sent) -> None:
        """See `Courier.edit`. A report stays what it is: that of another revision is another part."""
        content = content_of(part)
        if content.report is not None:
            return
        try:
            slack = await self._client(at)
            message = await self._drawn(slack, content)
            await slack.update(sent.channel, sent.message, message, metadata=metadata_of(mark))
        except DigestError as error:
            raise unchanged(error) from None

    async def delete(self, at: Destination, sent: Sent) -> None:
        """See `Courier.delete`."""
        try:
            slack = await self._client(at)
            below = await self._looking.below(slack, sent, in_thread=at.thread)
            for name in (*below, sent.message):
                await _removed(slack, sent.channel, name)
        except DigestError as error:
            raise undelivered(error) from None

    async def place(self, name: str, team: str) -> Destination:
        """See `Courier.place`."""
        try:
            slack = await self._client(Destination("slack", team))
            channel = await self._rooms.find(slack, name)
        except BadInput:
            raise
        except DigestError as error:
            raise undelivered(error) from None
        return Destination(
            "slack", slack.team or team, channel.id, name=f"#{channel.name}", is_shared=channel.is_shared
        )

    async def _client(self, at: Destination) -> Slack:
        try:
            return await self._workspaces.client(at.team)
        except SlackError as error:
            if error.key != "slack.not_installed":
                raise
            # an organisation may have installed it for all of its workspaces
            whole = [id_ for id_ in await self._workspaces.ids() if id_.startswith("E")]
            if len(whole) != 1:
                raise
            return await self._workspaces.client(at.team, whole[0])

    async def _spot(self, at: Destination, below: Sent | None) -> tuple[Slack, str, str]:
        """The client, the channel, and the message below which a part goes, "" for none."""
        slack = await self._client(at)
        if below is not None:
            return slack, below.channel, below.thread or below.message
        return slack, at.channel or await slack.dm(at.person), at.thread

    async def _drawn(self, slack: Slack, content: Content) -> Message:
        digest = content.charted
        if digest is None:
            return content.drawn(None)

        async def upload() -> tuple[str | None, float]:
            file = None
            with suppress(TimeoutError):
                async with asyncio.timeout(DRAWN_S):
                    file = await uploaded_chart(slack, self._chart, digest)
            return file, CHART_S if file else NO_CHART_S

        key = f"{slack.team} {digest.id} {digest.revision} {digest.lang}"
        return content.drawn(await self._charts.get(key, upload))

    async def _attached(self, slack: Slack, digest: Digest, channel: str, thread: str, mark: Mark) -> str:
        words = languages.load(digest.lang)
        name, data = await asyncio.to_thread(report_file, digest, words)
        try:
            return await slack.upload(name, data, title=digest.title, channel=channel, thread_ts=thread)
        except SlackError as error:
            if error.key not in NO_FILES:
                raise
            log.warning("report not attached", error=error.key)
            told = words.text("chat.notice.no_report", why=words.problem(error))
        return await _posted(slack, notices.said(told), channel, thread, mark)

    async def _claim(self, slack: Slack, content: Content, below: Sent | None) -> None:
        """Let nobody put it into the thread again who presses a button there."""
        if below is None or not content.known_as:
            return
        name = part_name(slack.team, below.channel, below.message, content.handle, content.known_as)
        try:
            await self._handled.claim(name, SENT_S)
        except StoreError as error:
            log.warning("part not remembered", error=error.key)


async def _posted(slack: Slack, message: Message, channel: str, thread: str, mark: Mark) -> str:
    """Post it; its ts."""
    ts = await slack.post(channel, message, thread_ts=thread, metadata=metadata_of(mark))
    if not ts:
        raise Ambiguous("chat.postMessage", channel, thread)
    return ts


async def _removed(slack: Slack, channel: str, name: str) -> None:
    """Remove a message, or a file and with it its message."""
    if not name.startswith("F"):
        await slack.delete(channel, name)
        return
    try:
        await slack.call("files.delete", file=name)
    except SlackError as error:
        if error.values.get("error") not in GONE:
            raise


@asynccontextmanager
async def open_courier(
    access: Access,
    *,
    store: Store,
    chart: Chart,
    pace: Pace | None = None,
    most_wait_s: float = tiers.SCHEDULE_S,
) -> AsyncIterator[SlackCourier]:
    """A courier, until the block is left. pace: None for the store's, which all processes share. most_wait_s: the
    longest that a call waits for a free turn."""
    async with open_session() as session:
        pacing = Pacing(pace or store.pace, gives_way=True)

        def connect(token: str, team: str) -> Slack:
            return Slack(
                token,
                team=team,
                session=session,
                base_url=access.api_url,
                pacing=pacing,
                most_wait_s=most_wait_s,
            )

        workspaces, _ = workspaces_of(access, store, connect)
        yield SlackCourier(workspaces, handled=store.handled, chart=chart)

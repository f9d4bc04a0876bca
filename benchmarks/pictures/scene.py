"""Scene: somebody who asks, and the bot's own desk that answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from adapters.chat import Context, Surface
from adapters.chat.delivering import DigestPost, TextPost
from benchmarks.pictures.tokens import Reader
from bot.delivery.batches import batch_of, delivery_id
from bot.delivery.composing import Composing
from bot.delivery.model import Delivery
from bot.schedule.windows import window
from bot.subscriptions.timing import timing_of
from bot.wiring import Services

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeAlias

    from adapters.chat import Reply
    from bot.subscriptions.model import Subscription
    from summarizer.digests import Digest

ZONE: Final = "Asia/Shanghai"
REPO: Final = "vllm-project/vllm"
CHANNEL: Final = "#vllm-daily"
EVENING: Final = datetime(2025, 12, 10, 12, tzinfo=UTC)
"""A due time whose window the sample holds whole, with six hours of it: 20:00 in the zone."""
_PEOPLE: Final = {"en": "Ann", "zh": "小安"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Somebody who asks, and the bot that answers. person: their id."""

    services: Services
    lang: str = "en"
    person: str = "U1"
    surface: Surface = "slack"

    @property
    def reader(self) -> Reader:
        return self.at(self.services.now())

    @property
    def name(self) -> str:
        """What they are called."""
        return _PEOPLE[self.lang]

    async def ask(self, line: str, *, conversation: str = "") -> Reply:
        """The desk's reply. Raises what went wrong, since that is nothing to show."""
        return await self._say(line, self._context(conversation or line))

    async def subscribe(self, line: str) -> Reply:
        """The reply to one who manages a channel and has it subscribe."""
        # a channel of each picture's own, since the same is not subscribed twice
        context = replace(
            self._context(line), channel=self.person, channel_name=CHANNEL, manages_channel=True
        )
        return await self._say(line, context)

    async def scheduled(self, line: str, due: datetime) -> DigestPost:
        """What is posted for a subscription that such a line makes, when it is due."""
        one = await self._subscribed(line)
        looks = window(timing_of(one), due)
        reply, digest = await self.digest(batch_of(one, due, looks).line)
        row = Delivery(
            id=delivery_id(one.id, due),
            subscription=one.id,
            destination=one.destination,
            due=due,
            since=looks.since,
            until=looks.until,
            handle=reply.handle,
            digest_id=digest.id,
        )
        composing = Composing(
            ledger=self.services.delivering.ledger,
            digests=self.services.digests,
            editions=self.services.editions,
            remember=self.services.desk.remember,
        )
        post = await composing(row, one)
        if not isinstance(post, DigestPost):
            raise TypeError(f"a line whose digest is posted expected, not {line!r}")
        return post

    async def watched(self, line: str, since: datetime) -> TextPost:
        """What is posted for a watch that such a line makes, of what happened since then."""
        one, delivering = await self._subscribed(line), self.services.delivering
        await delivering.registry.change(
            one.id, lambda each: replace(each, starts=since), by=one.owner, what="watch"
        )
        await delivering.engine.watch(one.id)
        rows = await delivering.book.history(one.id, 1)
        if not rows or rows[0].text is None:
            raise TypeError(f"a line expected that something passes, not {line!r}")
        return rows[0].text

    async def _subscribed(self, line: str) -> Subscription:
        await self.subscribe(line)
        own = await self.services.delivering.registry.of_owner(f"{self.surface}-user:{self.person}")
        return own[-1]

    def at(self, moment: datetime) -> Reader:
        """The reader at another moment."""
        return Reader(self.lang, ZoneInfo(ZONE), moment)

    def _context(self, conversation: str) -> Context:
        return Context(
            self.surface,
            conversation=conversation,
            team="T1",
            person=self.person,
            lang=self.lang,
            tz=ZONE,
            lays_out=True,
        )

    async def _say(self, line: str, context: Context) -> Reply:
        reply = await self.services.desk(line, context)
        if reply.problem is not None:
            raise reply.problem
        return reply

    async def digest(self, line: str) -> tuple[Reply, Digest]:
        """The reply to a line that asks for one."""
        reply = await self.ask(line)
        if reply.digest is None:
            raise TypeError(f"a line that asks for a digest expected, not {line!r}")
        return reply, reply.digest


Scenes: TypeAlias = "Mapping[str, tuple[str, Callable[[Scene], Awaitable[str]]]]"
"""Name of a picture -> the reader's language, and what makes the page of it."""

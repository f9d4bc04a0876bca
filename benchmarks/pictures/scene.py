"""Scene: somebody who asks, and the bot's own desk that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from adapters.chat import Context, Surface
from benchmarks.pictures.tokens import Reader
from bot.wiring import Services

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import TypeAlias

    from adapters.chat import Reply
    from summarizer.digests import Digest

ZONE: Final = "Asia/Shanghai"
REPO: Final = "vllm-project/vllm"
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
        return Reader(self.lang, ZoneInfo(ZONE), self.services.now())

    @property
    def name(self) -> str:
        """What they are called."""
        return _PEOPLE[self.lang]

    async def ask(self, line: str, *, conversation: str = "") -> Reply:
        """The desk's reply. Raises what went wrong, since that is nothing to show."""
        context = Context(
            self.surface,
            conversation=conversation or line,
            team="T1",
            person=self.person,
            lang=self.lang,
            tz=ZONE,
            lays_out=True,
        )
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

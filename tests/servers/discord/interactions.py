"""What a person did and what came back: the record that tests look at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.servers.discord.records import JSON, Message
from tests.servers.discord.refused import Refused
from tests.servers.discord.state import State

if TYPE_CHECKING:
    from collections.abc import Callable


COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5


@dataclass(eq=False, slots=True)
class Modal:
    """An open modal. payload: as the app sent it. message: the one whose button opened it, None for a command."""

    payload: JSON
    user: int
    channel: int
    message: Message | None = None
    is_open: bool = True

    @property
    def custom_id(self) -> str:
        return str(self.payload["custom_id"])

    @property
    def title(self) -> str:
        return str(self.payload["title"])

    @property
    def components(self) -> list[JSON]:
        return list(self.payload["components"])


@dataclass(eq=False, slots=True)
class Interaction:
    """One interaction. at: by the server's clock. payload: as the app was told.

    is_outside: of an app that only the user has installed. must_be_ephemeral: the user may not show it to others.
    answered_with: the type of its callback, None until then. acknowledged_after: seconds until then, None. original:
    the message that answers it (of a component: the one that was pressed, where the app changed that one); follow_ups:
    those after it. choices: of an autocompletion. modal: what was opened. refused: each callback, follow-up or edit
    that Discord refused.
    """

    state: State
    id: int
    token: str
    kind: int
    user: int
    channel: int
    guild: int
    at: float
    payload: JSON = field(default_factory=dict)
    message: Message | None = None
    is_outside: bool = False
    must_be_ephemeral: bool = False
    answered_with: int | None = None
    acknowledged_after: float | None = None
    original: Message | None = None
    follow_ups: list[Message] = field(default_factory=list)
    choices: list[JSON] | None = None
    modal: Modal | None = None
    refused: list[Refused] = field(default_factory=list)

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_after is not None

    @property
    def messages(self) -> list[Message]:
        """What the person sees of the answer now, oldest first; neither what was deleted nor what still says
        "thinking…"."""
        original = [self.original] if self.original is not None else []
        return [each for each in (*original, *self.follow_ups) if not each.is_deleted and not each.is_loading]

    @property
    def is_ephemeral(self) -> bool:
        """Whether the first answer is seen by the person alone."""
        return self.original is not None and self.original.is_ephemeral

    @property
    def text(self) -> str:
        """All that the answer reads, see `Message.text`."""
        return "\n\n".join(each.text for each in self.messages)

    @property
    def has_expired(self) -> bool:
        """Whether its token is good for nothing more."""
        return self.state.now() - self.at > self.state.token_s

    async def until(self, predicate: Callable[[], object], timeout: float = 20.0) -> Any:  # noqa: ANN401, ASYNC109
        """As `server.until`. Raises TimeoutError."""
        return await self.state.until(predicate, timeout)

    async def acknowledged(self, timeout: float = 20.0) -> float:  # noqa: ASYNC109
        """`acknowledged_after`, with patience. Raises TimeoutError."""
        await self.state.until(lambda: self.is_acknowledged, timeout)
        assert self.acknowledged_after is not None
        return self.acknowledged_after

    async def answered(self, count: int = 1, timeout: float = 20.0) -> Message:  # noqa: ASYNC109
        """The newest message of the answer once there are `count`. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            await self.state.until(lambda: len(self.messages) >= count, timeout)
        return self.messages[-1]

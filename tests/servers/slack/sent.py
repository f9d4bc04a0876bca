"""What was sent to the app, and when it was acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from tests.servers.slack.records import JSON

Kind: TypeAlias = Literal["slash_commands", "events_api", "interactive"]


@dataclass(slots=True)
class Delivery:
    """One attempt. at: monotonic seconds. where: the number of the connection, 0 over HTTP. status: of HTTP.
    acked_after: seconds, None until then."""

    envelope_id: str
    at: float
    attempt: int
    where: int = 0
    status: int = 0
    reason: str = ""
    acked_after: float | None = None


@dataclass(eq=False, slots=True)
class Sent:
    """A payload for the app.

    body: the payload. acked_after: await it for the seconds from the delivery to its acknowledgement. payload: await it
    for what the acknowledgement carried, None for nothing. deliveries: each attempt. gave_up: nobody acknowledged.
    problem: why Slack would have refused what the acknowledgement carried.
    """

    kind: Kind
    body: JSON
    team: str
    accepts: bool = True
    deliveries: list[Delivery] = field(default_factory=list)
    gave_up: bool = False
    problem: str = ""
    on_payload: Callable[[JSON], object] = lambda _payload: None
    acked_after: asyncio.Future[float] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    payload: asyncio.Future[JSON | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def is_acked(self) -> bool:
        return self.acked_after.done()

    @property
    def event_id(self) -> str:
        return str(self.body.get("event_id", ""))

    @property
    def trigger_id(self) -> str:
        return str(self.body.get("trigger_id", ""))

    @property
    def response_url(self) -> str:
        return str(self.body.get("response_url", ""))

    @property
    def attempts(self) -> int:
        return len(self.deliveries)

    async def acked(self, timeout: float = 20.0) -> float:  # noqa: ASYNC109
        """`acked_after`, with patience. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            return await asyncio.shield(self.acked_after)

    def take(self, delivery: Delivery, now: float, payload: JSON | None) -> None:
        """An acknowledgement came."""
        if delivery.acked_after is None:
            delivery.acked_after = now - delivery.at
        if not self.acked_after.done():
            self.acked_after.set_result(delivery.acked_after)
            self.payload.set_result(payload or None)
            if payload:
                self.on_payload(payload)


class Way(Protocol):
    """How payloads reach the app."""

    def send(self, sent: Sent) -> None: ...

    async def close(self) -> None: ...

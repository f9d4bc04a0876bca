"""Socket Mode: connections, envelopes, acknowledgements, redelivery.

Source: docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.servers.slack import limits
from tests.servers.slack.records import JSON
from tests.servers.slack.sent import Delivery, Sent

if TYPE_CHECKING:
    from tests.servers.slack.sent import Kind
    from tests.servers.slack.state import State

_HOST = "applink-tests"


@dataclass(eq=False, slots=True)
class Connection:
    """One socket of the app. is_taking: whether it is given envelopes. pings: how many it sent."""

    number: int
    socket: web.WebSocketResponse
    request: web.Request
    is_taking: bool = True
    is_open: bool = True
    received: list[JSON] = field(default_factory=list)
    delivered: list[Sent] = field(default_factory=list)
    pings: int = 0


class Sockets:
    """Gives each envelope to one connection; what is not acknowledged within `state.ack_s` goes out again, to any.

    connection_time_s: what hello tells. waiting: what has no connection to go to yet. redelivered: the kinds that go
    out again; that events do is documented, of the others nothing is.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.connections: list[Connection] = []
        self.waiting: deque[tuple[Sent, str]] = deque()
        self.connection_time_s = 18_060
        self.redelivered: set[Kind] = {"events_api", "slash_commands", "interactive"}
        self._envelopes: dict[str, tuple[Sent, Delivery]] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def open(self) -> list[Connection]:
        """The connections that stand now."""
        return [each for each in self.connections if each.is_open]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A connection, from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.state.tickets:
            return web.json_response({"ok": False, "error": "invalid_ticket"}, status=408)
        self.state.tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        connection = Connection(len(self.connections) + 1, socket, request)
        self.connections.append(connection)
        await socket.send_json(self._hello())
        self.state.changed()
        while self.waiting and connection.is_taking:
            self._deliver(*self.waiting.popleft())
        try:
            await self._read(connection)
        finally:
            connection.is_open = connection.is_taking = False
            self.state.changed()
        return socket

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is WSMsgType.PING:
                connection.pings += 1
                await connection.socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                connection.received.append(said)
                self._acknowledged(said)

    def _acknowledged(self, said: Any) -> None:  # noqa: ANN401 - any JSON
        known = self._envelopes.get(said.get("envelope_id", "")) if isinstance(said, dict) else None
        if known is None:
            return
        sent, delivery = known
        sent.take(delivery, time.monotonic(), said.get("payload"))
        self.state.changed()

    def _hello(self) -> JSON:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "debug_info": {
                "host": _HOST,
                "build_number": 1,
                "approximate_connection_time": self.connection_time_s,
            },
            "connection_info": {"app_id": self.state.app_id},
        }

    def send(self, sent: Sent) -> None:
        """Send a payload, now or when there is a connection."""
        self._deliver(sent, "")

    def _deliver(self, sent: Sent, reason: str) -> None:
        taking = [each for each in self.connections if each.is_taking and not each.socket.closed]
        if not taking:
            self.waiting.append((sent, reason))
            return
        self._turn += 1
        connection = taking[self._turn % len(taking)]
        delivery = Delivery(
            str(uuid.uuid4()), time.monotonic(), len(sent.deliveries), connection.number, reason=reason
        )
        sent.deliveries.append(delivery)
        connection.delivered.append(sent)
        self._envelopes[delivery.envelope_id] = (sent, delivery)
        self._spawn(self._watched(connection, sent, delivery))
        self.state.changed()

    async def _watched(self, connection: Connection, sent: Sent, delivery: Delivery) -> None:
        envelope: JSON = {
            "envelope_id": delivery.envelope_id,
            "type": sent.kind,
            "accepts_response_payload": sent.accepts,
            "payload": sent.body,
        }
        if sent.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        with contextlib.suppress(
            ConnectionError, RuntimeError
        ):  # it went meanwhile: it will not be acknowledged
            await connection.socket.send_json(envelope)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.state.ack_s):
                await asyncio.shield(sent.acked_after)
        if sent.is_acked:
            return
        if len(sent.deliveries) > limits.REDELIVERIES or sent.kind not in self.redelivered:
            sent.gave_up = True
            self.state.changed()
        else:
            self._deliver(sent, "timeout")

    def _spawn(self, work: Any) -> None:  # noqa: ANN401 - a coroutine
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to make a new one: `warning` (it goes on meanwhile), `refresh_requested` (it is given
        nothing more), `link_disabled`."""
        for each in self.open:
            each.is_taking = reason == "warning"
            await each.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}}
            )

    def drop(self, connection: Connection | None = None) -> None:
        """Lose a connection (every one) without a word."""
        for each in [connection] if connection else self.open:
            each.is_open = each.is_taking = False
            if each.request.transport is not None:
                each.request.transport.abort()
        self.state.changed()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self.open:
            each.is_taking = False
            if each.request.transport is not None:
                each.request.transport.abort()

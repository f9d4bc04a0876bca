"""The gateway (docs.discord.com/developers/events/gateway)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from aiohttp import WSMsgType, web

from tests.servers.discord import connections, limits
from tests.servers.discord.compression import compressor
from tests.servers.discord.connections import Connection
from tests.servers.discord.content import hidden
from tests.servers.discord.records import APPLICATION, BOT
from tests.servers.discord.sessions import GUILDS, KNOWN, MESSAGE_CONTENT, PRIVILEGED, Session
from tests.servers.discord.shapes import guild_create_json, user_json

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON
    from tests.servers.discord.state import State

Mode: TypeAlias = Literal["open", "refusing", "mute", "invalid"]
_ENDING = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)


@dataclass(frozen=True, slots=True)
class Identify:
    """at: by the server's clock. closed: the code with which it was refused, 0 where it was not."""

    at: float
    shard: tuple[int, int]
    intents: int
    closed: int = 0


class Gateway:
    """mode: "open" as usual; "refusing" answers 503; "mute" takes connections and says nothing; "invalid" answers each
    IDENTIFY with INVALID_SESSION. identifies: all that came; identifies_left: of the day. resumes: what each RESUME
    said. shards: that /gateway/bot recommends; max_concurrency: how many of them may identify at once. heartbeat_ms:
    what HELLO asks for. connections: that are open; opened: how many ever were.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.mode: Mode = "open"
        self.identifies: list[Identify] = []
        self.identifies_left = limits.IDENTIFIES_A_DAY
        self.resumes: list[JSON] = []
        self.shards = 1
        self.max_concurrency = 1
        self.heartbeat_ms = limits.HEARTBEAT_MS
        self.connections: list[Connection] = []
        self.opened = 0
        self.sessions: dict[str, Session] = {}

    # --- what the server can be told

    @property
    def is_ready(self) -> bool:
        """Whether somebody listens."""
        return any(each.session is not None for each in self.connections)

    def disconnect(self, code: int = 1001) -> None:
        """Close every connection. The sessions can be resumed but for the codes that end them (4004, 4007, 4009, 4010
        to 4014)."""
        for connection in [*self.connections]:
            if code in _ENDING and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a close frame."""
        for connection in [*self.connections]:
            connection.abort()

    def reconnect(self) -> None:
        """Ask every client to come again (op 7)."""
        self._tell(connections.RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every client that its session is invalid (op 9)."""
        if not resumable:
            self.sessions.clear()
        self._tell(connections.INVALID_SESSION, resumable)

    def forget_sessions(self) -> None:
        """From now on no RESUME of an earlier session works."""
        self.sessions.clear()

    def go_silent(self) -> None:
        """Nothing comes over the connections that are open, not even acknowledged heartbeats."""
        for connection in self.connections:
            connection.is_silent = True

    def ask_for_heartbeats(self) -> None:
        """Op 1 of the server."""
        self._tell(connections.HEARTBEAT)

    def _tell(self, op: int, data: Any = None) -> None:  # noqa: ANN401 - any JSON
        for connection in self.connections:
            connection.tell(op, data)

    # --- events

    def dispatch(self, event: str, data: JSON, *, guild: int = 0, intent: int = 0) -> None:
        """Tell an event to the sessions of its shard that have the intent; those away get it when they resume."""
        for session in self.sessions.values():
            if session.hears(guild, intent):
                is_hidden = guild and event.startswith("MESSAGE_") and not session.intents & MESSAGE_CONTENT
                self._send(session, event, hidden(data) if is_hidden else data)
        self.state.changed()

    def _send(self, session: Session, event: str, data: JSON) -> None:
        payload = session.next(event, data)
        for connection in self.connections:
            if connection.session is session:
                connection.send(payload)

    # --- a connection

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """A connection, from its HELLO to its end."""
        if self.mode == "refusing":
            return web.Response(status=503, text="Service Unavailable")
        socket = web.WebSocketResponse(timeout=1.0)
        await socket.prepare(http)
        connection = Connection(socket, http, compressor(http.query.get("compress", "")))
        connection.is_silent = self.mode == "mute"
        self.connections.append(connection)
        self.opened += 1
        writer = asyncio.get_running_loop().create_task(connection.write())
        connection.tell(connections.HELLO, {"heartbeat_interval": self.heartbeat_ms})
        if http.query.get("v") not in (None, "10"):
            connection.close(4012)
        self.state.changed()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._take(connection, message.data)
        finally:
            self.connections.remove(connection)
            if connection.session is not None and self._has_ended(connection):
                self.sessions.pop(connection.session.id, None)
            writer.cancel()
            self.state.changed()
        return socket

    def _has_ended(self, connection: Connection) -> bool:
        """A client that closes with 1000 or 1001 ends its session."""
        return not connection.was_closed_here and connection.socket.close_code in (1000, 1001)

    def _take(self, connection: Connection, text: str) -> None:
        try:
            said = json.loads(text)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            connection.close(4002)
            return
        if connection.is_over_pace():
            connection.close(4008)
            return
        match op:
            case connections.HEARTBEAT:
                connection.heartbeats += 1
                connection.tell(connections.ACK)
            case connections.IDENTIFY:
                self._identify(connection, data)
            case connections.RESUME:
                self._resume(connection, data)
            case connections.PRESENCE | connections.VOICE | connections.MEMBERS:
                if connection.session is None:
                    connection.close(4003)
            case _:
                connection.close(4001)
        self.state.changed()

    def _identify(self, connection: Connection, data: JSON) -> None:
        if connection.session is not None:
            connection.close(4005)
            return
        shard = tuple(data.get("shard") or (0, 1))
        intents = data.get("intents", 0)
        code = self._refusal(data, shard, intents)
        self.identifies.append(Identify(self.state.now(), (shard[0], shard[1]), intents, code))
        self.identifies_left = max(0, self.identifies_left - 1)
        if code:
            connection.close(code)
        elif self.mode == "invalid":
            connection.tell(connections.INVALID_SESSION, False)
        else:
            session = Session(f"session-{self.state.count()}", (shard[0], shard[1]), intents)
            self.sessions[session.id] = session
            connection.session = session
            self._welcome(session)

    def _refusal(self, data: JSON, shard: tuple[int, ...], intents: int) -> int:
        """The close code, 0 where nothing is wrong. Without identifies left the token is reset."""
        if self.identifies_left <= 0:
            self.state.token = f"reset.{self.state.count()}"
        if data.get("token") != self.state.token:
            return 4004
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return 4010
        if not isinstance(intents, int) or intents & ~KNOWN:
            return 4013
        if any(
            intents & each and not self.state.application_flags & flags for each, flags in PRIVILEGED.items()
        ):
            return 4014
        return 0

    def _welcome(self, session: Session) -> None:
        guilds = [each for each in self.state.guilds.values() if each.has_bot and session.hears(each.id, 0)]
        ready: JSON = {
            "v": 10,
            "user": user_json(self.state.users[BOT]),
            "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.state.gateway_url,
            "shard": list(session.shard),
            "application": {"id": str(APPLICATION), "flags": self.state.application_flags},
        }
        self._send(session, "READY", ready)
        if session.intents & GUILDS:
            for guild in guilds:
                self._send(session, "GUILD_CREATE", guild_create_json(self.state, guild))

    def _resume(self, connection: Connection, data: JSON) -> None:
        self.resumes.append(data)
        session = self.sessions.get(data.get("session_id", ""))
        if data.get("token") != self.state.token:
            connection.close(4004)
        elif session is None:
            connection.tell(connections.INVALID_SESSION, False)
        elif not isinstance(data.get("seq"), int) or data["seq"] > len(session.events):
            connection.close(4007)
        else:
            connection.session = session
            for payload in session.events[data["seq"] :]:
                connection.send(payload)
            self._send(session, "RESUMED", {"_trace": []})

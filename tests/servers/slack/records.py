"""What the server remembers: who is there, what was posted, opened, uploaded and asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

JSON: TypeAlias = dict[str, Any]

APP_ID = "A0DIGEST"
TEAM = "T0TESTS"
BOT = "U0DIGEST"
BOT_ID = "B0DIGEST"
ANN = "U0ANN"
BEN = "U0BEN"
GENERAL = "C0GENERAL"
BOT_TOKEN = "xoxb-testsonly"
APP_TOKEN = "xapp-testsonly"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CLIENT_ID = "1234.5678"
CLIENT_SECRET = "testsonly-client-secret"

SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "users:read",
    }
)


@dataclass(slots=True)
class Team:
    """A workspace with its own bot. is_installed: whether the app is."""

    id: str = TEAM
    name: str = "Tests"
    domain: str = "tests"
    bot: str = BOT
    bot_id: str = BOT_ID
    is_installed: bool = True


@dataclass(slots=True)
class Token:
    """A granted token. error: what each call with it gets, such as `token_revoked`. refresh: its refresh token where
    tokens are rotated. expires_at: by the server's clock, None for never."""

    value: str
    team: str
    scopes: frozenset[str]
    kind: Literal["bot", "app", "user"] = "bot"
    error: str = ""
    refresh: str = ""
    expires_at: float | None = None


@dataclass(slots=True)
class User:
    id: str
    name: str = "ann"
    real_name: str = "Ann"
    team: str = TEAM
    locale: str = "en-US"
    tz: str = "America/New_York"
    tz_offset: int = -18_000
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Channel:
    """A conversation. members: the ids of those in it, the bot's own among them where it is one."""

    id: str
    name: str = "general"
    team: str = TEAM
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    is_im: bool = False
    user: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What a message showed from `at` on, by the server's clock."""

    at: float
    text: str
    blocks: tuple[JSON, ...]


@dataclass(slots=True)
class Message:
    """A message. versions: what it showed, one after the other, the newest last. only_for: the user who alone sees it,
    empty for everybody. is_streaming: between startStream and stopStream. markdown: what was streamed. stream_mode:
    which argument brings it, `markdown_text` or `chunks`.
    response_url: through which it was sent, empty for none."""

    channel: str
    ts: str
    author: str
    versions: list[Version]
    team: str = TEAM
    thread_ts: str = ""
    metadata: JSON | None = None
    only_for: str = ""
    bot_id: str = ""
    is_deleted: bool = False
    is_streaming: bool = False
    markdown: str = ""
    stream_mode: str = ""
    recipient: tuple[str, str] = ("", "")
    started_at: float = 0.0
    response_url: str = ""
    files: list[str] = field(default_factory=list)
    unfurl: tuple[bool, bool] = (True, True)

    @property
    def text(self) -> str:
        """As it reads now."""
        return self.versions[-1].text

    @property
    def blocks(self) -> list[JSON]:
        """As they are now."""
        return list(self.versions[-1].blocks)

    @property
    def edits(self) -> int:
        """How often it was changed."""
        return len(self.versions) - 1

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.only_for)


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that was done to a message, as the message was then. at: by the server's clock."""

    kind: str
    at: float
    channel: str
    ts: str
    thread_ts: str
    author: str
    text: str
    metadata: JSON | None
    files: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, at: float, message: Message) -> Effect:
        """kind: "posted", "edited" or "deleted"."""
        return cls(
            kind,
            at,
            message.channel,
            message.ts,
            message.thread_ts,
            message.author,
            message.text,
            message.metadata,
            tuple(message.files),
        )


@dataclass(slots=True)
class View:
    """A modal or a home tab. payload: as Slack gives it back, newest; versions: each payload that was sent.
    values: what the person has filled in, as in `state.values`."""

    id: str
    user: str
    team: str
    payload: JSON
    versions: list[JSON]
    root: str = ""
    previous: str | None = None
    is_open: bool = True

    @property
    def kind(self) -> str:
        return str(self.payload["type"])

    @property
    def blocks(self) -> list[JSON]:
        return list(self.payload.get("blocks", ()))

    @property
    def hash(self) -> str:
        return str(self.payload["hash"])


@dataclass(slots=True)
class File:
    """An upload. infos_left: how many files.info more until it is ready, -1 before it is completed."""

    id: str
    name: str
    length: int
    alt: str = ""
    title: str = ""
    data: bytes | None = None
    is_complete: bool = False
    is_deleted: bool = False
    infos_left: int = 0
    shares: list[tuple[str, str]] = field(default_factory=list)
    snippet_type: str = ""

    @property
    def is_ready(self) -> bool:
        return self.is_complete and self.infos_left <= 0


@dataclass(slots=True)
class Status:
    """A status line that was set below a message; text empty clears it."""

    channel: str
    thread_ts: str
    text: str
    loading: tuple[str, ...] = ()


@dataclass(slots=True)
class Prompts:
    channel: str
    thread_ts: str
    prompts: list[JSON]
    title: str = ""


@dataclass(slots=True)
class Call:
    """One call of the Web API or of a response URL (method `response_url`). at: by the server's clock, mono: monotonic
    seconds. error: the answer's, empty where it was ok. status: of HTTP, 0 while it runs and where nothing was done
    and the connection cut."""

    method: str
    args: JSON
    token: str
    team: str
    at: float
    mono: float
    error: str = ""
    status: int = 0
    answer: JSON = field(default_factory=dict)

"""What the server remembers: who is there, what was posted and asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

JSON: TypeAlias = dict[str, Any]

TOKEN: Final = "testsonly.discord.token"
APPLICATION: Final = 1_100_000_000_000_000_001
BOT: Final = APPLICATION
"""The bot's user has its application's id."""
GUILD: Final = 1_200_000_000_000_000_001
GENERAL: Final = 1_300_000_000_000_000_001
ANN: Final = 1_400_000_000_000_000_001
BEN: Final = 1_400_000_000_000_000_002

TEXT, DM, GROUP, CATEGORY, ANNOUNCEMENT, FORUM = 0, 1, 3, 4, 5, 15
ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12
THREADS: Final = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)

CROSSPOSTED: Final = 1 << 0
SUPPRESS_EMBEDS: Final = 1 << 2
HAS_THREAD: Final = 1 << 5
EPHEMERAL: Final = 1 << 6
LOADING: Final = 1 << 7
SUPPRESS_NOTIFICATIONS: Final = 1 << 12
V2: Final = 1 << 15

REQUIRE_TAG: Final = 1 << 4


@dataclass(eq=False, slots=True)
class User:
    """allows_dms: whether the bot may write to them. has_installed: whether they have the app for themselves."""

    id: int
    name: str
    shown: str = ""
    locale: str = "en-US"
    is_bot: bool = False
    allows_dms: bool = True
    has_installed: bool = False


@dataclass(eq=False, slots=True)
class Role:
    id: int
    name: str
    permissions: int = 0
    position: int = 1


@dataclass(eq=False, slots=True)
class Overwrite:
    """Of a role or a member (`kind` 1) in one channel."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(eq=False, slots=True)
class Guild:
    """A server. members: the roles of each. has_bot: whether the bot was added; False after it was kicked."""

    id: int
    name: str
    owner: int
    roles: dict[int, Role] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    locale: str = "en-US"
    features: tuple[str, ...] = ()
    has_bot: bool = True


@dataclass(eq=False, slots=True)
class Channel:
    """A channel, a thread or a private conversation (guild 0).

    slow_s: of slow mode; slows_bots: whether the bot feels it, which in Discord bots do not. tags: of a forum.
    members: who is in the thread or in the private conversation. starter: the message that the thread began from.
    """

    id: int
    kind: int = TEXT
    name: str = ""
    guild: int = 0
    parent: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict)
    slow_s: int = 0
    slows_bots: bool = False
    needs_tag: bool = False
    tags: list[JSON] = field(default_factory=list)
    applied_tags: list[int] = field(default_factory=list)
    members: set[int] = field(default_factory=set)
    owner: int = 0
    starter: int = 0
    is_archived: bool = False
    is_locked: bool = False
    archive_minutes: int = 4_320
    made_at: float = 0.0
    last_message: int = 0
    topic: str = ""

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def is_private(self) -> bool:
        """A direct message or a group."""
        return not self.guild


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it was uploaded."""

    id: int
    name: str
    data: bytes = b""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """What a message showed from `at` on. allowed_mentions: as sent, None where it was not. pings: see `mentions`.
    sent: the request's whole body."""

    at: float
    content: str = ""
    embeds: tuple[JSON, ...] = ()
    components: tuple[JSON, ...] = ()
    flags: int = 0
    files: tuple[File, ...] = ()
    allowed_mentions: JSON | None = None
    pings: tuple[str, ...] = ()
    sent: JSON = field(default_factory=dict)

    def with_flags(self, flags: int) -> Version:
        return replace(self, flags=flags)


@dataclass(eq=False, slots=True)
class Message:
    """A message. versions: what it showed, one after the other, the newest last. only_for: the user who alone sees it,
    0 for everybody. reference: the id of the message it replies to; pings_author: whether that pings its author.
    interaction: the id of the one it answers. thread: the id of the thread made from it. kind: Discord's `type`."""

    id: int
    channel: int
    author: int
    versions: list[Version]
    guild: int = 0
    only_for: int = 0
    reference: int = 0
    nonce: str = ""
    interaction: int = 0
    kind: int = 0
    thread: int = 0
    is_deleted: bool = False
    deleted_at: float = 0.0
    pings_author: bool = False

    @property
    def content(self) -> str:
        return self.versions[-1].content

    @property
    def embeds(self) -> list[JSON]:
        return list(self.versions[-1].embeds)

    @property
    def components(self) -> list[JSON]:
        return list(self.versions[-1].components)

    @property
    def flags(self) -> int:
        return self.versions[-1].flags

    @property
    def files(self) -> list[File]:
        return list(self.versions[-1].files)

    @property
    def allowed_mentions(self) -> JSON | None:
        return self.versions[-1].allowed_mentions

    @property
    def edits(self) -> int:
        """How often it was changed."""
        return len(self.versions) - 1

    @property
    def mark(self) -> int:
        """The id that its first component was sent with, 0 for none."""
        return int(self.components[0].get("id") or 0) if self.components else 0

    @property
    def pings(self) -> list[str]:
        """Whom any of its versions would have pinged: `<@1>`, `<@&2>`, `@everyone`, `@here`."""
        return [each for version in self.versions for each in version.pings]

    @property
    def is_ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def is_loading(self) -> bool:
        """Whether it says "thinking…" until the answer comes."""
        return bool(self.flags & LOADING)

    @property
    def is_v2(self) -> bool:
        return bool(self.flags & V2)

    @property
    def text(self) -> str:
        """All that is read in it as Markdown: content, embeds, text displays; labels of buttons are not in it."""
        return "\n".join(_texts(self.versions[-1]))


def _texts(version: Version) -> list[str]:
    texts = [version.content] if version.content else []
    for embed in version.embeds:
        fields = embed.get("fields", ())
        texts += [
            embed.get("author", {}).get("name", ""),
            embed.get("title", ""),
            embed.get("description", ""),
        ]
        texts += [each[key] for each in fields for key in ("name", "value")]
        texts.append(embed.get("footer", {}).get("text", ""))
    texts += [each["content"] for each in walked(version.components) if each["type"] == 10]
    return [text for text in texts if text]


def walked(components: tuple[JSON, ...] | list[JSON]) -> list[JSON]:
    """Components with all that is in them, from the top to the bottom."""
    found = []
    for each in components:
        if isinstance(each, dict):
            inner = [*(each.get("components") or ())]
            inner += [each[key] for key in ("accessory", "component") if isinstance(each.get(key), dict)]
            found += [each, *walked(inner)]
    return found


@dataclass(slots=True)
class Call:
    """One request. route: with its parameters' names, `POST /channels/{channel}/messages`; path: as asked, without
    the base. at: by the server's clock. status: of HTTP, 0 while it runs and where the connection was cut. code: of
    the error, 0 where there was none. over: it came over the pace."""

    method: str
    path: str
    route: str
    args: dict[str, str]
    query: dict[str, str]
    body: Any
    files: list[File]
    token: str
    at: float
    status: int = 0
    code: int = 0
    answer: Any = None
    over: bool = False

    def id(self, name: str) -> int:
        """A parameter of the path; 0, which nothing has, for what is no id."""
        return int(self.args[name]) if self.args[name].isdecimal() else 0

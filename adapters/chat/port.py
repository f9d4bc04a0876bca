"""The port every chat platform fills: a line comes in with where it was said, a reply goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from summarizer.digests import Digest
from summarizer.errors import DigestError
from summarizer.questions import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Surface = Literal["shell", "terminal", "slack", "discord", "web"]

Progress = Callable[[str, int, int | None], None]
"""Told while work is under way: a key below `[progress]` in the language files, how much is done, of how much (None:
unknown)."""


def unwatched(_key: str, _done: int, _total: int | None) -> None:
    """The progress of those who do not watch."""


def unheard(_line: str) -> None:
    """The remarks to those who do not listen."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a line was said.

    conversation: the id of the thread, direct message or terminal session it belongs to, None outside of one.
    lang, tz: what the platform tells of the person, None where it does not. progress: told while work is under way.
    say: told a line for the person meanwhile, such as how long it will take.
    show: told the reply's text so far each time it has grown, where a reply can be shown while it is written.
    team: the platform's id of the workspace or server, empty in a direct message. person: of who speaks, empty for the
    local shell and the terminal. workspace: the one that they belong to, in a direct message too.
    is_admin: whether the platform calls them an administrator there. channel: the platform's id of the channel, "" in a
    direct message and where the platform has none. manages_channel: whether the platform lets them change its settings.
    is_command: whether the line is a slash command's, where a single unknown word is a slip and no question.
    begins: whether it stands where something new begins: a bare window is a digest there and changes no question before
    it, while a sentence may still go on from what was said.
    lays_out: whether the platform lays digests out itself, so that nobody needs their text.
    as_written: whether the line means the same whoever has it answered, so that no filters are added to it that they
    have set for their own.
    branches_from: the conversation that this one goes on from without changing it, so that another one may as well; ""
    for none.
    thread: the platform's id of the thread's first message, "" outside of one and where a thread is a channel of its
    own. channel_name: as people know the channel ("#general"), "" where the platform does not tell.
    reader: who reads what is said there, as `DIGEST_ACCESS` names them, where team and person do not tell; "" else.
    """

    surface: Surface
    conversation: str | None = None
    lang: str | None = None
    tz: str | None = None
    progress: Progress = unwatched
    say: Callable[[str], None] = unheard
    show: Callable[[str], None] = unheard
    team: str = ""
    person: str = ""
    workspace: str = ""
    is_admin: bool = False
    is_command: bool = False
    begins: bool = False
    lays_out: bool = False
    channel: str = ""
    manages_channel: bool = False
    as_written: bool = False
    branches_from: str = ""
    thread: str = ""
    channel_name: str = ""
    reader: str = ""


OfferName = Literal["now", "undo", "resume", "retry", "edit"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What somebody may want next, and can have by pressing it.

    name: of its entry below `[chat.offers]` in the language files. line: the command that it stands for, whose reply
    only they see.
    """

    name: OfferName
    line: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back.

    text: in `format`; "md" is Markdown that is safe to render; empty for a digest where `Context.lays_out`.
    digest: the digest it shows, if it shows one; answer: to a question.
    problem: why there is no better reply; `text` is its sentence then.
    handle: under which the digest can be opened again, "" for no digest. line: the command as the grammar writes it
    ("today topic:amd lang:en"), of an answer the question; "" for what is neither. in_channel: whether the person wants
    it where all can read it. page: the address of the digest's page, "" where it has none that the reader may open.
    offers: what can be pressed below it.
    """

    text: str
    lang: str
    format: str = "md"
    digest: Digest | None = None
    answer: Answer | None = None
    problem: DigestError | None = None
    handle: str = ""
    line: str = ""
    in_channel: bool = False
    page: str = ""
    offers: tuple[Offer, ...] = ()


class Answerer(Protocol):
    """What the roof hands to each platform."""

    async def __call__(self, line: str, context: Context) -> Reply:
        """Answer one line. A DigestError becomes a reply with `problem`; anything else is raised, as a bug."""
        ...


Opinion = Literal["helpful", "unhelpful", "wrong"]

Scope = Literal["me", "channel", "server"]
"""Whose settings: a person's own, or what holds in a channel or on a whole server (a workspace) for those who have set
nothing themselves."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thinks of a digest or an answer.

    about: the digest's handle, or "" for an answer to a question. section: the id of the section, "" for all of it.
    number: of the item that is told wrongly, None for none. reason: the person's own words.
    """

    opinion: Opinion
    about: str = ""
    section: str = ""
    number: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Recent:
    """A digest that a person has asked for lately. title: plain words. line: what asks for it anew."""

    handle: str
    title: str
    repo: str
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription, as a list tells it. id: "s3"; "w4" for a watch. line: what it was ordered with, for people to
    read ("daily 09:00 topic:amd"). where: the channel as people know it. next_due: None where none is due. state: see
    `[subscriptions.state]` in the language files."""

    id: str
    line: str
    where: str
    state: Literal["active", "paused", "suspended"]
    next_due: datetime | None = None


class Desk(Protocol):
    """What the roof hands to each chat platform: it answers lines, and what is done with its replies later.

    Each method checks who asks (`DIGEST_USERS`, `DIGEST_RATE_PER_USER`, `DIGEST_ACCESS`).
    """

    async def __call__(self, line: str, context: Context) -> Reply:
        """As `Answerer.__call__`."""
        ...

    async def open(self, handle: str, context: Context, *, lang: str | None = None) -> Reply:
        """The digest of an earlier reply; lang: in that language, which may take a model. A digest that is not kept any
        more, or not for who asks, becomes a reply with `problem`."""
        ...

    async def remember(self, line: str, context: Context) -> None:
        """Let `context.conversation`, the thread below a posted digest, go on from the line that asked for it."""
        ...

    async def recent(self, context: Context) -> Sequence[Recent]:
        """The digests that this person asked for lately and may read, newest first, at most five."""
        ...

    async def preferences(self, context: Context, *, scope: Scope = "me") -> Mapping[str, str]:
        """What this person has set, as it is written on a line: "repo", "lang", "tz", "in", "topic" (keys separated by
        commas) and "iam" (their GitHub login); "others" are their further filters, all together. Of a channel and of a
        server: "lang" and "tz" alone. Raises BadInput, StoreError."""
        ...

    async def prefer(self, chosen: Mapping[str, str], context: Context, *, scope: Scope = "me") -> None:
        """Set these: values of "repo", "lang", "tz", "in" and "topic", of a channel and of a server "lang" and "tz", ""
        for none. What is not named stays as it is.

        Raises BadInput - `places.not_yours` where they may not change the channel's or the server's - and StoreError.
        """
        ...

    async def assumed_zone(self, context: Context) -> str:
        """The time zone that is assumed for this person, when nobody chose one and they have not been told yet; ""
        otherwise. Asking counts as having told them."""
        ...

    async def repos(self, context: Context) -> Sequence[str]:
        """The repositories of the settings that may be read there, the default one first."""
        ...

    async def subscriptions(self, context: Context) -> Sequence[Subscribed]:
        """Those that who speaks there may see: the channel's first, then the workspace's or server's, in a direct
        message their own. Raises BadInput, StoreError."""
        ...

    async def may_subscribe(self, context: Context) -> bool:
        """Whether who speaks there may subscribe for the channel, in a direct message for themselves."""
        ...

    async def left(self, surface: Surface, team: str, channel: str = "") -> None:
        """The bot was removed from a workspace or server, or only from a channel there: what is posted there is
        suspended, and of a workspace's or server's own data it is written down when it goes. Raises StoreError."""
        ...

    async def take(self, feedback: Feedback, context: Context) -> str:
        """Keep what a person thinks; returns the sentence that thanks for it. Raises BadInput, StoreError."""
        ...

    async def language(self, context: Context) -> str:
        """The language to speak with this person where no line tells one: what they set, the platform's, the
        setting's, English."""
        ...

"""Delivering: the port through which what nobody waits for is posted - digests that are due, alarms, notices.

A post is made of parts: first the message, then what stands below it, in order. What a part is sent with, its mark, is
left where it can be found again, since a request may have had its effect although no answer came.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from adapters.chat.port import Offer, Reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from summarizer.errors import DigestError

Platform = Literal["slack", "discord", "terminal"]

Reason = Literal["gone", "archived", "removed", "no_permission", "no_dm", "revoked", "external", "quota"]
"""Why nothing can be posted at a place any more, below `[subscriptions.suspended]` in the language files: the channel
is gone or archived, the bot was removed from it or from the whole server, lacks a permission, the person takes no
messages, the token was revoked, another organization's rules forbid it, a quota of the platform's is used up."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place to post at.

    team: the platform's id of the workspace or server, "" where there is none. channel: of the channel, for Discord of
    the thread; "" for the direct messages with `person`. thread: the message below which it is posted, "" for the
    channel itself. name: as people know the channel ("#general"), as last seen, "" where nobody told. is_shared:
    whether people of other organizations read the channel, as last seen.
    """

    platform: Platform
    team: str = ""
    channel: str = ""
    person: str = ""
    thread: str = ""
    name: str = field(default="", compare=False)
    is_shared: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        """As it is written in files and logs: "slack:T0123/C0123", "slack:T0123/@U0123", "discord:42/77"."""
        place = f"@{self.person}" if self.person and not self.channel else self.channel
        return f"{self.platform}:{'/'.join(filter(None, (self.team, place, self.thread)))}"


@dataclass(frozen=True, slots=True)
class DigestPost:
    """A digest that a channel subscribed to.

    reply: with `digest`, `handle`, `line`, `lang` and `page`; the digest holds the sections that are to be shown, and
    no others. footer: plain words that tell which subscription it is.
    """

    reply: Reply
    footer: str = ""


@dataclass(frozen=True, slots=True)
class TextPost:
    """A few lines that are no digest. text: Markdown that is safe to render. offers: what can be pressed below it."""

    text: str
    lang: str
    offers: tuple[Offer, ...] = ()


Post = DigestPost | TextPost


@dataclass(frozen=True, slots=True)
class Part:
    """One message or file of a post.

    name: unique within the post and the same whenever the post is composed: "post" for the message itself, then e.g.
    "summary", "changes-2", "file". content: the adapter's own. hash: of what it shows; a part whose hash stayed the
    same need not be edited.
    """

    name: str
    content: object
    hash: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a part is. channel, message: the platform's ids; of a forum the channel is the thread that the post is.
    thread: where what stands below it goes, as the platform has it; "" for not known yet."""

    channel: str
    message: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a part that was sent from any other: of which delivery, its name, in which revision. No secrets: any
    member may be able to read it."""

    delivery: str
    part: str
    revision: int = 1


class Undelivered(Exception):
    """A part was not delivered, or not surely. error: what the platform said, for people to read."""

    def __init__(self, error: DigestError) -> None:
        self.error = error
        super().__init__(str(error))


class Later(Undelivered):
    """Nothing has happened; try again. wait_s: no sooner than in so many seconds."""

    def __init__(self, error: DigestError, wait_s: float = 0.0) -> None:
        self.wait_s = wait_s
        super().__init__(error)


class Unclear(Undelivered):
    """It may have happened: nobody sends it again before looking."""


class Shut(Undelivered):
    """Nothing can be posted there until a person does something. whole_team: nor anywhere else in that workspace or
    server."""

    def __init__(self, error: DigestError, reason: Reason, *, whole_team: bool = False) -> None:
        self.reason: Reason = reason
        self.whole_team = whole_team
        super().__init__(error)


class Never(Undelivered):
    """It was refused, and asking again will not help."""


class Missing(Undelivered):
    """The message that was to be changed is there no more."""


class Blind(Undelivered):
    """Nobody may look whether it is there."""


class Courier(Protocol):
    """Posts on one platform, over its REST API alone, so that any process can. Posting is tried once a call: retries
    are the caller's, who writes down what was begun before each."""

    async def parts(self, post: Post, at: Destination) -> Sequence[Part]:
        """What it is made of, the message first. The same post has the same parts, whoever composes it and whenever.

        Raises Later, Shut.
        """
        ...

    async def send(self, part: Part, at: Destination, mark: Mark, below: Sent | None) -> Sent:
        """Send it; below: the post's first part, None for that itself. Raises Later, Unclear, Shut, Never."""
        ...

    async def find(
        self, part: Part, at: Destination, mark: Mark, below: Sent | None, since: datetime
    ) -> Sent | None:
        """Look whether a part with this mark is there, sent no sooner than `since`. None: it is not.

        Raises Blind where nobody may look, Later, Shut.
        """
        ...

    async def edit(self, part: Part, at: Destination, mark: Mark, sent: Sent) -> None:
        """Put it in the place of what was sent; doing it twice is no harm. Raises Missing, Later, Shut, Never."""
        ...

    async def delete(self, at: Destination, sent: Sent) -> None:
        """Remove it, and what has been put below it by us; what is gone already is removed.

        Raises Later, Shut, Never.
        """
        ...

    async def place(self, name: str, team: str) -> Destination:
        """The channel of that name or id ("#general", "general", "C0123") there, for people to subscribe it.

        Raises BadInput `subscriptions.no_channel` where there is none that the bot can see, Later, Shut.
        """
        ...

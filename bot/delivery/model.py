"""The ledger's rows: one delivery each, with its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from adapters.chat.delivering import Destination, Sent, TextPost
from summarizer.digests import Outcome

State = Literal["due", "building", "ready", "posting", "posted", "skipped", "failed", "parked", "retracted"]
"""due: planned. building: its digest is made. ready: it can be posted. posting: somebody is at it. failed: it will be
tried again. parked: it will not, until somebody asks for it."""

OPEN: frozenset[State] = frozenset({"due", "building", "ready", "posting", "failed"})
"""States that go on by themselves."""


@dataclass(frozen=True, slots=True)
class PartState:
    """What became of a part.

    hash: of what was sent last. attempt: how often it was begun. begun, deadline: of the last attempt, which nobody
    goes on with after its deadline. sent: where it is, None while it is nowhere or nobody knows. revision: of the
    digest that it was sent for.
    """

    name: str
    state: Literal["waiting", "posting", "posted", "refused"] = "waiting"
    hash: str = ""
    attempt: int = 0
    begun: datetime | None = None
    deadline: datetime | None = None
    sent: Sent | None = None
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Delivery:
    """One digest, or one notice, for one subscription at one due time.

    id: "s3-20251210T0100Z"; of a notice "n-" and what it is about. since, until: the window, None for a notice.
    batch: what is built for it, shared with all that want the same digest; "" for a notice. handle: opens the digest
    once it is ready. revision: of the digest that is to be posted; posted: the one that is, 0 for none.
    text: what is posted instead of a digest. covers: earlier dues that this one stands for after a downtime.
    why: the last trouble as a sentence in English, for managers. next_try: when it goes on, None for at once.
    tried: when it was first tried to post it. asked: whether a person has asked to send what nobody may look for.
    """

    id: str
    subscription: str
    destination: Destination
    due: datetime
    since: datetime | None = None
    until: datetime | None = None
    batch: str = ""
    text: TextPost | None = None
    covers: tuple[datetime, ...] = ()
    state: State = "due"
    outcome: Outcome | None = None
    handle: str = ""
    revision: int = 1
    posted: int = 0
    parts: tuple[PartState, ...] = ()
    attempts: int = 0
    why: str = ""
    next_try: datetime | None = None
    tried: datetime | None = None
    asked: bool = False
    posted_at: datetime | None = None
    by: str = ""
    digest_id: str = ""

    @property
    def is_notice(self) -> bool:
        """Whether it is said unasked, and not because something was subscribed to."""
        return self.id.startswith("n-")

    @property
    def root(self) -> Sent | None:
        """Where its message is, if it is anywhere."""
        return self.parts[0].sent if self.parts else None

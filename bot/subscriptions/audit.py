"""The audit list: who changed which subscription, when and how."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from adapters.store.codec import Codec
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from bot.subscriptions.model import Subscription

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    who: as `DIGEST_MANAGERS` names them ("slack-user:U0123"), "shell", or "us". what: the command ("pause") or what we
    did ("suspend:archived"). id: of the subscription; of a stop of all posts its scope. team: where it posts, as
    "slack:T0123", "" outside of one. before, after: the command that makes one like it, "" where there is none.
    """

    at: datetime
    who: str
    what: str
    id: str = ""
    team: str = ""
    before: str = ""
    after: str = ""


CHANGE: Codec[Change] = Codec(Change)
"""Without its id, which is the store's."""


def change_of(id_: str, data: bytes) -> Change | None:
    """None for what another version wrote."""
    try:
        return replace(CHANGE.load(data), id=id_)
    except StoreError as error:
        log.warning("kept change unreadable", id=id_, error=error.key)
        return None


def line(subscription: Subscription) -> str:
    """What it was ordered with, and where to."""
    return f"{subscription.command} to:{subscription.destination}"


def team_of(subscription: Subscription) -> str:
    """The workspace or server that it posts in, "" in a direct message that belongs to none."""
    at = subscription.destination
    return f"{at.platform}:{at.team}" if at.team else ""

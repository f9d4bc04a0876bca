"""Records of subscriptions, as the store keeps them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.delivering import Destination
from adapters.store.codec import Codec
from bot.subscriptions.model import Subscription
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store.subscriptions import Stored

log = structlog.get_logger()

_SUBSCRIPTION: Codec[Subscription] = Codec(Subscription)

_ERASED: Final = "erased"


def dump(one: Subscription) -> bytes:
    return _SUBSCRIPTION.dump(replace(one, id=""))  # which the store gives


def load(stored: Stored) -> Subscription:
    """Raises StoreError `store.record` for what another version wrote and this one cannot read."""
    return replace(_SUBSCRIPTION.load(stored.data), id=stored.id)


def readable(stored: Stored) -> Subscription | None:
    """None for what cannot be read: it must not stop all others."""
    try:
        return load(stored)
    except StoreError as error:
        log.error("subscription unreadable", id=stored.id, error=error.key)
        return None


def twin(one: Subscription) -> str:
    """What the store knows those by that would post the same; "" for one that posts nothing any more."""
    return "" if one.state == "ended" else hashlib.sha256(one.twin.encode()).hexdigest()[:32]


def erased(one: Subscription) -> Subscription:
    """What is left of it: an ended one without a place or a person."""
    place = Destination(one.destination.platform)
    return replace(
        one, destination=place, repo="", owner="", name="", filters=(), state="ended", reason=_ERASED
    )


def is_erased(one: Subscription) -> bool:
    return one.state == "ended" and one.reason == _ERASED

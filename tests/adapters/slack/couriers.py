"""A courier over the tests' Slack, and what it is given to post."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from adapters.chat import Reply
from adapters.chat.delivering import Destination, DigestPost, Mark
from adapters.slack.access import Access
from adapters.slack.courier import open_courier
from tests.adapters.slack.shown_digests import extracted, hostile_facts
from tests.servers.slack import BOT_TOKEN, GENERAL, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.chat.delivering import Courier, Part, Post, Sent
    from adapters.slack.courier import SlackCourier
    from adapters.store import Store
    from summarizer.digests import Digest
    from tests.servers.slack import Message, SlackServer

THERE: Final = Destination("slack", TEAM, GENERAL)
DELIVERY: Final = "s3-20251210T0100Z"
FOOTER: Final = "s3 · daily 09:00 · all of vLLM"
PNG: Final = b"\x89PNG a picture"


class Free:
    """The pace of a Slack that never asks anybody to wait."""

    async def take(self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float) -> float | None:
        del key, per_minute, burst, most_wait_s
        return 0.0

    async def hold(self, key: str, seconds: float) -> None:
        """Nobody is held."""


async def chart(_digest: Digest) -> tuple[bytes, str]:
    return PNG, "a picture"


@asynccontextmanager
async def courier_to(
    server: SlackServer,
    store: Store,
    *,
    url: str = "",
    **access: Any,  # noqa: ANN401
) -> AsyncIterator[SlackCourier]:
    """url: in place of the server's. access: of `Access`, in place of the token of the first workspace."""
    known = Access(url or server.url, **(access or {"bot_token": BOT_TOKEN}))
    async with open_courier(known, store=store, chart=chart, pace=Free()) as courier:
        yield courier


@cache
def small_digest(lang: str = "en") -> Digest:
    """A day with half a dozen items."""
    return extracted(hostile_facts([f"Item {place}" for place in range(6)]), lang, "daily")


def subscribed(digest: Digest, *, page: str = "", footer: str = FOOTER) -> DigestPost:
    reply = Reply("", digest.lang, digest=digest, handle=f"{digest.id}.1", line="2025-12-10", page=page)
    return DigestPost(reply, footer)


def corrected(digest: Digest) -> Digest:
    """The next revision, in which a section says something else."""
    first, *rest = digest.sections
    claims = tuple(replace(each, text=f"{each.text} Corrected.") for each in first.claims)
    return replace(digest, revision=digest.revision + 1, sections=(replace(first, claims=claims), *rest))


def mark_of(part: Part, revision: int = 1) -> Mark:
    return Mark(DELIVERY, part.name, revision)


def long_ago() -> datetime:
    """Before anything that a test has posted."""
    return datetime.now(UTC) - timedelta(minutes=5)


async def delivered(
    courier: Courier, post: Post, at: Destination = THERE
) -> tuple[Sequence[Part], dict[str, Sent]]:
    """Post all of it; its parts, and where each is."""
    parts = await courier.parts(post, at)
    sent: dict[str, Sent] = {}
    for part in parts:
        sent[part.name] = await courier.send(part, at, mark_of(part), sent.get(parts[0].name))
    return parts, sent


def root_of(server: SlackServer, sent: Sent) -> Message:
    message = server.find(sent.channel, sent.message)
    assert message is not None
    return message

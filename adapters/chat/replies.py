"""Replies: what is asked of a reply that shows a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.chat.port import Reply
    from summarizer.digests import Digest


def asked_anew(reply: Reply) -> str:
    """The line that brings the digest up to now; "" for a window that is over, which stays what it is."""
    digest = digest_of(reply)
    return reply.line if digest.facts.window.so_far else ""


def digest_of(reply: Reply) -> Digest:
    """The digest that a reply shows."""
    if reply.digest is None:
        raise TypeError("a reply with a digest expected")
    return reply.digest

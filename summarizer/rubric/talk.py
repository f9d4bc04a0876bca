"""Talk: what people, not bots, said on an item in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from summarizer.facts import Facts
    from summarizer.items import Item


@dataclass(frozen=True, slots=True)
class Talk:
    """remarks: comments and reviews with a text. people: who made them, without the item's author. objections: reviews
    that ask for changes."""

    remarks: int = 0
    people: int = 0
    objections: int = 0


def talk(item: Item, facts: Facts) -> Talk:
    """The talk of the facts' window."""
    window = facts.window
    logins: set[str] = set()
    remarks = objections = 0
    for comment in item.comments:
        if not comment.author.is_bot and comment.created_at in window and comment.body.strip():
            remarks += 1
            logins.add(comment.author.login)
    for review in item.reviews:
        if not review.author.is_bot and review.submitted_at in window:
            objections += review.state == "CHANGES_REQUESTED"
            if review.body.strip():
                remarks += 1
                logins.add(review.author.login)
    if item.author is not None:
        logins.discard(item.author.login)
    return Talk(remarks, len(logins), objections)

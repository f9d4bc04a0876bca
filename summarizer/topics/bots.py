"""Accounts that a topic file calls bots: marked when stored items are looked at, so that the file also holds for what
was stored before it said so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from summarizer.items import Item, Person

MARK = "[bot]"


def plain_login(login: str) -> str:
    """A login as lists of bots have it: in lower case, without `[bot]`."""
    return login.lower().removesuffix(MARK)


def mark_bots(items: Iterable[Item], bots: Collection[str]) -> Iterable[Item]:
    """`items` with every account of `bots` (plain logins) marked as one, whatever it did there."""
    return (_marked(item, bots) for item in items) if bots else items


def _marked(item: Item, bots: Collection[str]) -> Item:
    if not any(_is_unmarked(person, bots) for person in _people(item)):
        return item
    return replace(
        item,
        author=_mark(item.author, bots) if item.author else None,
        merged_by=_mark(item.merged_by, bots) if item.merged_by else None,
        events=tuple(
            replace(each, actor=_mark(each.actor, bots)) if each.actor else each for each in item.events
        ),
        comments=tuple(replace(each, author=_mark(each.author, bots)) for each in item.comments),
        reviews=tuple(replace(each, author=_mark(each.author, bots)) for each in item.reviews),
    )


def _people(item: Item) -> Iterable[Person | None]:
    yield item.author
    yield item.merged_by
    for event in item.events:
        yield event.actor
    for comment in item.comments:
        yield comment.author
    for review in item.reviews:
        yield review.author


def _is_unmarked(person: Person | None, bots: Collection[str]) -> bool:
    return person is not None and not person.is_bot and plain_login(person.login) in bots


def _mark(person: Person, bots: Collection[str]) -> Person:
    return replace(person, is_bot=True) if _is_unmarked(person, bots) else person

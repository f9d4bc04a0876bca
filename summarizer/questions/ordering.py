"""Ordering: what the order of an answer says: the first ones, the one that was asked for, sizes nobody knows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.questions import leads, phrases, reasons

if TYPE_CHECKING:
    from summarizer.items import Item
    from summarizer.questions.found import Found, Match
    from summarizer.questions.wording import Wording


def led_in(said: str, found: Found, wording: Wording) -> str:
    """`said`, and a word on the rows below where they are not simply all that was found. The one that was asked for
    ("the oldest open issue") is named instead."""
    limit, order = found.query.limit, found.query.order
    is_silent = order == "discussed" and found.matches and not found.matches[0].comments
    if not found.matches:
        is_near = any(number in found.items for number in found.near)
        return _joined(said, wording.text("nearest"), wording) if is_near else said
    if order == "largest" and not _has_size(found.items.get(found.matches[0].number)):
        return _joined(said, wording.text("top.unsized", n=len(found.matches)), wording)
    if limit is None or limit >= len(found.matches):
        names_first = order is not None and len(found.matches) > 1 and not is_silent
        return _joined(said, _first_is(found, wording), wording) if names_first else said
    if limit == 1 and order is not None and not is_silent and found.query.form in ("list", "explain"):
        return _the_one(found, wording)
    return _joined(said, wording.text(f"top.{order or 'best'}", n=limit), wording)


def _joined(said: str, more: str, wording: Wording) -> str:
    return wording.text("gap").join((said, more))


def _first_is(found: Found, wording: Wording) -> str:
    """ "The oldest of them is #123 (opened 3 months ago)." """
    match = found.matches[0]
    why = _measure(match, found.items.get(match.number), found, wording)
    return wording.text(
        f"first_of.{found.query.order}",
        those=wording.text("first_of.them"),
        number=match.number,
        why=wording.text("extras", extras=why) if why else "",
    )


def _the_one(found: Found, wording: Wording) -> str:
    """ "The oldest of 39 open issues is #123 (opened 3 months ago)." """
    match, n = found.matches[0], len(found.matches)
    shape = leads.shape(found)
    those = wording.text(
        "first_of.those" if leads.is_whole(found) else "first_of.known",
        n=n,
        subject=phrases.subject(found.query, wording, n, leads.kind_of(found)),
        happened=wording.text(
            f"who.that_{shape}",
            events=phrases.events(found.query, wording),
            period=phrases.then(found.query, found.window, wording),
        ),
    )
    why = _measure(match, found.items.get(match.number), found, wording)
    return wording.text(
        f"first_of.{found.query.order}",
        those=wording.spaced(those).lstrip(),
        number=match.number,
        why=wording.text("extras", extras=why) if why else "",
    )


def _measure(match: Match, item: Item | None, found: Found, wording: Wording) -> str:
    """What the order goes by, of the first one; "" where it is not known."""
    order, ago = found.query.order, wording.times.ago
    if order == "discussed":
        return wording.text("why.comments" if found.window else "why.comments_ever", n=match.comments)
    if item is None:
        return ""
    if order == "largest":
        return wording.text("why.size", added=item.additions or 0, deleted=item.deletions or 0)
    if order == "updated":
        return ago(item.updated_at) if item.updated_at else ""
    if found.query.events:
        return next(iter(reasons.why(match, found, wording)), "")
    return wording.text("why.opened", ago=ago(item.created_at)) if item.created_at else ""


def _has_size(item: Item | None) -> bool:
    return item is None or item.additions is not None or item.deletions is not None

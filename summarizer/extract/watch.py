"""Worth watching: proposals, breaking changes, reverts, bugs without a reply, what is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.categories import category
from summarizer.digests import Entry
from summarizer.extract.changes import key_changes
from summarizer.extract.ranking import BREAKING, REVERT, is_rfc, listed, score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.facts import Facts
    from summarizer.items import Item

_MOST = 8
_LONG = 5
"""Comments in the window, with the thread still open, that make a long discussion."""
_WEIGHT = {
    "breaking": 5.0,
    "revert": 5.0,
    "rfc": 4.0,
    "unanswered": 3.0,
    "long": 3.0,
    "ready_closed": 2.0,
    "rebase": 1.0,
}


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """Entries, the weightiest first; each claim is one reason to look. What alerts tell is not told again."""
    facts = words.facts
    reverts = {alert.number for alert in words.alerts if alert.kind == "revert"}
    numbers = dict.fromkeys((*listed(facts), *(thread.number for thread in facts.hot)))
    found = []
    for number in numbers:
        item = facts.items[number]
        reasons = [reason for reason in _reasons(item, facts) if reason != "revert" or number not in reverts]
        if reasons:
            weight = sum(_WEIGHT[reason] for reason in reasons) + 0.1 * score(item, facts, words.judged)
            found.append((-weight, number, reasons))
    if not found:
        key = "watch.none_besides" if reverts else "watch.none"
        return (words.claim(key if facts.complete else f"{key}_seen"),), ()
    found.sort()
    told = {item.number for item in key_changes(words)}
    entries = [
        _entry(facts.items[number], reasons, words, is_told=number in told)
        for _, number, reasons in found[:_MOST]
    ]
    rest = [number for _, number, _ in found[_MOST:]]
    if rest:
        more = words.claim("watch.more", rest, numbers=words.numbers(rest))
        entries.append(Entry((more,), None, words.text("watch.rest", n=len(rest))))
    return (), tuple(entries)


def unanswered_bugs(facts: Facts) -> list[Item]:
    """Open bug reports of the window that nobody but their author and bots has commented."""
    opened = [facts.items[row.number] for row in facts.lists.get("issues_opened", ())]
    return [
        item for item in opened if category(item) == "bugfix" and item.state == "open" and _unanswered(item)
    ]


def _unanswered(item: Item) -> bool:
    """False where not all comments are held: what is unknown is not claimed."""
    if item.comments_total is None or len(item.comments) < item.comments_total:
        return False
    author = item.author.login if item.author else None
    return all(comment.author.is_bot or comment.author.login == author for comment in item.comments)


def _reasons(item: Item, facts: Facts) -> Iterator[str]:
    is_open = item.state == "open"
    if REVERT.match(item.title):
        yield "revert"
    elif BREAKING.search(item.title) or any("breaking" in label.lower() for label in item.labels):
        yield "breaking"
    if is_open and is_rfc(item):
        yield "rfc"
    if (
        not item.is_pull_request
        and is_open
        and category(item) == "bugfix"
        and _opened_here(item, facts)
        and _unanswered(item)
    ):
        yield "unanswered"
    if is_open and _heat(item, facts) >= _LONG:
        yield "long"
    if item.is_pull_request and item.state == "closed" and "ready" in item.labels:
        yield "ready_closed"
    if is_open and "needs-rebase" in item.labels:
        yield "rebase"


def _opened_here(item: Item, facts: Facts) -> bool:
    return item.created_at is not None and item.created_at in facts.window


def _heat(item: Item, facts: Facts) -> int:
    return next((thread.comments_in_window for thread in facts.hot if thread.number == item.number), 0)


def _entry(item: Item, reasons: list[str], words: Words, *, is_told: bool) -> Entry:
    """is_told: the section of key changes already says what the item says of itself."""
    facts = words.facts
    waited = words.span((facts.window.until - item.created_at).total_seconds()) if item.created_at else ""
    claims = [
        words.claim(
            f"watch.{reason}",
            (item.number,),
            label=f"watch_{reason}",
            waited=waited,
            n=_heat(item, facts),
            state=words.happened(item),
        )
        for reason in reasons
    ]
    said = () if is_told else words.excerpt(item, label="what")
    return Entry((*claims, *said), item.number)

"""Suggestions: what the period leaves to be done, each found by a rule and each with its items."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.watch import unanswered_bugs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.digests import Claim, Table
    from summarizer.extract.words import Words
    from summarizer.items import Item

_ITEMS, _REST = 4, 12
_BIG_LINES = 500
_LONG = timedelta(days=14)
_PATIENCE = timedelta(days=1)
"""A bug report may wait that long for its first reply."""
_HOT_COMMENTS, _HOT_PEOPLE = 5, 3
_RELAND = re.compile(r"\bre-?(?:land|apply|introduce)", re.IGNORECASE)


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """An entry per rule that finds anything, the most pressing rule first."""
    entries = [_entry(rule, items, words) for rule, items in _found(words) if items]
    if not entries:
        key = "suggestions.none" if words.facts.complete else "suggestions.none_seen"
        return (words.claim(key),), (), ()
    return (), tuple(entries), ()


def _found(words: Words) -> Iterator[tuple[str, list[Item]]]:
    facts, shown = words.facts, words.shown
    for rule, kind in (("regressions", "regression"), ("ci_failures", "ci_failure")):
        yield (
            rule,
            [
                facts.items[alert.number]
                for alert in words.alerts
                if alert.kind == kind and alert.settled is None and _unfixed(facts.items[alert.number], words)
            ],
        )
    relanded = {
        number
        for item in facts.items.values()
        if _RELAND.search(item.title)
        for number in map(int, re.findall(r"#(\d{1,9})", f"{item.title} {item.body or ''}"))
    }
    yield (
        "reland",
        [
            facts.items[alert.number]
            for alert in words.alerts
            if alert.kind == "revert"
            and alert.settled == "merged"
            and alert.undoes
            and not relanded & {alert.number, *alert.undoes}
        ],
    )
    yield "tests", [item for item in words.key_prs if "missing_tests" in words.judged[item.number].risks]
    yield (
        "undecided",
        [
            facts.items[hot.number]
            for hot in facts.hot
            if facts.items[hot.number].state == "open"
            and hot.comments_in_window >= _HOT_COMMENTS
            and len(hot.participants) >= _HOT_PEOPLE
            and not any(review.state == "APPROVED" for review in facts.items[hot.number].reviews)
        ],
    )
    yield (
        "unanswered",
        [
            item
            for item in unanswered_bugs(facts)
            if item.created_at is not None and facts.window.until - item.created_at >= _PATIENCE
        ],
    )
    yield (
        "waiting",
        sorted(
            (item for item in shown.values() if _waits(item, words)),
            key=lambda item: (item.created_at, item.number),
        ),
    )


def _unfixed(item: Item, words: Words) -> bool:
    """Open, an issue, and no pull request that GitHub links with it."""
    linked = (words.known(number) for number in item.linked)
    return (
        item.state == "open"
        and not item.is_pull_request
        and not any(other is None or other.is_pull_request for other in linked)
    )


def _waits(item: Item, words: Words) -> bool:
    """A big open pull request that has waited long for an approval."""
    lines = (item.additions or 0) + (item.deletions or 0)
    return (
        item.is_pull_request
        and item.state == "open"
        and not item.is_draft
        and lines >= _BIG_LINES
        and item.created_at is not None
        and words.facts.window.until - item.created_at >= _LONG
        and not any(review.state == "APPROVED" for review in item.reviews)
    )


def _entry(rule: str, items: list[Item], words: Words) -> Entry:
    claims = [_claim(rule, item, words) for item in items[:_ITEMS]]
    rest = [item.number for item in items[_ITEMS:]]
    if rest:
        claims.append(words.claim("areas.rest", rest[:_REST], numbers=words.some(rest, _REST)))
    return Entry(tuple(claims), None, words.text(f"suggestions.{rule}", n=len(items)))


def _claim(rule: str, item: Item, words: Words) -> Claim:
    """The item with what the rule saw."""
    facts = words.facts
    waited = words.span((facts.window.until - item.created_at).total_seconds()) if item.created_at else ""
    why = ""
    if rule == "unanswered" or (rule in ("regressions", "ci_failures") and waited):
        why = words.text("suggestions.waited", waited=waited)
    elif rule == "waiting":
        size = words.text("changes.lines", added=item.additions or 0, deleted=item.deletions or 0)
        why = words.listing((words.text("suggestions.waited", waited=waited), size))
    elif rule == "undecided":
        hot = next(each for each in facts.hot if each.number == item.number)
        why = words.text("suggestions.talk", n=hot.comments_in_window, people=len(hot.participants))
    elif rule == "reland":
        undone = next((one.undoes for one in words.alerts if one.number == item.number), ())
        why = words.text("suggestions.undoes", numbers=words.numbers(undone)) if undone else ""
    key = "suggestions.item_why" if why else "suggestions.item"
    return words.claim(key, (item.number,), item=words.named(item.number), why=why)

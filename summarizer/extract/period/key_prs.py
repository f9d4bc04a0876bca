"""Key pull requests at a glance: what each says of itself, its size, its story, its risks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry

if TYPE_CHECKING:
    from summarizer.digests import Claim, Table
    from summarizer.extract.words import Words
    from summarizer.items import Item

_MOST, _REST = 12, 30


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """An entry per key pull request, most important first; the rest by number."""
    chosen = words.key_prs[:_MOST]
    if not chosen:
        key = "key_prs.none" if words.facts.complete else "key_prs.none_seen"
        return (words.claim(key),), (), ()
    entries = [_entry(item, words) for item in chosen]
    rest = [item.number for item in words.key_prs[_MOST:]]
    if rest:
        more = words.claim("alerts.rest", rest[:_REST], numbers=words.some(rest, _REST))
        entries.append(Entry((more,), None, words.text("key_prs.more", n=len(rest))))
    return (), tuple(entries), ()


def _entry(item: Item, words: Words) -> Entry:
    judged = words.judged[item.number]
    risks = words.risks(item.number)
    scores = words.claim(
        "key_prs.scores_risks" if risks else "key_prs.scores",
        (item.number,),
        label="importance",
        importance=judged.importance,
        insight=judged.insight,
        risks=risks,
    )
    story = words.claim("key_prs.story", (item.number,), label="status", story=words.told(item))
    return Entry((*words.excerpt(item, label="what", most=2), *words.reach(item), story, scores), item.number)

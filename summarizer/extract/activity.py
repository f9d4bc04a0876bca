"""Activity: who merged, opened and reviewed, who is new, and how fast people were answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Entry
    from summarizer.extract.words import Words
    from summarizer.facts import Contributor, Facts
    from summarizer.items import Item

_PEOPLE, _NEW = 6, 10
_LEAST = 3
"""Items that a median over a period is told of; a day may have but one."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """One labelled claim per thing that can be said; a thing that cannot is left out."""
    facts = words.facts
    claims = [*_people(words), *newcomers(words), *talk(words), *timing(words)]
    if not claims:
        return (words.claim("activity.none" if facts.complete else "activity.none_seen"),), ()
    return tuple(claims), ()


def _people(words: Words) -> list[Claim]:
    claims = []
    for what in counted(words):
        people = [person for person in words.facts.contributors if _count(person, what)]
        people.sort(key=lambda person: (-_count(person, what), person.login.lower()))
        if not people:
            continue
        parts = [
            words.text("count", what=code(person.login), count=_count(person, what))
            for person in people[:_PEOPLE]
        ]
        claims.append(words.claim("activity.people", label=what, people=words.listing(parts)))
    return claims


def counted(words: Words) -> tuple[str, ...]:
    """What people are counted by: a file that was imported tells who merged, and seldom who opened and reviewed."""
    return ("merged",) if words.is_imported else ("merged", "opened", "reviews")


def _count(person: Contributor, what: str) -> int:
    return {"merged": person.merged, "opened": person.opened, "reviews": person.reviews}[what]


def newcomers(words: Words) -> list[Claim]:
    """Who contributed for the first time."""
    names = words.facts.first_time
    if not names:
        return []
    shown = words.listing(code(name) for name in names[:_NEW])
    if len(names) > _NEW:
        shown = words.text("and_more_people", names=shown, count=len(names) - _NEW)
    return [words.claim("activity.first_time", label="first_time", n=len(names), names=shown)]


def talk(words: Words) -> list[Claim]:
    """How much was said, and by how many."""
    counts = words.facts.counts
    if not counts.comments or words.facts.filters:  # the counts are of the whole window, whatever the filters
        return []
    return [words.claim("activity.talk", label="talk", n=counts.comments, people=counts.participants)]


def timing(words: Words) -> list[Claim]:
    """Medians to a first response and to a merge, each with how many items it is of."""
    facts, parts = words.facts, []
    least = 1 if words.edition == "daily" else _LEAST
    if facts.timing.first_response_median_s is not None and (n := _answered(words)) >= least:
        span = words.span(facts.timing.first_response_median_s)
        parts.append(words.text("activity.first_response", span=span, n=n))
    rows = facts.lists.get("prs_merged", ())
    n = sum(facts.items[row.number].created_at is not None for row in rows)
    if facts.timing.merge_median_s is not None and n >= least:
        span = words.span(facts.timing.merge_median_s)
        parts.append(words.text("activity.merge", span=span, n=n))
    if not parts:
        return []
    return [words.claim("activity.timing", label="timing", parts=words.text("trends.between").join(parts))]


def _answered(words: Words) -> int:
    """How many of the items opened in the window somebody else answered in it, who is no bot."""
    facts = words.facts
    return sum(
        item.created_at is not None and item.created_at in facts.window and _is_answered(item, facts)
        for item in words.shown.values()
    )


def _is_answered(item: Item, facts: Facts) -> bool:
    author = item.author.login if item.author else None
    said = [(comment.author, comment.created_at) for comment in item.comments]
    said += [(review.author, review.submitted_at) for review in item.reviews if review.state != "PENDING"]
    return any(at in facts.window and not one.is_bot and one.login != author for one, at in said)

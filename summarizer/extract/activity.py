"""Activity: who merged, opened and reviewed, who is new, and how fast people were answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Entry
    from summarizer.extract.words import Words
    from summarizer.facts import Contributor

_PEOPLE, _NEW = 6, 10


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """One labelled claim per thing that can be said; a thing that cannot is left out."""
    facts = words.facts
    claims = [*_people(words), *_newcomers(words), *_talk(words), *_timing(words)]
    if not claims:
        return (words.claim("activity.none" if facts.complete else "activity.none_seen"),), ()
    return tuple(claims), ()


def _people(words: Words) -> list[Claim]:
    claims = []
    for what in ("merged", "opened", "reviews"):
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


def _count(person: Contributor, what: str) -> int:
    return {"merged": person.merged, "opened": person.opened, "reviews": person.reviews}[what]


def _newcomers(words: Words) -> list[Claim]:
    names = words.facts.first_time
    if not names:
        return []
    shown = words.listing(code(name) for name in names[:_NEW])
    if len(names) > _NEW:
        shown = words.text("and_more_people", names=shown, count=len(names) - _NEW)
    return [words.claim("activity.first_time", label="first_time", n=len(names), names=shown)]


def _talk(words: Words) -> list[Claim]:
    counts = words.facts.counts
    if not counts.comments or words.facts.filters:  # the counts are of the whole window, whatever the filters
        return []
    return [words.claim("activity.talk", label="talk", n=counts.comments, people=counts.participants)]


def _timing(words: Words) -> list[Claim]:
    timing = words.facts.timing
    parts = []
    if timing.first_response_median_s is not None:
        parts.append(words.text("activity.first_response", span=words.span(timing.first_response_median_s)))
    if timing.merge_median_s is not None:
        parts.append(words.text("activity.merge", span=words.span(timing.merge_median_s)))
    return (
        [words.claim("activity.timing", label="timing", parts=words.text("trends.between").join(parts))]
        if parts
        else []
    )

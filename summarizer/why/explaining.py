"""Explaining: everything that puts an item where it is in a digest, or keeps it out. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from summarizer.items import oldest_first
from summarizer.topics import match_topics
from summarizer.why.findings import Cited, Why
from summarizer.why.membership import memberships
from summarizer.why.moments import heats, life, verdicts
from summarizer.why.points import scores, tested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Digest, Section
    from summarizer.items import Item
    from summarizer.topics import Topic
    from summarizer.why.findings import Life, Missing, Presence, Verdict

_TOPIC = "topic-"
_FEW = 4
"""A claim that cites more items says nothing of each of them."""


def explain(
    digest: Digest,
    item: Item,
    *,
    negated: bool,
    asked: Sequence[str],
    topics: Sequence[Topic],
    partners: Sequence[Item] = (),
) -> Why:
    """Why the item is in the digest, or is not.

    item: as it is now. negated: whether it was asked why it is not there. asked: keys of the topics asked about; where
    there are none and the question is why not, it is about the topics that have a section.
    topics: the rules, with the mends that hold now. partners: the items that it is linked with.
    """
    facts = digest.facts
    then = facts.items.get(item.number) or item.as_of(facts.window.until)
    sections = [
        section.id.removeprefix(_TOPIC) for section in digest.sections if section.id.startswith(_TOPIC)
    ]
    wanted = asked or (sections if negated else ())
    shown = then or item
    heat = heats(facts).get(item.number)
    around, found = life(_joined(item, then), facts), verdicts(item, facts, heat)
    ledgers = facts.ledgers if item.number in facts.items else match_topics((*partners, shown), topics)
    return Why(
        digest=digest,
        number=item.number,
        negated=negated,
        asked=tuple(asked),
        presence=_presence(item, then, digest, around, found),
        item=item,
        then=then,
        life=around,
        verdicts=found,
        heat=heat,
        topics=memberships(shown, facts, topics, partners=partners, sections=sections, asked=wanted),
        filters=tested(shown, facts, ledgers, digest.assessments),
        scores=scores(then, facts, digest.assessments) if then else None,
        cited=tuple(
            _cited(section, item.number) for section in digest.sections if item.number in section.cites
        ),
    )


def explain_missing(
    digest: Digest, number: int, missing: Missing, *, negated: bool, asked: Sequence[str]
) -> Why:
    """Why an item that the mirror does not hold is not in the digest; it may be in one that was made before it went."""
    held = digest.facts.items.get(number)
    if held is None:
        return Why(digest, number, negated, tuple(asked), "missing", missing=missing)
    topics = [ledger.topic for ledger in digest.facts.ledgers.values()]
    return replace(explain(digest, held, negated=negated, asked=asked, topics=topics), missing=missing)


def _joined(item: Item, then: Item | None) -> Item:
    """The item with what only the digest knows of it: its text may have been swept since."""
    if then is None:
        return item
    late = [event for event in item.events if event not in then.events]
    return replace(
        item,
        events=oldest_first((*then.events, *late)),
        comments=item.comments or then.comments,
        reviews=item.reviews or then.reviews,
    )


def _presence(
    item: Item, then: Item | None, digest: Digest, around: Life, found: Sequence[Verdict]
) -> Presence:
    facts = digest.facts
    standing = [each.place for each in found if each.stands]
    if any(place != "hot" for place in standing):
        return "listed"
    if standing:
        return "hot"
    if then is None:
        return "not_yet"
    if item.number in facts.items:
        if item.number not in facts.shown:
            return "filtered"
        inside = around.inside
        is_by_people = inside.events or inside.comments.people or inside.reviews.people
        return "stirred" if is_by_people else "moved_by_bots"
    return "known_later" if around.inside else "absent"


def _cited(section: Section, number: int) -> Cited:
    """Where a section names the item: a claim of its own entry before one that names it beside others."""
    own = [claim for entry in section.entries if entry.number == number for claim in entry.claims]
    beside = [claim for claim in section.all_claims if number in claim.cites and len(claim.cites) <= _FEW]
    told = next(iter((*own, *sorted(beside, key=lambda claim: len(claim.cites)))), None)
    return Cited(section.id, section.title, told.text if told else "")

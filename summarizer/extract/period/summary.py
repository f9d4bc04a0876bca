"""The executive summary: what the period comes to in numbers, and the three changes that matter most."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.areas import ELSEWHERE, area_of, grouped
from summarizer.extract.period.comparing import categories, growth, topics
from summarizer.extract.watch import unanswered_bugs
from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Table
    from summarizer.extract.period.comparing import Count
    from summarizer.extract.words import Words
    from summarizer.items import Item

_KINDS, _TOPICS, _PEOPLE, _ITEMS, _NUMBERS, _AREAS = 4, 4, 3, 3, 5, 3
_FEW = 3
"""Pull requests that something is said of together; fewer are told one by one."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """Sentences of counts, then an entry for each of the most important changes."""
    facts = words.facts
    counts = facts.counts
    told = (counts.prs_merged, counts.prs_opened, counts.issues_opened, counts.issues_closed, facts.releases)
    if not any(told):
        return (words.claim("overview.nothing" if facts.complete else "overview.nothing_seen"),), (), ()
    claims = [*_merged(words), *_about(words), *_kinds(words), *_themes(words), *_people(words)]
    claims += _waiting(words)
    names = [code(release.tag_name) for release in facts.releases]
    if names:
        claims.append(words.claim("overview.released", names=words.listing(names)))
    return tuple(claims), tuple(_entry(item, words) for item in words.merged[:_ITEMS]), ()


def _merged(words: Words) -> list[Claim]:
    facts = words.facts
    n, then = facts.counts.prs_merged, facts.baseline.prs_merged if facts.baseline else None
    before = ""
    if then is not None and max(n, then):
        key = "overview.same" if n == then else "overview.against"
        before = words.text(key, then=then, before=words.before)
    claims = [words.claim("overview.merged", period=words.period, n=n, before=before, mean=_mean(words))]
    if facts.filters:  # the counts are of the whole window, whatever the filters
        claims = [words.claim("overview.matching", period=words.period, n=n, shown=len(words.merged))]
    if words.merged:
        cites = [item.number for item in words.key_prs]
        key = "overview.key" if cites else "overview.no_key"
        claims.append(words.claim(key, cites[:_NUMBERS], n=len(cites), numbers=words.some(cites, _NUMBERS)))
    return claims


def _mean(words: Words) -> str:
    """How important and how telling the merged ones are on average, to one digit."""
    judged = [words.judged[item.number] for item in words.merged]
    if len(judged) < _FEW:
        return ""
    importance, insight = (
        f"{sum(values) / len(judged):.1f}"
        for values in ([one.importance for one in judged], [one.insight for one in judged])
    )
    return words.text("overview.mean", importance=importance, insight=insight)


def _about(words: Words) -> list[Claim]:
    """What most of the key changes are about."""
    areas = sorted(
        (area for area in grouped(words.key_prs, words) if area.key != ELSEWHERE),
        key=lambda area: (-len(area.items), area.key),
    )
    if len(words.key_prs) < _FEW or not areas:
        return []
    most = len(areas[0].items)
    key, first = "overview.about_mostly", [area for area in areas[:_AREAS] if len(area.items) > 1]
    if sum(len(area.items) for area in first) * 2 <= len(words.key_prs):
        key, first = "overview.about", [area for area in areas if len(area.items) == most]
    if len(first) > _AREAS:
        return [words.claim("overview.about_evenly", n=len(areas), most=most)]
    parts = [words.text("trends.heading", topic=area.name, n=len(area.items)) for area in first]
    cites = [item.number for area in first for item in area.items]
    return [words.claim(key, cites, n=len(areas), areas=words.listing(parts))]


def _kinds(words: Words) -> list[Claim]:
    if words.facts.filters:
        return []
    counts = [each for each in categories(words) if each.now][:_KINDS]
    return [words.claim("overview.kinds", kinds=_counted(counts, words))] if len(counts) > 1 else []


def _themes(words: Words) -> list[Claim]:
    if words.facts.filters:
        return []
    counts = [each for each in topics(words) if each.now][:_TOPICS]
    return [words.claim("overview.themes", topics=_counted(counts, words))] if len(counts) > 1 else []


def _counted(counts: list[Count], words: Words) -> str:
    """Each with its number, and the number before where that tells of a change."""
    parts, can_tell = [], growth(words) is not None
    for each in counts:
        key = "overview.count_was" if can_tell and each.is_telling else "count"
        parts.append(words.text(key, what=each.name, count=each.now, then=each.then))
    return words.listing(parts)


def _people(words: Words) -> list[Claim]:
    people = [each for each in words.facts.contributors if each.merged][:_PEOPLE]
    if not people:
        return []
    parts = [words.text("count", what=code(each.login), count=each.merged) for each in people]
    return [words.claim("overview.people", people=words.listing(parts))]


def _waiting(words: Words) -> list[Claim]:
    """New bug reports without a reply; what was opened and closed stands above the digest."""
    waiting = [item.number for item in unanswered_bugs(words.facts)]
    if words.facts.filters or not waiting:
        return []
    numbers = words.some(waiting, _NUMBERS)
    return [words.claim("overview.waiting", waiting[:_NUMBERS], n=len(waiting), numbers=numbers)]


def _entry(item: Item, words: Words) -> Entry:
    said = words.excerpt(item, label="what")
    if said:
        return Entry(said, item.number)
    claims = [words.claim("overview.unsaid", (item.number,), label="status", happened=words.told(item))]
    if name := area_of(item, words)[1]:
        claims.insert(0, words.claim("overview.area", (item.number,), label="area", area=name))
    return Entry(tuple(claims), item.number)

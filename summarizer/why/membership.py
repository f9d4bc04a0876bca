"""What the rules of topics, and people, make of an item; and where they made nothing of it, what came closest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from summarizer.topics import Topic, match_topics, mending
from summarizer.topics.dumps import strip_dumps
from summarizer.topics.matching import TITLE_CHARS, leads
from summarizer.why.findings import Membership, Miss

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.topics import Ledger, Reason, Rule, RuleField, Tier
    from summarizer.why.findings import Fault

_FIELDS: Final[tuple[RuleField, ...]] = ("title", "label", "path", "author", "organisation", "body", "linked")
_DUMP_LINES: Final = 400
"""Lines of an environment dump that are looked through."""


def memberships(
    item: Item,
    facts: Facts,
    topics: Sequence[Topic],
    *,
    partners: Sequence[Item],
    sections: Collection[str],
    asked: Collection[str],
) -> tuple[Membership, ...]:
    """Of the topics that the item belongs to, that people decided about it, or that were asked about.

    item: as it stood at the window's end. topics: with the mends that hold now. partners: items that it is linked with.
    sections: keys of the topics that have a section.
    """
    beside = _linked(item, facts) if item.number in facts.items else partners
    among = {each.number: each for each in (*beside, item)}
    ledgers = match_topics(among.values(), topics)
    plain = match_topics(among.values(), [replace(topic, mends=()) for topic in topics])
    found = []
    for topic in topics:
        tier, reasons = _told(ledgers[topic.key], item.number)
        mends = mending(topic.mends, item.repo).of(item)
        if tier is None and not mends and topic.key not in asked:
            continue
        by_rules, rule_reasons = _told(plain[topic.key], item.number)
        is_undone = tier is None and by_rules is not None
        misses = _misses(item, topic, rule_reasons, among) if topic.key in asked and not is_undone else ()
        found.append(
            Membership(
                topic, tier, by_rules, reasons, rule_reasons, mends, topic.key in sections, tuple(misses)
            )
        )
    return tuple(found)


def _linked(item: Item, facts: Facts) -> list[Item]:
    """The window's items that the item is linked with, either way round: no others change what it belongs to."""
    return [each for each in facts.items.values() if each.number in item.linked or item.number in each.linked]


def _told(ledger: Ledger, number: int) -> tuple[Tier | None, tuple[Reason, ...]]:
    """The tier and the reasons of a member."""
    if number not in ledger.reasons:
        return None, ()
    return "about" if number in ledger.about else "tagged", ledger.reasons[number]


def _misses(item: Item, topic: Topic, reasons: Sequence[Reason], among: Mapping[int, Item]) -> Iterator[Miss]:
    """What of the topic's rules the item does not meet, by field, in the order of fields; what it meets elsewhere in
    the field counts."""
    met = {reason.rule for reason in reasons} | {"organisation" for reason in reasons if reason.organisation}
    for field in _FIELDS:
        rules = [rule for rule in topic.rules if rule.on == field]
        if not rules or field in met:
            continue
        nearly = list(_nearly(item, rules))
        if nearly:
            yield from nearly
        elif (miss := _miss(field, item, rules, among)) is not None:
            yield miss


def _nearly(item: Item, rules: Sequence[Rule]) -> Iterator[Miss]:
    """What rules of one field would have met but for their exceptions, their share or an environment dump. Where the
    strict rule is met as well, nothing is amiss."""
    for rule in rules:
        if rule.on == "linked":
            continue
        loose = replace(rule, unless=(), share=0.0)
        if _values(item, rule) or not (values := _values(item, loose)):
            continue
        undone = _values(item, replace(loose, match=rule.unless)) if rule.unless else ()
        if undone:
            yield Miss(rule.on, "except", values, rule.match, undone)
        elif rule.share:
            yield Miss(rule.on, "share", values, rule.match, share=rule.share)
    if rules[0].on == "body" and item.body and (dumped := _in_dumps(item, rules)):
        yield Miss("body", "dump", dumped, _sought(rules))


def _values(item: Item, rule: Rule) -> tuple[str, ...]:
    """What of the item the rule alone meets."""
    topic = Topic("rule", {}, (), (rule,))
    [ledger] = match_topics((item,), (topic,)).values()
    return tuple(reason.value for reason in ledger.reasons.get(item.number, ()))


def _in_dumps(item: Item, rules: Sequence[Rule]) -> tuple[str, ...]:
    """What the rules would meet in the lines that are not read."""
    body = item.body or ""
    read = set(strip_dumps(body).splitlines())
    unread = [line for line in body.splitlines() if line not in read][:_DUMP_LINES]
    lines = [replace(item, number=at, title=line[:TITLE_CHARS]) for at, line in enumerate(unread)]
    topic = Topic("dump", {}, (), tuple(replace(rule, on="title") for rule in rules))
    [ledger] = match_topics(lines, (topic,)).values()
    found = (reason.value for reasons in ledger.reasons.values() for reason in reasons)
    return tuple({value.casefold(): value for value in found}.values())


def _miss(field: RuleField, item: Item, rules: Sequence[Rule], among: Mapping[int, Item]) -> Miss | None:
    sought = _sought(rules)
    match field:
        case "title":
            return Miss(field, "none", (item.title,), sought)
        case "label":
            return Miss(field, "none" if item.labels else "empty", item.labels, sought)
        case "path":
            if not item.is_pull_request:
                return None
            return Miss(field, _fault(item.files), item.files or (), sought)
        case "body":
            return Miss(field, _fault(item.body), (), sought)
        case "author" | "organisation":
            names = tuple(dict.fromkeys(rule.organisation for rule in rules if rule.organisation))
            login = (item.author.login,) if item.author else ()
            return Miss(field, "none" if login else "empty", login, names or sought)
        case "linked":
            known = [number for number in among if number != item.number]
            numbers = tuple(f"#{number}" for number in known or item.linked)
            return Miss(field, "linked" if known else "unknown" if numbers else "empty", numbers)


def _fault(value: str | tuple[str, ...] | None) -> Fault:
    if value is None:
        return "unknown"
    return "none" if value else "empty"


def _sought(rules: Sequence[Rule]) -> tuple[str, ...]:
    """The rules' expressions, those that are plain words first."""
    patterns = dict.fromkeys(pattern for rule in rules for pattern in rule.match)
    return tuple(sorted(patterns, key=lambda pattern: leads(pattern) != (pattern.lower(),)))

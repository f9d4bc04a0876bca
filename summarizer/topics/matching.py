"""Matching items against topics: `match_topics(items, topics)` -> one ledger a topic, by its rules and its mends.

How expressions are read, by the field they look at (case never matters, letters are ASCII letters):

    title, body, path   found at the start of a word: no letter or digit stands before. `rocm` finds ROCm,
                        rocm700, VLLM_ROCM_USE and Dockerfile.rocm, not "microcm"; `\\b` ends a word
    label, author       the whole name, `[bot]` included
    organisation        the same, in the author's login: loading a file turns organisations into expressions

Text is untrusted and expressions may be a stranger's, so both are bounded: only the first TITLE_CHARS,
NAME_CHARS and BODY_CHARS are read. A window holds thousands of texts and a file hundreds of expressions,
nearly none of which meet, so an expression runs only where the literal text it starts with (its lead)
stands, and is compiled when it first runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, TypeAlias

from summarizer.topics.dumps import strip_dumps, strip_phrases
from summarizer.topics.mends import mending
from summarizer.topics.rules import Ledger, Reason, Rule, Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from summarizer.items import Item
    from summarizer.topics.mends import Mending
    from summarizer.topics.rules import RuleField, Tier

TITLE_CHARS = 300
NAME_CHARS = 300
BODY_CHARS = 20_000
VALUES_PER_RULE = 3
"""How many different matches of one rule are told as reasons; a thousand paths need no thousand."""

_TEXT_FIELDS: tuple[RuleField, ...] = ("title", "label", "path", "author", "organisation", "body")
_WHOLE_NAMES: tuple[RuleField, ...] = ("label", "author", "organisation")
_WORD = re.compile(r"[A-Za-z0-9]+")
_LEADING_GROUP = re.compile(r"\(\?:([^()\\[\]]*)\)(?![?*{])")


@dataclass(slots=True)
class _Ledger:
    """A ledger while it is filled: number -> reasons, in rule order. removed: numbers that a mend took out."""

    topic: Topic
    reasons: dict[int, list[Reason]] = field(default_factory=dict)
    about: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)

    def add(self, number: int, reason: Reason) -> None:
        reasons = self.reasons.setdefault(number, [])
        for known in reasons:
            is_same = known.value == reason.value and known.rule == reason.rule
            if is_same and known.tier in ("about", reason.tier):
                return
        reasons.append(reason)
        if reason.tier == "about":
            self.about.add(number)

    def mend(self, item: Item, mends: Mending) -> None:
        """Do what was decided about the item and its author, once the rules have told of it."""
        of_item, of_author = mends.numbers.get(item.number), mends.of_author(item)
        if of_item is None and of_author is None:
            return
        reasons = self.reasons.pop(item.number, [])
        if of_author is not None and of_author.action == "remove":
            reasons = [reason for reason in reasons if reason.rule != "author"]
        elif of_author is not None:
            reasons.insert(0, Reason("mend", of_author.told, "tagged"))
        if of_item is not None and of_item.action == "remove":
            reasons = []
            self.removed.add(item.number)
        elif of_item is not None:
            reasons.insert(0, Reason("mend", of_item.told, "about"))
        self.about.discard(item.number)
        for reason in reasons:
            self.add(item.number, reason)

    def close(self, total: int) -> Ledger:
        numbers = sorted(self.reasons)
        return Ledger(
            topic=self.topic,
            about=tuple(sorted(self.about)),
            tagged=tuple(number for number in numbers if number not in self.about),
            reasons={number: tuple(self.reasons[number]) for number in numbers},
            total=total,
        )


def match_topics(items: Iterable[Item], topics: Sequence[Topic]) -> dict[str, Ledger]:
    """Topic key -> its ledger over `items` (one repository's), in the order of `topics`.

    A rule on `linked` makes a member of an item that GitHub links, either way round, with an item that is
    about the topic by another rule; links of links do not count. Its reason's value is that item's number:
    `#26701`. A mend weighs more than any rule; what it took out no link brings back.
    """
    known = tuple(items)
    matcher = _matcher(tuple(topic.rules for topic in topics))
    ledgers = [_Ledger(topic) for topic in topics]
    for item in known:
        for at, reason in matcher.reasons(item):
            ledgers[at].add(item.number, reason)
    links = _links(known)
    for ledger in ledgers:
        if ledger.topic.mends and known:
            mends = mending(ledger.topic.mends, known[0].repo)
            for item in known:
                ledger.mend(item, mends)
        tiers = [rule.tier for rule in ledger.topic.rules if rule.on == "linked"]
        if tiers:
            _add_linked(ledger, links, tiers)
    return {ledger.topic.key: ledger.close(len(known)) for ledger in ledgers}


def _links(items: Iterable[Item]) -> list[tuple[int, int]]:
    """(item, the item it is linked with), both ways round, among `items`."""
    linked = {item.number: item.linked for item in items}
    pairs = ((number, other) for number, others in linked.items() for other in others if other in linked)
    return sorted({pair for number, other in pairs for pair in ((number, other), (other, number))})


def _add_linked(ledger: _Ledger, links: Iterable[tuple[int, int]], tiers: Iterable[Tier]) -> None:
    about = frozenset(ledger.about)  # links of links do not count
    for number, other in links:
        if other in about and number not in ledger.removed:
            for tier in tiers:
                ledger.add(number, Reason("linked", f"#{other}", tier))


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """A rule, ready to run. topic, order: the index of its topic and of itself among all rules."""

    topic: int
    order: int
    rule: Rule

    def unless(self, text: str) -> bool:
        return any(_expression(self.rule.on, pattern).search(text) for pattern in self.rule.unless)


@dataclass(frozen=True, slots=True, eq=False)
class _Probe:
    """One expression of a rule. lead: literal text, in lower case, that every match starts with, or ""."""

    compiled: _Compiled
    pattern: str
    lead: str

    def find(self, text: str, lowered: str) -> str | None:
        if self.lead not in lowered:
            return None
        match = _expression(self.compiled.rule.on, self.pattern).search(text)
        return match[0] if match else None


_Hit: TypeAlias = tuple[_Compiled, Reason]


class _Probes:
    """The expressions of one field, found by the first two letters of a text's words."""

    def __init__(self, rules: Iterable[_Compiled]) -> None:
        self._by_start: dict[str, list[tuple[int, _Probe]]] = {}
        self._always: list[tuple[int, _Probe]] = []
        self._all = [
            _Probe(compiled, pattern, lead)
            for compiled in rules
            for pattern in compiled.rule.match
            for lead in leads(pattern)
        ]
        every = {probe.lead for probe in self._all}
        # where a lead stands, so does each that is a part of it
        self._leads = tuple(lead for lead in every if not any(part in lead for part in every - {lead}))
        for order, probe in enumerate(self._all):
            start = probe.lead[:2]
            is_indexed = len(start) == 2 and _WORD.fullmatch(start) is not None
            (self._by_start.setdefault(start, []) if is_indexed else self._always).append((order, probe))

    def values(self, text: str, limit: int) -> list[tuple[_Compiled, str]]:
        """(rule, matched text) for each rule that `text` meets, in rule order, at most `limit` a rule."""
        lowered = text.lower()
        found: dict[_Compiled, dict[str, str]] = {}
        for probe in self._near(text):
            if (value := probe.find(text, lowered)) is not None:
                found.setdefault(probe.compiled, {}).setdefault(value.casefold(), value)
        return [
            (compiled, value)
            for compiled, values in found.items()
            if not compiled.unless(text)
            for value in list(values.values())[:limit]
        ]

    def _near(self, text: str) -> list[_Probe]:
        if len(text) > TITLE_CHARS:  # a long text has every start of a word
            return self._all
        near = list(self._always)
        for start in {word[:2].lower() for word in _WORD.findall(text)}:
            near.extend(self._by_start.get(start, ()))
        return [probe for _, probe in sorted(near, key=itemgetter(0))]

    def may_find(self, lowered: str) -> bool:
        """False only where `values` would find nothing; for long texts, cheaper than asking it."""
        return any(lead in lowered for lead in self._leads)


class _Matcher:
    """All rules of some topics. What a text gives is remembered: paths, labels and logins recur within a
    window, and everything from one digest to the next."""

    def __init__(self, rules: tuple[tuple[Rule, ...], ...]) -> None:
        every = ((topic, rule) for topic, topic_rules in enumerate(rules) for rule in topic_rules)
        compiled = [_Compiled(topic, order, rule) for order, (topic, rule) in enumerate(every)]
        self._probes = {on: _Probes(one for one in compiled if one.rule.on == on) for on in _TEXT_FIELDS}
        self._hits = lru_cache(maxsize=65_536)(self._look)
        self._body_hits = lru_cache(maxsize=4_096)(self._look_in_body)

    def reasons(self, item: Item) -> Iterator[tuple[int, Reason]]:
        """(index of the topic, reason) for each rule an item meets, by field."""
        found = list(self._hits("title", item.title[:TITLE_CHARS]))
        for label in item.labels:
            found.extend(self._hits("label", label[:NAME_CHARS]))
        if item.files:
            found.extend(self._path_hits(item.files))
        if item.author is not None:
            login = item.author.login[:NAME_CHARS]
            found.extend((*self._hits("author", login), *self._hits("organisation", login)))
        if item.body:
            found.extend(self._body_hits(item.body))
        return (
            (compiled.topic, reason)
            for compiled, reason in found
            if compiled.rule.kind is None or compiled.rule.kind == item.kind
        )

    def _path_hits(self, paths: tuple[str, ...]) -> Iterator[_Hit]:
        found: dict[_Compiled, list[Reason]] = {}
        for path in paths:
            for compiled, reason in self._hits("path", path[:NAME_CHARS]):
                found.setdefault(compiled, []).append(reason)
        for compiled in sorted(found, key=attrgetter("order")):
            if len(found[compiled]) >= compiled.rule.share * len(paths):
                for reason in found[compiled][:VALUES_PER_RULE]:
                    yield compiled, reason

    def _look(self, on: RuleField, text: str) -> tuple[_Hit, ...]:
        found = self._probes[on].values(text, 1 if on == "path" else VALUES_PER_RULE)
        # the whole path is the reason, not what of it matched; whose people an author is one of is told of the author
        rule = "author" if on == "organisation" else on
        return tuple(
            (
                compiled,
                Reason(rule, text if on == "path" else value, compiled.rule.tier, compiled.rule.organisation),
            )
            for compiled, value in found
        )

    def _look_in_body(self, body: str) -> tuple[_Hit, ...]:
        probes = self._probes["body"]
        lowered = body.lower()
        # stripping a dump is the dearest step here, so bodies that cannot match are told apart before it
        if not probes.may_find(lowered) or not probes.may_find(strip_phrases(lowered)):
            return ()
        return self._look("body", strip_dumps(body)[:BODY_CHARS])


@lru_cache(maxsize=32)
def _matcher(rules: tuple[tuple[Rule, ...], ...]) -> _Matcher:
    return _Matcher(rules)


@lru_cache(maxsize=4096)
def _expression(on: RuleField, pattern: str) -> re.Pattern[str]:
    shape = r"\A(?:{})\Z" if on in _WHOLE_NAMES else r"(?<![A-Za-z0-9])(?:{})"
    return re.compile(shape.format(pattern), re.IGNORECASE | re.ASCII)


def leads(pattern: str) -> tuple[str, ...]:
    """Texts in lower case, one of which every match of `pattern` starts with; ("",) if they are not plain."""
    group = _LEADING_GROUP.match(pattern)
    ways = [way + pattern[group.end() :] for way in group[1].split("|")] if group else [pattern]
    found = tuple(dict.fromkeys(_lead(way) for way in ways))
    return found if all(found) else ("",)


def _lead(pattern: str) -> str:
    if "|" in re.sub(r"\([^()]*\)", "", pattern.replace(r"\|", "")):
        return ""
    lead = ""
    for part, quantifier in re.findall(r"(\\.|.)([*?+{]?)", pattern):
        is_plain = part.isalnum() or part in " -_/,:#" or (len(part) == 2 and not part[1].isalnum())
        if not is_plain or quantifier in ("*", "?", "{"):
            break
        lead += part[-1].lower()
        if quantifier:
            break
    return lead

"""Reading a topic file: TOML in, `TopicRules` out, and one clear error for whatever is wrong with it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast, get_args

from summarizer.errors import NotConfigured
from summarizer.topics.bots import plain_login
from summarizer.topics.organisations import Organisation
from summarizer.topics.rules import Rule, RuleField, Tier, Topic, TopicRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BUNDLED = "vllm.toml"
"""The topic file that comes with the package."""

ORGANISATIONS = "organisations.toml"
"""The organisations that come with the package, for every topic file."""

RULE_FIELDS: tuple[str, ...] = get_args(RuleField)
TIERS: tuple[str, ...] = get_args(Tier)
DEFAULT_TIERS: Mapping[str, Tier] = {
    "title": "about",
    "path": "about",
    "body": "about",
    "label": "tagged",
    "author": "tagged",
    "organisation": "tagged",
    "linked": "tagged",
}

_TOP_KEYS = frozenset({"project", "people", "organisation", "topic"})
_PROJECT_KEYS = frozenset({"repo", "name"})
_PEOPLE_KEYS = frozenset({"bots"})
_ORGANISATION_KEYS = frozenset({"key", "title", "logins", "patterns"})
_TOPIC_KEYS = frozenset({"key", "title", "aliases", "rule"})
_RULE_KEYS = frozenset({"on", "match", "tier", "except", "share"})
_LOGIN = re.compile(r"[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_REPO = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)

_MAX_PATTERN = 300
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_MANY = re.compile(r"[*+]|\{\d*,(?:\d{2,})?\}")


def load_topics(path: Path | None = None) -> TopicRules:
    """The rules in the TOML file at `path`, or those that come with the package.

    Raises NotConfigured, key `topics.*`, with the place of the first mistake.
    """
    name = BUNDLED if path is None else path.name
    try:
        text = (files(__package__) / BUNDLED if path is None else path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotConfigured("topics.unreadable", file=name) from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotConfigured("topics.toml", file=name, problem=str(error)) from error
    return _Reader(name, is_ours=path is None, organisations=bundled_organisations()).read(data)


@cache
def bundled_organisations() -> Mapping[str, Organisation]:
    """Key -> each organisation that comes with the package."""
    data = tomllib.loads((files(__package__) / ORGANISATIONS).read_text("utf-8"))
    return _Reader(ORGANISATIONS, is_ours=True, organisations={}).read_organisations(data)


class _Reader:
    """Reads one file's tables; every complaint names the file and the place in it.

    is_ours: the expressions are the package's own, which its tests compile; compiling hundreds takes a while.
    organisations: key -> those there are already, to which the file adds.
    """

    def __init__(self, file: str, *, is_ours: bool, organisations: Mapping[str, Organisation]) -> None:
        self._file = file
        self._is_ours = is_ours
        self._organisations = organisations

    def read(self, data: Mapping[str, Any]) -> TopicRules:
        self._known(data, _TOP_KEYS, "the file")
        names = self._project(data.get("project", {}))
        bots = self._bots(data.get("people", {}))
        self._organisations = self.read_organisations(data)
        tables = self._tables(data.get("topic", []), "topic")
        if not tables:
            raise self._wrong("topic", "[[topic]]")
        topics = tuple(self._topic(table, f"topic[{at}]") for at, table in enumerate(tables))
        self._check_names(topics)
        # whom the package adds to the file's organisations is part of what its rules mean
        people = [
            (rule.organisation, rule.match) for topic in topics for rule in topic.rules if rule.organisation
        ]
        meaning = json.dumps([data, people], sort_keys=True, ensure_ascii=False)
        return TopicRules(topics, hashlib.sha256(meaning.encode()).hexdigest(), names, bots)

    def read_organisations(self, data: Mapping[str, Any]) -> dict[str, Organisation]:
        """Those there are already and those of the file; the file's people join an organisation of the same key."""
        found = dict(self._organisations)
        own: set[str] = set()
        for at, table in enumerate(self._tables(data.get("organisation", []), "organisation")):
            organisation = self._organisation(table, f"organisation[{at}]")
            key = organisation.key
            if key in own:
                raise NotConfigured("topics.twice", file=self._file, name=key, first=key, second=key)
            own.add(key)
            found[key] = found[key].joined(organisation) if key in found else organisation
        return found

    def _organisation(self, table: Mapping[str, Any], place: str) -> Organisation:
        self._known(table, _ORGANISATION_KEYS, place)
        key = self._key(table, place)
        place = f"organisation {key}"
        known = self._organisations.get(key)
        title = self._text(table.get("title", known.title if known else None), f"{place}, title")
        logins = self._texts(table.get("logins", []), f"{place}, logins")
        for login in logins:
            if _LOGIN.fullmatch(login) is None:
                raise self._wrong(f"{place}, logins", '["octocat"]')
        patterns = self._patterns(table.get("patterns", []), f"{place}, patterns")
        if not logins and not patterns:
            raise self._wrong(f"{place}, logins", '["octocat"]')
        return Organisation(key, title, logins, patterns)

    def _bots(self, table: object) -> frozenset[str]:
        people = self._table(table, "people")
        self._known(people, _PEOPLE_KEYS, "people")
        logins = self._texts(people.get("bots", []), "people.bots")
        for login in logins:
            if _LOGIN.fullmatch(login) is None:
                raise self._wrong("people.bots", '["octocat"]')
        return frozenset(plain_login(login) for login in logins)

    def _project(self, table: object) -> dict[str, str]:
        if table == {}:
            return {}
        project = self._table(table, "project")
        self._known(project, _PROJECT_KEYS, "project")
        repo = self._text(project.get("repo"), "project.repo")
        if _REPO.fullmatch(repo) is None:
            raise self._wrong("project.repo", "owner/name")
        return {repo.lower(): self._text(project.get("name"), "project.name")}

    def _topic(self, table: Mapping[str, Any], place: str) -> Topic:
        self._known(table, _TOPIC_KEYS, place)
        key = self._key(table, place)
        place = f"topic {key}"
        titles = self._table(table.get("title"), f"{place}, title")
        if not titles:
            raise self._wrong(f"{place}, title", '{ en = "…", zh = "…" }')
        rules = self._tables(table.get("rule", []), f"{place}, rule")
        if not rules:
            raise self._wrong(f"{place}, rule", "[[topic.rule]]")
        return Topic(
            key=key,
            title={code: self._text(words, f"{place}, title.{code}") for code, words in titles.items()},
            aliases=self._texts(table.get("aliases", []), f"{place}, aliases"),
            rules=tuple(
                each
                for at, rule in enumerate(rules, start=1)
                for each in self._rules(rule, f"{place}, rule {at}")
            ),
        )

    def _key(self, table: Mapping[str, Any], place: str) -> str:
        key = self._text(table.get("key"), f"{place}.key")
        if _KEY.fullmatch(key) is None:
            raise self._wrong(f"{place}.key", "a-z 0-9 -")
        return key

    def _rules(self, table: Mapping[str, Any], place: str) -> tuple[Rule, ...]:
        """The rule of a table; one for each organisation where it names some."""
        self._known(table, _RULE_KEYS, place)
        on = self._text(table.get("on"), f"{place}, on")
        if on not in RULE_FIELDS:
            raise self._wrong(f"{place}, on", ", ".join(RULE_FIELDS))
        tier = self._text(table.get("tier", DEFAULT_TIERS[on]), f"{place}, tier")
        if tier not in TIERS:
            raise self._wrong(f"{place}, tier", ", ".join(TIERS))
        read = self._texts if on == "organisation" else self._patterns
        match = read(table.get("match", []), f"{place}, match")
        unless = self._patterns(table.get("except", []), f"{place}, except")
        if (on == "linked") == bool(match) or (on == "linked" and unless):
            raise NotConfigured("topics.match", file=self._file, place=place)
        share = table.get("share", 0)
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
            raise self._wrong(f"{place}, share", "0 … 1")
        if share and on != "path":
            raise self._wrong(f"{place}, share", 'on = "path"')
        rule = Rule(cast("RuleField", on), match, cast("Tier", tier), unless, float(share))
        return self._of_organisations(rule, place) if on == "organisation" else (rule,)

    def _of_organisations(self, rule: Rule, place: str) -> tuple[Rule, ...]:
        unknown = [key for key in rule.match if key not in self._organisations]
        if unknown:
            raise self._wrong(f"{place}, match", ", ".join(self._organisations))
        named = (self._organisations[key] for key in rule.match)
        return tuple(replace(rule, match=one.expressions, organisation=one.title) for one in named)

    def _patterns(self, value: object, place: str) -> tuple[str, ...]:
        patterns = self._texts(value, place)
        for at, pattern in enumerate(() if self._is_ours else patterns, start=1):
            try:
                empty = re.compile(pattern, re.IGNORECASE | re.ASCII).search("") is not None
            except re.error as error:
                raise NotConfigured(
                    "topics.regex",
                    file=self._file,
                    place=f"{place} {at}",
                    pattern=pattern,
                    problem=str(error),
                ) from error
            if empty:
                raise NotConfigured(
                    "topics.matches_all", file=self._file, place=f"{place} {at}", pattern=pattern
                )
            if len(pattern) > _MAX_PATTERN or _may_explode(pattern):
                raise NotConfigured(
                    "topics.slow", file=self._file, place=f"{place} {at}", pattern=pattern[:80]
                )
        return patterns

    def _check_names(self, topics: tuple[Topic, ...]) -> None:
        owners: dict[str, str] = {}
        for topic in topics:
            for name in dict.fromkeys((topic.key, *(alias.casefold() for alias in topic.aliases))):
                if name in owners:
                    raise NotConfigured(
                        "topics.twice", file=self._file, name=name, first=owners[name], second=topic.key
                    )
                owners[name] = topic.key

    def _known(self, table: Mapping[str, Any], known: frozenset[str], place: str) -> None:
        for field in table:
            if field not in known:
                raise NotConfigured(
                    "topics.field", file=self._file, place=place, field=field, known=tuple(sorted(known))
                )

    def _table(self, value: object, place: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(place, "{ … }")
        return value

    def _tables(self, value: object, place: str) -> list[Mapping[str, Any]]:
        if not isinstance(value, list):
            raise self._wrong(place, f"[[{place}]]")
        return [self._table(entry, f"{place}[{at}]") for at, entry in enumerate(value)]

    def _text(self, value: object, place: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(place, '"…"')
        return value

    def _texts(self, value: object, place: str) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self._wrong(place, '["…"]')
        return tuple(self._text(entry, place) for entry in value)

    def _wrong(self, place: str, expected: str) -> NotConfigured:
        return NotConfigured("topics.value", file=self._file, place=place, expected=expected)


def _may_explode(pattern: str) -> bool:
    """Whether a group that repeats without a small bound repeats or branches inside, as (a+)+ and (a|a)* do.

    Such expressions may take exponential time on text that nearly matches. Stricter than need be, at little
    cost.
    """
    loose = [False]  # for each open group, outermost first: does it repeat or branch?
    for token in _TOKEN.finditer(pattern):
        many = _MANY.match(pattern, token.end()) is not None
        if token[0] == "(":
            loose.append(False)
        elif token[0] == ")" and len(loose) > 1:
            inside = loose.pop()
            if inside and many:
                return True
            loose[-1] = loose[-1] or inside or many
        elif token[0] == "|" or many:
            loose[-1] = True
    return False

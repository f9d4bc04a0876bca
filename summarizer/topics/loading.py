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
from summarizer.items import Kind
from summarizer.topics.bots import plain_login
from summarizer.topics.mends import UNDATED, Mend
from summarizer.topics.organisations import Organisation
from summarizer.topics.patterns import may_be_slow
from summarizer.topics.rules import Rule, RuleField, Tier, Topic, TopicRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from summarizer.topics.mends import Action

BUNDLED = "vllm.toml"
"""The topic file that comes with the package."""

ORGANISATIONS = "organisations.toml"
"""The organisations that come with the package, for every topic file."""

RULE_FIELDS: tuple[str, ...] = get_args(RuleField)
TIERS: tuple[str, ...] = get_args(Tier)
KINDS: tuple[str, ...] = get_args(Kind)
DEFAULT_TIERS: Mapping[str, Tier] = {
    "title": "about",
    "path": "about",
    "body": "about",
    "label": "tagged",
    "author": "tagged",
    "organisation": "tagged",
    "linked": "tagged",
}

_TOP_KEYS = frozenset({"project", "people", "organisation", "topic", "mend"})
_PROJECT_KEYS = frozenset({"repo", "name"})
_PEOPLE_KEYS = frozenset({"bots"})
_ORGANISATION_KEYS = frozenset({"key", "title", "logins", "patterns"})
_TOPIC_KEYS = frozenset({"key", "title", "aliases", "rule"})
_RULE_KEYS = frozenset({"on", "match", "tier", "except", "share", "kind"})
_MEND_KEYS = frozenset({"topic", "add", "remove", "because", "by", "repo"})
_LOGIN = re.compile(r"[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_REPO = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_ACTIONS: tuple[Action, ...] = ("add", "remove")
_NUMBERS_END = 10**9


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
        rules = {field: value for field, value in data.items() if field != "mend"}
        meaning = json.dumps([rules, people], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(meaning.encode()).hexdigest()
        found = TopicRules(topics, digest, names, bots, self._organisations)
        mends = self._tables(data.get("mend", []), "mend")
        return found.mended(
            mend for at, table in enumerate(mends) for mend in self._mends(table, found, f"mend[{at}]")
        )

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

    def _mends(self, table: Mapping[str, Any], rules: TopicRules, place: str) -> Iterator[Mend]:
        """The mends of a table, which are about the file's project where it has one and they name no other."""
        self._known(table, _MEND_KEYS, place)
        keys = [topic.key for topic in rules.topics]
        topic = self._text(table.get("topic"), f"{place}.topic")
        if topic not in keys:
            raise self._wrong(f"{place}.topic", ", ".join(keys))
        by = self._text(table.get("by", self._file), f"{place}.by")
        because = self._text(table["because"], f"{place}.because") if "because" in table else ""
        project = next(iter(rules.names), "")
        repo = self._text(table["repo"], f"{place}.repo") if "repo" in table else project
        if repo and _REPO.fullmatch(repo) is None:
            raise self._wrong(f"{place}.repo", "owner/name")
        targets: dict[str, Mend] = {}
        for action in _ACTIONS:
            for number, login in self._targets(table.get(action, []), f"{place}.{action}"):
                mend = Mend(topic, action, number, login, by, UNDATED, because, repo)
                if targets.setdefault(mend.target, mend).action != action:
                    raise NotConfigured("topics.mend_both", file=self._file, place=place, target=mend.target)
        if not targets:
            raise self._wrong(f"{place}.add", '[26701, "@octocat"]')
        yield from targets.values()

    def _targets(self, value: object, place: str) -> Iterator[tuple[int | None, str | None]]:
        """(number, None) or (None, login) for each entry."""
        for entry in value if isinstance(value, list) else [None]:
            if isinstance(entry, int) and not isinstance(entry, bool) and 0 < entry < _NUMBERS_END:
                yield entry, None
            elif isinstance(entry, str) and entry[:1] == "@" and _LOGIN.fullmatch(entry[1:]):
                yield None, entry[1:]
            else:
                raise self._wrong(place, '[26701, "@octocat"]')

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
        kind = table.get("kind")
        if kind is not None and (kind not in KINDS or on == "linked"):
            raise self._wrong(f"{place}, kind", ", ".join(KINDS))
        rule = Rule(cast("RuleField", on), match, cast("Tier", tier), unless, float(share), kind=kind)
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
            if may_be_slow(pattern):
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

"""Topics: named watches such as AMD/ROCm, defined by rules in a TOML file, and their ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Tier = Literal["about", "tagged"]
RuleField = Literal["title", "label", "path", "author", "body", "linked"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[topic.rule]]`: any of the regular expressions `match`, and none of `unless`, found in the field `on`."""

    on: RuleField
    match: tuple[str, ...]
    tier: Tier
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A named watch. title: language code -> words; aliases are what people may call it."""

    key: str
    title: Mapping[str, str]
    aliases: tuple[str, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item belongs to a topic: the field a rule looked at, the text that matched there, and the tier it gives."""

    rule: RuleField
    value: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Ledger:
    """A topic's members among a window's items, each with the rules that made it one.

    about, tagged: numbers, ascending and disjoint (about wins). total: how many items were looked at.
    """

    topic: Topic
    about: tuple[int, ...]
    tagged: tuple[int, ...]
    reasons: Mapping[int, tuple[Reason, ...]]
    total: int

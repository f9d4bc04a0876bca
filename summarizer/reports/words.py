"""How reports name their parts: the headings, counts and labels of every language there is, as expressions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from summarizer import languages
from summarizer.facts import LIST_NAMES, CountName
from summarizer.verify.lexicon import NUMBER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.facts import ListName

COUNT_NAMES: tuple[CountName, ...] = get_args(CountName)


def sources(key: str) -> list[str]:
    return list(_all(key))


def _all(key: str) -> Iterator[str]:
    """The expressions at `report.<key>` of every language."""
    for code in languages.codes():
        language = languages.load(code)
        if language.has(f"report.{key}"):
            yield from (source.replace("{number}", NUMBER) for source in language.get(f"report.{key}"))


@cache
def any_of(key: str) -> re.Pattern[str]:
    """One expression for all at `report.<key>`."""
    return re.compile("|".join(f"(?:{source})" for source in _all(key)) or r"(?!)", re.IGNORECASE)


@cache
def field(key: str) -> re.Pattern[str]:
    """ "Window: ..." for the words at `report.<key>`; group 1 is what follows."""
    return re.compile(rf"(?:{any_of(key).pattern})\s*[:：]\s*(.*)", re.IGNORECASE)


@cache
def counted() -> Mapping[CountName, re.Pattern[str]]:
    """Name of a count -> how a statistics line tells it; group 1 is the number."""
    found: dict[CountName, re.Pattern[str]] = {}
    for name in COUNT_NAMES:
        sources = [_filled(str(text)) for text in _templates(f"digest.counts.{name}")]
        sources += [rf"(?<!\w)(?:{source})\s*[:：]?\s*(\d+)" for source in _all(f"counts.{name}")]
        found[name] = re.compile("|".join(sources), re.IGNORECASE)
    return found


@cache
def headings() -> Mapping[ListName | Literal["releases"], re.Pattern[str]]:
    """Name of a list, or "releases" -> its heading, with the number of its rows in the last group if told."""
    found: dict[ListName | Literal["releases"], re.Pattern[str]] = {}
    names: tuple[ListName | Literal["releases"], ...] = (*LIST_NAMES, "releases")
    for name in names:
        sources = [re.escape(str(text)) for text in _templates(f"digest.list.{name}")]
        sources += list(_all(f"lists.{name}"))
        joined = "|".join(f"(?:{source})" for source in sources)
        found[name] = re.compile(
            rf"\W*(?:{joined})\s*(?:[(（](\d+)[^()（）]{{0,4}}[)）])?\s*[:：]?\s*", re.IGNORECASE
        )
    return found


def list_of(heading: str) -> tuple[ListName | Literal["releases"], int | None] | None:
    """The list that a heading names, and the number of its rows if it tells one."""
    for name, pattern in headings().items():
        if match := pattern.fullmatch(heading):
            return name, int(match[1]) if match[1] else None
    return None


@cache
def moments() -> Mapping[ListName, re.Pattern[str]]:
    """Name of a list -> how its rows name their time, e.g. "merged"."""
    return {
        name: re.compile(
            "|".join(re.escape(str(text).partition(":")[0]) for text in _templates(f"digest.moment.{name}")),
            re.IGNORECASE,
        )
        for name in LIST_NAMES
    }


def _templates(key: str) -> list[object]:
    return [languages.load(code).get(key) for code in languages.codes() if languages.load(code).has(key)]


def _filled(template: str) -> str:
    before, _, after = template.partition("{n}")
    return rf"(?<!\w){re.escape(before.rstrip())}\s*[:：]?\s*(\d+){re.escape(after)}"

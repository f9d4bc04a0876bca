"""Titles: what stands behind a number as its item's title must be it, or a part of it."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from summarizer.reports.findings import Finding
from summarizer.verify.evidence import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.items import Item
    from summarizer.reports.report import Statement
    from summarizer.verify.case import Case

_AFTER: Final = re.compile(
    r"(?<![\w/])#(\d{1,9})\s*(?:[-–—:：]\s*)?"
    r"(?:[“\"「『](?P<quoted>[^”\"」』]{6,})[”\"」』]|[(（](?P<bracketed>\[[^\n]{6,})[)）]|(?=(?P<bare>[^\s#，。；、,;:：)）(（”\"」』][^\n]*)))"
)
_LIKE: Final = 0.75
"""From this likeness on words are meant as the title; retellings in another language have none."""


def findings(statement: Statement, case: Case) -> Iterator[Finding]:
    """A title that is nearly that of the item, or that of another item."""
    for match in _AFTER.finditer(statement.text):
        number = int(match[1])
        item = case.facts.items.get(number)
        words = match["quoted"] or match["bracketed"] or match["bare"]
        if item is None or not item.title or not words:
            continue
        # a squash merge puts the number behind the title, where a report need not repeat it
        said = _comparable(words)
        title = _comparable(item.title.removesuffix(f"(#{number})"))
        whole = said
        if match["bare"]:
            said = _cut(said, title)
        if len(said) < 6 or said in title or re.match(rf"{re.escape(title)}(?![a-z0-9])", said):
            continue
        if _is_begun(said, title):
            continue
        other = next(
            (
                one
                for one in case.facts.items.values()
                if one.number != number and len(one.title) > 12 and whole.startswith(_comparable(one.title))
            ),
            None,
        )
        if other is not None or SequenceMatcher(None, said, title, autojunk=False).ratio() >= _LIKE:
            values = {"n": number, "title": item.title}
            yield Finding("wrong", "title", statement.line, statement.text, values, (number,))


def without(text: str, items: Mapping[int, Item]) -> str:
    """The text without the titles that stand right behind their numbers: what they say is nobody's claim here."""
    for match in list(re.finditer(r"(?<![\w/])#(\d{1,9})(?!\w)", text)):
        item = items.get(int(match[1]))
        if item is None or not item.title.strip():
            continue
        words = [re.escape(word) for word in item.title.replace("`", "").split()]
        loose = r"\s+".join("`?".join(("", word, "")) for word in words)
        spelled = r"[\s`]+".join(re.escape(word) for word in re.split(r"[\s`]+", item.title) if word)
        found = re.search(rf"{match[0]}(\W{{0,4}}(?:{spelled}|{loose}))", text)
        if found:
            text = text[: found.start(1)] + " " + text[found.end(1) :]
            continue
        cut = re.search(rf"{match[0]}\s+([^…]{{8,}})…", text)
        if cut and _comparable(item.title).startswith(_comparable(cut[1])):
            text = text[: cut.start(1)] + text[cut.end() :]
    return text


def _comparable(text: str) -> str:
    return folded(re.sub(r"[\\*_`]", "", text)).strip(" .。:：")


def _cut(said: str, title: str) -> str:
    """As much of what follows a number as its title would take."""
    end = len(title)
    while end < len(said) and said[end : end + 1] not in " (（，。；,;:：、":
        end += 1
    return said[:end].strip(" (（，。；,;:：、")


def _is_begun(said: str, title: str) -> bool:
    """ "Standardise get_rope..." stands for a longer title."""
    begun, dots, _ = said.partition("...")
    return bool(dots) and len(begun.strip()) > 3 and title.startswith(begun.strip())

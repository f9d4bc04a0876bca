"""Appendix: the lists of a digest, a line for each item, and how the digest came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.items import listing
from adapters.chat.outline.spans import Inline, plain
from summarizer import pages
from summarizer.facts import LIST_NAMES
from summarizer.pages import footer

if TYPE_CHECKING:
    from adapters.chat.outline.prose import Prose
    from summarizer.digests import Digest
    from summarizer.facts import Facts, Listed
    from summarizer.items import Release
    from summarizer.languages import Language

__all__ = ["Listing", "footer", "lists", "size"]

_ALWAYS: Final = LIST_NAMES[:5]
"""Lists that are there even when they are empty, so that nobody looks for them."""
_ON_A_LINE: Final = 20


@dataclass(frozen=True, slots=True)
class Listing:
    """title: what it holds and how much of it, "" for a single line that needs none. is_list: whether each row is an
    item of a list; paragraphs otherwise."""

    title: str
    rows: tuple[Inline, ...]
    is_list: bool


def lists(digest: Digest, language: Language, prose: Prose) -> list[Listing]:
    """The lists in the order of `pages.lists`, then the window's other items by their numbers alone: nothing happened
    to those but comments and reviews. Lists that hold nothing are named on one line at the end."""
    facts = digest.facts
    made: list[Listing] = []
    empty: list[str] = []
    for name in LIST_NAMES:
        if name == "carried_over" and facts.releases:
            lines = [_release(each, language, prose) for each in facts.releases]
            made.append(_list(language.text("digest.list.releases"), lines, language))
        rows = facts.lists.get(name, ())
        if rows:
            lines = [_row(row, language, prose) for row in rows]
            made.append(_list(language.text(f"digest.list.{name}"), lines, language))
        elif name in _ALWAYS:
            empty.append(_within(language.text(f"digest.list.{name}")))
    if others := _others(facts):
        made.append(_numbers(others, language, prose))
    if empty:
        key = "list_none" if facts.complete else "list_none_seen"
        line = plain(language.text(f"chat.digest.{key}", names=listing(empty, language)))
        made.append(Listing("", (line,), is_list=False))
    return made


def size(facts: Facts) -> int:
    """How many different items and releases the lists hold."""
    rows = (row.number for name in LIST_NAMES for row in facts.lists.get(name, ()))
    return len({*rows, *_others(facts)}) + len(facts.releases)


def _within(name: str) -> str:
    """A heading's words within a sentence: "New issues" as "new issues"."""
    return name[:1].lower() + name[1:]


def _list(name: str, lines: list[Inline], language: Language) -> Listing:
    title = language.text("chat.digest.list", name=name, n=len(lines))
    return Listing(title, tuple(lines), is_list=True)


def _row(row: Listed, language: Language, prose: Prose) -> Inline:
    item = prose.facts.items[row.number]
    line = prose.number(row.number) + plain(" ") + prose.words(pages.title_shown(item, language))
    line += plain(language.text("digest.between"))
    if item.author is not None:
        line += prose.words(item.author.login) + plain(language.text("chat.digest.then"))
    return line + prose.moment(row.at)


def _release(release: Release, language: Language, prose: Prose) -> Inline:
    line = prose.link(release.tag_name, release.url)
    if release.name and release.name != release.tag_name:
        line += plain(" ") + prose.words(release.name)
    if release.is_prerelease:
        line += plain(language.text("chat.digest.row_note", note=language.text("digest.row.prerelease")))
    return line + plain(language.text("digest.between")) + prose.moment(release.published_at)


def _others(facts: Facts) -> list[int]:
    listed = {row.number for name in LIST_NAMES for row in facts.lists.get(name, ())}
    return [number for number in facts.shown if number not in listed]


def _numbers(numbers: list[int], language: Language, prose: Prose) -> Listing:
    """In several paragraphs, so that they can be packed."""
    separator = str(language.get("list.separator"))
    rows = (
        prose.numbers(numbers[start : start + _ON_A_LINE], separator)
        for start in range(0, len(numbers), _ON_A_LINE)
    )
    return Listing(language.text("chat.digest.also", n=len(numbers)), tuple(rows), is_list=False)

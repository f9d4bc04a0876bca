"""Appendix: the lists of a digest, a line for each item, and how the digest came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import blocks, limits, mrkdwn
from adapters.slack.cutting import shortened
from adapters.slack.elements import rich_text, section
from adapters.slack.layout import pieces
from adapters.slack.layout.prose import plain
from summarizer import pages
from summarizer.facts import LIST_NAMES

if TYPE_CHECKING:
    from adapters.slack.blocks import Block
    from adapters.slack.layout.pieces import Inline
    from adapters.slack.layout.prose import Prose
    from summarizer.digests import Digest
    from summarizer.facts import Facts, Listed
    from summarizer.items import Release
    from summarizer.languages import Language

_ALWAYS: Final = LIST_NAMES[:5]
"""Lists that are there even when they are empty, so that nobody looks for them."""
_ON_A_LINE: Final = 20


def lists(digest: Digest, language: Language, prose: Prose) -> list[list[Block]]:
    """The blocks of each list, in the order of `pages.lists`, then the window's other items by their numbers alone:
    nothing happened to those but comments and reviews. Lists that hold nothing are named on one line at the end."""
    facts = digest.facts
    made: list[list[Block]] = []
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
        names = str(language.get("list.separator")).join(empty)
        made.append([rich_text([section(plain(language.text(f"slack.digest.{key}", names=names)))])])
    return made


def size(facts: Facts) -> int:
    """How many different items and releases the lists hold."""
    rows = (row.number for name in LIST_NAMES for row in facts.lists.get(name, ()))
    return len({*rows, *_others(facts)}) + len(facts.releases)


def heading(language: Language) -> Block:
    return blocks.header(language.text("digest.section.appendix"))


def footer(digest: Digest, language: Language) -> list[Block]:
    """How the words came about, what the data holds, and the zone of the times."""
    told = mrkdwn.escaped("\n".join(pages.footer(digest, language)))
    return [blocks.context(told if len(told) <= limits.SECTION else shortened(told, limits.SECTION))]


def _within(name: str) -> str:
    """A heading's words within a sentence: "New issues" as "new issues"."""
    return name[:1].lower() + name[1:]


def _list(name: str, lines: list[Inline], language: Language) -> list[Block]:
    head = section(plain(language.text("slack.digest.list", name=name, n=len(lines)), bold=True))
    first, *more = (pieces.bullets([line]) for line in lines)
    return pieces.gathered([[head, first], *([each] for each in more)])


def _row(row: Listed, language: Language, prose: Prose) -> Inline:
    item = prose.facts.items[row.number]
    line = prose.number(row.number) + plain(" ") + prose.words(pages.title_shown(item, language))
    line += plain(language.text("digest.between"))
    if item.author is not None:
        line += prose.words(item.author.login) + plain(language.text("slack.digest.then"))
    return line + prose.moment(row.at)


def _release(release: Release, language: Language, prose: Prose) -> Inline:
    line = prose.link(release.tag_name, release.url)
    if release.name and release.name != release.tag_name:
        line += plain(" ") + prose.words(release.name)
    if release.is_prerelease:
        line += plain(language.text("slack.digest.row_note", note=language.text("digest.row.prerelease")))
    return line + plain(language.text("digest.between")) + prose.moment(release.published_at)


def _others(facts: Facts) -> list[int]:
    listed = {row.number for name in LIST_NAMES for row in facts.lists.get(name, ())}
    return [number for number in facts.shown if number not in listed]


def _numbers(numbers: list[int], language: Language, prose: Prose) -> list[Block]:
    """In several paragraphs, so that they can be packed."""
    separator = str(language.get("list.separator"))
    first, *more = (
        section(prose.numbers(numbers[start : start + _ON_A_LINE], separator))
        for start in range(0, len(numbers), _ON_A_LINE)
    )
    head = plain(language.text("slack.digest.also", n=len(numbers)), bold=True)
    return pieces.gathered([[section(head), first], *([each] for each in more)])

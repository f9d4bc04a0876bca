r"""Packing: blocks of Discord's Markdown into texts of so many characters, each of which can be read alone.

A block that is too long is cut between its lines, then between sentences, then between words; never within a link,
code, a timestamp or behind a backslash. Bold that is cut is closed and opened again, and so is a block of code.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from adapters.discord.markdown import characters, unstarted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TOKEN: Final = re.compile(
    r"""
      \[(?:\\.|`[^`]*`|[^\]\\`])*\]\(<[^>\n]*>\)    # a masked link
    | (?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)
    | <t:-?[0-9]+(?::[a-zA-Z])?>
    | \*\*
    | \\.
    | \s+
    | [^\s\\*`\[<\u2e80-\U0010ffff]+             # a word; Chinese has no spaces between its own
    | .[\ufe0f\U0001f3fb-\U0001f3ff]*
    """,
    re.VERBOSE | re.DOTALL,
)
_SENTENCE_END: Final = re.compile(r"(?:[.!?…][\"')”’]*\s+|[。！？；][”’」』）]*)\Z")
_KEPT_MARK: Final = re.compile(r"(?:> |-# )+")
"""What each line of a quote or of small text begins with."""
_LIST_MARK: Final = re.compile(r"\s*(?:- |[0-9]+\. )")
_HEADING: Final = re.compile(r"#{1,3} [^\n]*\Z")
_FENCE: Final = "```"
_BOLD: Final = "**"
_LEAST: Final = 64
"""Characters that are worth beginning a cut block in what is left of a text."""


def pack(blocks: Iterable[str], *, budget: int) -> list[str]:
    """The blocks in order, in as few texts as hold them with at most `budget` characters each, as `characters` counts.

    Between blocks stands an empty line, but none before a list and behind a heading, which goes with what it is the
    heading of. A list fills a text of which half is left, and goes on in the next one. What cannot be cut - a link
    longer than `budget` - is cut all the same. No text for no blocks.
    """
    packed: list[str] = []
    current: list[str] = []
    for block in filter(str.strip, blocks):
        room = budget - _size([*current, ""])
        goes_on = room >= budget // 2 and _LIST_MARK.match(block) and _size([*current, block]) > budget
        is_cut = goes_on or characters(block) > budget
        for piece in _cut(block, room if room >= _LEAST else budget, budget) if is_cut else [block]:
            while current and _size([*current, piece]) > budget:
                heads = _heads(current)
                heads = [] if len(heads) == len(current) else heads
                packed.append(_joined(current[: len(current) - len(heads)]))
                current = heads
            current.append(piece)
    return [*packed, _joined(current)] if current else packed


def _joined(blocks: list[str]) -> str:
    text = blocks[0]
    for before, block in pairwise(blocks):
        is_close = _HEADING.match(before) or (_LIST_MARK.match(block) and not _LIST_MARK.match(before))
        text += ("\n" if is_close else "\n\n") + block
    return text


def _size(blocks: list[str]) -> int:
    return characters(_joined(blocks))


def _heads(blocks: list[str]) -> list[str]:
    """The headings at the end."""
    begin = len(blocks)
    while begin and _HEADING.match(blocks[begin - 1]):
        begin -= 1
    return blocks[begin:]


def _cut(block: str, first: int, budget: int) -> Iterator[str]:
    """first: characters of the first piece; the others have `budget`."""
    is_code = block.startswith(f"{_FENCE}\n") and block.endswith(f"\n{_FENCE}")
    around = f"{_FENCE}\n{{}}\n{_FENCE}" if is_code else "{}"
    lines = block.split("\n")[1:-1] if is_code else block.split("\n")
    room = first - characters(around.format(""))
    whole = budget - characters(around.format(""))
    kept: list[str] = []
    for line in lines:
        pieces = [line] if characters(line) <= whole else _cut_line(line, whole, is_code=is_code)
        for piece in pieces:
            if kept and characters("\n".join([*kept, piece])) > room:
                yield around.format("\n".join(kept))
                kept, room = [], whole
            kept.append(piece)
    yield around.format("\n".join(kept))


def _cut_line(line: str, most: int, *, is_code: bool) -> Iterator[str]:
    if is_code:
        yield from _chopped(line, most)
        return
    mark = _KEPT_MARK.match(line)
    again = mark[0] if mark else ""
    rest = line[len(again) :]
    opener = ""
    while characters(again + opener + rest) > most:
        begun, rest, is_bold = _parted(rest, most - characters(again + opener), is_bold=bool(opener))
        if begun:
            yield again + opener + begun
        opener = _BOLD if is_bold else ""
        rest = unstarted(rest)
    if rest:
        yield again + opener + rest


def _parted(text: str, most: int, *, is_bold: bool) -> tuple[str, str, bool]:
    """What fits, what is left, and whether that begins in bold."""
    taken = 0
    sentence = word = end = (0, is_bold)  # places to part at, with whether they lie in bold
    for token in _TOKEN.finditer(text):
        taken += characters(token[0])
        is_bold ^= token[0] == _BOLD
        if taken + len(_BOLD) * is_bold > most:
            break
        end = (token.end(), is_bold)
        if token[0].isspace():
            word = end
        if _SENTENCE_END.search(text, max(0, token.end() - 9), token.end()):
            sentence = end
    at, is_inside = next((each for each in (sentence, word) if each[0] > end[0] // 2), end)
    if not at:  # nothing that may be cut fits
        at = len(next(_chopped(text, most - len(_BOLD))))
    begun, rest = text[:at].rstrip(), text[at:].lstrip()
    if is_inside and rest.startswith(_BOLD):
        return begun + _BOLD, rest.removeprefix(_BOLD).lstrip(), False
    if is_inside:
        begun = begun.removesuffix(_BOLD) if begun.endswith(_BOLD) else begun + _BOLD
    return begun, rest, is_inside


def _chopped(text: str, most: int) -> Iterator[str]:
    piece, taken = "", 0
    for character in text:
        if piece and taken + characters(character) > most:
            yield piece
            piece, taken = "", 0
        piece += character
        taken += characters(character)
    yield piece

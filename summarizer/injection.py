"""Injection: text on GitHub that is addressed to a language model instead of to people, found by rule.

A text is read as a model would read it and as a person would not notice: letters that only look Latin, full-width
ones, invisible characters between them, entities, emphasis, words spelt out letter by letter, Base64. Then each
paragraph collects points (`orders` holds the rules): what nobody says to people ("ignore all previous instructions")
is enough alone, what projects about language models talk of all day (system prompts, chat templates, tool calls) never
is, and what stands in between counts together. Paragraphs with enough points are tainted, and what follows them in the
same text with them, since an order may be given first and its words after it.

Pure, and linear in the text's length: every repetition in a rule is bounded, and a rule is tried only on a text that
has one of its literals.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from summarizer import orders
from summarizer.disguises import smuggled, undisguised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENOUGH: Final = 3
"""Points that taint a paragraph."""

_GENERIC_IN_CODE: Final = 2
"""What a prompt pasted into a bug report may collect by being a prompt."""

_LINE: Final = re.compile(r"[^\n]*\n?")
_FENCE: Final = re.compile(r"[ \t>]{0,12}(`{3,}|~{3,})")
_COMMENT_OPEN, _COMMENT_CLOSE = "<!--", "-->"


_CLEAN_AT_MOST: Final = 200_000
_clean: set[tuple[int, int]] = set()
"""Texts in which nothing was found, by hash and length: a digest's prompts, its extraction and its claims all ask
about the same ones, and nearly all are clean."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines between blank ones, or a code block with its marks: `text[start:end]`. tainted: addressed to a model."""

    start: int
    end: int
    is_code: bool = False
    tainted: bool = False


@lru_cache(maxsize=4096)
def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a body or comment in order, without the blank lines between them, each judged."""
    parts = list(split(text))
    if not parts:
        return ()
    # a text of another kind is told by one look; nearly all are
    points = _points([text[part.start : part.end] for part in parts], [part.is_code for part in parts])
    found = _enough(points, [part.is_code for part in parts])
    if not found:
        return tuple(parts)
    # who orders a model about in so many words has nothing to say afterwards that it should read
    plainly = (
        place for place in sorted(found) if not parts[place].is_code and max(points[place].values()) >= ENOUGH
    )
    first = next(plainly, len(parts))
    return tuple(
        Paragraph(part.start, part.end, part.is_code, place in found or place >= first)
        for place, part in enumerate(parts)
    )


def tainted(text: str) -> tuple[str, ...]:
    """The paragraphs of `text` that are addressed to a model, as they stand, and what such a text goes on with.

    Read twice where there are HTML comments: as it is written, and as it is seen.
    """
    if _is_clean(text):
        return ()
    found = [text[part.start : part.end] for part in paragraphs(text) if part.tainted]
    seen = without_comments(text)
    if seen != text:
        found += [seen[part.start : part.end] for part in paragraphs(seen) if part.tainted]
    elif not found:
        _remember(text)
    return tuple(dict.fromkeys(found))


def tainted_together(texts: Sequence[str]) -> tuple[int, ...]:
    """The places of the texts that give an order only when read one after the other, such as two comments."""
    places = [place for place, text in enumerate(texts) if text.strip()]
    joined = "\n\n\n".join(texts[place] for place in places)
    if len(places) < 2 or _is_clean(joined):
        return ()
    whole = [without_comments(texts[place]).strip() for place in places]
    points = _points(whole, [False] * len(whole), spanning=True)
    found = _enough(points, [False] * len(whole))
    if not found:
        _remember(joined)
    return tuple(places[place] for place in sorted(found))


def is_tainted(text: str) -> bool:
    """Whether any of `text` is addressed to a model: of a title, a label, a path, a sentence."""
    if _is_clean(text):
        return False
    found = any(part.tainted for part in paragraphs(text))
    if not found and _COMMENT_OPEN not in text:  # `tainted` looks behind comments as well
        _remember(text)
    return found


def without_tainted(text: str, instead: str) -> str:
    """`text` with `instead` in place of each run of tainted paragraphs; the same text when there are none."""
    if not is_tainted(text):
        return text
    parts = paragraphs(text)
    kept: list[str] = []
    done = 0
    was_tainted = False
    for part in parts:
        if part.tainted:
            gap = text[done : part.start]
            kept += [] if was_tainted else [gap, instead]
            done = part.end
        was_tainted = part.tainted
        if not part.tainted:
            kept.append(text[done : part.end])
            done = part.end
    return "".join([*kept, text[done:]])


def _is_clean(text: str) -> bool:
    return (hash(text), len(text)) in _clean


def _remember(text: str) -> None:
    if len(_clean) >= _CLEAN_AT_MOST:
        _clean.clear()
    _clean.add((hash(text), len(text)))


def without_comments(text: str) -> str:
    """`text` without HTML comments, which nobody sees on GitHub. One that never ends reaches to the end."""
    if _COMMENT_OPEN not in text:
        return text
    parts = []
    at = 0
    while (start := text.find(_COMMENT_OPEN, at)) >= 0:
        parts.append(text[at:start])
        end = text.find(_COMMENT_CLOSE, start)
        if end < 0:
            return "".join(parts)
        at = end + len(_COMMENT_CLOSE)
    return "".join([*parts, text[at:]])


def split(text: str) -> Iterator[Paragraph]:
    """The paragraphs of `text`, not judged."""
    start = end = None
    fence = ""
    for line in _LINE.finditer(text):
        if line.start() == line.end():
            break
        mark = _FENCE.match(line[0])
        if fence:
            end = line.end()
            if mark and mark[1].startswith(fence) and not line[0][mark.end() :].strip():
                yield Paragraph(start or 0, end, is_code=True)
                start, fence = None, ""
            continue
        if mark or not line[0].strip():
            if start is not None:
                yield Paragraph(start, end or start)
            start, fence = (line.start(), mark[1]) if mark else (None, "")
        elif start is None:
            start = line.start()
        end = line.end()
    if start is not None:
        yield Paragraph(start, end or start, is_code=bool(fence))


def _points(
    texts: Sequence[str], are_code: Sequence[bool], *, spanning: bool = False
) -> list[dict[str, int]]:
    """Per text the points of each kind. spanning: only of what reaches over more than one of them."""
    points: list[dict[str, int]] = [{} for _ in texts]

    def give(place: int, kind: str, worth: int) -> None:
        if worth:
            points[place][kind] = max(points[place].get(kind, 0), worth)

    whole = "\n\n".join(texts)
    if not spanning and not whole.isascii():
        for place, text in enumerate(texts):
            if smuggled(text):
                give(place, "smuggled", ENOUGH)
    for reading in undisguised(whole):
        if not orders.concern(reading.whole, is_native=reading.is_native):
            continue
        pieces = reading.of(texts)
        starts, at = [], 0
        for piece in pieces:
            starts.append(at)
            at += len(piece) + 2
        joined = "\n\n".join(pieces)
        for one in orders.found(joined, is_native=reading.is_native):
            first, last = (
                bisect_right(starts, one.start) - 1,
                bisect_right(starts, max(one.start, one.end - 1)) - 1,
            )
            if spanning and first == last:
                continue
            for place in range(first, last + 1):
                give(place, one.kind, one.in_code if are_code[place] else one.worth)
    return points


def _enough(points: Sequence[dict[str, int]], are_code: Sequence[bool]) -> set[int]:
    """The places that collected enough, alone or with the one that follows."""
    found: set[int] = set()
    for place, given in enumerate(points):
        if not given:
            continue
        if _sum(given, in_code=are_code[place]) >= ENOUGH:
            found.add(place)
        if place + 1 < len(points) and points[place + 1] and not (are_code[place] or are_code[place + 1]):
            both = {**given}
            for kind, worth in points[place + 1].items():
                both[kind] = max(both.get(kind, 0), worth)
            if any(kind not in orders.GENERIC for kind in both) and _sum(both, in_code=False) >= ENOUGH:
                found |= {place, place + 1}
    return found


def _sum(given: dict[str, int], *, in_code: bool) -> int:
    generic = sum(worth for kind, worth in given.items() if kind in orders.GENERIC)
    others = sum(worth for kind, worth in given.items() if kind not in orders.GENERIC)
    return others + (min(generic, _GENERIC_IN_CODE) if in_code else generic)

"""Prose: our safe Markdown as blocks of Discord's.

Discord knows no tables, no rules and no nesting but that of lists: a table becomes aligned text or a list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.spans import plain
from adapters.discord import reading
from adapters.discord.markdown import block_of_code, inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markdown_it.tree import SyntaxTreeNode

    from adapters.chat.outline.spans import Inline

_BETWEEN: Final = plain(" · ")
_IS: Final = plain(": ")
_DEEPEST_HEADING: Final = 3
_WIDEST: Final = 44
"""Columns of aligned text that a phone shows without breaking its lines."""


def discord_markdown(text: str, *, repo_urls: Sequence[str]) -> list[str]:
    """Our Markdown (CommonMark with tables) as paragraphs, lists, quotes, headings and blocks of code, in order; none
    for nothing to see.

    A link is kept if its address lies below one of `repo_urls`, else its text alone is. All other text only shows.
    """
    urls = tuple(repo_urls)
    return [block for node in reading.tree(text).children if (block := _block(node, urls))]


def _block(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return "\n".join(_list(node, urls))
        case "heading":
            line = [replace(span, bold=False) for each in reading.lines(node, urls) for span in each]
            level = min(int(node.tag.removeprefix("h")), _DEEPEST_HEADING)
            return f"{'#' * level} {inline(tuple(line))}" if line else ""
        case "blockquote":
            inner = (line for child in node.children for line in _block(child, urls).split("\n"))
            return "\n".join(f"> {line}" for line in inner if line)
        case "fence" | "code_block":
            return block_of_code(node.content)
        case "table":
            return _table(node, urls)
        case "hr":
            return ""
        case _:
            return _lines(reading.lines(node, urls))


def _list(node: SyntaxTreeNode, urls: tuple[str, ...]) -> list[str]:
    """Its lines, what belongs to an item being indented below it."""
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    made: list[str] = []
    for place, item in enumerate(node.children):
        mark = "-" if start is None else f"{start + place}."
        inner = [line for child in item.children for line in _inner(child, urls)]
        made += [f"  {line}" if number else f"{mark} {line}" for number, line in enumerate(inner)]
    return made


def _inner(node: SyntaxTreeNode, urls: tuple[str, ...]) -> list[str]:
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node, urls)
    # quotes, headings and blocks of code mean nothing certain within an item
    return _lines(reading.lines(node, urls)).split("\n")


def _lines(lines: Iterable[Inline]) -> str:
    return "\n".join(filter(None, map(inline, lines)))


def _table(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    head, *rows = [
        [tuple(span for line in reading.lines(cell, urls) for span in line) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    spans = [span for row in (head, *rows) for cell in row for span in cell]
    if any(span.url for span in spans) or not spans:
        return _as_list(head, rows)
    texts = [["".join(span.text for span in cell) for cell in row] for row in (head, *rows)]
    rights = ["right" in str(cell.attrs.get("style", "")) for cell in node.children[0].children[0].children]
    aligned = reading.aligned(texts, rights)
    is_narrow = max(map(reading.columns, aligned)) <= _WIDEST
    return block_of_code("\n".join(aligned)) if is_narrow else _as_list(head, rows)


def _as_list(head: list[Inline], rows: list[list[Inline]]) -> str:
    """Each row as a line: its first cell, then the others behind the names of their columns."""
    lines = []
    for row in rows:
        line: Inline = ()
        for place, (name, cell) in enumerate(zip(head, row, strict=True)):
            if cell:
                line += (_BETWEEN if line else ()) + ((*name, *_IS) if place and name else ()) + cell
        if line:
            lines.append(f"- {inline(line)}")
    return "\n".join(lines)

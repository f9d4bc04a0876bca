"""Reading: our Markdown as lines of spans, and tables as aligned text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from adapters.chat.outline.spans import Inline, Span, plain
from summarizer.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK: Final = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"https?://[!-;=?-\[\]_a-z~]+", re.IGNORECASE
)  # no quotes, braces, pipes, backslashes
_STEP_OUT: Final = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|\Z)", re.IGNORECASE)
_LINE_END: Final = Span("\n")
_GAP: Final = 2
"""Columns between those of a table."""


def tree(markdown: str) -> SyntaxTreeNode:
    """CommonMark with tables, which is what `summarizer` writes."""
    return SyntaxTreeNode(_parser().parse(markdown))


def lines(node: SyntaxTreeNode, repo_urls: tuple[str, ...]) -> list[Inline]:
    """What a reader sees of a block, line by line. A link is kept below one of `repo_urls`, else its text is; comments,
    which keep mentions apart on GitHub, go."""
    made: list[list[Span]] = [[]]
    for span in _spans(node, Span(""), repo_urls):
        if span is _LINE_END:
            made.append([])
        elif span.text:
            made[-1].append(span)
    return [tuple(line) for line in made if line]


def aligned(rows: Sequence[Sequence[str]], rights: Sequence[bool]) -> list[str]:
    """Rows of a table as lines of equally wide letters, the first being the head, with a line below it. rights: which
    columns stand to the right."""
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    shown = [
        "".join(_padded(*cell) for cell in zip(row, widths, rights, strict=True)).rstrip() for row in rows
    ]
    return [shown[0], "─" * max(map(columns, shown)), *shown[1:]]


def columns(text: str) -> int:
    """Columns of a fixed-width font that a text takes: Chinese takes two for each character, accents take none."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(bool(unicodedata.combining(character)) for character in text)


def _padded(text: str, width: int, is_right: bool) -> str:
    pad = " " * (width - columns(text))
    return (pad + text if is_right else text + pad) + " " * _GAP


def _spans(node: SyntaxTreeNode, of: Span, urls: tuple[str, ...]) -> Iterator[Span]:
    kind = node.type
    if kind in ("text", "image"):
        yield replace(of, text=visible(node.content))
    elif kind == "code_inline":
        yield replace(of, text=visible(node.content), code=True)
    elif kind in ("softbreak", "hardbreak") or (kind == "html_inline" and _BREAK.match(node.content)):
        yield _LINE_END
    elif kind == "html_inline":
        yield replace(of, text=visible(_COMMENT.sub("", node.content)))
    elif kind == "html_block":
        yield from _by_line(_COMMENT.sub("", node.content), of)
    elif kind in ("fence", "code_block"):
        yield from _by_line(node.content, replace(of, code=True))
    elif kind == "link":
        url = str(node.attrs.get("href", ""))
        yield from _all(node, replace(of, url=url if _is_own(url, urls) else ""), urls)
    else:
        yield from _all(node, replace(of, bold=of.bold or kind == "strong"), urls)
        if node.block and kind != "inline":
            yield _LINE_END


def _all(node: SyntaxTreeNode, of: Span, urls: tuple[str, ...]) -> Iterator[Span]:
    for child in node.children:
        yield from _spans(child, of, urls)


def _by_line(text: str, of: Span) -> Iterator[Span]:
    for line in visible(text).split("\n"):
        yield from (replace(each, code=of.code) for each in plain(line))
        yield _LINE_END


def _is_own(url: str, repo_urls: tuple[str, ...]) -> bool:
    """Whether an address lies below one of these, and no client reads another one out of it."""
    if not _ADDRESS.fullmatch(url) or _STEP_OUT.search(url.partition("?")[0].partition("#")[0]):
        return False
    return any(
        url.startswith(each) and (each.endswith("/") or url[len(each) : len(each) + 1] in ("", "/", "?", "#"))
        for each in repo_urls
    )


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")

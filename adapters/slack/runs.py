"""Runs: a line of our Markdown as what a reader sees of it - text in styles, and the links that may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from adapters.slack.autolinks import is_own
from summarizer.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Iterator

Style = Literal["bold", "italic", "code"]

_STYLES: Final[dict[str, Style]] = {"strong": "bold", "em": "italic"}
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK: Final = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one kind. url: where it leads, "" for nowhere."""

    text: str
    styles: frozenset[Style] = frozenset()
    url: str = ""


def tree(markdown: str) -> SyntaxTreeNode:
    """CommonMark with tables, which is what `summarizer` writes."""
    return SyntaxTreeNode(_parser().parse(markdown))


def runs(node: SyntaxTreeNode, repo_urls: tuple[str, ...]) -> list[Run]:
    """What stands in a block of text. An address that is none of `repo_urls`'s leaves its text; comments, which keep
    mentions apart on GitHub, go."""
    joined: list[Run] = []
    for run in _runs(node, Run(""), repo_urls):
        if joined and replace(joined[-1], text="") == replace(run, text=""):
            joined[-1] = replace(run, text=joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return joined


def uncommented(html: str) -> str:
    """Raw HTML as the text that it is, without comments."""
    return visible(_COMMENT.sub("", html))


def _runs(node: SyntaxTreeNode, of: Run, repo_urls: tuple[str, ...]) -> Iterator[Run]:
    for child in node.children:
        kind = child.type
        if kind == "text":
            yield replace(of, text=visible(child.content))
        elif kind == "code_inline":
            yield replace(of, text=visible(child.content), styles=of.styles | {"code"})
        elif kind in ("softbreak", "hardbreak"):
            yield replace(of, text="\n")
        elif kind == "html_inline":
            yield replace(of, text="\n" if _BREAK.match(child.content) else uncommented(child.content))
        elif kind == "image":
            yield replace(of, text=visible(child.content))
        elif kind == "link":
            url = str(child.attrs.get("href", ""))
            yield from _runs(child, replace(of, url=url if is_own(url, repo_urls) else ""), repo_urls)
        else:
            style = _STYLES.get(kind)
            yield from _runs(child, replace(of, styles=of.styles | ({style} if style else set())), repo_urls)


def bold(run: Run) -> Run:
    return replace(run, styles=run.styles | {"bold"})


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")

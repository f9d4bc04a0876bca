"""Rich: our safe Markdown as blocks, and all that makes anybody's words safe in them.

Posts are `rich_text` rather than `markdown` blocks: rich text is literal by construction, nothing in it is parsed, so
that no mention can be smuggled in, and its bold stands beside Chinese, where the bold of markup fails. Slack's own
Markdown (`slack_markdown`) is for answers that are streamed, which take nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import runs
from adapters.slack.elements import link, listed, literal, preformatted, quote, rich_text, section, styled
from adapters.slack.grids import grid
from adapters.slack.mrkdwn import escaped, inert, moment
from adapters.slack.streaming import slack_markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it.tree import SyntaxTreeNode

    from adapters.slack.blocks import Block
    from adapters.slack.elements import Element
    from adapters.slack.runs import Run

__all__ = ["blocks_of", "escaped", "inert", "literal", "moment", "slack_markdown"]


def blocks_of(markdown: str, *, repo_urls: Sequence[str]) -> list[Block]:
    """Our Markdown as `rich_text`, `table` and `divider` blocks; none for nothing to see.

    Each paragraph begins a block, between which clients leave a gap, and a list belongs to what introduces it. A link
    is kept if its address lies below one of `repo_urls`, else its text alone is.
    """
    made: list[Block] = []
    urls = tuple(repo_urls)
    may_join = False  # what comes next belongs to the block before
    for node in runs.tree(markdown).children:
        if node.type == "hr":
            made.append({"type": "divider"})
        elif node.type == "table":
            made += _table(node, urls)
        else:
            elements = list(_elements(node, urls, 0))
            if not elements:
                continue
            if (may_join or node.type in _JOINING) and made and made[-1]["type"] == "rich_text":
                made[-1] = rich_text([*made[-1]["elements"], *elements])
            else:
                made.append(rich_text(elements))
        may_join = node.type == "heading"
    return made


_JOINING = frozenset({"bullet_list", "ordered_list", "fence", "code_block"})


def _elements(node: SyntaxTreeNode, urls: tuple[str, ...], depth: int) -> Iterator[Element]:
    """Elements of a rich_text block. depth: of lists around it."""
    if node.type in ("bullet_list", "ordered_list"):
        yield from _list(node, urls, depth)
    elif node.type == "blockquote":
        if inline := _inline(_flat(node, urls)):
            yield quote(inline)
    elif node.type in ("fence", "code_block"):
        yield preformatted(node.content)
    elif inline := _inline(_flat(node, urls, strong=node.type == "heading")):
        yield section(inline)


def _list(node: SyntaxTreeNode, urls: tuple[str, ...], depth: int) -> Iterator[Element]:
    """Slack's lists hold lines alone: what stands deeper in an item is an element of its own behind it."""
    style = "ordered" if node.type == "ordered_list" else "bullet"
    place = int(node.attrs.get("start", 1)) - 1 if style == "ordered" else 0
    lines: list[Element] = []
    begun = place
    for item in node.children:
        own, deeper = _parted(item)
        lines.append(section(_inline(_joined(_flat(each, urls) for each in own))))
        place += 1
        if deeper:
            yield listed(lines, style=style, indent=depth, offset=begun)
            lines, begun = [], place if style == "ordered" else 0
            for each in deeper:
                yield from _elements(each, urls, depth + 1)
    if lines:
        yield listed(lines, style=style, indent=depth, offset=begun)


def _parted(item: SyntaxTreeNode) -> tuple[list[SyntaxTreeNode], list[SyntaxTreeNode]]:
    """The paragraphs that an item begins with, and the rest of it."""
    children = item.children
    begin = next((at for at, each in enumerate(children) if each.type != "paragraph"), len(children))
    return children[:begin], children[begin:]


def _flat(node: SyntaxTreeNode, urls: tuple[str, ...], *, strong: bool = False) -> list[Run]:
    """All that a reader sees of a block as lines of text."""
    if node.type == "inline":
        found = runs.runs(node, urls)
        return [runs.bold(each) for each in found] if strong else found
    if node.type in ("fence", "code_block", "html_block"):
        text = runs.uncommented(node.content) if node.type == "html_block" else node.content
        return [runs.Run(text.strip("\n"))] if text.strip() else []
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    parts = []
    for place, child in enumerate(node.children):
        part = _flat(child, urls, strong=strong)
        if child.type == "list_item" and part:
            mark = f"{number + place}. " if number else "• "
            part = [runs.Run(mark), *part]
        parts.append(part)
    return _joined(parts)


def _joined(lines: Iterable[list[Run]]) -> list[Run]:
    made: list[Run] = []
    for line in filter(None, lines):
        made += [runs.Run("\n"), *line] if made else line
    return made


def _inline(found: Iterable[Run]) -> list[Element]:
    made: list[Element] = []
    for run in found:
        style: dict[str, bool] = dict.fromkeys(sorted(run.styles), True)
        made += link(run.text, run.url, style) if run.url else styled(run.text, style)
    return made


def _table(node: SyntaxTreeNode, urls: tuple[str, ...]) -> Iterator[Block]:
    rows = [row for part in node.children for row in part.children]
    aligned = [_aligned(str(cell.attrs.get("style", ""))) for cell in rows[0].children]
    yield from grid(
        [
            [
                _inline(runs.bold(run) if not place else run for run in _flat(cell, urls))
                for cell in row.children
            ]
            for place, row in enumerate(rows)
        ],
        aligned,
    )


def _aligned(style: str) -> str:
    """The style that markdown-it gives a cell: "text-align:right"."""
    return style.partition("text-align:")[2] or "left"

"""Markdown as GitHub reads it, for MkDocs: the pages are read in both places.

Python-Markdown, which MkDocs has, wants lists indented and set apart in its own way. Here markdown-it reads the text,
and what comes out goes on through MkDocs' own steps: headings get anchors, links are looked at.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Extension
from markdown.blockparser import BlockParser
from markdown.util import AMP_SUBSTITUTE
from markdown_it import MarkdownIt
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown import Markdown
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

_VOID = frozenset({"br", "hr", "img"})
_COLOURED = HtmlFormatter(nowrap=True)


class GitHubMarkdown(Extension):
    """Comes last of the extensions."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that is called
        for registry, names in (
            (md.preprocessors, ("html_block", "fenced_code_block")),
            (md.treeprocessors, ("inline", "prettify")),
        ):
            for name in names:
                if name in registry:
                    registry.deregister(name)
        md.parser = _Parser(md)


class _Parser(BlockParser):
    def parseDocument(self, lines: Sequence[str]) -> ElementTree:  # noqa: N802 - the name that is called
        reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        reader.add_render_rule("fence", _fence)
        tree = _Tree()
        tree.feed(reader.render("\n".join(lines)))
        tree.close()
        return ElementTree(tree.root)


def _fence(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: object, _env: object
) -> str:
    """A block of code, coloured where its language is known."""
    name, text = tokens[index].info.strip(), tokens[index].content
    try:
        code = highlight(text, get_lexer_by_name(name, stripnl=False), _COLOURED)
    except ClassNotFound:
        code = escape(text, quote=False)
    return f'<div class="highlight"><pre><code>{code}</code></pre></div>\n'


class _Tree(HTMLParser):
    """HTML as the tree that MkDocs works on."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = SubElement(self._open[-1], tag, {name: value or "" for name, value in attrs})
        if tag not in _VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        SubElement(self._open[-1], tag, {name: value or "" for name, value in attrs})

    def handle_endtag(self, tag: str) -> None:
        if tag in {each.tag for each in self._open[1:]}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        at = self._open[-1]
        text = data.replace(
            "&", f"{AMP_SUBSTITUTE}amp;"
        )  # else "&lt;" that is meant as such would be read once more
        if len(at):
            at[-1].tail = (at[-1].tail or "") + text
        else:
            at.text = (at.text or "") + text

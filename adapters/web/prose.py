"""Prose: our safe Markdown as HTML of a few elements, whose links lead to a repository's own pages or to ours.

What is no Markdown of ours may come here all the same: HTML in it shows as text, pictures as their words, and an
address that leads elsewhere leaves its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup, escape

from adapters.web.site import Site
from summarizer import markup
from summarizer.html import GITHUB, is_of_repo
from summarizer.languages import Language
from summarizer.untrusted import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

_ELEMENTS: Final = {
    "paragraph": "p",
    "bullet_list": "ul",
    "list_item": "li",
    "blockquote": "blockquote",
    "strong": "strong",
    "em": "em",
    "table": "table",
    "thead": "thead",
    "tbody": "tbody",
    "tr": "tr",
}
"""Kind of a node -> the element that it becomes, without any attribute."""

_ITEM: Final = re.compile(r"/(?:issues|pull)/([0-9]{1,9})\Z")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BREAK: Final = re.compile(r"<br\s*/?>\Z", re.IGNORECASE)
_OURS: Final = re.compile(r"(?:/[\w.~%+-]+)+(?:\?[\w.~%+=&-]*)?(?:\#[\w-]*)?", re.ASCII)
_DOTS: Final = re.compile(r"/(?:\.|%2e){1,2}(?:[/?#]|\Z)", re.IGNORECASE)
"""What browsers take for a dot segment: url.spec.whatwg.org/#double-dot-path-segment."""

_CELL: Final = Markup("<{0}>{1}</{0}>")
_FIGURE: Final = Markup('<{0} class="figure">{1}</{0}>')

_TOP: Final = 2
"""Levels of headings that stand above the text on a page."""


@dataclass(slots=True)
class Prose:
    """Makes HTML of the texts of one answer. repos: those whose pages its links may lead to. lang: see `Frame.lang`.

    Beside the first link to an item stands one to its page here.
    """

    site: Site
    language: Language
    repos: Sequence[str]
    lang: str = ""
    _named: set[str] = field(default_factory=set)

    def blocks(self, markdown: str) -> Markup:
        """Markdown, CommonMark with tables, as elements that stand by themselves."""
        return self._all(SyntaxTreeNode(_parser().parse(markdown)))

    def line(self, text: str, urls: Mapping[int, str]) -> Markup:
        """A claim's text (see `digests.Claim.text`) within an element. urls: of the items that it may refer to."""
        return self._all(SyntaxTreeNode(_parser().parseInline(markup.markdown_prose(text, urls))))

    def _all(self, node: SyntaxTreeNode) -> Markup:
        return Markup().join(self._one(child) for child in node.children)

    def _one(self, node: SyntaxTreeNode) -> Markup:
        kind = node.type
        if kind in ("text", "code_inline"):
            shown = escape(visible(node.content))
            return Markup("<code>{}</code>").format(shown) if kind == "code_inline" else shown
        if kind == "link":
            return self._link(node)
        if kind == "image":
            return escape(visible(node.content))
        if kind in ("html_inline", "html_block"):
            return _as_text(node.content)
        if kind in ("fence", "code_block"):
            # a box that scrolls is reached by the keyboard too
            return Markup('<pre tabindex="0"><code>{}</code></pre>').format(visible(node.content))
        if kind == "softbreak":
            return Markup("\n")
        if kind in ("hardbreak", "hr"):
            return Markup("<br>") if kind == "hardbreak" else Markup("<hr>")
        return self._element(kind, node)

    def _element(self, kind: str, node: SyntaxTreeNode) -> Markup:
        inner = self._all(node)
        if kind == "paragraph" and node.hidden:  # of a list without gaps
            return inner
        if kind == "heading":
            name = f"h{min(6, int(node.tag[1:]) + _TOP)}"
            return Markup("<{0}>{1}</{0}>").format(name, inner)
        if kind == "ordered_list":
            start = int(node.attrs.get("start", 1))
            opening = Markup("<ol>") if start == 1 else Markup('<ol start="{}">').format(start)
            return opening + inner + Markup("</ol>")
        if kind in ("th", "td"):
            is_figure = "right" in str(node.attrs.get("style", ""))
            return (_FIGURE if is_figure else _CELL).format(kind, inner)
        if kind == "table":
            return Markup('<div class="wide"><table>{}</table></div>').format(inner)
        name = _ELEMENTS.get(kind, "")
        return Markup("<{0}>{1}</{0}>").format(name, inner) if name else inner

    def _link(self, node: SyntaxTreeNode) -> Markup:
        inner, url = self._all(node), str(node.attrs.get("href", ""))
        if is_ours(url, self.site):
            return Markup('<a href="{}">{}</a>').format(url, inner)
        repo = next((repo for repo in self.repos if is_of_repo(url, repo)), "")
        if not repo:
            return inner
        shown = Markup('<a href="{}" rel="noreferrer noopener nofollow">{}</a>').format(url, inner)
        item = _ITEM.search(url)
        return shown + self._beside(repo, int(item[1])) if item else shown

    def _beside(self, repo: str, number: int) -> Markup:
        """A small link to the item's page here, once."""
        url = self.site.item_url(repo, number, self.lang)
        if url in self._named:
            return Markup()
        self._named.add(url)
        name = self.language.text("web.item.beside", number=number)
        return Markup('<a class="beside" href="{}" title="{}" aria-label="{}">i</a>').format(url, name, name)


def is_ours(url: str, site: Site) -> bool:
    """Whether an address is one of this site's pages and cannot lead out of it."""
    path = url.removeprefix(site.origin) if site.origin else url
    return (
        path.startswith(f"{site.base}/") and _OURS.fullmatch(path) is not None and _DOTS.search(path) is None
    )


def safe_url(url: str, repo: str) -> str:
    """The address where it is an item's or a release's of the repository, or a comment's on one; "" elsewhere."""
    page, _, anchor = url.partition("#")
    is_safe = is_of_repo(page, repo) and re.fullmatch(r"[A-Za-z0-9_-]{0,80}", anchor) is not None
    return url if is_safe else ""


def urls_of(repo: str, numbers: Sequence[int]) -> dict[int, str]:
    """Addresses of items of which no more is known; GitHub sends on from there to pull requests."""
    return {number: f"{GITHUB}/{repo}/issues/{number}" for number in numbers}


def _as_text(html: str) -> Markup:
    """Raw HTML as the text that it is, without comments, which keep mentions apart on GitHub."""
    if _BREAK.match(html):
        return Markup("<br>")
    return escape(visible(_COMMENT.sub("", html)))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")

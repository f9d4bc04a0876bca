"""Streaming: our safe Markdown as Slack's own, which is all that a streamed answer takes.

Slack reads `<...>` as links and mentions even there, but decoded entities not once more (PostHog/posthog#95054), so
that each `<` becomes `&lt;`; in code, where entities would show, a span with one in it becomes plain text.
D/reference/methods/chat.appendStream, D/reference/block-kit/blocks/markdown-block, where D is docs.slack.dev.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from adapters.slack import autolinks, runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.tree import SyntaxTreeNode

    from adapters.slack.runs import Run

_SPECIAL: Final = re.compile(r"[\\`*_~\[\]|$]")
_NO_CODE: Final = re.compile(r"[<|]")  # in a code span neither can be escaped; a bar would end a table's cell
_START: Final = re.compile(r"(?:[-+=#]|\d{1,9}(?=[.)]))")
_CLOSING: Final = re.compile(r"(?<=\s)#+\Z")  # of a heading (spec.commonmark.org, "ATX headings")
_EDGES: Final = re.compile(r"(\s*)(.*?)(\s*)\Z", re.DOTALL)
_MARKS: Final = {frozenset({"bold"}): "**", frozenset({"italic"}): "*", frozenset({"bold", "italic"}): "***"}


def slack_markdown(markdown: str, *, repo_urls: Sequence[str]) -> str:
    """The same text, with the same space at its end, so that what is given block by block joins as it was. A link is
    kept if its address lies below one of `repo_urls`."""
    body = "\n\n".join(
        filter(None, (_block(node, tuple(repo_urls)) for node in runs.tree(markdown).children))
    )
    return body + markdown[len(markdown.rstrip()) :] if body else ""


def _block(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    match node.type:
        case "bullet_list" | "ordered_list":
            return _list(node, urls)
        case "blockquote":
            inner = "\n\n".join(filter(None, (_block(each, urls) for each in node.children)))
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n")) if inner else ""
        case "fence" | "code_block":
            return _preformatted(node.content)
        case "html_block":
            return _plain(runs.uncommented(node.content).strip())
        case "table":
            return _table(node, urls)
        case "hr":
            return "---"
        case "heading":
            return _heading(node, urls)
        case _:
            return _inline(node, urls)


def _heading(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    text = _inline(node, urls).replace("\n", " ")
    level = node.markup if node.markup.startswith("#") else "##"
    return f"{level} {_CLOSING.sub(_backslashed, text)}" if text else ""


def _backslashed(found: re.Match[str]) -> str:
    return "".join(f"\\{character}" for character in found[0])


def _list(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    items = []
    for place, item in enumerate(node.children):
        mark = "- " if number is None else f"{number + place}. "
        inner = "\n".join(filter(None, (_block(each, urls) for each in item.children)))
        items.append(mark + inner.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(items)


def _table(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    head, *rows = [row for part in node.children for row in part.children]
    rules = ["---:" if "right" in str(cell.attrs.get("style", "")) else "---" for cell in head.children]
    lines = [[_inline(cell, urls).replace("\n", " ") for cell in row.children] for row in (head, *rows)]
    lines.insert(1, rules)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _preformatted(text: str) -> str:
    text = text.rstrip("\n")
    if "<" in text:
        return _plain(text)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"


def _inline(node: SyntaxTreeNode, urls: tuple[str, ...]) -> str:
    found = [run for child in node.children for run in runs.runs(child, urls)]
    shown = [(run, _run(run)) for run in found]
    made = ""
    for place, (run, text) in enumerate(shown):
        before = made[-1:]
        after = shown[place + 1][1][:1] if place + 1 < len(shown) else ""
        made += _marked(text, run.styles - {"code"}, before, after)
    return _started(made)


def _run(run: Run) -> str:
    if run.url:
        target = run.url.replace("(", "%28").replace(")", "%29")
        return f"[{_escaped(run.text)}]({target})"
    is_code = "code" in run.styles and run.text.strip() and not _NO_CODE.search(run.text)
    return _code(run.text.replace("\n", " ")) if is_code else _prose(run.text)


def _marked(text: str, styles: frozenset[runs.Style], before: str, after: str) -> str:
    """Emphasised where Markdown would see it: `**setup.py**。` beside Chinese it would not, and shows its stars."""
    mark = _MARKS.get(styles)
    edges = _EDGES.match(text)
    if mark is None or edges is None or not edges[2]:
        return text
    left, body, right = edges.groups()
    opens = _may_stand(left[-1:] or before, body[0])
    closes = _may_stand(right[:1] or after, body[-1])
    return f"{left}{mark}{body}{mark}{right}" if opens and closes and "\n\n" not in body else text


def _may_stand(outside: str, inside: str) -> bool:
    """Whether a run of stars between them is one that opens or closes (spec.commonmark.org, "flanking")."""
    if outside == "*":
        return False
    return not _is_punctuation(inside) or not outside or outside.isspace() or _is_punctuation(outside)


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _prose(text: str) -> str:
    """Text in which what a client would link is code."""
    parts = autolinks.parts(text)
    return "".join(_code(part) if is_linked else _escaped(part) for part, is_linked in parts)


def _code(text: str) -> str:
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _plain(text: str) -> str:
    """Text as lines."""
    return _started(_prose(text))


def _escaped(text: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _started(text: str) -> str:
    """Lines that begin no block."""
    return "\n".join(_start(line) for line in text.split("\n"))


def _start(line: str) -> str:
    found = _START.match(line.lstrip())
    if found is None:
        return line
    at = len(line) - len(line.lstrip())
    at += 0 if not found[0][0].isdigit() else len(found[0])
    return f"{line[:at]}\\{line[at:]}"

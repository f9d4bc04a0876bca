r"""Markup: strangers' text made safe for one line of Markdown, plain text, a Liquid page or YAML. Pure.

Markdown keeps a text verbatim unless a character would change the structure, and then escapes only that one:

- code spans that are balanced stay, other backticks are escaped; intraword underscores stay, closers do not;
- `](`, `<tag`, `&entity;`, `|`, `{:`, a backslash before punctuation, what starts a block lose their meaning;
- `@name` becomes `@<!-- -->name`: GitHub looks for mentions in the rendered text, where a backslash or an
  entity is already gone, so only something between the two helps (github.com/github/markup/issues/1168).
  An empty comment is invisible when rendered and visible in the source, unlike a zero-width space;
- `https://` and `www.` are escaped, since GitHub's Markdown links bare addresses.

The rules hold for CommonMark, GitHub's Markdown and kramdown, which Jekyll uses.
"""

from __future__ import annotations

import json
import re
import unicodedata
from html.entities import html5
from typing import TYPE_CHECKING

from summarizer.untrusted import is_unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_BACKTICKS = re.compile("`+")
_ASCII_PUNCTUATION = r"""!-/:-@\[-`{-~"""
_SPECIAL = re.compile(
    rf"""
      (?P<backslash>\\(?=[{_ASCII_PUNCTUATION}]|$))
    | (?P<tick>`)
    | (?P<run>\*+|_+|~+)
    | (?P<tag><(?=[A-Za-z/!?]))
    | (?P<entity>&(?=(?P<name>\#?[0-9A-Za-z]{{1,40}};)))
    | (?P<link>\](?=\())
    | (?P<scheme>(?<=[A-Za-z]):(?=//))
    | (?P<www>(?<![0-9A-Za-z])[wW]{{3}}(?=\.))
    | (?P<at>@(?=[0-9A-Za-z_]))
    | (?P<elsewhere>(?<=[0-9A-Za-z_.-]/)[0-9A-Za-z_.-]+\#(?=[0-9]))
    | (?P<pipe>\|)
    | (?P<brace>\{{(?=:))
    | (?P<math>\$(?=\$)|(?<=[^\s])\$(?![0-9A-Za-z]))
    """,
    re.VERBOSE,
)
_BLOCK_START = re.compile(
    r"""
      \#{1,6}(?=\s|$) | > | [-+*](?=\s|$) | [-_*=~][-_*=~\ ]*$ | ~{3} | \^(?=\s|$) | :(?=\s)
    | \[(?=[^\]]*\]:) | \[(?=[ xX]\]) | \*(?=\[)
    """,
    re.VERBOSE,
)
_ORDERED_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_REFERENCE = re.compile(r"(?<![0-9A-Za-z_/&#])#([0-9]{1,9})(?![0-9A-Za-z_])")
_SAFE_URL = re.compile(r"https?://[0-9A-Za-z][^\s<>()\[\]\\`\"'|{}]*\Z")
_RULE = re.compile(r"[-+=:]+[-+=: ]*")
_YAML_PLAIN = re.compile(r"[^\W\d_][\w .()/+–—-]*(?<! )\Z")


def one_line(text: str) -> str:
    """`text` on one line without what cannot be seen. Runs of spaces stay, which `neutralize` closes up."""
    if not (text.isascii() and text.isprintable()):
        spaced = "".join(" " if character.isspace() else character for character in text)
        text = "".join(character for character in spaced if not is_unseen(character))
    return text.strip()


def markdown(text: str, *, start: bool = False, strong: bool = False) -> str:
    """`text` as inline Markdown that shows it and does nothing else.

    start: it stands at the start of a block. strong: it stands between our own `**`.
    """
    return _markdown(one_line(text), {}, start=start, strong=strong)


def markdown_prose(text: str, urls: Mapping[int, str], *, start: bool = False) -> str:
    """A claim's text as inline Markdown: each `#123` of `urls` becomes a link, everything else only shows."""
    return _markdown(one_line(text), urls, start=start, strong=False)


def markdown_cell(text: str, urls: Mapping[int, str]) -> str:
    """A claim's text as a table's cell: inline Markdown without a bare pipe.

    A code span that holds a pipe becomes plain text: GitHub's Markdown wants it escaped there, kramdown then shows the
    backslash. What looks like a delimiter row (`---`, `:=`) is escaped, since a row of such cells ends a head.
    """
    text = one_line(text)
    while any(is_code and "|" in part for part, is_code in spans(text)):  # what is taken apart may join anew
        parts = [part.strip("`") if is_code and "|" in part else part for part, is_code in spans(text)]
        text = "".join(parts)
    shown = _markdown(text.strip(), urls, start=False, strong=False)
    return "\\" + shown if _RULE.fullmatch(shown) else shown


def markdown_link(name: str, url: str) -> str:
    """`[name](url)`, or the name alone where the address could break out of a link. name: any text."""
    parts = re.split(r"([\[\]])", one_line(name))
    shown = "".join("\\" + part if part in ("[", "]") else markdown(part, strong=True) for part in parts)
    return f"[{shown}]({url})" if _SAFE_URL.match(url) else shown


def plain(text: str) -> str:
    """`text` for pasting: one line, code spans without backticks, no live mention and no live address."""
    text = one_line(text)
    parts = [part.strip("`") if is_code else part for part, is_code in spans(text)]
    text = re.sub(r"@(?=[0-9A-Za-z_])", "\uff20", "".join(parts))
    text = re.sub(r"(?<=[A-Za-z]):(?=//)", "[:]", text)
    return re.sub(r"(?<![0-9A-Za-z])(www)\.", r"\1[.]", text, flags=re.IGNORECASE)


def liquid(page: str) -> str:
    """A page on which Liquid finds nothing to run: each `{{` and `{%` is printed by an expression of ours."""
    return re.sub(r"\{\{|\{%", lambda found: '{{ "' + found[0] + '" }}', page)


def yaml_scalar(text: str) -> str:
    """`text` as a YAML scalar on one line: plain where it can only be read as text, else double-quoted."""
    text = one_line(text)
    words = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
    if _YAML_PLAIN.match(text) and text.lower() not in words:
        return text
    return json.dumps(text, ensure_ascii=False)


def _markdown(text: str, urls: Mapping[int, str], *, start: bool, strong: bool) -> str:
    shown = "".join(
        part if is_code else _escape(text, begin, begin + len(part), urls, strong)
        for begin, part, is_code in _placed(text)
    )
    return _escape_start(shown) if start else shown


def _placed(text: str) -> list[tuple[int, str, bool]]:
    begin, placed = 0, []
    for part, is_code in spans(text):
        placed.append((begin, part, is_code))
        begin += len(part)
    return placed


def spans(text: str) -> list[tuple[str, bool]]:
    """The parts of `text` with whether each is a code span.

    A code span here is what CommonMark and kramdown agree on: two runs of equally many backticks, with
    neither backticks nor outer spaces between them.
    """
    runs = list(_BACKTICKS.finditer(text))
    parts: list[tuple[str, bool]] = []
    done = index = 0
    while index + 1 < len(runs):
        left, right = runs[index], runs[index + 1]
        inner = text[left.end() : right.start()]
        if len(left[0]) == len(right[0]) and inner == inner.strip() != "":
            parts += [(text[done : left.start()], False), (text[left.start() : right.end()], True)]
            done = right.end()
            index += 1
        index += 1
    parts.append((text[done:], False))
    return parts


def _escape(text: str, begin: int, end: int, urls: Mapping[int, str], strong: bool) -> str:
    """The plain part `text[begin:end]` with references linked and the rest escaped."""
    shown, done = [], begin
    for found in _REFERENCE.finditer(text, begin, end):
        url = urls.get(int(found[1]), "")
        if not _SAFE_URL.match(url):
            continue
        before = _escape_specials(text, done, found.start(), strong)
        shown.append(
            before[:-1] + "\\!" if before.endswith("!") else before
        )  # "!" and a link would be an image
        shown.append(f"[#{found[1]}]({url})")
        done = found.end()
    shown.append(_escape_specials(text, done, end, strong))
    return "".join(shown)


def _escape_specials(text: str, begin: int, end: int, strong: bool) -> str:
    shown, done = [], begin
    for found in _SPECIAL.finditer(text, begin, end):
        shown.append(text[done : found.start()])
        shown.append(_ESCAPES[str(found.lastgroup)](text, found, strong))
        done = found.end()
    shown.append(text[done:end])
    return "".join(shown)


def _backslashed(_text: str, found: re.Match[str], _strong: bool) -> str:
    return "".join("\\" + character for character in found[0])


def _run(text: str, found: re.Match[str], strong: bool) -> str:
    """A run of `*`, `_` or `~`. Without closers nothing is emphasised: openers stay, except beside ours."""
    beside_ours = strong and found[0][0] == "*"
    return _backslashed(text, found, strong) if beside_ours or _closes(text, found) else found[0]


def _entity(_text: str, found: re.Match[str], _strong: bool) -> str:
    return "&amp;" if found["name"][0] == "#" or found["name"] in html5 else "&"


def _closes(text: str, found: re.Match[str]) -> bool:
    """Whether the run can close emphasis. Source: spec.commonmark.org, "right-flanking delimiter run"."""
    before = text[found.start() - 1] if found.start() else " "
    after = text[found.end()] if found.end() < len(text) else " "
    right = before != " " and (not _is_punctuation(before) or after == " " or _is_punctuation(after))
    if found[0][0] != "_":
        return right
    left = after != " " and (not _is_punctuation(after) or before == " " or _is_punctuation(before))
    return right and (not left or _is_punctuation(after))


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


_ESCAPES: Mapping[str, Callable[[str, re.Match[str], bool], str]] = {
    "backslash": _backslashed,
    "tick": _backslashed,
    "run": _run,
    "tag": _backslashed,
    "entity": _entity,
    "link": _backslashed,
    "scheme": _backslashed,
    "www": lambda _text, found, _strong: found[0] + "\\",
    "at": lambda _text, _found, _strong: "@<!-- -->",
    "elsewhere": lambda _text, found, _strong: found[0] + "<!-- -->",
    "pipe": _backslashed,
    "brace": _backslashed,
    "math": _backslashed,
}


def _escape_start(shown: str) -> str:
    """`shown`, already escaped inline, so that it starts no block."""
    if _BLOCK_START.match(shown):
        return "\\" + shown
    return _ORDERED_START.sub(r"\1\\\2", shown, count=1) if _ORDERED_START.match(shown) else shown

"""Discord's Markdown, as a client shows it in HTML.

Source: support.discord.com/hc/en-us/articles/210298617, docs.discord.com/developers/reference, "Message Formatting".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

from babel.dates import format_datetime

from benchmarks.pictures.unknown import UnknownPartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.pictures.tokens import Reader

_MOMENTS: Final[Mapping[str, Mapping[str, str]]] = {
    "t": {"en": "h:mm a", "zh": "HH:mm"},
    "d": {"en": "M/d/yy", "zh": "yyyy/M/d"},
    "D": {"en": "MMMM d, y", "zh": "y年M月d日"},
    "f": {"en": "MMMM d, y 'at' h:mm a", "zh": "y年M月d日 HH:mm"},
    "F": {"en": "EEEE, MMMM d, y 'at' h:mm a", "zh": "y年M月d日EEEE HH:mm"},
}
"""Style of a timestamp -> CLDR pattern by the client's language."""

_LINE: Final = re.compile(
    r"(?P<heading>#{1,3}) +(?=\S)|(?P<small>-# +)(?=\S)|(?P<quote>> )|(?P<item> *(?:[-*]|\d+\.) +)"
)
_FENCE: Final = re.compile(r"```(?:[a-z0-9_+-]+(?=\n))?\n?(.*?)\n?```\n?", re.DOTALL | re.IGNORECASE)
_INLINE: Final = re.compile(
    r"""
      \\(?P<literal>[^0-9A-Za-z\s])
    | (?P<ticks>`+)(?P<code>[^`]|[^`].*?[^`])(?P=ticks)(?!`)
    | \[(?P<text>(?:\\.|`[^`]*`|[^\\\[\]]|\[[^\]]*\])*)\]\(\s*<?(?P<url>[^\s<>()]+)>?\s*\)
    | <t:(?P<at>-?\d+)(?::(?P<style>\w))?>
    | (?P<mention><(?:@[!&]?|\#|/[^:<>]+:)\d+>|@everyone|@here)
    | <(?P<address>https?://[^\s<>]+)> | (?P<bare>https?://[^\s<]+)
    | \*\*(?P<bold>(?:\\.|[^\\])+?)\*\*(?!\*)
    | __(?P<under>(?:\\.|[^\\])+?)__(?!_)
    | ~~(?P<struck>(?:\\.|[^\\])+?)~~
    | \|\|(?P<spoiler>(?:\\.|[^\\])+?)\|\|
    | \b_(?P<slanted>(?:\\.|[^\\_])+?)_\b | \*(?=\S)(?P<starred>(?:\\.|[^\\*])+?)(?<!\s)\*(?!\*)
    | (?P<line>\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_AROUND: Final = {"bold": "b", "under": "u", "struck": "s", "slanted": "i", "starred": "i"}


def markdown(text: str, reader: Reader) -> str:
    """A text as HTML; whatever would name or reach somebody is seen to. Raises UnknownPartError."""
    made: list[str] = []
    done = 0
    for found in _FENCE.finditer(text):
        made += _blocks(text[done : found.start()], reader)
        made.append(f"<pre>{escape(found[1])}</pre>")
        done = found.end()
    return "".join([*made, *_blocks(text[done:], reader)])


def _blocks(text: str, reader: Reader) -> Iterator[str]:
    """Neighbouring lines of one kind together."""
    lines = text.split("\n") if text else []
    begin = 0
    while begin < len(lines):
        kind = _kind(lines[begin])
        end = begin + 1
        while end < len(lines) and kind in _TOGETHER and _goes_on(kind, lines[end]):
            end += 1
        yield _WRITTEN[kind](lines[begin:end], reader)
        begin = end


def _kind(line: str) -> str:
    found = _LINE.match(line)
    return found.lastgroup or "plain" if found else "plain"


def _goes_on(kind: str, line: str) -> bool:
    # what is indented below an item belongs to it
    return _kind(line) == kind or (kind == "item" and line.startswith("  ") and bool(line.strip()))


def _heading(lines: Sequence[str], reader: Reader) -> str:
    marks, _, text = lines[0].partition(" ")
    return f'<div class="h{len(marks)}">{_inline(text.strip(), reader)}</div>'


def _small(lines: Sequence[str], reader: Reader) -> str:
    return f'<div class="small">{_inline(lines[0][2:].strip(), reader)}</div>'


def _quote(lines: Sequence[str], reader: Reader) -> str:
    return f'<div class="quote">{markdown(chr(10).join(line[2:] for line in lines), reader)}</div>'


def _plain(lines: Sequence[str], reader: Reader) -> str:
    text = "\n".join(lines)
    return f'<div class="lines">{_inline(text, reader) if text.strip() else "&nbsp;"}</div>'


def _list(lines: Sequence[str], reader: Reader) -> str:
    made = []
    for line in lines:
        body = line.lstrip(" ")
        depth = (len(line) - len(body)) // 2
        found = _LINE.match(body)
        if found is None or found.lastgroup != "item":
            made.append(f'<div class="item" style="margin-left:{24 * depth}px">{_inline(body, reader)}</div>')
            continue
        mark = found[0].strip()
        sign = mark if mark[0].isdigit() else "◦" if depth else "•"
        text = _inline(body[found.end() :], reader)
        made.append(
            f'<div class="item" style="margin-left:{24 * depth + 24}px"><span class="sign">{sign}</span>{text}</div>'
        )
    return "".join(made)


_TOGETHER: Final = ("item", "quote", "plain")
_WRITTEN: Final[Mapping[str, Callable[[Sequence[str], Reader], str]]] = {
    "heading": _heading,
    "small": _small,
    "quote": _quote,
    "item": _list,
    "plain": _plain,
}


def _inline(text: str, reader: Reader) -> str:
    made: list[str] = []
    done = 0
    for found in _INLINE.finditer(text):
        made.append(escape(text[done : found.start()]))
        made.append(_token(found, reader))
        done = found.end()
    return "".join([*made, escape(text[done:])])


def _token(found: re.Match[str], reader: Reader) -> str:
    kind = next(name for name in _SEEN if found[name] is not None)
    value = found[kind]
    if kind in _AROUND:
        return f"<{_AROUND[kind]}>{_inline(value, reader)}</{_AROUND[kind]}>"
    match kind:
        case "literal":
            return escape(value)
        case "code":
            return f"<code>{escape(value)}</code>"
        case "url":
            return f'<span class="link">{_inline(found["text"], reader)}</span>'
        case "address" | "bare":
            return f'<span class="link bare">{escape(value)}</span>'
        case "at":
            return f'<span class="time">{escape(_moment(int(value), found["style"] or "f", reader))}</span>'
        case "mention":
            return f'<span class="mention">{escape(value)}</span>'
        case "spoiler":
            return f'<span class="spoiler">{_inline(value, reader)}</span>'
        case _:
            return "<br>"


_SEEN: Final = ("literal", "code", "url", "at", "mention", "address", "bare", *_AROUND, "spoiler", "line")


def _moment(timestamp: int, style: str, reader: Reader) -> str:
    if style not in _MOMENTS:
        raise UnknownPartError(f"t:{style}")
    at = datetime.fromtimestamp(timestamp, UTC)
    return format_datetime(at, _MOMENTS[style][reader.lang], tzinfo=reader.zone, locale=reader.lang)

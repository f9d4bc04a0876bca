"""Rich: Slack's rich text and tables as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from benchmarks.pictures.unknown import UnknownPartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from benchmarks.pictures.tokens import Reader

_STYLES: Final = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
_MARKERS: Final = ("disc", "circle", "square")


def rich_text(block: Mapping[str, Any], reader: Reader) -> str:
    """A `rich_text` block. Raises UnknownPartError."""
    return "".join(_element(each, reader) for each in block["elements"])


def table(block: Mapping[str, Any], reader: Reader) -> str:
    """A `table` block: the first row is the head. Raises UnknownPartError."""
    aligned = [each.get("align", "left") for each in block.get("column_settings", ())]
    rows = []
    for place, row in enumerate(block["rows"]):
        kind = "td" if place else "th"
        cells = (
            f'<{kind} style="text-align:{escape(align)}">{_cell(cell, reader)}</{kind}>'
            for cell, align in zip(row, [*aligned, *["left"] * (len(row) - len(aligned))], strict=True)
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="grid">{"".join(rows)}</table>'


def _cell(cell: Mapping[str, Any], reader: Reader) -> str:
    return escape(cell["text"]) if cell["type"] == "raw_text" else rich_text(cell, reader)


def _element(element: Mapping[str, Any], reader: Reader) -> str:
    kind = element["type"]
    if kind == "rich_text_section":
        return f'<div class="paragraph">{_inline(element["elements"], reader)}</div>'
    if kind == "rich_text_quote":
        return f'<div class="quote">{_inline(element["elements"], reader)}</div>'
    if kind == "rich_text_preformatted":
        return f"<pre>{_inline(element['elements'], reader)}</pre>"
    if kind == "rich_text_list":
        return _list(element, reader)
    raise UnknownPartError(kind)


def _list(element: Mapping[str, Any], reader: Reader) -> str:
    indent = int(element.get("indent", 0))
    lines = "".join(f"<li>{_inline(each['elements'], reader)}</li>" for each in element["elements"])
    space = f"margin-left:{28 * indent}px"
    if element["style"] == "ordered":
        return f'<ol start="{int(element.get("offset", 0)) + 1}" style="{space}">{lines}</ol>'
    return f'<ul style="{space};list-style-type:{_MARKERS[indent % len(_MARKERS)]}">{lines}</ul>'


def _inline(elements: Iterable[Mapping[str, Any]], reader: Reader) -> str:
    made = []
    for each in elements:
        if each["type"] not in _INLINES:
            raise UnknownPartError(each["type"])
        made.append(_styled(each, _INLINES[each["type"]](each, reader)))
    return "".join(made)


def _styled(element: Mapping[str, Any], made: str) -> str:
    for name, is_on in element.get("style", {}).items():
        if name not in _STYLES:
            raise UnknownPartError(name)
        if is_on:
            made = f"<{_STYLES[name]}>{made}</{_STYLES[name]}>"
    return made


def _text(element: Mapping[str, Any], _reader: Reader) -> str:
    return escape(element["text"]).replace("\n", "<br>")


def _link(element: Mapping[str, Any], _reader: Reader) -> str:
    return f'<span class="link">{escape(element.get("text") or element["url"])}</span>'


def _date(element: Mapping[str, Any], reader: Reader) -> str:
    return escape(reader.moment(int(element["timestamp"]), element["format"]))


_INLINES: Final[Mapping[str, Callable[[Mapping[str, Any], Reader], str]]] = {
    "text": _text,
    "link": _link,
    "date": _date,
}

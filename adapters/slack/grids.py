"""Grids: tables as Slack's table blocks, or as lists where one holds more than a block may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import limits
from adapters.slack.elements import listed, rich_text, section
from adapters.slack.measuring import characters_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.slack.elements import Element

Cell = list["Element"]
"""What stands in a cell: elements of a section."""

_BETWEEN: Final[Element] = {"type": "text", "text": " · "}
_IS: Final[Element] = {"type": "text", "text": ": "}


def grid(rows: Sequence[Sequence[Cell]], aligned: Sequence[str]) -> Iterator[Element]:
    """Rows, the first of which is the head, as one block, or as the few that hold them.

    aligned: "left", "center" or "right" for each column. Cells are rich text, and none is empty, which Slack refuses
    (getnao/nao#1143).
    """
    block = {
        "type": "table",
        "column_settings": [{"align": each, "is_wrapped": each != "right"} for each in aligned],
        "rows": [[rich_text([section(cell)]) for cell in row] for row in rows],
    }
    yield from split(block, limits.TABLE_CHARACTERS)


def split(table: Element, room: int) -> Iterator[Element]:
    """The table in blocks with at most `room` characters of cells, each below the same head; as a list where a row has
    no room of its own."""
    head, *rows = table["rows"]
    room = min(room, limits.TABLE_CHARACTERS)
    own = characters_in(head)
    is_wide = len(head) > limits.TABLE_COLUMNS
    if is_wide or any(own + characters_in(row) > room for row in rows) or (not rows and own > room):
        yield as_list(table)
        return
    kept = [head]
    taken = own
    for row in rows:
        length = characters_in(row)
        if len(kept) > 1 and (taken + length > room or len(kept) == limits.TABLE_ROWS):
            yield {**table, "rows": kept}
            kept, taken = [head], own
        kept.append(row)
        taken += length
    yield {**table, "rows": kept}


def as_list(table: Element) -> Element:
    """Each row as a line: its first cell, then the others behind the names of their columns."""
    head, *rows = table["rows"]
    lines = [_line(head, row) for row in rows] or [_line(None, head)]
    return rich_text([listed(section(line) for line in lines)])


def _line(head: list[Element] | None, row: list[Element]) -> Cell:
    line: Cell = []
    for place, cell in enumerate(row):
        inline = _inline(cell)
        if not any(each.get("text", "").strip() for each in inline):
            continue
        line += [_BETWEEN] if line else []
        if head is not None and place:
            line += [*_inline(head[place]), _IS]
        line += inline
    return line


def _inline(cell: Element) -> Cell:
    if cell["type"] != "rich_text":
        return [{"type": "text", "text": cell["text"]}]
    return [each for one in cell["elements"] for each in one["elements"]]

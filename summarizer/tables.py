"""Tables: a section's table as rows of Markdown, or as aligned lines of plain text. Pure.

Markdown's tables are GitHub's (github.github.com/gfm, "Tables (extension)"), which kramdown reads alike: the pipe that
ends a cell is found before anything else is read, so no text of a cell may hold a bare one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer import markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from summarizer.digests import Table

_NUMBER = re.compile(r"[+−-]?\d[\d.,]*%?|")
_GAP = "  "


def markdown_rows(table: Table, urls: Mapping[int, str]) -> list[str]:
    """Head, delimiter row and rows; columns of numbers stand to the right."""
    right = _right(table)
    rules = ["---:" if is_right else "---" for is_right in right]
    body = [_row(markup.markdown_cell(cell, urls) for cell in cells) for cells in _squared(table)]
    return [_row(markup.markdown_cell(cell, urls) for cell in table.head), _row(rules), *body]


def text_rows(table: Table) -> list[str]:
    """Head, a rule and rows, their columns aligned by the cells of a terminal that each text takes."""
    from rich.cells import cell_len  # only plain text needs it

    right = _right(table)
    lines = [[markup.plain(cell) for cell in cells] for cells in (table.head, *_squared(table))]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(table.head))]
    shown = [
        _GAP.join(
            " " * (width - cell_len(cell)) + cell if is_right else cell + " " * (width - cell_len(cell))
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    ]
    return [shown[0], _GAP.join("-" * width for width in widths), *shown[1:]]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _squared(table: Table) -> list[tuple[str, ...]]:
    """The rows with as many cells as the head has."""
    width = len(table.head)
    return [(*cells[:width], *[""] * (width - len(cells))) for cells in table.rows]


def _right(table: Table) -> list[bool]:
    """Which columns hold numbers alone; never the first, which names the row."""
    return [
        column > 0 and all(_NUMBER.fullmatch(cells[column]) for cells in _squared(table))
        for column in range(len(table.head))
    ]

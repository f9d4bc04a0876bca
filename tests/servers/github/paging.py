"""Connections: a slice of an ordered list between opaque cursors, as GitHub pages.

A cursor holds the sort key of its row, so a listing that moves while it is read gives no row twice unless
that row moved.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.servers.github.errors import GitHubError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Key = tuple[Any, ...]
_VERSION = "cursor:v2:"


@dataclass(slots=True)
class PageInfo:
    end_cursor: str | None
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None


@dataclass(slots=True)
class Edge:
    node: Any
    cursor: str


class Connection:
    """One page of `rows`. key: a row's place in the order, ascending, or descending with `reverse`; rows come
    so ordered.

    Raises GitHubError for a cursor that is none of ours.
    """

    def __init__(
        self,
        rows: Sequence[Any],
        args: dict[str, Any],
        key: Callable[[Any], Key],
        *,
        reverse: bool = False,
        cap: int = 0,
    ) -> None:
        self.total_count = self.filtered_count = self.issue_count = len(rows)
        self._key = key
        low, high = 0, len(rows)
        if cap:
            high = min(high, cap)
        if args.get("after"):
            low = max(low, _rows_until(rows, decode(args["after"]), key, reverse=reverse, inclusive=True))
        if args.get("before"):
            high = min(high, _rows_until(rows, decode(args["before"]), key, reverse=reverse, inclusive=False))
        high = max(high, low)
        self._start, self._stop = low, high
        if args.get("first") is not None:
            self._stop = min(high, low + args["first"])
        if args.get("last") is not None:
            self._start = max(low, self._stop - args["last"])
        self._more_after = self._stop < high
        self._more_before = self._start > 0
        self.nodes = rows[self._start : self._stop]

    @property
    def edges(self) -> list[Edge]:
        return [Edge(node, encode(self._key(node))) for node in self.nodes]

    @property
    def page_info(self) -> PageInfo:
        if not self.nodes:
            return PageInfo(None, self._more_after, self._more_before, None)
        start, end = encode(self._key(self.nodes[0])), encode(self._key(self.nodes[-1]))
        return PageInfo(end, self._more_after, self._more_before, start)


def encode(key: Key) -> str:
    return base64.b64encode((_VERSION + json.dumps(key)).encode()).decode()


def decode(cursor: str) -> Key:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
        if not text.startswith(_VERSION):
            raise ValueError(text)
        return tuple(json.loads(text.removeprefix(_VERSION)))
    except (binascii.Error, ValueError, TypeError):
        raise GitHubError(
            "INVALID_CURSOR_ARGUMENTS", f"`{cursor}` does not appear to be a valid cursor."
        ) from None


def _rows_until(
    rows: Sequence[Any], place: Key, key: Callable[[Any], Key], *, reverse: bool, inclusive: bool
) -> int:
    """How many rows come before `place`; with `inclusive` the row at `place` counts."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        here = key(rows[middle])
        before = (here > place if reverse else here < place) or (inclusive and here == place)
        low, high = (middle + 1, high) if before else (low, middle)
    return low

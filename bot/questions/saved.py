"""A query as it is kept between questions, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from bot.questions.windows import parse_window
from summarizer.filters import FILTER_KEYS, Filter, FilterKey
from summarizer.questions.query import Query, written

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILTER = re.compile(r"(-?)([a-z]+):(.*)", re.DOTALL)
_VALUE = re.compile(r'"(?P<quoted>(?:[^"\\]|\\.)*)"(?=,|\Z)|(?P<plain>[^,"]+)(?=,|\Z)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


def dump(query: Query) -> dict[str, Any]:
    """The query as JSON; see `Query.as_dict`."""
    return query.as_dict()


def load(told: Mapping[str, Any]) -> Query:
    """What `dump` told. Raises ValueError, KeyError and TypeError for what is none of ours."""
    return Query.from_dict(told, window=parse_window, filters=parse_filter)


def parse_filter(text: str) -> Filter:
    """One filter as it is written on a line. Raises ValueError for any other text."""
    found = _FILTER.fullmatch(text)
    if found is None or found[2] not in FILTER_KEYS:
        raise ValueError(text)
    values = tuple(
        match["plain"] or _ESCAPED.sub(r"\1", match["quoted"]) for match in _VALUE.finditer(found[3])
    )
    one = Filter(cast("FilterKey", found[2]), values, bool(found[1]))
    if not all(values) or not values or written(one) != text:
        raise ValueError(text)
    return one

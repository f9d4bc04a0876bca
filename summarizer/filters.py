"""Filters: which items a digest's sections and lists are limited to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FilterKey = Literal["label", "topic", "author", "path", "is", "importance"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One `[-]key:a,b` of the grammar: the item matches any of `values` (comma is OR), or none of them if `negated`."""

    key: FilterKey
    values: tuple[str, ...]
    negated: bool = False

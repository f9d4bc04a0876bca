"""Expressions that could take very long, told apart before they run on strangers' text."""

from __future__ import annotations

import re

_MAX_PATTERN = 300
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_MANY = re.compile(r"[*+]|\{\d*,(?:\d{2,})?\}")


def may_be_slow(pattern: str) -> bool:
    """Whether a valid expression is very long or may take exponential time."""
    return len(pattern) > _MAX_PATTERN or _may_explode(pattern)


def _may_explode(pattern: str) -> bool:
    """Whether a group that repeats without a small bound repeats or branches inside, as (a+)+ and (a|a)* do.

    Such expressions may take exponential time on text that nearly matches. Stricter than need be, at little
    cost.
    """
    loose = [False]  # for each open group, outermost first: does it repeat or branch?
    for token in _TOKEN.finditer(pattern):
        many = _MANY.match(pattern, token.end()) is not None
        if token[0] == "(":
            loose.append(False)
        elif token[0] == ")" and len(loose) > 1:
            inside = loose.pop()
            if inside and many:
                return True
            loose[-1] = loose[-1] or inside or many
        elif token[0] == "|" or many:
            loose[-1] = True
    return False

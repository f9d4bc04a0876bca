"""Categories: what kind of change or report an item is, told from its title and labels by code alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from summarizer.items import Item

Category = Literal["bugfix", "feature", "performance", "refactor", "test", "docs", "ci", "model", "other"]

# In this order: the first that stands in a title's prefix ("[CI][Bugfix] ...", "fix(core): ...") wins.
_PREFIXES: tuple[tuple[Category, str], ...] = (
    ("bugfix", r"bug|bug ?fix|bigfix|hot ?fix|fix|fixes"),
    ("ci", r"ci|ci/build|ci failure|ci/cd|build|release|ci-build"),
    ("docs", r"docs?|documentation|readme"),
    ("test", r"tests?|unit ?tests?"),
    ("performance", r"perf|performance|optimi[sz]ation|speed ?up"),
    ("refactor", r"refactor\w*|cleanup|clean up|deprecation|v0 deprecation|moe refactor|chore|mypy|typing"),
    ("model", r"models?|new models?"),
    ("feature", r"feat|features?|feature request|enhancement|new feature"),
    ("other", r"rfc|revert|misc|usage|installation|question|other|announcement|security"),
)
_TAGS = re.compile(r"\[([^\]]{1,40})\]")
_CONVENTIONAL = re.compile(r"([a-z]{2,12})(?:\([^)]*\))?!?:\s")
_BY_TAG = tuple((category, re.compile(pattern, re.IGNORECASE)) for category, pattern in _PREFIXES)
_VERBS: tuple[tuple[Category, re.Pattern[str]], ...] = (
    ("bugfix", re.compile(r"(?:bug ?fix|fix(?:e[sd])?|correct)\b", re.IGNORECASE)),
    (
        "refactor",
        re.compile(
            r"(?:refactor|clean ?up|standardi[sz]e|simplify|rename|consolidate|deprecate)\b", re.IGNORECASE
        ),
    ),
    ("performance", re.compile(r"(?:optimi[sz]e|speed ?up|accelerate)\b", re.IGNORECASE)),
    ("feature", re.compile(r"(?:add|support|enable|implement|introduce|allow)\b", re.IGNORECASE)),
)  # fmt: skip
_LABELS: dict[str, Category] = {
    "bug": "bugfix",
    "documentation": "docs",
    "feature request": "feature",
    "performance": "performance",
    "new-model": "model",
    "new model": "model",
    "ci-failure": "ci",
    "rfc": "other",
    "usage": "other",
    "installation": "other",
}


def category(item: Item) -> Category | None:
    """The category that title or labels state, None when neither does.

    A prefix outranks a verb the title begins with, and that a label, since labels such as `performance` are
    often set for the files a pull request touches.
    """
    title = item.title.strip()
    named = [tag.strip() for tag in _TAGS.findall(title[: _prefix_end(title)])]
    conventional = _CONVENTIONAL.match(title)
    if conventional:
        named.append(conventional[1])
    for kind, pattern in _BY_TAG:
        if any(pattern.fullmatch(name) for name in named):
            return kind
    rest = title[_prefix_end(title) :].lstrip(": ")
    for kind, pattern in _VERBS:
        if item.is_pull_request and pattern.match(rest):
            return kind
    return next((_LABELS[label.lower()] for label in item.labels if label.lower() in _LABELS), None)


def _prefix_end(title: str) -> int:
    """Where the leading `[tags]` of a title end."""
    end = 0
    while found := _TAGS.match(title, end):
        end = found.end()
        while end < len(title) and title[end].isspace():
            end += 1
    return end

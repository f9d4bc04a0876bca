"""Categories: what kind of change or report an item is, told from its title, labels and paths by code alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from summarizer.items import Item

Category = Literal["bugfix", "feature", "performance", "refactor", "test", "docs", "ci", "model", "other"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

# In this order: the first that stands in a title's prefix ("[CI][Bugfix] ...", "fix(core): ...") wins.
_PREFIXES: tuple[tuple[Category, str], ...] = (
    ("bugfix", r"bug|bug[ -]?fix|bigfix|hot ?fix|fix|fixes"),
    ("ci", r"ci|ci/build|ci failure|ci/cd|build|release|releases|ci-build|ci bugfix|ci/test|ci/release"),
    ("docs", r"docs?|documentation|readme|ci/docs|docs?/.*"),
    ("test", r"tests?|unit ?tests?"),
    ("performance", r"perf|performance|optimi[sz]ation|speed ?up"),
    ("refactor", r"refactor\w*|cleanup|clean up|deprecat\w+|v0 deprecation|moe refactor|chore|mypy|typing"),
    ("model", r"models?|new models?"),
    ("feature", r"feat|features?|feature request|enhancement|new feature"),
    ("other", r"rfc|revert|misc|usage|installation|question|other|announcement|security"),
)
_TAGS = re.compile(r"\[([^\]]{1,40})\]")
_CONVENTIONAL = re.compile(r"([a-zA-Z]{2,13})(?:\([^)]*\))?!?:\s")
_BY_TAG = tuple((category, re.compile(pattern, re.IGNORECASE)) for category, pattern in _PREFIXES)
_VERBS: tuple[tuple[Category, re.Pattern[str]], ...] = (
    ("bugfix", re.compile(r"(?:bug ?fix|fix(?:e[sd])?|correct)\b", re.IGNORECASE)),
    (
        "refactor",
        re.compile(
            r"(?:refactor|clean ?up|standardi[sz]e|simplify|rename|consolidate|unify|dedup(?:licate)?|deprecate"
            r"|migrate|move|relocate|reorgani[sz]e|extract|replace|remove (?:unused|redundant|unnecessary|dead))\b",
            re.IGNORECASE,
        ),
    ),
    ("performance", re.compile(r"(?:optimi[sz]e|speed ?up|accelerate)\b", re.IGNORECASE)),
    ("feature", re.compile(r"(?:add|support|enable|implement|introduce|allow)\b", re.IGNORECASE)),
)  # fmt: skip
_REVERTS = re.compile(r"reverts?\b", re.IGNORECASE)
_AREAS = frozenset(("model", "other"))
"""Prefixes that name what is touched rather than what is done to it, so that a verb says more: "[Model] Fix ..."."""
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

_DOCS = re.compile(
    r"(?:^|/)docs?/|\.(?:md|rst|mdx)$|(?:^|/)mkdocs\.ya?ml$|(?:^|/)(?:LICENSE|CODE_OF_CONDUCT)\b"
)
_TESTS = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.\w+$")
_CI = re.compile(
    r"(?:^|/)(?:\.buildkite|\.github|\.ci|\.circleci|docker|ci|\.gitlab)/|(?:^|/)(?:Docker|Jenkins)file[^/]*$"
    r"|(?:^|/)(?:\.pre-commit-config\.yaml|\.gitignore|\.gitlab-ci\.yml|mergify\.yml|codecov\.yml)$"
)
_MODELS = re.compile(r"(?:^|/)(?:models|transformers_utils/(?:configs|processors))/")


def is_docs(path: str) -> bool:
    """Whether the path holds documentation."""
    return _DOCS.search(path) is not None


def is_test(path: str) -> bool:
    """Whether the path holds tests or what they need."""
    return _TESTS.search(path) is not None


def is_ci(path: str) -> bool:
    """Whether the path serves the project's own builds, checks and images."""
    return _CI.search(path) is not None


def is_model(path: str) -> bool:
    """Whether the path holds a model's implementation."""
    return _MODELS.search(path) is not None


_BY_PATH: tuple[tuple[Category, Callable[[str], bool]], ...] = (
    ("docs", is_docs),
    ("test", is_test),
    ("ci", is_ci),
    ("model", is_model),
)


def category(item: Item) -> Category | None:
    """The category that title, labels or paths state, None when none does.

    A prefix outranks a verb the title begins with, and that a label, since labels such as `performance` are often set
    for the files a pull request touches. Paths are asked last: they tell only what all of them have in common.
    """
    return _told(item.title, item.labels, item.files, item.is_pull_request)


def stated_category(item: Item) -> Category | None:
    """The category that the title itself states by a prefix or the verb it begins with; None when it does not."""
    return _of_title(item.title, item.is_pull_request)


@lru_cache(maxsize=8192)  # a window is counted again and again, with mostly the same items
def _told(title: str, labels: tuple[str, ...], files: tuple[str, ...] | None, is_pr: bool) -> Category | None:
    stated = _of_title(title, is_pr)
    if stated is not None:
        return stated
    for label in labels:
        if (kind := _LABELS.get(label.lower())) is not None:
            return kind
    return of_paths(files or ()) if is_pr else None


def of_paths(paths: Iterable[str]) -> Category | None:
    """The category all of the paths have in common: documentation, tests, CI or models. Documentation beside tests or
    models, and tests beside models, are what a change of the latter brings with it."""
    left = tuple(paths)
    if not left:
        return None
    for kind, is_kind in _BY_PATH:
        rest = tuple(path for path in left if not is_kind(path))
        if not rest:
            return kind
        left = rest
    return None


def _of_title(full: str, is_pr: bool) -> Category | None:
    title = full.strip()
    end = _prefix_end(title)
    named = [tag.strip() for tag in _TAGS.findall(title[:end])]
    rest = title[end:].lstrip(": ")
    conventional = _CONVENTIONAL.match(rest)
    if conventional:
        named.append(conventional[1])
    verb = next((kind for kind, pattern in _VERBS if pattern.match(rest)), None) if is_pr else None
    for kind, pattern in _BY_TAG:
        if any(pattern.fullmatch(name) for name in named):
            return "bugfix" if verb == "bugfix" and kind in _AREAS else kind
    if is_pr and _REVERTS.match(rest):
        return "other"
    if verb is None and is_pr and re.search(r"\bfix(?:es)?$", rest, re.IGNORECASE):
        return "bugfix"
    return verb


def _prefix_end(title: str) -> int:
    """Where the leading `[tags]` of a title end."""
    end = 0
    while found := _TAGS.match(title, end):
        end = found.end()
        while end < len(title) and title[end].isspace():
            end += 1
    return end

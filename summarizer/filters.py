"""Filters: which items a digest's sections and lists are limited to."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, get_args

from summarizer.errors import BadInput
from summarizer.topics import find_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from summarizer.items import Item
    from summarizer.topics import Ledger

FilterKey = Literal["label", "topic", "author", "path", "is", "importance"]
FILTER_KEYS: tuple[FilterKey, ...] = get_args(FilterKey)

IS_VALUES: Mapping[str, Callable[[Item], bool]] = {
    "issue": lambda item: not item.is_pull_request,
    "pr": lambda item: item.is_pull_request,
    "open": lambda item: item.state == "open",
    "closed": lambda item: item.state != "open",
    "merged": lambda item: item.state == "merged",
    "unmerged": lambda item: item.is_pull_request and item.state != "merged",
    "draft": lambda item: item.is_draft is True,
    "bot": lambda item: item.author is not None and item.author.is_bot,
}
"""What `is:` knows, as GitHub's search does: closed includes merged, unmerged includes open pull requests.
https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests"""

MAX_IMPORTANCE = 10


@dataclass(frozen=True, slots=True)
class Filter:
    """One `[-]key:a,b` of the grammar: the item matches any of `values` (comma is OR), or none of them if
    `negated`."""

    key: FilterKey
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class FilterSummary:
    """What filters left of a window, for "AMD/ROCm: 7 of 178 (4 about, 3 tagged)".

    shown: items that pass every filter. total: items with any event in the window.
    topics: keys of the topics asked for. about, tagged: the shown items by their tier in any of those topics
    (about wins), None when no topic was asked for.
    """

    shown: int
    total: int
    topics: tuple[str, ...] = ()
    about: int | None = None
    tagged: int | None = None


def select(
    items: Mapping[int, Item],
    filters: Sequence[Filter],
    ledgers: Mapping[str, Ledger],
    importance: Mapping[int, int] | None = None,
) -> frozenset[int]:
    """Numbers of the items that pass every one of `filters`.

    Labels, logins and `is:` values are compared whole, in any case; a login may begin with `@` and leave out
    `[bot]`. A path passes where it contains the value, or, if the value has `*` or `?`, where it matches it
    as a whole.
    importance: number -> 0 to 10; None where nothing is assessed yet, and then `importance:` limits nothing.
    An item that was not assessed does not pass it.

    Raises BadInput for an unknown `is:` value or topic, naming those there are, and for an importance that
    is none.
    """
    passing = frozenset(items)
    for each in filters:
        if each.key == "importance" and importance is None:
            for value in each.values:
                _importance(value)
            continue
        tests = [_test(each.key, value, ledgers, importance or {}) for value in each.values]
        passing = frozenset(
            number for number in passing if any(test(items[number]) for test in tests) != each.negated
        )
    return passing


def check_filters(filters: Iterable[Filter], ledgers: Mapping[str, Ledger]) -> None:
    """Raises BadInput as `select` would, with nothing to select from."""
    select({}, tuple(filters), ledgers)


def summarize(
    shown: frozenset[int], filters: Iterable[Filter], ledgers: Mapping[str, Ledger], total: int
) -> FilterSummary:
    """What is left of `total` items when `shown` pass `filters`."""
    topics = [ledger.topic for ledger in ledgers.values()]
    wanted = [each for each in filters if each.key == "topic" and not each.negated]
    keys = tuple(dict.fromkeys(find_topic(value, topics).key for each in wanted for value in each.values))
    if not keys:
        return FilterSummary(len(shown), total)
    about = shown.intersection(number for key in keys for number in ledgers[key].about)
    return FilterSummary(len(shown), total, keys, len(about), len(shown) - len(about))


def _test(
    key: FilterKey, value: str, ledgers: Mapping[str, Ledger], importance: Mapping[int, int]
) -> Callable[[Item], bool]:
    wanted = value.strip().casefold()
    match key:
        case "label":
            return lambda item: wanted in (label.casefold() for label in item.labels)
        case "topic":
            ledger = ledgers[find_topic(value, [each.topic for each in ledgers.values()]).key]
            return lambda item: item.number in ledger.reasons
        case "author":
            logins = {wanted.removeprefix("@"), wanted.removeprefix("@") + "[bot]"}
            return lambda item: item.author is not None and item.author.login.casefold() in logins
        case "path":
            return _path_test(value.strip())
        case "is":
            if wanted not in IS_VALUES:
                raise BadInput("filter.is_unknown", value=value, known=tuple(IS_VALUES))
            return IS_VALUES[wanted]
        case "importance":
            least = _importance(value)
            return lambda item: importance.get(item.number, -1) >= least


def _path_test(value: str) -> Callable[[Item], bool]:
    wanted = value.casefold()
    if "*" in wanted or "?" in wanted:
        return lambda item: any(fnmatchcase(path.casefold(), wanted) for path in item.files or ())
    return lambda item: any(wanted in path.casefold() for path in item.files or ())


def _importance(value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= MAX_IMPORTANCE):
        raise BadInput("filter.importance", value=value, max=MAX_IMPORTANCE)
    return int(value)

"""Limits: the filters of a query as part of a sentence: "unmerged" PRs, PRs "outside CI", "not by bots". Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.extract.words import code
from summarizer.questions.query import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summarizer.filters import Filter
    from summarizer.questions.query import Query
    from summarizer.questions.wording import Wording


def adjectives(query: Query, wording: Wording) -> Iterator[str]:
    """The filters that stand before the noun."""
    for each in query.filters:
        if key := _adjective(each, wording):
            yield wording.text(key)


def qualifiers(query: Query, wording: Wording, n: int) -> Iterator[str]:
    """The filters that follow the noun; those that nobody has words for as they are written. n: as in
    `phrases.subject`."""
    bare = []
    for each in query.filters:
        if _adjective(each, wording):
            continue
        key = f"limit.{_name(each)}"
        if wording.language.has(f"answers.{key}"):
            yield wording.text(
                key, values=wording.spaced(wording.any_of(_values(each, wording))).strip(), n=n
            )
        else:
            bare.append(each)
    if bare:
        yield wording.text("with.filters", filters=_written(bare))


def imply_pull_requests(query: Query) -> bool:
    """Whether only pull requests pass the filters."""
    return any(
        one.key == "is" and not one.negated and set(one.values) <= {"pr", "merged", "unmerged", "draft"}
        for one in query.filters
    )


def _written(filters: Iterable[Filter]) -> str:
    return " ".join(code(written(each)) for each in filters)


def _adjective(one: Filter, wording: Wording) -> str:
    """The key of the adjective that says the same; "" where none does."""
    if one.key != "is" or one.negated or len(one.values) != 1:
        return ""
    key = f"limit.adjective.{one.values[0].casefold()}"
    return key if wording.language.has(f"answers.{key}") else ""


def _name(one: Filter) -> str:
    """ "label", "not_label"; of `is:` the value too, since each has a sentence of its own."""
    name = f"is_{one.values[0].casefold()}" if one.key == "is" and len(one.values) == 1 else one.key
    return f"not_{name}" if one.negated else name


def _values(one: Filter, wording: Wording) -> list[str]:
    if one.key == "topic":
        return [wording.topic(value) for value in one.values]
    return [code(wording.typed(value)) for value in one.values]

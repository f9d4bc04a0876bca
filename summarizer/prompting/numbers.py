"""The facts of a window as a prompt shows them: what code counted, each line a name and its values."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from summarizer.fence import inline
from summarizer.prompting.items import moment, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.facts import Counts, Facts, Tally

_PEOPLE, _FILES = 15, 15
"""Contributors and paths told of."""
_NUMBERS: Final = 60
"""Of a list or topic; what a list holds stands with the items."""


def counted(facts: Facts) -> str:
    """The `<facts>` of a prompt."""
    return "\n".join(["<facts>", *_lines(facts), "</facts>"])


def _lines(facts: Facts) -> Iterator[str]:
    zone, shown = facts.window.zone, facts.shown
    yield f"repository: {inline(facts.repo)}"
    yield f"window: {moment(facts.window.since, zone)} to {moment(facts.window.until, zone)} ({facts.window.tz})"
    yield f"counts: {_counts(facts.counts)}"
    if facts.baseline is not None:
        yield f"counts of the window before: {_counts(facts.baseline)}"
    yield from _tallied(facts.tally, "")
    if facts.baseline_tally is not None:
        yield from _tallied(facts.baseline_tally, " in the window before")
    for name, rows in facts.lists.items():
        if rows:
            yield f"{name}: {_some([row.number for row in rows])}"
    for key, ledger in facts.ledgers.items():
        about, tagged = ([n for n in members if n in shown] for members in (ledger.about, ledger.tagged))
        if about or tagged:
            yield f"topic {key}: about {_some(about)}; tagged {_some(tagged)}"
    for hot in facts.hot:
        people = ", ".join(inline(login) for login in hot.participants)
        yield f"hot: #{hot.number}, comments_in_window {hot.comments_in_window}, participants {people}"
    for person in facts.contributors[:_PEOPLE]:
        done = f"merged {person.merged}, opened {person.opened}, reviews {person.reviews}"
        yield f"contributor {inline(person.login)}: {done}"
    if facts.first_time:
        yield f"first-time contributors: {', '.join(inline(login) for login in facts.first_time[:_PEOPLE])}"
    for heat in facts.files[:_FILES]:
        yield f"file {inline(heat.path)}: changed by {heat.prs} pull requests"
    if facts.timing.first_response_median_s is not None:
        yield f"median first response: {facts.timing.first_response_median_s / 60:.0f} minutes"
    if facts.timing.merge_median_s is not None:
        yield f"median time to merge: {facts.timing.merge_median_s / 3600:.1f} hours"
    if facts.filters:
        yield "filtered: the reader wants to hear of the items below alone; write of no other"
    if not facts.complete:
        yield "the data is incomplete: claim nothing about what is absent"


def _tallied(tally: Tally, when: str) -> Iterator[str]:
    for name, counts in (("category", tally.categories), ("topic", tally.topics)):
        if shown := _sorted(counts):
            yield f"merged pull requests by {name}{when}: {shown}"


def _sorted(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return ", ".join(f"{name} {n}" for name, n in ordered if name and n)


def _counts(counts: Counts) -> str:
    return ", ".join(f"{name} {n}" for name, n in asdict(counts).items())


def _some(shown: tuple[int, ...] | list[int]) -> str:
    more = f" and {len(shown) - _NUMBERS} more" if len(shown) > _NUMBERS else ""
    return numbers(shown[:_NUMBERS]) + more

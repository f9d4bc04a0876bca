"""Counts: "3 PRs merged" against the window's own statistics, under exactly that name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import LOGIN
from summarizer.verify.states import holds

if TYPE_CHECKING:
    import re

    from summarizer.facts import Contributor, CountName, Counts, ListName
    from summarizer.items import Item
    from summarizer.verify.case import Case
    from summarizer.verify.tokens import Token

Fits = Callable[[float], bool]
COUNT_OF: Final[dict[tuple[str, str], CountName]] = {
    ("threads", "reopened"): "reopened",
    ("issue", "new"): "issues_opened",
    ("issue", "opened"): "issues_opened",
    ("issue", "closed"): "issues_closed",
    ("issue", "reopened"): "reopened",
    ("pull_request", "new"): "prs_opened",
    ("pull_request", "opened"): "prs_opened",
    ("pull_request", "merged"): "prs_merged",
    ("pull_request", "closed"): "prs_closed_unmerged",
    ("pull_request", "closed_unmerged"): "prs_closed_unmerged",
    ("pull_request", "reopened"): "reopened",
}
"""(what is counted, state) -> the name of the window's count of them."""

_PLURALS: Final = {"pull_request": "PRs", "issue": "issues", "threads": "threads"}


def fault(case: Case, at: int, start: int, end: int, noun: str, token: Token, fits: Fits) -> Fault | None:
    """Judge "<figure> <noun>" where noun is pull_request, issue, threads (either) or releases."""
    if noun == "releases":
        return _verdict(case, "releases", {case.facts.counts.releases}, token, fits)
    match = case.reading.state_near(start, end)
    state = str(match.lastgroup) if match else ""
    if match:
        _count_words(case, match, at, noun)
    credited = _contributor(case, at)
    if credited and not case.reading.referenced:
        login_at, contributor = credited
        values = {
            "merged": {contributor.merged},
            "new": {contributor.opened},
            "opened": {contributor.opened},
        }.get(state, {contributor.merged, contributor.opened, contributor.reviews})
        if any(fits(value) for value in values):
            case.credited.add(login_at)
            case.aggregates += 1
            return None
        return Fault(
            "count",
            f"{contributor.login} has {contributor.merged} merged and {contributor.opened} opened PRs",
        )
    if _of_references(case, at, noun, state, fits):
        return None
    values, name = _values(case, noun, state, start, end)
    return _verdict(case, name, values, token, fits)


def _verdict(case: Case, name: str, values: set[int], token: Token, fits: Fits) -> Fault | None:
    if any(fits(value) for value in values):
        case.aggregates += 1
        return None
    allowed = " or ".join(str(value) for value in sorted(values)) or "not known"
    return Fault("count", f"{name.replace('_', ' ')} in this window: {allowed}, not {token.raw}")


def _count_words(case: Case, match: re.Match[str], at: int, noun: str) -> None:
    """Note which words of state speak of the count alone: the one that names it, and others of the same meaning in its
    clause ("six new PRs were opened"), when neither clause has a reference."""
    reading = case.reading
    home = reading.clause_at(match.start())
    if home.groups or reading.clause_at(at).groups:
        return
    for other in reading.states_in(home):
        alike = COUNT_OF.get((noun, str(other.lastgroup))) == COUNT_OF.get((noun, str(match.lastgroup)))
        if alike:
            case.counted.add(other.start())


def _of_references(case: Case, at: int, noun: str, state: str, fits: Fits) -> bool:
    """Whether the count is of the references beside it, whose states are judged one by one, or of what is cited."""
    reading, items = case.reading, case.index.items
    start, end = reading.sentence_at(at)
    groups = [group for group in reading.groups if start <= group.start < end]
    listed = [number for group in groups for number in group.inside if _is_a(items[number], noun)]
    runs = [[number for number in group.inside if _is_a(items[number], noun)] for group in groups]
    if any(run and fits(len(run)) for run in [*runs, listed]):
        return (
            not state
            or all(holds(case.index.evidence(number), state) for run in runs for number in run)
            or bool(reading.clause_at(at).groups)
        )
    cited = [number for number in reading.cited if _is_a(items[number], noun)]
    return not state and bool(cited) and fits(len(cited))


def _is_a(item: Item, noun: str) -> bool:
    return noun in ("threads", item.kind)


def _values(case: Case, noun: str, state: str, start: int, end: int) -> tuple[set[int], str]:
    """The values that the count may have, and its name for the repair."""
    facts = case.facts
    name = COUNT_OF.get((noun, state))
    topics = _topics(case, start, end)
    if topics:
        return _of_topics(case, topics, noun, state), f"{'/'.join(topics)} {_PLURALS[noun]} {state}"
    clause = case.reading.clause_at(start)
    if (
        case.lexicon.one("previous").search(case.reading.masked, clause.start, clause.end)
        and facts.baseline
        and name
    ):
        return {getattr(facts.baseline, name)}, f"{name} before this window"
    if name:
        counts: Counts = facts.counts
        return {getattr(counts, name)}, name
    alike = [item for item in facts.items.values() if _is_a(item, noun)]
    if state:
        alike = [item for item in alike if holds(case.index.evidence(item.number), state)]
    return {len(alike)}, f"{_PLURALS[noun]} {state or 'with activity'}"


def _topics(case: Case, start: int, end: int) -> list[str]:
    """Keys of the topics named in the count's clause."""
    clause = case.reading.clause_at(start)
    words = case.reading.masked[clause.start : max(clause.end, end)]
    if not case.index.topics.search(words):
        return []
    found = {match[0].casefold() for match in case.index.topics.finditer(words)}
    return [
        key for key in case.facts.ledgers if found & {name.casefold() for name in case.index.names_of(key)}
    ]


def _of_topics(case: Case, topics: list[str], noun: str, state: str) -> set[int]:
    values: set[int] = set()
    name = COUNT_OF.get((noun, state))
    for key in topics:
        ledger = case.facts.ledgers[key]
        for members in (ledger.about, ledger.tagged, (*ledger.about, *ledger.tagged)):
            chosen = [case.facts.items[number] for number in members if number in case.facts.items]
            values.add(sum(1 for item in chosen if _counts_as(case, item, noun, state, name)))
        if not state:
            values.add(ledger.total)
    return values


def _counts_as(case: Case, item: Item, noun: str, state: str, name: CountName | None) -> bool:
    if not _is_a(item, noun):
        return False
    if name is not None and name != "releases":
        list_name: ListName = name
        return any(row.number == item.number for row in case.facts.lists.get(list_name, ()))
    return not state or holds(case.index.evidence(item.number), state)


def _contributor(case: Case, at: int) -> tuple[int, Contributor] | None:
    """The one person whom the count's clause names, when the facts have figures of them."""
    clause = case.reading.clause_at(at)
    places = [place for place in range(clause.start, clause.end) if case.reading.masked[place] == LOGIN]
    if len(places) != 1:
        return None
    login = case.reading.tokens[places[0]].raw.casefold()
    found = next((one for one in case.facts.contributors if one.login.casefold() == login), None)
    return (places[0], found) if found else None

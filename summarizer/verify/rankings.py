"""Rankings and firsts: "most discussed" and "first contribution" are facts, so they must be the facts' own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer.verify.case import Case, listing
from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import LOGIN

if TYPE_CHECKING:
    from collections.abc import Iterator


def faults(case: Case) -> Iterator[Fault]:
    masked = case.reading.masked
    for match in case.lexicon.one("rankings.discussed").finditer(masked):
        numbers = case.reading.subject(*match.span()).numbers
        top = _hottest(case, max(1, len(numbers)))
        if not numbers or not set(numbers) <= top:
            yield Fault("ranking", f"the most discussed here is {listing(sorted(top)) if top else 'unknown'}")
    for match in case.lexicon.one("rankings.largest").finditer(masked):
        numbers = case.reading.subject(*match.span()).numbers
        if not numbers or not set(numbers) <= _largest(case):
            yield Fault("ranking", f"the largest change here is {listing(sorted(_largest(case)))}")
    for match in case.lexicon.one("rankings.contributor").finditer(masked):
        top_login = case.facts.contributors[0].login if case.facts.contributors else ""
        logins = _logins(case, match.start())
        if logins != {top_login.casefold()}:
            yield Fault("ranking", f"the first in the list of contributors is {top_login or 'unknown'}")
    yield from _first_times(case)


def _hottest(case: Case, size: int) -> set[int]:
    """The `size` most commented threads of the window, and those equal to the last of them."""
    threads = sorted(case.facts.hot, key=lambda thread: -thread.comments_in_window)
    if not threads:
        return set()
    least = threads[min(size, len(threads)) - 1].comments_in_window
    return {thread.number for thread in threads if thread.comments_in_window >= least}


def _largest(case: Case) -> set[int]:
    sizes = {
        item.number: item.additions + item.deletions
        for item in case.facts.items.values()
        if item.additions is not None and item.deletions is not None
    }
    return {number for number, size in sizes.items() if size == max(sizes.values())}


def _first_times(case: Case) -> Iterator[Fault]:
    known = {login.casefold() for login in case.facts.first_time}
    for match in case.lexicon.one("rankings.first_time").finditer(case.reading.masked):
        before = case.reading.masked[max(0, match.start() - 14) : match.start()]
        if re.search(case.lexicon.one("numbers.none").pattern + r"\D{0,8}$", before, re.IGNORECASE):
            if known:
                yield Fault("ranking", f"first-time contributors of this window: {', '.join(sorted(known))}")
            continue
        logins = _logins(case, match.start())
        authors = {
            login
            for number in case.reading.subject(*match.span()).numbers
            for login in case.index.evidence(number).people["author"]
        }
        if not (logins or authors) <= known or not (logins or authors):
            yield Fault(
                "ranking",
                f"first-time contributors of this window: {', '.join(sorted(known)) or 'none known'}",
            )


def _logins(case: Case, at: int) -> set[str]:
    start, end = case.reading.sentence_at(at)
    return {token.raw.casefold() for place, token in case.reading.of_kind(LOGIN) if start <= place < end}

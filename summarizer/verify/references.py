"""References: every number is an item of the window, or one that a cited item names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.verify.case import Case, listing
from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import REF

if TYPE_CHECKING:
    from collections.abc import Iterator


def faults(case: Case) -> Iterator[Fault]:
    reading, known = case.reading, case.index.items
    cited = reading.cited
    named = {number for own in cited for number in case.index.evidence(own).mentioned}
    for number in case.claim.cites:
        if number not in known:
            yield Fault("reference", f"#{number} in cites is not an item of this window")
    for at, token in reading.of_kind(REF):
        if token.repo and token.repo.casefold() != case.facts.repo.casefold():
            yield Fault("reference", f"{token.raw} is in another repository")
        elif token.number not in known and token.number not in named:
            yield Fault(
                "reference",
                f"#{token.number} is no item of this window, and {listing(cited)} do not mention it",
            )
        elif token.number not in known and _leads(case, at):
            yield Fault(
                "mentioned",
                f"#{token.number} is known only from another item's text: say what mentions it, not what it is",
            )
    yield from _kinds(case)
    yield from _relations(case)


def _leads(case: Case, at: int) -> bool:
    """Whether a sentence begins with the reference, and so is about it."""
    start, _ = case.reading.sentence_at(at)
    group = next(group for group in case.reading.groups if group.start <= at < group.end)
    return (
        not group.inside and case.lexicon.aside.fullmatch(case.reading.masked, start, group.start) is not None
    )


def _kinds(case: Case) -> Iterator[Fault]:
    """ "PR" beside an issue, "issue" beside a pull request."""
    reading = case.reading
    for match in case.lexicon.kind_beside.finditer(reading.masked):
        word = match["before"] or match["after"]
        at = match.end() if match["before"] else match.start() - 1
        group = next((group for group in reading.groups if group.start <= at < group.end), None)
        if group is None:
            continue
        if match["after"] and any(match.end() == other.start for other in reading.groups):
            continue  # it leads the next references
        for kind in ("pull_request", "issue"):
            if not case.lexicon.kinds[kind].fullmatch(word):
                continue
            number = reading.tokens[at].number
            item = case.index.items.get(number)
            if item is not None and item.kind != kind:
                right = "an issue" if item.kind == "issue" else "a pull request"
                yield Fault("kind", f"#{number} is {right}, not a {word}", word, (number,))


def _relations(case: Case) -> Iterator[Fault]:
    """ "#1 fixes #2": one of the two must speak of the other."""
    reading = case.reading
    for first, second in zip(reading.groups, reading.groups[1:], strict=False):
        if not case.lexicon.one("relations").fullmatch(reading.masked, first.end, second.start):
            continue
        for one in first.inside:
            for other in second.inside:
                evidence, counterpart = case.index.evidence(one), case.index.evidence(other)
                if other not in evidence.mentioned and one not in counterpart.mentioned:
                    yield Fault("reference", f"neither #{one} nor #{other} mentions the other")

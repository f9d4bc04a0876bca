"""States: what a claim says became of an item must be what its events say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.verify.case import Case
    from summarizer.verify.evidence import Evidence


def faults(case: Case) -> Iterator[Fault]:
    for match in case.reading.states:
        state = str(match.lastgroup)
        if match.start() in case.counted:
            continue
        subject = case.reading.subject(match.start(), match.end())
        said = state.replace("_", " ")
        if subject.outside:
            yield Fault(
                "mentioned",
                f"#{subject.outside[0]} is known only from another item's text: do not say that it is {said}",
            )
        elif not subject.numbers:
            yield Fault("uncited", f"write the #number of what is {said}")
        for evidence in [*case.evidence_of(subject), *_likewise(case, match.start())]:
            if not holds(evidence, state):
                several = " (write the #number beside each statement)" if len(subject.numbers) > 1 else ""
                yield Fault("state", f"{_told(evidence)}, so it cannot be called {said}{several}")


def _likewise(case: Case, at: int) -> Iterator[Evidence]:
    """The items of the next clause, when it says no more than that they are so too."""
    reading = case.reading
    position = reading.clauses.index(reading.clause_at(at))
    for clause in reading.clauses[position + 1 : position + 2]:
        too = case.lexicon.one("too").search(reading.masked, clause.start, clause.end)
        if too and not reading.states_in(clause):
            yield from (case.index.evidence(number) for group in clause.groups for number in group.inside)


def holds(evidence: Evidence, state: str) -> bool:
    """Whether the item's events bear out a state of `[verify.states]`."""
    item = evidence.item
    happened = {event.name for event in item.events}
    match state:
        case "merged":
            return item.state == "merged" or "merged" in happened
        case "closed":
            return item.state == "closed" or bool(happened & {"closed", "closed_unmerged"})
        case "shut":
            return item.state == "closed"
        case "closed_unmerged":
            return item.is_pull_request and (item.state == "closed" or "closed_unmerged" in happened)
        case "reopened" | "not_reopened":
            return ("reopened" in happened) == (state == "reopened")
        case "unmerged":
            return item.state != "merged"
        case "not_merged" | "open" | "not_closed":
            return item.state == "open"
        case "not_open":
            return item.state != "open"
        case "new":
            return any(event.name == "opened" and event.at in evidence.window for event in item.events)
        case "opened":
            return True  # every item was, and by whom or when is checked as such
        case "draft" | "not_draft":
            return item.is_draft is (state == "draft")
        case "approved" | "not_approved":
            return any(review.state == "APPROVED" for review in item.reviews) == (state == "approved")
        case "changes_requested":
            return any(review.state == "CHANGES_REQUESTED" for review in item.reviews)
        case "resolved":
            return item.is_pull_request or item.state != "open"
        case "unanswered":
            return not any(c.author != item.author and not c.author.is_bot for c in item.comments)
        case "unreviewed":
            return not item.reviews
        case "completed" | "not_planned":
            return item.state == "closed" and (item.state_reason or "").casefold() == state
        case _:
            return any(
                word in evidence.text for word in ("revert", "roll back", "rollback", "回滚", "回退", "撤销")
            )


def _told(evidence: Evidence) -> str:
    item = evidence.item
    states = {"open": "is open", "closed": "was closed", "merged": "was merged"}
    told = f"#{item.number} {states[item.state]}"
    if item.is_pull_request and item.state == "closed":
        told += " without merging"
    if any(event.name == "reopened" for event in item.events):
        told += " and had been reopened"
    if any(event.name == "opened" and event.at in evidence.window for event in item.events):
        return told + " and was opened in this window"
    return told + " and was not opened in this window"

"""People: who is named must have had a part in the cited item, and the part that is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.verify.case import Case, listing
from summarizer.verify.evidence import ROLES
from summarizer.verify.faults import Fault
from summarizer.verify.lexicon import LOGIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.verify.evidence import Evidence, Role
    from summarizer.verify.tokens import Token

_ROLE_OF_STATE: Final[Mapping[str, Role]] = {
    "merged": "merger", "closed": "closer", "closed_unmerged": "closer", "reopened": "reopener", "approved": "approver",
    "opened": "author",
}  # fmt: skip


def faults(case: Case) -> Iterator[Fault]:
    said = case.reading.roles
    for at, token in case.reading.of_kind(LOGIN):
        if at not in case.credited:
            yield from _of_login(case, at, token, said.get(at, []))
    yield from _second_verbs(case)
    yield from _slots(case)


def _second_verbs(case: Case) -> Iterator[Fault]:
    """ "A replied to #1 and merged #2": the second verb is said of A too."""
    reading, masked = case.reading, case.reading.masked
    for position, clause in enumerate(reading.clauses):
        verb = case.lexicon.states.match(masked, _first(masked, clause.start))
        role = _ROLE_OF_STATE.get(str(verb.lastgroup)) if verb else None
        if verb is None or role is None or not clause.groups or LOGIN in masked[clause.start : clause.end]:
            continue
        agent = _agent(case, position)
        if agent and case.lexicon.aside.fullmatch(masked, verb.end(), clause.groups[0].start):
            for number in clause.groups[0].inside:
                evidence = case.index.evidence(number)
                if agent.casefold() not in evidence.people[role]:
                    yield Fault("role", f"{agent} is not the {role} of #{number}: {_told(evidence)}")


def _agent(case: Case, position: int) -> str | None:
    """Who acts in the clause at `position`, if it names nobody: who opens the last earlier clause of its sentence that
    a person opens."""
    reading = case.reading
    sentence = reading.clauses[position].sentence
    for clause in reversed(reading.clauses[:position]):
        people = case.lexicon.one_person.match(reading.masked, _first(reading.masked, clause.start))
        if clause.sentence != sentence:
            return None
        if people:
            return reading.tokens[people.end() - 1].raw
    return None


def _first(masked: str, start: int) -> int:
    """The place of the first character from `start` that is not blank."""
    return len(masked) - len(masked[start:].lstrip())


def _of_login(case: Case, at: int, token: Token, said: list[tuple[Role, tuple[int, ...]]]) -> Iterator[Fault]:
    login = token.raw.casefold().removesuffix("[bot]")
    if login not in case.index.logins:
        yield Fault("person", f"{token.raw} is nobody known in this window")
        return
    subject = case.reading.subject(at, at + 1)
    evidence = case.evidence_of(subject)
    if subject.outside:
        yield Fault(
            "mentioned", f"#{subject.outside[0]} is known only from another item's text: name nobody for it"
        )
    elif not evidence:
        yield Fault("uncited", f"write the #number of the item that {token.raw} had a part in")
    elif not said and not any(_has_part(token, login, one) for one in evidence):
        detail = f"{token.raw} had no part in {listing(subject.numbers)}: {_told(evidence[0])}"
        yield Fault("person", detail, token.raw, subject.numbers)
    for role, places in said if evidence else ():
        together = {case.reading.tokens[place].raw.casefold().removesuffix("[bot]") for place in places}
        wrong = [one for one in evidence if not together & one.people[role]]
        if role in ("speaker", "reviewer") and len(wrong) < len(evidence):
            wrong = []
        if wrong or not any(login in one.people[role] for one in evidence):
            one = (wrong or evidence)[0]
            detail = f"{token.raw} is not the {role} of #{one.number}: {_told(one)}"
            yield Fault("role", detail, token.raw, (one.number,))


def _has_part(token: Token, login: str, evidence: Evidence) -> bool:
    """Whether they are a person of the item; a bare word that equals a login may as well be one of the item's words."""
    return login in evidence.people["any"] or (not token.marked and login in evidence.words)


def _told(evidence: Evidence) -> str:
    """Who had which part, for the repair."""
    known = [f"{role} {', '.join(sorted(evidence.people[role]))}" for role in ROLES if evidence.people[role]]
    return "; ".join(known) or "nobody is known"


def _slots(case: Case) -> Iterator[Fault]:
    """Names that stand where only a person can, and are nobody's login."""
    masked = case.reading.masked
    for pattern in case.lexicon.actor_slots:
        for match in pattern.finditer(masked):
            name = next((group for group in match.groups() if group), "")
            if not name or case.lexicon.nobody.fullmatch(name):
                continue
            evidence = case.evidence_of(case.reading.subject(match.start(), match.end()))
            folded = name.casefold()
            if folded in case.index.logins:
                if not any(folded in one.people["any"] for one in evidence):
                    yield Fault("person", f"{name} had no part in {listing(one.number for one in evidence)}")
            elif not any(folded in one.words for one in evidence):
                yield Fault("person", f"{name} is nobody known in this window")

"""Topics: "no AMD updates" against what the topic rules find among the report's own items and the mirror's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from summarizer.reports import words
from summarizer.reports.findings import Finding, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from summarizer.facts import ListName
    from summarizer.items import Item
    from summarizer.reports.known import Known
    from summarizer.reports.report import Statement
    from summarizer.verify.case import Case

_MOST: Final = 5
_SUFFIX: Final = re.compile(r"[“\"'‘「`](-[A-Za-z][A-Za-z0-9-]*)[”\"'’」`]")


def findings(known: Known, cases: Sequence[tuple[Statement, Case]]) -> Iterator[Finding]:
    """Denials of a topic that has members, and of a login's ending that somebody has."""
    for statement, case in cases:
        denied: set[str] = set()
        for sentence in _sentences(statement.text, case):
            for key in _denied(sentence, statement, case):
                members = _members(sentence, known, key, case)
                missing = [number for number in members if number not in case.reading.referenced]
                if missing and key not in denied:
                    denied.add(key)
                    topic = known.facts.ledgers[key].topic
                    values: dict[str, object] = {
                        "topic": topic.title,
                        "numbers": tuple(f"#{number}" for number in missing[:_MOST]),
                        "why": _why(known, key, missing[0]),
                        "n": len(missing),
                    }
                    yield Finding("wrong", "topic", statement.line, sentence, values, tuple(missing))
            yield from _suffixes(sentence, statement, known, case)


def _sentences(text: str, case: Case) -> Iterable[str]:
    found = case.lexicon.one("sentence").split(text)
    return [part.strip() for part in found if part and part.strip()] or [text]


def _denied(sentence: str, statement: Statement, case: Case) -> Iterator[str]:
    """Keys of the topics whose members the sentence denies."""
    bare = re.sub(r"^[^\w]+|[.。!！]+$", "", sentence.strip())
    if words.any_of("none").fullmatch(bare):
        yield from _named(statement.heading, case)
        return
    if not case.lexicon.one("topic.hints").search(sentence) or _SUFFIX.search(sentence):
        return
    if words.any_of("only_about").search(sentence) or words.any_of("partial").search(sentence):
        return
    if match := case.index.denials.search(sentence):
        if re.search(r"#\d", sentence) or words.any_of("opinion").search(match[0]):
            return  # of certain items or people, or of where the weight lies, not of the window
        inside = [
            key
            for key in _named(match[0], case)
            if words.any_of("updates").search(match[0]) or case.index.names_strongly(match[0], key)
        ]
        yield from inside[:1] if _is_list(match[0]) else inside


def _is_list(text: str) -> bool:
    """Names in a row, such as "ROCm, HIP, Quark": keywords of the first one's topic."""
    return re.search(r"[、,]", text) is not None


def _named(text: str, case: Case) -> Iterator[str]:
    found = [match[0].casefold() for match in case.index.topics.finditer(text)]
    keys: dict[str, str] = {}
    for key in case.facts.ledgers:
        for name in case.index.names_of(key):
            keys.setdefault(name.casefold(), key)
    yield from dict.fromkeys(keys[name] for name in found if name in keys)


def _members(sentence: str, known: Known, key: str, case: Case) -> list[int]:
    """The topic's members among the items that the sentence speaks of: those of certain lists, or all the window's."""
    ledger = known.facts.ledgers[key]
    window = known.facts.window
    members = [
        number
        for number in (*ledger.about, *ledger.tagged)
        if any(event.at in window for event in known.facts.items[number].events) or number in known.listed
    ]
    lists = _lists(sentence, case)
    if not lists:
        return members
    return [
        number
        for number in members
        if any(row.number == number for name in lists for row in known.facts.lists.get(name, ()))
    ]


def _lists(sentence: str, case: Case) -> set[ListName]:
    """The lists that "among all new and merged PRs" and the like name; empty: no such words, or all lists."""
    names: set[ListName] = set()
    for code in words.any_of("among").finditer(sentence):
        part = code[0]
        issues, pulls = (case.lexicon.kinds[kind].search(part) for kind in ("issue", "pull_request"))
        both = not issues and not pulls
        for state, of_issues, of_pulls in (
            ("new", "issues_opened", "prs_opened"),
            ("closed", "issues_closed", "prs_closed_unmerged"),
            ("merged", None, "prs_merged"),
        ):
            if words.any_of(f"among_{state}").search(part):
                if of_issues and (issues or both):
                    names.add(of_issues)  # type: ignore[arg-type]
                if pulls or both:
                    names.add(of_pulls)  # type: ignore[arg-type]
    return names


def _why(known: Known, key: str, number: int) -> tuple[Term, ...]:
    reasons = known.facts.ledgers[key].reasons.get(number, ())
    return tuple(
        Term(f"extract.topic.rule.{reason.rule}", {"value": reason.value}) for reason in reasons[:_MOST]
    )


def _suffixes(sentence: str, statement: Statement, known: Known, case: Case) -> Iterator[Finding]:
    """ "no login that ends in -amd" where somebody's does."""
    match = _SUFFIX.search(sentence)
    if not match or not case.lexicon.one("topic.hints").search(sentence):
        return
    ending = match[1].casefold()
    people = sorted(
        {
            login
            for item in known.facts.items.values()
            for login in _logins(item, known)
            if login.casefold().endswith(ending)
        }
    )
    if people:
        numbers = tuple(
            item.number
            for item in known.facts.items.values()
            if any(login.casefold().endswith(ending) for login in _logins(item, known))
        )
        values: dict[str, object] = {
            "ending": match[1],
            "people": tuple(people),
            "numbers": tuple(f"#{number}" for number in numbers[:_MOST]),
        }
        yield Finding("wrong", "suffix", statement.line, sentence, values, numbers)


def _logins(item: Item, known: Known) -> Iterator[str]:
    """Who had a part in the item in the window, its author included where it has an event there."""
    window = known.facts.window
    if item.author and (any(event.at in window for event in item.events) or item.number in known.listed):
        yield item.author.login
    for comment in item.comments:
        if comment.created_at in window:
            yield comment.author.login

"""Checking: a report, the topic rules and what a mirror holds in, a `Check` out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from summarizer.items import Item
from summarizer.reports import against, itself, outward, sentences, tallies
from summarizer.reports.findings import Check, Finding, Held, Looked, Term
from summarizer.reports.known import Known, known_from_rows, known_with_mirror
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from summarizer.reports.report import Report
    from summarizer.topics import Topic

ZONES: Final = ("UTC", "Asia/Shanghai", "America/Los_Angeles")
"""In which a report that tells only days may have meant them: GitHub's, and those of most who write and read such."""

_REFERENCE: Final = re.compile(r"(?<![\w&/])#(\d{1,9})(?!\w)")


@dataclass(frozen=True, slots=True)
class Holding:
    """What a mirror holds for a report.

    items: those with an event in the window or a day around it. named: those the report names, by number.
    reasons: keys below `[coverage]` that tell what is missing in the window; empty where it is held whole.
    """

    items: tuple[Item, ...] = ()
    named: Mapping[int, Item] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


def numbers_in(report: Report) -> frozenset[int]:
    """Every number that the report names."""
    found = {row.number for row in report.rows} | {link.number for link in report.links}
    for statement in report.statements:
        found.update(int(match[1]) for match in _REFERENCE.finditer(statement.text))
    return frozenset(found)


def span_of(report: Report) -> tuple[datetime, datetime] | None:
    """From when until when a mirror's items may matter: the window, with a day around where its zone is not told."""
    period = report.period
    if period is None:
        return None
    around = timedelta(days=1) if period.days and period.tz is None else timedelta()
    return period.since - around, period.until + around


def check(report: Report, topics: Sequence[Topic], holding: Holding | None) -> Check:
    """Everything that is wrong or doubtful in the report. holding: None where no mirror can be looked into."""
    readings = _readings(report)
    known = [_known(each, topics, holding) for each in readings]
    best = _best(report, known)
    main, others = known[best], [*known[:best], *known[best + 1 :]]
    zoneless, report = len(readings) > 1, readings[best]
    found = [*itself.findings(report), *_of_all(report, main, others)]
    found += [*tallies.findings(report, main), *outward.findings(report, main)]
    if holding is not None:
        found += against.findings(report, main, others)
    return Check(
        repo=report.repo,
        lang=report.lang,
        window=_window(report),
        findings=tuple(_in_order(found)),
        looked=_looked(report, main, holding, zoneless=zoneless),
    )


def _readings(report: Report) -> list[Report]:
    period = report.period
    if period is None or period.days is None or period.tz is not None:
        return [report]
    return [itself.whole_days(report, tz) for tz in ZONES]


def _known(report: Report, topics: Sequence[Topic], holding: Holding | None) -> Known:
    own = known_from_rows(report, topics)
    if holding is None:
        return own
    whole = report.period is not None and not holding.reasons
    return known_with_mirror(report, own, holding.items, holding.named, topics, whole=whole)


def _best(report: Report, known: Sequence[Known]) -> int:
    """The first zone in which the statistics are right, if there is one."""
    for at, each in enumerate(known):
        if report.counts and all(
            count.name == "releases" or len(each.facts.lists.get(count.name, ())) == count.value
            for count in report.counts
        ):
            return at
    return 0


def _of_all(report: Report, main: Known, others: Sequence[Known]) -> Iterable[Finding]:
    """What the sentences get wrong, in whichever zone the days are meant."""
    found = list(sentences.findings(report, main))
    for other in others:
        also = {
            (each.key, each.line, str(each.values.get("said"))) for each in sentences.findings(report, other)
        }
        found = [each for each in found if (each.key, each.line, str(each.values.get("said"))) in also]
    return found


def _in_order(found: Iterable[Finding]) -> Iterable[Finding]:
    """By line, what is wrong first; nothing twice."""
    unique = {
        (each.severity, each.key, each.line, each.numbers, str(sorted(each.values.items(), key=str))): each
        for each in found
    }
    return sorted(unique.values(), key=lambda each: (each.line, each.severity != "wrong"))


def _window(report: Report) -> tuple[str, str] | None:
    period = report.period
    if period is None:
        return None
    if period.days:
        return period.days[0].isoformat(), period.days[1].isoformat()
    tz = period.tz or "UTC"
    return moment_label(period.since, tz), moment_label(period.until, tz)


def _looked(report: Report, known: Known, holding: Holding | None, *, zoneless: bool) -> Looked:
    numbers = numbers_in(report)
    held: Held = "not"
    if holding is not None and report.period is not None:
        held = "whole" if not holding.reasons else "partly" if holding.items else "not"
    notes = []
    if report.period is None:
        notes.append(Term("report.notes.no_window"))
    elif zoneless:
        notes.append(Term("report.notes.no_zone", {"tz": report.period.tz}))
    if not report.lists:
        notes.append(Term("report.notes.no_lists"))
    return Looked(
        counts=len(report.counts),
        rows=len(report.rows),
        statements=len(report.statements),
        references=len(numbers),
        unknown=len(numbers - known.facts.items.keys()),
        unmirrored=None if holding is None else len(numbers - known.mirrored),
        held=held,
        reasons=() if holding is None else holding.reasons,
        notes=tuple(notes),
    )

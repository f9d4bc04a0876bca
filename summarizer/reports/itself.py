"""A report against itself: its statistics, the lengths of its lists, its links, and its rows among each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from summarizer.reports.findings import Finding, Term
from summarizer.reports.known import ENDS, kind_in
from summarizer.verify.evidence import folded
from summarizer.windows import day_start, local_date, moment_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.facts import ListName
    from summarizer.reports.report import Listing, Report, Row

MINUTE: Final = timedelta(minutes=1)
_ISO_WEEK: Final = re.compile(r"(\d{4})\s*(?:年\s*)?第\s*(\d{1,2})\s*周|(\d{4})-W(\d{2})")
_DATE: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


def findings(report: Report) -> Iterator[Finding]:
    """Everything in which the report contradicts itself, sentences left out."""
    yield from _counts(report)
    yield from _links(report)
    for each in report.lists:
        yield from _list(report, each)
    yield from _twice(report)
    yield from _title(report)


def name_of(name: str) -> Term:
    return Term(f"report.lists_said.{name}")


def _counts(report: Report) -> Iterator[Finding]:
    lengths = {each.name: len(each.rows) for each in report.lists}
    for count in report.counts:
        if report.filtered or count.name not in lengths or count.value == lengths[count.name]:
            continue
        values = {"what": name_of(count.name), "said": count.value, "n": lengths[count.name]}
        yield Finding("wrong", "count_list", count.line, f"{count.value}", values)
    for each in report.lists:
        if each.declared is not None and each.declared != len(each.rows):
            values = {"what": name_of(each.name), "said": each.declared, "n": len(each.rows)}
            yield Finding("wrong", "count_list", each.line, f"({each.declared})", values)
    seen: dict[str, int] = {}
    for count in report.counts:
        refuted = count.name in lengths and count.value != lengths[count.name]
        if seen.setdefault(count.name, count.value) != count.value and not refuted:
            values = {"what": name_of(count.name), "said": count.value, "n": seen[count.name]}
            yield Finding("wrong", "count_twice", count.line, f"{count.value}", values)


def _links(report: Report) -> Iterator[Finding]:
    for link in report.links:
        if link.leads_to != link.number:
            yield Finding(
                "wrong",
                "link",
                link.line,
                f"#{link.number}",
                {"n": link.number, "to": link.leads_to},
                (link.number,),
            )
        elif report.repo and link.repo.casefold() != report.repo.casefold():
            values = {"n": link.number, "repo": link.repo, "own": report.repo}
            yield Finding("wrong", "link_repo", link.line, f"#{link.number}", values, (link.number,))
    kinds: dict[int, set[str]] = {}
    for link in report.links:
        kinds.setdefault(link.number, set()).add(link.kind)
    for link in report.links:
        if len(kinds[link.number]) > 1:
            kinds[link.number] = {link.kind}
            yield Finding(
                "wrong", "link_kinds", link.line, f"#{link.number}", {"n": link.number}, (link.number,)
            )


def _list(report: Report, each: Listing) -> Iterator[Finding]:
    seen: dict[int, int] = {}
    for row in each.rows:
        numbers = (row.number,)
        if row.number in seen:
            values: dict[str, object] = {"n": row.number, "other": seen[row.number]}
            yield Finding("wrong", "row_repeated", row.line, row.text, values, numbers)
        seen.setdefault(row.number, row.line)
        kind = kind_in(each.name)
        if kind and row.kind and row.kind != kind:
            values = {"n": row.number, "what": name_of(each.name), "kind": Term(f"report.kinds.{row.kind}")}
            yield Finding("wrong", "row_kind", row.line, row.text, values, numbers)
        if row.moment and each.name not in row.moment and each.name != "carried_over":
            values = {"n": row.number, "what": name_of(each.name)}
            yield Finding("wrong", "row_moment", row.line, row.text, values, numbers)
        if row.no_such_time:
            yield Finding("wrong", "row_no_time", row.line, row.text, {"n": row.number}, numbers)
        yield from _outside(report, row)


def _outside(report: Report, row: Row) -> Iterator[Finding]:
    """A row's time is to the minute, so one at an edge may be on either side of it."""
    period = report.period
    if period is None or row.at is None or row.list_name == "carried_over":
        return
    slack = timedelta(days=1) if period.tz is None and period.days else timedelta()
    if row.at + MINUTE <= period.since - slack or row.at >= period.until + slack:
        tz = period.tz or "UTC"
        values = {
            "n": row.number,
            "at": moment_label(row.at, tz),
            "since": moment_label(period.since, tz),
            "until": moment_label(period.until, tz),
        }
        yield Finding("wrong", "row_outside", row.line, row.text, values, (row.number,))


def _twice(report: Report) -> Iterator[Finding]:
    """What two rows of the same number tell differently, and lists that exclude each other."""
    by_number: dict[int, list[Row]] = {}
    for row in report.rows:
        by_number.setdefault(row.number, []).append(row)
    for number, rows in by_number.items():
        first = rows[0]
        for row in rows[1:]:
            for field, one, other in (
                ("title", first.title, row.title),
                ("author", first.author, row.author),
                ("labels", _shown(first.labels), _shown(row.labels)),
            ):
                if one is not None and other is not None and folded(one) != folded(other):
                    values: dict[str, object] = {
                        "n": number,
                        "field": Term(f"report.fields.{field}"),
                        "line": first.line,
                        "said": other,
                        "other": one,
                    }
                    yield Finding("wrong", "row_differs", row.line, row.text, values, (number,))
        ends = [row for row in rows if row.list_name in ENDS and row.list_name != "reopened"]
        names = {row.list_name for row in ends}
        if "prs_merged" in names and len(names) > 1:
            pair = sorted(names)[:2]
            values = {"n": number, "one": name_of(pair[0]), "other": name_of(pair[1])}
            yield Finding("wrong", "row_lists", ends[-1].line, ends[-1].text, values, (number,))
        yield from _backwards(number, rows)


def _backwards(number: int, rows: list[Row]) -> Iterator[Finding]:
    """Ended before it began."""
    opened = [row for row in rows if row.list_name in ("issues_opened", "prs_opened") and row.at]
    for row in rows:
        if row.list_name in ENDS and row.at and opened and opened[0].at and row.at < opened[0].at:
            yield Finding("wrong", "row_backwards", row.line, row.text, {"n": number}, (number,))


def _shown(labels: tuple[str, ...] | None) -> str | None:
    return None if labels is None else ",".join(sorted(labels, key=str.casefold))


def _title(report: Report) -> Iterator[Finding]:
    """A week or a day in the title that is not the window's."""
    period = report.period
    if period is None:
        return
    tz = period.tz or "UTC"
    first, last = local_date(period.since, tz), local_date(period.until - timedelta(microseconds=1), tz)
    if match := _ISO_WEEK.search(report.title):
        year, number = int(match[1] or match[3]), int(match[2] or match[4])
        if first.isocalendar()[:2] != (year, number):
            week = f"{first.isocalendar()[0]}-W{first.isocalendar()[1]:02}"
            values: dict[str, object] = {"week": week, "since": first.isoformat(), "until": last.isoformat()}
            yield Finding("wrong", "title_week", 1, report.title, values)
        return
    match = _DATE.search(report.title)
    if match and not first.isoformat() <= match[0] <= last.isoformat():
        values = {"since": first.isoformat(), "until": last.isoformat()}
        yield Finding("wrong", "title_day", 1, report.title, values)


def whole_days(report: Report, tz: str) -> Report:
    """The report with its days understood in `tz`."""
    if report.period is None or report.period.days is None:
        return report
    first, last = report.period.days
    since, until = day_start(first, tz), day_start(last + timedelta(days=1), tz)
    return replace(report, period=replace(report.period, since=since, until=until, tz=tz))


def listed(report: Report, name: ListName) -> Listing | None:
    return next((each for each in report.lists if each.name == name), None)

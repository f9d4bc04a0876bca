"""Tallies: a report's tables and totals against its own lists, its prose, and the mirror where that knows the items."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer import reverts
from summarizer.reports import words
from summarizer.reports.findings import Finding
from summarizer.reports.itself import listed, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from summarizer.reports.known import Known
    from summarizer.reports.report import Report, Statement

_RULE: Final = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
_ENTRY: Final = re.compile(r"\W*(?:PR|Issue|RFC)\s*#\d", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[。；;]|[.!?](?=\s|$)")
_ALIKE: Final = 2
"""How many labels of a table a sentence must repeat with a figure to be about the same tally."""
_MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report. head: its titles; rows: each with its line, as many cells as it has."""

    head: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def figures(self) -> Mapping[str, int]:
        """First cell -> the number in the second, of the rows that have both."""
        return {cells[0]: int(cells[1]) for _, cells in self.rows if len(cells) > 1 and cells[1].isdecimal()}

    def column(self, key: str) -> int | None:
        """The place of the column that is called so; None where there is none. key: below `[report]`."""
        named = words.any_of(key)
        return next((at for at, title in enumerate(self.head) if named.fullmatch(title)), None)


def findings(report: Report, known: Known) -> Iterator[Finding]:
    """Tables and totals that the rest of the report, or the mirror, contradicts."""
    tables = list(tables_in(report.statements))
    for table in tables:
        yield from _people(report, known, table)
        yield from _files(report, known, table)
        yield from _sum(report, known, table)
    yield from _prose(report.statements, [table for table in tables if table.column("table_file") is None])
    yield from _members(report.statements)
    yield from _key_ones(report)
    yield from _reverts(report.statements, known)


def tables_in(statements: Sequence[Statement]) -> Iterator[Table]:
    """The tables among the statements: a line of titles, a rule, and rows."""
    for at, rule in enumerate(statements):
        if at == 0 or not _RULE.fullmatch(rule.text) or statements[at - 1].line != rule.line - 1:
            continue
        rows: list[tuple[int, tuple[str, ...]]] = []
        for line, row in enumerate(statements[at + 1 :], rule.line + 1):
            if row.line != line or not row.text.startswith("|"):
                break
            rows.append((line, _cells(row.text)))
        yield Table(_cells(statements[at - 1].text), tuple(rows))


def _cells(text: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", text.strip().strip("|")))


def _people(report: Report, known: Known, table: Table) -> Iterator[Finding]:
    """ "| `ann` | 3 |": how many rows of the list of merged pull requests are theirs."""
    login_at, merged_at = table.column("table_login"), table.column("table_merged")
    own = listed(report, "prs_merged")
    if login_at is None or merged_at is None or own is None or report.filtered:
        return
    authors = [
        known.facts.items[row.number].author if row.number in known.facts.items else None for row in own.rows
    ]
    if not all(authors):
        return
    logins = [author.login.casefold() for author in authors if author]
    for line, cells in table.rows:
        if len(cells) <= max(login_at, merged_at) or not cells[merged_at].isdecimal():
            continue
        login = cells[login_at].strip("`@")
        actual = logins.count(login.casefold())
        if int(cells[merged_at]) != actual:
            values: dict[str, object] = {
                "login": login,
                "said": cells[merged_at],
                "n": actual,
                "what": name_of("prs_merged"),
            }
            yield Finding("wrong", "contributor", line, " | ".join(cells), values)


def _files(report: Report, known: Known, table: Table) -> Iterator[Finding]:
    """ "| `a/b.py` | 9 |": how many pull requests of the window change the path, as far as the mirror tells."""
    if not known.mirrored or table.column("table_file") != 0 or report.filtered:
        return
    merged = {row.number for row in known.facts.lists.get("prs_merged", ())}
    every = merged | {row.number for rows in known.facts.lists.values() for row in rows}
    for line, cells in table.rows:
        if len(cells) < 2 or not cells[1].isdecimal():
            continue
        path, said = cells[0].strip("`"), int(cells[1])
        actual = sorted({_changing(known, path, merged), _changing(known, path, every)})
        if said not in actual and actual[-1]:
            values: dict[str, object] = {"path": path, "said": cells[1], "n": actual[-1]}
            severity = "wrong" if known.whole or said < actual[0] else "doubtful"
            yield Finding(severity, "file", line, " | ".join(cells), values)  # type: ignore[arg-type]


def _changing(known: Known, path: str, numbers: set[int]) -> int:
    return sum(1 for number in numbers if path in (known.facts.items[number].files or ()))


def _sum(report: Report, known: Known, table: Table) -> Iterator[Finding]:
    """Every merged pull request has one kind, so the rows of that table add up to all of them."""
    merged = known.counts.get("prs_merged")
    figures = table.figures()
    if table.column("table_kind") != 0 or report.filtered or merged is None or not figures:
        return
    total = sum(figures.values())
    if total != merged:
        values: dict[str, object] = {"n": total, "total": merged, "what": name_of("prs_merged")}
        yield Finding("wrong", "table_sum", table.rows[0][0], " | ".join(table.head), values)


def _prose(statements: Sequence[Statement], tables: Sequence[Table]) -> Iterator[Finding]:
    """ "Bug fix 60, CI 37" where the table of the same tally says otherwise."""
    shown = [(table, table.figures()) for table in tables]
    for statement in statements:
        if statement.text.startswith("|"):
            continue
        for sentence in _SENTENCE.split(statement.text):
            each = [(_said_of(sentence, figures), table, figures) for table, figures in shown]
            said, table, figures = max(each, key=lambda one: len(one[0]), default=({}, None, {}))
            if table is None or len(said) < _ALIKE:
                continue
            for label, figure in said.items():
                if figure != figures[label]:
                    line = next(line for line, cells in table.rows if cells[0] == label)
                    values: dict[str, object] = {
                        "label": label,
                        "said": figure,
                        "n": figures[label],
                        "line": line,
                    }
                    yield Finding("wrong", "table_differs", statement.line, statement.text, values)


def _said_of(sentence: str, figures: Mapping[str, int]) -> dict[str, int]:
    """Label -> the number right behind it in the sentence."""
    said: dict[str, int] = {}
    for label in figures:
        match = re.search(rf"(?<![\w/]){re.escape(label)} (\d+)(?![\w.%/:-])", sentence)
        if match:
            said[label] = int(match[1])
    return said


def _members(statements: Sequence[Statement]) -> Iterator[Finding]:
    """ "5 items: 3 about it, 2 only tagged" over the entries of the same section."""
    for at, statement in enumerate(statements):
        match = words.any_of("members").search(statement.text)
        if match is None:
            continue
        said = [int(group) for group in match.groups() if group]
        total, about, tagged = said if len(said) == 3 else (said[0], said[0], 0)
        below = [each for each in statements[at + 1 :] if each.section == statement.section]
        more = [_first(words.any_of("more_about"), each.text) for each in below]
        only = [_first(words.any_of("more_tagged"), each.text) for each in below]
        entries = sum(
            1 for each in below if each.leads and not each.cites and _ENTRY.match(each.text) is not None
        )
        shown = entries + sum(number for number in more if number)
        tags = sum(number for number in only if number)
        if total != about + tagged:
            values: dict[str, object] = {"said": match[0], "n": about + tagged}
        elif entries and shown not in (about, total):
            values = {"said": match[0], "n": shown}
        elif tagged and tags and tags != tagged:
            values = {"said": match[0], "n": tags}
        else:
            continue
        yield Finding("wrong", "group", statement.line, statement.text, values)


def _first(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.fullmatch(text)
    return int(next(group for group in match.groups() if group)) if match else None


def _key_ones(report: Report) -> Iterator[Finding]:
    """The number of key pull requests at the head against that in the prose, which stands beside their numbers."""
    if report.keys is None:
        return
    value, line = report.keys
    for statement in report.statements:
        match = words.any_of("keys_said").search(statement.text)
        if match is None and words.any_of("keys_none").search(statement.text) is None:
            continue
        said = int(next(group for group in match.groups() if group)) if match else 0
        if said != value:
            values: dict[str, object] = {"said": value, "n": said, "line": statement.line}
            yield Finding("wrong", "keys", line, f"{value}", values)
        return


def _reverts(statements: Sequence[Statement], known: Known) -> Iterator[Finding]:
    """ "No reverts this week" where a merged pull request says that it is one."""
    window = known.facts.window
    merged = [
        item.number
        for item in known.facts.items.values()
        if any(event.name == "merged" and event.at in window for event in item.events)
        and reverts.is_revert(item)
    ]
    for statement in statements:
        match = words.any_of("no_reverts").search(statement.text)
        if match and merged and not re.search(r"#\d", statement.text):
            values: dict[str, object] = {
                "numbers": tuple(f"#{number}" for number in merged[:_MOST]),
                "n": len(merged),
                "said": match[0],
            }
            yield Finding("wrong", "reverts", statement.line, statement.text, values, tuple(merged))

"""Groups: a figure beside the members it counts, "3 PRs (#1, #2, #3)", and figures of people and files."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from summarizer.reports import words
from summarizer.reports.findings import Finding, Term
from summarizer.verify.lexicon import CODE, LOGIN, NAME, NUMBER, REF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.facts import Listed, ListName
    from summarizer.reports.known import Known
    from summarizer.reports.report import Report, Row, Statement
    from summarizer.verify.case import Case

_REFS: Final = rf"{REF}(?:\s*(?:[、,，]|and|和|与)\s*{REF})*"
_PAIR: Final = re.compile(rf"[{LOGIN}{CODE}{NAME}]\s*[:：(（]?\s*{NUMBER}")
_LABEL: Final = re.compile(r"(?:^|[.。；;]\s*)([^:：.。；;]{1,40})[:：]([^.。；;]*)")
"""A label and what it is of, up to the sentence's end."""
_FILE: Final = re.compile(rf"[{CODE}{NAME}]\s*[(（]?\s*{NUMBER}(?!\s*(?:行|lines?|%))")
_LISTS: Final[dict[str, ListName]] = {"merged": "prs_merged", "opened": "prs_opened"}


def findings(report: Report, known: Known, cases: Sequence[tuple[Statement, Case]]) -> Iterator[Finding]:
    """Figures that are not the number of what stands beside them, of somebody's pull requests, or of a file's."""
    for at, (statement, case) in enumerate(cases):
        yield from _beside(statement, case)
        yield from _of_topic(statement, case, known)
        yield from _topic_size(statement, case, known)
        yield from _heading(statement, case, cases[at + 1 :])
        yield from _people(report, statement, case, known)
        yield from _files(statement, case, known)


def judged(case: Case) -> frozenset[str]:
    """The figures of a sentence that count what stands beside them."""
    tokens = case.reading.tokens
    figures = {tokens[match.start()].raw for match, _ in _groups(case)}
    figures |= {tokens[match.end() - 1].raw for match in (*_PAIR.finditer(case.reading.masked),)}
    for match in words.any_of("and_more").finditer(case.reading.masked):
        figures.add(tokens[case.reading.masked.index(NUMBER, match.start())].raw)
    return frozenset(figures)


def _groups(case: Case) -> Iterator[tuple[re.Match[str], int]]:
    """Each figure with a list of references behind it, and how many these are with "and n more"."""
    masked, tokens = case.reading.masked, case.reading.tokens
    for match in _beside_pattern().finditer(masked):
        refs = {tokens[place].number for place in range(*match.span("refs")) if masked[place] == REF}
        if match["open"] in "(（" and match["end"] not in ")）":
            continue
        place = masked.find(NUMBER, *match.span("more")) if match["more"] else -1
        yield match, len(refs) + (int(tokens[place].low) if place >= 0 else 0)


@cache
def _beside_pattern() -> re.Pattern[str]:
    more = "|".join(f"(?:{source})" for source in words.sources("more"))
    between = "|".join(f"(?:{source})" for source in words.sources("counted_between"))
    return re.compile(
        rf"{NUMBER}\s*(?:(?:{between})\s*)*(?P<open>[(（]|[:：]\s*)(?P<refs>{_REFS})"
        rf"(?P<more>\s*[,，]?\s*(?:{more}))?\s*(?P<end>[)）;；。.]|$)",
        re.IGNORECASE,
    )


def _beside(statement: Statement, case: Case) -> Iterator[Finding]:
    for match, actual in _groups(case):
        token = case.reading.tokens[match.start()]
        if token.low == token.high and token.low != actual:
            values: dict[str, object] = {"said": token.raw, "n": actual}
            yield Finding("wrong", "group", statement.line, statement.text, values)


def _of_topic(statement: Statement, case: Case, known: Known) -> Iterator[Finding]:
    """ "Models 6 (#1, ...)": what is listed under a topic's own name must belong to it."""
    if not known.whole:
        return
    titles = {
        title.casefold(): key
        for key, ledger in known.facts.ledgers.items()
        for title in ledger.topic.title.values()
    }
    masked, tokens = case.reading.masked, case.reading.tokens
    for match, _ in _groups(case):
        before = re.split(r"[:：;；,，。]", masked[: match.start()])[-1].strip()
        key = titles.get(before.casefold())
        if key is None:
            continue
        ledger = known.facts.ledgers[key]
        numbers = [tokens[place].number for place in range(*match.span("refs")) if masked[place] == REF]
        strays = tuple(n for n in numbers if n in known.mirrored and n not in ledger.reasons)
        if strays:
            values: dict[str, object] = {
                "topic": ledger.topic.title,
                "numbers": tuple(f"#{n}" for n in strays),
            }
            yield Finding("wrong", "topic_stray", statement.line, statement.text, values, strays)


def _topic_size(statement: Statement, case: Case, known: Known) -> Iterator[Finding]:
    """ "2 items are about it" under a topic's heading."""
    if not known.whole or not words.any_of("topic_size").fullmatch(statement.text):
        return
    heading = re.sub(r"^[^\w]+", "", statement.heading).casefold()
    for ledger in known.facts.ledgers.values():
        if not any(heading.startswith(title.casefold()) for title in ledger.topic.title.values()):
            continue
        about, tagged = len(ledger.about), len(ledger.tagged)
        said = {int(token.low) for _, token in case.reading.of_kind(NUMBER)}
        if not said <= {about, tagged, about + tagged}:
            values: dict[str, object] = {"topic": ledger.topic.title, "about": about, "tagged": tagged}
            yield Finding("wrong", "topic_size", statement.line, statement.text, values)
        return


def _heading(statement: Statement, case: Case, below: Sequence[tuple[Statement, Case]]) -> Iterator[Finding]:
    """ "Models (6)" over the six items it counts, of which "and 3 more" may be the last."""
    place = _counting(case.reading.masked)
    if place is None or case.reading.referenced or len(statement.text) > 60:
        return
    numbers: set[int] = set()
    more = 0
    for other, below_case in below:
        mask, found = below_case.reading.masked, below_case.reading.referenced
        rest = words.any_of("and_more").search(mask)
        if other.section != statement.section or not (found or rest) or _counting(mask) is not None:
            break
        if next(_groups(below_case), None):
            break  # counts some of those above
        numbers.update(found[:1] if re.match(rf"\W*{REF}", mask) else found)
        if rest:
            more = int(below_case.reading.tokens[mask.index(NUMBER, rest.start())].low)
            break
    token = case.reading.tokens[place]
    if numbers and token.low != len(numbers) + more:
        values: dict[str, object] = {"said": token.raw, "n": len(numbers) + more}
        yield Finding("wrong", "group", statement.line, statement.text, values, tuple(sorted(numbers)))


@cache
def _headings() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(source) for source in words.sources("counting_headings"))


def _counting(masked: str) -> int | None:
    """The place of the figure by which a heading counts what is below it, or behind its colon."""
    found = (pattern.search(masked) for pattern in _headings())
    return next((match.start(1) for match in found if match), None)


def _people(report: Report, statement: Statement, case: Case, known: Known) -> Iterator[Finding]:
    """ "Merged: ann 3, bob 1": how many of the list's pull requests are theirs."""
    if report.filtered:
        return
    for label in _LABEL.finditer(case.reading.masked):
        said = label[1].strip()
        what = next((key for key in _LISTS if words.any_of(f"people_{key}").fullmatch(said)), None)
        if what is not None:
            yield from _authors(report, statement, case, known, _LISTS[what], label.span(2))


def _authors(
    report: Report, statement: Statement, case: Case, known: Known, name: ListName, span: tuple[int, int]
) -> Iterator[Finding]:
    """The logins with a figure in a part of the statement against the authors of that list. span: in the masked one."""
    if not known.whole and not any(each.name == name for each in report.lists):
        return
    # a mirror with gaps knows less than the report's own list
    own = next((each.rows for each in report.lists if each.name == name), ())
    rows: Sequence[Row | Listed] = known.facts.lists.get(name, ()) if known.whole else own
    authors = [known.facts.items[row.number].author for row in rows]
    seen: set[str] = set()
    for match in _PAIR.finditer(case.reading.masked, *span):
        login = case.reading.tokens[match.start()].raw
        if login.casefold() in seen:
            yield Finding("wrong", "contributor_twice", statement.line, statement.text, {"login": login})
        seen.add(login.casefold())
        token = case.reading.tokens[match.end() - 1]
        actual = sum(1 for one in authors if one is not None and one.login.casefold() == login.casefold())
        if token.low != actual:
            values: dict[str, object] = {
                "login": login,
                "said": token.raw,
                "n": actual,
                "what": Term(f"report.lists_said.{name}"),
            }
            yield Finding("wrong", "contributor", statement.line, statement.text, values)


def _files(statement: Statement, case: Case, known: Known) -> Iterator[Finding]:
    """ "`a/b.py` (7 changes)": in how many pull requests of the window the path is."""
    if not known.mirrored or not words.any_of("files").search(statement.text):
        return
    for match in _FILE.finditer(case.reading.masked):
        path = case.reading.tokens[match.start()].raw
        token = case.reading.tokens[match.end() - 1]
        if "/" not in path and "." not in path:
            continue
        listed = {row.number for rows in known.facts.lists.values() for row in rows}
        merged = {row.number for row in known.facts.lists.get("prs_merged", ())}
        changed = [number for number in listed if path in (known.facts.items[number].files or ())]
        actual = sorted({len(changed), len([number for number in changed if number in merged])})
        if token.low in actual or not changed:
            continue
        severity = "wrong" if known.whole or token.low < actual[0] else "doubtful"
        values: dict[str, object] = {"path": path, "said": token.raw, "n": actual[-1]}
        yield Finding(severity, "file", statement.line, statement.text, values)  # type: ignore[arg-type]

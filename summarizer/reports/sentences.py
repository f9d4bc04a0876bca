"""Sentences against the items: what prose says of counts, states, kinds, people, titles, times and topics.

Sentences are read as `summarizer.verify` reads claims. What somebody else's report says is judged more leniently than a
claim of ours, which may be dropped at no cost: only what the items contradict is wrong, what they merely do not bear
out is doubtful, and what nothing is known of is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from summarizer.digests import Claim
from summarizer.reports import groups, titles, topics
from summarizer.reports.findings import Finding, Term
from summarizer.reports.itself import listed, name_of
from summarizer.reports.known import Known, is_day, state_of
from summarizer.reports.report import Report
from summarizer.verify import figures, people, quotations, rankings, references, times
from summarizer.verify.case import Case, Index
from summarizer.verify.counted import Counted, counted_in
from summarizer.verify.counts import COUNT_OF
from summarizer.verify.lexicon import LOGIN, TIME, lexicon_of
from summarizer.verify.reading import Reading
from summarizer.verify.states import holds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.items import Item
    from summarizer.reports.findings import Severity
    from summarizer.reports.report import Statement
    from summarizer.verify.evidence import Evidence
    from summarizer.verify.faults import Fault

_BY_ROWS: Final = frozenset(
    {
        "merged",
        "closed",
        "shut",
        "closed_unmerged",
        "unmerged",
        "not_merged",
        "open",
        "not_closed",
        "not_open",
    }
)
"""States that the lists of a report tell of."""
_FIRM: Final = frozenset({"kind", "state", "count", "role", "person", "time"})
_FILE: Final = re.compile(
    r"\w\.(?:py|ya?ml|toml|json|md|txt|sh|cu|cuh|cpp|cc|h|hpp|rs|cmake)$", re.IGNORECASE
)
_COUNTED: Final = re.compile(r"[^\W\d_]")
"""A figure with what it counts."""
_PLAIN_WORDS: Final = re.compile(r"[A-Za-z]+(?: [A-Za-z]+)+")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}")
_MONTH_DAY: Final = re.compile(r"\d{2}-\d{2}")
_CJK: Final = re.compile(r"[\u3400-\u9fff]")


def findings(report: Report, known: Known) -> Iterator[Finding]:
    """What the report's sentences say that the known items contradict or do not bear out."""
    judge = Sentences(report, known)
    yield from judge.findings()


@dataclass(frozen=True)
class Sentences:
    """The sentences of one report before what is known."""

    report: Report
    known: Known

    @cached_property
    def index(self) -> Index:
        return Index(self.known.facts, lexicon_of(None))

    def findings(self) -> Iterator[Finding]:
        cases = [(statement, self.case(statement)) for statement in self.report.statements]
        for statement, case in cases:
            yield from self._of(statement, case)
        yield from topics.findings(self.known, cases)
        yield from groups.findings(self.report, self.known, cases)

    def case(self, statement: Statement) -> Case:
        text = titles.without(statement.text, self.known.facts.items)
        masked, tokens = self.index.tokenizer.mask(text)
        known = self.known.facts.items.keys()
        reading = Reading(masked, tokens, self.index.lexicon, statement.cites, known)
        return Case(Claim(text, statement.cites), self.index, reading)

    def _of(self, statement: Statement, case: Case) -> Iterator[Finding]:
        yield from titles.findings(statement, case)
        if not case.reading.cited and not case.reading.masked:
            return
        for counted in counted_in(case):
            yield from self._count(statement, case, counted)
        yield from self._states(statement, case)
        for fault in references.faults(case):
            if fault.reason == "kind":
                yield self._found(statement, fault, "wrong", "kind")
        yield from self._people_by_rows(statement, case)
        yield from self._by_mirror(statement, case)

    # --- counts -------------------------------------------------------------------------------------------------------

    def _count(self, statement: Statement, case: Case, counted: Counted) -> Iterator[Finding]:
        """ "3 PRs were merged" against the count of that name, where the sentence leaves no doubt that it is meant."""
        reading = case.reading
        if (
            counted.noun not in ("pull_request", "issue")
            or (counted.token.spelled and counted.token.low == 0)
            or self.report.filtered  # of those that pass, or of all? the words are the same
        ):
            return
        clause = reading.clause_at(counted.at)
        states = [match for match in reading.states if clause.start <= match.start() < clause.end]
        near = [
            match
            for match in states
            if counted.start - 4 <= match.end() <= counted.start or counted.at < match.start() <= counted.end
        ]
        figures_there = (
            [
                at
                for at, _ in reading.of_kind(reading.tokens[counted.at].mask)
                if clause.start <= at < clause.end
            ]
            if counted.at in reading.tokens
            else []
        )
        word = near[0] if near else states[0] if len(states) == 1 and len(figures_there) == 1 else None
        name = COUNT_OF.get((counted.noun, str(word.lastgroup))) if word else None
        if word is not None:
            case.counted.add(word.start())
        if (
            name is None
            or name not in self.known.counts
            or self._is_of_some(case, counted, clause.start, clause.end)
        ):
            return
        actual = self.known.counts[name]
        if not counted.fits(actual, case):
            values = {"what": name_of(name), "n": actual, "said": figures.words_of(case, counted)}
            yield Finding("wrong", "count_said", statement.line, statement.text, values)

    def _is_of_some(self, case: Case, counted: Counted, start: int, end: int) -> bool:
        """Whether the figure counts only some of them: those of a topic, of somebody, or those named beside it."""
        reading = case.reading
        sentence = reading.sentence_at(counted.at)
        if self.index.topics.search(reading.masked[counted.start : counted.end]):
            return True
        if LOGIN in reading.masked[start:end] or any(
            group.start < sentence[1] and group.end > counted.start for group in reading.groups
        ):
            return True
        return self.index.lexicon.one("previous").search(reading.masked, start, end) is not None

    # --- states -------------------------------------------------------------------------------------------------------

    def _states(self, statement: Statement, case: Case) -> Iterator[Finding]:
        for match in case.reading.states:
            state = str(match.lastgroup)
            if match.start() in case.counted:
                continue
            subject = case.reading.subject(match.start(), match.end())
            for number in subject.outside:
                yield from self._unlisted(statement, number, state, _said(case, match))
            if subject.outside or not (subject.explicit or subject.implied):
                continue
            for evidence in case.evidence_of(subject):
                if self._tells(evidence, state) and not holds(evidence, state):
                    timed = "\ue007" in case.reading.masked
                    severity: Severity = "wrong" if subject.explicit or timed else "doubtful"
                    values = {
                        "n": evidence.number,
                        "said": _said(case, match),
                        "state": state_of(evidence.item),
                    }
                    yield Finding(
                        severity, "state", statement.line, statement.text, values, (evidence.number,)
                    )

    def _unlisted(self, statement: Statement, number: int, state: str, said: str) -> Iterator[Finding]:
        """A number beyond all that the report lists was not merged before the window, so it is in the list of what was
        merged in it, where that has as many rows as the statistics say."""
        own = listed(self.report, "prs_merged")
        told = {count.value for count in self.report.counts if count.name == "prs_merged"}
        if state != "merged" or own is None or self.report.filtered or told != {len(own.rows)}:
            return
        if number > max(self.known.facts.items, default=number):
            values: dict[str, object] = {"n": number, "said": said, "what": name_of("prs_merged")}
            yield Finding("wrong", "not_listed", statement.line, statement.text, values, (number,))

    def _tells(self, evidence: Evidence, state: str) -> bool:
        """Whether enough is known of the item to say that it is not so."""
        item = evidence.item
        if state in _BY_ROWS:
            return bool(item.events) or item.number in self.known.mirrored
        if state == "new":
            return item.number in self.known.listed or self.known.whole
        if item.number not in self.known.mirrored:
            return False
        match state:
            case "draft" | "not_draft":
                return item.is_draft is not None
            case "approved" | "not_approved" | "changes_requested" | "unreviewed":
                return bool(item.reviews)
            case "reopened" | "not_reopened":
                return self.known.whole
            case "unanswered":
                return self.known.whole and item.comments_total == len(item.comments)
            case "completed" | "not_planned":
                return item.state_reason is not None
            case _:
                return False

    # --- people -------------------------------------------------------------------------------------------------------

    def _people_by_rows(self, statement: Statement, case: Case) -> Iterator[Finding]:
        """ "#1 by A" and the like: the author is in the row."""
        for at, said in case.reading.roles.items():
            if "author" not in {role for role, _ in said}:
                continue
            subject = case.reading.subject(at, at + 1)
            login = case.reading.tokens[at].raw
            evidence = case.evidence_of(subject)
            if not (subject.explicit or subject.implied) or not evidence or subject.outside:
                continue
            authors = {name for one in evidence for name in one.people["author"]}
            together = {
                case.reading.tokens[place].raw.casefold() for role, places in said for place in places
            }
            if authors and not together & authors and all(one.people["author"] for one in evidence):
                values = {
                    "n": evidence[0].number,
                    "login": login,
                    "author": evidence[0].item.author.login if evidence[0].item.author else "",
                }
                yield Finding(
                    "wrong", "author", statement.line, statement.text, values, (evidence[0].number,)
                )

    # --- what only a mirror tells -------------------------------------------------------------------------------------

    def _by_mirror(self, statement: Statement, case: Case) -> Iterator[Finding]:
        for fault in times.faults(case):
            if fault.numbers and self._is_told(fault, case):
                yield self._found(statement, fault, self._severity(fault), "time")
        if not self.known.mirrored:
            return
        grouped = groups.judged(case)
        for part in (figures, people, quotations, rankings):
            for fault in part.faults(case):
                if fault.words not in grouped and self._is_grave(fault, case):
                    yield self._found(statement, fault, self._severity(fault), fault.reason)

    def _severity(self, fault: Fault) -> Severity:
        firm = fault.reason in _FIRM and (not fault.numbers or self._has_all(fault))
        if fault.reason == "figure" and _COUNTED.search(fault.words):  # "7 comments"
            items = [self.known.facts.items[number] for number in fault.numbers]
            of_files = self.index.lexicon.nouns["files"].search(fault.words) is not None
            firm = of_files or all(item.comments_total == len(item.comments) for item in items)
        return "wrong" if firm and (self.known.whole or fault.reason == "time") else "doubtful"

    def _has_all(self, fault: Fault) -> bool:
        return set(fault.numbers) <= self.known.mirrored or fault.reason == "time"

    def _is_told(self, fault: Fault, case: Case) -> bool:
        """Whether a time that is none of the item's can be called so: all its times are known."""
        items = [case.index.evidence(number).item for number in fault.numbers]
        named = [
            names
            for at, token in case.reading.of_kind(TIME)
            if token.raw == fault.words and (names := times.events_meant(case, at))
        ]
        if not _is_meant(fault, case):
            return False
        is_clock = _CLOCK.fullmatch(fault.words) is not None
        if is_clock and any(is_day(event.at) for item in items for event in item.events):
            return False
        return all(self._knows_times(item, named) for item in items) and (
            bool(self.known.mirrored) or is_clock or _MONTH_DAY.fullmatch(fault.words) is not None
        )

    def _knows_times(self, item: Item, named: Sequence[tuple[str, ...]]) -> bool:
        """Whether all that happened to the item is known, or at least when that which is named did.

        named: of each such time, the events it may be of.
        """
        if self.known.whole and item.number in self.known.mirrored:
            return True
        if named:
            return all(any(event.name in names for event in item.events) for names in named)
        return item.number in self.known.mirrored or (item.created_at is not None and len(item.events) > 0)

    def _is_grave(self, fault: Fault, case: Case) -> bool:
        """Whether the mirror knows what would have to bear it out, and the words are meant as the items' own."""
        if not fault.words or fault.reason not in (
            "figure",
            "count",
            "time",
            "person",
            "role",
            "quotation",
            "name",
            "ranking",
        ):
            return False
        if fault.words.startswith(("http:", "https:")):
            return False
        if fault.numbers and not set(fault.numbers) <= self.known.mirrored:
            return False
        if fault.reason in ("count", "ranking"):
            return self.known.whole
        if fault.reason == "time" and not fault.numbers:
            return (
                self.known.whole and case.lexicon.one("time.median").search(case.reading.masked) is not None
            )
        items = [case.index.evidence(number).item for number in fault.numbers]
        if not _is_meant(fault, case):
            return False
        if fault.reason in ("quotation", "name", "figure", "time"):
            if fault.reason == "name" and _FILE.search(fault.words):
                return all(one.files is not None for one in items)
            if fault.reason == "name" and _PLAIN_WORDS.fullmatch(fault.words):
                return False  # set as code, yet no code: "vllm benchmark"
            if fault.reason == "figure" and _is_version(fault.words, case.claim.text):
                return False
            if fault.reason == "figure" and case.lexicon.nouns["files"].search(fault.words):
                return all(one.changed_files is not None or one.files is not None for one in items)
            if fault.reason != "time" and not all(map(_is_heard, items)):
                return False
            texts = [one for one in items if one.body is not None or one.comments]
            if not texts:
                return False
            if fault.reason == "quotation" and _CJK.search(fault.words):
                return any(_CJK.search(case.index.evidence(one.number).raw) for one in texts)
        return bool(items)

    def _found(self, statement: Statement, fault: Fault, severity: Severity, key: str) -> Finding:
        values: dict[str, object] = {"said": fault.words, "numbers": tuple(f"#{n}" for n in fault.numbers)}
        if key == "kind" and fault.numbers:
            item = self.known.facts.items[fault.numbers[0]]
            values["kind"] = Term(f"report.kinds.{item.kind}")
        if key == "time" and not fault.numbers:
            key = "time_window"
        return Finding(severity, key, statement.line, statement.text, values, fault.numbers)


def _said(case: Case, match: re.Match[str]) -> str:
    """The words of a match, as written."""
    tokens = case.reading.tokens
    return "".join(
        tokens[at].raw if at in tokens else case.reading.masked[at] for at in range(*match.span())
    ).strip()


def _is_heard(item: Item) -> bool:
    """Whether all that was said on the item is known."""
    return item.comments_total is not None and item.comments_total <= len(item.comments)


def _is_version(words: str, text: str) -> bool:
    """Whether a figure stands behind a proper name: "PyTorch 2.0"."""
    return re.search(rf"(?<![A-Za-z])[A-Za-z]*[A-Z][A-Za-z]*[ -]{re.escape(words)}(?!\w)", text) is not None


def _is_meant(fault: Fault, case: Case) -> bool:
    """Whether the sentence that the words stand in is about those items by its own, not by the one before, and not
    about others that nothing is known of."""
    reading = case.reading
    places = [at for at, token in reading.tokens.items() if token.raw and _has(fault.words, token.raw)]
    for at in places:
        start, end = reading.sentence_at(at)
        groups = [group for group in reading.groups if start <= group.start < end]
        if any(group.inside for group in groups) or not reading.groups:
            return True
    return not places


def _has(text: str, words: str) -> bool:
    """Whether the words stand in the text, no part of others: "1" is not in "#12"."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(words)}(?![A-Za-z0-9])", text) is not None

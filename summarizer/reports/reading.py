"""Reading a report: text in, `Report` out. Pure.

What is known of its shape is what the digests of this program and the daily and weekly reports beside it share: a line
with the window, one with statistics, lists of items, and prose. Nothing of it is required but that something is there.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final, Literal

from summarizer.errors import BadInput
from summarizer.reports import words
from summarizer.reports.plain import ADDRESS, links_in, plain_words
from summarizer.reports.report import Address, Count, Link, Listing, Period, Report, Row, Statement
from summarizer.reports.rows import moment_in, offset_of, row_in
from summarizer.windows import day_start, known_zone

if TYPE_CHECKING:
    from summarizer.facts import ListName

_REFERENCE: Final = re.compile(r"(?<![\w&/])#(\d{1,9})(?!\w)")
_HEADING: Final = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
_BULLET: Final = re.compile(r"(\s*)((?:[-*+•]|\d{1,3}[.)、])\s+)(.*)")
_RULE: Final = re.compile(r"\s*(?:-{3,}|\*{3,}|={3,})\s*")
_DAY: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_ENDLESS: Final = re.compile(r"(\d{18})\d+")
"""More digits than any number of a report has, and than Python turns into one."""
_LEAST: Final = 2
"""How many of window, statistics, lists and references a text must have to be called a report."""


def read_report(text: str) -> Report:
    """The report that `text` is. Raises BadInput "report.empty", "report.binary" or "report.none"."""
    if not text.strip():
        raise BadInput("report.empty")
    if "\x00" in text:
        raise BadInput("report.binary")
    return _Reader(_ENDLESS.sub(r"\1", text.lstrip("\ufeff")).splitlines()).read()


@dataclass
class _Reader:
    lines: list[str]
    title: str = ""
    heading: str = ""
    section: int = 0
    tz: str | None = None
    zone: timezone = UTC
    period: Period | None = None
    counts: list[Count] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    repos: Counter[str] = field(default_factory=Counter)
    filtered: bool = False
    keys: tuple[int, int] | None = None
    addresses: list[Address] = field(default_factory=list)
    above: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)

    def read(self) -> Report:
        self._look_for_zone()
        at = self._after_front_matter()
        while at < len(self.lines):
            at += self._take(at)
        marks = [self.period, self.counts, any(each.rows for each in self.lists), self.links or self._cites()]
        if sum(bool(mark) for mark in marks) < _LEAST:
            raise BadInput("report.none")
        return Report(
            repo=self._repo(),
            lang=self._lang(),
            title=self.title,
            period=self.period,
            counts=self._counts(),
            lists=tuple(self.lists),
            statements=tuple(self.statements),
            links=tuple(self.links),
            filtered=self.filtered,
            keys=self.keys,
            addresses=tuple(self.addresses),
        )

    def _counts(self) -> tuple[Count, ...]:
        """Those of every line; where a filter leaves something out, of the first, which is about everything."""
        return tuple(each for each in self.counts if not self.filtered or each.line == self.counts[0].line)

    def _cites(self) -> bool:
        return any(_REFERENCE.search(each.text) for each in self.statements)

    def _repo(self) -> str:
        if self.repos:
            return self.repos.most_common(1)[0][0]
        named = re.compile(r"(?<![\w./-])([A-Za-z0-9][\w-]*/[A-Za-z0-9][\w.-]*)")
        for line in self.lines[:12]:
            if (match := named.fullmatch(line.strip())) and "." not in match[1].partition("/")[0]:
                return match[1]
        return ""

    def _lang(self) -> str:
        prose = "".join(each.text for each in self.statements) + self.title
        return "zh" if len(re.findall(r"[\u4e00-\u9fff]", prose)) * 5 > len(prose) else "en"

    def _look_for_zone(self) -> None:
        """The zone that our own digests name at their end."""
        for line in reversed(self.lines):
            match = words.field("zone").search(plain_words(line))
            if match:
                try:
                    self.tz = known_zone(match[1].strip())
                except BadInput:
                    continue
                return

    def _after_front_matter(self) -> int:
        if not self.lines or self.lines[0].strip() != "---":
            return 0
        for at, line in enumerate(self.lines[1:40], 1):
            if line.strip() == "---":
                return at + 1
        return 0

    # --- lines --------------------------------------------------------------------------------------------------------

    def _take(self, at: int) -> int:
        """Read what begins at the line with index `at`; how many lines that was."""
        raw = self.lines[at]
        line = at + 1
        text = plain_words(raw.lstrip().removeprefix(">"))
        self._note_links(raw, line)
        if not text or _RULE.fullmatch(raw):
            return 1
        heading = _HEADING.fullmatch(raw)
        named = words.list_of(plain_words(heading[2]) if heading else text)
        if named:
            return self._list(at, *named)
        if heading:
            self._open_section(plain_words(heading[2]))
            return 1
        if self._header(text, line):
            return 1
        if not self.title and not self.statements:
            self.title = text
            return 1
        if self._is_bare_heading(raw, at):
            self._open_section(text)
            return 1
        self._statement(raw, text, line)
        return 1

    def _open_section(self, heading: str) -> None:
        if not self.title:
            self.title = heading
        self.section += 1
        self.heading = heading
        self.above.clear()

    def _is_bare_heading(self, raw: str, at: int) -> bool:
        """A heading of plain text: short, at the margin, with a blank line above and no full stop."""
        text = raw.strip()
        return (
            raw[:1] not in (" ", "-", "*", "+", "•", ">", "|", "#", "`")
            and len(text) <= 60
            and not re.search(r"[。.!?！？；;,，:：]$|#\d", text)
            and not re.match(r"\d+[.)]|\*\*", text)
            and at > 0
            and not self.lines[at - 1].strip()
        )

    def _header(self, text: str, line: int) -> bool:
        """The window and the statistics; True where the line is one of them."""
        if self.lists:
            return False
        if words.any_of("filtered").match(text):
            self.filtered = True
        if self.period is None and (match := words.field("window").match(text)):
            self.period = self._period(match[1], line)
            if self.period is not None:
                return True
        if self.statements or self.section > 1:
            return False
        found = [
            Count(name, int(next(group for group in match.groups() if group)), line)
            for name, pattern in words.counted().items()
            for match in pattern.finditer(text)
        ]
        if self.keys is None and (keys := words.field("keys").search(text)):
            self.keys = _number(keys[1], line)
        if found and re.search(r"[:：|·]", text) and (not self.counts or text[-1] not in ".。"):
            self.counts += found
            return True
        return False

    def _period(self, text: str, line: int) -> Period | None:
        ends = re.split(r"\s*(?:~|～|至|到|–|—|\bto\b|\.\.|\s-\s)\s*", text, maxsplit=1)
        first, last = (ends[0], ends[1]) if len(ends) == 2 else (text, text)
        written = [moment_in(part, self.zone) for part in (last, first)]
        zone_name = next((found[1] for found in written if found and found[1]), "")
        if zone_name:
            self.zone = offset_of(zone_name)
            self.tz = self.tz or _known(zone_name)
        since = moment_in(first, self.zone)
        until = moment_in(last, self.zone) or (_clock_on(first, last, self.zone) if since else None)
        if since and until and until[0] > since[0]:
            return Period(line, since[0], until[0], self.tz)
        days = [_day(part) for part in (first, last)]
        if days[0] and days[1] and days[0] <= days[1]:
            tz = self.tz or "UTC"
            end = day_start(days[1] + timedelta(days=1), tz)
            return Period(line, day_start(days[0], tz), end, self.tz, (days[0], days[1]))
        return None

    def _list(self, at: int, name: ListName | Literal["releases"], declared: int | None) -> int:
        """A list and its rows, up to the first line that is neither."""
        self.section += 1
        self.above.clear()
        taken = 1
        rows: list[Row] = []
        while at + taken < len(self.lines):
            raw = self.lines[at + taken]
            text = plain_words(raw)
            if not text or words.any_of("none").fullmatch(re.sub(r"^[-*+•]\s*", "", text)):
                taken += 1
                continue
            list_name: ListName = name if name != "releases" else "issues_opened"
            found = row_in(self.lines[at + taken : at + taken + 3], at + taken + 1, list_name, self.zone)
            if name == "releases" and (raw.startswith(("- ", "  "))):
                taken += 1  # releases: tags, which are no items
                continue
            if found is None or _HEADING.fullmatch(raw) or words.list_of(text):
                break
            for offset in range(found[1]):
                self._note_links(self.lines[at + taken + offset], at + taken + offset + 1)
            last = self.lines[at + taken + found[1] - 1]
            address = ADDRESS.search(last)
            if found[1] > 1 and address and address[3] and address[3].isdigit():
                self.links.append(_link(at + taken + found[1], found[0].number, address))
            rows.append(found[0])
            taken += found[1]
        if name != "releases":
            self.lists.append(Listing(name, at + 1, tuple(rows), declared))
        return taken

    def _statement(self, raw: str, text: str, line: int) -> None:
        bullet = _BULLET.fullmatch(raw)
        bold = raw.lstrip().startswith("**") and not bullet
        indent = len(bullet[1].expandtabs(4)) if bullet else -1
        if not bullet and raw.startswith("  "):
            indent = len(raw) - len(raw.lstrip())
        body = re.sub(r"^(?:[-*+•]|\d{1,3}[.)、])\s+", "", text)
        while self.above and (self.above[-1][0] >= indent or (bold and not raw.startswith(" "))):
            self.above.pop()
        own = tuple(dict.fromkeys(int(match[1]) for match in _REFERENCE.finditer(body)))
        inherited = next((numbers for _, numbers in reversed(self.above) if numbers), ())
        if indent == -1 and not bold:
            inherited = ()
        # a line that opens with an item is about that one, whatever numbers its title holds
        opens = re.match(r"\W*(?:PR|Issue|RFC)?\s*#\d", body, re.IGNORECASE) is not None
        self.above.append((indent, (own[:1] if opens else own) or inherited))
        if words.any_of("furniture").match(body):
            return
        if address := ADDRESS.fullmatch(body):  # of the entry above, in plain text
            if inherited and address[3] and address[3].isdigit():
                self.links.append(_link(line, inherited[0], address))
            return
        for shown, url in links_in(raw):
            to = ADDRESS.fullmatch(url.split("#")[0].split("?")[0])
            number = int(to[3]) if to and to[3] and to[3].isdigit() else None
            self.addresses.append(Address(line, shown, url, to[1] if to else "", number))
        leads = bool(bullet or bold) and bool(own)
        self.statements.append(Statement(line, body, inherited, self.section, self.heading, leads))

    def _note_links(self, raw: str, line: int) -> None:
        for shown, url in links_in(raw):
            address = ADDRESS.fullmatch(url.split("#")[0].split("?")[0])
            number = re.fullmatch(r"#(\d+)", shown.strip())
            if address and address[3] and address[3].isdigit() and number:
                self.links.append(_link(line, int(number[1]), address))
        for address in ADDRESS.finditer(raw):
            self.repos[address[1]] += 1


def _link(line: int, number: int, address: re.Match[str]) -> Link:
    return Link(
        line,
        number,
        address[1],
        "pull_request" if address[2].lower() == "pull" else "issue",
        int(address[3]),
    )


def _number(text: str, line: int) -> tuple[int, int] | None:
    """The number that the text begins with, and the line."""
    match = re.match(r"\d{1,9}", text)
    return (int(match[0]), line) if match else None


def _known(zone: str) -> str | None:
    try:
        return known_zone(zone)
    except BadInput:
        return None


def _clock_on(first: str, last: str, zone: timezone) -> tuple[datetime, str] | None:
    """An end of which only the time of day is told."""
    day, clock = _DAY.search(first), re.search(r"\d{1,2}:\d{2}", last)
    return (
        moment_in(f"{int(day[1]):04}-{int(day[2]):02}-{int(day[3]):02} {clock[0]}", zone)
        if day and clock
        else None
    )


def _day(text: str) -> date | None:
    match = _DAY.search(text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None

"""Outward: links that leave the repository, numbers no list has, and mentions, which would call people when posted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from summarizer.reports import titles
from summarizer.reports.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.reports.known import Known
    from summarizer.reports.report import Report

_AT_HOME: Final = frozenset({"github.com", "www.github.com"})
_BARE: Final = re.compile(r"https?://[^\s<>()\[\]“”\"'`，。；、）]+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w`@/.+-])@[A-Za-z0-9][A-Za-z0-9-]{0,38}(?![\w.(/])")
_SAID: Final = re.compile(r"`[^`]*`|“[^”]*”|「[^」]*」|\"[^\"]*\"")
"""Code, and what somebody else wrote."""


def findings(report: Report, known: Known) -> Iterator[Finding]:
    """What would lead or call somewhere that the report has no reason to."""
    told = bool(report.lists) and not report.filtered
    for address in report.addresses:
        yield from _abroad(address.url, address.line)
        if (
            told
            and address.number is not None
            and address.repo.casefold() == report.repo.casefold()
            and address.number not in known.facts.items
            and f"#{address.number}" not in address.text
        ):
            values: dict[str, object] = {"n": address.number}
            numbers = (address.number,)
            yield Finding("doubtful", "link_unlisted", address.line, address.text, values, numbers)
    for statement in report.statements:
        text = _SAID.sub(" ", titles.without(statement.text, known.facts.items))
        for match in _BARE.finditer(text):
            yield from _abroad(match[0].rstrip(".,;:!?"), statement.line)
        for match in _MENTION.finditer(text):
            values = {"said": match[0]}
            yield Finding("doubtful", "mention", statement.line, statement.text, values)


def _abroad(url: str, line: int) -> Iterator[Finding]:
    """An address of another host."""
    try:
        host = (urlsplit(url).hostname or "").casefold()
    except ValueError:
        host = url
    if host and host not in _AT_HOME:
        yield Finding("doubtful", "link_host", line, url, {"host": host})

"""Rows of lists, as Markdown has them on one line and plain text on three."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from summarizer.reports import words
from summarizer.reports.plain import ADDRESS, links_in, plain_words
from summarizer.reports.report import Row

if TYPE_CHECKING:
    from summarizer.facts import ListName
    from summarizer.items import Kind

_MOMENT: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[ T](?P<clock>\d{1,2}:\d{2}(?::\d{2})?)"
    r"(?:\s*[(（]?\s*(?P<zone>UTC(?:\s*[+\-−]\d{1,2}(?::?\d{2})?)?|Z)\s*[)）]?)?",
    re.IGNORECASE,
)
_OFFSET: Final = re.compile(r"([+\-−])(\d{1,2})(?::?(\d{2}))?")
_HEAD: Final = re.compile(
    r"\s*(?:[-*+•]|\d{1,3}[.)])?\s*(?:(?:PR|Issue|RFC)\s*)?#(\d+)\b[\s:：]*(.*)", re.IGNORECASE
)
_BY: Final = re.compile(r"by\s+@?([A-Za-z0-9][\w.-]*(?:\[bot\])?)", re.IGNORECASE)
_DASH: Final = re.compile(r"\s+[—–|]\s+")


def offset_of(zone: str) -> timezone:
    """The zone that "UTC+8" and the like name."""
    match = _OFFSET.search(zone)
    if match is None:
        return UTC
    sign = 1 if match[1] == "+" else -1
    return timezone(sign * timedelta(hours=int(match[2]), minutes=int(match[3] or 0)))


def moment_in(text: str, default: timezone) -> tuple[datetime, str] | None:
    """The first time in `text`, UTC, and the zone as it is written there. default: where none is written."""
    match = _MOMENT.search(text)
    if match is None:
        return None
    try:
        local = datetime.fromisoformat(f"{match['day']}T{match['clock'].zfill(5)}")
        return local.replace(tzinfo=offset_of(match["zone"]) if match["zone"] else default).astimezone(UTC), (
            match["zone"] or ""
        )
    except (ValueError, OverflowError):
        return None


def row_in(lines: list[str], line: int, list_name: ListName, default: timezone) -> tuple[Row, int] | None:
    """The row that begins at `lines[0]`, and how many lines it takes; None where that is no row.

    line: the number of the first line.
    """
    head = _HEAD.match(plain_words(lines[0]))
    if head is None:
        return None
    rest, taken = head[2], 1
    address = next((found for _, url in links_in(lines[0]) if (found := ADDRESS.match(url))), None)
    if address is None:  # plain text: labels, people and time below, then the address
        for more in lines[1:3]:
            bare = plain_words(more)
            if not more.startswith("  ") or _HEAD.match(bare):
                break
            found = ADDRESS.search(more)
            taken += 1
            if found:
                address = found
                break
            rest += f" — {bare}"
    text = f"#{head[1]} {rest}"
    at: datetime | None = None
    broken = False
    moment: frozenset[ListName] = frozenset()
    tail = re.search(r"[(（]?([^()（）—|]*\d{4}-\d{2}-\d{2}[^—|]*)$", rest)
    if tail:
        found_at = moment_in(tail[1], default)
        at = found_at[0] if found_at else None
        broken = found_at is None and re.search(r"\d:\d", tail[1]) is not None
        moment = frozenset(name for name, pattern in words.moments().items() if pattern.search(tail[1]))
        rest = rest[: tail.start()].rstrip(" (（|—")
    parts = _DASH.split(rest.rstrip(" —|"))
    author: str | None = None
    labels: tuple[str, ...] | None = None
    if len(parts) > 1 and (by := _BY.fullmatch(parts[-1].strip())):
        author, parts = by[1], parts[:-1]
        if len(parts) > 1:  # what stands between title and author
            labels, parts = _labels(parts[-1]), parts[:-1]
    kind: Kind | None = None
    if address:
        kind = "pull_request" if address[2].lower() == "pull" else "issue"
    title = " — ".join(parts).strip()
    return Row(line, list_name, int(head[1]), title, kind, labels, author, at, text, moment, broken), taken


def _labels(text: str) -> tuple[str, ...]:
    if words.any_of("unlabelled").fullmatch(text.strip()):
        return ()
    return tuple(part.strip() for part in text.split(",") if part.strip())

"""Items from files: JSON Lines, one item of a repository a line, in the names of GitHub's GraphQL.

    {"repo": "owner/name", "kind": "issue" | "pull_request", "number": 1, "title": "...",       required
     "url": "https://github.com/owner/name/issues/1", "author": "login", "labels": ["..."],
     "state": "OPEN" | "CLOSED" | "MERGED", "createdAt": "2025-12-10T09:53:00Z", "closedAt": ..., "mergedAt": ...,
     "mergedBy": "login", "files": ["path"], "body": "...", "commentsTotalCount": 1,
     "comments": [{"author": "login", "createdAt": ..., "body": "...", "isReview": true}],
     "datesAre": "exact" | "minute" | "day"}

What is absent or null is unknown, never "no" (but `datesAre` is then "exact"); entries of other names are passed over.
`closedAt` of a merged pull request may be left out; `isReview` marks a review or a remark on the diff. UTF-8, with or
without a byte order mark; lines may end in CRLF or be blank.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    model_validator,
)

from adapters.github.people import person
from summarizer.errors import BadInput
from summarizer.items import Comment, Event, Item, Kind, Person, Review, State, oldest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedIOBase
    from pathlib import Path

WEB = "https://github.com"
MAX_MEGABYTES = 4
MAX_LINE = MAX_MEGABYTES * 1024 * 1024
"""Bytes of a line, or characters where lines come as text. GitHub ends bodies and comments at 65,536 characters."""

GZIP = b"\x1f\x8b"
"""How gzip's streams begin (RFC 1952, 2.3.1)."""

Precision = Literal["exact", "minute", "day"]
"""How exactly a line's times are known: to the second, to the minute (seconds are 00), to the day (T00:00:00Z)."""


@dataclass(frozen=True, slots=True)
class Imported:
    """An item as a line tells it.

    told: the names of the item's fields that are known from the line; what it holds in the others is no knowledge and
    must not replace any. `repo` and `number` say which item it is, and `events` are only those that follow from the
    times, so these three are never among them.
    """

    item: Item
    told: frozenset[str]
    dates_are: Precision


def read_file(path: Path, web: str = WEB) -> Iterator[Imported]:
    """The items of a file, plain or gzip, one at a time. web: see `read_items`.

    Raises BadInput, key `import.*`, for a file that cannot be read and as `read_items` does.
    """
    try:
        with path.open("rb") as file:
            is_gzip = file.peek(2).startswith(GZIP)
            lines = _bounded_lines(gzip.GzipFile(fileobj=file) if is_gzip else file)
            yield from read_items(lines, path.name, web)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BadInput("import.gzip", file=path.name) from error
    except OSError as error:
        raise BadInput("import.unreadable", file=path.name, reason=error.strerror or "?") from error


def read_items(lines: Iterable[str | bytes], name: str, web: str = WEB) -> Iterator[Imported]:
    """The items in `lines`, one at a time, in their order. name: what errors call the file. web: where the
    repositories are shown; a link that leads elsewhere gives way to the item's own.

    Raises BadInput, key `import.*`, naming the line and what is wrong with it.
    """
    for number, line in enumerate(lines, start=1):
        if len(line) > MAX_LINE:
            raise BadInput("import.too_long", file=name, line=number, megabytes=MAX_MEGABYTES)
        text = _without_mark(line) if number == 1 else line
        if text.strip():
            yield _imported(_parse(text, name, number), web)


def _bounded_lines(file: BufferedIOBase) -> Iterator[bytes]:
    # a line is never held whole when it is longer than any may be
    while line := file.readline(MAX_LINE + 1):
        yield line


def _without_mark(line: str | bytes) -> str | bytes:
    return line.removeprefix("\ufeff") if isinstance(line, str) else line.removeprefix(b"\xef\xbb\xbf")


# --- a line, validated


def _instant(value: object) -> datetime:
    """An ISO 8601 time with its offset, in UTC; pydantic itself would take numbers as well."""
    if not isinstance(value, str):
        raise ValueError
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError
    try:
        return instant.astimezone(UTC)
    except OverflowError:  # in the first and the last hours there are
        raise ValueError from None


_Instant = Annotated[datetime, PlainValidator(_instant)]
_Login = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\[bot\])?$")]
_Count = Annotated[int, Field(ge=0, lt=2**31)]  # GraphQL's Int


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _CommentLine(_Shape):
    author: _Login | None = None
    created_at: _Instant | None = Field(None, alias="createdAt")
    body: str | None = None
    is_review: bool | None = Field(None, alias="isReview")


class _Line(_Shape):
    repo: Annotated[
        str,
        StringConstraints(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,38}/(\.{0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,97})$"
        ),
    ]
    kind: Kind
    number: Annotated[int, Field(gt=0, lt=2**31)]
    title: str
    url: str | None = None
    author: _Login | None = None
    labels: tuple[str, ...] | None = None
    state: Literal["OPEN", "CLOSED", "MERGED"] | None = None
    created_at: _Instant | None = Field(None, alias="createdAt")
    closed_at: _Instant | None = Field(None, alias="closedAt")
    merged_at: _Instant | None = Field(None, alias="mergedAt")
    merged_by: _Login | None = Field(None, alias="mergedBy")
    files: tuple[str, ...] | None = None
    body: str | None = None
    comments: tuple[_CommentLine, ...] | None = None
    comments_total: _Count | None = Field(None, alias="commentsTotalCount")
    dates_are: Precision | None = Field(None, alias="datesAre")

    @property
    def is_merged(self) -> bool:
        return self.state == "MERGED" or self.merged_at is not None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> _Line:
        is_ended = self.closed_at is not None or self.merged_at is not None
        if (
            (self.is_merged and self.kind == "issue")
            or (self.merged_at is not None and self.state not in ("MERGED", None))
            or (is_ended and self.state == "OPEN")
        ):
            raise ValueError
        return self


_TIME = "2025-12-10T12:58:00Z"
_EXPECTED = {
    "repo": "owner/name",
    "kind": "issue, pull_request",
    "number": "1, 2, 3, …",
    "author": '"octocat"',
    "mergedBy": '"octocat"',
    "labels": '["…"]',
    "files": '["…"]',
    "state": "OPEN, CLOSED, MERGED",
    "createdAt": _TIME,
    "closedAt": _TIME,
    "mergedAt": _TIME,
    "comments": "[{ … }]",
    "isReview": "true, false",
    "commentsTotalCount": "0, 1, 2, …",
    "datesAre": "exact, minute, day",
}
"""What stands in each entry, in the signs of JSON, which no language translates; texts are not among them."""


def _parse(text: str | bytes, name: str, number: int) -> _Line:
    try:
        return _Line.model_validate_json(text)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)[0]
    # raised out here, since the cause would print the line
    where, kind = wrong["loc"], wrong["type"]
    if kind in ("json_invalid", "string_unicode"):
        raise BadInput("import.not_json", file=name, line=number)
    if not where:
        key = "import.contradiction" if kind == "value_error" else "import.not_object"
        raise BadInput(key, file=name, line=number)
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")
    if kind == "missing" or (wrong["input"] is None and field in ("repo", "kind", "number", "title")):
        raise BadInput("import.missing", file=name, line=number, field=field)
    entry = next(part for part in reversed(where) if isinstance(part, str))
    raise BadInput("import.value", file=name, line=number, field=field, expected=_EXPECTED.get(entry, '"…"'))


# --- a line as an item


def _imported(line: _Line, web: str) -> Imported:
    is_pr = line.kind == "pull_request"
    comments, reviews = _said(line)
    own = f"{web}/{line.repo}/{'pull' if is_pr else 'issues'}/{line.number}"
    has_own_url = line.url is not None and line.url.casefold() == own.casefold()
    state = _state(line)
    # a merge closes, and where only the close of what was merged is told, it was the merge
    merged_at = line.merged_at or (line.closed_at if state == "merged" else None)
    closed_at = line.closed_at or merged_at
    item = Item(
        repo=line.repo,
        number=line.number,
        kind=line.kind,
        title=line.title,
        url=line.url if has_own_url and line.url else own,
        author=_person(line.author),
        labels=line.labels or (),
        state=state or "open",
        created_at=line.created_at,
        updated_at=_latest(line),
        closed_at=closed_at,
        merged_at=merged_at,
        merged_by=_person(line.merged_by) if state == "merged" else None,
        body=line.body,
        files=tuple(sorted(set(line.files))) if is_pr and line.files is not None else None,
        comments=comments,
        comments_total=line.comments_total,
        reviews=reviews,
    )
    told = {"kind", "title"} | {name for name in _NONE_IF_UNKNOWN if getattr(item, name) is not None}
    others = {
        "url": has_own_url,
        "labels": line.labels is not None,
        "state": state is not None,
        "comments": bool(comments),  # an empty list says that none are stored, not that there are none
        "reviews": bool(reviews),
    }
    told |= {name for name, is_told in others.items() if is_told}
    return Imported(replace(item, events=_events(item)), frozenset(told), line.dates_are or "exact")


_NONE_IF_UNKNOWN = (
    "author", "created_at", "updated_at", "closed_at", "merged_at", "merged_by", "body", "files", "comments_total",
)  # fmt: skip


def _person(login: str | None) -> Person | None:
    return person(login, None) if login is not None else None


def _state(line: _Line) -> State | None:
    """The state that is told, or follows from the times; None: unknown."""
    if line.is_merged:
        return "merged"
    if line.state == "CLOSED" or line.closed_at is not None:
        return "closed"
    return "open" if line.state == "OPEN" else None


def _events(item: Item) -> tuple[Event, ...]:
    """What follows from the times."""
    events = []
    if item.created_at is not None:
        events.append(Event("opened", item.created_at, item.author))
    if item.merged_at is not None:
        events.append(Event("merged", item.merged_at, item.merged_by))
    elif item.closed_at is not None:
        events.append(Event("closed_unmerged" if item.is_pull_request else "closed", item.closed_at))
    return oldest_first(events)


def _said(line: _Line) -> tuple[tuple[Comment, ...], tuple[Review, ...]]:
    """The comments and the reviews, oldest first. One without a time stands in no window, and is left out."""
    comments: list[Comment] = []
    reviews: list[Review] = []
    for told in line.comments or ():
        if told.created_at is None:
            continue
        author = person(told.author, None)  # of unknown authorship: the ghost, who counts as nobody
        if told.is_review and line.kind == "pull_request":
            reviews.append(Review(author, told.created_at, "COMMENTED", told.body or ""))
        else:
            comments.append(Comment(author, told.created_at, told.body or ""))
    return (
        tuple(sorted(comments, key=lambda comment: comment.created_at)),
        tuple(sorted(reviews, key=lambda review: review.submitted_at)),
    )


def _latest(line: _Line) -> datetime | None:
    """The last instant the line tells of: GitHub's `updatedAt` is no earlier."""
    said = (comment.created_at for comment in line.comments or ())
    known = [at for at in (line.created_at, line.closed_at, line.merged_at, *said) if at is not None]
    return max(known, default=None)

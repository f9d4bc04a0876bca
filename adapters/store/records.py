"""Records: an item as the mirror keeps it, in two parts, and both parts as bytes.

    light   what a listing shows and what facts are counted from; a few hundred bytes, kept for ever
    text    bodies, comments, reviews and paths; compressed, and swept when it is old

Arrays without names, in the order of the fields below: a new field goes to the end with a default, an old one is never
taken out, so records outlive versions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from summarizer.errors import StoreError
from summarizer.items import Comment, Event, EventName, Item, Kind, Person, Review, State

WEB = "https://github.com"
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Record:
    """An item, and how well it is known.

    whole_at: when it was last read whole, by the source's clock: all that happened before is known. None: never, or its
    text was swept since.
    whole_of: its `updated_at` then.
    """

    item: Item
    whole_of: datetime | None = None
    whole_at: datetime | None = None

    @property
    def stale(self) -> bool:
        """Whether another whole reading may tell more."""
        updated_at = self.item.updated_at
        if self.whole_at is None or updated_at is None:
            return self.whole_at is None
        # GitHub's times are whole seconds: read within that of its last change it may lack what followed in it
        return self.whole_of is None or self.whole_of < updated_at or self.whole_at < updated_at + SECOND

    def whole_until(self, until: datetime) -> bool:
        """Whether all that happened before `until` is known: it was read whole after that, or not touched since."""
        return self.whole_at is not None and (not self.stale or self.whole_at >= until)


class _Person(msgspec.Struct, array_like=True):
    login: str
    is_bot: bool = False


class _Event(msgspec.Struct, array_like=True):
    name: str
    at: datetime
    actor: _Person | None = None


class _Light(msgspec.Struct, array_like=True):
    number: int
    is_pull_request: bool
    title: str
    state: str
    created_at: datetime | None
    updated_at: datetime | None
    author: _Person | None
    labels: tuple[str, ...]
    node_id: str
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: _Person | None = None
    author_association: str | None = None
    state_reason: str | None = None
    is_draft: bool | None = None
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    head: str | None = None
    merge_commit: str | None = None
    events: tuple[_Event, ...] = ()
    linked: tuple[int, ...] = ()
    reactions: int | None = None
    comments_total: int | None = None
    whole_of: datetime | None = None
    whole_at: datetime | None = None
    url: str | None = None  # where it is not the one that follows from the rest
    review_requests: tuple[str, ...] | None = None
    review_decision: str | None = None
    assignees: tuple[str, ...] | None = None


class _Comment(msgspec.Struct, array_like=True):
    author: _Person
    created_at: datetime
    body: str
    url: str = ""


class _Review(msgspec.Struct, array_like=True):
    author: _Person
    submitted_at: datetime
    state: str
    body: str = ""


class _Text(msgspec.Struct, array_like=True):
    body: str | None = None
    files: tuple[str, ...] | None = None
    comments: tuple[_Comment, ...] = ()
    reviews: tuple[_Review, ...] = ()


_ENCODER = msgspec.msgpack.Encoder()
_LIGHT = msgspec.msgpack.Decoder(_Light)
_TEXT = msgspec.msgpack.Decoder(_Text)


def dump_light(record: Record) -> bytes:
    item = record.item
    usual = item.url == _url(item.repo, item.kind, item.number)
    return _encoded(
        _Light(
            number=item.number,
            is_pull_request=item.is_pull_request,
            title=item.title,
            state=item.state,
            created_at=item.created_at,
            updated_at=item.updated_at,
            author=_dump_person(item.author),
            labels=item.labels,
            node_id=item.node_id,
            closed_at=item.closed_at,
            merged_at=item.merged_at,
            merged_by=_dump_person(item.merged_by),
            author_association=item.author_association,
            state_reason=item.state_reason,
            is_draft=item.is_draft,
            additions=item.additions,
            deletions=item.deletions,
            changed_files=item.changed_files,
            head=item.head,
            merge_commit=item.merge_commit,
            events=tuple(_Event(event.name, event.at, _dump_person(event.actor)) for event in item.events),
            linked=item.linked,
            reactions=item.reactions,
            comments_total=item.comments_total,
            whole_of=record.whole_of,
            whole_at=record.whole_at,
            url=None if usual else item.url,
            review_requests=item.review_requests,
            review_decision=item.review_decision,
            assignees=item.assignees,
        )
    )


def dump_text(item: Item) -> bytes | None:
    """The item's text, not compressed; None when it has none."""
    if item.body is None and item.files is None and not item.comments and not item.reviews:
        return None
    comments = (
        _Comment(_Person(each.author.login, each.author.is_bot), each.created_at, each.body, each.url)
        for each in item.comments
    )
    reviews = (
        _Review(_Person(each.author.login, each.author.is_bot), each.submitted_at, each.state, each.body)
        for each in item.reviews
    )
    return _encoded(_Text(item.body, item.files, tuple(comments), tuple(reviews)))


def load_record(repo: str, light: bytes, text: bytes | None) -> Record:
    """The record of both parts; text: not compressed any more, None where it is not wanted or there is none.

    repo: whose item it is. Raises StoreError `store.record` for bytes that are none of ours.
    """
    try:
        return _record(repo, _LIGHT.decode(light), None if text is None else _TEXT.decode(text))
    except (msgspec.MsgspecError, ValueError, KeyError) as error:
        raise StoreError("store.record") from error


def without_text(record: Record) -> Record:
    """The record with its light part alone."""
    item = replace(record.item, body=None, files=None, comments=(), reviews=())
    return Record(item)


def _record(repo: str, light: _Light, text: _Text | None) -> Record:
    kind: Kind = "pull_request" if light.is_pull_request else "issue"
    people = _People()
    item = Item(
        repo=repo,
        number=light.number,
        kind=kind,
        title=light.title,
        url=_url(repo, kind, light.number) if light.url is None else light.url,
        author=people.load(light.author),
        author_association=light.author_association,
        labels=light.labels,
        is_draft=light.is_draft,
        state=_STATES[light.state],
        state_reason=light.state_reason,
        created_at=light.created_at,
        updated_at=light.updated_at,
        closed_at=light.closed_at,
        merged_at=light.merged_at,
        merged_by=people.load(light.merged_by),
        body=text.body if text else None,
        additions=light.additions,
        deletions=light.deletions,
        changed_files=light.changed_files,
        files=text.files if text else None,
        linked=light.linked,
        reactions=light.reactions,
        head=light.head,
        merge_commit=light.merge_commit,
        events=tuple(Event(_EVENTS[each.name], each.at, people.load(each.actor)) for each in light.events),
        comments=tuple(
            Comment(people.known(each.author), each.created_at, each.body, each.url)
            for each in (text.comments if text else ())
        ),
        comments_total=light.comments_total,
        reviews=tuple(
            Review(people.known(each.author), each.submitted_at, each.state, each.body)
            for each in (text.reviews if text else ())
        ),
        node_id=light.node_id,
        review_requests=light.review_requests,
        review_decision=light.review_decision,
        assignees=light.assignees,
    )
    return Record(item, light.whole_of, light.whole_at)


class _People:
    """The people of one record, each once."""

    def __init__(self) -> None:
        self._known: dict[str, Person] = {}

    def load(self, person: _Person | None) -> Person | None:
        return None if person is None else self.known(person)

    def known(self, person: _Person) -> Person:
        found = self._known.get(person.login)
        if found is None or found.is_bot != person.is_bot:
            found = self._known[person.login] = Person(person.login, person.is_bot)
        return found


def _encoded(part: _Light | _Text) -> bytes:
    try:
        return _ENCODER.encode(part)
    except UnicodeEncodeError:  # JSON can tell half a surrogate pair, UTF-8 cannot
        return _ENCODER.encode(_mended(msgspec.to_builtins(part, builtin_types=(datetime,))))


def _mended(value: object) -> object:
    """The same with characters that UTF-8 has."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return [_mended(each) for each in value] if isinstance(value, (list, tuple)) else value


def _dump_person(person: Person | None) -> _Person | None:
    return None if person is None else _Person(person.login, person.is_bot)


def _url(repo: str, kind: Kind, number: int) -> str:
    return f"{WEB}/{repo}/{'pull' if kind == 'pull_request' else 'issues'}/{number}"


_STATES: dict[str, State] = {"open": "open", "closed": "closed", "merged": "merged"}
_EVENTS: dict[str, EventName] = {
    "opened": "opened",
    "closed": "closed",
    "reopened": "reopened",
    "merged": "merged",
    "closed_unmerged": "closed_unmerged",
}

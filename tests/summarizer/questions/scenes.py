"""A small repository and a plain look through it: what a query finds among a dozen items, for tests of answers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from summarizer.items import Comment, Coverage, Event, Item, Person, Review, Seen, oldest_first
from summarizer.questions import Found, Match, Part, Query
from summarizer.questions.found import NOBODY, Actor, Actors
from summarizer.topics import load_topics, match_topics
from summarizer.windows import Window, week

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.items import EventName, Kind
    from summarizer.questions.query import QueryEvent

REPO = "vllm-project/vllm"
TZ = "Asia/Shanghai"
NOW = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
"""A Wednesday, 20:59 in TZ."""
BEGINS = datetime(2025, 9, 1, tzinfo=UTC)
RULES = load_topics()
COMPLETE = Coverage(Seen(178, 178), Seen(500, 500))


class Named:
    """A window by the name that people call it, as the command grammar writes it."""

    def __init__(self, name: str, since: datetime | None = None, until: datetime | None = None) -> None:
        self._name, self._since, self._until = name, since, until

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        if self._since is None:
            shift = timedelta(days=7 * (self._name == "week last"))
            year, number, _ = (now - shift).isocalendar()
            return week(year, number, tz, now=now, synced_until=synced_until)
        return Window(self._since, self._until or now, tz, so_far=self._until is None)

    def __str__(self) -> str:
        return self._name

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash(self._name)


WEEK, LAST_WEEK = Named("week this"), Named("week last")


def before(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def item(
    number: int,
    title: str,
    author: str = "alice",
    *,
    kind: Kind = "pull_request",
    events: Iterable[tuple[EventName, datetime, str]] = (),
    **told: Any,  # noqa: ANN401 - fields of an item
) -> Item:
    """An item whose state follows from its events, each a name, a time and who did it ("" unknown)."""
    done = oldest_first(Event(name, at, Person(by) if by else None) for name, at, by in events)
    last = done[-1] if done else None
    state = {"merged": "merged", "closed": "closed", "closed_unmerged": "closed"}.get(
        last.name if last else "", "open"
    )
    path = "pull" if kind == "pull_request" else "issues"
    return replace(
        Item(
            repo=REPO,
            number=number,
            kind=kind,
            title=title,
            url=f"https://github.com/{REPO}/{path}/{number}",
            author=Person(author),
            state=state,  # type: ignore[arg-type]
            created_at=next((event.at for event in done if event.name == "opened"), None),
            updated_at=last.at if last else None,
            closed_at=last.at if last and state != "open" else None,
            merged_at=last.at if last and state == "merged" else None,
            merged_by=last.actor if last and state == "merged" else None,
            events=done,
        ),
        **told,
    )


def said(login: str, at: datetime, body: str) -> Comment:
    return Comment(Person(login, login.endswith("[bot]")), at, body)


ITEMS: dict[int, Item] = {
    each.number: each
    for each in (
        item(
            26701,
            "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
            "gronsti-amd",
            labels=("rocm", "ready"),
            events=[("opened", before(60), ""), ("closed_unmerged", before(hours=5), "mgoin")],
            body="Block-scaled FP8 linear layers fall back to Triton on MI355X because AITER is only checked on MI300. "
            "This makes `W8A8BlockFp8LinearOp` take the AITER path, which is 1.4x faster.",
            additions=120,
            deletions=30,
            changed_files=2,
            files=("tests/kernels/test_block_fp8.py", "vllm/model_executor/layers/quantization/fp8.py"),
            reviews=(
                Review(Person("mgoin"), before(20), "CHANGES_REQUESTED", "This should not block on MI300."),
                Review(Person("tjtanaa"), before(hours=30), "COMMENTED"),
            ),
            comments=(
                said(
                    "mgoin",
                    before(2),
                    "I confirmed that the fallback is caused by the gfx check, it is wrong on MI355X.",
                ),
                said(
                    "gronsti-amd", before(hours=6), "Agreed, #30331 already fixes this, so I am closing it."
                ),
            ),
            comments_total=2,
        ),
        item(
            30062,
            "[CPU] Support for Whisper",
            "aditew01",
            labels=("ready", "ci/build"),
            events=[("opened", before(12), ""), ("merged", before(hours=2), "bigPYJ1151")],
            additions=300,
            deletions=12,
            changed_files=4,
            reviews=(Review(Person("bigPYJ1151"), before(hours=3), "APPROVED"),),
            comments=(
                said(
                    "bigPYJ1151", before(hours=4), "One CPU test fails because `decord` cannot be installed."
                ),
            ),
            comments_total=1,
        ),
        item(
            30331,
            "[ROCm][Bugfix] Check gfx950 before using AITER",
            "tjtanaa",
            labels=("rocm",),
            events=[("opened", before(1), ""), ("merged", before(hours=8), "mgoin")],
            body="The KV cache layout is wrong on gfx950.",
            reviews=(Review(Person("mgoin"), before(hours=9), "APPROVED"),),
        ),
        item(
            30384,
            "[BugFix] Fix minimax m2 model rotary_dim",
            "rogeryoungh",
            events=[("opened", before(hours=2.4), ""), ("merged", before(hours=0.02), "")],
            labels=("rocm",),
        ),
        item(
            30383,
            "[RFC]: Multi-Process Benchmark Architecture",
            "GaoHuaZhang",
            kind="issue",
            labels=("RFC",),
            events=[("opened", before(hours=3), "")],
            body="The benchmark client is bound by one process. We propose one process for each 1,000 requests.",
            assignees=("ywang96",),
        ),
        item(
            30387,
            "[Bug]: illegal memory access with KV cache",
            "youngze0016",
            kind="issue",
            labels=("bug",),
            events=[("opened", before(hours=1.2), "")],
        ),
        item(
            30389,
            "Standardise `get_rope`",
            "hmellor",
            is_draft=True,
            events=[("opened", before(hours=0.5), "")],
            review_requests=("ywang96",),
        ),
        item(
            30390,
            "fix: Update json features supported by xGrammar",
            "johannes",
            events=[("opened", before(hours=0.1), "")],
            review_requests=("mgoin", "ywang96"),
            review_decision="REVIEW_REQUIRED",
        ),
        item(
            20001,
            "[Core] A cache that nobody looked at",
            "alice",
            events=[("opened", before(90), "")],
        ),
        item(
            29000,
            "[CUDA] Faster sampling on NVIDIA B200",
            "alice",
            events=[("opened", before(9), ""), ("merged", before(8), "mgoin")],
        ),
    )
}

_EVENTS: dict[str, tuple[str, ...]] = {"closed": ("closed", "closed_unmerged")}


def find(query: Query, items: dict[int, Item] | None = None, **changes: Any) -> Found:  # noqa: ANN401 - fields of Found
    """What the query finds among `items` at NOW. changes: fields of what is found, in place of what was."""
    known = ITEMS if items is None else items
    window = query.window.resolve(now=NOW, synced_until=NOW, tz=TZ) if query.window else None
    ledgers = {
        key: ledger
        for key, ledger in match_topics(known.values(), RULES.topics).items()
        if key in query.topics
    }
    matches = [
        match
        for each in known.values()
        if (match := _match(each, query, window)) and _is_meant(each, query, ledgers)
    ]
    matches.sort(key=lambda match: (match.at or BEGINS, match.number), reverse=True)
    numbers = {match.number for match in matches}
    about = {number for ledger in ledgers.values() for number in ledger.about}
    found = Found(
        query=query,
        repo=REPO,
        window=window,
        matches=tuple(matches),
        items={match.number: known[match.number] for match in matches}
        | {number: known[number] for number in query.numbers if number in known},
        now=NOW,
        searched=178,
        coverage=COMPLETE,
        ledgers=ledgers,
        about=len(numbers & about) if query.topics else None,
        tagged=len(numbers - about) if query.topics else None,
        missing={number: "unknown" for number in query.numbers if number not in known},
        mirror_from=BEGINS,
        synced_until=NOW,
        against=find(query.against, items) if query.against else None,
    )
    if query.form == "who":
        shown = [known[match.number] for match in matches]
        found = replace(
            found,
            actors=_actors(shown, query.events or ("opened",), window),
            authors=_actors(shown, ("opened",), window) if query.events == ("merged",) else NOBODY,
        )
    return replace(found, **changes)


def _actors(shown: Iterable[Item], events: tuple[str, ...], window: Window | None) -> Actors:
    """Who did those events, each counted once an item; of people alone."""
    did: dict[str, set[int]] = defaultdict(set)
    unknown = 0
    for each in shown:
        logins = {login for event in events for login in _doers(each, event, window)}
        unknown += not logins
        for login in logins:
            did[login].add(each.number)
    people = [Actor(login, len(numbers)) for login, numbers in did.items()]
    people.sort(key=lambda one: (-one.items, one.login.casefold()))
    return Actors(tuple(people), unknown)


def _doers(each: Item, event: str, window: Window | None) -> list[str]:
    if event == "opened":
        return [each.author.login] if each.author else []
    happened: list[tuple[datetime, Person | None]]
    if event == "reviewed":
        happened = [(one.submitted_at, one.author) for one in each.reviews]
    elif event == "discussed":
        happened = [(one.created_at, one.author) for one in each.comments]
    else:
        happened = [(one.at, one.actor) for one in each.events if one.name in _EVENTS.get(event, (event,))]
    return [who.login for at, who in happened if who and not who.is_bot and (window is None or at in window)]


def _match(each: Item, query: Query, window: Window | None) -> Match | None:
    """The item's last event asked for, in the window."""
    happened: list[tuple[datetime, QueryEvent | str]] = [
        (event.at, name)
        for event in each.events
        for name in ("opened", "closed", "merged", "reopened")
        if event.name in _EVENTS.get(name, (name,))
    ]
    people = [comment for comment in each.comments if not comment.author.is_bot]
    happened += [(comment.created_at, "discussed") for comment in people]
    happened += [(review.submitted_at, "reviewed") for review in each.reviews]
    wanted = [
        one
        for one in happened
        if (window is None or one[0] in window) and (not query.events or one[1] in query.events)
    ]
    if not wanted and (window is not None or query.events) and not query.numbers:
        return None
    at, event = max(wanted, default=(each.updated_at, ""), key=lambda one: one[0] or BEGINS)
    comments = sum(window is None or comment.created_at in window for comment in people)
    return Match(
        each.number, at, event if query.events else "", comments, each.author.login if each.author else ""
    )


def _is_meant(each: Item, query: Query, ledgers: dict[str, Any]) -> bool:
    text = " ".join(
        (each.title, each.body or "", *each.labels, *(one.body for one in each.comments))
    ).casefold()
    states = {
        "open": each.state == "open",
        "closed": each.state == "closed",
        "merged": each.state == "merged",
        "draft": each.state == "open" and bool(each.is_draft),
        "stale": each.state == "open" and each.updated_at is not None and each.updated_at < before(30),
        "waiting": each.state == "open" and each.review_decision == "REVIEW_REQUIRED",
    }
    return (
        query.kind in (None, each.kind)
        and (not query.numbers or each.number in query.numbers)
        and all(states[state] for state in query.states)
        and (not query.topics or any(each.number in ledger.reasons for ledger in ledgers.values()))
        and (not query.labels or any(label in each.labels for label in query.labels))
        and all(any(term in text for term in word.split("|")) for word in query.words)
        and all(phrase.casefold() in text for phrase in query.phrases)
        and (not query.paths or any(path in file for path in query.paths for file in each.files or ()))
        and all(_has_part(each, part) for part in query.people)
    )


def _has_part(each: Item, part: Part) -> bool:
    logins = {
        "author": [each.author.login] if each.author else [],
        "reviewer": [one.author.login for one in each.reviews],
        "merger": [each.merged_by.login] if each.merged_by else [],
        "closer": [
            one.actor.login
            for one in each.events
            if one.actor and one.name in ("closed", "closed_unmerged", "reopened")
        ],
        "commenter": [one.author.login for one in each.comments],
        "requested": each.review_requests or (),
        "assignee": each.assignees or (),
    }
    if part.role == "involved":
        return any(part.login in some for some in logins.values())
    return part.login in logins[part.role]

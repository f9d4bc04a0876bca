"""The catalogue: what a query finds is what a digest of the same window counts, whatever happened in it."""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store.search import Document, Finding, Sought, TextIndex, open_index
from summarizer.counting import build_facts
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.items import Event, Person
from summarizer.questions.found import Actor, Actors
from summarizer.questions.query import Part, Query, QueryEvent, QueryState, Role
from summarizer.topics import mark_bots
from summarizer.windows import Window
from tests.adapters.store.worlds import BOTS, LABELS, PATHS, PEOPLE, windows, worlds
from tests.builders import HOUR, REPO, at, comment, coverage, event, item, review

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from summarizer.facts import Facts
    from summarizer.items import Item

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@asynccontextmanager
async def index_of(items: Iterable[Item]) -> AsyncIterator[TextIndex]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_index(Path(folder) / "index.db") as index:
            await put(index, items)
            yield index


async def put(index: TextIndex, items: Iterable[Item]) -> None:
    documents = [document(item) for item in items]
    after = await index.position(REPO)
    assert await index.apply(REPO, documents, (), after=after, position=after + 1)


def document(item: Item) -> Document:
    said = (*(each.body for each in item.comments), *(each.body for each in item.reviews))
    return Document(
        item.number,
        item.title,
        item.labels,
        item.body or "",
        said,
        item.files or (),
        item,
    )


async def finding(index: TextIndex, query: Query, window: Window | None = None) -> Finding:
    found = await index.find(
        REPO,
        Sought(
            query,
            since=window.since if window else None,
            until=window.until if window else None,
            bots=BOTS,
        ),
    )
    assert found is not None
    return found


async def numbers(index: TextIndex, query: Query, window: Window | None = None) -> set[int]:
    return {row.number for row in (await finding(index, query, window)).matches}


def facts_of(items: Iterable[Item], window: Window, *filters: Filter) -> Facts:
    marked = mark_bots(items, BOTS)
    return build_facts(repo=REPO, window=window, items=marked, coverage=coverage(), filters=filters)


def listed(facts: Facts, event: QueryEvent) -> dict[int, object]:
    """The items of a digest's lists with when it happened; of comments and reviews, the last by a person."""
    names = {
        "opened": ("issues_opened", "prs_opened"),
        "closed": ("issues_closed", "prs_closed_unmerged"),
        "merged": ("prs_merged",),
        "reopened": ("reopened",),
    }
    if event in names:
        return {row.number: row.at for name in names[event] for row in facts.lists[name]}  # type: ignore[index]
    found: dict[int, object] = {}
    for number, thread in facts.items.items():
        told = [
            each.created_at
            for each in thread.comments
            if event == "discussed" and not each.author.is_bot and each.created_at in facts.window
        ]
        told += [
            each.submitted_at
            for each in thread.reviews
            if event == "reviewed"
            and not each.author.is_bot
            and each.submitted_at in facts.window
            and each.state != "PENDING"
            and (each.state in ("APPROVED", "CHANGES_REQUESTED") or each.body.strip())
        ]
        if told:
            found[number] = max(told)
    return found


@given(worlds(), windows)
@quick
async def test_each_event_finds_what_a_digest_of_the_window_lists(
    items: tuple[Item, ...], window: Window
) -> None:
    facts = facts_of(items, window)
    async with index_of(items) as index:
        for event in ("opened", "closed", "merged", "reopened", "discussed", "reviewed"):
            found = await finding(index, Query(events=(event,)), window)

            assert {row.number: row.at for row in found.matches} == listed(facts, event), event
            assert {row.event for row in found.matches} <= {event}
            assert found.searched == len(facts.items)


@given(worlds(), windows)
@quick
async def test_without_an_event_whatever_moved_is_found(items: tuple[Item, ...], window: Window) -> None:
    facts = facts_of(items, window)
    comments = {
        number: sum(not each.author.is_bot for each in item.comments if each.created_at in window)
        for number, item in facts.items.items()
    }
    async with index_of(items) as index:
        found = await finding(index, Query(), window)

    assert {row.number: row.comments for row in found.matches} == comments


@given(worlds(), windows)
@quick
async def test_states_are_those_at_the_windows_end(items: tuple[Item, ...], window: Window) -> None:
    facts = facts_of(items, window)
    async with index_of(items) as index:
        for state in ("open", "closed", "merged"):
            expected = {number for number, item in facts.items.items() if item.state == state}
            assert await numbers(index, Query(states=(state,)), window) == expected
            now = {item.number for item in items if item.state == state}
            assert await numbers(index, Query(states=(state,))) == now


values = {
    "label": st.sampled_from((*LABELS, "BUG", "other")),
    "author": st.sampled_from((*PEOPLE, "@bob", "CY", "nobody")),
    "path": st.sampled_from(
        (*PATHS, "rocm", "*rocm*", "docs/*", "?ocs/*", "csrc/*[[]x].cu", "*[a-z].py", "[x]")
    ),
    "is": st.sampled_from(("issue", "pr", "open", "closed", "merged", "unmerged", "draft", "bot")),
}


@st.composite
def filters(draw: st.DrawFn) -> Filter:
    key = draw(st.sampled_from(("label", "author", "path", "is")))
    told = draw(st.lists(values[key], min_size=1, max_size=2))
    return Filter(key, tuple(told), draw(st.booleans()))  # type: ignore[arg-type]


@given(worlds(), windows, st.lists(filters(), min_size=1, max_size=3))
@quick
async def test_filters_pass_what_passes_in_a_digest(
    items: tuple[Item, ...], window: Window, each: list[Filter]
) -> None:
    facts = facts_of(items, window, *each)
    async with index_of(items) as index:
        found = await finding(index, Query(filters=tuple(each)), window)
    passing = set(facts.passing or ())
    denied = any(one.key == "path" and one.negated for one in each)  # which of unknown paths may not be so
    unknown = {number for number in passing if denied and paths_are_unknown(facts.items[number])}
    assert {match.number for match in found.matches} == passing - unknown
    assert found.untold >= len(unknown)


def paths_are_unknown(item: Item) -> bool:
    return item.is_pull_request and item.files is None


# How items stand, and whose they are


def is_waiting(stored: Item, until: datetime | None) -> bool:
    cut = stored if until is None else stored.as_of(until)
    if cut is None or not cut.is_pull_request or cut.state != "open" or cut.is_draft:
        return False
    decisive = ("APPROVED", "CHANGES_REQUESTED")
    given = [each for each in stored.reviews if not each.author.is_bot and each.state in decisive]
    later = until is not None and any(each.submitted_at >= until for each in given)
    if stored.review_decision == "REVIEW_REQUIRED" and not later:
        return True
    if waiting_is_unknown(stored, until):
        return False
    if is_decided(stored, until):
        return False
    return bool(given) or stored.review_decision not in decisive


def waiting_is_unknown(stored: Item, until: datetime | None) -> bool:
    """Of an open pull request."""
    return stored.review_decision is None and stored.body is None and not is_decided(stored, until)


def is_decided(stored: Item, until: datetime | None) -> bool:
    """Whether anybody's last opinion is one, after which their review was not asked for again."""
    last = {
        each.author.login: each.state
        for each in stored.reviews
        if not each.author.is_bot
        and each.state in ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
        and (until is None or each.submitted_at < until)
    }
    return any(
        state != "DISMISSED" and login not in (stored.review_requests or ()) for login, state in last.items()
    )


def is_stale(stored: Item, since: datetime, until: datetime | None) -> bool:
    cut = stored if until is None else stored.as_of(until)
    if cut is None or cut.state != "open":
        return False
    moments = [
        *(each.at for each in cut.events),
        *(each.created_at for each in cut.comments),
        *(each.submitted_at for each in cut.reviews if each.state != "PENDING"),
    ]
    if stored.body is None and stored.updated_at is not None and (until is None or stored.updated_at < until):
        moments.append(stored.updated_at)  # what it was is not known
    return all(moment < since for moment in moments)


@given(worlds(), windows)
@quick
async def test_waiting_is_what_nobody_has_decided_on(items: tuple[Item, ...], window: Window) -> None:
    marked = {item.number: item for item in mark_bots(items, BOTS)}
    active = facts_of(items, window).items
    async with index_of(items) as index:
        assert await numbers(index, Query(states=("waiting",))) == {
            number for number, item in marked.items() if is_waiting(item, None)
        }
        assert await numbers(index, Query(states=("waiting",)), window) == {
            number for number in active if is_waiting(marked[number], window.until)
        }


@given(worlds(), windows, st.integers(-60, 130))
@quick
async def test_stale_is_what_is_open_and_was_left_alone(
    items: tuple[Item, ...], window: Window, quiet: int
) -> None:
    active = facts_of(items, window).items
    since = at(quiet)
    async with index_of(items) as index:
        found = await index.find(REPO, Sought(Query(states=("stale",)), quiet_since=since, bots=BOTS))
        within = await index.find(
            REPO,
            Sought(
                Query(states=("stale",)),
                since=window.since,
                until=window.until,
                quiet_since=min(since, window.until),
                bots=BOTS,
            ),
        )

    assert found is not None and within is not None  # noqa: PT018
    assert {match.number for match in found.matches} == {
        item.number for item in items if is_stale(item, since, None)
    }
    assert {match.number for match in within.matches} == {
        item.number
        for item in items
        if item.number in active and is_stale(item, min(since, window.until), window.until)
    }


def took_part(item: Item, role: Role, login: str, window: Window) -> bool:
    """item: as it stood at the window's end."""
    wanted = {login.casefold(), f"{login.casefold()}[bot]"}

    def is_meant(person: Person | None) -> bool:
        return person is not None and person.login.casefold() in wanted

    match role:
        case "author":
            return is_meant(item.author)
        case "reviewer":
            return any(
                is_meant(each.author)
                for each in item.reviews
                if each.submitted_at in window
                and each.state != "PENDING"
                and (each.state in ("APPROVED", "CHANGES_REQUESTED") or each.body.strip())
            )
        case "merger":
            return any(
                is_meant(each.actor or item.merged_by) for each in item.events if each.name == "merged"
            )
        case "closer":
            undone = ("closed", "closed_unmerged", "reopened")
            return any(is_meant(each.actor) for each in item.events if each.name in undone)
        case "commenter":
            return any(is_meant(each.author) for each in item.comments if each.created_at in window)
        case "requested":
            return any(each.casefold() in wanted for each in item.review_requests or ())
        case "assignee":
            return any(each.casefold() in wanted for each in item.assignees or ())
        case _:
            return any(took_part(item, each, login, window) for each in get_args(Role) if each != "involved")


@given(worlds(), windows, st.sampled_from(get_args(Role)), st.sampled_from((*PEOPLE, "CY", "nobody")))
@quick
async def test_people_are_found_by_their_part(
    items: tuple[Item, ...], window: Window, role: Role, login: str
) -> None:
    facts = facts_of(items, window)
    async with index_of(items) as index:
        found = await numbers(index, Query(people=(Part(role, login),)), window)

    assert found == {number for number, item in facts.items.items() if took_part(item, role, login, window)}


async def test_who_reviewed_is_who_must_have_reviewed_in_the_window() -> None:
    both = item(1, reviews=(review("ann", 5), review("bob", 70)), events=(event("opened", 0),))
    automatic = item(2, reviews=(review("cy[bot]", 6, is_bot=True),), events=(event("opened", 0),))
    async with index_of((both, automatic)) as index:

        async def reviewed_by(login: str) -> list[tuple[int, datetime | None]]:
            query = Query(events=("reviewed",), people=(Part("reviewer", login),))
            return [(match.number, match.at) for match in (await finding(index, query, HOUR)).matches]

        assert await reviewed_by("ann") == [(1, at(5))]
        assert await reviewed_by("bob") == []
        assert await reviewed_by("cy") == [(2, at(6))]  # asked for by name, it is no matter what it is


async def test_of_one_role_anybody_will_do_and_of_different_roles_all_must() -> None:
    mine = item(1, author="ann", comments=(comment("bob", 5),))
    other = item(2, author="bob", comments=(comment("eve", 5),))
    async with index_of((mine, other)) as index:
        either = Query(people=(Part("author", "ann"), Part("author", "@BOB")))
        both = Query(people=(Part("author", "ann"), Part("author", "bob"), Part("commenter", "bob")))

        assert await numbers(index, either) == {1, 2}
        assert await numbers(index, both) == {1}


# Who did it


def actors_of(
    items: Iterable[Item], events: tuple[QueryEvent, ...], window: Window | None
) -> tuple[Counter[str], int, int, int]:
    """Who did one of the events to how many of the items; of how many items that is not known, and how many only bots
    did, and only their own authors reviewed."""
    people: Counter[str] = Counter()
    bots: Counter[str] = Counter()
    unknown = by_bots = by_authors = 0
    for each in items:
        did = [
            who for event in events or ("opened",) for who in doers(each, event, window, any_time=not events)
        ]
        others = [who for who, own in did if not own]
        named = {who.login for who in others if who and who.login != "ghost" and not who.is_bot}
        people.update(named)
        bots.update({who.login for who in others if who and who.login != "ghost" and who.is_bot})
        if named:
            continue
        if any(who is None or who.login == "ghost" for who in others):
            unknown += 1
        elif others:
            by_bots += 1
        else:
            by_authors += 1
    return people or bots, unknown, by_bots if people else 0, by_authors


def doers(
    item: Item, event: str, window: Window | None, *, any_time: bool
) -> list[tuple[Person | None, bool]]:
    """Who did it, each with whether it is a review of their own item."""

    def within(at: datetime) -> bool:
        return any_time or window is None or at in window

    if event == "opened":
        is_there = any_time or any(each.name == "opened" and within(each.at) for each in item.events)
        return [(item.author, False)] if is_there else []
    if event == "discussed":
        return [
            (each.author, False)
            for each in item.comments
            if within(each.created_at) and not each.author.is_bot
        ]
    if event == "reviewed":
        return [
            (each.author, item.author is not None and each.author.login == item.author.login)
            for each in item.reviews
            if within(each.submitted_at)
            and not each.author.is_bot
            and each.state != "PENDING"
            and (each.state in ("APPROVED", "CHANGES_REQUESTED") or each.body.strip())
        ]
    until = window.until if window else None
    shut = ("closed", "closed_unmerged")
    before = [each for each in item.events if each.name != "opened" and (until is None or each.at < until)]
    merges = [each for each in before if each.name == "merged" and within(each.at)]
    if event == "merged":
        return [(merges[0].actor or item.merged_by, False)]
    last = before[-1]
    assert last.name in (shut if event == "closed" else ("reopened",))
    return [(last.actor, False)]


@given(worlds(), windows)
@quick
async def test_who_did_it_is_counted_over_all_that_is_found(items: tuple[Item, ...], window: Window) -> None:
    marked = {item.number: item for item in mark_bots(items, BOTS)}
    several: tuple[QueryEvent, ...] = ("reviewed", "discussed", "opened")
    single: tuple[QueryEvent, ...] = ("opened", "closed", "merged", "reopened", "discussed", "reviewed")
    async with index_of(items) as index:
        for events in ((), *((event,) for event in single), several):
            found = await index.find(
                REPO,
                Sought(Query(events=events), since=window.since, until=window.until, bots=BOTS, who=True),
            )
            assert found is not None
            shown = [marked[match.number] for match in found.matches]
            told = found.actors

            counts, *left_out = actors_of(shown, events, window)
            assert {each.login: each.items for each in told.people} == counts, events
            assert [each.items for each in told.people] == sorted(counts.values(), reverse=True)
            assert [told.unknown, told.by_bots, told.by_authors] == left_out, events
            authors = actors_of(shown, (), None)[0] if events == ("merged",) else {}
            assert {each.login: each.items for each in found.authors.people} == authors


async def test_bots_are_named_where_nobody_else_did_it_and_nobody_is_unless_it_is_asked() -> None:
    def merged(number: int, login: str | None, **told: Any) -> Item:  # noqa: ANN401 - fields of an item
        return item(
            number,
            events=(
                event("opened", 0),
                Event("merged", at(5), Person(login, "[bot]" in login) if login else None),
            ),
            **told,
        )

    by_bot, by_ann, unknown = merged(1, "merge[bot]"), merged(2, "ann"), merged(3, None)
    by_ghost = merged(4, "ghost", author="ghost")
    imported = replace(merged(5, None), merged_by=Person("eve"))
    query = Query(events=("merged",))

    async def who(*items: Item) -> Actors:
        async with index_of(items) as index:
            found = await index.find(REPO, Sought(query, bots=BOTS, who=True))
        assert found is not None
        return found.actors

    assert await who(by_bot, unknown) == Actors((Actor("merge[bot]", 1),), unknown=1)
    assert await who(by_bot, by_ann) == Actors((Actor("ann", 1),), by_bots=1)
    assert await who(unknown, by_ghost) == Actors(unknown=2)
    assert await who(imported) == Actors((Actor("eve", 1),))
    async with index_of((by_ann,)) as index:
        assert (await finding(index, query)).actors == Actors()


# What is asked of paths and texts, of reviewers and assignees


async def test_what_is_not_known_is_counted_instead_of_being_passed_over() -> None:
    known = item(1, title="Kernel", body="It crashes.", files=("vllm/rocm.py",))
    swept = item(2, title="A kernel")
    issue = item(3, kind="issue", title="Kernel", body="")
    async with index_of((known, swept, issue)) as index:
        crash = await finding(index, Query(words=("crash",)))
        kernel = await finding(index, Query(words=("kernel",)))
        touching = await finding(index, Query(paths=("rocm",)))
        both = await finding(index, Query(words=("kernel",), paths=("rocm",), kind="pull_request"))
        neither = await finding(index, Query(words=("crash",), kind="issue"))

    assert ([match.number for match in crash.matches], crash.untold) == ([1], 1)
    assert ({match.number for match in kernel.matches}, kernel.untold) == ({1, 2, 3}, 0)
    assert ([match.number for match in touching.matches], touching.untold) == ([1], 1)
    assert ([match.number for match in both.matches], both.untold) == ([1], 1)
    assert (neither.matches, neither.untold) == ((), 0)


async def test_whom_an_item_waits_for_is_not_denied_where_it_was_never_read() -> None:
    listed = replace(item(1, body=None), assignees=None)
    closed = item(2, body=None, events=(event("opened", 0), event("closed_unmerged", 5)))
    for_bob = replace(item(3, body=""), review_requests=("bob",), assignees=())
    for_ann = replace(item(4, body=""), review_requests=(), assignees=("ann",))
    reviewed = replace(item(7, body="", reviews=(review("bob", 5),)), assignees=())
    unreviewed = replace(item(8, body=""), assignees=())
    decided = replace(item(5), review_requests=(), assignees=(), review_decision="APPROVED")
    issue = replace(item(6, kind="issue"), assignees=())
    async with index_of((listed, closed, for_bob, for_ann, decided, issue, reviewed, unreviewed)) as index:

        async def told(query: Query) -> tuple[set[int], int]:
            found = await finding(index, query)
            return {match.number for match in found.matches}, found.untold

        def of(role: Role, login: str, *states: QueryState) -> Query:
            return Query(states=states, people=(Part(role, login),))

        assert await told(Query(states=("waiting",))) == (
            {3, 4, 8},
            1,
        )  # whose reviews are known tells by them
        assert await told(of("requested", "bob")) == ({3}, 4)
        assert await told(of("requested", "bob", "open")) == ({3}, 3)
        assert await told(of("requested", "bob", "waiting")) == ({3}, 2)
        assert await told(of("requested", "eve", "open")) == (set(), 3)
        assert await told(of("assignee", "ann", "open")) == ({4}, 1)
        assert await told(of("involved", "ann", "open")) == ({4}, 5)
        assert await told(of("author", "eve", "open")) == (set(), 0)
        assert await told(Query(numbers=(3,), people=(Part("requested", "eve"),))) == (set(), 0)


async def test_what_was_said_in_a_thread_that_was_never_read_is_not_denied() -> None:
    listed = item(1, body=None, updated=5, events=(event("opened", -50),))
    earlier = item(2, body=None, updated=-5, events=(event("opened", -50),))
    later = item(3, body=None, updated=90, events=(event("opened", 70),))
    issue = item(4, kind="issue", body=None, updated=5, events=(event("opened", 1),))
    undated = replace(item(5, body=None), updated_at=None)
    read = item(6, body="", updated=5, events=(event("opened", 1),), comments=(comment("ann", 5),))
    async with index_of((listed, earlier, later, issue, undated, read)) as index:

        async def told(query: Query, window: Window | None = HOUR) -> tuple[set[int], int]:
            found = await finding(index, query, window)
            return {match.number for match in found.matches}, found.untold

        def of(role: Role, **more: Any) -> Query:  # noqa: ANN401 - fields of a query
            return Query(people=(Part(role, "eve"),), **more)

        assert await told(Query(events=("discussed",))) == ({6}, 3)
        assert await told(Query(events=("discussed",)), None) == ({6}, 5)
        assert await told(Query(events=("reviewed",))) == (set(), 2)
        assert await told(Query(events=("reviewed",)), None) == (set(), 4)
        assert await told(Query(events=("opened", "reviewed"), kind="issue")) == ({4}, 0)
        assert await told(Query(events=("discussed",), words=("crash",), kind="issue")) == (set(), 1)
        assert await told(Query(events=("discussed",), words=("?!",))) == (set(), 0)
        assert await told(Query(events=("opened",))) == ({4, 6}, 0)
        assert await told(of("commenter")) == (set(), 3)
        assert await told(of("commenter"), None) == (set(), 5)
        assert await told(of("commenter", events=("discussed",))) == (set(), 3)
        assert await told(of("commenter", events=("opened",))) == (set(), 1)
        assert await told(of("reviewer")) == (set(), 2)
        assert await told(of("reviewer"), None) == (set(), 4)
        assert await told(of("author")) == (set(), 0)
        for number, untold in ((1, 1), (2, 0), (4, 0), (6, 0)):
            assert await told(Query(numbers=(number,), events=("reviewed",))) == (set(), untold)
            assert await told(of("reviewer", numbers=(number,))) == (set(), untold)


async def test_who_closed_what_is_not_denied_where_it_is_not_known() -> None:
    listed = item(1, body=None, events=(event("opened", 0), event("closed_unmerged", 5)))
    swept = item(2, body=None, events=(event("opened", 0), event("closed_unmerged", 5, "ann")))
    read = item(3, body="", events=(event("opened", 0), event("closed_unmerged", 5)))
    async with index_of((listed, swept, read)) as index:
        for login, matches in (("ann", {2}), ("eve", set[int]())):
            found = await finding(index, Query(people=(Part("closer", login),)))
            assert ({match.number for match in found.matches}, found.untold) == (matches, 1)


@given(worlds(), windows, st.sampled_from(("discussed", "reviewed")), st.integers(-30, 90))
@quick
async def test_what_may_have_been_said_in_the_window_is_counted(
    items: tuple[Item, ...], window: Window, event: QueryEvent, updated: int
) -> None:
    items = tuple(
        replace(each, updated_at=at(updated)) if each.number % 2 and not each.comments else each
        for each in items
    )
    said = listed(facts_of(items, window), event)
    unknown = {
        each.number
        for each in items
        if each.body is None
        and each.updated_at is not None
        and each.updated_at >= window.since
        and (each.created_at is None or each.created_at < window.until)
        and (each.is_pull_request or event == "discussed")
    }
    async with index_of(items) as index:
        found = await finding(index, Query(events=(event,)), window)

    assert found.untold == len(unknown - said.keys())


async def test_where_not_all_comments_are_held_words_may_stand_in_the_others() -> None:
    part = replace(
        item(1, title="Kernel", body="", comments=(comment("ann", 5, "It crashes."),)), comments_total=50
    )
    async with index_of((part,)) as index:
        told = [await finding(index, Query(words=(word,))) for word in ("crash", "kernel", "hang")]
        phrase = await finding(index, Query(phrases=("it hangs",)))
        by_eve = await finding(index, Query(people=(Part("commenter", "eve"),)))

    assert [(len(each.matches), each.untold) for each in told] == [(1, 0), (1, 0), (0, 1)]
    assert [(len(each.matches), each.untold) for each in (phrase, by_eve)] == [(0, 1), (0, 1)]


async def test_what_does_not_touch_a_path_is_told_only_where_its_paths_are_known() -> None:
    items = (item(1, files=("csrc/a.cu",)), item(2, files=("docs/a.md",)), item(3), item(4, kind="issue"))
    async with index_of(items) as index:
        found = await finding(index, Query(filters=(Filter("path", ("csrc",), negated=True),)))

    assert ({match.number for match in found.matches}, found.untold) == ({2, 4}, 1)


@pytest.mark.parametrize("text", ["--", "???", "🔥", "|", "\ud800", "。"])
async def test_what_holds_no_letter_and_no_digit_stands_nowhere(text: str) -> None:
    async with index_of((item(1, title="Kernel ??? -- 🔥"), item(2, body=""))) as index:
        for query in (Query(words=(text,)), Query(phrases=(text,)), Query(words=("kernel", text))):
            found = await finding(index, query)

            assert (found.matches, found.near, found.untold) == ((), (), 0)


async def test_hardware_is_found_whatever_its_count() -> None:
    titles = ("Hang on 4xB200", "2xB200-2xMI355 disaggregated", "B200 hangs", "在8xH100上崩溃", "0xB200")
    items = [item(number, title=title, body="") for number, title in enumerate(titles, start=1)]
    async with index_of(items) as index:
        expected = {"B200": {1, 2, 3}, "4xb200": {1}, "MI355": {2}, "H100": {4}, "8xH100": {4}, "0xB200": {5}}
        for word, found in expected.items():
            assert await numbers(index, Query(words=(word,))) == found, word
            assert await numbers(index, Query(phrases=(word,))) == found, word


@given(worlds(), windows)
@quick
async def test_what_may_wait_for_a_review_is_counted(items: tuple[Item, ...], window: Window) -> None:
    items = tuple(
        replace(each, review_requests=None) if each.number % 2 else each for each in mark_bots(items, BOTS)
    )
    query = Query(states=("waiting",))
    async with index_of(items) as index:
        now, then = await finding(index, query), await finding(index, query, window)
    for found, known, until in (
        (now, {each.number: each for each in items}, None),
        (then, facts_of(items, window).items, window.until),
    ):
        is_open = [
            each
            for each in items
            if each.number in known
            and each.is_pull_request
            and known[each.number].state == "open"
            and not each.is_draft
        ]
        waiting = {each.number for each in is_open if is_waiting(each, until)}
        assert {match.number for match in found.matches} == waiting
        assert found.untold == sum(waiting_is_unknown(each, until) for each in is_open)


async def test_items_with_most_of_the_words_are_near_when_none_has_them_all() -> None:
    near = item(1, title="Prefix caching crashes")
    far = item(2, title="Prefix")
    closed = item(3, title="Prefix caching on TPU", events=(event("opened", 0), event("closed_unmerged", 1)))
    async with index_of((near, far, closed)) as index:
        found = await finding(index, Query(words=("prefix", "caching", "quokka"), states=("open",)))

    assert (found.matches, found.near) == ((), (1, 2))


async def test_outside_are_those_that_match_but_for_the_window() -> None:
    early = item(1, events=(event("opened", -90), event("merged", -80)))
    async with index_of((early, item(2, events=(event("opened", 5),)))) as index:
        merged = await finding(index, Query(events=("merged",)), HOUR)
        opened = await finding(index, Query(events=("opened",)), HOUR)

    assert (merged.matches, merged.outside) == ((), 1)
    assert ([match.number for match in opened.matches], opened.outside) == ([2], None)


async def test_numbers_are_looked_at_whatever_happened_when() -> None:
    early = item(1, events=(event("opened", -90), event("merged", -80)))
    async with index_of((early,)) as index:
        asked = await finding(index, Query(numbers=(1, 7)), HOUR)
        merged = await finding(index, Query(numbers=(1,), states=("merged",)), HOUR)
        now = await finding(index, Query(numbers=(1,), events=("merged",)), HOUR)

    assert ([match.number for match in asked.matches], set(asked.held), asked.searched) == ([1], {1}, 1)
    assert [match.number for match in merged.matches] == [1]
    assert now.matches == ()


# Order


async def test_matches_come_in_the_order_that_is_asked_for() -> None:
    first = replace(
        item(1, events=(event("opened", 1),), comments=(comment("ann", 50),), updated=50), additions=5
    )
    second = replace(
        item(
            2,
            events=(event("opened", 2),),
            comments=(comment("ann", 20), comment("bob", 21), comment("helper", 22)),
            updated=22,
        ),
        additions=900,
        deletions=1,
    )
    third = item(3, events=(event("opened", 0), event("merged", 30)), updated=30)
    async with index_of((first, second, third)) as index:

        async def ordered(window: Window | None, query: Query) -> list[int]:
            return [match.number for match in (await finding(index, query, window)).matches]

        for window in (HOUR, None):
            assert await ordered(window, Query()) == [2, 1, 3]
            assert await ordered(window, Query(order="newest")) == [2, 1, 3]
            assert await ordered(window, Query(order="oldest")) == [3, 1, 2]
            assert await ordered(window, Query(order="updated")) == [1, 3, 2]
            assert await ordered(window, Query(order="discussed")) == [2, 1, 3]
            assert await ordered(window, Query(order="largest")) == [2, 1, 3]
            assert await ordered(window, Query(events=("opened", "merged"))) == [3, 2, 1]
        told = {match.number: match.comments for match in (await finding(index, Query())).matches}
        assert told == {1: 1, 2: 2, 3: 0}  # the third was by a bot that only the rules know


async def test_the_best_match_of_the_words_comes_first() -> None:
    mentioned = item(2, title="Startup", body="It may be the scheduler.")
    titled = item(1, title="Scheduler")
    async with index_of((mentioned, titled)) as index:
        best = await finding(index, Query(words=("scheduler",)))
        newest = await finding(index, Query(words=("scheduler",), order="newest"))

    assert [match.number for match in best.matches] == [1, 2]
    assert [match.number for match in newest.matches] == [2, 1]


# Hostile and long queries


async def test_a_query_of_any_length_is_answered_and_harms_nothing() -> None:
    many = tuple(f"word{number}" for number in range(400))
    hostile = ('a" OR b', "'; DROP TABLE repos; --", "NEAR(", "*", "{title}:x", "\0", "\ud800")
    filters = tuple(
        Filter(key, many, negated)
        for key in ("label", "author", "path")
        for negated in (True, False)
        for _ in range(20)
    )
    people = tuple(Part("involved", login) for login in (*many, *hostile))
    async with index_of((item(1),)) as index:
        for query in (
            Query(words=many),
            Query(words=("|".join(many),), phrases=many),
            Query(words=hostile, phrases=hostile),
            Query(filters=filters, people=people, paths=(*many, *hostile), labels=(*many, *hostile)),
            Query(numbers=tuple(range(100_000))),
        ):
            await finding(index, query)
            await finding(index, query, HOUR)

        assert await numbers(index, Query()) == {1}  # the file is the same


async def test_importance_is_told_to_be_no_filter_of_questions() -> None:
    async with index_of((item(1),)) as index:
        for filters in ((Filter("importance", ("5",)),), (Filter("is", ("odd",)),)):
            with pytest.raises(BadInput) as raised:
                await finding(index, Query(filters=filters))
            assert raised.value.key in ("filter.importance_in_questions", "filter.is_unknown")


async def test_a_question_that_was_refused_leaves_the_next_one_of_its_window_as_it_was() -> None:
    async with index_of((item(1, events=(event("opened", 1),)),)) as index:
        with pytest.raises(BadInput):
            await finding(index, Query(filters=(Filter("importance", ("5",)),)), HOUR)

        assert await numbers(index, Query(), HOUR) == {1}


# Following


async def test_what_changed_or_is_gone_is_found_as_it_is_now() -> None:
    async with index_of((item(1, labels=("bug",), files=("a.py",)), item(2, labels=("bug",)))) as index:
        labelled, moved = Query(labels=("BUG",)), Query(paths=("b.py",))
        before = await numbers(index, labelled)
        await put(index, [item(1, labels=("rocm",), files=("b.py",), comments=(comment("ann", 1),))])
        after = await index.position(REPO)
        await index.apply(REPO, (), (2,), after=after, position=after + 1)

        assert before == {1, 2}
        assert await numbers(index, labelled) == set()
        assert await numbers(index, moved) == {1}
        assert await numbers(index, Query()) == {1}


async def test_a_window_that_was_looked_at_is_looked_at_anew_once_something_changed() -> None:
    async with index_of((item(1, events=(event("opened", 1),)),)) as index:
        before = await numbers(index, Query(), HOUR)
        await put(index, [item(2, events=(event("opened", 2),))])
        windows = [Window(HOUR.since, at(minutes), "UTC") for minutes in range(1, 12)]
        each = [await numbers(index, Query(), window) for window in windows]

        assert (before, await numbers(index, Query(), HOUR)) == ({1}, {1, 2})
        assert each == [set(), {1}, *[{1, 2}] * 9]


async def test_an_index_that_has_not_come_that_far_finds_nothing_instead_of_too_little() -> None:
    async with index_of((item(1),)) as index:
        reached = await index.position(REPO)

        assert await index.find(REPO, Sought(Query()), position=reached) is not None
        assert await index.find(REPO, Sought(Query()), position=reached + 1) is None
        assert await index.find(REPO, Sought(Query(), rules="unknown"), position=reached) is None
        assert await index.find("other/repo", Sought(Query())) == Finding()


@given(worlds(), st.lists(windows, max_size=3))
@quick
async def test_what_happened_in_windows_is_what_digests_of_them_count(
    items: tuple[Item, ...], asked: list[Window]
) -> None:
    async with index_of(items) as index:
        happened = await index.happened(REPO, asked, BOTS)

    assert happened is not None
    for window, counted in zip(asked, happened, strict=True):
        counts = facts_of(items, window).counts
        told = {name: n for name, n in asdict(counted).items() if n is not None}
        assert told == {name: getattr(counts, name) for name in told}
        unread = [item for item in items if item.body is None]
        there = [item for item in unread if item.created_at is None or item.created_at < window.until]
        assert (counted.comments is None) == bool(there)

"""The catalogue: what a query finds is what a digest of the same window counts, whatever happened in it."""

from __future__ import annotations

import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store.search import Document, Finding, Sought, TextIndex, open_index
from summarizer.counting import build_facts
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.questions.query import Part, Query, Role
from summarizer.topics import mark_bots
from summarizer.windows import Window
from tests.adapters.store.worlds import BOTS, LABELS, PATHS, PEOPLE, windows, worlds
from tests.builders import HOUR, REPO, at, comment, coverage, event, item, review

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from datetime import datetime

    from summarizer.facts import Facts
    from summarizer.items import Item, Person
    from summarizer.questions.query import QueryEvent

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
        assert await numbers(index, Query(filters=tuple(each)), window) == set(facts.passing or ())


# How items stand, and whose they are


def is_waiting(stored: Item, until: datetime | None) -> bool:
    cut = stored if until is None else stored.as_of(until)
    if cut is None or not cut.is_pull_request or cut.state != "open" or cut.is_draft:
        return False
    decisive = ("APPROVED", "CHANGES_REQUESTED")
    given = [each for each in stored.reviews if not each.author.is_bot and each.state in decisive]
    last = {
        each.author.login: each.state
        for each in cut.reviews
        if not each.author.is_bot and each.state in (*decisive, "DISMISSED")
    }
    later = until is not None and any(each.submitted_at >= until for each in given)
    if stored.review_decision == "REVIEW_REQUIRED" and not later:
        return True
    asked_again = stored.review_requests or ()
    if any(state in decisive and login not in asked_again for login, state in last.items()):
        return False
    return bool(given) or stored.review_decision not in decisive


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


# What is asked of paths and texts


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

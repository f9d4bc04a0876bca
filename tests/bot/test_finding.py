"""A question over a mirror: members are those of a digest's ledger, details are whole and as of the window's end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.chat import unwatched
from adapters.store.search.belonging import CHANGES
from bot.find import Find
from bot.following import BATCH
from summarizer.counting import build_facts
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.questions.query import Part, Query
from summarizer.topics import Mend, Rule, Topic, TopicRules, mark_bots, match_topics
from summarizer.topics.mends import UNDATED
from summarizer.topics.organisations import Organisation
from tests.adapters.store.worlds import BOTS, PEOPLE, windows, worlds
from tests.builders import HOUR, REPO, at, comment, coverage, event, item, reading, review

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.chat import Progress
    from adapters.store import Store
    from summarizer.items import Item
    from summarizer.questions.found import Found
    from summarizer.windows import Window

AMD = Topic(
    "amd",
    {"en": "AMD/ROCm"},
    ("rocm",),
    (
        Rule("title", ("rocm",), "about"),
        Rule("body", ("rocm",), "tagged"),
        Rule("label", ("rocm",), "tagged"),
        Rule("path", ("(?:vllm|docs)/",), "about", share=0.5),
        Rule("author", ("eve",), "about"),
        Rule("organisation", ("bob|ann",), "tagged", organisation="Ours"),
        Rule("linked", (), "tagged"),
    ),
)
CI = Topic(
    "ci",
    {"en": "CI"},
    (),
    (Rule("label", ("ci/build",), "about"), Rule("author", ("ann",), "tagged"), Rule("linked", (), "about")),
)
RULES = TopicRules(
    (AMD, CI),
    "0" * 64,
    bots=BOTS,
    organisations={"ours": Organisation("ours", "Ours", logins=("ANN",), patterns=("b.b",))},
)
repos = (f"owner/repo-{number}" for number in count())


@pytest.fixture
async def find(tmp_path: Path, store: Store) -> AsyncIterator[Find]:
    async with Find(tmp_path / "search.db", store) as find:
        yield find


async def save(store: Store, *items: Item, repo: str = REPO) -> None:
    await store.mirror.save(repo, [reading(each) for each in items])


async def found(
    find: Find,
    query: Query,
    window: Window | None = HOUR,
    *,
    repo: str = REPO,
    rules: TopicRules = RULES,
    shown: int = 30,
    merged: frozenset[int] | None = None,
    progress: Progress = unwatched,
) -> Found:
    return await find.found(
        repo,
        query,
        window=window,
        rules=rules,
        now=at(120),
        coverage=coverage(),
        mirror_from=None,
        synced_until=at(120),
        shown=shown,
        merged=merged,
        progress=progress,
    )


def numbers(found: Found) -> list[int]:
    return [match.number for match in found.matches]


# Topics


@st.composite
def mends(draw: st.DrawFn) -> Mend:
    on_item = draw(st.booleans())
    return Mend(
        draw(st.sampled_from(("amd", "ci"))),
        draw(st.sampled_from(("add", "remove"))),
        draw(st.integers(1, 7)) if on_item else None,
        None if on_item else draw(st.sampled_from((*PEOPLE, "CY"))),
        by="someone",
        at=UNDATED,
    )


@given(worlds(), windows, st.lists(mends(), max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
async def test_members_are_those_of_a_digests_ledger(
    find: Find, store: Store, items: tuple[Item, ...], window: Window, mended: list[Mend]
) -> None:
    repo = next(repos)
    items = tuple(replace(item, repo=repo) for item in items)
    await save(store, *items, repo=repo)
    rules = RULES.mended(mended)
    facts = build_facts(
        repo=repo, window=window, items=mark_bots(items, BOTS), coverage=coverage(), topics=rules.topics
    )
    for key, ledger in facts.ledgers.items():
        told = await found(find, Query(topics=(key,)), window, repo=repo, rules=rules)

        assert set(numbers(told)) == {*ledger.about, *ledger.tagged}
        assert (told.about, told.tagged) == (len(ledger.about), len(ledger.tagged))
        assert told.ledgers == {key: ledger}
        assert told.items == {number: facts.items[number] for number in numbers(told)}
        [tiers] = await find.tiers(repo, [key], [window], rules)
        assert (tiers[key].about, tiers[key].tagged) == (len(ledger.about), len(ledger.tagged))
        changed = await found(find, Query(topics=(key,), events=CHANGES), window, repo=repo, rules=rules)
        events = {match.number: match.event for match in changed.matches}
        members = await find.members(repo, key, window, rules)
        assert {each.number: (each.tier, each.at, each.event) for each in members} == {
            each.number: (
                "about" if each.number in ledger.about else "tagged",
                each.at,
                events.get(each.number, ""),
            )
            for each in told.matches
        }
        without = await found(
            find, Query(filters=(Filter("topic", (key,), negated=True),)), window, repo=repo, rules=rules
        )
        assert set(numbers(without)) == facts.items.keys() - ledger.reasons.keys()


@given(worlds(), st.lists(mends(), max_size=3))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
async def test_without_a_window_members_are_those_among_all_items(
    find: Find, store: Store, items: tuple[Item, ...], mended: list[Mend]
) -> None:
    repo = next(repos)
    items = tuple(replace(item, repo=repo) for item in items)
    await save(store, *items, repo=repo)
    rules = RULES.mended(mended)
    for key, ledger in match_topics(mark_bots(items, BOTS), rules.topics).items():
        told = await found(find, Query(topics=(key,)), None, repo=repo, rules=rules)

        assert set(numbers(told)) == {*ledger.about, *ledger.tagged}
        assert (told.about, told.tagged) == (len(ledger.about), len(ledger.tagged))
        assert told.ledgers == {key: ledger}


async def test_a_ledger_tells_of_links_to_items_that_are_not_shown(find: Find, store: Store) -> None:
    about = item(1, title="[ROCm] Kernel", events=(event("opened", 1),))
    linked = item(2, title="It crashes", kind="issue", linked=(1,), events=(event("opened", 2),))
    await save(store, about, linked)

    told = await found(find, Query(topics=("amd",), kind="issue"))

    assert numbers(told) == [2]
    assert told.items.keys() == {2}
    assert (told.ledgers["amd"].tagged, told.ledgers["amd"].about, told.ledgers["amd"].total) == ((2,), (), 2)
    assert [(each.rule, each.value) for each in told.ledgers["amd"].reasons[2]] == [("linked", "#1")]


async def test_rules_that_changed_hold_for_what_was_indexed_before(
    find: Find, store: Store, tmp_path: Path
) -> None:
    hip = replace(AMD, rules=(Rule("title", ("hip",), "about"),))
    changed = replace(RULES, topics=(hip,), hash="1" * 64)
    await save(store, item(1, title="ROCm"), item(2, title="HIP graphs"))
    query = Query(topics=("amd",))

    before = numbers(await found(find, query, None))
    after = numbers(await found(find, query, None, rules=changed))
    async with Find(tmp_path / "search.db", store) as other:  # as another process that was not started anew
        await save(store, item(3, title="ROCm"), item(4, title="HIP"))
        assert set(numbers(await found(other, query, None, rules=changed))) == {2, 4}
        assert set(numbers(await found(find, query, None))) == {1, 3}

    assert (before, after) == ([1], [2])


async def test_topics_are_known_by_every_name_and_unknown_ones_are_told(find: Find, store: Store) -> None:
    await save(store, item(1, title="ROCm"))
    by_alias = await found(find, Query(filters=(Filter("topic", ("ROCM",)),)), None)

    assert (numbers(by_alias), by_alias.about, by_alias.tagged) == ([1], 1, 0)
    assert by_alias.ledgers.keys() == {"amd"}
    with pytest.raises(BadInput):
        await found(find, Query(filters=(Filter("topic", ("nothing",)),)), None)


# People


async def test_the_people_of_an_organisation_are_known_by_whole_logins_in_any_case(
    find: Find, store: Store
) -> None:
    authors = ("ann", "Bab", "bobby", "eve", None)
    await save(store, *(item(number, author=author) for number, author in enumerate(authors, start=1)))

    assert set(numbers(await found(find, Query(organisations=("ours",)), None))) == {1, 2}
    assert numbers(await found(find, Query(organisations=("unknown",)), None)) == []


async def test_what_the_rules_call_a_bot_is_one_wherever_it_appears(find: Find, store: Store) -> None:
    opened = (event("opened", 1),)
    await save(
        store,
        item(1, author="Helper", events=opened),
        item(2, events=opened, comments=(comment("helper", 2), comment("ann", 3))),
        item(3, events=opened, reviews=(review("helper", 2),)),
    )
    by_bots = await found(find, Query(filters=(Filter("is", ("bot",)),)))
    discussed = await found(find, Query(events=("discussed",)))

    assert numbers(by_bots) == [1]
    assert [(match.number, match.comments) for match in discussed.matches] == [(2, 1)]
    assert [each.author.is_bot for each in discussed.items[2].comments] == [True, False]
    assert numbers(await found(find, Query(events=("reviewed",)))) == []


async def test_that_nobody_reviewed_is_not_said_over_a_thread_that_was_never_read_or_was_swept(
    find: Find, store: Store
) -> None:
    reviewed = Query(numbers=(1,), events=("reviewed",), form="who")
    whole = item(1, body="", events=(event("opened", 1),), reviews=(review("ann", 2),), updated=2)
    await store.mirror.save(REPO, [reading(whole, "light")])
    listed = await found(find, reviewed, None)
    await store.mirror.save(REPO, [reading(whole, minutes=1500)])
    read = await found(find, reviewed, None)
    await store.mirror.drop_texts(REPO, at(60), keep=())
    swept = await found(find, reviewed, None)

    assert [(numbers(told), told.untold, told.complete) for told in (listed, read, swept)] == [
        ([], 1, False),
        ([1], 0, True),
        ([], 1, False),
    ]


async def test_what_is_about_a_topic_may_have_been_reviewed_in_a_window_in_which_nothing_else_is_known(
    find: Find, store: Store
) -> None:
    opened = (event("opened", -90),)
    listed = [item(1, title="ROCm", events=opened, updated=5), item(2, title="TPU", events=opened, updated=5)]
    await store.mirror.save(REPO, [reading(each, "light") for each in listed])
    amd = Query(events=("reviewed",), topics=("amd",))
    without = Query(events=("reviewed",), filters=(Filter("topic", ("ci",), negated=True),))

    assert [
        (numbers(told), told.untold) for told in (await found(find, amd), await found(find, without))
    ] == [
        ([], 1),
        ([], 2),
    ]
    assert (await found(find, amd)).complete is False


async def test_that_nothing_waits_for_somebody_is_not_said_over_what_was_never_read(
    find: Find, store: Store
) -> None:
    listed = item(1, events=(event("opened", 1),))
    read = replace(item(2, body="", events=(event("opened", 2),)), review_requests=("ann",), assignees=())
    await save(store, listed, read)
    waits = Query(states=("open",), people=(Part("requested", "bob"),))
    before = await found(find, waits, None)
    await save(store, replace(listed, review_requests=(), assignees=()))
    after = await found(find, waits, None)

    assert (numbers(before), before.untold, before.complete) == ([], 1, False)
    assert (numbers(after), after.untold, after.complete) == ([], 0, True)


# Releases


async def test_what_went_into_a_release_is_what_was_merged_whenever_that_was(
    find: Find, store: Store
) -> None:
    early = item(1, title="[ROCm] Early", events=(event("opened", -90), event("merged", -80, "ann")))
    linked = item(2, linked=(1,), events=(event("opened", -90), event("merged", -70, "bob")))
    within = item(3, events=(event("opened", 1), event("merged", 20, "bob")))
    not_in_it = item(4, title="[ROCm] Later", events=(event("opened", 1), event("merged", 30, "eve")))
    await save(store, early, linked, within, not_in_it)
    members = frozenset({1, 2, 3})
    merged = Query(events=("merged",))

    told = await found(find, merged, merged=members)
    assert [(match.number, match.at) for match in told.matches] == [(3, at(20)), (2, at(-70)), (1, at(-80))]
    assert told.searched == 4
    amd = await found(find, replace(merged, topics=("amd",)), merged=members)
    assert (set(numbers(amd)), amd.about, amd.tagged) == ({1, 2}, 1, 1)
    who = await found(find, replace(merged, form="who"), merged=members)
    assert [(each.login, each.items) for each in who.actors.people] == [("bob", 2), ("ann", 1)]
    assert who.actors.unknown == 0
    assert set(numbers(await found(find, merged, merged=frozenset()))) == set()
    for by_time in (replace(merged, form="trend"), replace(merged, events=("merged", "closed"))):
        assert set(numbers(await found(find, by_time, merged=members))) == {3, 4}
    assert set(numbers(await found(find, merged))) == {3, 4}


# Details


async def test_what_is_shown_is_whole_and_as_it_stood_at_the_windows_end(find: Find, store: Store) -> None:
    stored = item(
        1,
        title="Kernel",
        body="Text.",
        events=(event("opened", 1), event("merged", 90)),
        comments=(comment("ann", 5), comment("bob", 95)),
    )
    await save(store, stored)
    told = await found(find, Query(states=("open",)))

    assert told.items == {1: stored.as_of(HOUR.until)}
    assert [(match.number, match.at, match.author) for match in told.matches] == [(1, at(5), "alice")]
    assert (await found(find, Query(states=("merged",)), None)).items == {1: stored}


async def test_only_the_first_are_read_whole_but_all_are_told(find: Find, store: Store) -> None:
    await save(store, *(item(number, events=(event("opened", number),)) for number in range(1, 8)))
    told = await found(find, Query(order="oldest", limit=2), shown=3)

    assert numbers(told) == [1, 2, 3, 4, 5, 6, 7]
    assert [*told.items] == [1, 2, 3]


async def test_items_asked_for_by_number_are_shown_whether_or_not_they_match(
    find: Find, store: Store
) -> None:
    early = item(1, events=(event("opened", -90), event("merged", -80)))
    await save(store, early, item(2), item(3))
    await store.mirror.bury(REPO, {2: "deleted", 3: "transferred"}, at(10))
    await found(find, Query())
    told = await found(find, Query(numbers=(1, 2, 3, 99), events=("merged",)))

    assert told.matches == ()
    assert told.items == {1: early}
    assert told.missing == {2: "deleted", 3: "transferred", 99: "unknown"}
    assert told.searched == 1


async def test_what_was_swept_of_its_text_may_match_for_all_that_is_known(find: Find, store: Store) -> None:
    await save(store, item(1, title="Kernel", body="It crashes.", files=("vllm/rocm.py",), updated=1))
    crash, touching = Query(words=("crash",)), Query(paths=("rocm",))
    before = [await found(find, query, None) for query in (crash, touching)]
    await store.mirror.drop_texts(REPO, at(60), keep=())
    after = [await found(find, query, None) for query in (crash, touching, Query(words=("kernel",)))]

    assert [(numbers(told), told.untold, told.complete) for told in before] == [([1], 0, True)] * 2
    assert [(numbers(told), told.untold, told.complete) for told in after] == [
        ([], 1, False),
        ([], 1, False),
        ([1], 0, True),
    ]


# Following


async def test_an_equal_question_finds_what_changed_meanwhile(find: Find, store: Store) -> None:
    query = Query(events=("merged",))
    await save(store, item(1, events=(event("opened", 1),)))
    before = numbers(await found(find, query))
    await store.mirror.save(
        REPO, [reading(item(1, events=(event("opened", 1), event("merged", 2)), updated=2), minutes=1500)]
    )

    assert (before, numbers(await found(find, query))) == ([], [1])


async def test_those_who_ask_at_once_wait_for_one_indexing_and_are_told_how_far_it_is(
    find: Find, store: Store
) -> None:
    many = BATCH + 5
    await save(store, *(item(number, title=f"Kernel {number}") for number in range(1, many + 1)))
    told: list[tuple[str, int, int | None]] = []

    def progress(key: str, done: int, total: int | None) -> None:
        told.append((key, done, total))

    asked = (
        found(find, Query(words=("kernel",), numbers=(number,)), None, progress=progress)
        for number in range(1, 21)
    )
    assert [numbers(each) for each in await asyncio.gather(*asked)] == [[number] for number in range(1, 21)]
    assert told == [("index", 0, many), ("index", BATCH, many)]


async def test_names_that_are_known_so_far_are_told_without_reading_anything(
    find: Find, store: Store
) -> None:
    await save(store, item(1, author="Ann", labels=("Bug",), comments=(comment("bob", 1),)))
    before = await find.names(REPO)
    await found(find, Query())
    after = await find.names(REPO)

    assert (before.logins, before.labels) == (frozenset(), frozenset())
    assert set(after.logins) == {"ann", "bob"}
    assert set(after.labels) == {"bug"}


async def test_the_event_loop_goes_on_while_many_ask(find: Find, store: Store) -> None:
    await save(store, *(item(number, title=f"Kernel {number}") for number in range(1, 200)))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await asyncio.gather(*(found(find, Query(words=(f"{number}|kernel",)), None) for number in range(20)))
    turning.cancel()

    assert turns > 20

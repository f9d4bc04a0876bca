"""Facts: what is counted and listed of a window, and what is not."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import languages
from summarizer.counting import MAX_HOT, build_facts
from summarizer.errors import BadInput
from summarizer.facts import LIST_NAMES, Contributor, Counts, Facts, FileHeat, Hot, Listed, ListName
from summarizer.filters import Filter, FilterSummary
from summarizer.items import Coverage, Item, Release, Seen
from summarizer.topics import load_topics
from summarizer.windows import Window, previous
from tests.builders import HOUR, REPO, at, comment, coverage, event, item, review

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.items import Event, EventName, Kind

TOPICS = load_topics().topics


def facts(
    *items: Item,
    window: Window = HOUR,
    filters: Sequence[Filter] = (),
    baseline: tuple[Window, Iterable[Item]] | None = None,
    releases: Iterable[Release] = (),
    covered: Coverage | None = None,
    related: Iterable[Item] = (),
    merged: frozenset[int] | None = None,
) -> Facts:
    return build_facts(
        repo=REPO,
        window=window,
        items=items,
        releases=releases,
        topics=TOPICS,
        filters=filters,
        coverage=covered or coverage(),
        baseline=baseline,
        related=related,
        merged=merged,
    )


def listed(found: Facts) -> dict[ListName, list[int]]:
    return {name: [row.number for row in rows] for name, rows in found.lists.items() if rows}


# --- lists


@pytest.mark.parametrize(
    ("kind", "events", "lists"),
    [
        ("issue", [("opened", 1)], ["issues_opened"]),
        ("issue", [("opened", -1), ("closed", 1)], ["issues_closed"]),
        ("issue", [("opened", 1), ("closed", 2)], ["issues_opened", "issues_closed"]),
        ("issue", [("opened", -1), ("closed", 1), ("reopened", 2)], ["reopened"]),
        ("issue", [("closed", -1), ("reopened", 1), ("closed", 2)], ["issues_closed"]),
        ("issue", [("closed", 1), ("reopened", 2), ("closed", 3)], ["issues_closed"]),
        ("issue", [("closed", 1), ("reopened", 99)], ["issues_closed"]),
        ("pull_request", [("opened", 1)], ["prs_opened"]),
        ("pull_request", [("opened", 1), ("merged", 2)], ["prs_opened", "prs_merged"]),
        ("pull_request", [("opened", -1), ("closed_unmerged", 1)], ["prs_closed_unmerged"]),
        ("pull_request", [("closed_unmerged", 1), ("reopened", 2)], ["reopened"]),
        ("pull_request", [("closed_unmerged", 1), ("reopened", 2), ("merged", 3)], ["prs_merged"]),
        ("pull_request", [("merged", 1), ("closed_unmerged", 1)], ["prs_merged"]),
        ("pull_request", [("closed", 1)], ["prs_closed_unmerged"]),
        ("pull_request", [("merged", -1), ("closed", 1)], []),
        ("pull_request", [("opened", -2), ("merged", -1)], []),
        ("pull_request", [("opened", 60)], []),
        ("pull_request", [("opened", 0)], ["prs_opened"]),
    ],
)
def test_an_item_stands_where_its_last_event_of_a_pair_puts_it(
    kind: Kind, events: list[tuple[EventName, float]], lists: list[ListName]
) -> None:
    found = facts(item(kind=kind, events=tuple(event(name, minutes) for name, minutes in events)))
    assert sorted(listed(found)) == sorted(lists)


def test_lists_are_by_event_time_then_number() -> None:
    found = facts(
        item(3, events=(event("opened", 5),)),
        item(2, events=(event("opened", 9),)),
        item(1, events=(event("opened", 9),)),
    )
    assert found.lists["prs_opened"] == (Listed(3, at(5)), Listed(1, at(9)), Listed(2, at(9)))
    assert list(found.items) == [1, 2, 3]


def test_what_happened_later_is_not_known() -> None:
    stored = item(
        events=(event("opened", 1), event("merged", 61)),
        comments=(comment("bob", 2), comment("bob", 62)),
        reviews=(review("bob", 63),),
    )
    found = facts(stored)
    assert found.items[1].state == "open"
    assert found.items[1].merged_at is None
    assert len(found.items[1].comments) == 1
    assert found.items[1].reviews == ()
    assert found.counts == Counts(prs_opened=1, comments=1, participants=2)


def test_an_item_that_was_only_talked_of_is_among_the_items_and_in_no_list() -> None:
    found = facts(item(comments=(comment("bob", 1),)), item(2, comments=(comment("bob", -1),)))
    assert list(found.items) == [1]
    assert listed(found) == {}


def test_releases_of_the_window_are_listed_and_counted() -> None:
    releases = [Release(f"v{minutes}", "", "", at(minutes)) for minutes in (70, 5, 1, -5)]
    found = facts(releases=releases)
    assert [release.tag_name for release in found.releases] == ["v1", "v5"]
    assert found.counts.releases == 2


def test_what_is_carried_over_is_listed_outside_the_counts() -> None:
    late = item(7, events=(event("opened", -99),))
    found = build_facts(
        repo=REPO,
        window=HOUR,
        items=[late],
        coverage=coverage(),
        topics=TOPICS,
        carried_over=[Listed(7, at(-99)), Listed(8, at(-99))],
    )
    assert found.lists["carried_over"] == (Listed(7, at(-99)),)
    assert list(found.items) == [7]
    assert found.ledgers["amd"].total == 1
    assert found.counts == Counts()


# --- people


def test_bots_are_listed_but_are_no_participants_and_their_comments_do_not_count() -> None:
    found = facts(
        item(
            1,
            author="dependabot[bot]",
            is_bot=True,
            events=(event("opened", 1),),
            comments=(comment("mergify[bot]", 2, is_bot=True), comment("alice", 3)),
            reviews=(review("codex[bot]", 4, body="Hm.", is_bot=True),),
        )
    )
    assert listed(found) == {"prs_opened": [1]}
    assert (found.counts.comments, found.counts.participants) == (1, 1)
    assert found.hot == (Hot(1, 1, ("alice",)),)
    assert found.contributors == ()


def test_reviews_that_say_something_are_participation_and_no_comments() -> None:
    found = facts(
        item(
            1,
            author="alice",
            comments=(comment("bob", 1),),
            reviews=(
                review("carol", 2, "APPROVED"),
                review("dave", 3, "COMMENTED", "Why?"),
                review("erin", 4, "COMMENTED"),
                review("frank", 5, "PENDING", "Draft."),
            ),
        )
    )
    assert (found.counts.comments, found.counts.participants) == (1, 3)
    assert found.hot == (Hot(1, 1, ("bob", "carol", "dave")),)
    assert found.contributors == (Contributor("carol", reviews=1), Contributor("dave", reviews=1))


def test_who_opens_merges_or_closes_takes_part_and_a_deleted_account_is_nobody() -> None:
    found = facts(
        item(1, author="alice", merged_by="mona", events=(event("opened", 1), event("merged", 2))),
        item(2, kind="issue", author="ghost", events=(event("opened", 1), event("closed", 2, "zoe"))),
        item(3, author=None, events=(event("opened", 1),), comments=(comment("ghost", 2),)),
    )
    assert found.counts.participants == 3
    assert found.counts.comments == 1
    assert found.hot == (Hot(3, 1, ()),)


def test_hot_is_by_comments_then_people_then_the_latest() -> None:
    found = facts(
        item(1, comments=(comment("a", 1), comment("a", 2))),
        item(2, comments=(comment("a", 1), comment("b", 2))),
        item(3, comments=(comment("a", 1), comment("b", 3))),
        item(4, comments=(comment("a", 1), comment("b", 2), comment("b", 3))),
        item(5, comments=(comment("x[bot]", 1, is_bot=True),)),
        item(6, events=(event("opened", 1),)),
    )
    assert [hot.number for hot in found.hot] == [4, 3, 2, 1]
    assert found.hot[0].participants == ("b", "a")


def test_only_the_hottest_threads_are_told() -> None:
    found = facts(*(item(number, comments=(comment("a", 1),)) for number in range(1, 99)))
    assert len(found.hot) == MAX_HOT


def test_contributors_are_by_merged_then_opened_then_reviews_of_others() -> None:
    found = facts(
        item(1, author="alice", events=(event("opened", 1), event("merged", 2))),
        item(2, author="alice", events=(event("opened", 1),), reviews=(review("bob", 2), review("bob", 3))),
        item(3, author="bob", events=(event("merged", 1),), reviews=(review("bob", 2), review("carol", 3))),
        item(4, kind="issue", author="dave", events=(event("opened", 1),)),
    )
    assert found.contributors == (
        Contributor("alice", merged=1, opened=2),
        Contributor("bob", merged=1, reviews=1),
        Contributor("carol", reviews=1),
    )


def test_first_time_contributors_are_authors_of_opened_or_merged_pull_requests() -> None:
    first = "FIRST_TIME_CONTRIBUTOR"
    found = facts(
        item(1, author="new", author_association=first, events=(event("opened", 5),)),
        item(2, author="newer", author_association="FIRST_TIMER", events=(event("merged", 1),)),
        item(3, author="old", author_association="MEMBER", events=(event("opened", 5),)),
        item(4, author="asks", author_association=first, kind="issue", events=(event("opened", 5),)),
        item(5, author="gone", author_association=first, events=(event("closed_unmerged", 5),)),
        item(6, author="x[bot]", is_bot=True, author_association=first, events=(event("opened", 5),)),
        item(7, author="new", author_association=first, events=(event("opened", 6),)),
    )
    assert found.first_time == ("newer", "new")


def test_file_heat_counts_pull_requests_and_leaves_single_ones_out() -> None:
    opened = (event("opened", 1),)
    found = facts(
        item(1, files=("a.py", "b.py"), events=(*opened, event("merged", 2))),
        item(2, files=("b.py", "a.py", "c.py"), events=opened),
        item(3, files=("b.py",), events=opened),
        item(4, files=("c.py",), comments=(comment("bob", 1),)),
        item(5, files=None, events=opened),
    )
    assert found.files == (FileHeat("b.py", 3), FileHeat("a.py", 2))


# --- times


def test_the_first_response_is_by_somebody_else_who_is_no_bot() -> None:
    found = facts(
        item(
            1,
            author="alice",
            events=(event("opened", 0), event("merged", 40)),
            comments=(comment("x[bot]", 1, is_bot=True), comment("alice", 2), comment("bob", 9)),
            reviews=(review("carol", 5, "COMMENTED"),),
        ),
        item(2, author="bob", kind="issue", events=(event("opened", 10),), comments=(comment("alice", 25),)),
        item(3, author="bob", events=(event("opened", 10),)),
        item(4, author="bob", events=(event("opened", -9),), comments=(comment("alice", 1),)),
    )
    assert found.timing.first_response_median_s == 10 * 60
    assert found.timing.merge_median_s == 40 * 60


def test_what_cannot_be_measured_is_unknown() -> None:
    found = facts(item(events=(event("merged", 1),), comments=(comment("bob", 2),)))
    assert (found.timing.first_response_median_s, found.timing.merge_median_s) == (None, None)


# --- filters, baseline, warnings


def test_filters_limit_lists_and_heat_but_never_counts_and_ledgers() -> None:
    opened = (event("opened", 1),)
    items = (
        item(
            1,
            title="[ROCm] x",
            events=opened,
            comments=(comment("bob", 2),),
            author_association="FIRST_TIMER",
        ),
        item(2, title="x", author="amy-amd", events=opened),
        item(3, title="y", events=opened, comments=(comment("bob", 2),)),
    )
    whole, amd = facts(*items), facts(*items, filters=[Filter("topic", ("rocm",))])
    assert amd.counts == whole.counts
    assert amd.ledgers == whole.ledgers
    assert amd.items == whole.items
    assert listed(amd) == {"prs_opened": [1, 2]}
    assert [hot.number for hot in amd.hot] == [1]
    assert {one.login for one in amd.contributors} == {"alice", "amy-amd"}
    assert amd.filter_summary == FilterSummary(2, 3, ("amd",), 1, 1)
    assert whole.filter_summary is None


def test_an_unknown_topic_is_refused_even_when_nothing_happened() -> None:
    with pytest.raises(BadInput, match=r"topics\.unknown"):
        facts(filters=[Filter("topic", ("vulkan",))])


def test_the_baseline_counts_the_window_before_as_it_was_then() -> None:
    before = Window(HOUR.since - HOUR.duration, HOUR.since, "UTC")
    stored = item(events=(event("opened", -5), event("merged", 5)), comments=(comment("bob", -1),))
    releases = [Release("v1", "", "", at(-9)), Release("v2", "", "", at(9))]
    found = facts(stored, baseline=(before, [stored]), releases=releases)
    assert found.baseline == Counts(prs_opened=1, comments=1, participants=2, releases=1)
    assert found.counts == Counts(prs_merged=1, participants=0, releases=1)
    assert facts(stored).baseline is None


def test_complete_data_needs_no_warning() -> None:
    found = facts(covered=coverage())
    assert found.complete
    assert found.warnings == ()


def test_what_is_missing_is_warned_of_with_numbers() -> None:
    covered = Coverage(Seen(10, 7), Seen(None, 3), ("search",))
    warnings = facts(covered=covered).warnings
    assert [(notice.key, dict(notice.values)) for notice in warnings] == [
        ("partial", {}),
        ("items_missing", {"seen": 7, "expected": 10}),
    ]
    for code in languages.codes():
        for notice in (*warnings, *facts(covered=replace(covered, comments=Seen(5, 3))).warnings):
            assert languages.load(code).text(f"warnings.{notice.key}", **notice.values)


# --- properties

EVENTS: tuple[EventName, ...] = ("closed", "reopened", "merged")


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """Items with histories that GitHub could tell: opened, then closed and reopened, merged at most once."""
    items = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        minutes = sorted(draw(st.lists(st.integers(0, 179), min_size=1, max_size=6)))
        kind: Kind = draw(st.sampled_from(("issue", "pull_request")))
        events: list[Event] = [event("opened", minutes[0], draw(st.sampled_from(("a", "b"))))]
        for minute in minutes[1:]:
            last = events[-1].name
            if last == "merged":
                break
            options: tuple[EventName, ...] = ("reopened",)
            if last in ("opened", "reopened"):
                options = ("closed",) if kind == "issue" else ("closed_unmerged", "merged")
            events.append(event(draw(st.sampled_from(options)), minute))
        comments = [
            comment(draw(st.sampled_from("abc")), minute, is_bot=draw(st.booleans()))
            for minute in sorted(draw(st.lists(st.integers(minutes[0], 179), max_size=5)))
        ]
        items.append(item(number, kind=kind, events=tuple(events), comments=tuple(comments)))
    return items


HOURS = [replace(HOUR, since=at(60 * n), until=at(60 * (n + 1))) for n in range(3)]
WHOLE = replace(HOUR, since=at(0), until=at(180))
CLOSING: tuple[ListName, ...] = ("issues_closed", "prs_merged", "prs_closed_unmerged", "reopened")


@given(histories())
def test_an_item_stands_at_most_once_among_the_closing_lists(items: list[Item]) -> None:
    found = facts(*items, window=WHOLE)
    numbers = [row.number for name in CLOSING for row in found.lists[name]]
    assert len(numbers) == len(set(numbers))
    assert not {row.number for row in found.lists["prs_merged"]} & {
        row.number for row in found.lists["prs_closed_unmerged"]
    }


@given(histories())
def test_adjacent_windows_tell_every_event_once(items: list[Item]) -> None:
    parts, whole = [facts(*items, window=hour) for hour in HOURS], facts(*items, window=WHOLE)
    for name in ("issues_opened", "prs_opened", "prs_merged"):
        assert [row for part in parts for row in part.lists[name]] == list(whole.lists[name])
    assert sum(part.counts.comments for part in parts) == whole.counts.comments
    for part in parts:
        assert all(row.at in part.window for rows in part.lists.values() for row in rows)


@given(histories())
def test_the_last_of_a_pair_is_what_the_whole_window_tells(items: list[Item]) -> None:
    """The state at the end and the list an item stands in agree."""
    found = facts(*items, window=WHOLE)
    state_of = {
        "issues_closed": "closed",
        "prs_closed_unmerged": "closed",
        "reopened": "open",
        "prs_merged": "merged",
    }
    for name in CLOSING:
        for row in found.lists[name]:
            assert found.items[row.number].state == state_of[name]


@given(histories())
def test_counts_are_the_lengths_of_the_lists(items: list[Item]) -> None:
    found = facts(*items)
    for name in LIST_NAMES:
        if name != "carried_over":
            assert getattr(found.counts, name) == len(found.lists[name])


@given(histories())
def test_the_order_of_what_is_stored_does_not_matter(items: list[Item]) -> None:
    assert facts(*reversed(items)) == facts(*items)


@given(histories())
def test_facts_are_picklable(items: list[Item]) -> None:
    found = facts(*items, filters=[Filter("is", ("pr",))])
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


def test_the_december_window_of_26701_tells_it_as_closed_unmerged_and_amd() -> None:
    closed = item(
        26701,
        title="[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
        author="gronsti-amd",
        labels=("rocm", "ready", "needs-rebase"),
        events=(event("closed_unmerged", 33),),
    )
    found = facts(closed, window=Window(at(-0.5), at(59), "Asia/Shanghai"))
    assert listed(found) == {"prs_closed_unmerged": [26701]}
    assert found.ledgers["amd"].about == (26701,)


def test_a_window_of_no_length_holds_nothing() -> None:
    empty = replace(HOUR, until=HOUR.since)
    assert facts(item(events=(event("opened", 0),)), window=empty).counts == Counts()


# --- tallies


MERGED: tuple[Event, ...] = (event("opened", -90), event("merged", 5))


def test_merged_pull_requests_are_tallied_by_category_and_topic_whatever_the_filters() -> None:
    found = facts(
        item(1, title="[Bugfix][ROCm] Fix AITER", events=MERGED),
        item(2, title="[Perf] Faster ROCm", events=MERGED),
        item(3, title="[Bugfix] Fix it", events=MERGED),
        item(4, title="Something", events=MERGED),
        item(5, title="[Bugfix][ROCm] Open", events=(event("opened", 1),)),
        item(6, title="[Bug]: ROCm", kind="issue", events=(event("opened", 1),)),
        item(
            7,
            title="[Perf] Merged before, on ROCm",
            events=(event("merged", -5),),
            comments=(comment("bob", 1),),
        ),
        filters=(Filter("author", ("nobody",)),),
    )

    assert found.tally.categories == {"bugfix": 2, "": 1, "performance": 1}
    assert found.tally.topics["amd"] == 2
    assert list(found.tally.categories) == ["bugfix", "", "performance"]
    assert found.baseline_tally is None


def test_the_window_before_is_tallied_like_the_window() -> None:
    before = previous(HOUR)
    past = (
        item(1, title="[Bugfix][ROCm] Fix AITER", events=(event("opened", -90), event("merged", -5))),
        item(2, title="[Perf] Faster ROCm", events=(event("opened", -5),)),
    )

    found = facts(baseline=(before, past))

    assert found.baseline_tally is not None
    assert found.baseline_tally.categories == {"bugfix": 1}
    assert found.baseline_tally.topics == {"amd": 1}
    assert found.tally.categories == {}


# --- what the items speak of


UNDONE = item(
    12, title="[Core] Move", events=(event("opened", -90), event("merged", -30), event("closed", 70))
)
REVERT = item(40, title='Revert "[Core] Move"', events=MERGED)


def test_what_a_revert_undoes_is_beside_the_items_as_it_stood_at_the_windows_end() -> None:
    found = facts(REVERT, related=[UNDONE, item(13, title="Other", events=(event("opened", -9),))])

    assert list(found.related) == [12]
    assert [each.name for each in found.related[12].events] == ["opened", "merged"]
    assert 12 not in found.items


def test_what_a_revert_undoes_is_found_in_the_window_before() -> None:
    assert list(facts(REVERT, baseline=(previous(HOUR), [UNDONE])).related) == [12]


def test_what_is_among_the_items_is_not_beside_them() -> None:
    here = replace(UNDONE, comments=(comment("bob", 3),))

    assert facts(REVERT, here, related=[UNDONE]).related == {}


# --- releases by their commits


def test_a_releases_pull_requests_are_what_was_merged_whenever_that_was() -> None:
    early = item(1, title="[Perf] Early", events=(event("opened", -90), event("merged", -30)))
    inside = item(2, title="[Bugfix] Inside", events=MERGED)
    later = item(3, title="[Docs] Not in it", events=MERGED)

    found = facts(early, inside, later, merged=frozenset((1, 2, 99)))

    assert found.lists["prs_merged"] == (Listed(1, at(-30)), Listed(2, at(5)))
    assert found.counts.prs_merged == 2
    assert found.tally.categories == {"bugfix": 1, "performance": 1}
    assert found.timing.merge_median_s == (60 * 60 + 95 * 60) / 2
    assert list(found.items) == [1, 2, 3]


def test_a_release_holds_nothing_that_was_merged_after_its_end() -> None:
    assert facts(
        item(1, events=(event("opened", 1), event("merged", 61))), merged=frozenset((1,))
    ).counts == Counts(prs_opened=1, participants=1)

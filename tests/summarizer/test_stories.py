"""Stories: what happened to an item until the window's end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from summarizer.counting import build_facts
from summarizer.stories import Chapter, reverted_by, story
from tests.builders import HOUR, REPO, at, coverage, event, item, review

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.items import Item

CHANGE = item(
    12,
    title="[Core] Move",
    events=(event("opened", -90), event("merged", -30)),
    reviews=(
        review("bot", -80, "COMMENTED", "Automatic.", is_bot=True),
        review("alice", -75, "COMMENTED", "My own remark."),
        review("bob", -70, "COMMENTED", "Why so?"),
        review("bob", -60, "CHANGES_REQUESTED"),
        review("carol", -55, "CHANGES_REQUESTED"),
        review("bob", -50, "APPROVED"),
        review("carol", -45, "APPROVED"),
    ),
    merged_by="bob",
)
REVERT = item(
    40,
    title='Revert "[Core] Move" (#12)',
    author="carol",
    events=(event("opened", 5), event("merged", 20, "bob")),
    merged_by="bob",
)


def told(*items: Item, of: Item | None = None, related: Iterable[Item] = ()) -> tuple[Chapter, ...]:
    facts = build_facts(repo=REPO, window=HOUR, items=items, coverage=coverage(), related=related)
    return story(of or items[0], facts)


def names(chapters: tuple[Chapter, ...]) -> list[str]:
    return [chapter.name for chapter in chapters]


def test_an_items_story_goes_from_its_opening_to_the_revert_by_another() -> None:
    chapters = told(REVERT, of=CHANGE, related=(CHANGE,))

    assert [(chapter.name, chapter.at, chapter.by) for chapter in chapters] == [
        ("opened", at(-90), "alice"),
        ("reviewed", at(-70), "bob"),
        ("changes_requested", at(-60), "bob"),
        ("approved", at(-50), "bob"),
        ("merged", at(-30), "bob"),
        ("reverted", at(20), "bob"),
    ]
    assert chapters[-1].number == 40
    assert [chapter.in_window for chapter in chapters] == [False] * 5 + [True]


def test_a_revert_that_is_not_merged_by_the_windows_end_is_no_part_of_it() -> None:
    late = replace(
        REVERT, events=(event("opened", 5), event("merged", 70)), merged_at=at(70), closed_at=at(70)
    )

    assert names(told(late, of=CHANGE, related=(CHANGE,)))[-1] == "merged"


def test_what_happened_after_the_window_is_not_told() -> None:
    later = item(
        1,
        events=(event("opened", 1), event("closed_unmerged", 30, "bob"), event("reopened", 61)),
        reviews=(review("bob", 62),),
    )

    assert names(told(later)) == ["opened", "closed_unmerged"]


def test_who_is_not_known_has_no_name() -> None:
    opened, closed = told(
        item(1, kind="issue", author="ghost", events=(event("opened", 1), event("closed", 2)))
    )

    assert (opened.by, closed.by) == (None, None)


def test_a_draft_is_told_without_a_time_while_it_is_open() -> None:
    draft = item(
        1, events=(event("opened", 1),), is_draft=True, reviews=(review("bob", 3, "COMMENTED", "Hm."),)
    )

    assert [(chapter.name, chapter.at) for chapter in told(draft)] == [
        ("opened", at(1)),
        ("draft", None),
        ("reviewed", at(3)),
    ]


def test_an_item_that_did_not_exist_yet_has_no_story() -> None:
    assert told(REVERT, of=item(99, events=(event("opened", 61),))) == ()


def test_the_latest_of_several_reverts_is_the_one_that_counts() -> None:
    again = replace(REVERT, number=41, merged_at=at(40), events=(event("opened", 30), event("merged", 40)))
    facts = build_facts(repo=REPO, window=HOUR, items=[REVERT, again, CHANGE], coverage=coverage())

    assert reverted_by(facts) == {12: 41}

"""Who did what, who is to do it, when it was, and which one comes first."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.questions.asking import named, query, read

PR = {"kind": "pull_request"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("issues closed by mgoin", {"kind": "issue", "events": ["closed"], "people": ["closer:mgoin"]}),
        ("issues that mgoin closed", {"kind": "issue", "events": ["closed"], "people": ["closer:mgoin"]}),
        (
            "did mgoin close #94?",
            {"events": ["closed"], "people": ["closer:mgoin"], "numbers": [94], "form": "yes_no"},
        ),
        ("issues reopened by mgoin", {"kind": "issue", "events": ["reopened"], "people": ["closer:mgoin"]}),
        ("mgoin 关闭了哪些 issue", {"kind": "issue", "events": ["closed"], "people": ["closer:mgoin"]}),
        ("由 mgoin 关闭的 issue", {"kind": "issue", "events": ["closed"], "people": ["closer:mgoin"]}),
        (
            "由 mgoin 和 octocat 合并的 PR",
            PR | {"events": ["merged"], "people": ["merger:mgoin", "merger:octocat"]},
        ),
        ("由 mgoin 提交的 PR", PR | {"people": ["author:mgoin"]}),
    ],
)
def test_who_closed_something_is_no_author(text: str, expected: dict[str, Any]) -> None:
    told = named(text)
    told.pop("events", None) if "events" not in expected else None

    assert told == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("has mgoin ever reviewed a PR?", PR | {"events": ["reviewed"], "people": ["reviewer:mgoin"]}),
        (
            "did mgoin ever open a TPU PR?",
            PR | {"events": ["opened"], "topics": ["tpu"], "people": ["author:mgoin"]},
        ),
        ("mgoin 曾经审查过 PR 吗？", PR | {"events": ["reviewed"], "people": ["reviewer:mgoin"]}),
    ],
)
def test_ever_is_at_any_time(text: str, expected: dict[str, Any]) -> None:
    assert query(text) == expected | {"form": "yes_no"}


def test_whether_somebody_did_it_is_asked_of_what_they_did() -> None:
    assert named("mgoin 有没有审查过 PR？")["people"] == ["reviewer:mgoin"]


@pytest.mark.parametrize(
    "text",
    [
        "which PRs does mgoin have to review?",
        "PRs that mgoin should review",
        "which PRs should mgoin review?",
        "PRs waiting for mgoin's review",
        "PRs waiting on mgoin",
        "等 mgoin 审查的 PR",
        "需要 mgoin 审查的 PR",
        "mgoin 要审查的 PR",
    ],
)
def test_whose_review_is_asked_for_has_not_reviewed_yet(text: str) -> None:
    assert read(text).unread == ()
    assert query(text) == PR | {"states": ["open"], "people": ["requested:mgoin"]}


@pytest.mark.parametrize(
    "text",
    [
        "should mgoin and octocat review any PRs?",
        "PRs mgoin and octocat have to review",
        "等 mgoin 和 octocat 审查的 PR",
    ],
)
def test_the_reviews_of_several_people_are_asked_for(text: str) -> None:
    found = named(text)

    assert found["states"] == ["open"]
    assert found["people"] == ["requested:mgoin", "requested:octocat"]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("which PRs does mgoin have to merge?", ("have to", "merge")),
        ("mgoin 需要合并的 PR", ("需要", "合并")),
    ],
)
def test_what_somebody_has_to_do_is_not_what_they_did(text: str, unread: tuple[str, ...]) -> None:
    found = read(text)

    assert found.unread == unread
    assert found.query.events == ()
    assert "merger" not in [part.role for part in found.query.people]


@pytest.mark.parametrize(
    "text",
    ["mgoin 审查的 PR", "我需要 mgoin 审查过的 PR", "PRs mgoin reviewed", "PRs that mgoin has reviewed"],
)
def test_who_has_reviewed_is_a_reviewer(text: str) -> None:
    assert named(text) == PR | {"events": ["reviewed"], "people": ["reviewer:mgoin"]}


@pytest.mark.parametrize("text", ["我本周的 PR", "我的本周 PR", "my PRs this week"])
def test_mine_of_a_time_are_mine(text: str) -> None:
    assert query(text) == PR | {"people": ["author:@me"], "window": "week this"}


@pytest.mark.parametrize("text", ["等我审查的", "等我 review 的", "waiting for my review"])
def test_what_waits_for_me_is_open(text: str) -> None:
    assert query(text) == {"states": ["open"], "people": ["requested:@me"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("who closed #94?", {"events": ["closed"], "numbers": [94], "form": "who"}),
        ("who reviewed #102?", {"events": ["reviewed"], "numbers": [102], "form": "who"}),
        (
            "did mgoin open #102?",
            {"events": ["opened"], "people": ["author:mgoin"], "numbers": [102], "form": "yes_no"},
        ),
        ("谁关闭了 #94？", {"events": ["closed"], "numbers": [94], "form": "who"}),
        ("谁审查了 #102？", {"events": ["reviewed"], "numbers": [102], "form": "who"}),
    ],
)
def test_an_item_that_is_named_is_looked_at_whenever_it_was(text: str, expected: dict[str, Any]) -> None:
    assert read(text).assumed == ()
    assert query(text) == expected


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("PRs merged by 2026-03-20", "before 2026-03-21"),
        ("PRs merged no later than 2026-02-28", "before 2026-03-01"),
        ("截至 2026-03-20 合并的 PR", "before 2026-03-21"),
        ("到 2026-12-31 为止合并的 PR", "before 2027-01-01"),
        ("PRs opened after 2026-03-23", "2026-03-24.."),
        ("PRs opened since 2026-03-23", "2026-03-23.."),
        ("2026-03-23 之后新开的 PR", "2026-03-24.."),
        ("2026-03-23 以来新开的 PR", "2026-03-23.."),
    ],
)
def test_a_day_that_is_a_limit_belongs_to_one_side_of_it(text: str, window: str) -> None:
    assert read(text).unread == ()
    assert query(text)["window"] == window


@pytest.mark.parametrize("text", ["PRs merged by Friday", "周五为止合并的 PR"])
def test_until_a_day_without_a_date_is_not_on_that_day(text: str) -> None:
    found = read(text)

    assert found.query.window is None
    assert [problem.key for problem in found.problems] == ["reading.unknown_window"]


def test_a_date_that_cannot_be_is_no_limit() -> None:
    assert read("PRs merged by 2026-02-30").problems
    assert read("PRs merged after 2026-02-30").problems


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("first PR by mgoin", "oldest"),
        ("the first PR by mgoin", "oldest"),
        ("the very first PR by mgoin", "oldest"),
        ("latest PR by mgoin", "newest"),
        ("the last PR by mgoin", "newest"),
        ("mgoin 的第一个 PR", "oldest"),
        ("mgoin 最近的一个 PR", "newest"),
    ],
)
def test_the_first_or_latest_one_is_one_of_any_time(text: str, order: str) -> None:
    assert query(text) == PR | {"people": ["author:mgoin"], "order": order, "limit": 1}


@pytest.mark.parametrize("text", ["latest PRs by mgoin", "first 3 PRs by mgoin", "mgoin 最新的三个 PR"])
def test_of_several_first_ones_the_usual_window_is_meant(text: str) -> None:
    assert read(text).assumed == ("window",)


@pytest.mark.parametrize(
    "text",
    [
        "any MoE PRs at any time?",
        "how many MoE PRs in total?",
        "total number of MoE PRs",
        "一共有多少 MoE 的 PR？",
        "MoE 的 PR 总共有多少？",
        "任何时候有 MoE 的 PR 吗？",
    ],
)
def test_in_total_is_at_any_time(text: str) -> None:
    assert "window" not in query(text)
    assert read(text).unread == ()


def test_in_total_of_a_time_is_of_that_time() -> None:
    assert query("how many PRs in total this week?")["window"] == "week this"
    assert query("本周一共有多少 PR？")["window"] == "week this"

"""An answer reads as somebody would say it, and says no more than is known, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from summarizer.filters import Filter
from summarizer.items import Coverage, Seen
from summarizer.languages import load
from summarizer.questions import Match, Part, Query
from summarizer.questions.composing import compose
from tests.summarizer.questions.scenes import ITEMS, RULES, TZ, WEEK, Named, before, find

if TYPE_CHECKING:
    from summarizer.questions import Answer, Found
    from summarizer.questions.query import Form

PARTLY = Coverage(Seen(200, 178), Seen(9, 8), ("items",))
IMPORTED = Coverage(Seen(None, 178), Seen(None, 8), ("imported",))
PRS_MERGED = Query(kind="pull_request", events=("merged",), window=WEEK)
OPEN = Query(kind="pull_request", states=("open",))


def answer(found: Found, lang: str = "en", **given: Any) -> Answer:  # noqa: ANN401 - of compose
    return compose(found, load(lang), rules=RULES, tz=TZ, **given)


def first(query: Query, lang: str = "en", **changes: Any) -> str:  # noqa: ANN401 - fields of Found
    return answer(find(query, **changes), lang).first


@pytest.mark.parametrize(
    ("form", "english", "chinese"),
    [
        ("list", "At least 3 PRs were merged this week.", "本周至少合并了 3 个 PR。"),
        ("count", "At least 3 PRs were merged this week.", "本周至少合并了 3 个 PR。"),
        ("yes_no", "Yes: at least 3 PRs were merged this week.", "有：本周至少合并了 3 个 PR。"),
        ("trend", "At least 3 PRs were merged this week. ", "本周至少合并了 3 个 PR。"),
        ("who", "As far as can be seen, who merged ", "就目前能看到的，"),
    ],
)
def test_over_incomplete_data_a_number_is_at_least_that_in_every_form(
    form: Form, english: str, chinese: str
) -> None:
    query = replace(PRS_MERGED, form=form)

    assert first(query, coverage=PARTLY).startswith(english)
    assert first(query, "zh", coverage=PARTLY).startswith(chinese)
    assert "t least" not in first(query)
    assert "至少" not in first(query, "zh")


def test_what_is_open_is_at_least_so_many_where_the_mirror_begins_later_and_one_note_says_why() -> None:
    shown = answer(find(OPEN))

    assert shown.first == "There are at least 3 open PRs."
    assert len(shown.notes) == 1
    assert first(OPEN, "zh") == "至少有 3 个开放的 PR。"
    assert first(OPEN, mirror_from=None) == "There are 3 open PRs."


def test_what_could_not_be_judged_is_no_item_that_was_seen() -> None:
    query = Query(kind="pull_request", paths=("zebra",), window=WEEK)

    assert "among the 168 items that could be seen" in first(query, untold=10, mirror_from=None)
    none = first(query, untold=178, mirror_from=None)
    assert "none of the 178 items could be judged" in none
    assert "178 个条目都无法判断" in first(query, "zh", untold=178, mirror_from=None)


def test_a_list_begins_with_what_was_left_out_of_it() -> None:
    shown = answer(find(PRS_MERGED), unread=("backported",))

    assert shown.first == "Leaving out “backported”, which was not understood: 3 PRs were merged this week."
    assert not shown.notes
    assert (
        answer(find(PRS_MERGED), "zh", unread=("backported",)).first
        == "（未能理解、未纳入查询：“backported”）本周合并了 3 个 PR。"
    )


def trend(**changes: Any) -> Answer:  # noqa: ANN401 - fields of Found
    """Merges that grow, over five weeks."""
    window = Named("last 5w", before(35))
    query = replace(PRS_MERGED, window=window, form="trend", step="week")
    days = [day for day, n in ((30, 3), (23, 4), (16, 30), (9, 40)) for _ in range(n)]
    matches = tuple(Match(n, before(day), "merged") for n, day in enumerate(days, 1))
    return answer(replace(find(query, {}), **{"matches": matches, "mirror_from": None, **changes}))


def test_no_trend_is_told_of_incomplete_data() -> None:
    assert "It grows: " in trend().first
    for coverage in (PARTLY, IMPORTED):
        assert "grows" not in trend(coverage=coverage).first
        assert "cannot be told, since data is missing" in trend(coverage=coverage).first


def test_a_step_that_an_imported_file_is_silent_about_is_unknown() -> None:
    some = tuple(Match(n, before(day), "merged") for n, day in enumerate((30, 9), 1))

    [known] = trend(matches=some).tables
    [imported] = trend(matches=some, coverage=IMPORTED).tables
    assert [row[1] for row in known.rows] == ["0", "1", "0", "0", "1", "0"]
    assert [row[1] for row in imported.rows] == ["unknown", "1", "unknown", "unknown", "1", "unknown"]


def test_where_sizes_are_unknown_nothing_is_called_the_largest() -> None:
    query = replace(PRS_MERGED, order="largest", limit=1)
    unsized = {number: replace(each, additions=None, deletions=None) for number, each in ITEMS.items()}

    assert answer(find(query, unsized)).first == (
        "3 PRs were merged this week. Their sizes are not known here, so the order does not tell the largest."
    )
    assert "这里不知道改动大小" in answer(find(query, unsized), "zh").first


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (
            replace(OPEN, order="oldest", limit=1),
            "The oldest of 3 open PRs is #20001 (opened 3 months ago).",
            "3 个开放的 PR 中，最早的是 #20001（3 个月前新开）。",
        ),
        (
            replace(PRS_MERGED, order="newest", limit=1),
            "The newest of 3 PRs merged this week is #30062 (merged 2 hours ago by `bigPYJ1151`).",
            "本周合并的 3 个 PR 中，最新的是 #30062（2 小时前由 `bigPYJ1151` 合并）。",
        ),
        (
            replace(PRS_MERGED, order="largest", limit=1),
            "The largest of 3 PRs merged this week is #30062 (+300 −12 lines).",
            "本周合并的 3 个 PR 中，改动最大的是 #30062（+300 −12 行）。",
        ),
        (
            replace(OPEN, order="updated", limit=1),
            "Of 3 open PRs the last one active is #20001 (3 months ago).",
            "3 个开放的 PR 中，最近更新的是 #20001（3 个月前）。",
        ),
    ],
)
def test_the_one_that_was_asked_for_is_named(query: Query, english: str, chinese: str) -> None:
    found = find(query, mirror_from=None)
    wanted = 20001 if "open" in query.states else 30062
    found = replace(found, matches=tuple(sorted(found.matches, key=lambda match: match.number != wanted)))

    assert answer(found).first == english
    assert answer(found, "zh").first == chinese
    assert answer(found).more == 2


def test_the_first_of_an_order_is_named_below_how_many_there_are() -> None:
    found = find(replace(OPEN, order="oldest"), mirror_from=None)
    found = replace(found, matches=found.matches[::-1])

    assert answer(found).first == "There are 3 open PRs. The oldest of them is #20001 (opened 3 months ago)."
    assert answer(found, "zh").first == "共有 3 个开放的 PR。其中，最早的是 #20001（3 个月前新开）。"
    silent = find(replace(OPEN, order="discussed"), mirror_from=None)
    assert answer(silent).first == "There are 3 open PRs."


def test_of_data_that_begins_later_the_oldest_is_that_of_those_known() -> None:
    assert first(replace(OPEN, order="oldest", limit=1)).startswith("The oldest of the 3 known open PRs is #")


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (
            Query(kind="pull_request", people=(Part("author", "ann"), Part("author", "bob"))),
            "There is no PR by `ann` or `bob`;",
            "没有作者为 `ann` 或 `bob` 的 PR；",
        ),
        (Query(states=("draft",)), "There is 1 draft PR.", "共有 1 个草稿 PR。"),
        (Query(states=("draft", "open")), "There is 1 draft PR.", "共有 1 个草稿 PR。"),
        (Query(states=("waiting",)), "There is 1 PR waiting", "共有 1 个等待评审的 PR。"),
        (Query(events=("merged",), topics=("tpu",)), "No TPU PR was merged;", "没有合并任何 TPU PR；"),
        (
            Query(kind="pull_request", events=("merged",), people=(Part("merger", "mgoin"),)),
            "2 PRs were merged by `mgoin`.",
            "由 `mgoin` 合并了 2 个 PR。",
        ),
    ],
)
def test_people_and_kinds_are_told_as_somebody_would(query: Query, english: str, chinese: str) -> None:
    assert first(query, mirror_from=None).startswith(english)
    assert first(query, "zh", mirror_from=None).startswith(chinese)


@pytest.mark.parametrize(
    ("one", "english", "chinese"),
    [
        (Filter("topic", ("amd",), negated=True), "open PRs outside AMD/ROCm.", "不属于 AMD/ROCm 生态的开放的 PR"),
        (Filter("is", ("bot",), negated=True), "open PRs not by bots.", "不是机器人提交的开放的 PR"),
        (Filter("is", ("draft",), negated=True), "open PRs that are no drafts.", "不是草稿的开放的 PR"),
        (Filter("is", ("unmerged",)), "open unmerged PRs.", "开放的未合并的 PR"),
        (Filter("label", ("x",)), "open PRs labelled `x`.", "标签为 `x` 的开放的 PR"),
        (Filter("label", ("x", "y"), negated=True), "not labelled `x` or `y`.", "没有标签 `x` 或 `y` 的开放的"),
        (Filter("author", ("x",)), "open PRs by `x`.", "作者为 `x` 的开放的 PR"),
        (Filter("path", ("x/",), negated=True), "open PRs not changing `x/`.", "未改动 `x/` 的开放的 PR"),
        (Filter("importance", ("7",)), "open PRs (`importance:7`).", "符合 `importance:7` 的开放的 PR"),
        (Filter("is", ("bot", "draft")), "open PRs (`is:bot,draft`).", "符合 `is:bot,draft` 的开放的 PR"),
    ],
)  # fmt: skip
def test_what_is_filtered_is_told_in_words(one: Filter, english: str, chinese: str) -> None:
    query = replace(OPEN, filters=(one,))

    assert first(query).endswith(english)
    assert chinese in first(query, "zh")


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        (Query(topics=("amd",)), "No: #30062 does not belong to AMD/ROCm.", "否：#30062 不属于 AMD/ROCm 生态。"),
        (Query(kind="issue"), "No: #30062 is a PR.", "否：#30062 是 PR。"),
        (Query(labels=("RFC",)), "No: #30062 is no PR labelled `RFC`.", "否：#30062 不属于标签为 `RFC` 的 PR。"),
        (
            Query(topics=("amd",), kind="pull_request", states=("merged",)),
            "No: #30062 is no merged AMD/ROCm PR.",
            "否：#30062 不属于已合并的 AMD/ROCm 生态 PR。",
        ),
    ],
)  # fmt: skip
def test_whether_a_number_is_what_was_asked_is_told_of_that_item(
    query: Query, english: str, chinese: str
) -> None:
    asked = replace(query, numbers=(30062,), form="yes_no")

    assert first(asked) == english
    assert first(asked, "zh") == chinese
    assert first(asked, coverage=PARTLY).startswith(("No: ", "As far as can be seen: "))


def test_who_did_it_instead_is_told() -> None:
    asked = Query(events=("merged",), people=(Part("merger", "mgoin"),), numbers=(30062,), form="yes_no")

    assert first(asked).startswith("No: #30062 was merged by `bigPYJ1151` on ")
    assert first(asked, "zh").startswith("否：#30062 已于 ")


def test_whether_a_number_is_what_was_asked_is_not_told_where_nobody_knows() -> None:
    asked = Query(numbers=(30062,), paths=("zebra",), form="yes_no")

    assert first(asked, untold=1) == "Whether that is so of #30062 is not known here."
    assert first(asked, "zh", untold=1) == "无法判断 #30062 是否符合。"


def test_of_a_list_by_numbers_each_is_told() -> None:
    amd = replace(Query(topics=("amd",)), numbers=(30062, 30331))
    assert first(amd) == "#30062 does not belong to AMD/ROCm. #30331 belongs to AMD/ROCm."
    assert [row.number for row in answer(find(amd)).rows] == [30062, 30331]
    assert first(amd, "zh") == "#30062 不属于 AMD/ROCm 生态。#30331 属于 AMD/ROCm 生态。"

    merged = Query(numbers=(30062, 26701), events=("merged",))
    assert "#26701 was closed without merging" in first(merged)
    many = Query(numbers=(30062, 26701, 30383, 30387))
    assert first(many).startswith("4 items: ")
    assert "2 open" in first(many)


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "PRs · merged · until Tue 25 Nov 16:00 (UTC+8)"), ("zh", "PR · 合并 · 截至 11月25日周二 16:00 (UTC+8)")],
)  # fmt: skip
def test_what_was_before_a_time_begins_nowhere(lang: str, shown: str) -> None:
    for since in (datetime(2008, 1, 1, tzinfo=UTC), before(30)):
        window = Named("before 2025-11-25", since, datetime(2025, 11, 25, 8, tzinfo=UTC))
        assert answer(find(replace(PRS_MERGED, window=window)), lang).understood == shown


def test_that_nothing_is_held_of_a_time_is_said() -> None:
    window = Named("before 2025-08-25", datetime(2008, 1, 1, tzinfo=UTC), datetime(2025, 8, 25, tzinfo=UTC))
    query = replace(PRS_MERGED, window=window)

    assert "no item of that time is here yet" in first(query, searched=0)
    assert "这里还没有相应的数据" in first(query, "zh", searched=0)


def test_nothing_is_suggested_that_is_asked_already() -> None:
    def suggested(query: Query, lang: str = "en") -> str:
        return " ".join(answer(find(query), lang, shown=1, in_conversation=True).notes)

    assert "“only merged ones”" not in suggested(PRS_MERGED)
    assert suggested(PRS_MERGED) == (
        "To see more of them, say “first 3”. To narrow it down, say for example “by octocat” or “top 5”."
    )
    assert suggested(PRS_MERGED, "zh") == (
        "想看更多，可以说“最多 3 个”。 想缩小范围，可以说“octocat 提的”或“前 5 个”。"
    )
    assert "“only merged ones”" in suggested(replace(PRS_MERGED, events=()))
    assert "octocat" not in suggested(Query(window=WEEK, people=(Part("author", "mgoin"),)))
    assert "“top 5”" not in suggested(replace(PRS_MERGED, limit=1))
    assert "“first" not in suggested(replace(PRS_MERGED, limit=1))


def test_how_many_match_at_other_times_is_exact_over_whole_data_alone() -> None:
    none = replace(PRS_MERGED, topics=("tpu",))

    assert "At least 3 items match at other times" in str(answer(find(none, outside=3)).notes)
    assert "其他时间至少有 3 个符合" in str(answer(find(none, outside=3), "zh").notes)
    assert answer(find(none, outside=3, mirror_from=None)).notes[0].startswith("3 items match at other times")

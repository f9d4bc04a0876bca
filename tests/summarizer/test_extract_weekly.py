"""The sections of weekly, monthly and release editions that code writes, and alerts in all of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from summarizer import extract
from summarizer.assessments import Assessment, Position
from summarizer.counting import build_facts
from summarizer.digests import SECTIONS
from summarizer.extract import Words
from summarizer.facts import Counts, Tally
from summarizer.filters import Filter
from summarizer.items import Event, Person, Release
from summarizer.languages import load
from summarizer.topics import load_topics
from summarizer.windows import Window
from tests import generated
from tests.builders import REPO, comment, coverage, item, review

if TYPE_CHECKING:
    from summarizer.digests import Section
    from summarizer.facts import Facts
    from summarizer.items import EventName, Item
    from summarizer.languages import Language
    from summarizer.windows import Edition

EN, ZH = load("en"), load("zh")
TOPICS = load_topics().topics
MONDAY = datetime(2025, 12, 8, tzinfo=UTC)
WEEK = Window(MONDAY, MONDAY + timedelta(days=7), "UTC")
DAY = 24 * 60
START = -60 * 60  # minutes from the builders' noon of Wednesday to Monday's midnight
PERIODS: tuple[Edition, ...] = ("weekly", "monthly", "release")


def facts(*items: Item, missing: int = 0, filters: tuple[Filter, ...] = (), **changed: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    reasons = ("items",) if missing else ()
    made = build_facts(
        repo=REPO,
        window=WEEK,
        items=items,
        coverage=coverage(*reasons, expected=len(items) + missing, seen=len(items)),
        topics=TOPICS,
        filters=filters,
    )
    return replace(made, **changed)


def events(*told: tuple[EventName, float], actor: str | None = None) -> tuple[Event, ...]:
    """Events by their day of the week: 0 is Monday's midnight."""
    person = Person(actor) if actor else None
    return tuple(Event(name, MONDAY + timedelta(days=day), person) for name, day in told)


def merged(number: int, day: float = 1, **changed: Any) -> Item:  # noqa: ANN401 - arguments of item
    return item(number, **{"events": events(("opened", -1), ("merged", day)), **changed})


def judged(number: int, importance: int = 8, **changed: Any) -> Assessment:  # noqa: ANN401 - fields of Assessment
    return Assessment(
        **{"number": number, "category": "bugfix", "importance": importance, "insight": 4, **changed}
    )


def section(section_id: str, given: Facts, *assessments: Assessment, edition: Edition = "weekly") -> Section:
    words = Words(given, EN, "vLLM", {each.number: each for each in assessments}, edition)
    return extract.section_in(words, section_id)


def said(shown: Section) -> str:
    """The section's words, a claim or heading a line."""
    lines = [f"{claim.label}: {claim.text}" if claim.label else claim.text for claim in shown.claims]
    for entry in shown.entries:
        lines.append(f"[{'' if entry.number is None else f'#{entry.number}'}] {entry.heading}".rstrip())
        lines += [f"{claim.label}: {claim.text}" if claim.label else claim.text for claim in entry.claims]
    return "\n".join(lines)


# --- editions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", PERIODS)
@pytest.mark.parametrize("language", [EN, ZH])
@pytest.mark.parametrize("seed", range(6))
def test_every_section_of_every_edition_is_written_and_cites_known_items(
    seed: int,
    language: Language,
    edition: Edition,
) -> None:
    given = generated.facts(seed, items=8)

    written = extract.sections(given, language, "vLLM", ("amd",), edition)

    ids = [f"topic-{'amd'}" if each == "topic-*" else each for each in SECTIONS[edition]]
    assert [each.id for each in written] == [
        each for each in ids if each != "alerts" or each in {w.id for w in written}
    ]
    for each in written:
        assert each.title
        assert set(each.cites) <= {*given.items, *given.related}
        assert each.id == "appendix" or each.all_claims or each.tables
        assert not [claim for claim in each.all_claims if not claim.text.strip() or "\n" in claim.text]


@pytest.mark.parametrize("edition", PERIODS)
def test_of_a_period_in_which_nothing_moved_the_summary_and_the_topics_say_so(edition: Edition) -> None:
    written = extract.sections(facts(), EN, "vLLM", ("amd",), edition)

    assert [each.id for each in written if each.all_claims or each.tables] == ["summary", "topic-amd"]


def test_of_a_week_that_saw_a_release_alone_the_summary_names_it() -> None:
    released = Release("v0.11.0", "v0.11.0", "https://example.org", MONDAY + timedelta(days=1), False)
    given = facts(releases=(released,))

    assert "Released: `v0.11.0`." in said(section("summary", given))


@pytest.mark.parametrize("section_id", ["changes", "risks", "key-prs", "suggestions", "activity"])
def test_incomplete_data_never_says_none(section_id: str) -> None:
    reopened = item(1, kind="issue", events=events(("opened", -9), ("reopened", 1)))

    assert "incomplete" in said(section("summary", facts(missing=3)))
    assert said(section(section_id, facts(missing=3))) == ""
    assert "incomplete" in said(section(section_id, facts(reopened, missing=3)))


@pytest.mark.parametrize(
    ("edition", "until", "title"),
    [
        ("weekly", 7, "vLLM weekly report · 2025 week 50 · 12-08 to 12-14"),
        ("weekly", 6.5, "vLLM weekly report · 2025 week 50 · 12-08 to 12-14"),
        ("weekly", 9, "vLLM weekly report · 2025-12-08 ~ 2025-12-16"),
        ("monthly", 9, "vLLM monthly report · 2025-12"),
        ("release", 9, "vLLM release report · v0.11.0"),
    ],
)
def test_the_title_bears_the_name_of_the_period(edition: Edition, until: float, title: str) -> None:
    window = Window(MONDAY, MONDAY + timedelta(days=until), "UTC")
    release = "v0.11.0" if edition == "release" else ""

    assert extract.title(replace(facts(), window=window), edition, EN, "vLLM", release) == title


def test_a_chinese_weekly_is_titled_as_the_reports_are() -> None:
    assert extract.title(facts(), "weekly", ZH, "vLLM") == "vLLM 2025 第 50 周 · 12-08 至 12-14 技术周报"


# --- alerts ----------------------------------------------------------------------------------------------------------


def test_a_revert_stands_with_what_it_undoes_and_who_merged_that() -> None:
    undone = merged(5, day=-2, title="[MoE] A new kernel", merged_by="bob")
    revert = merged(9, title='Revert "[MoE] A new kernel" (#5)', body="It makes the nightly benchmark crash.")

    shown = said(section("alerts", facts(revert, related={5: undone}), edition="daily"))

    assert shown.startswith("[#9]\nRevert: takes back #5 [MoE] A new kernel (merged 12-06 by `bob`)")
    assert "Status: opened 12-07, merged 12-09 00:00" in shown
    assert "In its words: “It makes the nightly benchmark crash.”" in shown


def test_an_open_ci_failure_is_not_settled_and_one_a_pull_request_closed_is_fixed_by_it() -> None:
    still = item(1, kind="issue", title="[CI Failure]: kernels", events=events(("opened", 1)))
    over = item(2, kind="issue", title="[CI Failure]: lora", events=events(("opened", 1), ("closed", 2)))

    shown = said(section("alerts", facts(still, over, merged(3, linked=(2,)))))

    assert "Status: not settled; opened 12-09 00:00" in shown
    assert "Status: fixed by #3; opened 12-09 00:00, closed 12-10 00:00" in shown


def test_without_alerts_a_digest_has_no_such_section() -> None:
    ids = [each.id for each in extract.sections(facts(merged(1)), EN, "vLLM", (), "weekly")]

    assert "alerts" not in ids


# --- summary and trends ----------------------------------------------------------------------------------------------


def test_the_summary_tells_merges_key_ones_and_the_week_before() -> None:
    given = facts(merged(1, body="The key is now computed once because it never changes."), merged(2))
    given = replace(given, counts=replace(given.counts, prs_merged=40), baseline=Counts(prs_merged=30))

    shown = said(section("summary", given, judged(1), judged(2, 3)))

    assert shown.startswith(
        "40 PRs were merged this week, 30 in 12-01 ~ 12-07.\n1 of them is a key one: #1.\n"
    )
    assert "Most PRs merged as author: `alice` 2." in shown
    assert "[#1]\nIn its words: “The key is now computed once because it never changes.”" in shown


def test_the_summary_tells_what_the_key_changes_are_about_and_how_important_changes_are() -> None:
    titles = ("[ROCm] A", "[ROCm] B", "[ROCm] C", "[Quantization] D", "Fix it")
    given = facts(*(merged(number, title=title) for number, title in enumerate(titles, 1)), old_bug(8))
    keys = [judged(number) for number in (1, 2, 3, 4)]

    shown = said(section("summary", given, *keys, judged(5, 2)))

    assert "5 PRs were merged this week; average importance 6.8, insight 4.0." in shown
    assert "Most of the key changes are about AMD/ROCm (3)." in shown
    assert "issue was opened" not in shown

    spread = said(section("summary", given, judged(1), judged(4), judged(5), judged(2, 3), judged(3, 3)))
    assert "The key changes are spread over 2 areas, most in AMD/ROCm (1), Quantization (1)." in spread


def test_a_change_that_says_nothing_of_itself_stands_in_the_summary_with_its_area_and_its_state() -> None:
    shown = said(section("summary", facts(merged(1, title="[ROCm] Skip a copy", body=""))))

    assert "[#1]\nArea: AMD/ROCm\nStatus: opened 12-07, merged 12-09 00:00" in shown


def test_days_have_one_form_within_a_digest() -> None:
    new_year = Window(datetime(2025, 12, 29, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), "UTC")
    words = Words(replace(facts(), window=new_year), EN, "vLLM", edition="weekly")

    assert words.moment(datetime(2025, 12, 30, 9, 5, tzinfo=UTC)) == "12-30 09:05"
    assert words.day(datetime(2025, 12, 28, tzinfo=UTC)) == "12-28"
    assert words.day(datetime(2024, 12, 28, tzinfo=UTC)) == "2024-12-28"


def test_a_release_is_called_by_its_tag() -> None:
    words = Words(facts(merged(1)), EN, "vLLM", {}, "release", "v0.11.0")

    assert "merged in `v0.11.0`" in said(extract.section_in(words, "summary"))


def trends(now: dict[str, int], then: dict[str, int], merges: tuple[int, int]) -> str:
    given = facts(
        merged(1),
        counts=Counts(prs_merged=merges[0]),
        baseline=Counts(prs_merged=merges[1]),
        tally=Tally(now, {}),
        baseline_tally=Tally(then, {}),
    )
    return said(section("trends", given))


def test_what_moved_more_than_all_merges_did_is_named_with_its_baseline() -> None:
    shown = trends({"bugfix": 60, "ci": 20}, {"bugfix": 30, "ci": 22}, (100, 100))

    assert shown == ("Up on 12-01 ~ 12-07, beyond the change of all merges: bug fix 60 (was 30).")


def test_growth_of_everything_alike_is_no_trend() -> None:
    shown = trends({"bugfix": 60, "ci": 40}, {"bugfix": 30, "ci": 20}, (200, 100))

    assert shown == "No kind and no topic moved beyond chance against 12-01 ~ 12-07."


@pytest.mark.parametrize(
    ("now", "then", "merges"),
    [
        ({"bugfix": 6}, {"bugfix": 1}, (40, 40)),
        ({"bugfix": 22}, {"bugfix": 18}, (40, 40)),
        ({"ci": 9}, {}, (9, 9)),
    ],
)
def test_small_numbers_and_small_changes_stay_unsaid(
    now: dict[str, int], then: dict[str, int], merges: tuple[int, int]
) -> None:
    assert "was" not in trends(now, then, merges)


def test_trends_have_tables_of_kinds_topics_and_hot_files_with_the_change() -> None:
    given = facts(
        merged(1, files=("vllm/a.py",)),
        merged(2, files=("vllm/a.py", "vllm/b.py")),
        tally=Tally({"bugfix": 12, "": 3}, {"amd": 4}),
        baseline=Counts(prs_merged=20),
        baseline_tally=Tally({"bugfix": 10, "ci": 2}, {"amd": 5}),
    )

    kinds, topics, files = section("trends", given).tables

    assert kinds.head == ("kind", "PRs", "12-01 ~ 12-07", "change")
    assert kinds.rows == (("bug fix", "12", "10", "+2"), ("CI", "0", "2", "−2"), ("unclear", "3", "0", "+3"))
    assert topics.rows == (("AMD/ROCm", "4", "5", "−1"),)
    assert files.rows == (("`vllm/a.py`", "2"),)


def test_files_that_share_the_first_place_are_named_together() -> None:
    both = ("vllm/a.py", "vllm/b.py")
    given = facts(*(merged(number, files=both) for number in (1, 2, 3)))

    assert "The files that most PRs change are `vllm/a.py`, `vllm/b.py`, 3 PRs each." in said(
        section("trends", given)
    )


def test_without_a_week_before_the_tables_have_no_column_for_it() -> None:
    (kinds,) = section("trends", facts(merged(1), tally=Tally({"bugfix": 1}, {}))).tables

    assert kinds.head == ("kind", "PRs")


def test_tallies_are_not_shown_beside_filters_that_they_do_not_know() -> None:
    given = facts(
        merged(1), merged(2), filters=(Filter("author", ("alice",)),), tally=Tally({"bugfix": 9}, {})
    )

    assert section("trends", given).tables == ()


def test_a_filter_that_nothing_passes_is_told_of_once() -> None:
    given = facts(merged(1), filters=(Filter("author", ("nobody",)),))

    written = extract.sections(given, EN, "vLLM", ("amd",), "weekly")

    assert [each.id for each in written if each.all_claims or each.tables] == ["summary"]
    assert said(written[0]) == "1 PR was merged this week; 0 matches the filters."


@pytest.mark.parametrize("section_id", ["changes", "trends", "risks", "key-prs", "suggestions"])
def test_sections_that_filters_empty_say_nothing_of_the_whole_week(section_id: str) -> None:
    given = facts(merged(1), old_bug(2, author="bob"), filters=(Filter("author", ("bob",)),))

    assert "Nothing" not in said(section(section_id, given))
    assert said(section(section_id, facts(old_bug(2)))) or section_id == "trends"


def test_beside_filters_risks_and_areas_count_what_passes_them() -> None:
    given = facts(merged(1), merged(2), merged(3, author="bob"), filters=(Filter("author", ("alice",)),))
    both = [judged(number, risks=("core_path",)) for number in (1, 2)]

    assert "2 of the 2 that pass the filters have importance 5 or more" in said(
        section("risks", given, *both)
    )
    assert "[] Elsewhere (2 of 2 that pass the filters)" in said(section("changes", given, *both))


# --- changes, key pull requests, risks -------------------------------------------------------------------------------


def test_changes_are_grouped_by_the_topic_a_title_names_most_important_first() -> None:
    given = facts(
        merged(1, title="[ROCm] Skip a copy"),
        merged(2, title="[ROCm] Fuse two kernels", body="Fusing them makes decode 12% faster on MI300."),
        merged(3, title="Tidy", files=("vllm/v1/core/block_pool.py",)),
        merged(4, title="[ROCm] Typo"),
    )

    shown = said(section("changes", given, judged(1), judged(2, 9), judged(3, 7), judged(4, 2)))

    assert shown == (
        "Each PR stands under one area only, by its title before its files.\n"
        "[] AMD/ROCm (2 of 3 merged)\n"
        "#2 [ROCm] Fuse two kernels: “Fusing them makes decode 12% faster on MI300.”\n"
        "#1 [ROCm] Skip a copy\n"
        "[] `vllm/v1/core` (1 of 1 merged)\n"
        "#3 Tidy"
    )


@pytest.mark.parametrize("path", ["vllm/envs.py", "vllm/config/cache.py", "setup.py"])
def test_a_folder_near_the_root_is_no_area_and_what_lies_there_comes_last(path: str) -> None:
    given = facts(merged(1, title="Tidy", files=(path,)), merged(2, title="[ROCm] Skip a copy"))

    entries = section("changes", given, judged(1, 9), judged(2, 7)).entries

    assert [entry.heading for entry in entries] == ["AMD/ROCm (1 of 1 merged)", "Elsewhere (1 of 1 merged)"]


def test_areas_and_topics_of_equal_weight_stand_in_one_order_in_both_languages() -> None:
    titles = ("[ROCm] A", "[Quantization] B", "[Multimodal] C", "[Frontend] D", "[Spec Decode] E")
    given = facts(
        *(merged(number, title=title) for number, title in enumerate(titles, 1)),
        tally=Tally({}, {"attention": 3, "quantization": 3, "models": 3, "moe": 3}),
    )
    by_language = [
        Words(given, language, "vLLM", {number: judged(number) for number in given.items}, "weekly")
        for language in (EN, ZH)
    ]

    english, chinese = (
        [entry.cites for shown in extract.section_in(words, "changes").entries for entry in shown.claims]
        for words in by_language
    )
    assert english == chinese
    keys = [[row[0] for row in extract.section_in(words, "trends").tables[0].rows] for words in by_language]
    names = [
        [load_topics_name(key, language) for key in ("attention", "models", "moe", "quantization")]
        for language in ("en", "zh")
    ]
    assert keys == names


def load_topics_name(key: str, lang: str) -> str:
    return next(topic.title[lang] for topic in TOPICS if topic.key == key)


def test_what_a_model_told_of_a_change_stands_instead_of_a_quotation() -> None:
    given = facts(merged(1, body="Adds a cache, so that a step takes 3 ms instead of 4."))
    told = judged(1, by_model=True, what="Caches masks between steps.")

    (entry,) = section("key-prs", given, told).entries

    assert (entry.claims[0].label, entry.claims[0].text, entry.claims[0].source) == (
        "In short",
        "Caches masks between steps.",
        "model",
    )


def test_a_key_pull_request_stands_with_size_story_and_risks() -> None:
    change = replace(
        merged(
            1,
            files=("tests/test_a.py", "vllm/a.py"),
            events=events(("opened", -9), ("merged", 1)),
            reviews=(review("carol", START - DAY),),
        ),
        additions=12,
        deletions=3,
        changed_files=2,
    )

    shown = said(section("key-prs", facts(change), judged(1, risks=("core_path", "missing_tests"))))

    assert "Reach: 2 files, +12/−3 lines: `vllm/a.py`, `tests/test_a.py`" in shown
    assert "Status: opened 11-29, approved 12-07 by `carol`, merged 12-09 00:00" in shown
    assert "Importance: 8/10, insight 4/10; risks: core path, no tests" in shown


def test_a_risk_names_those_that_carry_it_and_which_bring_no_test() -> None:
    given = facts(*(merged(number, title=f"Change {number}") for number in range(1, 7)))
    some = [judged(number, 9 - number // 2, risks=("core_path",)) for number in range(1, 6)]
    bare = judged(6, 8, risks=("core_path", "missing_tests"))

    shown = said(section("risks", given, *some, bare))

    assert shown.startswith(
        "6 of 6 merged PRs have importance 5 or more and carry a risk tag.\n[] core path (6)\n"
    )
    assert "Without tests: 1 of these: #6" in shown
    assert "[] no tests (1)\n#6 Change 6" in shown


def test_what_further_risks_tell_of_carriers_that_are_named_already_is_their_numbers() -> None:
    shown = said(section("risks", facts(merged(1)), judged(1, risks=("core_path", "numerics"))))

    assert shown.endswith("[] core path (1)\n#1 A change\n[] numerics (1)\nnamed above: #1")


# --- suggestions -----------------------------------------------------------------------------------------------------


def old_bug(number: int, **changed: Any) -> Item:  # noqa: ANN401 - arguments of item
    changed = {"title": "[Bug]: it crashes", "labels": ("bug",), "events": events(("opened", 1)), **changed}
    return item(number, kind="issue", **changed)


def talked(number: int, **changed: Any) -> Item:  # noqa: ANN401 - arguments of item
    comments = tuple(comment(login, minute) for minute, login in enumerate(("a", "b", "c", "a", "b", "c")))
    return item(number, title="A thread", events=events(("opened", -9)), comments=comments, **changed)


@pytest.mark.parametrize(
    ("given", "heading", "line"),
    [
        (merged(1), "Add tests to key PRs that bring none (1)", "#1 A change"),
        (old_bug(2), "Answer bug reports without a reply (1)", "#2 [Bug]: it crashes (open for 6 d)"),
        (
            old_bug(3, title="[Bug]: regression in v0.11", comments=(comment("bob", 1),)),
            "Fix open regressions that have no linked PR (1)",
            "#3 [Bug]: regression in v0.11 (open for 6 d)",
        ),
        (
            merged(4, title='Revert "A kernel" (#5)'),
            "Land again what was reverted, or say why not (1)",
            '#4 Revert "A kernel" (#5) (takes back #5)',
        ),
        (
            talked(6),
            "Decide in hot threads that are open and unapproved (1)",
            "#6 A thread (6 comments by 3 people in the window)",
        ),
        (
            replace(
                item(7, events=events(("opened", -20)), comments=(comment("bob", 1),)),
                additions=900,
                deletions=10,
            ),
            "Review or split big PRs that wait for an approval (1)",
            "#7 A change (open for 27 d, +900/−10 lines)",
        ),
    ],
)
def test_each_suggestion_follows_from_a_rule_and_names_its_items(
    given: Item, heading: str, line: str
) -> None:
    shown = said(section("suggestions", facts(given), judged(1, risks=("missing_tests",))))

    assert f"[] {heading}\n{line}" in shown


@pytest.mark.parametrize(
    "given",
    [
        (old_bug(2, comments=(comment("bob", 1),)),),
        (
            old_bug(3, title="[Bug]: regression in v0.11", comments=(comment("b", 1),), linked=(8,)),
            merged(8, day=-9),
        ),
        (merged(4, title='Revert "A kernel" (#5)'), merged(9, day=2, title="Reland the kernel (#5)")),
        (talked(6, reviews=(review("carol", 5),)),),
    ],
)
def test_what_is_under_way_is_not_suggested(given: tuple[Item, ...]) -> None:
    shown = said(section("suggestions", facts(*given), *(judged(each.number, 3) for each in given)))

    assert shown.startswith("Nothing open was found by rule")


# --- activity, topics ------------------------------------------------------------------------------------------------


def test_activity_has_medians_with_their_numbers_and_a_table_of_people() -> None:
    few = (merged(1), merged(2, day=3, author="bob"))
    shown = section("activity", facts(*few, merged(3, day=2)))

    assert "Response: median time from opening to merge 3 d (3 PRs)" in said(shown)
    assert "Response" not in said(section("activity", facts(*few)))
    (people,) = shown.tables
    assert people.head == ("login", "merged")
    assert people.rows == (("`alice`", "2"), ("`bob`", "1"))


def test_an_imported_week_has_no_columns_of_what_files_seldom_tell() -> None:
    given = (merged(1, reviews=(review("carol", 5),)), merged(2, events=events(("opened", 1), ("merged", 2))))

    known = section("activity", facts(*given)).tables[0]
    imported = section("activity", facts(*given, coverage=coverage("imported"))).tables[0]

    assert known.head == ("login", "merged", "opened", "reviewed")
    assert (imported.head, imported.rows) == (("login", "merged"), (("`alice`", "2"),))


def test_the_most_discussed_threads_stand_in_a_table_with_their_state() -> None:
    shown = section("activity", facts(talked(6)))

    assert shown.tables[-1].rows == (("#6 A thread", "6", "3", "open"),)


def test_a_long_discussion_is_told_by_what_a_model_found_people_to_hold() -> None:
    told = judged(
        6,
        by_model=True,
        positions=(
            Position(("a", "b"), "The lock belongs into the scheduler."),
            Position(("c",), "It needs none."),
        ),
        contention="Whether two threads meet there.",
    )

    shown = said(section("activity", facts(talked(6)), told))

    assert "Position: `a`, `b`: The lock belongs into the scheduler.\nPosition: `c`: It needs none." in shown
    assert "In dispute: Whether two threads meet there." in shown


def test_every_member_of_a_topic_of_a_week_is_named_the_most_important_first_by_code_alone() -> None:
    items = [merged(number, title=f"[ROCm] Change {number}") for number in range(1, 31)]
    items[16] = merged(17, title="[ROCm] Breaking: remove support for the old scheduler")
    items.append(merged(40, title="Elsewhere", labels=("rocm",)))

    shown = section("topic-amd", facts(*items), judged(5, 10))

    assert set(shown.cites) == {*range(1, 31), 40}
    assert shown.entries[0].number == 17
    assert "#40 Elsewhere (merged 12-09 00:00; indirectly: label `rocm`)" in said(shown)


def test_no_sentence_praises_or_fills() -> None:
    words = re.compile(
        r"actively|community|significant|overall|worth noting|持续|显著|整体而言|标志|体现", re.IGNORECASE
    )

    for language in (EN, ZH):
        for each in extract.sections(generated.facts(3, items=8), language, "vLLM", ("amd",), "weekly"):
            for claim in each.all_claims:
                assert claim.source != "facts" or not words.search(claim.text)

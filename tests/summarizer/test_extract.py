"""The sections that code writes: what they say of a window, and what they never claim."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import extract
from summarizer.counting import build_facts
from summarizer.digests import SECTIONS, Claim
from summarizer.facts import Counts, Facts
from summarizer.languages import load
from summarizer.topics import load_topics
from tests import generated
from tests.builders import HOUR, REPO, comment, coverage, event, item, review
from tests.references import ITEMS, WINDOWS, facts_of

if TYPE_CHECKING:
    from summarizer.items import Item
    from summarizer.languages import Language

EN, ZH = load("en"), load("zh")
TOPICS = load_topics().topics


def facts(*items: Item, missing: int = 0, **changed: Any) -> Facts:  # noqa: ANN401 - fields of Facts
    reasons = ("items",) if missing else ()
    made = build_facts(
        repo=REPO,
        window=HOUR,
        items=items,
        coverage=coverage(*reasons, expected=len(items) + missing, seen=len(items)),
        topics=TOPICS,
    )
    return replace(made, **changed)


def said(section_id: str, given_facts: Facts, language: Language = EN) -> str:
    """The section's words, a claim or heading a line."""
    section = extract.section(section_id, given_facts, language, "vLLM")
    lines = [f"{claim.label}: {claim.text}" if claim.label else claim.text for claim in section.claims]
    for entry in section.entries:
        lines.append(f"[#{entry.number}] {entry.heading}".rstrip())
        lines += [f"{claim.label}: {claim.text}" if claim.label else claim.text for claim in entry.claims]
    return "\n".join(lines)


def merged(number: int, **changed: Any) -> Item:  # noqa: ANN401 - arguments of item
    return item(number, events=(event("opened", 1), event("merged", 30)), **changed)


def bug(number: int, **changed: Any) -> Item:  # noqa: ANN401 - arguments of item
    changed = {"title": "[Bug]: it crashes", "labels": ("bug",), "events": (event("opened", 5),), **changed}
    return item(number, kind="issue", **changed)


def test_sections_come_in_the_order_of_a_daily_digest_with_one_per_topic() -> None:
    ids = [section.id for section in extract.sections(facts(), EN, "vLLM", ("amd", "tpu"))]

    assert ids == ["summary", "topic-amd", "topic-tpu", *SECTIONS["daily"][3:]]


def test_alerts_stand_behind_the_summary_where_there_are_any() -> None:
    alarming = merged(1, title='Revert "[Core] Cache masks" (#9)')

    ids = [section.id for section in extract.sections(facts(alarming), EN, "vLLM", ("amd",))]

    assert ids[:3] == ["summary", "alerts", "topic-amd"]


@pytest.mark.parametrize(
    ("language", "title"),
    [(ZH, "vLLM 开发动态报告 - 2025-12-10"), (EN, "vLLM development report - 2025-12-10")],
)
def test_the_title_names_project_and_day(language: Language, title: str) -> None:
    assert extract.title(facts_of(ITEMS, WINDOWS["17:53-18:53"]), "daily", language, "vLLM") == title


# --- topics ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["17:53-18:53", "18:42-19:42"])
def test_a_topic_without_members_is_said_to_have_none_with_what_was_looked_at(window: str) -> None:
    window_facts = facts_of(ITEMS, WINDOWS[window])

    assert f"all {len(window_facts.items)} issues and pull requests" in said("topic-amd", window_facts)
    assert "本周期无 AMD/ROCm 生态相关更新" in said("topic-amd", window_facts, ZH)


@pytest.mark.parametrize("window", ["19:35-20:35", "19:59:30-20:59"])
def test_a_topics_members_stand_with_what_happened_and_why_they_are_members(window: str) -> None:
    shown = said("topic-amd", facts_of(ITEMS, WINDOWS[window]))

    assert shown.startswith("1 item is about it.\n[#26701]\nWhat happened: closed without merging 20:33")
    assert "title has `ROCm`" in shown
    assert "label `rocm`" in shown


def test_a_topic_with_tagged_items_only_says_that_nothing_is_about_it_and_lists_them() -> None:
    shown = said("topic-amd", facts(merged(7, title="Fix the scheduler", labels=("rocm",))))

    assert shown.startswith("Nothing is about AMD/ROCm itself; 1 item concerns it indirectly:\n[#7]")
    assert "What happened: opened 12:01, merged 12:30; author `alice`" in shown
    assert "Why it is here: indirectly: label `rocm`" in shown


def test_incomplete_data_never_says_none() -> None:
    window_facts = facts(merged(7), missing=3)

    shown = said("topic-amd", window_facts)

    assert shown == (
        "No AMD/ROCm updates among the 1 of 4 items we could see; "
        "the data is incomplete, so there may be some."
    )
    assert "incomplete" in said("summary", facts(missing=3))
    for section_id in ("hot", "activity", "watch"):
        assert said(section_id, facts(missing=3)) == "", section_id
    assert "incomplete" in said("hot", facts(merged(7), missing=3))
    assert "incomplete" in said("watch", facts(merged(7), missing=3))


def test_every_member_of_a_large_topic_is_named() -> None:
    items = [merged(number, title="[ROCm] Fix it") for number in range(1, 61)]

    section = extract.section("topic-amd", facts(*items), EN, "vLLM")

    assert set(section.cites) == set(range(1, 61))


# --- the other sections ------------------------------------------------------------------------------------


def test_the_summary_ranks_a_merged_feature_over_an_open_documentation_fix() -> None:
    shown = said("summary", facts(item(1, title="[Docs] Typo", events=(event("opened", 1),)), merged(2)))

    assert "Most worth a look: #2 A change (opened 12:01, merged 12:30); #1 [Docs] Typo" in shown


def test_what_was_closed_without_merging_is_no_change_before_what_was_merged() -> None:
    dropped = item(
        1,
        title="[Core] Rewrite the scheduler",
        events=(event("opened", 1), event("closed_unmerged", 2)),
        files=("vllm/v1/core/sched/scheduler.py",),
    )

    section = extract.section("changes", facts(dropped, merged(2, title="Fix a crash")), EN, "vLLM")

    assert [entry.number for entry in section.entries] == [2, 1]


def test_hot_discussions_quote_people_and_leave_bots_out() -> None:
    thread = item(
        9,
        events=(event("opened", -500),),
        body="The cache is computed twice because the key lacks the dtype.",
        comments=(
            comment(
                "bob",
                3,
                "Thanks!\n\n- [x] I read the docs\n\nThe root cause is the missing dtype in the key.",
            ),
            comment("ci", 4, "Build failed because of a timeout.", is_bot=True),
            comment("alice", 5, "Agreed, we will revert the change of the key."),
        ),
    )

    shown = said("hot", facts(thread))

    assert "Heat: 2 comments in the window" in shown
    assert "At issue: “The cache is computed twice because the key lacks the dtype.”" in shown
    assert "Position: `bob`: “The root cause is the missing dtype in the key.”" in shown
    assert "Position: `alice` (author): “Agreed, we will revert the change of the key.”" in shown
    assert "timeout" not in shown


def test_single_comments_are_no_discussion() -> None:
    shown = said("hot", facts(bug(1, comments=(comment("bob", 7),)), bug(2, comments=(comment("bob", 8),))))

    assert shown == "No discussion: no thread got more than one comment (#2, #1)."


def test_an_item_older_than_the_window_keeps_its_story() -> None:
    old = item(
        5,
        title="[Core] Cache masks",
        events=(event("opened", -9 * 1440), event("merged", 30)),
        reviews=(review("carol", -1440, "CHANGES_REQUESTED"), review("carol", 10)),
    )

    assert (
        "Status: opened 12-01, changes requested 12-09 by `carol`, approved 12:10 by `carol`, merged 12:30"
        in said("changes", facts(old))
    )


def test_two_items_of_one_topic_make_no_trend_and_an_item_is_titled_once() -> None:
    both = [merged(number, title=f"[ROCm] Fix attention {number}") for number in (1, 2)]

    assert said("trends", facts(*both)) == "2 items changed state, no three of one topic: no trend to see."

    shown = said("trends", facts(*both, merged(3, title="[ROCm] Fix attention 3")))
    assert "[#None] AMD/ROCm (3)" in shown
    assert "[#None] Attention (3)\nalso #1, #2, #3" in shown
    assert shown.count("Fix attention 1") == 1


def test_trends_stay_quiet_about_small_numbers() -> None:
    shown = said("trends", facts(merged(1), baseline=Counts(prs_merged=5)))

    assert "before" not in shown


def test_trends_compare_large_numbers_with_the_window_before() -> None:
    counts, before = Counts(prs_merged=42, comments=100), Counts(prs_merged=30, comments=95)

    shown = said("trends", facts(merged(1), counts=counts, baseline=before))

    assert "Counts: merged PRs 42 (was 30), against 12-10 11:00 ~ 12:00" in shown
    assert "comments 100" not in shown


def test_a_key_change_shows_its_words_its_reach_and_its_state() -> None:
    body = (
        "<!-- template -->\n## Purpose\nAdds a cache for masks, so a step takes 3.1 ms instead of 4.0 ms.\n"
    )
    change = replace(
        merged(5, title="[Perf] Cache masks", body=body, files=("vllm/a.py",)),
        additions=12, deletions=3, changed_files=1,
    )  # fmt: skip

    shown = said("changes", facts(change))

    assert "In its words: “Adds a cache for masks, so a step takes 3.1 ms instead of 4.0 ms.”" in shown
    assert "Reach: 1 file, +12/−3 lines: `vllm/a.py`" in shown
    assert "Kind: performance\nStatus: opened 12:01, merged 12:30" in shown


def test_a_bug_is_called_unanswered_only_when_every_comment_is_known() -> None:
    known, unknown = bug(1), replace(bug(2), comments_total=4)
    answered = bug(3, comments=(comment("carol", 6, "Which version?"),))

    section = extract.section("watch", facts(known, unknown, answered), EN, "vLLM")

    assert [entry.number for entry in section.entries] == [1]
    assert "nobody else has replied 55 min after it was opened" in said("watch", facts(known))


@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"title": "[RFC]: A new scheduler", "events": (event("opened", 1),)}, "Open RFC"),
        ({"title": "[Breaking] Drop V0"}, "Breaking change"),
        ({"labels": ("needs-rebase",), "events": (event("opened", 1),)}, "Needs a rebase"),
        ({"labels": ("ready",), "events": (event("closed_unmerged", 1),)}, "Ready, yet closed"),
    ],
)
def test_what_is_worth_watching_stands_with_its_reason(changed: dict[str, Any], label: str) -> None:
    one = item(4, **{"events": (event("merged", 1),), **changed})

    assert f"[#4]\n{label}:" in said("watch", facts(one))


def test_a_revert_that_the_alerts_tell_is_not_told_again() -> None:
    revert = merged(4, title="Revert “[Core] Cache masks”")

    assert said("alerts", facts(revert)).startswith("[#4]\nRevert:")
    assert said("watch", facts(revert)) == (
        "No open RFC, unanswered bug report or breaking change beside the reverts above."
    )
    assert "data at hand beside the reverts" in said("watch", facts(revert, missing=2))


def test_where_nothing_moved_the_summary_alone_says_so_and_each_topic() -> None:
    written = extract.sections(facts(), EN, "vLLM", ("amd",))

    assert [each.id for each in written if each.all_claims] == ["summary", "topic-amd"]


def test_an_imported_file_counts_people_by_what_was_merged_alone() -> None:
    both = (merged(1, reviews=(review("carol", 5),)), merged(2))
    imported = facts(*both, coverage=coverage("imported"))

    assert "Reviewed" in said("activity", facts(*both))
    assert said("activity", imported).splitlines()[0] == "Merged: `alice` 2"
    assert "Opened" not in said("activity", imported)
    assert "Reviewed" not in said("activity", imported)


def test_the_paths_shown_are_those_that_the_title_names_then_those_of_the_core() -> None:
    paths = (
        "tests/v1/test_kangaroo.py",
        "vllm/a.py",
        "vllm/b.py",
        "vllm/models/kangaroo.py",
        "vllm/v1/core/sched/scheduler.py",
    )

    shown = said("changes", facts(merged(5, title="[Model] Add Kangaroo", files=paths)))

    assert (
        "Reach: 5 files: `vllm/models/kangaroo.py`, `vllm/v1/core/sched/scheduler.py`, `vllm/a.py`" in shown
    )


def test_activity_says_nothing_it_does_not_know() -> None:
    issue = bug(1, events=(event("opened", -90), event("reopened", 5)))
    assert said("activity", facts(issue)) == "Nobody submitted, merged, reviewed or commented in the window."
    assert "Response" not in said("activity", facts(bug(1)))


# --- what holds for every section --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("language", [EN, ZH])
def test_claims_cite_items_of_the_window_and_obey_the_grammar(seed: int, language: Language) -> None:
    window_facts = generated.facts(seed, items=8)

    for section in extract.sections(window_facts, language, "vLLM", ("amd",)):
        assert set(section.cites) <= set(window_facts.items)
        for claim in section.all_claims:
            assert_plain(claim)


@given(st.text(max_size=300), st.text(max_size=40))
def test_claims_about_any_text_obey_the_grammar(body: str, login: str) -> None:
    one = bug(
        1, title=body[:80], body=body, author=login, comments=(comment(login, 9, body), comment("b", 9, body))
    )

    for section in extract.sections(facts(one), EN, "vLLM", ("amd",)):
        for claim in section.all_claims:
            assert_plain(claim)


def assert_plain(claim: Claim) -> None:
    assert claim.text.strip()
    assert not re.search(r"[\n\r\x1b\u202e\u2028]", claim.text)


def keys(table: object, path: str = "") -> set[str]:
    """The dotted keys of a table; plural forms count as one entry."""
    if not isinstance(table, dict) or "other" in table:
        return {path}
    return {key for name, part in table.items() for key in keys(part, f"{path}.{name}")}


@pytest.mark.parametrize("table", ["digest", "extract"])
def test_both_languages_have_the_same_words(table: str) -> None:
    assert keys(EN.get(table)) ^ keys(ZH.get(table)) <= {".category.other", ".reason.other"}

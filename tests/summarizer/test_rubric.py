"""The rubric: what code's points are, what they mean for people and models, and how far a model may move them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.assessments import KEY_IMPORTANCE, RISKS, Assessment
from summarizer.counting import build_facts
from summarizer.prompting.templates import render
from summarizer.rubric import MOST_MOVED, assess, assess_all, bounded
from tests.builders import HOUR, REPO, comment, coverage, event, item, review

if TYPE_CHECKING:
    from summarizer.assessments import Risk
    from summarizer.facts import Facts
    from summarizer.items import Event, Item

PAGE = Path(__file__).parents[2] / "docs" / "rubric.md"
MERGED = (event("opened", -9), event("merged", 9))
OPENED = (event("opened", 1),)
NOTHING = build_facts(repo=REPO, window=HOUR, items=(), coverage=coverage())
PROSE = "Requests wait for a free block, and the block is freed one step too late. "

RUNNER = "vllm/v1/worker/gpu_model_runner.py"
SCHEDULER = "vllm/v1/core/sched/scheduler.py"
CONFIG = "vllm/config/scheduler.py"
SCHEDULER_TEST = "tests/v1/core/test_scheduler.py"
CORE = (SCHEDULER_TEST, CONFIG, SCHEDULER, "vllm/v1/engine/core.py", RUNNER)
MODEL = "vllm/model_executor/models/jais.py"


def merged(title: str, *files: str, number: int = 1, events: tuple[Event, ...] = MERGED) -> Item:
    return item(number, title=title, files=files or None, events=events)


def facts_of(*items: Item) -> Facts:
    return build_facts(repo=REPO, window=HOUR, items=items, coverage=coverage())


def judged(one: Item) -> Assessment:
    return assess(one, facts_of(one))


# --- what people and models read


def test_the_page_says_line_by_line_what_the_prompt_says() -> None:
    page = [line.removeprefix("- ") for line in PAGE.read_text("utf-8").splitlines()]

    said = [line for line in render("rubric.jinja").splitlines() if line]
    assert len(said) > 22
    assert [line for line in said if line not in page] == []


def test_the_page_names_every_risk() -> None:
    page = PAGE.read_text("utf-8")

    assert [risk for risk in RISKS if f"| `{risk}` |" not in page] == []


# --- the points of importance


@pytest.mark.parametrize(
    ("points", "title", "files"),
    [
        (0, "[Docs] Fix a typo", ("docs/usage/faq.md",)),
        (0, "[CI] Skip failing test", ("tests/models/registry.py",)),
        (1, "[Docs] Explain tensor parallelism", ("docs/serving/parallelism.md",)),
        (1, "[CI] Split the kernel tests into 3 jobs", (".buildkite/test_areas/kernels.yaml",)),
        (2, "Tune the MoE benchmark", ("benchmarks/kernels/benchmark_moe.py",)),
        (3, "[Bugfix] Only apply ALiBi when asked to", (MODEL,)),
        (3, "[Bugfix] Fix the tool parser's index", ("vllm/tool_parsers/hermes.py",)),
        (4, "Support video for Jais", (MODEL,)),
        (5, "[Bugfix] Fix the order of warmup steps", (SCHEDULER, "vllm/v1/core/block_pool.py")),
        (6, "[Bugfix] Fix state corruption of padded requests", (SCHEDULER, RUNNER)),
        (8, "[Core] Add an option to schedule by full length", CORE),
        (9, "[Core] Enable async scheduling by default", (CONFIG, SCHEDULER)),
        (
            7,
            "[Core] Support freeing the blocks of finished requests",
            (SCHEDULER, RUNNER, "vllm/v1/core/block_pool.py"),
        ),
        (9, "[Core] Breaking: rename the engine's arguments", CORE),
    ],
)
def test_the_scale_is_used_from_end_to_end(points: int, title: str, files: tuple[str, ...]) -> None:
    assert judged(merged(title, *files)).importance == points


def test_a_fix_of_what_users_run_is_more_than_work_on_ci_though_ci_found_it() -> None:
    ci = judged(merged("[ROCm][CI] Fix the dispatch of attention", ".buildkite/test-amd.yaml"))
    fix = judged(
        merged("[ROCm][CI] Fix the dispatch of attention", "vllm/v1/attention/backends/rocm_attn.py")
    )

    assert ci.importance <= 2 < 3 < fix.importance


def test_a_change_of_one_platform_is_less_than_the_same_for_all() -> None:
    one = judged(merged("[XPU] Disable graphs by default", "vllm/platforms/xpu.py"))
    everyone = judged(merged("[Core] Disable graphs by default", CONFIG))

    assert one.importance < KEY_IMPORTANCE <= everyone.importance


def test_what_is_closed_unmerged_affects_nobody() -> None:
    closed = merged(
        "[Core] Breaking: rename", *CORE, events=(event("opened", -9), event("closed_unmerged", 9))
    )

    assert judged(closed).importance == 3


def test_a_bots_work_is_least() -> None:
    bump = item(title="Bump torch", author="dependabot[bot]", is_bot=True, events=MERGED)

    assert judged(bump).importance < judged(replace(bump, author=None)).importance


def test_size_counts_only_where_code_is_changed() -> None:
    code, tests = merged("[Core] Rework blocks", SCHEDULER), merged("[Core] Rework blocks", SCHEDULER_TEST)
    sized = [replace(each, additions=3000, deletions=500) for each in (code, tests)]

    assert judged(sized[0]).importance > judged(code).importance
    assert judged(sized[1]).importance == judged(tests).importance


def test_a_proposal_is_more_than_a_bug_and_a_severe_bug_more_than_a_question() -> None:
    titles = (
        "[RFC]: Split the engine",
        "[Bug]: illegal memory access in attention",
        "[Usage]: How to install",
    )

    points = [judged(item(kind="issue", title=title, events=OPENED)).importance for title in titles]

    assert points == sorted(points, reverse=True)
    assert points[0] > points[1] > points[2]


def test_talk_by_people_in_the_window_counts_and_bots_do_not() -> None:
    quiet = item(kind="issue", title="[Bug]: slow", events=OPENED)
    bots = replace(quiet, comments=tuple(comment("ci", minute, is_bot=True) for minute in range(2, 12)))
    loud = replace(quiet, comments=tuple(comment(f"user{minute}", minute) for minute in range(2, 12)))

    assert judged(bots).importance == judged(quiet).importance < judged(loud).importance


# --- the points of insight


def test_a_title_alone_teaches_little() -> None:
    assert judged(merged("Fix it", MODEL)).insight == 0
    assert (
        judged(
            merged("[Perf] Skip a copy in `prepare` to reduce stalls for long prompts, 48.9% faster", *CORE)
        ).insight
        <= 4
    )


def test_reasons_and_measurements_teach_more_than_length() -> None:
    plain = merged("[Core] Free blocks earlier", SCHEDULER)
    long = replace(plain, body=PROSE * 20)
    reasoned = replace(
        plain, body=PROSE + "This happens because the step ends first. Throughput grows by 12%."
    )

    assert judged(plain).insight < judged(long).insight < judged(reasoned).insight


def test_a_debate_with_evidence_stands_near_the_top() -> None:
    debate = item(
        title="[RFC]: A new block manager for hybrid models",
        kind="issue",
        body=PROSE * 8 + "The design trades latency for throughput because blocks are shared: 20% on H100.",
        events=OPENED,
        comments=tuple(
            comment(
                f"user{minute}", minute, "I disagree, since the benchmark shows 5% less; an alternative is X."
            )
            for minute in range(2, 9)
        ),
    )

    assert judged(debate).insight >= 9


def test_an_empty_template_and_an_environment_teach_nothing() -> None:
    plain = merged("[Core] Free blocks earlier", SCHEDULER)
    empty = replace(plain, body="<!-- say why -->\n## Purpose\n## Test Plan\n- [ ] tests\n```\npip list\n```")

    assert judged(empty).insight == judged(plain).insight


# --- risks


@pytest.mark.parametrize(
    ("risk", "title", "files"),
    [
        ("core_path", "Free blocks", (SCHEDULER,)),
        ("missing_tests", "Free blocks", (SCHEDULER,)),
        ("compatibility", "[Core] Deprecate the old flag", (SCHEDULER,)),
        ("platform_specific", "[ROCm] Use the kernel", (MODEL,)),
        ("platform_specific", "Use the kernel", ("vllm/platforms/xpu.py",)),
        ("config_default", "Enable prefetch by default", (SCHEDULER,)),
        ("concurrency", "Offload blocking work to a thread pool", (SCHEDULER,)),
        ("numerics", "Store the state in FP32", (MODEL,)),
        ("performance", "Disable dual stream execution", (MODEL,)),
        ("security", "fix(security): limit the number of sequences", ("vllm/envs.py",)),
        ("dependency", "Update torch", ("requirements/cuda.txt",)),
        ("large_change", "Move files", tuple(f"vllm/inputs/part{n}.py" for n in range(30))),
    ],
)
def test_code_tells_a_risk_by_paths_or_title(risk: Risk, title: str, files: tuple[str, ...]) -> None:
    assert risk in judged(merged(title, *files)).risks


def test_tests_are_missing_only_where_all_paths_are_known() -> None:
    tested = merged("Free blocks", SCHEDULER, SCHEDULER_TEST)
    partly = replace(merged("Free blocks", SCHEDULER), changed_files=7)

    for one in (tested, partly, merged("Free blocks"), merged("Explain blocks", "docs/blocks.md")):
        assert "missing_tests" not in judged(one).risks


def test_the_core_of_one_platform_is_no_core_path() -> None:
    risks = judged(merged("Use the kernel", "vllm/v1/attention/backends/rocm_attn.py")).risks

    assert "platform_specific" in risks
    assert "core_path" not in risks


def test_issues_and_documentation_risk_nothing() -> None:
    assert judged(item(kind="issue", title="[Bug]: async deadlock in FP8", events=OPENED)).risks == ()
    assert judged(merged("[Docs] Explain FP8", "docs/fp8.md")).risks == ()


# --- which items


def test_listed_items_and_hot_threads_are_judged_or_those_asked_for() -> None:
    talked = item(2, kind="issue", events=(event("opened", -90),), comments=(comment("bob", 3),))
    reviewed = item(3, events=(event("opened", -90),), reviews=(review("bob", 3),))
    facts = facts_of(merged("Free blocks"), talked, reviewed)

    assert list(assess_all(facts)) == [1, 2]
    assert list(assess_all(facts, [3, 99])) == [3]
    assert not assess_all(facts)[1].by_model


# --- a model's judgement


def test_a_model_moves_points_by_a_few_at_most() -> None:
    one = merged("[Docs] Explain FP8", "docs/fp8.md")
    code = judged(one)

    found = bounded(Assessment(1, "docs", 10, 10, by_model=True, what="Ten!"), code, one)

    assert (found.importance, found.insight) == (code.importance + MOST_MOVED, code.insight + MOST_MOVED)
    assert (found.by_model, found.what) == (True, "Ten!")


def test_a_model_cannot_miss_tests_that_are_there_nor_deny_what_paths_tell() -> None:
    tested = merged("Free blocks", SCHEDULER, SCHEDULER_TEST)

    claimed = bounded(Assessment(1, None, 5, 5, ("missing_tests", "numerics")), judged(tested), tested)
    silent = merged("Free blocks", SCHEDULER)

    assert claimed.risks == ("core_path", "numerics")
    assert bounded(Assessment(1, None, 5, 5), judged(silent), silent).risks == ("core_path", "missing_tests")
    unknown = merged("Free blocks")
    assert bounded(Assessment(1, None, 5, 5, ("missing_tests",)), judged(unknown), unknown).risks == ()


def test_a_category_that_the_title_states_wins_over_a_models_and_a_models_over_paths() -> None:
    stated, untold = merged("[Perf] Free blocks", SCHEDULER), merged("Jais", MODEL)

    assert bounded(Assessment(1, "docs", 5, 5), judged(stated), stated).category == "performance"
    assert judged(untold).category == "model"
    assert bounded(Assessment(1, "feature", 5, 5), judged(untold), untold).category == "feature"
    assert bounded(Assessment(1, None, 5, 5), judged(untold), untold).category == "model"


_TEXTS = st.text(max_size=200)


@given(
    _TEXTS, st.text(max_size=1000), st.lists(_TEXTS, max_size=5), st.integers(-99, 99), st.integers(-99, 99)
)
def test_any_item_gets_points_of_the_scale(
    title: str, body: str, files: list[str], first: int, second: int
) -> None:
    for kind in ("issue", "pull_request"):
        one = item(kind=kind, title=title, body=body, files=tuple(files), events=OPENED)
        code = assess(one, NOTHING)
        held = bounded(Assessment(7, None, first, second, by_model=True), code, one)

        for found in (code, held):
            assert found.number == 1
            assert 0 <= found.importance <= 10
            assert 0 <= found.insight <= 10
        assert abs(held.importance - code.importance) <= MOST_MOVED
        assert abs(held.insight - code.insight) <= MOST_MOVED

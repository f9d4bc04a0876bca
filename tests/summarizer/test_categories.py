"""Categories: what title, labels and paths tell."""

from __future__ import annotations

import pytest

from summarizer.categories import category, stated_category
from tests.builders import item


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("[BugFix] Fix minimax m2 model rotary_dim", "bugfix"),
        ("[CI][Bugfix] Repair the queue", "bugfix"),
        ("fix: Update json features supported by xGrammar", "bugfix"),
        ("fix(core): something", "bugfix"),
        ("[Docs] Generate full list of metrics in user docs", "docs"),
        ("[Doc]: adds a metric", "docs"),
        ("[CI/Build] Bump torch", "ci"),
        ("[Perf] Faster masks", "performance"),
        ("[MoE Refactor] Move experts", "refactor"),
        ("Standardise `get_rope` to use a factor", "refactor"),
        ("[Model] Support GLM-5", "model"),
        ("[CPU] Support for Whisper", "feature"),
        ("[Test] Cover the parser", "test"),
        ("[Misc] Rename", "other"),
        ("[Model] Fix a model that fails to run", "bugfix"),
        ("[Misc] Fix the shared gate", "bugfix"),
        ("[ROCm] fusion and padding fixes", "bugfix"),
        ("[CI] Fix the kernel tests", "ci"),
        ("DOC: Repair pages", "docs"),
        ("[Core] Deduplicate the generate logic", "refactor"),
        ('Revert "[Perf] Faster masks"', "other"),
        ("[v1] PrefixLM for the backend", None),
        ("Fixture handling", None),
    ],
)
def test_a_title_tells_the_category(title: str, kind: str | None) -> None:
    assert category(item(title=title)) == kind


def test_a_label_tells_it_when_the_title_does_not() -> None:
    assert category(item(kind="issue", title="It crashes", labels=("bug",))) == "bugfix"
    assert category(item(title="[Docs] Typo", labels=("performance",))) == "docs"


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (("docs/usage/faq.md", "README.md"), "docs"),
        (("mkdocs.yaml",), "docs"),
        (("tests/v1/test_scheduler.py", "tests/conftest.py"), "test"),
        (("pkg/scheduler/queue_test.go",), "test"),
        ((".buildkite/test-amd.yaml", "docker/Dockerfile.rocm"), "ci"),
        ((".github/workflows/lint.yml",), "ci"),
        (("vllm/model_executor/models/jais.py", "tests/models/registry.py", "docs/models.md"), "model"),
        ((".buildkite/test.yaml", "tests/kernels/test_moe.py"), "ci"),
        (("vllm/v1/core/sched/scheduler.py", "tests/v1/test_scheduler.py"), None),
        (("vllm/tests_helper.py",), None),
        ((), None),
        (None, None),
    ],
)
def test_paths_tell_it_where_all_have_one_thing_in_common(
    files: tuple[str, ...] | None, kind: str | None
) -> None:
    assert category(item(title="Jobs for the queue", files=files)) == kind


def test_paths_are_asked_last() -> None:
    files = ("docs/usage/faq.md",)

    assert category(item(title="[Perf] Faster masks", files=files)) == "performance"
    assert category(item(title="Masks", labels=("performance",), files=files)) == "performance"


def test_what_only_labels_or_paths_tell_is_not_stated() -> None:
    told = item(title="Masks", labels=("performance",), files=("docs/usage/faq.md",))

    assert stated_category(told) is None
    assert stated_category(item(title="[Perf] Faster masks")) == "performance"

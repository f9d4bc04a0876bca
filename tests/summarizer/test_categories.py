"""Categories: what title and labels state."""

from __future__ import annotations

import pytest

from summarizer.categories import category
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
        ("[v1] PrefixLM for the backend", None),
        ("Fixture handling", None),
    ],
)
def test_a_title_tells_the_category(title: str, kind: str | None) -> None:
    assert category(item(title=title)) == kind


def test_a_label_tells_it_when_the_title_does_not() -> None:
    assert category(item(kind="issue", title="It crashes", labels=("bug",))) == "bugfix"
    assert category(item(title="[Docs] Typo", labels=("performance",))) == "docs"

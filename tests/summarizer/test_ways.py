"""Which ways of asking for JSON a model has, by its provider and by what LangChain knows of it."""

from __future__ import annotations

import pytest

from summarizer.ways import ALL, Way, ways_of


@pytest.mark.parametrize(
    ("provider", "profile", "without"),
    [
        ("openai", {}, set()),
        ("mistralai", {"tool_calling": True}, set()),
        ("ollama", {}, set()),
        ("anthropic", {"structured_output": True}, {"json_mode"}),
        ("google_genai", {}, {"json_mode"}),
        ("deepseek", {}, {"json_schema"}),
        ("groq", {"structured_output": False, "tool_calling": True}, {"json_schema"}),
        ("openrouter", {"structured_output": False, "tool_calling": False}, set(ALL) - {"text"}),
    ],
)
def test_a_model_is_asked_in_the_ways_it_has_best_first_and_by_plain_text_in_the_end(
    provider: str, profile: dict[str, object], without: set[Way]
) -> None:
    assert ways_of(provider, profile) == tuple(way for way in ALL if way not in without)

"""The whole program with a model at the other end of a socket: the words change, the facts never do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.bot.shell import vllm_digest
from tests.servers.model.behaviours import Behaviour, Good, Lying, Swapping, broken, quota_spent

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.model.server import ModelServer

WINDOW = "2025-12-10T19:59:30..20:59"
"""The window of the report that denied #26701."""


async def _digest(base_url: str, folder: Path) -> dict[str, Any]:
    finished = await vllm_digest(
        WINDOW,
        "tz:Asia/Shanghai",
        "lang:zh",
        "--demo",
        "--format",
        "json",
        cwd=folder,
        DIGEST_MODEL="openai:tests-model",
        OPENAI_BASE_URL=base_url,
        OPENAI_API_KEY="none",
    )
    assert finished.code == 0, finished.err
    digest: dict[str, Any] = json.loads(finished.out)
    return digest


def _section(digest: dict[str, Any], section_id: str) -> str:
    markdown: str = next(each["markdown"] for each in digest["sections"] if each["id"] == section_id)
    return markdown


async def test_a_good_model_writes_and_is_named(model_server: ModelServer, tmp_path: Path) -> None:
    digest = await _digest(model_server.serve(Good()), tmp_path)

    assert digest["generation"]["model"] == "openai:tests-model"
    assert digest["generation"]["rung"] == "full"
    assert digest["generation"]["tokens_in"] > 0
    assert digest["verification"]["claims"] > 0


@pytest.mark.parametrize(
    "behaviour", [Good(), Lying(), Swapping(), broken()], ids=lambda each: type(each).__name__
)
async def test_no_model_changes_the_amd_section_the_counts_or_the_lists(
    behaviour: Behaviour, model_server: ModelServer, tmp_path: Path
) -> None:
    offline = await vllm_digest(
        WINDOW, "tz:Asia/Shanghai", "lang:zh", "--demo", "--format", "json", cwd=tmp_path
    )

    digest = await _digest(model_server.serve(behaviour), tmp_path)

    expected = json.loads(offline.out)
    assert "[#26701](https://github.com/vllm-project/vllm/pull/26701)" in _section(digest, "topic-amd")
    assert _section(digest, "topic-amd") == _section(expected, "topic-amd")
    for same in ("counts", "topics", "hot", "tally", "alerts", "files", "contributors", "title", "id"):
        assert digest[same] == expected[same]
    assert _unjudged(digest["lists"]) == _unjudged(expected["lists"])
    tables = [section.get("tables") for section in digest["sections"]]
    assert tables == [section.get("tables") for section in expected["sections"]]


def _unjudged(lists: dict[str, Any]) -> dict[str, Any]:
    """The lists without what a model may judge."""
    judged = ("importance", "insight", "risks", "category")
    return {
        name: [{key: row[key] for key in row if key not in judged} for row in rows]
        for name, rows in lists.items()
    }


async def test_with_a_broken_model_the_digest_still_comes_and_says_what_was_extracted(
    model_server: ModelServer, tmp_path: Path
) -> None:
    digest = await _digest(model_server.serve(broken()), tmp_path)

    assert digest["generation"]["rung"] == "extraction"
    assert len(_section(digest, "summary")) > 20
    warned = [warning["text"] for warning in digest["warnings"] if warning["key"] == "model.malformed"]
    titles = [section["title"] for section in digest["sections"]]
    assert any(title in text for title in titles for text in warned)
    assert len(warned) == 6


async def test_spent_credit_is_told_in_the_digest_and_costs_no_retries(
    model_server: ModelServer, tmp_path: Path
) -> None:
    base_url = model_server.serve(quota_spent())

    digest = await _digest(base_url, tmp_path)

    assert digest["generation"]["rung"] == "extraction"
    assert len(model_server.asked(base_url)) <= 6


async def test_a_model_without_its_key_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    finished = await vllm_digest("today", "--demo", "--model", "anthropic:claude-sonnet-4-5", cwd=tmp_path)

    assert finished.code == 3
    assert "ANTHROPIC_API_KEY" in finished.err
    assert finished.err.count("\n") == 1


async def test_an_unknown_provider_is_said(tmp_path: Path) -> None:
    finished = await vllm_digest("today", "--demo", "--model", "nobody:model", cwd=tmp_path)

    assert finished.code == 3
    assert "nobody" in finished.err

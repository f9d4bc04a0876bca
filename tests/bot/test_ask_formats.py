"""An answer in each format that a question takes: Markdown, plain text, JSON by its published schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from bot.grammar.commands import Options
from summarizer.questions import answerform
from summarizer.questions.query import Query
from tests.bot.shell import vllm_digest
from tests.bot.talk import ANN, NOW, TERMINAL, ask, talking
from tests.bot.test_ask import FORMS

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.bot.running import Host

VALIDATOR = Draft202012Validator(answerform.schema())


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_answer_as_json_is_as_its_schema_says(lang: str, host: Host) -> None:
    questions = [
        *FORMS, "compare AMD and NVIDIA PRs this week", "PRs merged per week", "explain #102", "closed PRs",
        "flurb gleep", "any PRs on 2026-02-30?", "any PRs in 2019?", "PRs mentioning \"paged attention\"",
    ]  # fmt: skip
    told = {}
    async with talking(host) as bot:
        for question in questions:
            reply = await ask(bot, f"{question} format:json lang:{lang}")
            assert reply.format == "json"
            told[question] = json.loads(reply.text)
            VALIDATOR.validate(told[question])

    assert {each["lang"] for each in told.values()} == {lang}
    assert told["explain #102"]["question"] == "explain #102"
    yes = told["any AMD PRs this week?"]
    assert [item["number"] for item in yes["items"]] == [102, 101]
    assert (yes["complete"], yes["total"], yes["about"]) == (True, 2, 2)
    assert len(told["closed PRs"]["choices"]) == 2
    assert told["flurb gleep"]["query"] is None


async def test_as_plain_text_there_is_no_markup_and_no_link(host: Host) -> None:
    async with talking(host) as bot:
        reply = await ask(bot, "any AMD PRs this week? format:text")

    assert reply.format == "text"
    assert "AMD/ROCm" in reply.text.partition("\n")[0]
    assert "- #101 [ROCm] Fix the kernel of MI355X — by amy, opened 1 day ago" in reply.text
    for markup in ("**", "](", "https://", "`"):
        assert markup not in reply.text


async def test_a_format_of_digests_is_refused(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        for name in ("jekyll", "slack", "discord"):
            reply = await bot.commands(f"any AMD PRs today? format:{name}", ANN)

            assert reply.problem is not None
            assert reply.problem.key == "option.not_one_of"


async def test_a_programs_query_is_answered_without_reading(host: Host) -> None:
    async with talking(host) as bot:
        reply = await bot.commands.about(
            Query(kind="pull_request", topics=("amd",)), Options(format="json"), TERMINAL
        )

    told: dict[str, Any] = json.loads(reply.text)
    VALIDATOR.validate(told)
    assert told["question"] is None
    assert {item["number"] for item in told["items"]} == {91, 101, 102}


async def test_in_the_shell_a_question_is_answered_in_each_format(tmp_path: Path) -> None:
    question = "any AMD PRs today?"
    md = await vllm_digest(question, "--demo", cwd=tmp_path)
    told = await vllm_digest("ask", question, "--demo", "--format", "json", cwd=tmp_path)
    written = await vllm_digest("ask", question, "--demo", "--output", "answer.md", cwd=tmp_path)

    assert (md.code, told.code, written.code) == (0, 0, 0), md.err + told.err + written.err
    assert md.out.startswith("> ")
    assert "[#26701](https://github.com/vllm-project/vllm/pull/26701)" in md.out
    assert [item["number"] for item in json.loads(told.out)["items"]] == [26701]
    assert (tmp_path / "answer.md").read_text("utf-8") == md.out
    assert md.err == told.err == written.err == ""

"""Questions: the topic, window, kind and filters that were understood, and the items that match."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from tests.bot.demo import demo_services

if TYPE_CHECKING:
    from pathlib import Path

CHAT = Context("terminal", conversation="one")


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("any AMD PRs today?", {26701}),
        ("今天有 AMD 的 PR 吗？", {26701}),
        ("any AMD issues today?", set()),
        ("which bugs were reported today?", {30382, 30383, 30387}),
        ("what about #30384 today?", {30384}),
        ("any PRs today? author:hmellor", {30389}),
        ("any PRs today? label:rocm", {26701}),
        ("any AMD PRs today? is:merged", set()),
        ("what got merged today?", {30062, 30331, 30384}),
        ("今天合并了什么？", {30062, 30331, 30384}),
        ("which issues were closed today?", {30382}),
        ("PRs by hmellor today?", {30389}),
        ("今天量化相关的 PR", {26701}),
    ],
)
async def test_an_answer_lists_exactly_the_matching_items(
    question: str, numbers: set[int], tmp_path: Path
) -> None:
    async with demo_services(tmp_path) as services:
        reply = await services.commands(question, CHAT)

    rows = [line for line in reply.text.splitlines() if line.startswith("- [#")]
    assert {int(row.partition("#")[2].partition("]")[0]) for row in rows} == numbers
    assert reply.problem is None


async def test_what_was_understood_is_shown_with_its_window_and_zone(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        reply = await services.commands("any AMD PRs today? label:rocm", CHAT)

    first = reply.text.splitlines()[0]
    assert first.startswith("> PRs · AMD/ROCm · label:rocm · 2025-12-10 00:00 (UTC+8)")


async def test_an_answer_over_incomplete_data_says_so(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        week = await services.commands("any AMD PRs this week?", CHAT)
        today = await services.commands("any AMD PRs today?", CHAT)

    assert "> Incomplete" in week.text
    assert "Incomplete" not in today.text


async def test_a_following_line_of_options_or_a_window_refines_the_question(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        await services.commands("any AMD PRs today?", CHAT)
        refined = await services.commands("lang:zh", CHAT)
        elsewhere = await services.commands("today", Context("terminal", conversation="another"))

    assert "AMD/ROCm 生态" in refined.text
    assert elsewhere.digest is not None

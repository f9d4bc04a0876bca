"""A digest is built once, however many ask for it at the same time, in one process or in several."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.chat import Context
from tests.bot.demo import demo_services
from tests.bot.shell import vllm_digest

if TYPE_CHECKING:
    from pathlib import Path

SHELL = Context("shell")


async def test_all_who_ask_at_the_same_time_get_the_one_digest(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        replies = await asyncio.gather(*(services.commands("today", SHELL) for _ in range(20)))

    assert len({id(reply.digest) for reply in replies}) == 1
    assert len({reply.text for reply in replies}) == 1


async def test_who_asks_later_gets_the_kept_digest(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        first = await services.commands("2025-12-10T17:53..18:53", SHELL)
        later = await services.commands("2025-12-10T17:53..18:53", SHELL)
        chinese = await services.commands("2025-12-10T17:53..18:53 lang:zh", SHELL)

    assert first.digest is not None
    assert later.digest is not None
    assert chinese.digest is not None
    assert [each.generation.cached for each in (first.digest, later.digest, chinese.digest)] == [
        False,
        True,
        False,
    ]
    assert first.digest.id == later.digest.id == chinese.digest.id


async def test_another_choice_of_topics_is_not_served_the_kept_page(tmp_path: Path) -> None:
    async with demo_services(tmp_path) as services:
        amd = await services.commands("today", SHELL)
    async with demo_services(tmp_path, DIGEST_TOPICS="tpu") as services:
        tpu = await services.commands("today", SHELL)

    assert amd.digest is not None
    assert tpu.digest is not None
    assert "topic-amd" in {section.id for section in amd.digest.sections}
    assert "topic-tpu" in {section.id for section in tpu.digest.sections}


async def test_processes_that_start_at_once_share_one_server_and_agree(tmp_path: Path) -> None:
    finished = await asyncio.gather(*(vllm_digest("today", "--demo", cwd=tmp_path) for _ in range(4)))

    assert [each.code for each in finished] == [0] * 4, [each.err for each in finished]
    assert len({each.out for each in finished}) == 1

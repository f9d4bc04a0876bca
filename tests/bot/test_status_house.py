"""What `status` tells of the house: to the local shell all of it, to others what concerns them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from tests.bot.running import Host

REPO = "vllm-project/vllm"
NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                "- Subscriptions: 1 active, 1 paused, 0 stopped by the bot",
                "- Deliveries: 0 under way, 0 of them late; 0 failed or given up",
                "- Topics: 16 in vllm.toml",
            ],
        ),
        (
            "zh",
            [
                "- 订阅：1 个生效，1 个暂停，0 个被机器人停用",
                "- 投递：0 份进行中，其中 0 份迟到；0 份失败或已放弃",
                "- 主题：vllm.toml 中有 16 个",
            ],
        ),
    ],
)
async def test_the_shell_is_told_how_the_house_stands(host: Host, lang: str, lines: list[str]) -> None:
    world = World()
    world.repository(REPO).open_issue("A fault", by="ann", at=NOW - timedelta(hours=1))
    shell = Context("terminal", conversation="one", lang=lang, tz="UTC")
    slack = Context("slack", team="T0123", channel="C0123", person="U0ANN", lang=lang, tz="UTC")
    async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.commands("subscribe daily 09:00 to:terminal", shell)
        await bot.commands("subscribe weekly mon 10:00 to:terminal", shell)
        await bot.commands("pause s2", shell)
        told = await bot.commands("status", shell)
        elsewhere = await bot.commands("status", slack)

    said = told.text.splitlines()
    assert [line for line in said if line in lines] == lines
    assert said[-1].startswith("- vllm-digest ")
    assert not set(lines) & set(elsewhere.text.splitlines())
    assert "vllm-digest" not in elsewhere.text

"""A digest as a platform's own JSON, from the shell and from a chat: what the platform takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from tests.adapters.discord.limits_checker import IS_COMPONENTS_V2, refused, texts
from tests.bot.talk import NOW, talked_about
from tests.servers.github import github_server

if TYPE_CHECKING:
    from tests.bot.running import Host

SHELL = Context("shell", lang="en", tz="UTC")
IN_CHAT = Context("discord", conversation="7:1", team="9", channel="7", person="1", lang="zh", lays_out=True)


@pytest.mark.parametrize(("context", "said"), [(SHELL, "merged"), (IN_CHAT, "合并")])
@pytest.mark.parametrize("line", ["week format:discord", "week topic:amd format:discord"])
async def test_a_digest_as_discords_json_is_taken_by_discord(
    host: Host, context: Context, said: str, line: str
) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        reply = await bot.desk(line, context)

    payload = json.loads(reply.text)
    assert (reply.format, payload["flags"]) == ("discord", IS_COMPONENTS_V2)
    assert payload["allowed_mentions"] == {"parse": []}
    assert refused(payload) == []
    assert said in "\n".join(texts(payload))

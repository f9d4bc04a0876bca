"""Whatever a title says, nobody is called by it and nothing becomes a link that is none of GitHub's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import actions
from tests.adapters.slack.whole import until_posted, until_result, whole
from tests.bot.talk import HOUR, NOW, REPO, talked_about
from tests.servers.slack import ANN, BEN, BOT, GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

HOSTILE = (
    "[ROCm] <!channel> look",
    f"[ROCm] <@{ANN}> <!here|x> <!subteam^S1> &lt;!everyone&gt;",
    "[ROCm] <https://evil.example|free> [free](https://evil.example) https://evil.example/x",
    "[ROCm] evil.com www.evil.com setup.py mailto:a@evil.com",
    "[ROCm] ```<!channel>``` `<!here>` *bold* _x_ ~y~ :tada: > quote",
    "[ROCm] \u202e<!channel>\u202c | a | b |",
)


async def test_no_title_calls_anybody_or_becomes_a_link(host: Host, server: SlackServer) -> None:
    world = talked_about()
    for number, title in enumerate(HOSTILE, 201):
        world.repository(REPO).open_pr(title, by="eve", at=NOW - HOUR, number=number)
    async with whole(host, server, world=world):
        for user in (ANN, BEN):
            for line in ("today", "any AMD PRs this week?", "explain #203", "why 202", "today in:channel"):
                await until_result(server, await server.command("/vllm-digest", line, user=user))
        await server.mention(GENERAL, ANN, "any AMD PRs today?")
        await until_posted(server, GENERAL, 3, "#201")
        await server.direct(ANN, "explain #201")
        await until_posted(server, server.dm_of(ANN).id)
        digest = await until_result(server, await server.command("/vllm-digest", "today"))
        await server.press(digest, actions.DETAILS)
        await server.until(lambda: server.modals(ANN))
        for line in (
            f"<!channel> <@{BEN}> evil.com",
            f"repo:<!here>/x today <@{BOT}>",
            "*x* <https://evil.com|y>",
        ):
            await until_result(server, await server.command("/vllm-digest", line))

    assert server.pings() == []
    assert [each for each in server.links() if not each.url.startswith("https://github.com/")] == []

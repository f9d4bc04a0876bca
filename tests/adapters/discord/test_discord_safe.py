"""Whatever a title or a person says, nobody is called by it and nothing becomes a link that is none of GitHub's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.discord import actions
from tests.adapters.discord.discord_reader import WAYS, read
from tests.adapters.discord.whole import posted, result, whole
from tests.bot.talk import HOUR, NOW, REPO, talked_about
from tests.servers.discord import ANN, BEN, BOT, GENERAL, GUILD, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME: Final = f"<@{BOT}>"
OFTEN: Final[dict[str, Any]] = {"DIGEST_RATE_PER_USER": "1000/h"}
HOSTILE: Final = (
    "[ROCm] @everyone look @here",
    f"[ROCm] <@{ANN}> <@!{BEN}> <@&{GUILD}> <#{GENERAL}> </today:1>",
    "[ROCm] [free](https://evil.example) <https://evil.example> https://evil.example/x",
    "[ROCm] [x](<https://evil.example>) ](https://evil.example) steam://run/1",
    "[ROCm] discord.gg/abc https://discord.com/invite/abc discordapp.com/invite/x",
    "[ROCm] ```@everyone``` `<@1>` **bold** __x__ ~~y~~ ||z|| :tada: > quote",
    "[ROCm] # heading <t:0:R> <a:blob:123> -# small \u202e@everyone\u202c",
)


async def test_no_words_of_others_call_anybody_or_become_a_link(host: Host, server: DiscordServer) -> None:
    world = talked_about()
    for number, title in enumerate(HOSTILE, 201):
        world.repository(REPO).open_pr(title, by="eve", at=NOW - HOUR, number=number)
    async with whole(host, server, world=world, **OFTEN):
        for person in (server.ann, server.ben):
            for name, options in (
                ("today", {}),
                ("today", {"in": "channel"}),
                ("ask", {"question": "any AMD PRs this week?"}),
                ("ask", {"question": "explain #203"}),
                ("why", {"item": "202"}),
                ("ask", {"question": f"@everyone <@{BEN}> [x](https://evil.example) discord.gg/abc"}),
                ("today", {"repo": "@here/x"}),
                ("today", {"topic": "<@1>, https://evil.example"}),
                ("date", {"when": "@everyone"}),
                ("topic", {"key": "amd", "action": "add", "item": "201", "because": HOSTILE[2]}),
                ("topics", {}),
                ("iam", {"login": "@everyone"}),
                ("help", {"about": "@here https://evil.example"}),
            ):
                await result(person.slash(GENERAL, name, options))
        server.ann.says(GENERAL, f"{ME} any AMD PRs today? @everyone <@{BEN}>")
        await posted(server, GENERAL, "#201")
        server.ann.says(server.ann.dm, "explain #201")
        await posted(server, server.ann.dm, "#201")
        for line in (
            f"@everyone <@{BEN}> evil.example discord.gg/x",
            "repo:@here/x today",
            "[x](https://evil.example)",
        ):
            server.ann.says(server.ann.dm, line)
        await posted(server, server.ann.dm, count=4)
        digest = await result(server.ann.slash(GENERAL, "today", {"format": "md"}))
        digest = await result(server.ann.slash(GENERAL, "today"), "vLLM development report")
        for action in (actions.DETAILS, actions.FULL):
            await result(server.ann.press(digest, action))

    assert server.pings() == []
    versions = [
        version
        for each in server.all_messages
        if each.author == BOT
        for version in each.versions
        if not version.flags & 128  # "thinking", which is Discord's own
    ]
    assert len(versions) > 40
    for version in versions:
        assert version.allowed_mentions == {"parse": []}
        for text in (version.content, *texts(version.components)):
            for way in WAYS:
                found = read(text, is_counting=way)
                assert found.is_harmless, text
                assert all(
                    url.startswith("https://github.com/vllm-project/vllm") for _, url in found.links
                ), text
        assert all(
            str(each.get("url", "https://github.com/")).startswith("https://github.com/")
            for each in walked(version.components)
            if each["type"] == 2
        )


async def test_every_request_that_shows_something_allows_no_mentions(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, is_synced=False):
        server.ann.says(GENERAL, f"{ME} today")
        await posted(server, GENERAL, "vLLM development report")
        await result(server.ann.slash(GENERAL, "today", {"in": "channel"}), "vLLM development report")
        await result(server.ann.slash(GENERAL, "ask", {"question": "any AMD PRs?"}))

    sent = [*server.called("* /channels/*/messages*"), *server.called("* /webhooks/*")]
    bodies = [each.body for each in sent if each.method in ("POST", "PATCH")]
    assert len(bodies) >= 6
    assert all(each["allowed_mentions"] == {"parse": []} for each in bodies)


def texts(components: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [each["content"] for each in walked(components) if each["type"] == 10]

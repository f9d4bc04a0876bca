"""Replies: whoever replies to what the bot said goes on from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.adapters.discord.whole import posted, quiet, result, whole
from tests.bot.talk import REPO, on, talked_about
from tests.servers.discord import BOT, GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message

ME = f"<@{BOT}>"


def filter_of(message: Message) -> str:
    """The line of a digest that tells what it is limited to."""
    return next(line for line in message.text.splitlines() if line.startswith("Filter"))


async def test_a_reply_to_an_answer_goes_on_from_it_and_so_does_one_to_that(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} which PRs were opened today?")
        (first,) = await posted(server, GENERAL, "2 PRs")
        asked = server.ben.says(GENERAL, "only the AMD ones", reply_to=first)
        second = (await posted(server, GENERAL, "#102", 2))[-1]
        server.ann.says(GENERAL, "last week", reply_to=second)
        third = (await posted(server, GENERAL, "#91"))[-1]

    assert second.reference == asked.id
    assert "#103" not in second.text
    assert "#92" not in third.text  # of NVIDIA's


async def test_a_reply_to_a_digest_cuts_it_anew(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.ben.says(GENERAL, "topic:amd", reply_to=post)
        _, refined = await posted(server, GENERAL, "vLLM development report", 2)
        server.ben.says(GENERAL, "yesterday", reply_to=refined)
        last = (await posted(server, GENERAL, "2026-03-23", 1))[-1]

    assert "#103" in post.text
    assert "#103" not in refined.text
    assert "#104" not in last.text  # of no AMD's


async def test_two_people_who_reply_to_the_same_message_go_two_ways(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.ben.says(GENERAL, "topic:amd", reply_to=post)
        await posted(server, GENERAL, "vLLM development report", 2)
        server.ann.says(GENERAL, "topic:nvidia", reply_to=post)
        third = (await posted(server, GENERAL, "vLLM development report", 3))[-1]

        server.ann.says(GENERAL, "only merged ones", reply_to=post)
        fourth = (await posted(server, GENERAL, "vLLM development report", 4))[-1]
        server.ben.says(GENERAL, f"{ME} which PRs were opened today?")
        (answer,) = await posted(server, GENERAL, "2 PRs")
        server.ann.says(GENERAL, "only the AMD ones", reply_to=answer)
        await posted(server, GENERAL, "1 AMD/ROCm PR")
        server.ben.says(GENERAL, "how many?", reply_to=answer)
        counted = (await posted(server, GENERAL, "2 PRs", 2))[-1]

    assert "#103" in third.text
    assert "#101" not in third.text
    assert "NVIDIA" not in filter_of(fourth)
    assert "#103" in counted.text


async def test_a_reply_that_forgets_forgets_what_it_replies_to(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} which PRs were opened today?")
        (answer,) = await posted(server, GENERAL, "2 PRs")
        server.ann.says(GENERAL, "forget", reply_to=answer)
        await posted(server, GENERAL, "Forgotten")
        asked = server.ben.says(GENERAL, "only the AMD ones", reply_to=answer)
        said = await posted(server, GENERAL, count=4)  # the word about the zone is one of them
        later = next(each for each in said if each.reference == asked.id)

    assert "opened" not in later.text


async def test_a_reply_goes_on_whichever_process_hears_it(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} which PRs were opened today?")
        (first,) = await posted(server, GENERAL, "2 PRs")
    async with whole(host, server, is_synced=False):
        server.ann.says(GENERAL, "only the AMD ones", reply_to=first)
        second = (await posted(server, GENERAL, "#102", 2))[-1]

    assert "#103" not in second.text


async def test_a_reply_to_what_a_command_posted_names_the_bot_and_goes_on(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        await result(server.ann.slash(GENERAL, "today", {"in": "channel"}), "vLLM development report")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.ben.says(GENERAL, "topic:amd", reply_to=post)  # of which Discord shows us no words
        server.ben.says(GENERAL, f"{ME} topic:amd", reply_to=post)
        _, refined = await posted(server, GENERAL, "vLLM development report", 2)
        question = {"question": "which PRs were opened today?", "in": "channel"}
        await result(server.ann.slash(GENERAL, "ask", question), "2 PRs")
        answer = (await posted(server, GENERAL, "2 PRs"))[-1]
        server.ben.says(GENERAL, f"{ME} only the AMD ones", reply_to=answer)
        narrowed = (await posted(server, GENERAL, "#102", 4))[-1]

    assert "#103" not in refined.text
    assert "#103" not in narrowed.text


async def test_a_reply_without_a_ping_is_heard_where_it_names_the_bot_alone(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.ben.says(GENERAL, "topic:amd", reply_to=post, ping=False)
        await quiet(server)

    assert await posted(server, GENERAL, "vLLM development report") == [post]


async def test_a_reply_to_somebody_else_is_not_heard_unless_it_names_the_bot(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        said = server.ann.says(GENERAL, "What a week")
        server.ben.says(GENERAL, "today", reply_to=said)
        await quiet(server)
        assert server.by_bot() == []
        asked = server.ben.says(GENERAL, f"{ME} status", reply_to=said)
        (answer,) = await posted(server, GENERAL)

    assert answer.reference == asked.id


async def test_a_reply_to_a_message_that_is_gone_is_a_line_of_its_own(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        said = server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.delete(post)
        server.ben.says(GENERAL, f"{ME} status", reply_to=post)
        await posted(server, GENERAL, "Holds 10 items")

    assert said.id < post.id


async def test_the_whole_of_a_long_answer_can_be_replied_to(host: Host, server: DiscordServer) -> None:
    world = talked_about()
    for number in range(300, 340):
        world.repository(REPO).open_pr(
            f"[ROCm] {'Tune kernels ' * 12}", by="amy", at=on(24, 9), number=number
        )
    async with whole(host, server, world=world):
        server.ann.says(GENERAL, f"{ME} list the PRs opened today")
        await posted(server, GENERAL, count=3)
        last = server.by_bot(GENERAL)[-1]
        server.ben.says(GENERAL, "only the NVIDIA ones", reply_to=last)
        answer = (await posted(server, GENERAL, "#103"))[-1]

    assert "#300" not in answer.text

"""Zones: Discord tells nobody's, so that the first answer says which one was taken, once, and how to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord import actions
from tests.adapters.discord.whole import buttons_of, posted, quiet, result, told, whole
from tests.servers.discord import BEN, BOT, GENERAL, Permission, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Interaction, Message

ME = f"<@{BOT}>"
NOTE = "The times in the text are in UTC"
CHINESE_NOTE = "文中的时间按 UTC 显示"


def notes(asked: Interaction) -> list[Message]:
    return [each for each in asked.messages if NOTE in each.text or CHINESE_NOTE in each.text]


async def test_the_first_answer_names_the_zone_and_later_ones_do_not(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        first = server.ann.slash(GENERAL, "today")
        await result(first, "vLLM development report")
        await first.until(lambda: notes(first))
        second = server.ann.slash(GENERAL, "today")
        await result(second, "vLLM development report")
        other = server.ben.slash(GENERAL, "ask", {"question": "今天合并了什么？"})
        await other.until(lambda: notes(other))
        await quiet(server)

    (note,) = notes(first)
    assert note.only_for == server.ann.id
    assert notes(second) == []
    assert CHINESE_NOTE in notes(other)[0].text


async def test_what_tells_no_times_names_no_zone(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for name, options in (("help", {}), ("prefs", {}), ("today", {"repo": "acme/absent"})):
            asked = server.ann.slash(GENERAL, name, options)
            await result(asked)
            await quiet(server)
            assert notes(asked) == [], name
        asked = server.ann.slash(GENERAL, "today")
        await asked.until(lambda: notes(asked))


async def test_who_has_told_their_zone_is_told_none(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        await result(server.ann.slash(GENERAL, "prefs", {"tz": "Asia/Shanghai"}))
        asked = server.ann.slash(GENERAL, "today")
        digest = await result(asked, "vLLM development report")
        await quiet(server)

    assert len(asked.messages) == 1
    assert "Asia/Shanghai" in digest.text


async def test_each_may_change_what_is_theirs(host: Host, server: DiscordServer) -> None:
    server.allow(GENERAL, Permission.MANAGE_CHANNELS, who=BEN)
    async with whole(host, server):
        found = {}
        cyd = server.person(server.add_user(name="cyd").id)
        for name, person, channel in (
            ("owner", server.ann, GENERAL),
            ("of the channel", server.ben, GENERAL),
            ("nobody", cyd, GENERAL),
        ):
            asked = person.slash(channel, "today", locale="en-US")
            note = await told(asked, NOTE)
            found[name] = [each.partition("#")[2] for each in labels(note)]

    assert found == {
        "owner": ["me", "channel", "server"],
        "of the channel": ["me", "channel"],
        "nobody": ["me"],
    }


async def test_a_button_of_the_note_sets_the_zone_and_tells_the_digest_anew(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        asked = server.ann.slash(GENERAL, "today")
        await asked.until(lambda: notes(asked))
        opened = server.ann.press(notes(asked)[0], "Change mine")
        await opened.until(lambda: opened.modal)
        assert opened.modal is not None
        sent = server.ann.submit(opened.modal, {"zone": "Asia/Tokyo"})
        await result(sent, "Asia/Tokyo")
        later = await result(server.ann.slash(GENERAL, "yesterday"), "vLLM development report")

    assert "Asia/Tokyo" in later.text


async def test_in_a_channel_and_in_a_direct_message_it_stands_below_the_answer(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        asked = server.ann.says(GENERAL, f"{ME} today")
        (note,) = await _noted(server, GENERAL)
        direct = server.ben.says(server.ben.dm, "today")
        (alone,) = await _noted(server, server.ben.dm)

    assert note.reference == asked.id
    assert alone.reference == direct.id
    assert buttons_of(alone) == [actions.ZONE]
    assert note.id > (await posted(server, GENERAL, "vLLM development report"))[0].id


async def test_a_busy_channel_is_not_told_for_each_who_asks(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        await _noted(server, GENERAL)
        server.ben.says(GENERAL, f"{ME} yesterday")
        await posted(server, GENERAL, "vLLM development report", 2)
        server.ann.says(GENERAL, f"{ME} topics")
        await posted(server, GENERAL, "topic:amd")

    assert len(await _noted(server, GENERAL)) == 1


async def _noted(server: DiscordServer, channel: int) -> list[Message]:
    found: list[Message] = await server.until(
        lambda: [each for each in server.by_bot(channel) if NOTE in each.text]
    )
    return found


def labels(note: Message) -> list[str]:
    """The custom ids of its buttons, up to what they carry."""
    return [each["custom_id"].partition("|")[0] for each in walked(note.components) if each["type"] == 2]

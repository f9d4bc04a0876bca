"""The courier changes what it posted: a correction in its place, and a post taken back with all that hangs below."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Later, Mark, Missing, Sent, Shut
from tests.adapters.discord.couriers import DAY, DELIVERY, PAGED, PNG, courier_of, delivered, in_channel
from tests.adapters.slack.shown_digests import reference_day
from tests.servers.discord import ANN, FORUM, GENERAL, GUILD, Permission, Version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat.delivering import Part
    from adapters.discord.courier import DiscordCourier
    from adapters.store import Store
    from tests.servers.discord import DiscordServer

CORRECTED = replace(
    DAY, reply=replace(DAY.reply, digest=replace(reference_day(), title="Corrected", revision=2))
)


@pytest.fixture
async def courier(server: DiscordServer, store: Store) -> AsyncIterator[DiscordCourier]:
    async with courier_of(server, store) as courier:
        yield courier


async def corrected(courier: DiscordCourier, channel: int = GENERAL) -> list[Part]:
    return list(await courier.parts(CORRECTED, in_channel(channel)))


def second(part: Part) -> Mark:
    return Mark(DELIVERY, part.name, 2)


# --- edits


async def test_a_correction_takes_the_place_of_the_post(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    [root, *_] = await corrected(courier)

    for _ in range(2):
        await courier.edit(root, in_channel(), second(root), sent["post"])

    [post] = server.by_bot(GENERAL)
    assert "Corrected" in post.text
    assert [file.data for file in post.files] == [PNG]
    assert post.pings == []


async def test_what_was_corrected_is_still_found(courier: DiscordCourier, server: DiscordServer) -> None:
    sent = await delivered(courier, DAY)
    [root, *_] = await corrected(courier)
    before = server.by_bot(GENERAL)[0].mark

    await courier.edit(root, in_channel(), second(root), sent["post"])

    assert server.by_bot(GENERAL)[0].mark == before != 0


async def test_sections_are_corrected_in_an_archived_thread_too(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    [_, section, *_] = await corrected(courier)
    [thread] = server.threads(GENERAL)
    server.archive_thread(thread.id)

    await courier.edit(section, in_channel(), second(section), sent[section.name])

    assert server.by_bot(thread.id)[0].edits == 1


async def test_a_correction_whose_chart_may_not_be_attached_comes_without_it(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    [root, *_] = await corrected(courier)
    server.deny(GENERAL, Permission.ATTACH_FILES)

    await courier.edit(root, in_channel(), second(root), sent["post"])

    assert "Corrected" in server.by_bot(GENERAL)[0].text


@pytest.mark.parametrize("gone", ["message", "thread"])
async def test_what_somebody_deleted_cannot_be_corrected(
    courier: DiscordCourier, server: DiscordServer, gone: str
) -> None:
    sent = await delivered(courier, DAY)
    [_, section, *_] = await corrected(courier)
    [thread] = server.threads(GENERAL)
    if gone == "thread":
        server.delete_channel(thread.id)
    else:
        server.delete(server.by_bot(thread.id)[0])

    with pytest.raises(Missing):
        await courier.edit(section, in_channel(), second(section), sent[section.name])


async def test_nothing_is_corrected_on_a_server_that_the_bot_is_not_on(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, PAGED)
    [root, *_] = await corrected(courier)
    server.remove_guild(GUILD)

    with pytest.raises(Shut) as caught:
        await courier.edit(root, in_channel(), second(root), sent["post"])

    assert caught.value.whole_team


async def test_a_correction_while_discord_asks_for_a_pause_comes_later(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, PAGED)
    [root, *_] = await corrected(courier)
    server.limit("PATCH *", 90.0)

    with pytest.raises(Later):
        await courier.edit(root, in_channel(), second(root), sent["post"])


# --- taking back


async def test_a_post_is_taken_back_with_its_sections_and_its_thread_put_away(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    [thread] = server.threads(GENERAL)
    said = server.add_message(thread.id, ANN, Version(server.now(), content="but why?"))

    for _ in range(2):
        await courier.delete(in_channel(), sent["post"])

    assert server.by_bot() == []
    assert server.messages(thread.id) == [said]
    assert thread.is_archived


async def test_a_thread_that_went_to_sleep_is_cleared_too(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    [thread] = server.threads(GENERAL)
    server.archive_thread(thread.id)

    await courier.delete(in_channel(), sent["post"])

    assert server.by_bot() == []


async def test_where_nobody_may_look_the_post_alone_is_taken_back(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)
    server.deny(GENERAL, Permission.READ_MESSAGE_HISTORY)

    await courier.delete(in_channel(), sent["post"])
    for name in list(sent)[1:]:
        await courier.delete(in_channel(), sent[name])

    assert server.by_bot() == []


async def test_a_post_of_a_forum_is_taken_back(courier: DiscordCourier, server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, name="digests")
    sent = await delivered(courier, DAY, in_channel(forum.id))

    await courier.delete(in_channel(forum.id), sent["post"])

    assert server.by_bot() == []
    assert server.threads(forum.id)[0].is_archived


async def test_a_single_part_is_taken_back_alone(courier: DiscordCourier, server: DiscordServer) -> None:
    sent = await delivered(courier, DAY)

    await courier.delete(in_channel(), sent["file"])

    assert {str(each.id) for each in server.by_bot()} == {
        each.message for name, each in sent.items() if name != "file"
    }


async def test_a_post_without_a_thread_is_taken_back(courier: DiscordCourier, server: DiscordServer) -> None:
    [root, *_] = await courier.parts(DAY, in_channel())
    sent = await courier.send(root, in_channel(), Mark(DELIVERY, "post"), None)

    await courier.delete(in_channel(), sent)

    assert server.by_bot() == []


async def test_what_is_gone_already_is_taken_back(courier: DiscordCourier, server: DiscordServer) -> None:
    await delivered(courier, PAGED)
    nowhere = Sent(str(GENERAL), "1500000000000000001", "1500000000000000001")

    await courier.delete(in_channel(), nowhere)

    assert len(server.by_bot(GENERAL)) == 1

"""What goes wrong with Discord, in a courier's words: later, never, or not in that place any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Later, Mark, Never, Shut, Unclear, Undelivered
from adapters.discord.errors import Ambiguous, DiscordError, RateLimited
from adapters.discord.undelivered import undelivered
from tests.adapters.discord.couriers import (
    DAY,
    DELIVERY,
    PAGED,
    courier_of,
    delivered,
    first_of,
    in_channel,
    to_person,
)
from tests.servers.discord import ANN, FORUM, GENERAL, GUILD, Permission

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat.delivering import Part
    from adapters.discord.courier import DiscordCourier
    from adapters.store import Store
    from tests.servers.discord import DiscordServer

POSTS = "POST /channels/{channel}/messages"
THREADS = "POST /channels/{channel}/messages/{message}/threads"
MARK = Mark(DELIVERY, "post")


@pytest.fixture
async def courier(server: DiscordServer, store: Store) -> AsyncIterator[DiscordCourier]:
    async with courier_of(server, store) as courier:
        yield courier


@pytest.fixture
async def part(courier: DiscordCourier) -> Part:
    return await first_of(courier, PAGED)


async def refused(courier: DiscordCourier, part: Part, kind: type[Undelivered]) -> Undelivered:
    with pytest.raises(kind) as caught:
        await courier.send(part, in_channel(), MARK, None)
    return caught.value


async def test_a_pause_that_discord_asks_for_is_told_if_it_is_long(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.limit(POSTS, 90.0)

    later = await refused(courier, part, Later)

    assert isinstance(later, Later)
    assert later.wait_s == 90.0
    assert server.by_bot() == []


async def test_a_short_pause_is_waited_out(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.limit(POSTS, 0.01)

    await courier.send(part, in_channel(), MARK, None)

    assert len(server.by_bot()) == 1


async def test_discord_out_of_reach_before_anything_was_sent_is_for_later(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.drop("GET /channels/{channel}", times=9)

    with pytest.raises(Later):
        await courier.parts(PAGED, in_channel())


async def test_a_token_that_was_taken_back_shuts_no_subscription(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.token = "testsonly.other.token"

    later = await refused(courier, part, Later)

    assert isinstance(later, Later)
    assert later.error.key == "discord.bad_token"
    assert later.wait_s >= 60


async def test_a_channel_that_was_deleted_is_shut(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.delete_channel(GENERAL)

    shut = await refused(courier, part, Shut)

    assert isinstance(shut, Shut)
    assert (shut.reason, shut.whole_team) == ("gone", False)


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_server_that_the_bot_is_not_on_is_shut_as_a_whole(
    courier: DiscordCourier, part: Part, server: DiscordServer, is_deleted: bool
) -> None:
    if is_deleted:
        server.delete_guild(GUILD)
    else:
        server.remove_guild(GUILD)

    shut = await refused(courier, part, Shut)

    assert isinstance(shut, Shut)
    assert (shut.reason, shut.whole_team) == ("removed", True)


async def test_while_nobody_can_say_whether_it_is_the_whole_server_nothing_is_shut(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.delete_channel(GENERAL)
    server.drop("GET /guilds/{guild}", times=9)

    await refused(courier, part, Later)


@pytest.mark.parametrize("lacked", [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES])
async def test_a_channel_where_the_bot_may_not_post_is_shut_alone(
    courier: DiscordCourier, part: Part, server: DiscordServer, lacked: Permission
) -> None:
    server.deny(GENERAL, lacked)

    shut = await refused(courier, part, Shut)

    assert isinstance(shut, Shut)
    assert (shut.reason, shut.whole_team) == ("no_permission", False)


async def test_a_channel_is_tried_again_once_somebody_has_mended_it(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)
    await refused(courier, part, Shut)
    server.allow(GENERAL, Permission.SEND_MESSAGES)

    await courier.send(part, in_channel(), MARK, None)

    assert len(server.by_bot()) == 1


async def test_somebody_who_takes_no_messages_is_shut(
    courier: DiscordCourier, part: Part, server: DiscordServer
) -> None:
    server.users[ANN].allows_dms = False

    with pytest.raises(Shut) as caught:
        await courier.send(part, to_person(ANN), MARK, None)

    assert caught.value.reason == "no_dm"


async def test_a_locked_thread_takes_nothing_until_a_moderator_opens_it(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    await delivered(courier, DAY)
    [thread] = server.threads(GENERAL)
    server.lock_thread(thread.id)

    with pytest.raises(Shut) as caught:
        await delivered(courier, PAGED, in_channel(thread.id), delivery="other")

    assert caught.value.reason == "archived"


async def test_a_forum_that_wants_a_tag_and_has_none_is_shut(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    forum = server.add_channel(kind=FORUM, name="digests", needs_tag=True)

    with pytest.raises(Shut):
        await delivered(courier, PAGED, in_channel(forum.id))


# --- below the post


async def test_sections_below_a_post_in_a_locked_thread_wait(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    root, first, second, *_ = await courier.parts(DAY, in_channel())
    sent = await courier.send(root, in_channel(), MARK, None)
    await courier.send(first, in_channel(), Mark(DELIVERY, first.name), sent)
    server.lock_thread(server.threads(GENERAL)[0].id)

    with pytest.raises(Later):
        await courier.send(second, in_channel(), Mark(DELIVERY, second.name), sent)


async def test_sections_of_a_post_that_somebody_deleted_go_nowhere(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    root, first, *_ = await courier.parts(DAY, in_channel())
    sent = await courier.send(root, in_channel(), MARK, None)
    server.delete(server.by_bot(GENERAL)[0])

    with pytest.raises(Never):
        await courier.send(first, in_channel(), Mark(DELIVERY, first.name), sent)


@pytest.mark.parametrize("lacked", [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS])
async def test_where_the_bot_may_not_use_threads_the_post_is_composed_without_one(
    courier: DiscordCourier, server: DiscordServer, lacked: Permission
) -> None:
    server.deny(GENERAL, lacked)
    root, first, *_ = await courier.parts(DAY, in_channel())
    sent = await courier.send(root, in_channel(), MARK, None)
    with pytest.raises(Later):
        await courier.send(first, in_channel(), Mark(DELIVERY, first.name), sent)

    again = await courier.parts(DAY, in_channel())
    file = await courier.send(again[1], in_channel(), Mark(DELIVERY, "file"), sent)

    assert [each.name for each in again] == ["post", "file"]
    assert file.channel == str(GENERAL)


# --- the table


@pytest.mark.parametrize(
    ("error", "at_the_root", "below"),
    [
        (RateLimited(7.0), Later, Later),
        (DiscordError("discord.slow"), Later, Later),
        (DiscordError("discord.unreachable"), Later, Later),
        (Ambiguous(), Unclear, Unclear),
        (DiscordError("discord.gone"), Shut, Never),
        (DiscordError("discord.locked"), Shut, Later),
        (DiscordError("discord.blocked"), Never, Never),
        (DiscordError("discord.wrong_channel"), Never, Never),
        (DiscordError("discord.too_large"), Never, Never),
        (DiscordError("discord.message_gone"), Never, Never),
        (DiscordError("discord.refused", error="50109"), Never, Never),
    ],
    ids=lambda each: getattr(each, "key", getattr(each, "__name__", "")),
)
def test_each_refusal_has_one_meaning(
    error: DiscordError, at_the_root: type[Undelivered], below: type[Undelivered]
) -> None:
    assert type(undelivered(error, is_below=False)) is at_the_root
    assert type(undelivered(error, is_below=True)) is below


# --- pace


async def test_the_schedule_leaves_room_for_people(
    server: DiscordServer, store: Store, courier: DiscordCourier, part: Part
) -> None:
    await store.pace.hold("discord courier", 60.0)

    await refused(courier, part, Later)
    assert server.by_bot() == []

    async with courier_of(server, store, is_paced=False) as unpaced:
        await unpaced.send(part, in_channel(), MARK, None)
    assert len(server.by_bot()) == 1

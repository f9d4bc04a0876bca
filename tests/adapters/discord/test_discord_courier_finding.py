"""The courier looks: after an end that was not clear, what is there is found by its mark and nothing else is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Blind, Mark, Sent, Unclear
from adapters.discord import rest
from adapters.discord.looking import PAGES
from tests.adapters.discord.couriers import (
    DAY,
    DELIVERY,
    PAGED,
    QUIET,
    courier_of,
    delivered,
    first_of,
    in_channel,
    since,
    to_person,
)
from tests.servers.discord import ANN, ANNOUNCEMENT, BOT, FORUM, GENERAL, Permission, Version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.courier import DiscordCourier
    from adapters.store import Store
    from tests.servers.discord import DiscordServer

POSTS = "POST /channels/{channel}/messages"
FORUM_POSTS = "POST /channels/{channel}/threads"
HISTORY = "GET /channels/{channel}/messages"
MARK = Mark(DELIVERY, "post")


@pytest.fixture
async def courier(server: DiscordServer, store: Store) -> AsyncIterator[DiscordCourier]:
    async with courier_of(server, store) as courier:
        yield courier


def sent_of(server: DiscordServer, channel: int) -> Sent:
    [post] = server.by_bot(channel)
    return Sent(str(channel), str(post.id), str(post.id))


@pytest.mark.parametrize("fault", ["lost", "500 after", "502 before", "late"])
async def test_a_request_without_a_clear_answer_is_made_once_and_its_post_found(
    courier: DiscordCourier, server: DiscordServer, fault: str
) -> None:
    before = since(server)
    late = None
    if fault == "lost":
        server.drop(POSTS, after_effect=True)
    elif fault == "late":
        late = server.late(POSTS)
    else:
        server.fail(POSTS, int(fault.split()[0]), after_effect="after" in fault)
    part = await first_of(courier, DAY)

    with pytest.raises(Unclear):
        await courier.send(part, in_channel(), MARK, None)
    assert len(server.called(POSTS)) == 1
    if late is not None:
        assert await courier.find(part, in_channel(), MARK, None, before) is None
        late.release()
        await server.until(lambda: server.by_bot(GENERAL))

    found = await courier.find(part, in_channel(), MARK, None, before)
    assert found == (None if fault == "502 before" else sent_of(server, GENERAL))


async def test_an_answer_that_does_not_come_is_not_waited_for_long(
    courier: DiscordCourier, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "ONCE_S", 0.2)
    before, part = since(server), await first_of(courier, DAY)
    hanging = server.hang(POSTS)

    with pytest.raises(Unclear):
        await courier.send(part, in_channel(), MARK, None)
    hanging.release()
    await server.until(lambda: server.by_bot(GENERAL))

    assert await courier.find(part, in_channel(), MARK, None, before) == sent_of(server, GENERAL)


async def test_a_post_is_found_in_whichever_revision_it_was_sent(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    await delivered(courier, QUIET)

    found = await courier.find(
        await first_of(courier, DAY), in_channel(), Mark(DELIVERY, "post", 2), None, before
    )

    [post] = server.by_bot(GENERAL)
    assert found is not None
    assert found.message == str(post.id)


async def test_other_posts_of_ours_and_what_people_say_are_not_it(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    await delivered(courier, PAGED, delivery="s4-20251210T0100Z")
    part = await first_of(courier, PAGED)
    [other] = server.by_bot(GENERAL)
    server.add_message(GENERAL, ANN, Version(server.now(), components=tuple(other.components)))

    assert await courier.find(part, in_channel(), MARK, None, before) is None


async def test_what_somebody_copies_with_its_mark_is_not_ours(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    await delivered(courier, PAGED)
    [post] = server.by_bot(GENERAL)
    server.delete(post)
    server.add_message(GENERAL, ANN, Version(server.now(), components=tuple(post.components)))

    found = await courier.find(await first_of(courier, PAGED), in_channel(), MARK, None, before)

    assert found is None


async def test_in_a_busy_channel_it_is_found_behind_what_people_said_since(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    for number in range(130):
        server.add_message(GENERAL, ANN, Version(server.now(), content=f"before {number}"))
    await delivered(courier, PAGED)
    for number in range(130):
        server.add_message(GENERAL, ANN, Version(server.now(), content=f"after {number}"))
    [post] = server.by_bot(GENERAL)

    found = await courier.find(await first_of(courier, PAGED), in_channel(), MARK, None, before)

    assert found is not None
    assert found.message == str(post.id)
    assert len(server.called(HISTORY)) <= 3


async def test_where_there_is_too_much_to_look_through_nobody_can_say(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    for number in range(PAGES * 100):
        server.add_message(GENERAL, ANN, Version(server.now(), content=f"{number}"))

    with pytest.raises(Blind):
        await courier.find(await first_of(courier, PAGED), in_channel(), MARK, None, before)


async def test_a_history_that_lags_tells_of_it_later(courier: DiscordCourier, server: DiscordServer) -> None:
    before = since(server)
    server.lag_s = 60
    await delivered(courier, PAGED)
    part = await first_of(courier, PAGED)

    at_once = await courier.find(part, in_channel(), MARK, None, before)
    server.advance(61)
    later = await courier.find(part, in_channel(), MARK, None, before)

    assert at_once is None
    assert later == sent_of(server, GENERAL)


async def test_a_clock_behind_ours_hides_nothing(courier: DiscordCourier, server: DiscordServer) -> None:
    await delivered(courier, PAGED)
    ahead = since(server) + timedelta(seconds=90)

    found = await courier.find(await first_of(courier, PAGED), in_channel(), MARK, None, ahead)

    assert found == sent_of(server, GENERAL)


async def test_where_the_history_may_not_be_read_nobody_can_say(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    await delivered(courier, PAGED)
    server.deny(GENERAL, Permission.READ_MESSAGE_HISTORY)

    with pytest.raises(Blind) as caught:
        await courier.find(await first_of(courier, PAGED), in_channel(), MARK, None, before)

    assert caught.value.error.key == "discord.no_permission"


async def test_an_empty_channel_is_told_from_one_that_may_not_be_read(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    part = await first_of(courier, PAGED)

    assert await courier.find(part, in_channel(), MARK, None, since(server)) is None


async def test_a_direct_message_is_found(courier: DiscordCourier, server: DiscordServer) -> None:
    before = since(server)
    sent = await delivered(courier, PAGED, to_person(ANN))

    part = await first_of(courier, PAGED, to_person(ANN))
    assert await courier.find(part, to_person(ANN), MARK, None, before) == sent["post"]


# --- below


async def test_each_part_in_the_thread_is_found(courier: DiscordCourier, server: DiscordServer) -> None:
    before = since(server)
    sent = await delivered(courier, DAY)

    for part in (await courier.parts(DAY, in_channel()))[1:]:
        found = await courier.find(part, in_channel(), Mark(DELIVERY, part.name), sent["post"], before)
        assert found == sent[part.name]


async def test_below_a_post_without_a_thread_there_is_nothing(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    before = since(server)
    root, section, *_ = await courier.parts(DAY, in_channel())
    sent = await courier.send(root, in_channel(), MARK, None)

    found = await courier.find(section, in_channel(), Mark(DELIVERY, section.name), sent, before)

    assert found is None


async def test_a_thread_that_is_there_already_is_used(courier: DiscordCourier, server: DiscordServer) -> None:
    server.drop("POST /channels/{channel}/messages/{message}/threads", after_effect=True)

    await delivered(courier, DAY)

    [thread] = server.threads(GENERAL)
    assert server.by_bot(thread.id)


# --- forums


@pytest.mark.parametrize("is_archived", [False, True])
async def test_a_post_in_a_forum_is_found_although_it_has_no_nonce(
    courier: DiscordCourier, server: DiscordServer, is_archived: bool
) -> None:
    forum = server.add_channel(kind=FORUM, name="digests")
    at, before = in_channel(forum.id), since(server)
    await delivered(courier, PAGED, at, delivery="s4-20251210T0100Z")
    server.drop(FORUM_POSTS, after_effect=True)
    part = await first_of(courier, PAGED, at)

    with pytest.raises(Unclear):
        await courier.send(part, at, MARK, None)
    _, thread = server.threads(forum.id)
    if is_archived:
        server.archive_thread(thread.id)

    found = await courier.find(part, at, MARK, None, before)
    assert found == Sent(str(thread.id), str(thread.id), str(thread.id))
    assert len(server.called(FORUM_POSTS)) == 2


async def test_a_forum_without_it_has_none(courier: DiscordCourier, server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, name="digests")
    at, before = in_channel(forum.id), since(server)
    await delivered(courier, PAGED, at, delivery="s4-20251210T0100Z")

    assert await courier.find(await first_of(courier, PAGED, at), at, MARK, None, before) is None


# --- in a plainer form


@pytest.mark.parametrize("form", ["embeds", "content"])
async def test_what_had_to_be_posted_in_a_plainer_form_is_known_by_its_words(
    courier: DiscordCourier, server: DiscordServer, form: str
) -> None:
    before = since(server)
    refused = {"code": 50035, "message": "Invalid Form Body", "errors": {}}
    server.fail(POSTS, 400, refused, times=1 if form == "embeds" else 2)
    sent = await delivered(courier, QUIET)
    [message] = server.by_bot(GENERAL)
    assert not message.is_v2

    part = await first_of(courier, QUIET)
    assert await courier.find(part, in_channel(), MARK, None, before) == sent["post"]


async def test_an_announcement_that_is_found_reaches_its_followers_all_the_same(
    server: DiscordServer, store: Store
) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT, name="news")
    at, before = in_channel(news.id), since(server)
    async with courier_of(server, store, crosspost=True) as courier:
        part = await first_of(courier, PAGED, at)
        server.drop(POSTS, after_effect=True)
        with pytest.raises(Unclear):
            await courier.send(part, at, MARK, None)
        [post] = server.by_bot(news.id)
        assert not post.flags & 1

        await courier.find(part, at, MARK, None, before)

    assert post.flags & 1


async def test_no_name_and_no_title_stands_in_a_mark(courier: DiscordCourier, server: DiscordServer) -> None:
    mark = Mark("s7-secret-name", "post")
    await courier.send(await first_of(courier, QUIET), in_channel(), mark, None)

    [post] = server.by_bot(GENERAL)
    assert post.author == BOT
    assert "secret" not in json.dumps(post.versions[0].sent)

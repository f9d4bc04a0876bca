"""The courier: what is posted in each kind of place, once, and by what it is found again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Offer
from adapters.chat.delivering import Destination, Mark, TextPost
from adapters.discord import views
from adapters.discord.layout import digest as layout
from adapters.discord.posting import MOST_IN_THREAD, Posting
from summarizer import markup
from summarizer.languages import load
from tests.adapters.discord.couriers import (
    DAY,
    DELIVERY,
    FOOTER,
    PAGED,
    PNG,
    QUIET,
    courier_of,
    delivered,
    drawn,
    in_channel,
    to_person,
)
from tests.adapters.discord.discord_reader import WAYS, read
from tests.adapters.slack.shown_digests import HOSTILE, long_section, reference_day
from tests.servers.discord import ANN, ANNOUNCEMENT, FORUM, GENERAL, Permission, walked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.courier import DiscordCourier
    from adapters.discord.rest import Rest
    from adapters.store import Store
    from tests.servers.discord import DiscordServer, Message

VOICE = 2


@pytest.fixture
async def courier(server: DiscordServer, store: Store) -> AsyncIterator[DiscordCourier]:
    async with courier_of(server, store) as courier:
        yield courier


def buttons(message: Message) -> list[str]:
    return [each["custom_id"].partition("|")[0] for each in walked(message.components) if "custom_id" in each]


# --- in channels


async def test_a_digest_stands_in_the_channel_with_its_sections_in_the_thread_below(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, DAY)

    [post] = server.by_bot(GENERAL)
    [thread] = server.threads(GENERAL)
    below = server.by_bot(thread.id)
    assert FOOTER in post.text
    assert [(file.data, file.description) for file in post.files] == [(PNG, "47 merged")]
    assert [each.id for each in below] == [int(each.message) for each in list(sent.values())[1:]]
    assert [each.text for each in below[:-1]] == [
        views.as_embeds(each)[0][0].description for each in layout.thread(reference_day(), load("en"))
    ]
    assert [file.name for file in below[-1].files] == [f"{reference_day().id}.en.md"]
    assert sent["post"].thread == str(thread.id)
    assert next(iter(sent)) == "post"
    assert list(sent)[-1] == "file"
    assert server.pings() == []


async def test_what_is_in_the_thread_already_is_offered_by_no_button(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    await delivered(courier, DAY)

    [post] = server.by_bot(GENERAL)
    assert "vd.details" in buttons(post)
    assert "vd.thread" not in buttons(post)


async def test_a_digest_that_is_a_page_is_linked_and_no_file(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sent = await delivered(courier, PAGED)

    [post] = server.by_bot(GENERAL)
    assert "file" not in sent
    assert "https://digests.example/h1" in [each.get("url") for each in walked(post.components)]


async def test_a_day_without_anything_is_one_line(courier: DiscordCourier, server: DiscordServer) -> None:
    sent = await delivered(courier, QUIET)

    [post] = server.by_bot(GENERAL)
    assert list(sent) == ["post"]
    assert "\n" not in post.text
    assert FOOTER in post.text
    assert (post.files, buttons(post), server.threads()) == ([], [], [])


async def test_a_text_is_shown_with_what_it_offers(courier: DiscordCourier, server: DiscordServer) -> None:
    post = TextPost(
        "**No digest** of `today` yet. See [#1](https://evil.example/1).", "en", (Offer("retry", "status"),)
    )

    sent = await delivered(courier, post)

    [message] = server.by_bot(GENERAL)
    assert list(sent) == ["post"]
    assert "**No digest** of `today` yet" in message.text
    assert "](<https://evil.example" not in message.text
    assert buttons(message) == ["vd.offer#0"]


async def test_a_digest_that_would_flood_the_thread_stops_somewhere(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    sections = tuple(replace(long_section(3_000), id=f"s{number}") for number in range(14))
    digest = replace(reference_day(), sections=sections)

    await delivered(courier, replace(PAGED, reply=replace(PAGED.reply, digest=digest)))

    assert len(server.by_bot(server.threads(GENERAL)[0].id)) == MOST_IN_THREAD


async def test_in_slow_mode_the_file_is_all_that_stands_below(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.channels[GENERAL].slow_s = 30

    assert list(await delivered(courier, DAY)) == ["post", "file"]


async def test_a_forum_gets_a_post_of_its_own_with_everything_in_it(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    forum = server.add_channel(kind=FORUM, name="digests")

    sent = await delivered(courier, DAY, in_channel(forum.id))

    [thread] = server.threads(forum.id)
    assert {each.channel for each in sent.values()} == {str(thread.id)}
    assert sent["post"].thread == str(thread.id)
    assert thread.name == layout.thread_name(reference_day(), load("en"))
    assert len(server.by_bot(thread.id)) == len(sent)


@pytest.mark.parametrize("kind", ["dm", "thread", "voice"])
async def test_where_there_are_no_threads_the_post_stands_for_all(
    courier: DiscordCourier, rest: Rest, server: DiscordServer, kind: str
) -> None:
    if kind == "dm":
        at, channel = to_person(ANN), server.dm_of(ANN).id
    elif kind == "voice":
        channel = server.add_channel(kind=VOICE).id
        at = in_channel(channel)
    else:
        [post] = [(await delivered(courier, QUIET))["post"]]
        channel = await rest.start_thread(GENERAL, int(post.message), "digests")
        at = in_channel(channel)

    sent = await delivered(courier, DAY, at, delivery="other")

    assert list(sent) == ["post", "file"]
    assert [each.id for each in server.by_bot(channel)] == [int(each.message) for each in sent.values()]


@pytest.mark.parametrize(("crosspost", "flags"), [(True, 1), (False, 0)])
async def test_an_announcement_reaches_the_followers_if_that_is_wanted(
    server: DiscordServer, store: Store, crosspost: bool, flags: int
) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT, name="news")

    async with courier_of(server, store, crosspost=crosspost) as courier:
        await delivered(courier, PAGED, in_channel(news.id))

    [post] = server.by_bot(news.id)
    assert post.flags & 1 == flags
    assert len(server.threads(news.id)) == 1


# --- what the bot may not do


async def test_a_digest_whose_chart_may_not_be_attached_comes_without_it(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.ATTACH_FILES)

    await delivered(courier, PAGED)

    [post] = server.by_bot(GENERAL)
    assert post.files == []
    assert FOOTER in post.text


# --- words of others


async def test_nobody_is_called_and_nothing_is_linked_by_a_name_that_somebody_chose(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    named = f"s3 · {' '.join(HOSTILE)}"

    await delivered(courier, replace(PAGED, footer=named))
    await delivered(courier, replace(QUIET, footer=named), delivery="quiet")
    await delivered(courier, TextPost(markup.markdown(named), "en"), delivery="text")

    shown = [
        each["content"]
        for message in server.by_bot()
        for each in walked(message.components)
        if each["type"] == 10
    ]
    found = [read(text, is_counting=way) for text in shown for way in WAYS]
    assert len(shown) > 5
    assert all(each.is_harmless for each in found)
    assert all(url.startswith("https://github.com/") for each in found for _, url in each.links)
    assert server.pings() == []


# --- the same everywhere


async def test_another_process_composes_the_same_parts(
    courier: DiscordCourier, server: DiscordServer, store: Store
) -> None:
    async with courier_of(server, store) as other:
        mine, theirs = [await each.parts(DAY, in_channel()) for each in (courier, other)]

    assert [(each.name, each.hash) for each in mine] == [(each.name, each.hash) for each in theirs]
    assert len({each.name for each in mine}) == len(mine)


async def test_parts_that_say_something_else_have_another_hash(courier: DiscordCourier) -> None:
    changed = replace(reference_day(), title="Corrected", revision=2)

    before = await courier.parts(DAY, in_channel())
    after = await courier.parts(replace(DAY, reply=replace(DAY.reply, digest=changed)), in_channel())

    assert [each.name for each in before] == [each.name for each in after]
    assert before[0].hash != after[0].hash
    assert before[1].hash == after[1].hash


async def test_a_part_sent_again_within_minutes_is_there_once(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    first, again = await delivered(courier, DAY), await delivered(courier, DAY)

    assert first == again
    assert len(server.by_bot()) == len(first)


async def test_two_subscriptions_of_one_digest_in_a_channel_are_two_posts(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    await delivered(courier, PAGED)
    await delivered(courier, PAGED, delivery="s4-20251210T0100Z")

    assert len(server.by_bot(GENERAL)) == 2


async def test_each_part_carries_a_mark_that_says_nothing(
    courier: DiscordCourier, server: DiscordServer
) -> None:
    await delivered(courier, DAY)

    marks = [message.mark for message in server.by_bot()]
    assert len(set(marks)) == len(marks)
    assert all(1_000 <= each < 2**31 for each in marks)
    assert DELIVERY not in str([message.versions[0].sent for message in server.by_bot()])


async def test_sections_that_are_in_the_thread_are_not_put_there_by_a_button_again(
    courier: DiscordCourier, server: DiscordServer, rest: Rest, store: Store
) -> None:
    sent = await delivered(courier, DAY)
    before = len(server.by_bot())

    posting = Posting(rest, store.handled, drawn, crossposts=False)
    _, is_new = await posting.unfold(GENERAL, int(sent["post"].message), DAY.reply)

    assert not is_new
    assert len(server.by_bot()) == before


async def test_a_foreign_part_is_a_mistake(courier: DiscordCourier) -> None:
    [part, *_] = await courier.parts(QUIET, in_channel())
    with pytest.raises(TypeError):
        await courier.send(replace(part, content="text"), Destination("discord"), Mark("d", "post"), None)

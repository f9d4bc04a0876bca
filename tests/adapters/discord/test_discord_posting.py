"""Posts: a digest in each kind of channel with its chart, its sections in a thread, each once, and its file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Reply
from adapters.discord.errors import Ambiguous, DiscordError, NoPermission
from adapters.discord.layout import digest as layout
from adapters.discord.posting import MOST_IN_THREAD, Posted, Posting
from summarizer.errors import DigestError
from summarizer.languages import load
from tests.adapters.discord.clients import saying
from tests.adapters.slack.shown_digests import extracted, long_section, reference_day
from tests.references import facts_of
from tests.servers.discord import ANN, ANNOUNCEMENT, BOT, FORUM, GENERAL, Permission, Version, walked

if TYPE_CHECKING:
    from adapters.discord.rest import Rest
    from adapters.store import Store
    from summarizer.digests import Digest
    from tests.servers.discord import DiscordServer, Message

POSTS = "POST /channels/{channel}/messages"
THREADS = "POST /channels/{channel}/messages/{message}/threads"
CROSSPOSTED = 1 << 0
PNG = b"\x89PNG"
DAY = Reply("", "en", digest=reference_day(), handle="h1", line="today")
VOICE = 2


async def drawn(_digest: Digest) -> tuple[bytes, str] | None:
    return PNG, "47 merged"


async def not_drawn(_digest: Digest) -> tuple[bytes, str] | None:
    raise DigestError("chart.failed")


@pytest.fixture
def posting(rest: Rest, store: Store) -> Posting:
    """With a chart for every digest."""
    return Posting(rest, store.handled, drawn, crossposts=False)


def pictures(message: Message) -> list[str]:
    """The names of the files that the message shows as pictures."""
    galleries = [each for each in walked(message.components) if each["type"] == 12]
    return [each["media"]["url"].rpartition("/")[2] for gallery in galleries for each in gallery["items"]]


def of_sections(count: int) -> Reply:
    """A digest that fills a thread with at least so many messages."""
    sections = tuple(replace(long_section(3_000), id=f"s{number}") for number in range(count))
    digest = replace(reference_day(), sections=sections)
    assert len(layout.thread(digest, load("en"))) >= count
    return replace(DAY, digest=digest)


# --- posts


async def test_a_post_shows_the_chart_with_words_for_who_cannot_see_it(
    posting: Posting, server: DiscordServer
) -> None:
    posted = await posting.post(GENERAL, DAY)

    [message] = server.by_bot(GENERAL)
    assert posted == Posted(GENERAL, message.id)
    assert pictures(message) == [f"{reference_day().id}.png"]
    assert [(file.data, file.description) for file in message.files] == [(PNG, "47 merged")]
    assert server.pings() == []


async def test_a_post_whose_chart_cannot_be_drawn_comes_without_it(
    rest: Rest, store: Store, server: DiscordServer
) -> None:
    await Posting(rest, store.handled, not_drawn, crossposts=False).post(GENERAL, DAY)

    [message] = server.by_bot(GENERAL)
    assert (message.files, pictures(message)) == ([], [])
    assert message.text


async def test_a_post_whose_chart_may_not_be_attached_comes_without_it(
    posting: Posting, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.ATTACH_FILES)

    await posting.post(GENERAL, DAY)

    [message] = server.by_bot(GENERAL)
    assert (message.files, pictures(message)) == ([], [])


async def test_a_day_without_anything_is_posted_without_a_chart(
    posting: Posting, server: DiscordServer
) -> None:
    quiet = extracted(facts_of((), reference_day().facts.window), "en", "daily")
    assert quiet.outcome == "quiet"

    await posting.post(GENERAL, replace(DAY, digest=quiet))

    [message] = server.by_bot(GENERAL)
    assert message.files == []
    assert [each for each in walked(message.components) if each["type"] in (12, 13)] == []


async def test_a_post_stands_below_the_message_that_asked(posting: Posting, server: DiscordServer) -> None:
    asked = server.add_message(GENERAL, ANN, Version(server.now(), content="today"))

    await posting.post(GENERAL, DAY, reply_to=asked.id)

    assert [each.reference for each in server.by_bot(GENERAL)] == [asked.id]


async def test_a_post_takes_the_place_of_a_message_of_ours(posting: Posting, server: DiscordServer) -> None:
    working = server.add_message(GENERAL, BOT, Version(server.now(), content="working on it"))

    posted = await posting.post(GENERAL, DAY, instead_of=working.id)

    assert posted.message == working.id
    assert [each.id for each in server.by_bot(GENERAL)] == [working.id]
    assert (working.content, len(working.files)) == ("", 1)


async def test_the_same_digest_within_minutes_is_one_post_and_a_newer_one_another(
    posting: Posting, server: DiscordServer
) -> None:
    newer = replace(DAY, digest=replace(reference_day(), revision=reference_day().revision + 1))

    first, again = [await posting.post(GENERAL, DAY) for _ in range(2)]
    other = await posting.post(GENERAL, newer)

    assert first == again
    assert [each.id for each in server.by_bot(GENERAL)] == [first.message, other.message]


@pytest.mark.parametrize(("crossposts", "is_published"), [(True, True), (False, False)])
async def test_an_announcement_reaches_the_followers_if_that_is_wanted(
    rest: Rest, store: Store, server: DiscordServer, crossposts: bool, is_published: bool
) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT, name="news")

    await Posting(rest, store.handled, drawn, crossposts=crossposts).post(news.id, DAY)

    [message] = server.by_bot(news.id)
    assert bool(message.flags & CROSSPOSTED) is is_published


async def test_an_announcement_in_the_place_of_its_progress_is_published_too(
    rest: Rest, store: Store, server: DiscordServer
) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT, name="news")
    progress = await rest.post(news.id, saying("Looking…"))

    await Posting(rest, store.handled, drawn, crossposts=True).post(news.id, DAY, instead_of=progress)

    [message] = server.by_bot(news.id)
    assert message.flags & CROSSPOSTED


async def test_an_announcement_that_cannot_be_published_is_posted_all_the_same(
    rest: Rest, store: Store, server: DiscordServer
) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT, name="news")
    server.limit("POST /channels/*/messages/*/crosspost", 3_000)

    posted = await Posting(rest, store.handled, drawn, crossposts=True).post(news.id, DAY)

    assert [each.id for each in server.by_bot(news.id)] == [posted.message]


async def test_only_announcements_are_published(rest: Rest, store: Store, server: DiscordServer) -> None:
    await Posting(rest, store.handled, drawn, crossposts=True).post(GENERAL, DAY)

    assert server.called("POST /channels/*/messages/*/crosspost") == []


@pytest.mark.parametrize("needs_tag", [True, False])
async def test_in_a_forum_a_digest_is_a_post_of_its_own(
    posting: Posting, server: DiscordServer, needs_tag: bool
) -> None:
    forum = server.add_channel(kind=FORUM, name="digests", needs_tag=needs_tag)
    forum.tags = [
        {"id": "7", "name": "mods", "moderated": True},
        {"id": "8", "name": "news", "moderated": False},
    ]

    posted = await posting.post(forum.id, DAY)

    [thread] = server.threads(forum.id)
    assert posted == Posted(thread.id, thread.id)
    assert thread.name == layout.thread_name(reference_day(), load("en"))
    assert thread.applied_tags == ([8] if needs_tag else [])
    [message] = server.by_bot(thread.id)
    assert (message.is_v2, len(pictures(message)), message.allowed_mentions) == (True, 1, {"parse": []})


async def test_a_forum_whose_tags_are_not_for_the_bot_is_told_as_that(
    posting: Posting, server: DiscordServer
) -> None:
    forum = server.add_channel(kind=FORUM, name="digests", needs_tag=True)
    forum.tags = [{"id": "7", "name": "mods", "moderated": True}]

    with pytest.raises(DiscordError) as caught:
        await posting.post(forum.id, DAY)
    forum.tags.append({"id": "8", "name": "news", "moderated": False})
    await posting.post(forum.id, DAY)

    assert caught.value.key == "discord.needs_tag"
    assert len(server.threads(forum.id)) == 1


async def test_a_locked_thread_is_left_alone(posting: Posting, rest: Rest, server: DiscordServer) -> None:
    thread = await rest.start_thread(GENERAL, (await posting.post(GENERAL, DAY)).message, "thread")
    server.lock_thread(thread)
    before = len(server.called(POSTS))

    for do in (posting.post, posting.attach):
        with pytest.raises(DiscordError) as caught:
            await do(thread, DAY)
        assert caught.value.key == "discord.locked"

    assert len(server.called(POSTS)) == before


async def test_a_thread_that_is_locked_while_nobody_looks_is_told_as_that(
    posting: Posting, rest: Rest, server: DiscordServer
) -> None:
    thread = await rest.start_thread(GENERAL, (await posting.post(GENERAL, DAY)).message, "thread")
    await rest.channel(thread)
    server.lock_thread(thread, is_archived=True)

    for _ in range(2):
        with pytest.raises(DiscordError) as caught:
            await posting.post(thread, DAY)
        assert caught.value.key == "discord.locked"

    assert [call.code for call in server.called(f"POST /channels/{thread}/messages")] == [50083]


async def test_a_thread_that_is_only_archived_wakes_up(
    posting: Posting, rest: Rest, server: DiscordServer
) -> None:
    thread = await rest.start_thread(GENERAL, (await posting.post(GENERAL, DAY)).message, "thread")
    server.archive_thread(thread)

    await posting.post(thread, DAY)

    assert len(server.by_bot(thread)) == 1
    assert not server.channels[thread].is_archived


async def test_where_nothing_may_be_posted_nothing_is_tried_again(
    posting: Posting, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)

    for _ in range(3):
        with pytest.raises(NoPermission):
            await posting.post(GENERAL, DAY)

    assert len(server.called(POSTS)) == 1


async def test_where_the_bot_sees_nothing_it_does_not_look_again(
    posting: Posting, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.VIEW_CHANNEL)

    for _ in range(3):
        with pytest.raises(NoPermission) as caught:
            await posting.post(GENERAL, DAY)
        assert caught.value.values == {"permissions": "View Channels"}

    assert [call.route for call in server.calls if call.status == 403] == ["GET /channels/{channel}"]


# --- threads


async def test_the_sections_come_in_a_thread_of_the_post_each_once(
    posting: Posting, server: DiscordServer
) -> None:
    post = await posting.post(GENERAL, DAY)

    thread, is_new = await posting.unfold(GENERAL, post.message, DAY)
    again = await posting.unfold(GENERAL, post.message, DAY)

    assert [(each.id, each.starter) for each in server.threads(GENERAL)] == [(thread, post.message)]
    sections = layout.thread(reference_day(), load("en"))
    assert len(server.by_bot(thread)) == len(sections) > 1
    assert is_new
    assert again == (thread, False)
    assert len(server.by_bot(GENERAL)) == 1


async def test_two_who_ask_at_once_get_one_thread_in_order(posting: Posting, server: DiscordServer) -> None:
    post = await posting.post(GENERAL, DAY)

    told = await asyncio.gather(*(posting.unfold(GENERAL, post.message, DAY) for _ in range(3)))

    [thread] = server.threads(GENERAL)
    assert sorted(told) == [(thread.id, False), (thread.id, False), (thread.id, True)]
    notices = [message.notice for message in layout.thread(reference_day(), load("en"))]
    shown = [message.text for message in server.by_bot(thread.id)]
    assert len(shown) == len(notices)
    assert [notice in text for notice, text in zip(notices, shown, strict=True) if notice] == [True] * sum(
        map(bool, notices)
    )


async def test_a_section_that_failed_comes_when_somebody_asks_again(
    posting: Posting, server: DiscordServer
) -> None:
    post = await posting.post(GENERAL, DAY)
    sections = layout.thread(reference_day(), load("en"))
    server.fail(
        POSTS,
        400,
        {"code": 200000, "message": "AutoMod"},
        when=lambda call: call.path.count(str(post.message)) > 0,
    )

    with pytest.raises(DiscordError) as caught:
        await posting.unfold(GENERAL, post.message, DAY)
    thread, is_new = await posting.unfold(GENERAL, post.message, DAY)

    assert caught.value.key == "discord.blocked"
    assert is_new
    assert len(server.by_bot(thread)) == len(sections)


async def test_a_section_that_may_be_there_is_not_sent_again(posting: Posting, server: DiscordServer) -> None:
    post = await posting.post(GENERAL, DAY)
    sections = layout.thread(reference_day(), load("en"))
    server.fail(
        POSTS, 503, after_effect=True, when=lambda call: call.path.startswith(f"/channels/{post.message}/")
    )

    with pytest.raises(Ambiguous):
        await posting.unfold(GENERAL, post.message, DAY)
    thread, is_new = await posting.unfold(GENERAL, post.message, DAY)

    assert not is_new
    assert len(server.by_bot(thread)) == len(sections)


async def test_what_would_flood_the_thread_comes_as_a_file(posting: Posting, server: DiscordServer) -> None:
    long = of_sections(MOST_IN_THREAD + 2)
    post = await posting.post(GENERAL, long)

    thread, _ = await posting.unfold(GENERAL, post.message, long)
    await posting.unfold(GENERAL, post.message, long)

    *sections, last = server.by_bot(thread)
    assert len(sections) == MOST_IN_THREAD
    assert [file.name.rpartition(".")[2] for file in last.files] == ["md"]
    assert [each.files for each in sections] == [[]] * MOST_IN_THREAD


async def test_in_slow_mode_only_the_file_comes(posting: Posting, server: DiscordServer) -> None:
    server.channels[GENERAL].slow_s = 30
    post = await posting.post(GENERAL, DAY)

    thread, is_new = await posting.unfold(GENERAL, post.message, DAY)

    [message] = server.by_bot(thread)
    assert is_new
    assert [file.name for file in message.files] == [layout.report_file(reference_day(), load("en")).name]


async def test_a_thread_that_somebody_made_from_the_post_is_used(
    posting: Posting, rest: Rest, server: DiscordServer
) -> None:
    post = await posting.post(GENERAL, DAY)
    made = await rest.start_thread(GENERAL, post.message, "Ann's")

    thread, is_new = await posting.unfold(GENERAL, post.message, DAY)

    assert (thread, is_new) == (made, True)
    assert [each.name for each in server.threads(GENERAL)] == ["Ann's"]


async def test_within_a_thread_the_sections_come_below(posting: Posting, server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, name="digests")
    post = await posting.post(forum.id, DAY)

    thread, is_new = await posting.unfold(post.channel, post.message, DAY)

    assert (thread, is_new) == (post.channel, True)
    assert len(server.by_bot(post.channel)) == 1 + len(layout.thread(reference_day(), load("en")))
    assert len(server.threads()) == 1


async def test_in_a_direct_message_the_sections_come_below(posting: Posting, server: DiscordServer) -> None:
    channel = server.dm_of(ANN).id
    post = await posting.post(channel, DAY)

    await posting.unfold(channel, post.message, DAY)

    assert len(server.by_bot(channel)) == 1 + len(layout.thread(reference_day(), load("en")))


async def test_in_the_chat_of_a_voice_channel_the_sections_come_below(
    posting: Posting, server: DiscordServer
) -> None:
    voice = server.add_channel(kind=VOICE, name="talk")
    post = await posting.post(voice.id, DAY)

    thread, _ = await posting.unfold(voice.id, post.message, DAY)

    assert thread == voice.id


async def test_a_thread_that_may_not_be_made_is_told_with_the_permission(
    posting: Posting, server: DiscordServer
) -> None:
    post = await posting.post(GENERAL, DAY)
    server.deny(GENERAL, Permission.CREATE_PUBLIC_THREADS)

    with pytest.raises(NoPermission) as caught:
        await posting.unfold(GENERAL, post.message, DAY)
    server.allow(GENERAL, Permission.CREATE_PUBLIC_THREADS)
    _, is_new = await posting.unfold(GENERAL, post.message, DAY)

    assert caught.value.values == {"permissions": "Create Public Threads", "place": "#general"}
    assert is_new


# --- files


async def test_the_report_is_a_file_of_the_whole_digest(posting: Posting, server: DiscordServer) -> None:
    await posting.attach(GENERAL, DAY)

    [message] = server.by_bot(GENERAL)
    assert message.text == "The full report is in the file."
    report = layout.report_file(reference_day(), load("en"))
    assert [(file.name, file.data) for file in message.files] == [(report.name, report.data)]
    assert [
        each["file"]["url"].rpartition("/")[2] for each in walked(message.components) if each["type"] == 13
    ] == [report.name]

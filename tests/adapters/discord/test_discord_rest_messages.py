"""Messages over REST: posted once, never a ping, in the richest form that is taken, and edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from discord import Permissions

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.messages import Button, File
from adapters.discord.rest import nonce_of
from tests.adapters.discord.clients import Keeping, Timed, rest_of, saying
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import ANN, BOT, DM, FORUM, GENERAL, Version, walked

if TYPE_CHECKING:
    from adapters.discord.rest import Rest
    from tests.servers.discord import DiscordServer

POSTS = "POST /channels/{channel}/messages"
EDITS = "PATCH /channels/{channel}/messages/{message}"
PNG = File("chart.png", b"\x89PNG", "a chart")
REPORT = File("report.md", b"# Report")
INVALID = {"code": 50035, "message": "Invalid Form Body", "errors": {"components": {"_errors": []}}}


def routes(server: DiscordServer) -> list[str]:
    """What was asked since the login."""
    return [call.route for call in server.calls if not call.path.startswith(("/users/@me", "/oauth2"))]


async def test_a_message_is_posted_as_a_layout_that_pings_nobody(rest: Rest, server: DiscordServer) -> None:
    posted = await rest.post(GENERAL, saying("**3** merged <@1400000000000000001>"))

    [message] = server.by_bot(GENERAL)
    assert (message.id, message.is_v2, message.text) == (posted, True, "**3** merged <@1400000000000000001>")
    assert message.allowed_mentions == {"parse": []}
    assert server.pings() == []
    assert routes(server) == [POSTS]


async def test_who_is_logged_in_is_known(rest: Rest, server: DiscordServer) -> None:
    assert (rest.user_id, rest.application_id) == (BOT, server.application)


async def test_an_edit_pings_nobody_either_and_takes_the_text_away(rest: Rest, server: DiscordServer) -> None:
    old = server.add_message(GENERAL, BOT, Version(server.now(), content="old words"))

    await rest.edit(GENERAL, old.id, saying("<@1400000000000000001> new"))

    assert (old.text, old.content, old.is_v2) == ("<@1400000000000000001> new", "", True)
    assert old.allowed_mentions == {"parse": []}
    assert server.pings() == []


async def test_an_edit_leaves_the_files_unless_it_brings_others(rest: Rest, server: DiscordServer) -> None:
    posted = await rest.post(GENERAL, saying("a", picture="chart.png"), files=[PNG])
    [message] = server.by_bot(GENERAL)

    await rest.edit(GENERAL, posted, saying("b", picture="chart.png"))
    kept = message.files
    await rest.edit(GENERAL, posted, saying("c"), files=[REPORT])
    changed = message.files
    await rest.edit(GENERAL, posted, saying("d"), files=[])

    assert [(file.name, file.data, file.description) for file in kept] == [
        ("chart.png", b"\x89PNG", "a chart")
    ]
    assert [file.name for file in changed] == ["report.md"]
    assert message.files == []


async def test_a_file_that_no_picture_shows_is_shown_all_the_same(rest: Rest, server: DiscordServer) -> None:
    await rest.post(GENERAL, saying("The report."), files=[REPORT])

    [message] = server.by_bot(GENERAL)
    shown = [each["file"]["url"] for each in walked(message.components) if each["type"] == 13]
    assert [file.data for file in message.files] == [b"# Report"]
    assert [url.rpartition("/")[2] for url in shown] == ["report.md"]


async def test_what_buttons_have_no_room_for_is_kept_before_they_are_sent(
    server: DiscordServer,
) -> None:
    pressed = Pressed(line="today topic:" + "amd," * 50)
    ask = Button("again", actions.ASK, pressed)
    seen: list[int] = []

    class Looking(Keeping):
        async def __call__(self, values: dict[str, str]) -> None:  # type: ignore[override]
            seen.append(len(server.by_bot(GENERAL)))
            await super().__call__(values)

    keep = Looking()
    async with rest_of(server, keep=keep) as rest:
        posted = await rest.post(GENERAL, saying("a", ask))
        await rest.edit(GENERAL, posted, saying("b", ask))

    [button] = [each for each in walked(server.by_bot(GENERAL)[0].components) if each["type"] == 2]
    key = actions.key_of(button["custom_id"])
    assert key is not None
    assert actions.read_kept(keep.values[key]) == pressed
    assert seen == [0, 1]


async def test_the_same_nonce_posts_once(rest: Rest, server: DiscordServer) -> None:
    nonce = nonce_of("digest", 1)

    first = await rest.post(GENERAL, saying("a"), nonce=nonce)
    again = await rest.post(GENERAL, saying("a"), nonce=nonce)
    other = await rest.post(GENERAL, saying("a"), nonce=nonce_of("digest", 2))

    assert first == again != other
    assert len(server.by_bot(GENERAL)) == 2
    assert len(nonce) <= 25


async def test_what_was_deleted_meanwhile_is_posted_anew(rest: Rest, server: DiscordServer) -> None:
    first = await rest.post(GENERAL, saying("a"), nonce="n1")
    [message] = server.by_bot(GENERAL)
    server.delete(message)

    again = await rest.post(GENERAL, saying("a"), nonce="n1")

    assert again != first
    assert [each.id for each in server.by_bot(GENERAL)] == [again]


async def test_messages_without_a_nonce_are_different_ones(rest: Rest, server: DiscordServer) -> None:
    first, second = [await rest.post(GENERAL, saying("a")) for _ in range(2)]

    assert first != second


async def test_a_reply_stands_below_its_message_and_pings_nobody(rest: Rest, server: DiscordServer) -> None:
    asked = server.add_message(GENERAL, ANN, Version(server.now(), content="today"))

    await rest.post(GENERAL, saying("a"), reply_to=asked.id)

    [message] = server.by_bot(GENERAL)
    assert message.reference == asked.id
    assert not message.pings_author


async def test_a_reply_to_what_is_gone_is_a_message(rest: Rest, server: DiscordServer) -> None:
    await rest.post(GENERAL, saying("a"), reply_to=GENERAL)

    assert [each.reference for each in server.by_bot(GENERAL)] == [0]


async def test_a_message_that_is_gone_cannot_be_edited(rest: Rest) -> None:
    with pytest.raises(DiscordError) as caught:
        await rest.edit(GENERAL, GENERAL, saying("a"))

    assert caught.value.key == "discord.message_gone"


# --- forms


async def test_embeds_are_shown_where_layouts_are_refused(rest: Rest, server: DiscordServer) -> None:
    server.fail(POSTS, 400, INVALID, when=lambda call: bool(call.body["flags"] & 1 << 15))
    ask = Button("again", actions.ASK, Pressed("handle"))

    await rest.post(GENERAL, saying("**3** merged", ask), files=[REPORT])

    [message] = server.by_bot(GENERAL)
    assert not message.is_v2
    assert "**3** merged" in message.text
    assert [file.name for file in message.files] == ["report.md"]
    assert [each["label"] for each in walked(message.components) if each["type"] == 2] == ["again"]
    assert message.allowed_mentions == {"parse": []}


async def test_text_is_shown_where_nothing_else_is_taken(rest: Rest, server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.EMBED_LINKS)
    server.fail(POSTS, 400, INVALID, when=lambda call: bool(call.body["flags"] & 1 << 15))
    ask = Button("again", actions.ASK, Pressed("handle"))

    await rest.post(GENERAL, saying("**3** merged", ask))

    [message] = server.by_bot(GENERAL)
    assert message.embeds == []
    assert "**3** merged" in message.content
    assert message.flags & 1 << 2  # no previews
    assert [each["label"] for each in walked(message.components) if each["type"] == 2] == ["again"]
    assert message.allowed_mentions == {"parse": []}


async def test_long_text_comes_in_several_messages_each_once(rest: Rest, server: DiscordServer) -> None:
    server.fail(POSTS, 400, INVALID, times=4, when=lambda call: not call.body.get("content"))
    text = "\n".join(f"line {number} " + "word " * 30 for number in range(20))

    for _ in range(2):
        first = await rest.post(GENERAL, saying(text), nonce="n1")

    messages = server.by_bot(GENERAL)
    assert len(messages) > 1
    assert messages[0].id == first
    assert [f"line {number} " in "\n".join(each.content for each in messages) for number in range(20)] == [
        True
    ] * 20


async def test_an_edit_falls_back_as_a_post_does(rest: Rest, server: DiscordServer) -> None:
    message = server.add_message(GENERAL, BOT, Version(server.now(), content="old"))
    server.fail(EDITS, 400, INVALID, when=lambda call: bool(call.body["flags"] & 1 << 15))

    await rest.edit(GENERAL, message.id, saying("new"))

    assert not message.is_v2
    assert message.text == "new"


# --- places


async def test_a_direct_message_reaches_who_takes_them(rest: Rest, server: DiscordServer) -> None:
    channel = await rest.dm(ANN)
    await rest.post(channel, saying("hello"))
    again = await rest.dm(ANN)

    assert again == channel == server.dm_of(ANN).id
    assert [each.text for each in server.by_bot(channel)] == ["hello"]
    assert server.channels[channel].kind == DM
    assert routes(server).count("POST /users/@me/channels") <= 1


async def test_who_takes_no_direct_messages_is_asked_once_an_hour(rest: Rest, server: DiscordServer) -> None:
    server.users[ANN].allows_dms = False
    channel = await rest.dm(ANN)

    for _ in range(3):
        with pytest.raises(DiscordError) as caught:
            await rest.post(channel, saying("hello"))
        assert caught.value.key == "discord.no_dm"

    assert routes(server).count(POSTS) == 1


async def test_typing_is_seen(rest: Rest, server: DiscordServer) -> None:
    await rest.typing(GENERAL)

    assert server.typings == [GENERAL]


async def test_a_channel_is_what_discord_says_and_remembered(rest: Rest, server: DiscordServer) -> None:
    server.channels[GENERAL].slow_s = 30
    forum = server.add_channel(kind=FORUM, name="news", needs_tag=True)
    forum.tags = [
        {"id": "7", "name": "mods", "moderated": True},
        {"id": "8", "name": "news", "moderated": False},
    ]

    general, news = await rest.channel(GENERAL), await rest.channel(forum.id)
    again = await rest.channel(GENERAL)

    assert (general.kind, general.name, general.slow_s, general.guild) == (
        "text",
        "general",
        30,
        server.channels[GENERAL].guild,
    )
    assert (news.kind, news.needs_tag, news.tags) == ("forum", True, (8,))
    assert again == general
    assert routes(server) == ["GET /channels/{channel}"] * 2


async def test_a_thread_is_made_once_from_a_message(rest: Rest, server: DiscordServer) -> None:
    posted = await rest.post(GENERAL, saying("a"))

    first = await rest.start_thread(GENERAL, posted, "the digest")
    again = await rest.start_thread(GENERAL, posted, "the digest")

    assert first == again
    assert [(each.id, each.name) for each in server.threads(GENERAL)] == [(first, "the digest")]


# --- permissions


@pytest.mark.parametrize(
    ("lacked", "named"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.VIEW_CHANNEL, "View Channels"),
        (Permission.SEND_MESSAGES | Permission.EMBED_LINKS, "Send Messages, Embed Links"),
    ],
)
async def test_a_refusal_says_which_permission_is_missing(
    rest: Rest, server: DiscordServer, lacked: Permission, named: str
) -> None:
    await rest.channel(GENERAL)  # whose name is known from before
    server.deny(GENERAL, lacked)

    with pytest.raises(NoPermission) as caught:
        await rest.post(GENERAL, saying("a"))

    assert named in caught.value.values["permissions"]  # type: ignore[operator]


async def test_a_refusal_names_the_channel(rest: Rest, server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)

    with pytest.raises(NoPermission) as caught:
        await rest.post(GENERAL, saying("a"))

    assert caught.value.values["place"] == "#general"


async def test_in_a_thread_it_is_the_threads_permission_that_is_missing(
    rest: Rest, server: DiscordServer
) -> None:
    thread = await rest.start_thread(GENERAL, await rest.post(GENERAL, saying("a")), "thread")
    server.deny(GENERAL, Permission.SEND_MESSAGES_IN_THREADS)

    with pytest.raises(NoPermission) as caught:
        await rest.post(thread, saying("b"))

    assert caught.value.values["permissions"] == "Send Messages in Threads"


async def test_nothing_is_sent_where_it_was_refused_until_that_is_allowed(
    rest: Rest, server: DiscordServer
) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)
    for _ in range(3):
        with pytest.raises(NoPermission):
            await rest.post(GENERAL, saying("a"))
    with pytest.raises(NoPermission):
        await rest.typing(GENERAL)
    refused = [call for call in server.calls if call.status == 403]
    server.allow(GENERAL, Permission.SEND_MESSAGES)

    await rest.closed.open(GENERAL, Permissions.all())
    await rest.post(GENERAL, saying("b"))

    assert len(refused) == 1
    assert [each.text for each in server.by_bot(GENERAL)] == ["b"]


async def test_another_process_sends_nothing_there_either(server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES)
    kept = Timed()
    async with rest_of(server, kept=kept) as rest:
        with pytest.raises(NoPermission):
            await rest.post(GENERAL, saying("a"))

    async with rest_of(server, kept=kept) as rest:
        with pytest.raises(NoPermission) as caught:
            await rest.post(GENERAL, saying("a"))

    assert caught.value.values == {"permissions": "Send Messages", "place": "#general"}
    assert routes(server).count(POSTS) == 1


async def test_a_file_that_may_not_be_attached_closes_no_channel(rest: Rest, server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.ATTACH_FILES)

    with pytest.raises(NoPermission) as caught:
        await rest.post(GENERAL, saying("a"), files=[REPORT])
    await rest.post(GENERAL, saying("b"))

    assert caught.value.values["permissions"] == "Attach Files"
    assert [each.text for each in server.by_bot(GENERAL)] == ["b"]


async def test_a_server_that_the_bot_was_removed_from_is_told_as_that(
    rest: Rest, server: DiscordServer
) -> None:
    server.guilds[server.channels[GENERAL].guild].has_bot = False

    with pytest.raises(NoPermission) as caught:
        await rest.post(GENERAL, saying("a"))

    assert caught.value.key == "discord.no_permission_there"

"""The tests' Discord: messages as the real discord.py sends them, and what is refused in them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.servers.discord import ANN, BOT, GENERAL, Permission, discord_server
from tests.servers_tests.discord_clients import asked, codes, logged_in, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer

MESSAGES = f"/channels/{GENERAL}/messages"
V2 = 1 << 15


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


def text(content: str = "hi") -> dict[str, Any]:
    return {"type": 10, "content": content}


def button(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": 2, "style": 2, "label": "Go", "custom_id": "go"} | changed


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(parts)}


def menu(*options: dict[str, Any], **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"type": 3, "custom_id": "menu", "options": list(options)} | changed


def option(name: str = "one") -> dict[str, Any]:
    return {"label": name, "value": name}


def layout(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"flags": V2, "components": list(parts), **more}


def embed(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"embeds": [{"title": "t", **more}]}


async def test_a_layout_with_a_file_is_posted_and_read_back(server: DiscordServer) -> None:
    async with logged_in(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        view = discord.ui.LayoutView()
        chart = discord.MediaGalleryItem("attachment://chart.png", description="a chart")
        view.add_item(
            discord.ui.Container(discord.ui.TextDisplay("# Digest"), discord.ui.MediaGallery(chart))
        )
        sent = await channel.send(
            view=view, file=discord.File(io.BytesIO(b"PNG"), "chart.png", description="a chart")
        )
        again = await channel.fetch_message(sent.id)

    (message,) = server.by_bot(GENERAL)
    (file,) = message.files
    assert (message.id, message.is_v2, message.text) == (sent.id, True, "# Digest")
    assert (file.name, file.data, file.description) == ("chart.png", b"PNG", "a chart")
    assert again.attachments[0].filename == "chart.png"
    assert again.flags.components_v2


async def test_what_is_edited_is_kept_in_versions(server: DiscordServer) -> None:
    async with logged_in(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("one", file=discord.File(io.BytesIO(b"x"), "a.txt"))
        await sent.edit(content="two")
        await sent.edit(attachments=[])

    (message,) = server.by_bot(GENERAL)
    assert [version.content for version in message.versions] == ["one", "two", "two"]
    assert [len(version.files) for version in message.versions] == [1, 1, 0]


async def test_a_deleted_message_is_gone(server: DiscordServer) -> None:
    async with logged_in(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        sent = await channel.send("one")
        await sent.delete()
        refusal = await refused(channel.fetch_message(sent.id))

    assert refusal.code == 10008
    assert server.by_bot(GENERAL) == []


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        ({"content": "x" * 2_001}, "content", "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "x" * 26}, "nonce", "BASE_TYPE_MAX_LENGTH"),
        (embed(title="x" * 257), "embeds.0.title", "BASE_TYPE_MAX_LENGTH"),
        (embed(description="x" * 4_097), "embeds.0.description", "BASE_TYPE_MAX_LENGTH"),
        (embed(footer={"text": "x" * 2_049}), "embeds.0.footer.text", "BASE_TYPE_MAX_LENGTH"),
        (embed(author={"name": "x" * 257}), "embeds.0.author.name", "BASE_TYPE_MAX_LENGTH"),
        (embed(fields=[{"name": "n", "value": "v"}] * 26), "embeds.0.fields", "BASE_TYPE_BAD_LENGTH"),
        (embed(fields=[{"name": "n"}]), "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED"),
        (
            embed(fields=[{"name": "n", "value": "x" * 1_025}]),
            "embeds.0.fields.0.value",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (embed(url="ftp://x"), "embeds.0.url", "URL_TYPE_INVALID_SCHEME"),
        ({"embeds": [{"description": "x" * 3_001}] * 2}, "embeds", "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"title": "x"}] * 11}, "embeds", "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "components": [row(button())] * 6}, "components", "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "components": [text()]}, "components.0.type", "BASE_TYPE_CHOICES"),
        (
            {"content": "x", "components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
            "components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "components": [row(button(), button())]},
            "components.0.components.1.custom_id",
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            layout(row(button(custom_id="x" * 101))),
            "components.0.components.0.custom_id",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (layout(row(button(custom_id=None))), "components.0.components.0.custom_id", "BASE_TYPE_REQUIRED"),
        (layout(row(button(label="x" * 81))), "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH"),
        (
            layout(row(button(label=""))),
            "components.0.components.0.label",
            "BUTTON_COMPONENT_NO_LABEL_OR_EMOJI",
        ),
        (
            layout(row(button(url="https://x"))),
            "components.0.components.0",
            "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
        ),
        (
            layout(row(button(style=5, custom_id=None, url="javascript:x"))),
            "components.0.components.0.url",
            "URL_TYPE_INVALID_SCHEME",
        ),
        (
            layout(row(button(emoji={"name": "x"}))),
            "components.0.components.0.emoji",
            "BUTTON_COMPONENT_INVALID_EMOJI",
        ),
        (layout(row(menu())), "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH"),
        (
            layout(row(menu(*(option(str(n)) for n in range(26))))),
            "components.0.components.0.options",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            layout(row(menu({"label": "x" * 101, "value": "v"}))),
            "components.0.components.0.options.0.label",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            layout(row(menu(option(), option()))),
            "components.0.components.0.options.1.value",
            "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        ),
        (
            layout(row(menu(option(), placeholder="x" * 151))),
            "components.0.components.0.placeholder",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (layout(row(menu(option()), button())), "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
        (layout(text(), content="x"), "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (layout(text(), **embed()), "embeds", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
        (layout(*[text()] * 41), "components", "BASE_TYPE_BAD_LENGTH"),
        (
            layout({"type": 17, "components": [text()] * 40}),
            "components",
            "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
        ),
        (
            layout(text("x" * 2_001), text("x" * 2_000)),
            "components",
            "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
        ),
        (layout(text("")), "components.0.content", "BASE_TYPE_BAD_LENGTH"),
        (layout({"type": 17, "components": []}), "components.0.components", "BASE_TYPE_BAD_LENGTH"),
        (
            layout({"type": 17, "components": [{"type": 17, "components": [text()]}]}),
            "components.0.components.0.type",
            "BASE_TYPE_CHOICES",
        ),
        (layout({"type": 9, "components": [text()]}), "components.0.accessory", "BASE_TYPE_REQUIRED"),
        (
            layout({"type": 9, "components": [text()] * 4, "accessory": button()}),
            "components.0.components",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            layout({"type": 12, "items": [{"media": {"url": "attachment://no.png"}}]}),
            "components.0.items.0.media.url",
            "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
        ),
        (
            layout(
                {"type": 12, "items": [{"media": {"url": "https://x/y.png"}, "description": "x" * 1_025}]}
            ),
            "components.0.items.0.description",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            layout({"type": 12, "items": [{"media": {"url": "https://x/y.png"}}] * 11}),
            "components.0.items",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            layout({"type": 13, "file": {"url": "https://x/y.png"}}),
            "components.0.file.url",
            "UNFURLED_MEDIA_ITEM_MUST_BE_ATTACHMENT",
        ),
        (
            layout(
                {"type": 9, "components": [text()], "accessory": {"type": 11, "media": {"url": "ftp://x"}}}
            ),
            "components.0.accessory.media.url",
            "URL_TYPE_INVALID_SCHEME",
        ),
        (layout({"type": 14, "spacing": 3}), "components.0.spacing", "NUMBER_TYPE_MAX"),
        (
            layout({"type": 17, "accent_color": 1 << 24, "components": [text()]}),
            "components.0.accent_color",
            "NUMBER_TYPE_MAX",
        ),
        (
            layout(row(button(style=5, custom_id=None, url="https://" + "x" * 505))),
            "components.0.components.0.url",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (layout(row(button(style=5, custom_id=None))), "components.0.components.0.url", "BASE_TYPE_REQUIRED"),
        (
            layout(row(menu(option() | {"description": "x" * 101}))),
            "components.0.components.0.options.0.description",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            layout(row(menu(option(), max_values=2))),
            "components.0.components.0.max_values",
            "NUMBER_TYPE_MAX",
        ),
        (layout(text() | {"id": 7}, text() | {"id": 7}), "components.1.id", "COMPONENT_ID_DUPLICATED"),
        ({"content": "x", "flags": 64}, "flags", "MESSAGE_FLAGS_NOT_ALLOWED"),
        (
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [str(ANN)]}},
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["all"]}},
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
        ),
    ],
)
async def test_what_is_over_a_limit_is_refused(
    server: DiscordServer, body: dict[str, Any], where: str, code: str
) -> None:
    status, answer = await asked(server, "POST", MESSAGES, body)

    assert (status, answer["code"]) == (400, 50035)
    assert codes(answer["errors"]) == {where: code}
    assert server.by_bot() == []


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2_000},
        {"embeds": [{"description": "x" * 3_000}] * 2},
        embed(title="x" * 256, fields=[{"name": "n" * 256, "value": "v" * 10}] * 20),
        {
            "content": "x",
            "components": [row(*(button(custom_id=f"{n}{m}") for m in range(5))) for n in range(5)],
        },
        layout(*[text("x" * 100)] * 40),
        layout({"type": 17, "accent_color": 0xFFFFFF, "components": [text("x" * 4_000), {"type": 14}]}),
        layout({"type": 9, "components": [text()] * 3, "accessory": button()}),
        layout(row(menu(*(option(f"{n:0>100}") for n in range(25)), placeholder="x" * 150))),
        layout(row(button(style=5, custom_id=None, url="https://github.com/"), button(emoji={"name": "🔥"}))),
    ],
)
async def test_what_is_within_the_limits_is_posted(server: DiscordServer, body: dict[str, Any]) -> None:
    status, _ = await asked(server, "POST", MESSAGES, body)

    assert status == 200
    assert len(server.by_bot(GENERAL)) == 1


@pytest.mark.parametrize("body", [{}, {"content": " \n"}, layout(), {"content": "", "embeds": []}])
async def test_an_empty_message_is_refused(server: DiscordServer, body: dict[str, Any]) -> None:
    _, answer = await asked(server, "POST", MESSAGES, body)

    assert answer["code"] == 50006


async def test_ten_files_are_taken_and_no_more(server: DiscordServer) -> None:
    ten = {f"{number}.txt": b"x" for number in range(10)}

    taken, _ = await asked(server, "POST", MESSAGES, {}, files=ten)
    _, answer = await asked(server, "POST", MESSAGES, {}, files={**ten, "more.txt": b"x"})

    assert taken == 200
    assert codes(answer["errors"]) == {"attachments": "BASE_TYPE_MAX_LENGTH"}


async def test_what_a_file_shows_is_told_in_so_many_words(server: DiscordServer) -> None:
    body = {"attachments": [{"id": 0, "description": "x" * 1_025}]}

    _, answer = await asked(server, "POST", MESSAGES, body, files={"a.png": b"x"})

    assert codes(answer["errors"]) == {"attachments.0.description": "BASE_TYPE_MAX_LENGTH"}


async def test_a_file_that_is_too_large_is_refused(server: DiscordServer) -> None:
    server.file_bytes = 5

    status, answer = await asked(server, "POST", MESSAGES, {}, files={"big": b"x" * 6})

    assert (status, answer["code"]) == (413, 40005)


async def test_a_message_becomes_a_layout_only_without_its_content(server: DiscordServer) -> None:
    _, sent = await asked(server, "POST", MESSAGES, {"content": "old", **embed()})
    path = f"{MESSAGES}/{sent['id']}"

    _, kept = await asked(server, "PATCH", path, layout(text("new")))
    status, _ = await asked(server, "PATCH", path, layout(text("new"), content=None, embeds=[]))
    _, back = await asked(server, "PATCH", path, {"flags": 0, "components": [text("new")]})
    _, legacy = await asked(server, "PATCH", path, {"content": "old"})

    legacy_code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    assert codes(kept["errors"]) == {"content": legacy_code, "embeds": legacy_code}
    assert status == 200
    assert codes(back["errors"]) == {"flags": "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"}
    assert codes(legacy["errors"]) == {"content": legacy_code}


async def test_the_same_nonce_gives_the_first_message(server: DiscordServer) -> None:
    body = {"content": "x", "nonce": "slot-1", "enforce_nonce": True}

    _, first = await asked(server, "POST", MESSAGES, body)
    _, again = await asked(server, "POST", MESSAGES, {**body, "content": "y"})
    _, loose = await asked(server, "POST", MESSAGES, {**body, "enforce_nonce": False})
    server.delete(server.by_bot(GENERAL)[0])
    _, gone = await asked(server, "POST", MESSAGES, body)
    server.advance(600)
    _, later = await asked(server, "POST", MESSAGES, body)

    assert again["id"] == first["id"]
    assert again["content"] == "x"
    assert loose["id"] != first["id"]
    assert gone["code"] == 10008
    assert later["id"] != first["id"]


HOSTILE = f"<@{ANN}> <@!{BOT}> <@&1200000000000000001> @everyone @here"


@pytest.mark.parametrize(
    ("allowed", "pings"),
    [
        (None, [f"<@{ANN}>", f"<@!{BOT}>", "<@&1200000000000000001>", "@everyone", "@here"]),
        ({"parse": []}, []),
        ({}, []),
        ({"parse": ["everyone"]}, ["@everyone", "@here"]),
        ({"parse": [], "users": [str(ANN)]}, [f"<@{ANN}>"]),
    ],
)
@pytest.mark.parametrize("is_v2", [False, True])
async def test_who_is_pinged_is_known(
    server: DiscordServer, allowed: dict[str, Any] | None, pings: list[str], is_v2: bool
) -> None:
    body: dict[str, Any] = layout(text(HOSTILE)) if is_v2 else {"content": HOSTILE}
    if allowed is not None:
        body["allowed_mentions"] = allowed

    await asked(server, "POST", MESSAGES, body)

    assert server.by_bot(GENERAL)[0].pings == pings
    assert server.pings() == pings


async def test_an_edit_without_allowed_mentions_pings_again(server: DiscordServer) -> None:
    body = {"content": HOSTILE, "allowed_mentions": {"parse": []}}
    _, sent = await asked(server, "POST", MESSAGES, body)

    await asked(server, "PATCH", f"{MESSAGES}/{sent['id']}", {"content": "@here"})

    assert server.pings() == ["@here"]


async def test_embeds_ping_nobody(server: DiscordServer) -> None:
    await asked(server, "POST", MESSAGES, embed(description=HOSTILE))

    assert server.pings() == []


@pytest.mark.parametrize(
    ("denied", "body", "code"),
    [
        (Permission.VIEW_CHANNEL, {"content": "x"}, 50001),
        (Permission.SEND_MESSAGES, {"content": "x"}, 50013),
        (Permission.EMBED_LINKS, embed(), 50013),
        (Permission.READ_MESSAGE_HISTORY, {"content": "x", "message_reference": {"message_id": "1"}}, 50013),
    ],
)
async def test_what_the_bot_may_not_is_refused(
    server: DiscordServer, denied: Permission, body: dict[str, Any], code: int
) -> None:
    server.deny(GENERAL, denied)

    status, answer = await asked(server, "POST", MESSAGES, body)

    assert (status, answer["code"]) == (403, code)
    assert server.invalid_requests == 1


async def test_files_need_their_permission(server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.ATTACH_FILES)

    _, answer = await asked(server, "POST", MESSAGES, {"content": "x"}, files={"a.txt": b"x"})

    assert answer["code"] == 50013


async def test_without_embed_links_embeds_are_left_out_and_layouts_stay(server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.EMBED_LINKS)

    await asked(server, "POST", MESSAGES, {"content": "x", **embed()})
    await asked(server, "POST", MESSAGES, layout(text("layout")))

    first, second = server.by_bot(GENERAL)
    assert (first.content, first.embeds) == ("x", [])
    assert second.text == "layout"


async def test_a_role_may_grant_what_everybody_is_denied(server: DiscordServer) -> None:
    role = server.add_role("digests", members=[BOT])
    server.deny(GENERAL, Permission.SEND_MESSAGES, who=next(iter(server.guilds)))

    refusal, _ = await asked(server, "POST", MESSAGES, {"content": "x"})
    server.allow(GENERAL, Permission.SEND_MESSAGES, who=role.id)
    status, _ = await asked(server, "POST", MESSAGES, {"content": "x"})

    assert (refusal, status) == (403, 200)


async def test_a_person_who_takes_no_messages_is_not_written_to(server: DiscordServer) -> None:
    server.users[ANN].allows_dms = False

    _, channel = await asked(server, "POST", "/users/@me/channels", {"recipient_id": str(ANN)})
    status, answer = await asked(server, "POST", f"/channels/{channel['id']}/messages", {"content": "x"})

    assert (status, answer["code"]) == (403, 50007)


async def test_slow_mode_is_felt_where_it_is_set_for_bots(server: DiscordServer) -> None:
    server.channels[GENERAL].slow_s = 30
    await asked(server, "POST", MESSAGES, {"content": "x"})
    free, _ = await asked(server, "POST", MESSAGES, {"content": "x"})

    server.channels[GENERAL].slows_bots = True
    status, answer = await asked(server, "POST", MESSAGES, {"content": "x"})
    server.advance(31)
    later, _ = await asked(server, "POST", MESSAGES, {"content": "x"})

    assert (free, status, answer["code"], later) == (200, 429, 20016, 200)
    assert 0 < answer["retry_after"] <= 30


async def test_a_reply_pings_its_author_unless_told_not_to(server: DiscordServer) -> None:
    said = server.ann.says(GENERAL, "hi")
    body = {"content": "x", "message_reference": {"message_id": str(said.id)}}

    _, loud = await asked(server, "POST", MESSAGES, body)
    _, quiet = await asked(server, "POST", MESSAGES, {**body, "allowed_mentions": {"parse": []}})

    assert [each["id"] for each in loud["mentions"]] == [str(ANN)]
    assert quiet["mentions"] == []


async def test_a_reply_to_nothing_is_refused(server: DiscordServer) -> None:
    _, answer = await asked(
        server, "POST", MESSAGES, {"content": "x", "message_reference": {"message_id": "1"}}
    )

    assert codes(answer["errors"]) == {"message_reference": "REPLIES_UNKNOWN_MESSAGE"}


async def test_others_messages_cannot_be_edited(server: DiscordServer) -> None:
    said = server.ann.says(GENERAL, "hi")

    status, answer = await asked(server, "PATCH", f"{MESSAGES}/{said.id}", {"content": "x"})
    deleted, _ = await asked(server, "DELETE", f"{MESSAGES}/{said.id}")

    assert (status, answer["code"], deleted) == (403, 50005, 403)

"""Share in channel: what one person saw, once, as the channel is shown it, and only where all may read it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters.discord import actions
from summarizer import languages
from tests.adapters.discord.pressing import (
    buttons,
    forged,
    in_language,
    langs,
    only_me,
    post,
    pressed_of,
    private,
    reader,
    said_in,
    told,
    until_said,
)
from tests.adapters.discord.whole import is_progress, whole
from tests.bot.talk import NOW, REPO
from tests.servers.discord import GENERAL, GUILD, walked
from tests.servers.discord.records import EPHEMERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Interaction


@langs
async def test_two_presses_of_share_are_one_post_of_what_was_seen_with_its_chart(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    async with whole(host, server):
        message = await only_me(person)
        seen = pressed_of(message, actions.DETAILS)
    async with whole(host, server, at=NOW + timedelta(hours=3)):
        pressed = [person.press(message, actions.SHARE) for _ in range(2)]
        for each in pressed:
            await each.acknowledged()
        posted = languages.load(lang).text("chat.said.posted")
        await server.until(lambda: any(posted in each.text for each in server.ephemerals(person.id)))

    [shared] = said_in(server, GENERAL)
    assert "vd.thread" in buttons(shared)
    assert pressed_of(shared, actions.DETAILS) == seen
    assert [file.name.endswith(".png") for file in shared.files] == [True]
    assert in_language(shared.text) == lang
    assert len([each for each in server.ephemerals(person.id) if posted in each.text]) == 1
    assert "vd.share" in buttons(message)


async def test_a_share_that_discord_refused_works_at_the_next_press(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await only_me(server.ann)
        server.fail(
            "POST /webhooks/*/*",
            403,
            {"code": 200000, "message": "Message was blocked by AutoMod"},
            when=lambda call: not call.body.get("flags", 0) & EPHEMERAL,
        )
        refusal = await told(server.ann.press(message, actions.SHARE))
        assert refusal.only_for == server.ann.id
        assert said_in(server, GENERAL) == []
        server.ann.press(message, actions.SHARE)

        await until_said(server, GENERAL, 1)


async def test_a_share_whose_end_is_not_clear_is_not_sent_again_at_the_next_press(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await only_me(server.ann)
        server.fail(
            "POST /webhooks/*/*",
            502,
            after_effect=True,
            when=lambda call: not call.body.get("flags", 0) & EPHEMERAL,
        )
        server.ann.press(message, actions.SHARE)
        unclear = languages.load("en").text("errors.discord.ambiguous")
        await server.until(lambda: any(unclear in each.text for each in server.ephemerals(server.ann.id)))
        await server.ann.press(message, actions.SHARE).acknowledged()

    assert len(said_in(server, GENERAL)) == 1


async def test_a_mention_that_replies_to_what_was_shared_goes_on_from_it(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await only_me(server.ann, "today", options={"topic": "amd"})
        server.ann.press(message, actions.SHARE)
        shared = await until_said(server, GENERAL, 1)
        await server.until(lambda: any("Posted" in each.text for each in server.ephemerals()))
        server.ben.says(GENERAL, f"<@{server.application}> only merged", reply_to=shared)
        answer = await until_said(server, GENERAL, 2)

    assert "#101" in answer.text
    assert "#104" not in answer.text


async def test_a_private_repository_is_told_only_where_all_may_read_it(
    host: Host, server: DiscordServer
) -> None:
    other = server.add_guild(GUILD + 5, "Elsewhere")
    elsewhere = next(each.id for each in server.channels.values() if each.guild == other.id)
    access = f"{REPO}=discord:{GUILD}+shell"
    async with whole(host, server, world=private(), DIGEST_ACCESS=access):
        message = await only_me(server.ann)
        shared = await post(server.ann)
        assert "Secret kernel" in message.text
        assert "Secret kernel" in shared.text
        refusal = await only_me(server.ann, channel=elsewhere)
        assert "Secret" not in refusal.text
        # a client that sends the ids of a message elsewhere
        ids = [
            each["custom_id"]
            for each in walked([*message.components, *shared.components])
            if "custom_id" in each
        ]
        mine = await only_me(server.ann, "help", channel=elsewhere)
        for custom_id in ids:
            answer = server.ann.press(mine, forged(mine, custom_id))
            await answer.acknowledged()
            await server.until(partial(_is_told, answer, len(mine.versions)))
            mine.versions = mine.versions[:1]
            assert "section" not in str(answer.modal and answer.modal.components)
    assert len(ids) > 8
    assert not [each for each in server.all_messages if each.channel == elsewhere and "Secret" in each.text]
    assert not [each for each in server.all_messages if each.channel == elsewhere and each.files]


def _is_told(pressed: Interaction, versions: int) -> bool:
    """Whether it was answered, be it in the place of the message."""
    assert pressed.message is not None
    is_beside = any(each is not pressed.message for each in pressed.messages)
    is_in_place = len(pressed.message.versions) > versions and not is_progress(pressed.message)
    return pressed.modal is not None or is_beside or is_in_place

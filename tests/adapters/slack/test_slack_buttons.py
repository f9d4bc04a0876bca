"""The buttons below a digest and an answer, pressed by people who read English and Chinese, where each kind stands."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat import Context
from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.actions import dump
from bot.access import SHELL
from summarizer import languages
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    direct,
    in_language,
    language_of,
    only_me,
    post,
    told,
    until_changed,
    value_of,
    with_value,
)
from tests.adapters.slack.whole import actions_of, is_progress, shown, until_posted, until_result, words_of
from tests.bot.talk import NOW, REPO, talked_about
from tests.servers.github import World
from tests.servers.slack import ANN, BEN, GENERAL, TEAM

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import Message, Sent, SlackServer

OTHER = "C0OTHER"
IN_POST = ["vd.full", "vd.thread", "vd.language", "vd.copy", "vd.refresh", "vd.feedback"]
IN_EPHEMERAL = ["vd.details", "vd.send_all", "vd.share", "vd.language", "vd.refresh"]


def said(user: str, key: str, **values: object) -> str:
    """A sentence as that person reads it."""
    return languages.load(language_of(user)).text(key, **values)


# Send me everything, share


@pytest.mark.parametrize("user", READERS)
async def test_everything_comes_as_a_direct_message_with_its_thread_and_a_file(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        message = await only_me(server, user)
        sent = await server.press(message, actions.SEND_ALL)

        assert (await told(server, sent)).text == said(user, "chat.said.sent_to_you")
        head, *rest = server.by_bot(server.dm_of(user).id)
    assert in_language(head.text) == language_of(user)
    assert {each.thread_ts for each in rest} == {head.ts}
    assert words_of(message) == words_of(server.ephemerals(user, GENERAL)[0])
    assert_whole("\n".join(map(words_of, (head, *rest))))
    [(name, data, thread)] = reports(server)
    assert name.endswith(f".{language_of(user)}.md")
    assert thread == head.ts
    assert_whole(data.decode())
    assert server.pings() == []


def assert_whole(text: str) -> None:
    """The day's four pull requests and the issue that move on it are all there, and their links."""
    for number, kind in {101: "pull", 102: "pull", 103: "pull", 104: "pull", 105: "issues"}.items():
        assert f"#{number}" in text
        assert f"https://github.com/{REPO}/{kind}/{number}" in text


@pytest.mark.parametrize("user", READERS)
async def test_sharing_posts_what_the_person_saw_as_the_channel_is_shown_it(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        message = await only_me(server, user)
        sent = await server.press(message, actions.SHARE)

        assert (await told(server, sent)).text == said(user, "chat.said.posted")
        [shared] = server.by_bot(GENERAL)
    assert shared.thread_ts == ""
    assert shared.text == message.text
    assert actions_of(shared) == IN_POST
    assert [block["type"] for block in shared.blocks].count("image") == 1
    assert actions_of(message) == IN_EPHEMERAL


async def test_a_shared_digest_is_the_one_that_was_seen_though_time_has_passed(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await only_me(server)
        seen = value_of(message, actions.SHARE)
    async with bot(host, server, at=NOW + timedelta(hours=3)):
        sent = await server.press(message, actions.SHARE)
        await told(server, sent)
        [shared] = server.by_bot(GENERAL)

    assert value_of(shared, actions.COPY).handle == seen.handle
    assert value_of(shared, actions.REFRESH).line == seen.line


@pytest.mark.parametrize("user", READERS)
@pytest.mark.parametrize(
    ("made", "key"),
    [
        ({"is_member": False}, "slack.not_in_channel"),
        ({"is_member": False, "is_private": True}, "slack.channel_gone"),
        ({"is_archived": True}, "slack.channel_archived"),
    ],
    ids=["not invited", "private", "archived"],
)
async def test_where_nothing_can_be_posted_sharing_says_why_and_what_to_do(
    host: Host, server: SlackServer, user: str, made: dict[str, Any], key: str
) -> None:
    server.add_channel(OTHER, "other", **made)
    async with bot(host, server):
        message = await only_me(server, user, channel=OTHER)
        sent = await server.press(message, actions.SHARE)

        assert said(user, f"errors.{key}") in (await told(server, sent)).text.replace("&gt;", ">")
    assert server.by_bot(OTHER) == []
    assert actions_of(message) == IN_EPHEMERAL


def private() -> World:
    world = World()
    repository = world.repository(REPO, private=True)
    repository.open_pr("[ROCm] Secret kernel", by="amy", at=NOW - timedelta(hours=1), number=7)
    return world


async def test_a_private_repository_is_not_told_where_another_organization_reads_along(
    host: Host, server: SlackServer
) -> None:
    server.add_channel(OTHER, is_ext_shared=True)
    async with bot(host, server, world=private(), DIGEST_ACCESS=f"{REPO}=slack:{TEAM}+shell"):
        message = await only_me(server, channel=OTHER)
        assert "Secret kernel" in words_of(message)
        sent = await server.press(message, actions.SHARE)
        refusal = await told(server, sent)

        # the channel was its own when it was posted, and is shared with others now
        shared = await post(server)
        assert "Secret kernel" in words_of(shared)
    server.channels[GENERAL].is_ext_shared = True
    async with bot(host, server, world=private(), DIGEST_ACCESS=f"{REPO}=slack:{TEAM}+shell"):
        for action in (actions.THREAD, actions.FULL, actions.REFRESH):
            sent = await server.press(shared, action)
            assert "Secret" not in words_of(await told(server, sent))

    assert "Secret" not in words_of(refusal)
    assert server.by_bot(OTHER) == []
    assert server.thread(GENERAL, shared.ts) == []
    assert [file for file in server.files.values() if file.shares] == []


# Other language, copy


@pytest.mark.parametrize("user", READERS)
async def test_what_one_person_reads_changes_its_language_in_its_place(
    host: Host, server: SlackServer, user: str
) -> None:
    other = {"en": "zh", "zh": "en"}[language_of(user)]
    async with bot(host, server):
        message = await only_me(server, user)
        await server.press(message, actions.OTHER_LANGUAGE)
        await server.until(lambda: in_language(message.text) == other and not is_progress(message))
        assert actions_of(message) == IN_EPHEMERAL
        assert len(server.ephemerals(user)) == 1

        mine = await direct(server, user)
        edits = mine.edits
        await server.press(mine, actions.OTHER_LANGUAGE)
        await until_changed(server, mine, edits)

    assert in_language(mine.text) == other
    assert actions_of(mine) == IN_POST
    assert len(server.by_bot(mine.channel)) == 1
    assert in_language(words_of(mine).split("\n")[0]) == other


async def test_a_channels_post_keeps_its_language_and_who_pressed_reads_theirs(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server, ANN)
        before = words_of(message)
        sent = await server.press(message, actions.OTHER_LANGUAGE, user=BEN)
        mine = await told(server, sent)

        assert (mine.only_for, in_language(mine.text)) == (BEN, "zh")
        assert actions_of(mine) == IN_EPHEMERAL
        await server.press(mine, actions.OTHER_LANGUAGE)
        await server.until(lambda: in_language(mine.text) == "en")
    assert words_of(message) == before
    assert len(server.by_bot(GENERAL)) == 1


@pytest.mark.parametrize("user", READERS)
async def test_a_copy_is_text_without_links_that_only_who_pressed_sees(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        for message in (await post(server, user), await direct(server, user)):
            sent = await server.press(message, actions.COPY, user=user)
            copy = await told(server, sent)

            assert copy.only_for == user
            assert "#101" in words_of(copy)
            assert [link for link in server.links() if link.where == f"{copy.channel} {copy.ts}"] == []


# Refresh


async def test_a_refresh_updates_the_post_in_its_place_and_the_thread_goes_on_from_it(
    host: Host, server: SlackServer
) -> None:
    world = talked_about()
    async with bot(host, server):
        message = await post(server)
        assert "#107" not in words_of(message)
    world.repositories[REPO].open_pr("[ROCm] Arrived late", by="amy", at=NOW + timedelta(hours=1), number=107)
    async with bot(host, server, world=world, at=NOW + timedelta(hours=2)):
        edits = message.edits
        await server.press(message, actions.REFRESH, user=BEN)
        await until_changed(server, message, edits)

        assert "5 new PRs" in words_of(message) or "#107" in words_of(message)
        assert in_language(message.text) == "en"
        assert len(server.by_bot(GENERAL)) == 1
        await server.mention(GENERAL, ANN, "only merged", thread_ts=message.thread_ts or message.ts)
        answer = (await until_posted(server, GENERAL, 2))[-1]
    assert "#101" in words_of(answer)
    assert "#105" not in words_of(answer)


async def test_a_post_that_somebody_refreshes_is_not_limited_by_what_they_have_set_for_themselves(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server) as it:
        message = await post(server)
        before, edits = words_of(message), message.edits
        await it.services.desk.prefer({"topic": "amd"}, Context("slack", team=TEAM, person=BEN))
        await server.press(message, actions.REFRESH, user=BEN)
        await until_changed(server, message, edits)

    assert words_of(message) == before


async def test_a_refresh_stays_where_it_is_for_who_wants_their_own_digests_in_the_channel(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server)
        before = len(server.ephemerals(ANN, GENERAL))
        await server.command("/vllm-digest", "prefs in:channel")
        await server.until(lambda: len(server.ephemerals(ANN, GENERAL)) > before)
        edits = message.edits
        await server.press(message, actions.REFRESH, user=ANN)
        await until_changed(server, message, edits)

        assert server.by_bot(GENERAL) == [message]


@pytest.mark.parametrize("where", ["channel", "direct message"])
async def test_a_refresh_that_fails_is_told_to_who_pressed_and_leaves_the_digest_there(
    host: Host, server: SlackServer, where: str
) -> None:
    async with bot(host, server):
        message = await (post(server) if where == "channel" else direct(server))
        before = words_of(message)
        old = with_value(message, actions.REFRESH, dump(Pressed(line="release v9.9")))
        refusal = await told(server, await server.press(old, actions.REFRESH, user=ANN))

        assert refusal.only_for == ANN
        assert "no releases" in words_of(refusal)
    assert words_of(message) == before


async def test_a_window_that_is_over_offers_no_refresh(host: Host, server: SlackServer) -> None:
    async with bot(host, server):
        mine, all_read = await only_me(server, line="yesterday"), await post(server, line="yesterday")

    assert actions.REFRESH not in [*actions_of(mine), *actions_of(all_read)]


@pytest.mark.parametrize("user", READERS)
async def test_what_one_person_reads_is_refreshed_in_its_place(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        message = await only_me(server, user)
        edits = message.edits
        await server.press(message, actions.REFRESH)
        await server.until(lambda: message.edits > edits and actions_of(message) == IN_EPHEMERAL)

        assert in_language(message.text) == language_of(user)
    assert server.by_bot(GENERAL) == []
    assert len(server.ephemerals(user)) == 1


# Full report


@pytest.mark.parametrize("user", READERS)
async def test_the_full_report_is_attached_below_the_post_once(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        message = await post(server, user)
        for _ in range(2):
            sent = await server.press(message, actions.FULL, user=user)
            await server.until(lambda: reports(server))
        assert (await told(server, sent)).text == said(user, "chat.said.attached")

    [(name, data, thread)] = reports(server)
    assert name.endswith(f".{language_of(user)}.md")
    assert thread == message.thread_ts
    assert_whole(data.decode())


def reports(server: SlackServer) -> list[tuple[str, bytes, str]]:
    """Name, content and thread of each report that was attached."""
    files = [(server.files[file], message) for message in server.messages() for file in message.files]
    return [
        (file.name, file.data or b"", message.thread_ts)
        for file, message in files
        if file.name.endswith(".md")
    ]


async def test_a_report_that_slack_refused_is_attached_at_the_next_press(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server)
        server.fail("files.completeUploadExternal", "invalid_arguments")
        first = await told(server, await server.press(message, actions.FULL, user=ANN))
        assert first.only_for == ANN
        await server.press(message, actions.FULL, user=ANN)
        await server.until(lambda: reports(server))


async def test_the_full_report_of_a_kept_edition_is_a_link_to_its_page(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server, PUBLIC_URL="https://digest.example.org") as it:
        handle = value_of(await post(server, line="yesterday"), actions.COPY).handle
        kept = await it.services.digests.open(handle, SHELL)
        await it.services.editions.keep(kept)
        message = await post(server, line="yesterday")

        assert actions.FULL not in actions_of(message)
        [button] = [each for block in message.blocks for each in block.get("elements", ()) if each.get("url")]
        assert button["url"] == f"https://digest.example.org/{REPO}/digests/{kept.id}?lang=en"
        # Slack tells of the press as well, and nothing comes of it
        sent = await server.press(message, button["action_id"], user=ANN)
        await sent.acked()
    assert reports(server) == []


# After posting


@pytest.mark.parametrize(
    ("line", "holds"),
    [("why #101", "#101"), ("only merged", "#101"), ("yesterday", "2026-03-23")],
)
async def test_a_mention_below_a_post_goes_on_from_its_digest(
    host: Host, server: SlackServer, line: str, holds: str
) -> None:
    async with bot(host, server):
        message = await only_me(server, line="today topic:amd")
        await told(server, await server.press(message, actions.SHARE))
        [shared] = server.by_bot(GENERAL)
        await server.mention(GENERAL, BEN, line, thread_ts=shared.ts)
        answer = (await until_posted(server, GENERAL, 2))[-1]

    assert answer.thread_ts == shared.ts
    assert holds in words_of(answer)
    assert "#103" not in words_of(answer)  # none of the topic's
    assert actions.RETRY not in actions_of(answer)


# Answers


@pytest.mark.parametrize("where", ["command", "thread", "direct message"])
async def test_a_choice_answers_what_was_asked_back(host: Host, server: SlackServer, where: str) -> None:
    async with bot(host, server):
        if where == "command":
            message = await only_me(server, line="ask which PRs were closed")
        else:
            say = post if where == "thread" else direct
            message = await say(server, line="which PRs were closed")
        assert [each for each in actions_of(message) if each.startswith(actions.CHOOSE)] == [
            "vd.choose#1",
            "vd.choose#2",
        ]
        before = len(server.by_bot())
        await server.press(message, "vd.choose#2", user=ANN)

        if where == "command":
            await server.until(lambda: "#101" in words_of(message))
            answer = message
            assert server.by_bot() == []
            assert actions.SHARE not in actions_of(answer)  # nobody else was asked "2"
        else:
            await server.until(
                lambda: len(server.by_bot()) > before and "#101" in words_of(server.by_bot()[-1])
            )
            answer = server.by_bot()[-1]
            assert answer.thread_ts == message.thread_ts
            assert actions_of(message)[:2] == ["vd.choose#1", "vd.choose#2"]
    assert "#104" in words_of(answer)
    assert not [each for each in actions_of(answer) if each.startswith(actions.CHOOSE)]


@pytest.mark.parametrize("user", READERS)
async def test_an_answer_is_shared_with_the_channel(host: Host, server: SlackServer, user: str) -> None:
    line = {ANN: "ask any AMD PRs this week?", BEN: "ask 本周有 AMD 的 PR 吗？"}[user]
    async with bot(host, server):
        message = await only_me(server, user, line=line)
        assert server.by_bot(GENERAL) == []
        sent = await server.press(message, actions.SHARE)
        assert (await told(server, sent)).text == said(user, "chat.said.posted")

        [shared] = server.by_bot(GENERAL)
    assert shared.text == message.text
    assert "#101" in words_of(shared)
    assert actions_of(shared) == [actions.FEEDBACK]


# What is not ours


GARBAGE = ("", "{", "[]", '{"handle": 3}', '{"page": -1}', '{"evil": "x"}', "[" * 1000)
SWAPPED = (
    dump(Pressed(handle="../../etc", lang="klingon", page=10**6, section="x")),
    dump(Pressed(handle="gone", line="x" * 1500)),
)


@pytest.mark.parametrize("value", [*GARBAGE, *SWAPPED], ids=range(9))
async def test_a_value_that_is_none_of_ours_harms_nothing(
    host: Host, server: SlackServer, value: str
) -> None:
    async with bot(host, server):
        message = await post(server)
        before = words_of(message)
        for action in IN_POST[:-1]:
            sent = await server.press(with_value(message, action, value), action, user=ANN)
            assert (await told(server, sent)).only_for == ANN
        sent = await server.press(with_value(message, actions.FEEDBACK, value), actions.FEEDBACK, user=ANN)
        await server.until(lambda: server.modals(ANN))
        await server.submit(server.modals(ANN)[-1])
        await server.until(lambda: server.by_bot(server.dm_of(ANN).id))

        for action in IN_EPHEMERAL:
            mine = await only_me(server)
            edits = mine.edits + 1
            sent = await server.press(with_value(mine, action, value), action)
            await server.until(partial(_is_done, server, mine, edits, sent))
        assert words_of(message) == before
        assert server.by_bot(GENERAL) == [message]


@pytest.mark.parametrize("user", READERS)
async def test_a_digest_that_is_not_kept_any_more_is_told_so(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        message, mine = await post(server, user), await only_me(server, user)
        gone = said(user, "errors.digest.gone").replace("`", "")
        for action in (actions.FULL, actions.THREAD, actions.OTHER_LANGUAGE, actions.COPY):
            old = dump(Pressed(handle="gone", lang="zh"))
            with_value(message, action, old)
            sent = await server.press(message, action, user=user)
            assert gone in _plain(words_of(await told(server, sent)))
        for action in (actions.DETAILS, actions.SEND_ALL, actions.SHARE):
            with_value(mine, action, dump(Pressed(handle="gone")))
            sent = await server.press(mine, action)
            assert gone in _plain(words_of(await told(server, sent)))


def _plain(text: str) -> str:
    return text.replace("`", "").replace("\n", "")


async def test_old_messages_keep_working_after_a_restart(host: Host, server: SlackServer) -> None:
    async with bot(host, server):
        mine, all_read = await only_me(server), await post(server)
    async with bot(host, server):
        sent = await server.press(all_read, actions.COPY, user=BEN)
        assert "#101" in words_of(await told(server, sent))
        await server.press(all_read, actions.THREAD, user=BEN)
        await server.until(lambda: server.thread(GENERAL, all_read.thread_ts or all_read.ts))
        await server.press(mine, actions.DETAILS)
        await server.until(lambda: server.modals(ANN))
        await server.mention(GENERAL, ANN, "only merged", thread_ts=all_read.thread_ts or all_read.ts)
        await server.until(lambda: len(server.by_bot(GENERAL)) > 1)
        again = await until_result(server, await server.press(all_read, actions.OTHER_LANGUAGE, user=BEN))
    assert in_language(again.text) == "zh"


async def test_two_presses_of_share_are_one_post(host: Host, server: SlackServer) -> None:
    async with bot(host, server):
        mine = await only_me(server)
        first, second = [await server.press(mine, actions.SHARE, user=ANN) for _ in range(2)]
        await server.until(lambda: shown(server, first) or shown(server, second))

        assert len(server.by_bot(GENERAL)) == 1
    # what had begun has come to its end by now
    assert len(server.by_bot(GENERAL)) == 1


def _is_done(server: SlackServer, message: Message, edits: int, sent: Sent) -> bool:
    """Whether the message has changed more often, or a press was answered beside it."""
    return message.edits > edits or bool(shown(server, sent))

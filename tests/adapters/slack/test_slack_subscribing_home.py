"""Home: the subscriptions that somebody may see, and what can be done to each there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Offer, Reply, Subscribed
from adapters.slack import actions
from adapters.slack.actions import load
from adapters.slack.layout import home, notices
from adapters.slack.layout.subscriptions import Subscriptions as Shown
from summarizer import languages
from summarizer.errors import StoreError
from tests.adapters.slack.pressing import READERS, bot, direct, in_language, language_of, only_me, until_said
from tests.adapters.slack.seen_blocks import hostile, texts, walk
from tests.adapters.slack.subscribed import Subscriptions
from tests.adapters.slack.whole import actions_of, until_posted, words_of
from tests.servers.slack import ANN, BEN, GENERAL
from tests.servers.slack.blocks import faults_of

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import View

NOW = datetime(2025, 12, 10, 12, tzinfo=UTC)
LANGS = ["en", "zh"]

subscribed = st.builds(
    Subscribed,
    id=st.integers(1, 10**6).map("s{}".format),
    line=hostile,
    where=hostile,
    state=st.sampled_from(["active", "paused", "suspended"]),
    next_due=st.none() | st.just(NOW),
)


def shown(lang: str, subscriptions: Shown) -> list[dict[str, Any]]:
    view = home.view(
        languages.load(lang),
        recent=(),
        prefs={},
        repo="a/b",
        topics={},
        now=NOW,
        subscriptions=subscriptions,
    )
    blocks: list[dict[str, Any]] = view["blocks"]
    return blocks


@given(st.lists(subscribed, max_size=40), st.sampled_from(LANGS), hostile)
@settings(max_examples=40, deadline=None)
def test_a_home_with_any_subscriptions_keeps_its_limits(
    listed: list[Subscribed], lang: str, text: str
) -> None:
    words = languages.load(lang)
    done = Reply(text, lang, offers=(Offer("undo", "resume s3"),))
    said = notices.replied(done, words, repo_urls=())
    blocks = shown(lang, Shown(listed, said))

    assert faults_of(blocks, surface="home", files={}) == []
    for each in walk(blocks):
        if each.get("type") == "mrkdwn":
            assert each["text"].replace("<!date^", "").count("<") == 0


@pytest.mark.parametrize("lang", LANGS)
def test_each_subscription_can_be_paused_or_resumed_tried_and_ended(lang: str) -> None:
    active = Subscribed("s3", "daily 09:00 topic:amd", "#general", "active", NOW)
    watch = Subscribed("w4", "topic:amd max:5/h", "#general", "suspended")
    blocks = shown(lang, Shown([active, watch]))
    lines = [
        (each["action_id"], load(each["value"]).line)
        for each in walk(blocks)
        if str(each.get("action_id")).startswith(actions.OFFER)
    ]

    assert lines == [
        (f"{actions.OFFER}#pause", "pause s3"),
        (f"{actions.OFFER}#now", "test s3"),
        (f"{actions.OFFER}#end", "unsubscribe s3"),
        (f"{actions.OFFER}#resume", "resume w4"),
        (f"{actions.OFFER}#end", "unwatch w4"),
    ]
    told = "\n".join(texts(blocks))
    assert languages.load(lang).text("subscriptions.state.suspended") in told
    assert "`daily 09:00 topic:amd`" in told
    assert "<!date^1765368000^" in told


def test_a_place_without_a_name_is_told_by_slack_to_those_who_may_know_it() -> None:
    places = ("slack:T0TESTS/C0SECRET", "slack:T0TESTS/C0SECRET/1795749113.962505", "slack:T0TESTS/@U0ANN")
    listed = [Subscribed("s1", "hourly", where, "active") for where in (*places, "slack:<!channel>")]
    told = [each for each in texts(shown("en", Shown(listed))) if each.startswith("*s1*")]

    assert [each.partition("\n")[2].partition(" · ")[0] for each in told] == [
        "<#C0SECRET>",
        "<#C0SECRET>",
        "to you alone",
        "slack:&lt;!channel&gt;",
    ]


def test_more_than_a_home_should_list_are_counted() -> None:
    listed = [Subscribed(f"s{place}", "hourly", "#general", "active") for place in range(20)]
    told = "\n".join(texts(shown("en", Shown(listed))))

    assert "5 more: `/vllm-digest subscriptions`" in told


def test_a_reply_with_a_table_is_shown_as_it_stands() -> None:
    done = Reply("| a | b |\n| --- | --- |\n| 1 | 2 |", "en")
    blocks = notices.replied(done, languages.load("en"), repo_urls=())

    assert faults_of(blocks, surface="modal", files={}) == []
    assert done.text in texts(blocks)


# Pressed


async def opened_home(server: SlackServer, user: str) -> View:
    before = server.home(user)
    versions = len(before.versions) if before else 0
    await server.open_home(user)
    await server.until(lambda: (it := server.home(user)) is not None and len(it.versions) > versions)
    found = server.home(user)
    assert found is not None
    return found


async def changed(server: SlackServer, view: View, action: str, contains: str) -> str:
    """What the home says after the button, once that holds it."""
    assert contains not in words_of(view)
    await server.press(view, action)
    await server.until(lambda: contains in words_of(view))
    return words_of(view)


@pytest.mark.parametrize("user", READERS)
async def test_home_pauses_resumes_and_ends_and_tells_what_it_did(
    host: Host, server: SlackServer, user: str
) -> None:
    before = Subscriptions()
    words = languages.load(language_of(user))
    async with bot(host, server, desk_of=before.of):
        await direct(server, user, "subscribe daily 09:00 topic:amd")
        view = await opened_home(server, user)
        assert words.text("subscriptions.state.active") in words_of(view)

        active, paused = (f" · {words.text(f'subscriptions.state.{each}')}" for each in ("active", "paused"))
        assert active not in await changed(server, view, f"{actions.OFFER}#pause", paused)
        assert paused not in await changed(server, view, f"{actions.OFFER}#resume", active)
        none = words.text("chat.home.no_subscriptions")
        assert in_language(await changed(server, view, f"{actions.OFFER}#end", none)) == language_of(user)
        assert f"{actions.OFFER}#undo-0" in actions_of(view)

    assert [line for line, _ in before.heard[1:]] == ["pause s1", "resume s1", "unsubscribe s1"]
    assert server.ephemerals() == []


async def test_home_tries_one_in_a_direct_message_whatever_its_reader_prefers(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await only_me(server, ANN, "subscribe daily 09:00")
        view = await opened_home(server, ANN)
        await server.press(view, f"{actions.OFFER}#now")
        await until_posted(server, server.dm_of(ANN).id, contains="2026-03-23")

    assert server.by_bot(GENERAL) == []


async def test_a_channels_subscriptions_stand_at_everybodys_home_and_a_persons_own_at_theirs(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await only_me(server, ANN, "subscribe daily 09:00")
        await direct(server, ANN, "subscribe daily 10:00")
        anns, bens = words_of(await opened_home(server, ANN)), words_of(await opened_home(server, BEN))

    assert "daily 09:00" in anns
    assert "daily 10:00" in anns
    assert "daily 09:00" in bens
    assert "daily 10:00" not in bens


async def test_what_is_refused_is_told_at_home(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await only_me(server, ANN, "subscribe daily 09:00")
        view = await opened_home(server, ANN)
        before.kept.clear()
        failed = languages.load("en").text("chat.notice.failed")
        told = await changed(server, view, f"{actions.OFFER}#pause", failed)

    assert "There is no subscription s1 here." in told


async def test_a_home_whose_subscriptions_cannot_be_told_says_why_and_shows_the_rest(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions(failures=[StoreError("store.lost")])
    async with bot(host, server, desk_of=before.of):
        view = await opened_home(server, ANN)

    words = languages.load("en")
    assert words.text("errors.store.lost") in words_of(view)
    assert words.text("chat.home.prefs") in words_of(view)


async def test_an_error_of_the_desk_behind_a_button_at_home_is_told_in_a_direct_message(
    host: Host, server: SlackServer
) -> None:
    class Broken(Subscriptions):
        async def __call__(self, line: str, context: Any) -> Reply:  # noqa: ANN401 - a context
            if line.startswith("pause"):
                raise RuntimeError("broken")
            return await super().__call__(line, context)

    before = Broken()
    async with bot(host, server, desk_of=before.of):
        await only_me(server, ANN, "subscribe daily 09:00")
        view = await opened_home(server, ANN)
        told = len(server.by_bot(server.dm_of(ANN).id))
        await server.press(view, f"{actions.OFFER}#pause")
        await until_said(server, ANN, told)

    assert "on our side" in words_of(server.by_bot(server.dm_of(ANN).id)[-1])

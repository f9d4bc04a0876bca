"""What may be there although no clear answer came: it is looked for by its mark, and found or not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat.delivering import Blind, Destination, Mark, Unclear
from adapters.slack import looking
from adapters.slack.marks import metadata_of
from tests.adapters.slack.couriers import (
    DELIVERY,
    THERE,
    courier_to,
    delivered,
    long_ago,
    mark_of,
    small_digest,
    subscribed,
)
from tests.servers.slack import BEN, BOT_TOKEN, GENERAL, SCOPES, TEAM

if TYPE_CHECKING:
    from adapters.chat.delivering import Courier, Part, Sent
    from adapters.store import Store
    from tests.servers.slack import SlackServer

POST = "chat.postMessage"
ENDED = {
    "chat.postMessage": "post",
    "files.completeUploadExternal": "file",
}


async def look(
    courier: Courier, part: Part, at: Destination = THERE, below: Sent | None = None
) -> Sent | None:
    return await courier.find(part, at, mark_of(part), below, long_ago())


@pytest.mark.parametrize("name", ["post", "summary", "file"])
@pytest.mark.parametrize(
    "fault",
    [{}, {"status": 500}, {"status": 503}, {"error": "fatal_error"}],
    ids=["cut", "500", "503", "fatal"],
)
async def test_what_is_there_without_an_answer_is_found(
    server: SlackServer, store: Store, name: str, fault: dict[str, object]
) -> None:
    method = "files.completeUploadExternal" if name == "file" else POST
    async with courier_to(server, store) as courier:
        parts = await courier.parts(subscribed(small_digest()), THERE)
        part = next(each for each in parts if each.name == name)
        below = None if name == "post" else await courier.send(parts[0], THERE, mark_of(parts[0]), None)
        before = len(server.by_bot(GENERAL))
        server.fail(method, after_effect=True, **fault)  # type: ignore[arg-type]
        with pytest.raises(Unclear):
            await courier.send(part, THERE, mark_of(part), below)
        found = await look(courier, part, below=below)

    [message] = server.by_bot(GENERAL)[before:]
    assert found is not None
    assert found.message == (message.files[0] if name == "file" else message.ts)
    assert found.thread == (message.thread_ts or message.ts)


@pytest.mark.parametrize("name", ["post", "summary", "file"])
@pytest.mark.parametrize("fault", [{}, {"status": 500}], ids=["cut", "500"])
async def test_what_was_lost_on_its_way_is_not_found(
    server: SlackServer, store: Store, name: str, fault: dict[str, object]
) -> None:
    method = "files.completeUploadExternal" if name == "file" else POST
    async with courier_to(server, store) as courier:
        parts = await courier.parts(subscribed(small_digest()), THERE)
        part = next(each for each in parts if each.name == name)
        below = None if name == "post" else await courier.send(parts[0], THERE, mark_of(parts[0]), None)
        server.fail(method, **fault)  # type: ignore[arg-type]
        with pytest.raises(Unclear):
            await courier.send(part, THERE, mark_of(part), below)

        assert await look(courier, part, below=below) is None


async def test_what_takes_effect_late_is_found_once_it_has(server: SlackServer, store: Store) -> None:
    done = asyncio.Event()
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        server.fail(POST, late=done)
        with pytest.raises(Unclear):
            await courier.send(part, THERE, mark_of(part), None)
        before = await look(courier, part)
        done.set()
        await server.until(lambda: server.by_bot(GENERAL))

        found = await look(courier, part)

    assert before is None
    assert found is not None


async def test_what_history_does_not_tell_of_yet_is_found_later(server: SlackServer, store: Store) -> None:
    server.history_lags_s = 30.0
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest()))
        before = await look(courier, parts[0]), await look(courier, parts[1], below=sent["post"])
        server.advance(31)
        after = await look(courier, parts[0]), await look(courier, parts[1], below=sent["post"])

    assert before == (None, None)
    assert after == (sent["post"], sent[parts[1].name])


async def test_no_part_is_taken_for_another(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest()))
        root = sent["post"]
        found = {part.name: await look(courier, part, below=root) for part in parts[1:]}
        other = await courier.find(parts[1], THERE, Mark("s4", parts[1].name), root, long_ago())

    assert found == {name: each for name, each in sent.items() if name != "post"}
    assert other is None


async def test_it_is_found_among_what_others_say_over_several_pages(
    server: SlackServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PAGE", 2)
    async with courier_to(server, store) as courier:
        server.say(GENERAL, "before")
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        sent = await courier.send(part, THERE, mark_of(part), None)
        for place in range(7):
            server.say(GENERAL, f"after {place}")

        assert await look(courier, part) == sent


async def test_where_more_was_said_than_anybody_reads_nobody_knows(
    server: SlackServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PAGE", 1)
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        await courier.send(part, THERE, mark_of(part), None)
        for place in range(looking.MOST_PAGES):
            server.say(GENERAL, f"after {place}")
        with pytest.raises(Blind):
            await look(courier, part)


async def test_what_was_said_before_the_first_try_is_not_looked_at(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        await courier.send(part, THERE, mark_of(part), None)
        later = datetime.now(UTC) + timedelta(seconds=looking.CLOCKS_S + 60)

        assert await courier.find(part, THERE, mark_of(part), None, later) is None


async def test_a_message_of_another_revision_is_the_same_part(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        sent = await courier.send(part, THERE, mark_of(part, 1), None)

        assert await courier.find(part, THERE, mark_of(part, 2), None, long_ago()) == sent


@pytest.mark.parametrize("bot", ["B0OTHER", ""], ids=["another app", "a person"])
async def test_a_mark_that_somebody_else_copied_is_none_of_ours(
    server: SlackServer, store: Store, bot: str
) -> None:
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        server.add_message(GENERAL, BEN, "a copy", metadata=dict(metadata_of(mark_of(part))), bot_id=bot)

        assert await look(courier, part) is None


async def test_it_is_found_in_a_direct_message_and_in_a_thread_that_others_began(
    server: SlackServer, store: Store
) -> None:
    said = server.say(GENERAL, "post it here")
    places = [Destination("slack", TEAM, person=BEN), replace(THERE, thread=said.ts)]
    async with courier_to(server, store) as courier:
        for at in places:
            [part, *_] = await courier.parts(subscribed(small_digest()), at)
            sent = await courier.send(part, at, mark_of(part), None)

            assert await look(courier, part, at) == sent


async def test_below_a_post_that_is_gone_nothing_is_found(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        parts = await courier.parts(subscribed(small_digest()), THERE)
        root = await courier.send(parts[0], THERE, mark_of(parts[0]), None)
        message = server.find(GENERAL, root.message)
        assert message is not None
        server.delete(message)

        assert await look(courier, parts[1], below=root) is None


async def test_without_the_scope_nobody_may_look(server: SlackServer, store: Store) -> None:
    server.tokens[BOT_TOKEN].scopes = frozenset(each for each in SCOPES if not each.endswith(":history"))
    async with courier_to(server, store) as courier:
        [part, *_] = await courier.parts(subscribed(small_digest()), THERE)
        await courier.send(part, THERE, mark_of(part), None)
        with pytest.raises(Blind) as refused:
            await look(courier, part)

    assert refused.value.error.key == "slack.missing_scope"


async def test_the_mark_holds_nothing_but_what_it_is_of(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        await delivered(courier, subscribed(small_digest()))

    for message in server.by_bot(GENERAL):
        if message.metadata is not None:
            payload = message.metadata["event_payload"]
            assert set(payload) == {"delivery", "part", "revision"}
            assert payload["delivery"] == DELIVERY

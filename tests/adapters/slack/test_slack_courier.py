"""What people subscribed to, as the courier posts it: parts that are always cut the same, each with a mark."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import Offer
from adapters.chat.delivering import Destination, DigestPost, Mark, TextPost
from adapters.slack import actions
from adapters.slack import courier as courier_module
from adapters.slack.blocks import Message
from adapters.slack.composing import Composing, content_of, numbered
from adapters.slack.marks import marked, metadata_of
from adapters.slack.posting import EVENT_TYPE, MOST_IN_THREAD, Posting
from summarizer.counting import build_facts
from summarizer.filters import Filter
from summarizer.items import Coverage, Seen
from summarizer.topics import load_topics
from tests.adapters.slack.clients import client
from tests.adapters.slack.couriers import (
    DELIVERY,
    FOOTER,
    PNG,
    THERE,
    chart,
    corrected,
    courier_to,
    delivered,
    mark_of,
    root_of,
    small_digest,
    subscribed,
)
from tests.adapters.slack.limits_checker import check_message
from tests.adapters.slack.pressing import in_language
from tests.adapters.slack.shown_digests import drawn, extracted, hostile_facts, long_section
from tests.adapters.slack.whole import actions_of, words_of
from tests.builders import HOUR, REPO
from tests.references import digest_of
from tests.servers.slack import BEN, GENERAL

if TYPE_CHECKING:
    from adapters.store import Store
    from summarizer.digests import Digest
    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer

PAGE = "https://digest.example.org/vllm/daily-2025-12-10"


def quiet_digest(lang: str) -> Digest:
    complete = Coverage(Seen(0, 0), Seen(0, 0))
    facts = build_facts(repo=REPO, window=HOUR, items=[], coverage=complete, topics=load_topics().topics)
    return digest_of(facts, lang)


async def test_a_digest_is_a_message_with_its_sections_and_its_report_below_it(
    server: SlackServer, store: Store
) -> None:
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest()))

    [root] = [each for each in server.by_bot(GENERAL) if not each.thread_ts]
    below = server.thread(GENERAL, root.ts)
    names = [part.name for part in parts]
    assert (names[0], names[-1]) == ("post", "file")
    assert {"summary", "topic-amd", "appendix"} <= set(names)
    assert len(set(names)) == len(names) == len(below) + 1
    assert sent["post"].message == sent["post"].thread == root.ts
    assert {each.thread for each in sent.values()} == {root.ts}
    assert [each.metadata for each in (root, *below[:-1])] == [
        {"event_type": EVENT_TYPE, "event_payload": {"delivery": DELIVERY, "part": name, "revision": 1}}
        for name in names[:-1]
    ]
    [file] = below[-1].files
    assert sent["file"].message == file
    assert server.files[file].name.endswith(".en.md")
    assert server.pings() == []


async def test_the_message_says_which_subscription_it_is_of_and_offers_no_sections_that_are_there(
    server: SlackServer, store: Store
) -> None:
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest(), footer="s3 · <!channel> *daily*"))
        root = root_of(server, sent["post"])

    assert root.blocks[-1]["type"] == "context"
    assert drawn(root.blocks).splitlines()[-1] == "s3 · <!channel> *daily*"
    assert actions.THREAD not in actions_of(root)
    assert actions.FULL in actions_of(root)
    assert root.unfurl == (False, False)


@given(st.lists(st.sampled_from(["a", "a-2", "a-3", "a-2-2", "b"]) | st.text(max_size=5), max_size=12))
def test_no_two_parts_have_one_name_and_no_section_is_called_by_its_place(ids: list[str]) -> None:
    names = numbered(ids)

    assert len(set(names)) == len(ids)
    for place, name in enumerate(ids):
        if name not in ids[:place]:
            assert names[place] == name
        if ids[:place].count(name) == 0 and "other" not in ids:
            assert numbered(["other", *ids])[1:] == names


@given(st.text(), st.text(), st.integers(1, 1000))
def test_a_mark_is_read_as_it_was_written(delivery: str, part: str, revision: int) -> None:
    metadata = metadata_of(Mark(delivery, part, revision))

    assert marked({"metadata": metadata}) == (delivery, part)


@pytest.mark.parametrize("kind", ["other", EVENT_TYPE])
@pytest.mark.parametrize("payload", [None, [], "x", {}, {"digest": "d"}])
def test_what_is_no_mark_is_none(kind: str, payload: object) -> None:
    assert marked({}) == marked({"metadata": None}) == ("", "")
    assert marked({"metadata": {"event_type": kind, "event_payload": payload}}) == ("", "")


async def test_with_a_page_the_report_is_there_and_no_file(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest(), page=PAGE))

    assert "file" not in [part.name for part in parts]
    assert PAGE in words_of(root_of(server, sent["post"]))
    assert all(file.name.endswith(".png") for file in server.files.values())


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_same_post_has_the_same_parts(lang: str) -> None:
    facts = hostile_facts([f"Item {place}" for place in range(6)])
    one, other = [await Composing()(subscribed(extracted(facts, lang, "daily"))) for _ in range(2)]

    assert [(part.name, part.hash) for part in one] == [(part.name, part.hash) for part in other]


async def test_what_stands_below_is_laid_out_once_for_all_channels() -> None:
    composing = Composing()
    one, other = [await composing(subscribed(small_digest(), footer=footer)) for footer in ("s3", "s4")]

    assert one[0].hash != other[0].hash
    assert all(left is right for left, right in zip(one[1:-1], other[1:-1], strict=True))


async def test_of_another_revision_only_what_shows_something_else_is_another_part() -> None:
    composing = Composing()
    before, after = [
        {part.name: part.hash for part in await composing(subscribed(digest))}
        for digest in (small_digest(), corrected(small_digest()))
    ]

    # no file changes in its place
    assert after.keys() - before.keys() == {"file-2"}
    assert before.keys() - after.keys() == {"file"}
    changed = [name for name in before.keys() & after.keys() if before[name] != after[name]]
    assert sorted(changed) == ["post", "summary"]


async def test_a_section_of_several_messages_is_as_many_parts_and_a_flood_ends_in_the_file() -> None:
    digest = small_digest()
    first, *rest = digest.sections
    long = long_section(30_000)
    several = await Composing()(subscribed(replace(digest, sections=(first, long, *rest))))
    flood = await Composing()(subscribed(replace(digest, sections=(first, long_section(240_000), *rest))))

    names = [part.name for part in several]
    assert names.index("changes-2") == names.index("changes") + 1
    assert len(flood) == MOST_IN_THREAD + 2
    assert flood[-1].name == "file"
    for part in (*several, *flood):
        if content_of(part).report is None:
            check_message(content_of(part).drawn(None))


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_where_nothing_happened_one_line_says_what_was_looked_at(
    server: SlackServer, store: Store, lang: str
) -> None:
    async with courier_to(server, store) as courier:
        parts, _ = await delivered(courier, subscribed(quiet_digest(lang)))

    [root] = server.by_bot(GENERAL)
    line, footer = drawn(root.blocks).splitlines()
    assert [part.name for part in parts] == ["post"]
    assert line.startswith("💤 ")
    assert "2025-12-10 12:00 (UTC)" in line
    assert "2025-12-10 13:00 (UTC)" in line
    assert root.text == line  # a notification that told counts would tell what no filter let through
    assert footer == FOOTER
    assert actions_of(root) == []
    assert server.files == {}
    check_message(Message(tuple(root.blocks), root.text))


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_where_nothing_passes_the_filters_the_line_says_of_how_many(lang: str) -> None:
    digest = small_digest(lang)
    facts = replace(digest.facts, filters=(Filter("topic", ("amd",)),))
    [part] = await Composing()(subscribed(replace(digest, facts=facts, outcome="quiet")))

    line, _ = drawn(content_of(part).drawn(None).blocks).splitlines()
    assert "topic:amd" in line
    assert str(len(facts.items)) in line


async def test_a_notice_is_said_with_what_can_be_done_about_it(server: SlackServer, store: Store) -> None:
    post = TextPost("`s3` was *not* posted: <!channel>.", "en", (Offer("resume", "resume s3"),))
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, post)
        root = root_of(server, sent["post"])

    assert [part.name for part in parts] == ["post"]
    assert "s3 was not posted: <!channel>." in drawn(root.blocks)
    assert [each.partition("#")[0] for each in actions_of(root)] == [actions.OFFER]
    assert server.pings() == []


async def test_a_long_notice_goes_on_in_its_thread(server: SlackServer, store: Store) -> None:
    text = "\n\n".join(f"Paragraph {place}. {'word ' * 300}" for place in range(20))
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, TextPost(text, "en"))

    assert [part.name for part in parts][:2] == ["post", "text-2"]
    assert len(server.thread(GENERAL, sent["post"].message)) == len(parts) - 1


async def test_a_person_gets_it_as_a_direct_message(server: SlackServer, store: Store) -> None:
    at = Destination("slack", THERE.team, person=BEN)
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest("zh")), at)

    root = root_of(server, sent["post"])
    assert root.channel == server.dm_of(BEN).id
    assert in_language(root.text) == "zh"
    assert server.by_bot(GENERAL) == []


async def test_in_a_thread_that_others_began_it_stands_with_all_its_parts(
    server: SlackServer, store: Store
) -> None:
    said = server.say(GENERAL, "post it here")
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest()), replace(THERE, thread=said.ts))

    assert len(server.thread(GENERAL, said.ts)) == len(parts)
    assert {each.thread for each in sent.values()} == {said.ts}


async def test_the_chart_is_uploaded_once_for_all_channels_of_a_workspace(
    server: SlackServer, store: Store
) -> None:
    server.add_channel("C0OTHER", "other")
    async with courier_to(server, store) as courier:
        for channel in (GENERAL, "C0OTHER"):
            await delivered(courier, subscribed(small_digest(), page=PAGE), replace(THERE, channel=channel))

    shown = [
        block["slack_file"]["id"]
        for message in server.by_bot()
        for block in message.blocks
        if block["type"] == "image"
    ]
    assert len(shown) == 2
    assert len(set(shown)) == 1
    assert server.files[shown[0]].data == PNG


async def test_a_post_whose_chart_is_not_taken_comes_without_it(server: SlackServer, store: Store) -> None:
    server.fail("files.getUploadURLExternal", "missing_scope", needed="files:write")
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest(), page=PAGE))

    assert "image" not in [block["type"] for block in root_of(server, sent["post"]).blocks]


async def test_a_post_does_not_wait_for_a_chart_that_takes_too_long(
    server: SlackServer, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "DRAWN_S", 0.05)
    server.fail("files.getUploadURLExternal", until=asyncio.Event())
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest(), page=PAGE))

    assert "image" not in [block["type"] for block in root_of(server, sent["post"]).blocks]


@pytest.mark.parametrize("error", ["missing_scope", "file_uploads_disabled"])
async def test_where_no_files_are_taken_a_line_says_so_in_the_place_of_the_report(
    server: SlackServer, store: Store, error: str
) -> None:
    async with courier_to(server, store) as courier:
        parts = await courier.parts(subscribed(small_digest()), THERE)
        root = await courier.send(parts[0], THERE, mark_of(parts[0]), None)
        server.fail("files.getUploadURLExternal", error, needed="files:write")
        sent = await courier.send(parts[-1], THERE, mark_of(parts[-1]), root)

    said = root_of(server, sent)
    assert said.thread_ts == root.message
    assert "not attached" in said.text
    assert said.metadata is not None
    assert said.metadata["event_payload"]["part"] == "file"


async def test_who_asks_for_the_sections_or_the_file_gets_none_that_are_there(
    server: SlackServer, store: Store, clock: Clock
) -> None:
    post: DigestPost = subscribed(small_digest())
    async with courier_to(server, store) as courier, client(server, clock) as slack:
        parts, sent = await delivered(courier, post)
        posting = Posting(slack, store.handled, chart)

        assert not await posting.unfold(GENERAL, sent["post"].message, post.reply)
        assert not await posting.attach_once(GENERAL, sent["post"].message, post.reply)

    assert len(server.thread(GENERAL, sent["post"].message)) == len(parts) - 1


async def test_a_correction_takes_the_place_of_what_it_corrects(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        _, sent = await delivered(courier, subscribed(small_digest()))
        after = await courier.parts(subscribed(corrected(small_digest())), THERE)
        summary = next(part for part in after if part.name == "summary")
        for _ in range(2):
            await courier.edit(summary, THERE, mark_of(summary, 2), sent["summary"])

    message = root_of(server, sent["summary"])
    assert "Corrected." in words_of(message)
    assert message.metadata is not None
    assert message.metadata["event_payload"]["revision"] == 2
    old, new = (version.blocks[0]["block_id"] for version in message.versions[:2])
    assert old != new


async def test_an_edit_keeps_the_chart(server: SlackServer, store: Store) -> None:
    async with courier_to(server, store) as courier:
        parts, sent = await delivered(courier, subscribed(small_digest(), page=PAGE))
    async with courier_to(server, store) as another:
        await another.edit(parts[0], THERE, mark_of(parts[0]), sent["post"])

    message = root_of(server, sent["post"])
    assert message.edits == 1
    assert "image" in [block["type"] for block in message.blocks]

"""What the tests' Slack finds wrong with blocks, and what it says a reader would meet in them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.slack import File, faults_of, limits, links_in, pings_in, slack_server, weight
from tests.servers_tests.slack_clients import client, error, refused

Block = dict[str, Any]


def text(length: int, kind: str = "mrkdwn") -> Block:
    return {"type": kind, "text": "x" * length}


def section(length: int) -> Block:
    return {"type": "section", "text": text(length)}


def button(**more: object) -> Block:
    return {"type": "button", "action_id": "a", "text": text(1, "plain_text")} | more


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def table(rows: int, columns: int, length: int = 1) -> Block:
    return {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "x" * length}] * columns for _ in range(rows)],
    }


def select(options: int) -> Block:
    made = [{"text": text(1, "plain_text"), "value": str(each)} for each in range(options)]
    return {"type": "static_select", "action_id": "s", "options": made}


def faults(*blocks: Block) -> list[str]:
    return faults_of(list(blocks), files={})


@pytest.mark.parametrize(
    ("fits", "words", "breaks"),
    [
        (
            section(3000),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            section(3001),
        ),
        (section(1), "must be more than 0 characters [json-pointer:/blocks/0/text/text]", section(0)),
        (
            actions({"type": "timepicker", "initial_time": "09:00"}),
            "must be a valid time [json-pointer:/blocks/0/elements/0/initial_time]",
            actions({"type": "timepicker", "initial_time": "9:00"}),
        ),
        (
            actions({"type": "conversations_select", "filter": {"include": ["public", "mpim"]}}),
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/filter/include]",
            actions({"type": "conversations_select", "filter": {"include": ["channels"]}}),
        ),
        (
            actions(select(2) | {"type": "multi_static_select"}),
            "no fewer than 1 items allowed [json-pointer:/blocks/0/elements/0/initial_options]",
            actions(select(2) | {"type": "multi_static_select", "initial_options": []}),
        ),
        (
            {"type": "header", "text": text(150, "plain_text")},
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
            {"type": "header", "text": text(151, "plain_text")},
        ),
        (
            {"type": "section", "fields": [text(2000)] * 10},
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
            {"type": "section", "fields": [text(1)] * 11},
        ),
        (
            {"type": "context", "elements": [text(1)] * 10},
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
            {"type": "context", "elements": [text(1)] * 11},
        ),
        (
            actions(*(button(action_id=str(each)) for each in range(25))),
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
            actions(*(button(action_id=str(each)) for each in range(26))),
        ),
        (
            actions(button(value="x" * 2000)),
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
            actions(button(value="x" * 2001)),
        ),
        (
            actions(button(text=text(75, "plain_text"))),
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
            actions(button(text=text(76, "plain_text"))),
        ),
        (
            actions(button(url="https://example.org/")),
            "must be a valid URL [json-pointer:/blocks/0/elements/0/url]",
            actions(button(url="javascript:alert()")),
        ),
        (
            actions(button(style="primary")),
            "must be a valid enum value: green [json-pointer:/blocks/0/elements/0/style]",
            actions(button(style="green")),
        ),
        (
            actions(select(100)),
            "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
            actions(select(101)),
        ),
        (
            {"type": "markdown", "text": "x" * 12_000},
            "must be less than 12001 characters [json-pointer:/blocks/0/text]",
            {"type": "markdown", "text": "x" * 12_001},
        ),
        (table(100, 20), "no more than 100 items allowed [json-pointer:/blocks/0/rows]", table(101, 1)),
        (table(1, 20), "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]", table(1, 21)),
        (
            table(100, 1, 100),
            "must be less than 10001 characters [json-pointer:/blocks/0/rows]",
            table(100, 1, 101),
        ),
        (
            table(1, 1),
            "must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]",
            table(1, 1, 0),
        ),
        (
            rich({"type": "text", "text": "x", "style": {"bold": True}}),
            "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
            rich({"type": "text", "text": ""}),
        ),
        (
            rich({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "then"}),
            "unsupported type: shout [json-pointer:/blocks/0/elements/0/elements/0/type]",
            rich({"type": "shout", "text": "x"}),
        ),
        (
            {"type": "divider", "block_id": "x" * 255},
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
            {"type": "divider", "block_id": "x" * 256},
        ),
        (
            {"type": "divider"},
            "invalid additional property: text [json-pointer:/blocks/0]",
            {"type": "divider", "text": "x"},
        ),
        ({"type": "divider"}, "unsupported type: marquee [json-pointer:/blocks/0/type]", {"type": "marquee"}),
        (section(1), "missing required field: text [json-pointer:/blocks/0]", {"type": "section"}),
    ],
)
def test_a_limit_is_kept_to_the_character(fits: Block, words: str, breaks: Block) -> None:
    assert faults(fits) == []
    assert words in faults(breaks)


def test_feedback_stands_in_context_actions_alone() -> None:
    one = {"text": text(1, "plain_text"), "value": "1"}
    feedback = {"type": "feedback_buttons", "action_id": "f", "positive_button": one, "negative_button": one}
    assert faults({"type": "context_actions", "elements": [feedback]}) == []
    assert faults(actions(feedback)) == [
        "unsupported type: feedback_buttons [json-pointer:/blocks/0/elements/0/type]"
    ]


def test_blocks_of_one_message_have_different_ids() -> None:
    twice = {"type": "divider", "block_id": "a"}
    assert faults(twice, twice) == ["`block_id`: a already exists [json-pointer:/blocks/1/block_id]"]


def test_fifty_blocks_are_the_most() -> None:
    assert faults(*[{"type": "divider"}] * 50) == []
    assert faults(*[{"type": "divider"}] * 51) == ["no more than 50 items allowed [json-pointer:/blocks]"]


def test_markdown_and_cells_are_counted_over_the_whole_message() -> None:
    half = {"type": "markdown", "text": "x" * 6001}
    assert faults(half, half) == ["must be less than 12001 characters [json-pointer:/blocks/markdown]"]
    assert faults(table(50, 1, 101), table(50, 1, 101)) == [
        "must be less than 10001 characters [json-pointer:/blocks/0/rows]"
    ]


def test_an_image_block_names_one_ready_file() -> None:
    image = {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}}
    unready = File("F1", "a.png", 1, is_complete=True, infos_left=1)
    assert faults_of([image], files={"F1": unready}) == [
        "invalid slack file [json-pointer:/blocks/0/slack_file]"
    ]
    unready.infos_left = 0
    assert faults_of([image], files={"F1": unready}) == []


async def test_a_message_holds_one_table() -> None:
    written = {"type": "markdown", "text": "| a | b |\n| --- | --- |\n| 1 | 2 |"}
    async with slack_server() as slack:
        for blocks in ([table(1, 1), table(1, 1)], [table(1, 1), written]):
            body = await refused(client(slack).chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks))
            assert (body["error"], body["errors"]) == ("invalid_attachments", ["only_one_table_allowed"])
        await client(slack).chat_postMessage(channel="C0GENERAL", text="x", blocks=[written])


async def test_each_block_weighs_beside_its_texts() -> None:
    """slackapi/bolt-js #2509: a divider beside the same texts makes a message too long."""
    sections = [section(3000)] * 4
    rest = limits.ALL_BLOCKS - weight(sections) - limits.CONTAINER
    fits = [*sections, section(rest)]
    async with slack_server() as slack:
        await client(slack).chat_postMessage(channel="C0GENERAL", text="x", blocks=fits)
        call = client(slack).chat_postMessage(
            channel="C0GENERAL", text="x", blocks=[*fits, {"type": "divider"}]
        )
        assert await error(call) == "msg_blocks_too_long"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    ["type", "text", "elements", "rows", "fields", "accessory", "options", "element"]
                ),
                inner
                | st.sampled_from(["section", "actions", "rich_text", "table", "image", "input", "mrkdwn"]),
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_whatever_is_sent_is_judged(blocks: object) -> None:
    for fault in faults_of(blocks, files={}):
        assert "[json-pointer:/blocks" in fault


def test_who_is_pinged() -> None:
    live = "<!channel> <!here|here> <@U0ANN> <!subteam^S0TEAM|@team> &lt;!channel&gt; @here <#C0GENERAL>"
    expected = ["channel", "here", "U0ANN", "S0TEAM"]
    assert [ping.target for ping in pings_in(live, [])] == expected
    assert [ping.target for ping in pings_in("", [{"type": "markdown", "text": live}])] == expected
    assert [
        ping.target for ping in pings_in("", [{"type": "section", "text": {"type": "mrkdwn", "text": live}}])
    ] == (expected)
    assert pings_in("", [{"type": "header", "text": {"type": "plain_text", "text": live}}]) == []
    assert pings_in("", [rich({"type": "text", "text": live})]) == []
    called = rich({"type": "user", "user_id": "U1"}, {"type": "broadcast", "range": "here"})
    assert [ping.target for ping in pings_in("", [called])] == ["U1", "here"]


@pytest.mark.parametrize(
    ("block", "urls"),
    [
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "see evil.com, setup.py"}},
            {"http://evil.com", "http://setup.py"},
        ),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "evil.com", "verbatim": True}}, set()),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "`evil.com` v1.2.3"}}, set()),
        (
            {"type": "section", "text": {"type": "mrkdwn", "text": "<https://a.org/b|text>"}},
            {"https://a.org/b"},
        ),
        (
            {"type": "markdown", "text": "[t](https://a.org/b) evil.com `evil.dev`"},
            {"https://a.org/b", "http://evil.com"},
        ),
        ({"type": "markdown", "text": "<https://a.org/b|text>"}, {"https://a.org/b"}),
        ({"type": "section", "text": {"type": "plain_text", "text": "https://a.org"}}, set()),
        (
            rich(
                {"type": "link", "url": "https://a.org/c", "text": "c"}, {"type": "text", "text": "evil.com"}
            ),
            {"https://a.org/c"},
        ),
        (actions(button(url="https://a.org/d")), {"https://a.org/d"}),
    ],
)
def test_what_is_linked(block: Block, urls: set[str]) -> None:
    assert {link.url for link in links_in("", [block])} == urls


def test_a_notification_s_bare_addresses_are_no_links() -> None:
    assert [link.url for link in links_in("see https://a.org/x.", [])] == ["https://a.org/x"]
    assert links_in("see https://a.org/x", [{"type": "divider"}]) == []

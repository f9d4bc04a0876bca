"""Marks: ids that tell parts apart, by which a message is known again, and the instants that Discord's ids tell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.delivering import Mark
from adapters.discord import views
from adapters.discord.marks import bears, id_of, moment, snowflake
from adapters.discord.messages import Button, Image, Message, Rule, Text

words = st.text(min_size=1, max_size=20)
instants = st.integers(0, 85 * 365 * 24 * 3600 * 10**6).map(
    lambda microseconds: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
MESSAGE = Message(
    (Text("### One"), Rule(), Image("chart.png", "47 merged"), Text("two")),
    ((Button("Details", "vd.details"),),),
    0x4A9B7F,
    mark=4_711,
)


@given(words, words, st.integers(min_value=1, max_value=9))
def test_a_mark_is_an_id_that_discord_takes_whatever_the_revision(
    delivery: str, part: str, revision: int
) -> None:
    made = id_of(Mark(delivery, part, revision))

    assert 1_000 <= made < 2**31
    assert made == id_of(Mark(delivery, part))


def test_a_year_of_deliveries_has_no_two_of_one_mark_in_a_channel() -> None:
    parts = ("post", "summary", "changes", "changes-2", "file")
    day = datetime(2025, 1, 1, tzinfo=UTC)
    dues = [f"{day + timedelta(days=number):%Y%m%dT%H%MZ}" for number in range(365)]
    marks = [id_of(Mark(f"s{number}-{due}", part)) for due in dues for number in range(3) for part in parts]

    assert len(set(marks)) == len(marks)


@given(instants)
def test_an_id_given_out_at_a_moment_is_no_older_than_the_moments_own(at: datetime) -> None:
    assert snowflake(at) <= snowflake(at + timedelta(milliseconds=1)) - (1 << 22)
    assert timedelta(0) <= at - moment(snowflake(at)) < timedelta(milliseconds=1)


def test_a_moment_before_discord_has_the_first_id() -> None:
    assert snowflake(datetime(2001, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize("colour", [0x4A9B7F, None])
def test_a_message_is_known_by_the_id_of_its_first_component(colour: int | None) -> None:
    message = Message(MESSAGE.parts, MESSAGE.rows, colour, mark=MESSAGE.mark)
    other = Message(MESSAGE.parts, MESSAGE.rows, colour, mark=4_712)
    told = {"content": "", "embeds": [], "components": views.components_of(message)}

    assert bears(told, message)
    assert not bears(told, other)


def test_a_message_without_a_mark_has_no_id_of_ours() -> None:
    assert "id" not in views.components_of(Message((Text("a"),)))[0]


def test_what_discord_says_in_another_shape_bears_no_mark() -> None:
    for told in ({}, {"components": None}, {"components": [{"type": 1, "components": None}]}):
        assert not bears(told, MESSAGE)


def test_a_message_in_plainer_forms_is_known_by_its_words() -> None:
    embeds, _ = views.as_embeds(MESSAGE)
    shown = {"embeds": [each.to_dict() for each in embeds], "components": []}
    [content] = views.as_contents(MESSAGE)

    assert bears(shown, MESSAGE)
    assert bears({"content": f"{content}\n", "components": []}, MESSAGE)
    assert not bears({"content": "something else"}, MESSAGE)
    assert not bears({"embeds": [{"description": "something else"}]}, MESSAGE)

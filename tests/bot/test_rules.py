"""Who may use the bot and how often: as `DIGEST_USERS` and `DIGEST_RATE_PER_USER` say, the local person always."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.chat import Context
from adapters.store.connection import connect
from bot.commands import sentence
from bot.rules import Rate, Rules, Users
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from adapters.store import Store

SHELL, TERMINAL = Context("shell"), Context("terminal", conversation="terminal")
ANN, BOB = Context("slack", team="T1", person="U1"), Context("slack", team="T2", person="U2")
ANN_DIRECTLY = Context("slack", person="U1")
CYD, DAN = Context("discord", team="9", person="123"), Context("discord", person="456")
PASSER, EVE = Context("web", person="5f3a"), Context("web", person="eve@example.com")
EVERYBODY = {
    "shell": SHELL,
    "terminal": TERMINAL,
    "ann": ANN,
    "ann directly": ANN_DIRECTLY,
    "bob": BOB,
    "cyd": CYD,
    "dan": DAN,
    "passer": PASSER,
    "eve": EVE,
}


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("*", EVERYBODY.keys()),
        ("slack:T1", {"ann"}),
        ("slack-user:U1", {"ann", "ann directly"}),
        ("discord:9, slack:T2 ,", {"bob", "cyd"}),
        ("discord-user:456", {"dan"}),
        ("web", {"passer", "eve"}),
        ("web-user:eve@example.com, slack:T1", {"ann", "eve"}),
        ("discord-user:9,discord:456,slack:E1,slack-user:W1", set()),
    ],
)
def test_those_who_are_named_may_and_the_local_person_always(text: str, users: set[str]) -> None:
    named = Users.parse(text)

    assert {who for who, context in EVERYBODY.items() if named.includes(context)} == {
        "shell",
        "terminal",
        *users,
    }


def test_everybody_may_unless_told() -> None:
    assert Users() == Users.parse("*")


def test_an_id_of_the_other_platform_names_nobody() -> None:
    assert not Users.parse("slack:T123,slack-user:U456").includes(
        Context("discord", team="T123", person="U456")
    )
    assert not Users.parse("discord:1,discord-user:2").includes(Context("slack", team="1", person="2"))


def test_where_the_platform_tells_nobody_nobody_is_named() -> None:
    assert not Users.parse("slack:T1,slack-user:U1").includes(Context("slack"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "slack:",
        "slack:U1",
        "slack-user:T1",
        "discord:ann",
        "web:",
        "web-user:",
        "shell",
        "admins",
        "U0123",
    ],
)
def test_a_wrong_name_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="one of slack:TEAM, slack-user:USER, discord:SERVER"):
        Users.parse(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("20/m", Rate()),
        (" 1/m ", Rate(1, 1)),
        ("2/s", Rate(120, 2)),
        ("90/h", Rate(1.5, 90)),
        ("999999/h", Rate(999_999 / 60, 999_999)),
    ],
)
def test_a_rate_is_so_many_in_a_second_a_minute_or_an_hour(text: str, rate: Rate) -> None:
    read = Rate.parse(text)

    assert read.per_minute == pytest.approx(rate.per_minute)
    assert read.burst == rate.burst


@pytest.mark.parametrize(
    "text", ["", "20", "0/m", "-1/m", "1.5/m", "20/d", "20 / m", "m/20", "1234567/s", "٢/m"]
)
def test_a_wrong_rate_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="a rate such as 20/m, 2/s or 100/h expected"):
        Rate.parse(text)


@given(st.text() | st.from_regex(r"[\d]{0,8}/?[smhd]?"))
def test_any_text_is_a_rate_above_nothing_or_none(text: str) -> None:
    with suppress(ValueError):
        rate = Rate.parse(text)
        assert rate.per_minute > 0
        assert rate.burst >= 1


# admit


async def refused(rules: Rules, context: Context) -> BadInput:
    with pytest.raises(BadInput) as caught:
        await rules.admit(context)
    return caught.value


async def test_who_is_not_named_is_refused_and_told_what_would_help(store: Store) -> None:
    rules = Rules(Users.parse("slack:T1"), Rate(), store.pace)

    await rules.admit(ANN)
    problem = await refused(rules, BOB)

    assert (problem.key, problem.values) == ("rules.not_for_you", {})
    for lang in ("en", "zh"):
        assert "DIGEST_USERS" in sentence(problem, lang)


async def test_who_asks_too_fast_is_told_when_to_ask_again(any_store: Store) -> None:
    rules = Rules(Users(), Rate.parse("2/h"), any_store.pace)

    for _ in range(2):
        await rules.admit(ANN)
    problem = await refused(rules, ANN)

    assert problem.key == "rules.too_fast"
    seconds = problem.values["seconds"]
    assert isinstance(seconds, int)
    assert 1_700 < seconds <= 1_800
    assert f"{seconds} s" in sentence(problem, "en")
    assert f"{seconds} 秒" in sentence(problem, "zh")


async def test_each_person_has_a_rate_of_their_own_wherever_they_ask(store: Store) -> None:
    rules = Rules(Users(), Rate.parse("1/h"), store.pace)

    await rules.admit(ANN)
    for context in (BOB, CYD, DAN):
        await rules.admit(context)

    assert (await refused(rules, ANN_DIRECTLY)).key == "rules.too_fast"


async def test_processes_count_together(store: Store) -> None:
    await Rules(Users(), Rate.parse("1/h"), store.pace).admit(ANN)

    assert (await refused(Rules(Users(), Rate.parse("1/h"), store.pace), ANN)).key == "rules.too_fast"


async def test_the_local_person_may_as_often_as_they_like(store: Store) -> None:
    rules = Rules(Users.parse("slack:T1"), Rate.parse("1/h"), store.pace)

    for _ in range(3):
        await rules.admit(SHELL)
        await rules.admit(TERMINAL)


async def test_who_is_refused_is_not_counted(store: Store) -> None:
    for _ in range(3):
        await refused(Rules(Users.parse("slack:T1"), Rate.parse("1/h"), store.pace), BOB)

    await Rules(Users(), Rate.parse("1/h"), store.pace).admit(BOB)


async def test_a_store_that_fails_lets_people_in_and_says_so_once_a_minute(
    store: Store, redis_server: str
) -> None:
    async with connect(redis_server) as connection:
        await connection.call("SET", "vllm-digest:pace:{person slack-user:U1}", "a string")
    instants = [1_000.0, 1_001.0, 1_059.0, 1_060.0, 1_100.0]
    passing = iter(instants)
    rules = Rules(Users(), Rate.parse("1/h"), store.pace, monotonic=lambda: next(passing))

    with capture_logs() as lines:
        for _ in instants:
            await rules.admit(ANN)

    assert [line["event"] for line in lines] == ["rates of people not kept"] * 2
    assert (await refused(Rules(Users.parse("slack:T2"), Rate(), store.pace), ANN)).key == "rules.not_for_you"

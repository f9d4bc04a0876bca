"""Who manages: the local shell always, others as `DIGEST_MANAGERS` says."""

from __future__ import annotations

import pytest

from adapters.chat import Context
from bot.managers import Managers, speaker
from bot.settings import load_settings
from summarizer.errors import NotConfigured

SHELL, TERMINAL = Context("shell"), Context("terminal", conversation="terminal")
SLACK_ADMIN = Context("slack", team="T1", person="U1", is_admin=True)
SLACK_PERSON = Context("slack", team="T1", person="U2")
DISCORD_ADMIN = Context("discord", team="9", person="123", is_admin=True)
DISCORD_PERSON = Context("discord", person="456")
EVERYBODY = {
    "shell": SHELL,
    "terminal": TERMINAL,
    "slack-user:U1": SLACK_ADMIN,
    "slack-user:U2": SLACK_PERSON,
    "discord-user:123": DISCORD_ADMIN,
    "discord-user:456": DISCORD_PERSON,
}
LOCAL, ADMINS = {"shell", "terminal"}, {"slack-user:U1", "discord-user:123"}


@pytest.mark.parametrize(
    ("text", "managers"),
    [
        ("admins", ADMINS),
        ("slack-user:U2", {"slack-user:U2"}),
        ("discord-user:456 , admins", {"discord-user:456", *ADMINS}),
        ("discord-user:2,slack-user:U456", set()),
        ("*", EVERYBODY.keys()),
    ],
)
def test_those_who_are_named_manage_and_the_local_person_always(text: str, managers: set[str]) -> None:
    named = Managers.parse(text)

    assert {who for who, context in EVERYBODY.items() if named.includes(context)} == LOCAL | set(managers)


def test_administrators_manage_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DIGEST_MANAGERS", raising=False)

    assert load_settings().managers == Managers.parse("admins") == Managers()


def test_an_id_of_the_other_platform_names_nobody() -> None:
    assert not Managers.parse("slack-user:U456").includes(DISCORD_PERSON)
    assert not Managers.parse("discord-user:2").includes(Context("slack", person="2"))


def test_who_speaks_has_one_name() -> None:
    assert [speaker(context) for context in EVERYBODY.values()] == [*EVERYBODY]


@pytest.mark.parametrize(
    "text", ["admin", "slack:T1", "slack-user:", "discord-user:ann", ",", "web", "U0123", "shell"]
)
def test_a_wrong_name_stops_the_start_and_names_the_setting(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_MANAGERS", text)

    with pytest.raises(NotConfigured) as caught:
        load_settings()

    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    assert [str(problem)[:46] for problem in problems] == ["DIGEST_MANAGERS: one of admins, slack-user:USE"]

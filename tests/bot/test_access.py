"""Who may read what: public repositories everyone, private ones those who are named; a refusal tells nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.github.client import Client
from adapters.github.errors import RepoNotFound
from bot.access import SHELL, VISITOR, WEB, Access, Principal, refusal
from bot.settings import load_settings
from summarizer import languages
from summarizer.errors import DigestError, NotConfigured
from tests.servers.github import World, github_server

TEAM, OTHER_TEAM = Principal("slack", "T0123"), Principal("slack", "T9999")
PERSON = Principal("slack-user", "U0123")
GUILD, MEMBER = Principal("discord", "456"), Principal("discord-user", "456")
EVERYBODY = [TEAM, OTHER_TEAM, PERSON, GUILD, MEMBER, WEB, SHELL]


def says(error: DigestError) -> list[str]:
    """What is shown of the error, in each language."""
    return [
        languages.load(code).text(f"errors.{error.key}", **error.values) for code in sorted(languages.codes())
    ]


@pytest.mark.parametrize("principal", EVERYBODY, ids=str)
def test_a_public_repository_is_for_everyone(principal: Principal) -> None:
    assert Access().may_read(principal, "acme/engine", private=False)
    assert Access.parse("acme/engine=shell").may_read(principal, "acme/engine", private=False)


@pytest.mark.parametrize("principal", EVERYBODY, ids=str)
def test_a_private_repository_is_for_nobody_until_somebody_is_named(principal: Principal) -> None:
    assert not Access().may_read(principal, "acme/engine", private=True)
    assert not Access.parse("acme/other=*").may_read(principal, "acme/engine", private=True)


def test_whoever_signed_in_is_a_visitor_of_the_web_and_who_did_not_is_none() -> None:
    ann, bob = Principal("web-user", "ann@example.com"), Principal("web-user", "bob@example.com")

    def readers(setting: str) -> list[Principal]:
        access = Access.parse(setting)
        return [
            each for each in (WEB, VISITOR, ann, bob) if access.may_read(each, "acme/engine", private=True)
        ]

    assert readers("acme/engine=web") == [WEB, ann, bob]
    assert readers("acme/engine=web-user:ann@example.com") == [ann]
    assert readers("acme/engine=*") == [WEB, VISITOR, ann, bob]
    assert readers("acme/engine=slack:T0123") == []


@pytest.mark.parametrize(
    ("readers", "allowed"),
    [
        ("slack:T0123", [TEAM]),
        ("slack-user:U0123", [PERSON]),
        ("discord:456", [GUILD]),
        ("discord-user:456", [MEMBER]),
        ("web", [WEB]),
        ("shell", [SHELL]),
        ("slack:T0123+discord:456+shell", [TEAM, GUILD, SHELL]),
        ("slack:T0123 + web", [TEAM, WEB]),
        ("*", EVERYBODY),
        ("shell+*", EVERYBODY),
    ],
)
def test_a_private_repository_is_for_those_who_are_named(readers: str, allowed: list[Principal]) -> None:
    access = Access.parse(f"acme/engine={readers}")

    assert [each for each in EVERYBODY if access.may_read(each, "acme/engine", private=True)] == allowed


def test_each_repository_has_its_own_readers() -> None:
    access = Access.parse("acme/engine = slack:T0123, acme/site = web,")

    assert access.may_read(TEAM, "acme/engine", private=True)
    assert not access.may_read(TEAM, "acme/site", private=True)
    assert access.may_read(WEB, "acme/site", private=True)


@pytest.mark.parametrize("asked", ["acme/engine", "Acme/Engine"])
def test_letters_of_a_name_are_one_letter_large_and_small_as_on_github(asked: str) -> None:
    assert Access.parse("ACME/engine=shell").may_read(SHELL, asked, private=True)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("acme/engine", "owner/name="),
        ("engine=shell", "owner/name="),
        ("acme/engine/deep=shell", "owner/name="),
        ("acme/*=shell", "owner/name="),
        ("=shell", "owner/name="),
        ("acme/engine=", "acme/engine: one of slack:TEAM"),
        ("acme/engine=shell+", "not ''"),
        ("acme/engine=everyone", "not 'everyone'"),
        ("acme/engine=slack", "not 'slack'"),
        ("acme/engine=slack:#general", "not 'slack:#general'"),
        ("acme/engine=slack:U0123", "not 'slack:U0123'"),
        ("acme/engine=discord:my server", "not 'discord:my server'"),
        ("acme/engine=shell, Acme/Engine=web", "Acme/Engine stands there twice"),
    ],
)
def test_what_is_wrong_with_the_setting_is_told(
    text: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIGEST_ACCESS", text)

    with pytest.raises(NotConfigured) as caught:
        load_settings()

    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    [problem] = [each for each in problems if each.startswith("DIGEST_ACCESS: ")]
    assert hint in problem


def test_the_setting_opens_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGEST_ACCESS", "acme/engine=slack:T0123")

    access = load_settings().access

    assert access.may_read(TEAM, "acme/engine", private=True)
    assert not access.may_read(OTHER_TEAM, "acme/engine", private=True)


@pytest.mark.parametrize("principal", [each for each in EVERYBODY if each != SHELL], ids=str)
async def test_a_refusal_is_the_very_answer_of_an_unknown_repository(principal: Principal) -> None:
    world = World()
    world.repository("acme/engine").open_issue("secret", by="ann", at=datetime(2026, 3, 5, tzinfo=UTC))

    async with github_server(world) as server, Client(server.url, server.token or "") as github:
        with pytest.raises(RepoNotFound) as unknown:
            await github.query("releases", {"owner": "Acme", "name": "gone", "page": 1, "after": None})
    with pytest.raises(DigestError) as refused:
        Access().check(principal, "acme/engine", private=True, asked="Acme/Engine")

    # the name that was typed is all that differs
    told = [sentence.replace("Acme/gone", "Acme/Engine") for sentence in says(unknown.value)]
    assert told == says(refused.value)
    assert [sentence.encode() for sentence in told] == [sentence.encode() for sentence in says(refused.value)]
    assert type(refused.value) is type(unknown.value)
    assert refused.value.exit_code == unknown.value.exit_code
    assert refused.value.values == {"repo": "Acme/Engine"}


def test_who_owns_the_shell_is_told_how_to_open_the_gate() -> None:
    with pytest.raises(NotConfigured) as caught:
        Access().check(SHELL, "acme/engine", private=True)

    assert caught.value.exit_code == 3
    for sentence in says(caught.value):
        assert "DIGEST_ACCESS" in sentence
        assert "acme/engine=shell" in sentence


def test_whoever_is_named_passes() -> None:
    Access.parse("acme/engine=shell").check(SHELL, "acme/engine", private=True)


def test_a_refusal_spells_the_name_as_it_was_typed() -> None:
    assert refusal(TEAM, "ACME/engine").values == {"repo": "ACME/engine"}

"""Who is a bot, and who wrote what nobody is told to have written."""

from __future__ import annotations

import pytest

from adapters.github.people import bot_logins, is_bot, person
from summarizer.items import GHOST, Person


@pytest.mark.parametrize("login", ["vllm-bot", "VLLM-Bot", "mergify", "renovate-bot", "codecov-commenter"])
def test_listed_accounts_are_bots_though_github_calls_them_users(login: str) -> None:
    assert person(login, "User") == Person(login, is_bot=True)


@pytest.mark.parametrize("login", ["abbot", "bot", "robotics-fan", "vllm-botanist", "claudette"])
def test_people_whose_login_looks_like_a_bot_s_are_people(login: str) -> None:
    assert not is_bot(login, "User")
    assert not is_bot(login, None)


def test_a_deleted_account_is_the_ghost_and_no_bot() -> None:
    assert person(None, None) == Person(GHOST)
    assert person(None, "Bot") == Person(GHOST)


def test_the_list_is_in_the_spelling_it_is_compared_in() -> None:
    for login in bot_logins():
        assert login == login.lower().removesuffix("[bot]").strip() != ""

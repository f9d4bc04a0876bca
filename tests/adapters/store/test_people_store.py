"""What somebody told of themselves, as it is kept: for ever, by whom, in fields that do not disturb each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from adapters.store.connection import connect
from adapters.store.people import Profile
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

ANN, BOB = "slack-user:U1", "slack-user:U2"
KEY = f"vllm-digest:person:{{{ANN}}}"


async def test_who_told_nothing_has_an_empty_profile(any_store: Store) -> None:
    assert await any_store.people.load(ANN) == Profile()


async def test_what_was_told_comes_back_to_who_told_it(any_store: Store) -> None:
    options = 'lang:zh\ntz:Asia/Shanghai\ntopic:amd,“引号”\n-label:"good first issue"'
    await any_store.people.set_options(ANN, options)
    await any_store.people.set_login(ANN, "octocat")
    await any_store.people.set_login(BOB, "hubot")

    assert await any_store.people.load(ANN) == Profile(options, "octocat")
    assert await any_store.people.load(BOB) == Profile(login="hubot")


@pytest.mark.parametrize("person", ["", "shell", "discord-user:175928847299117063", "{}", "a b\n{c}", "名字"])
async def test_whatever_tells_people_apart_is_a_key(person: str, store: Store) -> None:
    await store.people.set_login(person, "octocat")
    await store.people.set_options(person, "lang:en")

    assert await store.people.load(person) == Profile("lang:en", "octocat")
    assert await store.people.load(f"{person}2") == Profile()


async def test_it_is_state_and_does_not_expire(any_server: str, any_store: Store) -> None:
    await any_store.people.set_options(ANN, "lang:zh")

    async with connect(any_server) as connection:
        assert await connection.call("TTL", KEY) == -1


async def test_a_field_set_to_nothing_is_gone_and_the_other_stays(any_server: str, any_store: Store) -> None:
    await any_store.people.set_options(ANN, "lang:zh")
    await any_store.people.set_login(ANN, "octocat")

    await any_store.people.set_options(ANN, "")

    assert await any_store.people.load(ANN) == Profile(login="octocat")
    async with connect(any_server) as connection:
        assert await connection.call("HKEYS", KEY) == [b"login"]


async def test_dropped_is_all_gone_of_that_person_alone(any_server: str, any_store: Store) -> None:
    for person in (ANN, BOB):
        await any_store.people.set_options(person, "lang:zh")
        await any_store.people.set_login(person, "octocat")

    await any_store.people.drop(ANN)
    await any_store.people.drop("nobody")

    assert await any_store.people.load(ANN) == Profile()
    assert await any_store.people.load(BOB) == Profile("lang:zh", "octocat")
    async with connect(any_server) as connection:
        assert await connection.call("EXISTS", KEY) == 0


async def test_a_login_and_options_told_at_the_same_moment_are_both_kept(any_store: Store) -> None:
    people = any_store.people

    await asyncio.gather(people.set_login(ANN, "octocat"), people.set_options(ANN, "lang:zh"))

    assert await people.load(ANN) == Profile("lang:zh", "octocat")


async def test_it_outlives_the_process(any_server: str, any_store: Store, tmp_path: Path) -> None:
    await any_store.people.set_options(ANN, "lang:zh")

    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.people.load(ANN) == Profile("lang:zh")


async def test_a_field_of_another_version_is_passed_over(any_server: str, any_store: Store) -> None:
    await any_store.people.set_login(ANN, "octocat")
    async with connect(any_server) as connection:
        await connection.call("HSET", KEY, "pronouns", "they")

    assert await any_store.people.load(ANN) == Profile(login="octocat")


async def test_a_record_that_is_none_of_ours_is_a_fault_of_the_store(
    any_server: str, any_store: Store
) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", KEY, "a string")

    with pytest.raises(StoreError):
        await any_store.people.load(ANN)

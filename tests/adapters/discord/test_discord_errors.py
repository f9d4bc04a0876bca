"""Errors: each has its sentence, none holds what somebody wrote, and what is not clear is told from what is."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from discord import Permissions
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord import refusals
from adapters.discord.errors import Ambiguous, BodyRefused, DiscordError, NoPermission, RateLimited
from adapters.discord.refusals import refusal
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOM = Path(refusals.__file__).parent
LACKED = Permissions(view_channel=True, send_messages=True)


def _keys() -> Iterator[str]:
    """The keys of all errors that this room raises."""
    yield from (f"discord.{key}" for key in refusals._KEYS.values())
    yield from (
        each.key for each in (RateLimited(3), Ambiguous(), NoPermission(LACKED), NoPermission(LACKED, "#a"))
    )
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("DiscordError", "BadInput")
            ):
                literals = (each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant))
                yield from (str(each) for each in literals if re.fullmatch(r"discord\.\w+", str(each)))


@pytest.mark.parametrize("code", languages.codes())
def test_every_error_has_its_sentence(code: str) -> None:
    language = languages.load(code)
    keys = set(_keys())

    assert len(keys) > 15
    assert sorted(key for key in keys if not language.has(f"errors.{key}")) == []
    assert sorted(set(language.get("errors.discord")) - {key.partition(".")[2] for key in keys}) == []


@pytest.mark.parametrize("code", languages.codes())
@pytest.mark.parametrize(
    "error",
    [
        RateLimited(2.2),
        Ambiguous(),
        BodyRefused("50035"),
        NoPermission(LACKED),
        NoPermission(LACKED, "#general"),
        refusal(403, 50007),
    ],
    ids=lambda error: error.key,
)
def test_a_sentence_is_filled_by_the_values_of_its_error(code: str, error: DiscordError) -> None:
    language = languages.load(code)

    told = language.problem(error)

    parsed = list(string.Formatter().parse(language.get(f"errors.{error.key}")))
    assert {name for _, name, _, _ in parsed if name} == set(error.values)
    assert all(format(error.values[name], spec or "") in told for _, name, spec, _ in parsed if name)


@given(
    st.sampled_from((400, 401, 403, 404, 405, 413, 429, 500, 503)),
    st.integers(0, 300_000) | st.sampled_from(sorted(refusals._KEYS)) | st.just(50035),
    st.text() | st.just("Invalid Form Body\nIn content: the words of <@1>\nIn <@1>: x"),
    st.dictionaries(st.just("Retry-After"), st.text(max_size=5)),
    st.booleans(),
)
def test_no_words_of_an_answer_reach_an_error(
    status: int, code: int, text: str, headers: dict[str, str], repeatable: bool
) -> None:
    error = refusal(status, code, text, headers, repeatable=repeatable)

    for name, value in error.values.items():
        assert name == "permissions" or re.fullmatch(r"\d+|HTTP \d{3}", str(value))
    if isinstance(error, BodyRefused):
        assert all(re.fullmatch(r"[A-Za-z0-9_.]+", path) for path in error.paths)


def test_a_refused_body_tells_where_in_it_and_not_what_stood_there() -> None:
    text = 'Invalid Form Body\nIn components.0.content: "secret" is too long\nIn flags: no'

    error = refusal(400, 50035, text)

    assert isinstance(error, BodyRefused)
    assert error.paths == ("components.0.content", "flags")
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7), ("0", 1), ("1.5", 1.5), ("", 60), ("soon", 60), ("-3", 60)]
)
def test_a_pause_is_what_discord_states_or_a_minute(text: str, seconds: float) -> None:
    error = refusal(429, 0, "", {"Retry-After": text})

    assert isinstance(error, RateLimited)
    assert error.wait_s == seconds


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_discords_own_is_an_ambiguous_end_only_of_what_may_not_be_repeated(status: int) -> None:
    assert refusal(status, 0, repeatable=True).key == "discord.unreachable"
    assert isinstance(refusal(status, 0, repeatable=False), Ambiguous)


@pytest.mark.parametrize(
    ("status", "code", "key"),
    [
        (401, 0, "bad_token"),
        (401, 50027, "expired"),  # of an interaction, not the bot's
        (404, 10015, "expired"),
        (404, 10062, "expired"),
        (404, 10003, "gone"),
        (404, 10004, "gone"),
        (404, 10008, "message_gone"),
        (400, 50083, "locked"),
        (400, 160005, "locked"),
        (429, 20016, "slow"),
        (429, 20028, "slow"),
        (403, 50007, "no_dm"),
        (400, 160006, "no_threads"),
        (400, 40067, "needs_tag"),
        (413, 0, "too_large"),
        (400, 200000, "blocked"),
        (400, 99999, "refused"),
        (405, 0, "refused"),
    ],
)
def test_each_code_means_what_can_be_done_next(status: int, code: int, key: str) -> None:
    assert refusal(status, code).key == f"discord.{key}"


def test_a_missing_permission_is_taken_from_the_code_where_that_says_which() -> None:
    lacked = {code: refusal(403, code) for code in (50001, 50013, 160002)}

    assert {code: error.missing for code, error in lacked.items() if isinstance(error, NoPermission)} == {
        50001: Permissions(view_channel=True),
        50013: Permissions(send_messages=True),
        160002: Permissions(read_message_history=True),
    }

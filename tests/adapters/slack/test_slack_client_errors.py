"""Errors: each has its sentence, none holds what somebody wrote, and answers that are none are understood."""

from __future__ import annotations

import ast
import re
import string
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import refusals
from adapters.slack.errors import Ambiguous, BlocksRefused, RateLimited, SlackError
from adapters.slack.refusals import refusal
from summarizer import languages
from tests.adapters.slack.clients import Clock, client, saying
from tests.servers.slack import GENERAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.servers.slack import SlackServer

ROOM = Path(refusals.__file__).parent
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def _keys() -> Iterator[str]:
    """The keys of all errors that this room raises."""
    yield from (f"slack.{key}" for key in refusals._KEYS.values())
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "SlackError"
            ):
                literals = (each.value for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant))
                yield from (str(each) for each in literals if re.fullmatch(r"slack\.\w+", str(each)))


@pytest.mark.parametrize("code", languages.codes())
def test_every_error_has_its_sentence(code: str) -> None:
    language = languages.load(code)
    keys = {*_keys(), RateLimited(3).key, Ambiguous("chat.postMessage").key}

    assert len(keys) > 15
    assert sorted(key for key in keys if not language.has(f"errors.{key}")) == []
    assert sorted(set(language.get("errors.slack")) - {key.partition(".")[2] for key in keys}) == []


@pytest.mark.parametrize("code", languages.codes())
@pytest.mark.parametrize(
    "error",
    [
        RateLimited(2.2),
        Ambiguous("chat.postMessage", "C1"),
        BlocksRefused("invalid_blocks"),
        refusal(200, {"error": "missing_scope", "needed": "users:read"}, {}),
        refusal(200, {"error": "not_in_channel"}, {}),
    ],
    ids=lambda error: error.key,
)
def test_a_sentence_is_filled_by_the_values_of_its_error(code: str, error: SlackError) -> None:
    language = languages.load(code)

    told = language.text(f"errors.{error.key}", **error.values)

    fields = {name for _, name, _, _ in string.Formatter().parse(language.get(f"errors.{error.key}")) if name}
    assert fields == set(error.values)
    assert all(str(value) in told for value in error.values.values())


@given(
    st.integers(100, 599),
    st.fixed_dictionaries(
        {}, optional={"error": st.text() | ANY_JSON, "needed": ANY_JSON, "errors": ANY_JSON}
    ),
    st.dictionaries(st.just("Retry-After"), st.text(max_size=5)),
    st.booleans(),
)
def test_no_words_of_an_answer_reach_an_error(
    status: int, data: dict[str, object], headers: dict[str, str], repeatable: bool
) -> None:
    error = refusal(status, data, headers, method="m", repeatable=repeatable)

    assert not {str(value) for value in error.values.values()} & {"\n", "<", "xoxb"}
    for value in error.values.values():
        assert isinstance(value, int) or set(str(value)) <= set(
            string.ascii_lowercase + string.digits + "_:.,-?"
        )


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7), ("0", 1), ("", 30), ("soon", 30), ("-3", 30), ("1.5", 30)]
)
def test_a_pause_is_what_slack_states_or_half_a_minute(text: str, seconds: float) -> None:
    error = refusal(429, None, {"Retry-After": text})

    assert isinstance(error, RateLimited)
    assert error.wait_s == seconds


def test_only_a_file_that_is_named_is_blamed() -> None:
    blamed = {"error": "invalid_blocks", "errors": ["invalid slack file [json-pointer:/blocks/3/slack_file]"]}
    other = {
        "error": "invalid_blocks",
        "response_metadata": {"messages": ["[ERROR] no [json-pointer:/blocks/0]"]},
    }

    for data, names_file in ((blamed, True), (other, False)):
        error = refusal(200, data, {})
        assert isinstance(error, BlocksRefused)
        assert error.names_file is names_file


@asynccontextmanager
async def _answering(body: str, content_type: str) -> AsyncIterator[str]:
    """A server that answers everything so; the base of its Web API."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body.encode(), headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/api/"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("ok", "text/plain"),
        ("[]", "application/json"),
        ("[1]", "application/json"),
        ('"ok"', "application/json"),
        ('{"ok": tr', "application/json"),
        ("", "application/json"),
        ("<html>a proxy's page</html>", "text/html"),
        ("\xff", "application/json; charset=ascii"),
        ('{"ok": false}', "application/json"),
        ('{"ok": false, "error": "Ask <!channel>"}', "application/json"),
    ],
)
async def test_an_answer_that_slack_never_gives_is_no_clear_end(body: str, content_type: str) -> None:
    clock = Clock()
    async with _answering(body, content_type) as url, client(None, clock, url=url) as slack:
        with pytest.raises(Ambiguous):
            await slack.post(GENERAL, saying("hello"))
        with pytest.raises(SlackError, match=r"^slack\.unreachable$"):
            await slack.me()

    assert len(clock.waits) == 2


async def test_the_environments_proxy_is_passed_over_where_it_says_so(
    server: SlackServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with client(server, clock) as slack:
        await slack.post(GENERAL, saying("hello"))

    assert len(server.all_messages) == 1

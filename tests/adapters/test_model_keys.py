"""Whether a provider takes a key: it is asked which models there are, and its answer is told in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from adapters.model_keys import try_key
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = "sk-testsonly"


class Provider:
    """Answers with a status, and keeps what it was asked with."""

    def __init__(self) -> None:
        self.status = 200
        self.url = ""
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        return web.json_response({"data": []}, status=self.status)


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    made = Provider()
    app = web.Application()
    app.router.add_get("/{tail:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield made
    await runner.cleanup()


async def _problem(model: str, url: str) -> str:
    with pytest.raises(NotConfigured) as caught:
        await try_key(model, KEY, url)
    assert KEY not in repr(caught.value)
    return caught.value.key


async def test_a_key_that_is_taken_passes(provider: Provider) -> None:
    await try_key("openai:gpt-5-mini", KEY, f"{provider.url}/")
    await try_key("anthropic:claude-sonnet-4-5", KEY, provider.url.removesuffix("/v1"))

    assert provider.paths == ["/v1/models", "/v1/models"]
    assert provider.headers[0]["authorization"] == f"Bearer {KEY}"
    assert provider.headers[1]["x-api-key"] == KEY
    assert provider.headers[1]["anthropic-version"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (401, "model.key_refused"),
        (403, "model.key_refused"),
        (404, "model.not_found"),
        (500, "model.server"),
    ],
)
async def test_each_refusal_is_told_apart(provider: Provider, status: int, problem: str) -> None:
    provider.status = status

    assert await _problem("openai:gpt-5-mini", provider.url) == problem


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "http://[", "no address"])
async def test_what_cannot_be_reached_is_said(url: str) -> None:
    assert await _problem("openai:gpt-5-mini", url) == "model.unreachable"


async def test_a_provider_that_we_do_not_know_is_not_asked(provider: Provider) -> None:
    await try_key("mistralai:small", KEY, provider.url)

    assert provider.paths == []

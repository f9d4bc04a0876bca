"""Opening models from settings, and asking them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from langsmith import tracing_context
from langsmith.utils import tracing_is_enabled

from summarizer import languages
from summarizer.errors import NotConfigured
from summarizer.modelerrors import ModelError, json_in
from summarizer.models import ChatModel, ChatModels, ModelSettings, Prompt, Usage
from summarizer.schema import SectionDraft, strict_schema
from tests.servers.model import behaviours

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.model.server import ModelServer


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


async def ask(chat: ChatModel, on_first_token: Callable[[], None] | None = None) -> SectionDraft:
    prompt = Prompt("You write.", "<facts>\n</facts>", '<task section="summary">\nWrite.\n</task>')
    deadline = asyncio.get_running_loop().time() + 20
    return await chat.ask(prompt, SectionDraft, Usage(), deadline=deadline, on_first_token=on_first_token)


def opened(settings: ModelSettings) -> ChatModels:
    models = ChatModels.open(settings)
    assert models is not None
    return models


def test_offline_opens_no_model() -> None:
    assert ChatModels.open(ModelSettings()) is None


@pytest.mark.parametrize(
    ("model", "key", "names"),
    [
        ("gpt-5-mini", "model.no_provider", "provider:model"),
        ("openai:", "model.no_provider", "provider:model"),
        ("nosuch:m", "model.unknown_provider", "nosuch"),
        ("ollama:llama", "model.package_missing", "langchain-ollama"),
        ("groq:llama", "model.package_missing", "langchain-groq"),
        ("openai:gpt-5-mini", "model.key_missing", "OPENAI_API_KEY"),
        ("anthropic:claude", "model.key_missing", "ANTHROPIC_API_KEY"),
    ],
)
def test_a_bad_model_setting_is_noticed_at_start_and_says_what_to_set(
    model: str, key: str, names: str
) -> None:
    with pytest.raises(NotConfigured) as caught:
        ChatModels.open(ModelSettings(model))

    assert caught.value.key == key
    for code in languages.codes():
        assert names in languages.load(code).text(f"errors.{key}", **caught.value.values)


def test_a_bad_fast_model_is_noticed_at_start() -> None:
    with pytest.raises(NotConfigured):
        ChatModels.open(ModelSettings("openai:gpt-5-mini", "nosuch:m", api_key="k"))


def test_a_key_does_not_show_in_the_settings_text() -> None:
    assert "secret" not in repr(ModelSettings(api_key="secret"))


@pytest.mark.parametrize(
    ("model", "context", "expected"),
    [
        ("openai:gpt-4o", None, 128_000),
        ("openai:gpt-4o", 16_000, 16_000),
        ("openai:Qwen/Qwen3-8B", None, 32_768),
        ("openai:Qwen/Qwen3-8B", 40_960, 40_960),
    ],
)
def test_context_is_the_profiles_or_the_settings_whichever_is_less_else_32k(
    model: str, context: int | None, expected: int
) -> None:
    models = opened(ModelSettings(model, context=context, api_key="k"))

    assert models.rungs[0].context == expected


async def test_a_server_of_ones_own_needs_no_key(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", model_server.serve(behaviours.truthful_about_nothing()))

    async with opened(ModelSettings("openai:Qwen/Qwen3-8B")) as models:
        answer = await ask(models.rungs[0])

    assert answer == SectionDraft()


async def test_models_with_names_of_the_responses_api_are_asked_by_chat_completions_at_other_servers(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(behaviours.truthful_about_nothing())

    async with opened(ModelSettings("openai:my-codex", base_url=base_url)) as models:
        await ask(models.rungs[0])

    assert len(model_server.asked(base_url)) == 1


@pytest.mark.parametrize(
    ("message", "code", "key"),
    [
        ("You exceeded your current quota.", "insufficient_quota", "model.quota"),
        ("This model's maximum context length is 8192 tokens.", 400, "model.context"),
        (
            "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
            None,
            "model.context",
        ),
        ("Your request was rejected by the content_filter.", "content_filter", "model.filtered"),
        ("I do not know this parameter.", None, "model.rejected"),
    ],
)
async def test_a_rejection_is_told_apart_by_what_it_says(
    model_server: ModelServer, message: str, code: object, key: str
) -> None:
    base_url = model_server.serve(behaviours.Failing(400, message, code=code))

    async with opened(ModelSettings("openai:m", base_url=base_url)) as models:
        with pytest.raises(ModelError) as caught:
            await ask(models.rungs[0])

    assert caught.value.key == key
    assert message not in str(caught.value)


async def test_a_server_that_is_not_there_is_called_unreachable() -> None:
    async with opened(ModelSettings("openai:m", base_url="http://127.0.0.1:9/v1", retries=0)) as models:
        with pytest.raises(ModelError) as caught:
            await ask(models.rungs[0])

    assert caught.value.key == "model.unreachable"


async def test_tracing_is_off_unless_our_setting_asks_whatever_surrounds_the_call(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(behaviours.truthful_about_nothing())
    seen: set[object] = set()

    async with opened(ModelSettings("openai:m", base_url=base_url)) as models:
        with tracing_context(enabled=True):
            await ask(models.rungs[0], lambda: seen.add(tracing_is_enabled()))

    assert seen == {False}


async def test_a_way_of_asking_that_a_server_rejected_is_not_tried_again(model_server: ModelServer) -> None:
    base_url = model_server.serve(behaviours.Limited("response_format", "tools"))

    async with opened(ModelSettings("openai:m", base_url=base_url)) as models:
        await ask(models.rungs[0])
        await ask(models.rungs[0])

    ways = [set(payload) & {"response_format", "tools"} for payload in model_server.asked(base_url)]
    assert ways == [{"response_format"}, {"tools"}, {"response_format"}, set(), set()]


def test_half_a_json_is_no_answer() -> None:
    with pytest.raises(ValueError, match="Unterminated"):
        json_in('{"claims": [{"text": "half')


def test_the_schema_a_model_gets_requires_every_property_and_no_other() -> None:
    schema = strict_schema(SectionDraft)

    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])

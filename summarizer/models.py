"""Chat models: opened from plain settings through LangChain, asked with a deadline, failing in our words.

LangChain is imported when a model is opened, never before: a run without a model does not pay for it. What it
lets pass in silence (an answer cut off, filtered, refused or empty) is an error here.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, TypeVar

from summarizer.errors import NotConfigured
from summarizer.modelerrors import ModelError, check_finished, parse_answer, translate
from summarizer.schema import strict_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable
    from pydantic import BaseModel
    from tenacity import RetryCallState

OFFLINE = "offline"
CONTEXT_DEFAULT = 32_768
"""Tokens a model is taken to read when neither its provider nor a setting tells: what small servers offer."""

_KEYS: Final = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "groq": "GROQ_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "xai": "XAI_API_KEY",
}
"""Where a provider's key stands. Some packages miss it only at the first call; we say so at start."""

_METHODS: Final = ("json_schema", "function_calling", "text")
"""Ways to ask for JSON, best first. A server that rejects one is asked by the next, from then on."""

T = TypeVar("T", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model writes, and how long it may take.

    model: "offline", or LangChain's "provider:name". fast_model: one to fall back to when `model` fails.
    context: tokens the model can read, where its provider does not tell or less shall be used.
    timeout_s: one answer. deadline_s: a section with retries, waits and the repair. retries: after one try.
    tracing: let LangChain's tracing out, as its own environment variables say.
    base_url, api_key: None leaves both to the provider's package and its environment variables.
    """

    model: str = OFFLINE
    fast_model: str | None = None
    context: int | None = None
    timeout_s: float = 90.0
    deadline_s: float = 240.0
    retries: int = 2
    tracing: bool = False
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked.

    system and shared are the same for all sections, so that a provider's prefix cache can serve them; task is
    the section's own.
    """

    system: str
    shared: str
    task: str


@dataclass(slots=True)
class Usage:
    """Tokens of all calls, None where a server told none: unknown is not 0."""

    tokens_in: int | None = None
    tokens_out: int | None = None

    def add(self, told: Mapping[str, int] | None) -> None:
        """Add a call's `usage_metadata`."""
        if told:
            self.tokens_in = (self.tokens_in or 0) + told["input_tokens"]
            self.tokens_out = (self.tokens_out or 0) + told["output_tokens"]


class ChatModel:
    """One opened model. It remembers which way of asking for JSON its server takes."""

    def __init__(self, name: str, chat: BaseChatModel, settings: ModelSettings) -> None:
        self.name = name
        self.settings = settings
        profile = chat.profile or {}
        known = (settings.context, profile.get("max_input_tokens"))
        self.context: int = min((tokens for tokens in known if tokens), default=CONTEXT_DEFAULT)
        self._chat = chat
        self._method = 0
        self._runnables: dict[tuple[type[BaseModel], str], Runnable[Any, Any]] = {}

    async def ask(
        self,
        prompt: Prompt,
        schema: type[T],
        usage: Usage,
        *,
        deadline: float,
        on_first_token: Callable[[], None] | None = None,
    ) -> T:
        """The model's answer to `prompt`, as `schema`.

        deadline: in the event loop's time; tries and the waits between them end there.
        on_first_token: called when the answer begins, where the server streams.
        Raises ModelError.
        """
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        loop = asyncio.get_running_loop()
        attempts = AsyncRetrying(
            retry=retry_if_exception(lambda error: _worth_retrying(error, deadline - loop.time())),
            wait=_pause,
            stop=stop_after_attempt(1 + self.settings.retries),
            reraise=True,
        )
        try:
            async with asyncio.timeout_at(deadline):
                async for attempt in attempts:
                    with attempt:
                        return await self._ask_in_a_way_it_takes(prompt, schema, usage, on_first_token)
        except TimeoutError as error:
            raise ModelError("model.timeout", model=self.name) from error
        raise AssertionError("tenacity ends by a result or by raising")

    async def _ask_in_a_way_it_takes(
        self, prompt: Prompt, schema: type[T], usage: Usage, on_first_token: Callable[[], None] | None
    ) -> T:
        """Ask, going down `_METHODS` while the server rejects the request's form."""
        while True:
            method = self._method
            try:
                return await self._once(prompt, schema, usage, on_first_token, _METHODS[method])
            except ModelError as error:
                if error.key != "model.rejected":
                    raise
                if error.about_streaming and getattr(self._chat, "streaming", False):
                    self._chat.streaming = False  # type: ignore[attr-defined]
                elif method + 1 < len(_METHODS):
                    self._method = max(self._method, method + 1)
                else:
                    raise

    async def _once(
        self,
        prompt: Prompt,
        schema: type[T],
        usage: Usage,
        on_first_token: Callable[[], None] | None,
        method: str,
    ) -> T:
        from langsmith import tracing_context

        try:
            async with asyncio.timeout(self.settings.timeout_s):
                # an explicit "no" overrides LANGSMITH_TRACING: only our setting sends prompts elsewhere
                with tracing_context(enabled=self.settings.tracing):
                    raw = await self._runnable(schema, method).ainvoke(
                        self._messages(prompt), config={"callbacks": _first_token(on_first_token)}
                    )
        except TimeoutError as error:
            raise ModelError("model.timeout", model=self.name) from error
        except Exception as error:
            # SDKs raise their own trees, and bare ValueError, AttributeError, AssertionError for bodies that
            # are no answer; the try holds nothing but their call
            raise translate(error, self.name) from error
        message = raw["raw"] if isinstance(raw, dict) else raw
        usage.add(getattr(message, "usage_metadata", None))
        check_finished(message, self.name)
        return parse_answer(message, schema, self.name)

    def _runnable(self, schema: type[BaseModel], method: str) -> Runnable[Any, Any]:
        if (schema, method) not in self._runnables:
            options: dict[str, Any] = {"method": method, "include_raw": True}
            if self.name.startswith("openai:") and method == "json_schema":
                options["strict"] = True
            self._runnables[schema, method] = (
                self._chat
                if method == "text"
                else self._chat.with_structured_output(strict_schema(schema), **options)
            )
        return self._runnables[schema, method]

    def _messages(self, prompt: Prompt) -> list[BaseMessage]:
        from langchain_core.messages import HumanMessage, SystemMessage

        # one human message: some chat templates refuse two in a row
        if not self.name.startswith("anthropic:"):
            return [SystemMessage(prompt.system), HumanMessage(f"{prompt.shared}\n\n{prompt.task}")]
        # Anthropic caches a prefix only where it is told to: docs.anthropic.com, "Prompt caching"
        shared = {"type": "text", "text": prompt.shared, "cache_control": {"type": "ephemeral"}}
        return [SystemMessage(prompt.system), HumanMessage([shared, {"type": "text", "text": prompt.task}])]


class ChatModels:
    """The models of a process, to be used in one event loop and closed there."""

    def __init__(self, rungs: tuple[ChatModel, ...], closers: tuple[Any, ...]) -> None:
        self.rungs = rungs
        self._closers = closers

    @classmethod
    def open(cls, settings: ModelSettings) -> ChatModels | None:
        """The models the settings name, or None for "offline". No request is made.

        Raises NotConfigured for a model that cannot be: no or an unknown provider, a missing package or key.
        """
        if settings.model == OFFLINE:
            return None
        closers: list[Any] = []
        names = [settings.model] + ([settings.fast_model] if settings.fast_model else [])
        return cls(tuple(_open(name, settings, closers) for name in names), tuple(closers))

    async def aclose(self) -> None:
        for client in self._closers:
            await client.aclose()

    async def __aenter__(self) -> ChatModels:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _open(name: str, settings: ModelSettings, closers: list[Any]) -> ChatModel:
    provider, _, model = name.partition(":")
    if not (provider and model):
        raise NotConfigured("model.no_provider", model=name)
    # retries are ours: the SDK's treat a spent quota like a rate limit and know nothing of our deadline
    options: dict[str, Any] = {"timeout": settings.timeout_s, "max_retries": 0, "streaming": True}
    key = settings.api_key
    if settings.base_url:
        options["base_url"] = settings.base_url
    if provider == "openai":
        if settings.base_url or os.environ.get("OPENAI_API_BASE") or os.environ.get("OPENAI_BASE_URL"):
            # compatible servers speak chat completions, whatever the model's name, and often ask for no key
            options["use_responses_api"] = False
            key = key or os.environ.get("OPENAI_API_KEY") or "none"
        options["stream_usage"] = True
    if provider in _KEYS and find_spec(f"langchain_{provider}") is None:
        raise NotConfigured("model.package_missing", model=name, package=_package(provider))
    if key:
        options["api_key"] = key
    elif provider in _KEYS and not os.environ.get(_KEYS[provider]):
        raise NotConfigured("model.key_missing", model=name, name=_KEYS[provider])
    return ChatModel(name, _init(name, provider, model, options, closers), settings)


def _init(name: str, provider: str, model: str, options: dict[str, Any], closers: list[Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        if provider == "openai":
            import openai

            # the package's default client is shared by the process and never closed; this one is ours
            client = openai.DefaultAsyncHttpxClient(timeout=options["timeout"])
            options["http_async_client"] = client
            closers.append(client)
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
        return chat
    except ImportError as error:
        wanted = re.search(r"pip install [\"']?([\w.-]+)", str(error))
        raise NotConfigured(
            "model.package_missing", model=name, package=wanted[1] if wanted else _package(provider)
        ) from error
    except Exception as error:
        # each package has its own way to object to its settings
        if "Unsupported provider" in str(error):
            raise NotConfigured("model.unknown_provider", model=name, provider=provider) from error
        raise NotConfigured("model.invalid", model=name) from error


def _package(provider: str) -> str:
    return f"langchain-{provider.replace('_', '-')}"


def _first_token(told: Callable[[], None] | None) -> list[Any]:
    """The callbacks that call `told` at each token; None is nobody to tell."""
    if told is None:
        return []
    from langchain_core.callbacks import AsyncCallbackHandler

    tell = told

    class FirstToken(AsyncCallbackHandler):
        async def on_llm_new_token(self, *_: object, **__: object) -> None:
            tell()

    return [FirstToken()]


def _worth_retrying(error: BaseException, left_s: float) -> bool:
    """Whether the same request may succeed later, and that soon enough to be waited for."""
    return isinstance(error, ModelError) and error.retryable and (error.retry_after_s or 0.0) < left_s


def _pause(state: RetryCallState) -> float:
    """Seconds to wait before the next try: what the server asked for, else up to 0.5 s, 1 s, 2 s, ...

    Jittered, so that sections told to wait do not return as one.
    """
    from tenacity import wait_random, wait_random_exponential

    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_s if isinstance(error, ModelError) else None
    if asked is not None:
        return asked + wait_random(0, min(asked / 4, 1.0))(state)
    return wait_random_exponential(multiplier=0.5, max=20)(state)

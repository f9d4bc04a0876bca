"""Chat models: opened from plain settings through LangChain, asked with a deadline, failing in our words.

LangChain is imported when a model is opened, never before: a run without a model does not pay for it. What it
lets pass in silence (an answer cut off, filtered, refused or empty) is an error here.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from summarizer.breaker import Breaker
from summarizer.errors import NotConfigured
from summarizer.modelerrors import ModelError, check_finished, parse_answer, status_of, translate
from summarizer.schema import strict_schema
from summarizer.spending import Price, Spent, total
from summarizer.ways import Ways, ways_of

if TYPE_CHECKING:
    from types import TracebackType

    from langchain_core.callbacks import AsyncCallbackHandler
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable, RunnableConfig
    from pydantic import BaseModel
    from tenacity import RetryCallState

    from summarizer.ways import Way

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

_SHARED: Final = frozenset({"model.unreachable", "model.server", "model.timeout", "model.rate_limited"})
"""Failures that another request would meet as well; after some of them in a row the model rests."""

_UNREADABLE: Final = frozenset({"model.malformed", "model.empty"})
"""Answers that are none: another try, or another way of asking, may do better."""

_UNSENT: Final = frozenset({"model.unreachable", "model.rejected"})
"""Failures before the model saw the prompt."""

T = TypeVar("T", bound="BaseModel")


Around: TypeAlias = "Callable[[str], AbstractContextManager[Callable[[Spent], None]]]"
"""Told a model's name; what is handed over is called with what the request took."""


def unwatched(_model: str) -> AbstractContextManager[Callable[[Spent], None]]:
    """Around the requests of those whom nobody watches."""
    return nullcontext(lambda _spent: None)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model writes, and how long it may take.

    model: "offline", or LangChain's "provider:name". It writes. fast_model: assesses single items, and takes over where
    `model` fails; None leaves both to `model` alone.
    context: tokens the model can read, where its provider does not tell or less shall be used.
    timeout_s: one answer. deadline_s: a section with retries, waits and the repair. retries: after one try.
    tracing: let LangChain's tracing out, as its own environment variables say.
    prices: by model; what is not there has an unknown price. in_flight: requests at once to each model.
    rest_after: failures in a row, each with its retries, after which a model is not asked for rest_s seconds.
    around: what stands around each request, for whoever watches what models do.
    base_url, api_key: None leaves both to the provider's package and its environment variables.
    """

    model: str = OFFLINE
    fast_model: str | None = None
    context: int | None = None
    timeout_s: float = 90.0
    deadline_s: float = 240.0
    retries: int = 2
    tracing: bool = False
    prices: Mapping[str, Price] = field(default_factory=dict)
    in_flight: int = 8
    rest_after: int = 5
    rest_s: float = 30.0
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    around: Around = field(default=unwatched, repr=False)


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
    """What calls took, by the model's name. One for each digest adds up what the digest took."""

    by_model: dict[str, Spent] = field(default_factory=dict)

    def add(self, model: str, spent: Spent) -> None:
        """Add a call's tokens and cost."""
        self.by_model[model] = self.by_model.get(model, Spent()) + spent

    @property
    def total(self) -> Spent:
        """Of all models."""
        return total(self.by_model.values())

    @property
    def tokens_in(self) -> int | None:
        """As far as servers told; None where none did, or no call was made."""
        spent = self.total
        return spent.tokens_in if spent.calls else None

    @property
    def tokens_out(self) -> int | None:
        """As `tokens_in`."""
        spent = self.total
        return spent.tokens_out if spent.calls else None


class ChatModel:
    """One opened model, shared by all who ask it: how many ask at once, which way of asking for JSON its server takes,
    and whether it rests after failures are theirs together."""

    def __init__(self, name: str, chat: BaseChatModel, settings: ModelSettings) -> None:
        self.name = name
        self.settings = settings
        profile = chat.profile or {}
        known = (settings.context, profile.get("max_input_tokens"))
        self.context: int = min((tokens for tokens in known if tokens), default=CONTEXT_DEFAULT)
        self._chat = chat
        self._ways = Ways(ways_of(name.partition(":")[0], profile))
        self._room = asyncio.Semaphore(settings.in_flight)
        self._breaker = Breaker(settings.rest_after, settings.rest_s)
        self._price = settings.prices.get(name)
        self._runnables: dict[tuple[type[BaseModel], Way], Runnable[Any, Any]] = {}

    async def ask(
        self,
        prompt: Prompt,
        schema: type[T],
        usage: Usage,
        *,
        deadline: float,
        on_first_token: Callable[[], None] | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> T:
        """The model's answer to `prompt`, as `schema`.

        deadline: in the event loop's time; tries and the waits between them end there, and the wait for room as well.
        on_first_token: called when the answer begins, where the server streams.
        on_text: called with the answer's JSON as far as it has come, each time that more has, where the server streams;
        there may be thoughts or a code fence around it. Another try begins anew, with a shorter text.
        usage: gets what each request took, also of those that failed.
        Raises ModelError.
        """
        asking = _Asking(prompt, schema, usage, deadline, on_first_token, on_text)
        course = self._ways.begin()
        while True:
            streamed = getattr(self._chat, "streaming", False)
            try:
                answer = await self._with_room(asking, course.way)
            except ModelError as error:
                if error.key == "model.rejected":
                    go_on = self._without_streaming(error, streamed=streamed) or course.rejected()
                else:
                    go_on = error.key in _UNREADABLE and course.unreadable()
                if not go_on:
                    raise
            else:
                course.worked()
                return answer

    async def _with_room(self, asking: _Asking[T], way: Way) -> T:
        """Ask when there is room, unless the model rests."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(asking.deadline):
                await self._room.acquire()
        except TimeoutError as error:
            raise ModelError("model.timeout", model=self.name) from error
        try:
            admission = self._breaker.admit()
            if admission is None:
                raise ModelError(
                    "model.resting", model=self.name, seconds=math.ceil(self._breaker.rests_for_s)
                )
            started = loop.time()
            try:
                answer = await self._with_retries(asking, way)
            except ModelError as error:
                # a deadline that came too soon for any answer tells nothing of the server
                if error.key == "model.timeout" and loop.time() - started < self.settings.timeout_s:
                    self._breaker.given_up(admission)
                elif error.key in _SHARED:
                    self._breaker.failed(admission)
                else:
                    self._breaker.succeeded()
                raise
            except BaseException:
                self._breaker.given_up(admission)
                raise
            self._breaker.succeeded()
            return answer
        finally:
            self._room.release()

    async def _with_retries(self, asking: _Asking[T], way: Way) -> T:
        """Ask again after failures that pass, as long as the deadline allows."""
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        loop = asyncio.get_running_loop()
        attempts = AsyncRetrying(
            retry=retry_if_exception(lambda error: _worth_retrying(error, asking.deadline - loop.time())),
            wait=_pause,
            stop=stop_after_attempt(1 + self.settings.retries),
            reraise=True,
        )
        try:
            async with asyncio.timeout_at(asking.deadline):
                async for attempt in attempts:
                    with attempt:
                        return await self._once(asking, way)
        except TimeoutError as error:
            raise ModelError("model.timeout", model=self.name) from error
        raise AssertionError("tenacity ends by a result or by raising")

    async def _once(self, asking: _Asking[T], way: Way) -> T:
        with self.settings.around(self.name) as told:

            def took(spent: Spent) -> None:
                asking.usage.add(self.name, spent)
                told(spent)

            return await self._request(asking, way, took)

    async def _request(self, asking: _Asking[T], way: Way, took: Callable[[Spent], None]) -> T:
        """took: told what it took, also where it failed."""
        from langsmith import tracing_context

        arguments: list[str] = []
        listener = _listener(asking.on_first_token, arguments, asking.on_text)
        config: RunnableConfig = {"callbacks": [listener]}
        try:
            async with asyncio.timeout(self.settings.timeout_s):
                # an explicit "no" overrides LANGSMITH_TRACING: only our setting sends prompts elsewhere
                with tracing_context(enabled=self.settings.tracing):
                    raw = await self._runnable(asking.schema, way).ainvoke(
                        self._messages(asking.prompt), config=config
                    )
        except TimeoutError as error:
            took(Spent.untold_call(self._price))
            raise ModelError("model.timeout", model=self.name) from error
        except asyncio.CancelledError:
            took(Spent.untold_call(self._price))  # the provider may well count it
            raise
        except Exception as error:
            # SDKs raise their own trees, and bare ValueError, AttributeError, AssertionError for bodies that
            # are no answer; the try holds nothing but their call
            failure = translate(error, self.name)
            if status_of(error) is None and failure.key not in _UNSENT:
                took(Spent.untold_call(self._price))
            raise failure from error
        message = raw["raw"] if isinstance(raw, dict) else raw
        took(_spent(message, self._price))
        check_finished(message, self.name)
        return parse_answer(message, asking.schema, self.name, "".join(arguments))

    def _without_streaming(self, error: ModelError, *, streamed: bool) -> bool:
        """Stop streaming where the server objects to it. Whether that is why; several may find out at once."""
        if error.about_streaming and streamed:
            self._chat.streaming = False  # type: ignore[attr-defined]
            return True
        return False

    def _runnable(self, schema: type[BaseModel], way: Way) -> Runnable[Any, Any]:
        if way == "text":
            return self._chat
        if (schema, way) not in self._runnables:
            options: dict[str, Any] = {"method": way, "include_raw": True}
            if self.name.startswith("openai:") and way == "json_schema":
                options["strict"] = True
            try:
                asked = self._chat.with_structured_output(strict_schema(schema), **options)
            except (NotImplementedError, TypeError, ValueError) as error:  # the package has no such way
                raise NotImplementedError(way) from error
            self._runnables[schema, way] = asked
        return self._runnables[schema, way]

    def _messages(self, prompt: Prompt) -> list[BaseMessage]:
        from langchain_core.messages import HumanMessage, SystemMessage

        # one human message: some chat templates refuse two in a row
        if not self.name.startswith("anthropic:"):
            return [SystemMessage(prompt.system), HumanMessage(f"{prompt.shared}\n\n{prompt.task}")]
        # Anthropic caches a prefix only where it is told to: docs.anthropic.com, "Prompt caching"
        shared = {"type": "text", "text": prompt.shared, "cache_control": {"type": "ephemeral"}}
        return [SystemMessage(prompt.system), HumanMessage([shared, {"type": "text", "text": prompt.task}])]


@dataclass(frozen=True, slots=True)
class _Asking(Generic[T]):
    """What `ChatModel.ask` was given."""

    prompt: Prompt
    schema: type[T]
    usage: Usage
    deadline: float
    on_first_token: Callable[[], None] | None
    on_text: Callable[[str], None] | None


class ChatModels:
    """The models of a process, to be used in one event loop and closed there.

    rungs: the one that writes, then the one that takes over where it fails, if one is set.
    """

    def __init__(self, rungs: tuple[ChatModel, ...], closers: tuple[Any, ...]) -> None:
        self.rungs = rungs
        self._closers = closers

    @property
    def fast(self) -> ChatModel:
        """The model that assesses single items: the fast one where one is set, else the one that writes."""
        return self.rungs[-1]

    @classmethod
    def open(cls, settings: ModelSettings) -> ChatModels | None:
        """The models the settings name, or None for "offline". No request is made.

        Raises NotConfigured for a model that cannot be: no or an unknown provider, a missing package or key.
        """
        if settings.model == OFFLINE:
            return None
        closers: list[Any] = []
        names = dict.fromkeys(name for name in (settings.model, settings.fast_model) if name)
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


def _spent(message: BaseMessage, price: Price | None) -> Spent:
    """What the server told of one answer."""
    told = getattr(message, "usage_metadata", None)
    if not told:
        return Spent.untold_call(price)
    # langchain-openai puts the service tier before it where there is one: "flex_cache_read"
    details = told.get("input_token_details") or {}
    cached = [count for name, count in details.items() if name.endswith("cache_read")]
    return Spent.by_call(
        told["input_tokens"], told["output_tokens"], sum(cached) if cached else None, price=price
    )


def _package(provider: str) -> str:
    return f"langchain-{provider.replace('_', '-')}"


def _listener(
    told: Callable[[], None] | None, arguments: list[str], on_text: Callable[[str], None] | None
) -> AsyncCallbackHandler:
    """Calls `told` at each token, and keeps the arguments of the first function that is called, piece by piece.

    on_text: told those arguments as far as they have come, or the text where no function is called.

    LangChain mends the arguments of a streamed call (`parse_partial_json`), so that half an answer looks whole.
    """
    from langchain_core.callbacks import AsyncCallbackHandler

    class Listener(AsyncCallbackHandler):
        first: object = None
        chunks = 0
        text = ""

        async def on_llm_new_token(
            self, token: object, *_: object, chunk: object = None, **__: object
        ) -> None:
            self.chunks += 1
            # the first chunk often holds nothing but the role, sent before the prompt was read
            if told is not None and (token or self.chunks > 1):
                told()
            for piece in getattr(getattr(chunk, "message", None), "tool_call_chunks", None) or ():
                if not arguments:
                    self.first = piece.get("index")
                if piece.get("index") == self.first and piece.get("args"):
                    arguments.append(piece["args"])
            if on_text is not None:
                # the token itself is a list of parts with some providers
                self._tell("".join(arguments) or self.text + getattr(chunk, "text", ""))

        def _tell(self, text: str) -> None:
            if text != self.text and on_text is not None:
                self.text = text
                on_text(text)

    return Listener()


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

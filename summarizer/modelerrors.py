"""Model errors: what SDKs raise, and what LangChain passes over in silence, in our words.

Nothing here imports a provider's SDK: their errors share the attributes `status_code`, `code`, `body` and
`response`.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T", bound=BaseModel)

FATAL: Final = frozenset(
    {"model.quota", "model.key_refused", "model.forbidden", "model.not_found", "model.resting"}
)
"""What the next request would meet as well, whatever it asks."""

_OVERFLOW: Final = re.compile(
    r"context.?(length|window|size)|maximum (model|input) length|(prompt|input) is too long"
    r"|too many (input )?tokens"
)
"""vLLM, llama.cpp, OpenAI, Anthropic and proxies word it each in their own way."""
_QUOTA: Final = re.compile(r"insufficient_quota|exceeded your current quota|credit balance|billing")
_FILTERED: Final = re.compile(r"content_?filter|content_policy|content management policy")
_BAD_KEY: Final = re.compile(r"api.?key (is )?(not valid|invalid)|invalid.{0,20}api.?key")
"""Google refuses a key with status 400."""
_REASONS: Final = ("finish_reason", "stop_reason", "done_reason")
"""OpenAI, Google, Mistral and Groq; Anthropic; Ollama."""
_TRUNCATED_REASONS: Final = frozenset(
    {"length", "max_tokens", "max_output_tokens", "model_length", "model_context_window_exceeded"}
)
_FILTERED_REASONS: Final = frozenset(
    {"content_filter", "safety", "blocklist", "prohibited_content", "recitation", "spii"}
)


class ModelError(DigestError):
    """A model refused, failed, could not be reached, or answered with what is no answer.

    retryable: the same request may succeed later. retry_after_s: seconds the server asked to wait, None if it
    did not. about_streaming: the server's objection is to streaming.
    """

    def __init__(
        self,
        key: str,
        *,
        retryable: bool = False,
        retry_after_s: float | None = None,
        about_streaming: bool = False,
        **values: object,
    ) -> None:
        self.retryable = retryable
        self.retry_after_s = retry_after_s
        self.about_streaming = about_streaming
        super().__init__(key, **values)


def translate(error: Exception, model: str) -> ModelError:
    """The ModelError for what an SDK or LangChain raised, without the body's text: it may hold a secret."""
    status = status_of(error)
    code = getattr(error, "code", None)
    text = f"{code} {_body(error)} {error}".lower()
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "LengthFinishReasonError" in kinds:
        return ModelError("model.truncated", model=model)
    if "ContextOverflowError" in kinds or (status in (None, 400, 413, 422) and _OVERFLOW.search(text)):
        return ModelError("model.context", model=model)
    if "ContentFilterFinishReasonError" in kinds or (status in (400, 403) and _FILTERED.search(text)):
        return ModelError("model.filtered", model=model)
    if (status in (400, 402, 403, 429) or _is_api_error(kinds)) and _QUOTA.search(text):
        return ModelError("model.quota", model=model)
    if status is not None:
        return _of_status(status, model, error, text)
    if any("Timeout" in kind for kind in kinds):
        return ModelError("model.timeout", model=model, retryable=True)
    if any("Connect" in kind or kind in ("TransportError", "OSError") for kind in kinds):
        return ModelError("model.unreachable", model=model, retryable=True)
    if isinstance(error, NotImplementedError):  # this provider's package lacks the method
        return ModelError("model.rejected", model=model, status=501)
    if _is_api_error(kinds):  # an error inside a stream
        return ModelError("model.server", model=model, status=500, retryable=True)
    return ModelError("model.malformed", model=model)


def status_of(error: BaseException) -> int | None:
    """The HTTP status of a refusal; None where there was none, as when a stream that began with 200 tells of an error.

    SDKs keep it as `status_code`, httpx in the response, Google's as `code` of the error that LangChain's was made of.
    """
    for each in _chain(error):
        told = (
            getattr(each, "status_code", None),
            getattr(getattr(each, "response", None), "status_code", None),
            getattr(each, "code", None),
        )
        for status in told:
            if isinstance(status, int) and 400 <= status < 600:
                return status
    return None


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those it was made of."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__


def _of_status(status: int, model: str, error: Exception, text: str) -> ModelError:
    if status == 401 or (status == 400 and _BAD_KEY.search(text)):
        return ModelError("model.key_refused", model=model)
    if status == 403:
        return ModelError("model.forbidden", model=model)
    if status == 404:
        return ModelError("model.not_found", model=model)
    asked = _retry_after(error)
    if status == 429:
        return ModelError("model.rate_limited", model=model, retryable=True, retry_after_s=asked)
    if status in (408, 409) or status >= 500:
        return ModelError(
            "model.server", model=model, status=status, retryable=status != 501, retry_after_s=asked
        )
    return ModelError("model.rejected", model=model, status=status, about_streaming="stream" in text)


def _is_api_error(kinds: set[str]) -> bool:
    return "APIError" in kinds


def _body(error: Exception) -> str:
    body = getattr(error, "body", None)
    return json.dumps(body, default=str) if body else ""


def _retry_after(error: Exception) -> float | None:
    """Seconds of the answer's Retry-After header; None when absent or a date, which no model server sends."""
    for each in _chain(error):
        headers: Mapping[str, str] = getattr(getattr(each, "response", None), "headers", None) or {}
        if (asked := _seconds(headers.get("retry-after", ""))) is not None:
            return asked
    return None


def _seconds(text: str) -> float | None:
    """Not less than 0, and no "inf", which a header may say and nobody can wait for."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return max(0.0, seconds) if math.isfinite(seconds) else None


class Message(Protocol):
    """What is read of LangChain's AIMessage."""

    @property
    def text(self) -> str: ...
    @property
    def response_metadata(self) -> Mapping[str, Any]: ...
    @property
    def additional_kwargs(self) -> Mapping[str, Any]: ...
    @property
    def tool_calls(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def invalid_tool_calls(self) -> Sequence[object]: ...


def check_finished(message: Message, model: str) -> None:
    """Raise ModelError for an answer cut off, filtered or refused, which LangChain passes over in silence."""
    metadata = message.response_metadata or {}
    details = metadata.get("incomplete_details") or {}
    reasons = {
        str(reason).lower() for reason in (*map(metadata.get, _REASONS), details.get("reason")) if reason
    }
    if reasons & _TRUNCATED_REASONS:
        raise ModelError("model.truncated", model=model)
    if reasons & _FILTERED_REASONS:
        raise ModelError("model.filtered", model=model)
    if "refusal" in reasons or message.additional_kwargs.get("refusal"):
        raise ModelError("model.refused", model=model)


def parse_answer(message: Message, schema: type[T], model: str, arguments: str = "") -> T:
    """The JSON of a message, from a tool call or its text. Raises ModelError.

    arguments: those of the call as they came, where that is known; the message's own may have been mended. Half a JSON
    is no JSON: a stream that ended early looks complete in every other way.
    """
    calls = message.tool_calls
    # a call without arguments is shown as one with none of them, and no answer of ours has none
    if not (calls[0]["args"] if calls else message.text.strip()):
        key = "model.malformed" if message.invalid_tool_calls else "model.empty"
        raise ModelError(key, model=model)
    try:
        if not calls:
            return schema.model_validate(json_in(message.text))
        return schema.model_validate(json.loads(arguments) if arguments else calls[0]["args"])
    except (ValidationError, ValueError) as error:
        raise ModelError("model.malformed", model=model) from error


def json_in(text: str) -> object:
    """The first JSON object in a text that may have thoughts, prose or a code fence around it.

    Raises ValueError when there is none.
    """
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    start = text.find("{")
    if start < 0:
        raise ValueError("no JSON object")
    found: object = json.JSONDecoder().raw_decode(text, start)[0]
    return found

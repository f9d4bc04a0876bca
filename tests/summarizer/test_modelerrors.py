"""What SDKs raise and what messages tell, in our words; the providers' ways were seen in their packages."""

from __future__ import annotations

import httpx
import pytest
from langchain_core.messages import AIMessage

from summarizer.modelerrors import ModelError, check_finished, status_of, translate


class GoogleClientError(Exception):
    """Google's SDK keeps the status as `code`, and LangChain's error for it is made of this one."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        super().__init__(message)


class APIStatusError(Exception):
    """As Anthropic's SDK raises it: for an error inside a stream with the status of the stream."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        super().__init__(message)


def httpx_error(status: int, headers: dict[str, str] | None = None) -> httpx.HTTPStatusError:
    """As langchain-mistralai raises it."""
    request = httpx.Request("POST", "http://127.0.0.1/")
    return httpx.HTTPStatusError(
        "failed", request=request, response=httpx.Response(status, headers=headers, request=request)
    )


def wrapped(cause: Exception) -> Exception:
    error = RuntimeError(f"Error calling model 'm': {cause}")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (httpx_error(429), "model.rate_limited"),
        (httpx_error(401), "model.key_refused"),
        (httpx_error(422), "model.rejected"),
        (wrapped(GoogleClientError(429, "RESOURCE_EXHAUSTED")), "model.rate_limited"),
        (
            wrapped(GoogleClientError(400, "API key not valid. Please pass a valid API key.")),
            "model.key_refused",
        ),
        (wrapped(GoogleClientError(404, "models/x is not found")), "model.not_found"),
        (wrapped(GoogleClientError(503, "UNAVAILABLE")), "model.server"),
        (APIStatusError(529, "Overloaded"), "model.server"),
        (NotImplementedError("json_schema"), "model.rejected"),
        (AssertionError(), "model.malformed"),
        (httpx.ConnectError("refused"), "model.unreachable"),
        (httpx.ReadTimeout("slow"), "model.timeout"),
    ],
)
def test_each_providers_errors_are_told_apart(error: Exception, key: str) -> None:
    assert translate(error, "m").key == key


def test_an_error_inside_a_stream_has_no_status_though_the_stream_had_one() -> None:
    kind = type("APIError", (APIStatusError,), {})

    error = translate(kind(200, "Overloaded"), "m")

    assert (error.key, error.retryable) == ("model.server", True)
    assert status_of(kind(200, "Overloaded")) is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("1.5", 1.5), ("-3", 0.0), ("inf", None), ("nan", None), ("Wed, 21 Oct 2015 07:28:00 GMT", None)],
)
def test_a_server_may_ask_to_wait_for_seconds_and_for_nothing_else(
    header: str, seconds: float | None
) -> None:
    assert translate(wrapped(httpx_error(429, {"retry-after": header})), "m").retry_after_s == seconds


@pytest.mark.parametrize(
    ("metadata", "key"),
    [
        ({"finish_reason": "length"}, "model.truncated"),
        ({"finish_reason": "MAX_TOKENS"}, "model.truncated"),
        ({"stop_reason": "max_tokens"}, "model.truncated"),
        ({"stop_reason": "model_context_window_exceeded"}, "model.truncated"),
        ({"done_reason": "length"}, "model.truncated"),
        ({"incomplete_details": {"reason": "max_output_tokens"}}, "model.truncated"),
        ({"finish_reason": "SAFETY"}, "model.filtered"),
        ({"finish_reason": "content_filter"}, "model.filtered"),
        ({"stop_reason": "refusal"}, "model.refused"),
    ],
)
def test_why_an_answer_ended_is_read_in_each_providers_words(metadata: dict[str, object], key: str) -> None:
    with pytest.raises(ModelError) as caught:
        check_finished(AIMessage("{}", response_metadata=metadata), "m")

    assert caught.value.key == key


@pytest.mark.parametrize(
    "metadata",
    [
        {"finish_reason": "stop"},
        {"finish_reason": "tool_calls"},
        {"stop_reason": "end_turn"},
        {"done_reason": "stop"},
        {},
    ],
)
def test_an_answer_that_ended_by_itself_is_no_error(metadata: dict[str, object]) -> None:
    check_finished(AIMessage("{}", response_metadata=metadata), "m")

"""OpenAI's chat completions on the wire: bodies, streams and errors as the SDK meets them.

Source: platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

USAGE: dict[str, Any] = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}


def completion(
    payload: Mapping[str, Any],
    text: str,
    *,
    finish_reason: str = "stop",
    refusal: str | None = None,
    usage: bool | Mapping[str, Any] = True,
    cut: bool = False,
    pieces: int = 2,
) -> Response:
    """The answer `text`, in a tool call when one was asked for, streamed when that was asked for.

    usage: what the server tells of tokens; True is `USAGE`, False nothing.
    pieces: how many the text comes in when it is streamed; two are enough for a first token that is not the last.
    cut: the stream ends in the middle, with neither a finish reason nor the end mark.
    """
    tools = payload.get("tools")
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": refusal}
    if refusal is not None:
        message["content"] = None
    elif tools and payload.get("tool_choice") not in (None, "none"):
        function = {"name": tools[0]["function"]["name"], "arguments": text}
        message |= {
            "content": None,
            "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
        }
        finish_reason = "tool_calls" if finish_reason == "stop" else finish_reason
    head = {"id": "chatcmpl-1", "created": 1765371540, "model": payload["model"]}
    told = USAGE if usage is True else usage or {}
    if payload.get("stream"):
        wants_usage = (payload.get("stream_options") or {}).get("include_usage")
        events = _chunks(head, message, finish_reason, told if wants_usage else {}, cut, pieces)
        return StreamingResponse(events, media_type="text/event-stream")
    choice = {"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}
    body = head | {"object": "chat.completion", "choices": [choice]} | ({"usage": told} if told else {})
    return JSONResponse(body)


async def _chunks(
    head: Mapping[str, Any],
    message: Mapping[str, Any],
    finish_reason: str,
    usage: Mapping[str, Any],
    cut: bool,
    pieces: int,
) -> AsyncIterator[str]:
    def event(delta: Mapping[str, Any], reason: str | None = None, **more: object) -> str:
        choices = (
            [] if "usage" in more and not delta else [{"index": 0, "delta": delta, "finish_reason": reason}]
        )
        chunk = {**head, "object": "chat.completion.chunk", "choices": choices, **more}
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    yield event({"role": "assistant", "content": "", "refusal": None})
    for delta in _deltas(message, pieces):
        yield event(delta)
        if cut:
            return
    yield event({}, finish_reason)
    if usage:
        yield event({}, usage=usage)
    yield "data: [DONE]\n\n"


def _deltas(message: Mapping[str, Any], pieces: int) -> list[dict[str, Any]]:
    if message["refusal"] is not None:
        return [{"refusal": message["refusal"]}]
    if "tool_calls" in message:
        call = message["tool_calls"][0]
        first, *rest = _parts(call["function"]["arguments"], pieces)
        named = {**call, "index": 0, "function": {**call["function"], "arguments": first}}
        more = [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in rest]
        return [{"tool_calls": [named]}, *more]
    return [{"content": part} for part in _parts(message["content"], pieces)]


def _parts(text: str, pieces: int) -> list[str]:
    cuts = [len(text) * place // pieces for place in range(pieces + 1)]
    return [text[start:end] for start, end in itertools.pairwise(cuts)]


def error(
    status: int,
    message: str,
    *,
    code: object = None,
    kind: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """OpenAI's error body."""
    body = {
        "error": {"message": message, "type": kind or "invalid_request_error", "param": None, "code": code}
    }
    return JSONResponse(body, status, dict(headers or {}))

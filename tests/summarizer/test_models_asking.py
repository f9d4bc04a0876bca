"""Asking a model at the wire: other ways of asking, room, rest after failures, and what each request took."""

from __future__ import annotations

import asyncio
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import Response, StreamingResponse

from summarizer import languages
from summarizer.modelerrors import ModelError
from summarizer.models import ChatModels, ModelSettings, Prompt, Usage
from summarizer.schema import SectionDraft
from summarizer.spending import Price, Spent
from tests.servers.model import behaviours, wire
from tests.servers.model.behaviours import Behaviour, Failing, Hanging, Html, Limited, Text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.servers.model.behaviours import Payload
    from tests.servers.model.server import ModelServer

NOTHING = '{"claims": [], "entries": []}'
GARBAGE = Text('{"claims": [{"label": "", "text": "half')
PRICE = Price(1.0, 10.0, 0.1)


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


class InTurn(Behaviour):
    """Behaves as each of `turns` in turn, then for ever as the last."""

    def __init__(self, *turns: Behaviour) -> None:
        self.turns = list(turns)

    async def answer(self, payload: Payload) -> Response:
        return await (self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]).answer(payload)


class ByWay(Behaviour):
    """Behaves as `good` by one way of asking, by all others as `otherwise`."""

    def __init__(self, way: str, good: Behaviour, otherwise: Behaviour) -> None:
        self.way, self.good, self.otherwise = way, good, otherwise

    async def answer(self, payload: Payload) -> Response:
        return await (self.good if way_of(payload) == self.way else self.otherwise).answer(payload)


class Stream(Behaviour):
    """Sends these events, whatever they are."""

    def __init__(self, *events: str) -> None:
        self.events = events

    async def answer(self, payload: Payload) -> Response:
        async def sent() -> AsyncIterator[str]:
            for event in self.events:
                yield f"data: {event}\n\n"

        return StreamingResponse(sent(), media_type="text/event-stream")


class Told(Behaviour):
    """An answer of which so many of the prompt's tokens came from a cache."""

    def __init__(self, cached: int) -> None:
        self.cached = cached

    async def answer(self, payload: Payload) -> Response:
        usage = wire.USAGE | {"prompt_tokens_details": {"cached_tokens": self.cached}}
        return wire.completion(payload, NOTHING, usage=usage)


class Gate(Behaviour):
    """Answers nobody until `full` requests wait at once, and remembers how many ever did."""

    def __init__(self, full: int) -> None:
        self.full, self.inside, self.most = full, 0, 0
        self.open = asyncio.Event()

    async def answer(self, payload: Payload) -> Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.inside == self.full:
            self.open.set()
        await self.open.wait()
        self.inside -= 1
        return wire.completion(payload, NOTHING)


def way_of(payload: Payload) -> str:
    if payload.get("tools"):
        return "function_calling"
    asked = (payload.get("response_format") or {}).get("type", "none")
    return {"json_schema": "json_schema", "json_object": "json_mode", "none": "text"}[asked]


def opened(base_url: str, **settings: Any) -> ChatModels:  # noqa: ANN401 - as ModelSettings takes them
    models = ChatModels.open(ModelSettings("openai:m", base_url=base_url, **settings))
    assert models is not None
    return models


async def ask(models: ChatModels, usage: Usage | None = None, deadline_s: float = 20) -> SectionDraft:
    prompt = Prompt("You write.", "<facts>\n</facts>", '<task section="summary">\nWrite.\n</task>')
    deadline = asyncio.get_running_loop().time() + deadline_s
    return await models.rungs[0].ask(prompt, SectionDraft, usage or Usage(), deadline=deadline)


async def failure(models: ChatModels, usage: Usage | None = None, deadline_s: float = 20) -> str:
    with pytest.raises(ModelError) as caught:
        await ask(models, usage, deadline_s)
    return caught.value.key


def ways(server: ModelServer, base_url: str) -> list[str]:
    return [way_of(payload) for payload in server.asked(base_url)]


@pytest.mark.parametrize("nonsense", [GARBAGE, behaviours.empty()])
async def test_an_answer_that_is_none_is_asked_for_once_more_in_the_same_way(
    model_server: ModelServer, nonsense: Behaviour
) -> None:
    base_url = model_server.serve(InTurn(nonsense, Text(NOTHING)))

    async with opened(base_url) as models:
        assert await ask(models) == SectionDraft()

    assert ways(model_server, base_url) == ["json_schema", "json_schema"]


@pytest.mark.parametrize("way", ["function_calling", "json_mode", "text"])
@pytest.mark.parametrize("nonsense", [GARBAGE, behaviours.empty()])
async def test_then_it_is_asked_for_in_the_next_way_and_the_one_that_worked_is_remembered(
    model_server: ModelServer, nonsense: Behaviour, way: str
) -> None:
    base_url = model_server.serve(ByWay(way, Text(NOTHING), nonsense))
    order = ["json_schema", "json_schema", "function_calling", "json_mode", "text"]

    async with opened(base_url) as models:
        await ask(models)
        await ask(models)

    assert ways(model_server, base_url) == [*order[: order.index(way) + 1], way]


async def test_a_model_that_failed_in_every_way_is_asked_but_once_until_it_answers_again(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(InTurn(*[GARBAGE] * 7, Text(NOTHING)))

    async with opened(base_url) as models:
        assert [await failure(models) for _ in range(3)] == ["model.malformed"] * 3
        await ask(models)
        await ask(models)

    assert ways(model_server, base_url)[5:] == [
        "json_schema", "function_calling", "json_mode", "json_mode",
    ]  # fmt: skip


async def test_a_request_that_no_way_can_ask_changes_nothing_for_the_next(model_server: ModelServer) -> None:
    base_url = model_server.serve(InTurn(*[Failing(400, "No.")] * 4, Text(NOTHING)))

    async with opened(base_url) as models:
        with pytest.raises(ModelError):
            await ask(models)
        asked = len(model_server.asked(base_url))
        await ask(models)

    assert ways(model_server, base_url)[asked] == ways(model_server, base_url)[0]


async def test_several_that_find_out_at_once_that_a_server_does_not_stream_keep_the_way_of_asking(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(Limited("stream"))

    async with opened(base_url) as models:
        await asyncio.gather(*(ask(models) for _ in range(4)))
        await ask(models)

    assert set(ways(model_server, base_url)) == {ways(model_server, base_url)[0]}


async def test_no_other_way_is_tried_once_the_deadline_has_passed(model_server: ModelServer) -> None:
    base_url = model_server.serve(InTurn(GARBAGE, Hanging()))

    async with opened(base_url) as models:
        assert await failure(models, deadline_s=0.5) == "model.timeout"

    assert ways(model_server, base_url) == ["json_schema", "json_schema"]


@pytest.mark.parametrize(
    ("behaviour", "key"),
    [
        (GARBAGE, "model.malformed"),
        (behaviours.truncated(), "model.truncated"),
        (behaviours.empty(), "model.empty"),
        (behaviours.filtered(), "model.filtered"),
        (behaviours.refusing(), "model.refused"),
        (Html(), "model.malformed"),
    ],
)
@pytest.mark.parametrize("lacks", [("response_format",), ("response_format", "tools"), ("stream",)])
async def test_what_langchain_passes_over_is_an_error_by_every_way_of_asking(
    model_server: ModelServer, behaviour: Behaviour, key: str, lacks: Sequence[str]
) -> None:
    class Lacking(Limited):
        async def answer(self, payload: Payload) -> Response:
            if any(payload.get(name) for name in lacks):
                return await super().answer(payload)
            return await behaviour.answer(payload)

    async with opened(model_server.serve(Lacking(*lacks))) as models:
        told = await failure(models)

    # LangChain keeps a streamed refusal only where a response format was asked for
    assert told == key or (told, key, lacks[0]) == ("model.empty", "model.refused", "response_format")


@pytest.mark.parametrize(
    ("events", "key"),
    [
        (['{"not json'], "model.malformed"),
        (['{"error": {"message": "The engine died.", "type": "server_error"}}'], "model.server"),
        (['{"error": {"message": "maximum context length is 8192", "code": 400}}'], "model.context"),
        (["[DONE]"], "model.malformed"),
        ([], "model.malformed"),
    ],
)
async def test_a_stream_of_something_else_is_an_error_of_ours(
    model_server: ModelServer, events: list[str], key: str
) -> None:
    async with opened(model_server.serve(Stream(*events)), retries=0) as models:
        assert await failure(models) in (key, "model.empty")


def test_models_of_one_event_loop_do_not_hinder_those_of_the_next(model_server: ModelServer) -> None:
    base_url = model_server.serve(Text(NOTHING))

    async def once() -> SectionDraft:
        async with opened(base_url) as models:
            return await ask(models)

    assert [asyncio.run(once()) for _ in range(2)] == [SectionDraft()] * 2


async def test_no_more_requests_than_there_is_room_for_are_made_at_once(model_server: ModelServer) -> None:
    gate = Gate(full=3)

    async with opened(model_server.serve(gate), in_flight=3) as models:
        await asyncio.gather(*(ask(models) for _ in range(9)))

    assert gate.most == 3


async def test_waiting_for_room_does_not_count_against_the_time_of_an_answer(
    model_server: ModelServer,
) -> None:
    class Slow(Behaviour):
        async def answer(self, payload: Payload) -> Response:
            await asyncio.sleep(0.2)  # the time an answer takes is what this is about
            return wire.completion(payload, NOTHING)

    async with opened(model_server.serve(Slow()), in_flight=1, timeout_s=0.6, retries=0) as models:
        answers = await asyncio.gather(*(ask(models) for _ in range(5)))

    assert answers == [SectionDraft()] * 5


async def test_waiting_for_room_ends_at_the_deadline(model_server: ModelServer) -> None:
    base_url = model_server.serve(Hanging())

    async with opened(base_url, in_flight=1, retries=0) as models:
        first = asyncio.create_task(failure(models))
        keys = await asyncio.gather(*(failure(models, deadline_s=0.3) for _ in range(3)))
        first.cancel()
        await asyncio.wait((first,))

    assert set(keys) == {"model.timeout"}
    assert len(model_server.asked(base_url)) == 1


@pytest.mark.parametrize("failing", [Failing(503), Failing(429, retry_after="0.001"), Hanging()])
async def test_a_model_that_failed_again_and_again_rests_and_is_not_asked(
    model_server: ModelServer, failing: Behaviour
) -> None:
    base_url = model_server.serve(failing)

    async with opened(base_url, retries=0, rest_after=3, rest_s=600, timeout_s=0.1) as models:
        keys = [await failure(models) for _ in range(5)]
        with pytest.raises(ModelError) as caught:
            await ask(models)

    assert keys[3:] == ["model.resting"] * 2
    assert len(model_server.asked(base_url)) == 3
    assert 590 < int(str(caught.value.values["seconds"])) <= 600
    for code in languages.codes():
        assert "openai:m" in languages.load(code).text("errors.model.resting", **caught.value.values)


async def test_a_server_that_is_not_there_is_left_alone(model_server: ModelServer) -> None:
    del model_server
    async with opened("http://127.0.0.1:9/v1", retries=0, rest_after=2, rest_s=600) as models:
        keys = [await failure(models) for _ in range(3)]

    assert keys == ["model.unreachable", "model.unreachable", "model.resting"]


@pytest.mark.parametrize(
    "answer", [Failing(400, "No."), behaviours.refusing(), GARBAGE, behaviours.truncated()]
)
async def test_what_only_this_request_meets_is_no_reason_to_rest(
    model_server: ModelServer, answer: Behaviour
) -> None:
    async with opened(model_server.serve(answer), retries=0, rest_after=1, rest_s=600) as models:
        keys = [await failure(models) for _ in range(3)]

    assert "model.resting" not in keys


async def test_after_its_rest_one_request_is_the_trial_and_its_success_lets_all_ask_again(
    model_server: ModelServer,
) -> None:
    gate = Gate(full=1)
    base_url = model_server.serve(InTurn(Failing(503), gate))

    async with opened(base_url, retries=0, rest_after=1, rest_s=0) as models:
        assert await failure(models) == "model.server"
        outcomes = await asyncio.gather(*(ask(models) for _ in range(4)), return_exceptions=True)
        await asyncio.gather(*(ask(models) for _ in range(4)))

    resting = [each for each in outcomes if isinstance(each, ModelError) and each.key == "model.resting"]
    assert len(resting) == 3
    assert len(model_server.asked(base_url)) == 1 + 1 + 4


async def test_each_request_is_recorded_with_its_tokens_and_cost_under_the_models_name(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(InTurn(GARBAGE, Told(cached=600)))
    usage = Usage()

    async with opened(base_url, prices={"openai:m": PRICE}) as models:
        await ask(models, usage)

    per_call = wire.USAGE["prompt_tokens"], wire.USAGE["completion_tokens"]
    cost = PRICE.cost(*per_call) + PRICE.cost(*per_call, 600)
    [(name, spent)] = usage.by_model.items()
    assert name == "openai:m"
    assert (spent.calls, spent.tokens_in, spent.tokens_out, spent.tokens_cached) == (2, 2000, 200, 600)
    assert spent.cost_usd is not None
    assert math.isclose(spent.cost_usd, cost)
    assert spent.whole_cost_usd == spent.cost_usd


async def test_without_a_price_the_tokens_are_known_and_the_cost_is_not(model_server: ModelServer) -> None:
    usage = Usage()

    async with opened(model_server.serve(Text(NOTHING))) as models:
        await ask(models, usage)

    assert usage.total == Spent(1, 1000, 100, None, None, unpriced=1)


async def test_a_request_that_timed_out_may_have_cost_something(model_server: ModelServer) -> None:
    usage = Usage()
    base_url = model_server.serve(InTurn(Hanging(), Text(NOTHING)))

    async with opened(base_url, timeout_s=0.3, retries=0, prices={"openai:m": PRICE}) as models:
        await failure(models, usage)
        await ask(models, usage)

    assert (usage.total.calls, usage.total.untold, usage.total.tokens_in) == (2, 1, 1000)
    assert usage.total.whole_cost_usd is None


@pytest.mark.parametrize("failing", [Failing(401), Failing(429), Failing(500), Failing(400, "No.")])
async def test_a_request_that_was_refused_cost_nothing(model_server: ModelServer, failing: Behaviour) -> None:
    usage = Usage()

    async with opened(model_server.serve(failing), retries=0) as models:
        await failure(models, usage)

    assert usage.total == Spent()


async def test_an_answer_that_was_cut_off_is_paid_for_all_the_same(model_server: ModelServer) -> None:
    usage = Usage()

    async with opened(model_server.serve(behaviours.truncated())) as models:
        assert await failure(models, usage) == "model.truncated"

    assert usage.total.calls == 1
    assert usage.total.tokens_out in (100, None)


async def test_the_fast_model_assesses_and_where_none_is_set_the_one_that_writes(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(Text(NOTHING))

    async with opened(base_url) as alone, opened(base_url, fast_model="openai:small") as both:
        assert alone.fast is alone.rungs[0]
        assert [chat.name for chat in both.rungs] == ["openai:m", "openai:small"]
        assert both.fast is both.rungs[1]


async def test_a_fast_model_that_is_the_same_is_no_further_rung(model_server: ModelServer) -> None:
    async with opened(model_server.serve(Text(NOTHING)), fast_model="openai:m") as models:
        assert len(models.rungs) == 1


def test_the_answer_of_nothing_is_one() -> None:
    assert SectionDraft.model_validate(json.loads(NOTHING)) == SectionDraft()

"""The ladder under a day's cap: the model, the fast model, fewer sections, extraction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from summarizer.assessor import Assessed
from summarizer.digests import SECTIONS
from summarizer.models import ChatModels, ModelSettings
from summarizer.rubric import assess_all
from summarizer.spending import Price, Spent, Unlimited
from summarizer.writer import FEWER, MODEL_SECTIONS, Writer, Written
from tests.generated import facts
from tests.servers.model import wire
from tests.servers.model.behaviours import Good, Text

if TYPE_CHECKING:
    from starlette.responses import Response

    from summarizer.spending import Taken
    from tests.servers.model.behaviours import Payload
    from tests.servers.model.server import ModelServer

PRICES = {"openai:tests-model": Price(10, 30), "openai:fast-model": Price(0.1, 0.3)}


class Capped(Unlimited):
    """A day's caps in memory. tokens: in and out; usd: at `PRICES`."""

    def __init__(self, tokens: int | None = None, usd: float | None = None) -> None:
        super().__init__(PRICES)
        self.tokens, self.usd = tokens, usd

    async def take(self, key: str, model: str, tokens_in: int, tokens_out: int) -> Taken | None:
        today = await self.today()
        cost = PRICES[model].cost(tokens_in, tokens_out)
        if self.tokens is not None and today.counted_tokens + tokens_in + tokens_out > self.tokens:
            return None
        if self.usd is not None and today.counted_usd + cost > self.usd:
            return None
        return await super().take(key, model, tokens_in, tokens_out)


async def written(server: ModelServer, budget: Unlimited, *, fast: bool = True) -> tuple[Written, list[str]]:
    base_url = server.serve(Good())
    settings = ModelSettings(
        "openai:tests-model",
        "openai:fast-model" if fast else None,
        base_url=base_url,
        prices=PRICES,
        timeout_s=20,
        deadline_s=60,
    )
    given = facts(1)
    models = ChatModels.open(settings)
    assert models is not None
    async with models:
        found = await Writer(models, None, budget).write(
            given,
            edition="daily",
            lang="en",
            section_ids=SECTIONS["daily"],
            project="vLLM",
            topic_keys=("amd",),
            assessed=Assessed(assess_all(given)),
            key="slack:T1",
        )
    return found, [str(payload["model"]) for payload in server.asked(base_url)]


@pytest.mark.parametrize(
    ("budget", "rung", "by"),
    [
        (Capped(), "full", {"tests-model"}),
        (Capped(tokens=1_000_000, usd=10), "full", {"tests-model"}),
        (Capped(usd=0.05), "fast", {"fast-model"}),
        (Capped(tokens=8_000), "fewer", {"tests-model"}),
        (Capped(usd=0.001), "fewer", {"fast-model"}),
        (Capped(tokens=100), "extraction", set()),
        (Capped(usd=0.0), "extraction", set()),
    ],
)
async def test_the_cap_decides_the_rung_and_the_digest_names_it(
    model_server: ModelServer, budget: Capped, rung: str, by: set[str]
) -> None:
    found, models = await written(model_server, budget)

    assert found.generation.rung == rung
    assert set(models) == by
    over = {section for section, key in found.generation.extracted if key == "model.budget"}
    all_sections = set(MODEL_SECTIONS["daily"])
    assert over == {"full": set(), "fast": set(), "fewer": all_sections - FEWER}.get(rung, all_sections)


async def test_what_was_spent_is_put_in_the_place_of_the_estimate_under_its_key(
    model_server: ModelServer,
) -> None:
    budget = Capped()

    found, models = await written(model_server, budget)

    today = await budget.today()
    assert today.by_key == {"slack:T1": today.spent}
    assert today.spent.calls == len(models)
    assert today.spent.tokens_in == found.generation.tokens_in == wire.USAGE["prompt_tokens"] * len(models)
    assert today.counted_tokens == today.spent.tokens
    assert found.generation.cost_usd == pytest.approx(today.spent.cost_usd)


async def test_a_cost_that_nobody_can_tell_is_unknown_and_not_0(model_server: ModelServer) -> None:
    given = facts(1)
    models = ChatModels.open(ModelSettings("openai:tests-model", base_url=model_server.serve(Good())))
    assert models is not None

    async with models:
        found = await Writer(models).write(
            given, edition="daily", lang="en", section_ids=("summary",), project="vLLM"
        )

    assert found.generation.cost_usd is None
    assert found.generation.tokens_in is not None


async def test_what_a_fallen_model_spent_is_counted_under_its_own_name(model_server: ModelServer) -> None:
    class OnlyFastSpeaks(Good):
        async def answer(self, payload: Payload) -> Response:
            if payload["model"] == "fast-model":
                return await super().answer(payload)
            return await Text('{"claims": [], "entries": []}').answer(payload)

    budget, base_url = Capped(), model_server.serve(OnlyFastSpeaks())
    settings = ModelSettings("openai:tests-model", "openai:fast-model", base_url=base_url, prices=PRICES)
    models = ChatModels.open(settings)
    assert models is not None
    given = facts(1)
    async with models:
        await Writer(models, None, budget).write(
            given,
            edition="daily",
            lang="en",
            section_ids=("summary",),
            project="vLLM",
            assessed=Assessed(assess_all(given)),
        )

    by_model = (await budget.today()).by_model
    assert by_model["openai:fast-model"].calls == 1
    assert by_model["openai:tests-model"].calls >= 1
    assert Spent() not in by_model.values()

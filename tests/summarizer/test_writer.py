"""The writer's sections, of items that code has judged: what a failure costs, and what a digest tells of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import pytest

from summarizer import languages
from summarizer.assessor import Assessed
from summarizer.digests import SECTIONS
from summarizer.filters import Filter
from summarizer.models import ChatModels, ModelSettings
from summarizer.rubric import assess_all
from summarizer.spending import Unlimited
from summarizer.writer import MODEL_SECTIONS, Writer, Written
from tests.generated import facts
from tests.servers.model import behaviours, wire
from tests.servers.model.behaviours import Failing, For, Good, Hanging, Html, Limited, Text
from tests.servers.model.sentences import Statement

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.servers.model.behaviours import Behaviour
    from tests.servers.model.server import ModelServer

WHAT_CAN_FAIL = {
    "model.malformed": behaviours.broken(),
    "model.truncated": behaviours.truncated(),
    "model.filtered": behaviours.filtered(),
    "model.refused": behaviours.refusing(),
    "model.empty": behaviours.empty(),
    "model.rate_limited": behaviours.rate_limited(),
    "model.server": Failing(500, retry_after="0.01"),
    "model.timeout": Hanging(),
    "model.rejected": Failing(400, "No."),
    "model.context": Limited(context_chars=10),
}


async def write(
    server: ModelServer, behaviour: Behaviour, *, lang: str = "en", fast: bool = False, timeout_s: float = 10
) -> Written:
    return await write_at(server.serve(behaviour), lang=lang, fast=fast, timeout_s=timeout_s)


async def write_at(base_url: str, *, lang: str = "en", fast: bool = False, timeout_s: float = 10) -> Written:
    settings = ModelSettings(
        "openai:tests-model",
        "openai:fast-model" if fast else None,
        base_url=base_url,
        timeout_s=timeout_s,
        deadline_s=30,
    )
    async with _opened(settings) as models:
        return await Writer(models).write(
            facts(1),
            edition="daily",
            lang=lang,
            section_ids=SECTIONS["daily"],
            project="vLLM",
            topic_keys=("amd",),
            assessed=Assessed(assess_all(facts(1))),
        )


def _opened(settings: ModelSettings) -> ChatModels:
    models = ChatModels.open(settings)
    assert models is not None
    return models


async def offline(lang: str = "en") -> Written:
    return await Writer(None).write(
        facts(1),
        edition="daily",
        lang=lang,
        section_ids=SECTIONS["daily"],
        project="vLLM",
        topic_keys=("amd",),
    )


async def test_without_a_model_every_section_is_extracted_and_none_is_called_a_failure() -> None:
    written = await offline()

    assert [section.id for section in written.sections] == [
        "summary", "alerts", "topic-amd", "hot", "trends", "changes", "activity", "watch", "appendix",
    ]  # fmt: skip
    assert {claim.source for section in written.sections for claim in section.all_claims} <= {
        "facts",
        "extraction",
    }
    assert (written.generation.model, written.generation.rung) == ("offline", "extraction")
    assert written.generation.extracted == ()
    assert written.verification.claims == 0


def test_langchain_is_not_loaded_without_a_model() -> None:
    program = (
        "import asyncio, sys; from summarizer.writer import Writer; from tests.generated import facts;"
        "asyncio.run(Writer(None).write(facts(1), edition='daily', lang='zh', section_ids=('summary', 'hot'),"
        "project='vLLM'));"
        "print([name for name in sys.modules if name.startswith(('langchain', 'openai', 'httpx'))])"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("key", WHAT_CAN_FAIL)
async def test_one_sections_failure_costs_that_section_alone(model_server: ModelServer, key: str) -> None:
    behaviour = For({"changes"}, WHAT_CAN_FAIL[key], Good())

    written = await write(model_server, behaviour, timeout_s=3 if key == "model.timeout" else 10)

    extracted = {section.id: section for section in (await offline()).sections}
    assert written.generation.extracted == (("changes", key),)
    assert written.generation.rung == "full"
    for section in written.sections:
        if section.id == "changes":
            assert section == extracted["changes"]
        elif section.id in MODEL_SECTIONS["daily"]:
            assert {claim.source for claim in section.all_claims} == {"model"}


@pytest.mark.parametrize("behaviour", [behaviours.broken(), behaviours.cut_off(), Html(), Failing(401)])
async def test_with_a_broken_model_the_digest_still_comes_and_says_so(
    model_server: ModelServer, behaviour: Behaviour
) -> None:
    written = await write(model_server, behaviour, lang="zh")

    assert written.sections == (await offline("zh")).sections
    assert written.generation.rung == "extraction"
    assert written.generation.model == "openai:tests-model"
    assert [section_id for section_id, _ in written.generation.extracted] == list(MODEL_SECTIONS["daily"])


async def test_a_spent_quota_is_told_apart_from_a_rate_limit_and_not_asked_again(
    model_server: ModelServer,
) -> None:
    base_url = model_server.serve(behaviours.quota_spent())

    written = await write_at(base_url)

    assert {key for _, key in written.generation.extracted} == {"model.quota"}
    assert len(model_server.asked(base_url)) == 1


async def test_a_short_rate_limit_is_waited_for_as_long_as_the_server_asks(model_server: ModelServer) -> None:
    written = await write(model_server, behaviours.rate_limited(times=2))

    assert written.generation.extracted == ()


async def test_a_wait_longer_than_the_deadline_is_not_begun(model_server: ModelServer) -> None:
    base_url = model_server.serve(Failing(429, retry_after="3600"))

    written = await write_at(base_url)

    assert {key for _, key in written.generation.extracted} == {"model.rate_limited"}
    assert len(model_server.asked(base_url)) == len(MODEL_SECTIONS["daily"])


async def test_the_fast_model_writes_what_the_full_one_could_not(model_server: ModelServer) -> None:
    class FullFails(Good):
        async def answer(self, payload: behaviours.Payload) -> Response:
            if payload["model"] == "tests-model":
                return wire.error(404, "The model does not exist")
            return await super().answer(payload)

    written = await write(model_server, FullFails(), fast=True)

    assert written.generation.rung == "fast"
    assert written.generation.extracted == ()


@pytest.mark.parametrize("lacks", [["response_format"], ["response_format", "tools"], ["stream"]])
async def test_a_server_without_structured_output_or_streaming_is_asked_as_it_can_answer(
    model_server: ModelServer, lacks: list[str]
) -> None:
    written = await write(model_server, Limited(*lacks))

    assert written.generation.extracted == ()


async def test_json_within_thoughts_and_a_code_fence_is_read(model_server: ModelServer) -> None:
    class Chatty(Limited):
        def form(self, text: str) -> str:
            return f"<think>{{not this}}</think>Here you are:\n```json\n{text}\n```\nAnything else?"

    written = await write(model_server, Chatty("response_format", "tools"))

    assert written.generation.extracted == ()


async def test_a_prompt_too_long_for_the_model_is_asked_once_more_with_half_of_the_facts(
    model_server: ModelServer,
) -> None:
    given = facts(1, items=12)
    given = replace(
        given,
        items={number: replace(item, body="words and words\n" * 60) for number, item in given.items.items()},
    )
    base_url = model_server.serve(Limited(context_chars=9_000))
    settings = ModelSettings("openai:tests-model", base_url=base_url, context=8_000)

    async with _opened(settings) as models:
        written = await Writer(models).write(
            given,
            edition="daily",
            lang="en",
            section_ids=("summary", "changes"),
            project="vLLM",
            assessed=Assessed(assess_all(given)),
        )

    assert written.generation.extracted == ()
    lengths = [len(payload["messages"][-1]["content"]) for payload in model_server.asked(base_url)]
    assert lengths[0] > 9_000 > max(lengths[1:])


async def test_sections_that_prove_too_long_at_the_same_time_are_all_asked_with_half(
    model_server: ModelServer,
) -> None:
    given = facts(1, items=12)
    given = replace(
        given,
        items={number: replace(item, body="words and words\n" * 60) for number, item in given.items.items()},
    )
    sections = ("summary", "trends", "changes", "watch")
    behaviour = For(set(sections[1:]), Limited(context_chars=9_000), Good())
    settings = ModelSettings("openai:tests-model", base_url=model_server.serve(behaviour), context=8_000)

    async with _opened(settings) as models:
        written = await Writer(models).write(
            given,
            edition="daily",
            lang="en",
            section_ids=sections,
            project="vLLM",
            assessed=Assessed(assess_all(given)),
        )

    assert written.generation.extracted == ()


async def test_all_sections_of_a_digest_share_one_prefix_in_every_language(model_server: ModelServer) -> None:
    base_url = model_server.serve(Good())

    await write_at(base_url, lang="en")
    await write_at(base_url, lang="zh")

    asked = [payload["messages"] for payload in model_server.asked(base_url)]
    assert len(asked) == 2 * len(MODEL_SECTIONS["daily"])
    assert len({messages[0]["content"] for messages in asked}) == 1
    assert len({messages[1]["content"].split("<task")[0] for messages in asked}) == 1


async def test_the_other_sections_are_asked_for_once_the_first_ones_answer_begins(
    model_server: ModelServer,
) -> None:
    behaviour = behaviours.Paused(Good())
    base_url = model_server.serve(behaviour)

    written = await write_at(base_url)

    assert written.generation.extracted == ()
    assert behaviour.begun_while_the_first_was_unfinished
    assert "summary" in model_server.asked(base_url)[0]["messages"][-1]["content"].rsplit("<task", 1)[1]


async def test_tokens_are_summed_and_unknown_where_the_server_tells_none(model_server: ModelServer) -> None:
    told = await write(model_server, Good())
    untold = await write(model_server, behaviours.Unmetered())

    assert told.generation.tokens_in == wire.USAGE["prompt_tokens"] * len(MODEL_SECTIONS["daily"])
    assert told.generation.tokens_out == wire.USAGE["completion_tokens"] * len(MODEL_SECTIONS["daily"])
    assert (untold.generation.tokens_in, untold.generation.tokens_out) == (None, None)
    assert untold.generation.extracted == ()


async def test_a_section_that_loses_all_its_claims_is_extracted(model_server: ModelServer) -> None:
    answer = {"claims": [{"label": "", "text": "#424242 was merged.", "cites": [424242]}], "entries": []}

    written = await write(model_server, Text(json.dumps(answer)))

    assert {key for _, key in written.generation.extracted} == {"model.untrue"}
    assert len(written.verification.dropped) == written.verification.claims == len(MODEL_SECTIONS["daily"])
    assert "424242" not in json.dumps([asdict(section) for section in written.sections])


async def test_item_entries_take_no_heading_and_no_label_from_a_model(model_server: ModelServer) -> None:
    item = next(iter(facts(1).items.values()))
    number = item.number
    said = Statement(
        {"open": "is_open", "closed": "is_closed", "merged": "is_merged"}[item.state], number
    ).said("en")
    claim = {"label": "Merged by nobody", "text": said, "cites": []}
    answer = {"claims": [], "entries": [{"number": number, "heading": "A lie", "claims": [claim]}]}

    written = await write(model_server, For({"changes"}, Text(json.dumps(answer)), Good()))

    changes = next(section for section in written.sections if section.id == "changes")
    assert [(entry.number, entry.heading) for entry in changes.entries] == [(number, "")]
    assert [claim.label for claim in changes.all_claims] == [""]


async def test_progress_is_told_once_for_each_section(model_server: ModelServer) -> None:
    told: list[str] = []
    settings = ModelSettings("openai:tests-model", base_url=model_server.serve(For({"hot"}, Html(), Good())))

    async with _opened(settings) as models:
        await Writer(models).write(
            facts(1),
            edition="daily",
            lang="en",
            section_ids=MODEL_SECTIONS["daily"],
            project="vLLM",
            assessed=Assessed({}),
            progress=told.append,
        )

    assert sorted(told) == sorted(MODEL_SECTIONS["daily"])


async def test_a_window_without_items_asks_no_model(model_server: ModelServer) -> None:
    base_url = model_server.serve(Good())
    quiet = replace(facts(1), items={}, hot=(), lists={})

    async with _opened(ModelSettings("openai:tests-model", base_url=base_url)) as models:
        written = await Writer(models).write(
            quiet, edition="daily", lang="en", section_ids=MODEL_SECTIONS["daily"], project="vLLM"
        )

    assert model_server.asked(base_url) == []
    assert written.generation.extracted == ()


@pytest.mark.parametrize("lang", languages.codes())
def test_every_model_error_has_a_sentence_in_every_language(lang: str) -> None:
    words = languages.load(lang)

    for key in [*WHAT_CAN_FAIL, "model.quota", "model.untrue"]:
        assert "openai:x" in words.text(f"errors.{key}", model="openai:x", status=500)


async def test_a_number_that_a_cited_item_names_may_be_mentioned(model_server: ModelServer) -> None:
    given = facts(1)
    number = next(number for number, item in given.items.items() if item.is_pull_request)
    item = replace(given.items[number], body="It undoes what #29966 brought in.")
    given = replace(given, items={**given.items, number: item})
    claim = {"label": "", "text": f"#{number} undoes what #29966 brought in.", "cites": [number]}
    stranger = {"label": "", "text": f"#{number} undoes what #29967 brought in.", "cites": [number]}
    answer = Text(json.dumps({"claims": [claim, stranger], "entries": []}))

    async with _opened(ModelSettings("openai:tests-model", base_url=model_server.serve(answer))) as models:
        written = await Writer(models).write(
            given, edition="daily", lang="en", section_ids=("summary",), project="vLLM", assessed=Assessed({})
        )

    assert [said.text for said in written.sections[0].claims] == [claim["text"]]
    assert written.sections[0].claims[0].cites == (number,)
    assert [dropped.reason for dropped in written.verification.dropped] == ["reference"]


async def test_what_the_fast_model_wrote_in_the_place_of_the_other_is_told_with_the_reason(
    model_server: ModelServer,
) -> None:
    class FullFails(Good):
        async def answer(self, payload: behaviours.Payload) -> Response:
            if payload["model"] == "tests-model" and 'section="hot"' in payload["messages"][-1]["content"]:
                return wire.error(400, "content management policy", code="content_filter")
            return await super().answer(payload)

    written = await write(model_server, FullFails(), fast=True)

    assert written.generation.fallen == (("hot", "model.filtered"),)
    assert written.generation.extracted == ()
    assert written.generation.rung == "full"


async def test_sections_are_about_what_passes_the_filters_and_nothing_else(model_server: ModelServer) -> None:
    """A model that speaks of others all the same is not heard."""
    given = facts(1)
    kept = next(iter(given.items))
    others = [number for number in given.items if number != kept]
    filters = (Filter("author", (f"author-{kept}",)),)
    given = replace(given, filters=filters, passing=frozenset({kept}))
    claims = [
        {"label": "", "text": Statement("opened", number, f"author-{number}").said("en"), "cites": [number]}
        for number in (kept, *others)
    ]
    base_url = model_server.serve(Text(json.dumps({"claims": claims[:8], "entries": []})))

    async with _opened(ModelSettings("openai:tests-model", base_url=base_url)) as models:
        written = await Writer(models).write(
            given, edition="daily", lang="en", section_ids=("summary",), project="vLLM", assessed=Assessed({})
        )

    assert written.sections[0].cites == (kept,)
    assert {dropped.reason for dropped in written.verification.dropped} == {"filtered"}
    asked = model_server.asked(base_url)[0]["messages"][-1]["content"]
    assert [number for number in others if f"#{number} " in asked or f'number="{number}"' in asked] == []


async def test_where_no_model_wrote_none_was_shown_anything(model_server: ModelServer) -> None:
    written = await write(model_server, Failing(401))

    assert written.generation.shown is None
    assert (await write(model_server, Good())).generation.shown == (6, 6)


async def test_what_was_set_aside_is_settled_when_a_listener_fails(model_server: ModelServer) -> None:
    class Told(Exception):
        pass

    def listener(_section: str) -> None:
        raise Told

    budget = Unlimited()
    async with _opened(ModelSettings("openai:tests-model", base_url=model_server.serve(Good()))) as models:
        with pytest.raises(Told):
            await Writer(models, None, budget).write(
                facts(1),
                edition="daily",
                lang="en",
                section_ids=SECTIONS["daily"],
                project="vLLM",
                assessed=Assessed({}),
                progress=listener,
            )

    today = await budget.today()
    assert today.counted_tokens == today.spent.tokens

"""Nothing untrue reaches a digest, whatever the model says."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from summarizer.digests import SECTIONS, Claim, Digest, Generation, Section, Verification
from summarizer.jsonform import as_json
from summarizer.models import ChatModels, ModelSettings
from summarizer.writer import MODEL_SECTIONS, Writer, Written
from tests.generated import facts
from tests.servers.model import behaviours
from tests.servers.model.sentences import Statement, understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.windows import Edition
    from tests.servers.model.behaviours import Behaviour
    from tests.servers.model.server import ModelServer

INVENTED = (
    behaviours.INVENTED_LOGIN,
    str(behaviours.INVENTED_NUMBER),
    str(behaviours.INVENTED_FIGURE),
    behaviours.INVENTED_HOST,
    behaviours.INVENTED_WORDS,
    "@everyone",
    "no AMD updates",
    "本期无 AMD 相关更新",
)
"""What the lying model makes its lies of."""

SEEDS = range(100)


async def write(
    models: ChatModels,
    given: Facts,
    lang: str = "en",
    section_ids: Sequence[str] = SECTIONS["daily"],
    edition: Edition = "daily",
) -> Written:
    return await Writer(models).write(
        given, edition=edition, lang=lang, section_ids=section_ids, project="vLLM", topic_keys=("amd",)
    )


async def write_many(
    model_server: ModelServer, behaviour: Behaviour, seeds: Sequence[int], edition: Edition = "daily"
) -> list[tuple[Facts, Written]]:
    """One small digest a seed, in both languages and with every section by turns."""
    few = asyncio.Semaphore(4)
    by_turns = MODEL_SECTIONS[edition]

    async def one(models: ChatModels, seed: int) -> tuple[Facts, Written]:
        async with few:
            given = facts(seed)
            section_ids = (by_turns[seed % len(by_turns)], "topic-*")
            lang = ("en", "zh")[seed // len(by_turns) % 2]
            return given, await write(models, given, lang, section_ids, edition)

    timeout_s = 1 if isinstance(behaviour, behaviours.Slow) else 20
    async with opened(model_server, behaviour, timeout_s) as models:
        return await asyncio.gather(*(one(models, seed) for seed in seeds))


def opened(model_server: ModelServer, behaviour: Behaviour, timeout_s: float = 20) -> ChatModels:
    base_url = model_server.serve(behaviour)
    models = ChatModels.open(
        ModelSettings("openai:tests-model", base_url=base_url, timeout_s=timeout_s, deadline_s=60)
    )
    assert models is not None
    return models


def is_true(said: Statement, item: Item) -> bool:
    """Whether the statement is true of the item: read from the facts, not from a prompt."""
    actors = {event.name: event.actor.login for event in item.events if event.actor}
    form = said.form.removeprefix("own_")
    if form in ("opened", "merged"):
        return (
            (actors.get("opened" if form == "opened" else "merged") == said.login)
            if said.login
            else item.state == form
        )
    if form == "closed":
        return said.login in (actors.get("closed"), actors.get("closed_unmerged"))
    if form == "commented":
        return said.login in {comment.author.login for comment in item.comments}
    if form in ("is_merged", "is_closed", "is_open", "open"):
        return item.state == form.removeprefix("is_")
    if form == "says":
        return said.words in item.title
    return (
        said.figure == {"adds": item.additions, "removes": item.deletions, "files": item.changed_files}[form]
    )


def untrue(given: Facts, written: Written) -> list[str]:
    """The sentences of the model's in the digest that are not true where they stand."""
    found = []
    for section in written.sections:
        below: list[tuple[int | None, Claim]] = [(None, claim) for claim in section.claims]
        below += [(entry.number, claim) for entry in section.entries for claim in entry.claims]
        found += [
            claim.text
            for number, claim in below
            if claim.source == "model" and not _holds(given, number, claim)
        ]
    return found


def _holds(given: Facts, below: int | None, claim: Claim) -> bool:
    said = understood(claim.text)
    held = re.fullmatch(r"`([^`]+)`(?: \(author\)|（作者）)?[:：] ?(.*)", claim.text)
    if said is None and held and below is not None:  # a judgement's position, told by extraction
        item = given.items[below]
        assert held[1] in {
            person.login for person in (item.author, *(c.author for c in item.comments)) if person
        }
        said = understood(held[2])
    if said is None:
        return False
    number = said.number if said.number is not None else below
    if number is None:
        number = claim.cites[0] if len(claim.cites) == 1 else None
    return number is not None and number in given.items and is_true(said, given.items[number])


def by_model(written: Written) -> int:
    return sum(claim.source == "model" for section in written.sections for claim in section.all_claims)


def words(written: Written) -> str:
    return json.dumps([asdict(section) for section in written.sections], ensure_ascii=False)


def test_a_lie_and_a_swap_would_be_noticed_here() -> None:
    given = facts(1)
    one, other = list(given.items.values())[:2]
    assert one.author is not None
    assert other.author is not None
    made_up = Statement("opened", one.number, behaviours.INVENTED_LOGIN).said("en")
    swapped = Statement("opened", one.number, other.author.login).said("zh")
    true = Statement("opened", one.number, one.author.login).said("zh")
    claims = tuple(Claim(text, (one.number,), "model") for text in (made_up, swapped, true))

    written = Written((Section("summary", "", claims),), Verification(), Generation("m", "full"))

    assert untrue(given, written) == [made_up, swapped]


async def test_what_a_good_model_says_stands_in_the_digest(model_server: ModelServer) -> None:
    for given, written in await write_many(model_server, behaviours.Good(), range(12)):
        assert untrue(given, written) == []
        assert written.verification.dropped == ()
        assert by_model(written) > 0
        assert written.generation.rung == "full"
        assert written.generation.extracted == ()


async def test_no_lie_reaches_any_of_100_digests_and_dropped_ones_are_counted(
    model_server: ModelServer,
) -> None:
    repaired = dropped = kept = 0

    for given, written in await write_many(model_server, behaviours.Lying(), SEEDS):
        assert untrue(given, written) == []
        assert [lie for lie in INVENTED if lie in words(written)] == []
        repaired += written.verification.repaired
        dropped += len(written.verification.dropped)
        kept += by_model(written)

    assert min(repaired, dropped, kept) > 50


async def test_no_swapped_fact_reaches_any_of_100_digests_and_dropped_ones_are_counted(
    model_server: ModelServer,
) -> None:
    repaired = dropped = kept = 0

    for given, written in await write_many(model_server, behaviours.Swapping(), SEEDS):
        assert untrue(given, written) == []
        repaired += written.verification.repaired
        dropped += len(written.verification.dropped)
        kept += by_model(written)

    assert min(repaired, dropped, kept) > 50


@pytest.mark.parametrize("kind", [behaviours.Lying, behaviours.Swapping])
async def test_nothing_untrue_reaches_any_of_60_weeklies(
    model_server: ModelServer, kind: type[behaviours.Good]
) -> None:
    for given, written in await write_many(model_server, kind(), range(60), "weekly"):
        assert untrue(given, written) == []
        assert [lie for lie in INVENTED if lie in words(written)] == []


@pytest.mark.parametrize(
    "behaviour",
    [
        behaviours.broken(),
        behaviours.cut_off(),
        behaviours.empty(),
        behaviours.Limited("response_format", context_chars=4_000),
        behaviours.rate_limited(times=3),
        behaviours.Slow(),
    ],
    ids=["broken", "cut off", "empty", "limited", "asked too often", "slow"],
)
async def test_what_fails_is_extracted_and_every_failure_stands_in_the_json(
    model_server: ModelServer, behaviour: Behaviour
) -> None:
    for given, written in await write_many(model_server, behaviour, range(12)):
        assert untrue(given, written) == []
        digest = Digest(
            "daily-x", 1, "daily", "en", "A title", "normal", given, written.sections, written.verification,
            written.generation,
        )  # fmt: skip
        shown = as_json(digest)
        told = {warning["key"] for warning in shown["warnings"]}
        assert told >= {key for _, key in written.generation.extracted}
        assert shown["generation"]["unassessed"] == dict(written.generation.unassessed)
        for section in written.sections:
            if section.id in MODEL_SECTIONS["daily"] and by_model(written) == 0:
                assert section.id in dict(written.generation.extracted)


async def test_dropped_claims_are_told_by_reason_section_and_hash_never_by_text(
    model_server: ModelServer,
) -> None:
    async with opened(model_server, behaviours.Lying()) as models:
        written = await write(models, facts(3))

    assert written.verification.dropped
    for dropped in written.verification.dropped:
        assert dropped.section in ("assess", "summary", "hot", "trends", "changes", "activity", "watch")
        assert len(dropped.hash) == 16
        assert int(dropped.hash, 16) >= 0
    assert behaviours.INVENTED_LOGIN not in json.dumps(asdict(written.verification))


@pytest.mark.parametrize("kind", [behaviours.Good, behaviours.Lying, behaviours.Swapping])
async def test_no_model_changes_what_code_says_of_a_topic_or_the_appendix(
    model_server: ModelServer, kind: type[behaviours.Good]
) -> None:
    given = facts(7)
    offline = await Writer(None).write(
        given,
        edition="daily",
        lang="zh",
        section_ids=("topic-*", "appendix"),
        project="vLLM",
        topic_keys=("amd",),
    )

    async with opened(model_server, kind()) as models:
        written = await write(models, given, "zh")

    by_code = tuple(section for section in written.sections if section.id in ("topic-amd", "appendix"))
    assert by_code == offline.sections

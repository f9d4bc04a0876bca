"""Nothing untrue is shown in answer to a question, whatever the model says."""

from __future__ import annotations

import asyncio
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from summarizer.questions import Found
from tests.generated import facts
from tests.servers.model import behaviours
from tests.servers.model.sentences import Statement, understood
from tests.summarizer.questions.explained import FACTS, ITEMS, Listener, explain, found_of, opened
from tests.summarizer.test_writer_truth import INVENTED, is_true

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from summarizer.digests import Claim
    from summarizer.items import Item
    from summarizer.questions.explainer import Explained
    from summarizer.questions.query import Form
    from tests.servers.model.server import ModelServer

QUESTIONS = 250
"""For each of the two models that do not tell the truth."""
AT_ONCE = 8

_ASKED: dict[tuple[Form, str], tuple[str, ...]] = {
    ("explain", "en"): ("explain #{number}", "why was #{number} needed?", "summarize the {word} work"),
    ("explain", "zh"): ("解释一下 #{number}", "#{number} 是怎么回事？", "总结一下 {word} 的进展"),
    ("compare", "en"): ("compare {word} with the others", "{word} vs everything else this week?"),
    ("compare", "zh"): ("对比一下 {word} 和其他的", "{word} 与其余的有什么不同？"),
    ("list", "en"): ("which PRs are about {word}?", "any {word} updates?"),
    ("list", "zh"): ("有哪些关于 {word} 的 PR？", "本周有 {word} 的进展吗"),
}
_WORDS = ("ROCm", "KV cache", "quantization", "rotary", "Whisper", "docs", "MoE", "前缀缓存")


@dataclass(frozen=True)
class Asked:
    question: str
    lang: str
    found: Found

    @property
    def items(self) -> Mapping[int, Item]:
        sides = [self.found, *([self.found.against] if self.found.against else [])]
        return {number: item for side in sides for number, item in side.items.items()}


def asked(seed: int) -> Asked:
    """A question in one of the forms and languages, and a few items that were found for it."""
    chance = random.Random(seed)
    form, lang = [*_ASKED][seed % len(_ASKED)]
    given = FACTS if seed % 2 else facts(seed // 50, items=12)
    known, window = given.items, given.window
    chosen = chance.sample([*known.values()], chance.randrange(2, 7))
    against = found_of(chosen[len(chosen) // 2 :], "list", window=window) if form == "compare" else None
    own = chosen[: len(chosen) // 2] if against else chosen
    found = found_of(own, form, window=window, against=against)
    question = chance.choice(_ASKED[form, lang])
    return Asked(question.format(number=chosen[0].number, word=chance.choice(_WORDS)), lang, found)


async def answered(
    model_server: ModelServer, behaviour: behaviours.Behaviour, questions: int = QUESTIONS
) -> list[tuple[Asked, Explained]]:
    few = asyncio.Semaphore(AT_ONCE)

    async with opened(model_server, behaviour) as models:

        async def one(seed: int) -> tuple[Asked, Explained]:
            async with few:
                question, listener = asked(seed), Listener()
                said = await explain(
                    models, question.found, listener, question=question.question, lang=question.lang
                )
                assert said.claims == tuple(listener.claims)
                return question, said

        return await asyncio.gather(*(one(seed) for seed in range(questions)))


def untrue(items: Mapping[int, Item], claims: Sequence[Claim]) -> list[str]:
    """The claims that are not true of the items they cite, as far as a reader of the items can tell."""
    return [claim.text for claim in claims if not _holds(items, claim)]


def _holds(items: Mapping[int, Item], claim: Claim) -> bool:
    said = understood(claim.text)
    if said is None or not claim.cites or not set(claim.cites) <= items.keys():
        return False
    if set(map(int, re.findall(r"#(\d+)", claim.text))) - set(claim.cites):
        return False
    about = (said.number,) if said.number is not None else claim.cites
    return all(is_true(said, items[number]) or _is_so(said, items[number]) for number in about)


def _is_so(said: Statement, item: Item) -> bool:
    """What the items made for digests do not need: an author whom no event names, words of a body and of reviews, and
    titles with several blanks in a row."""
    form = said.form.removeprefix("own_")
    author = item.author.login if item.author else ""
    if form == "opened":
        return author != "" and author == said.login
    if form == "commented":
        wrote = {review.author.login for review in item.reviews if review.body}
        return said.login in wrote | ({author} if author and item.body else set())
    return form == "says" and said.words in " ".join(item.title.split())


def test_a_lie_and_a_swap_would_be_noticed_here() -> None:
    from summarizer.digests import Claim

    one, other = [item for item in ITEMS.values() if item.author][:2]
    assert one.author is not None
    assert other.author is not None
    texts = (
        Statement("opened", one.number, behaviours.INVENTED_LOGIN).said("en"),
        Statement("opened", one.number, other.author.login).said("zh"),
        Statement("opened", one.number, one.author.login).said("zh"),
    )
    claims = [Claim(text, (one.number,), "model") for text in texts]
    swapped = Claim(texts[2], (other.number,), "model")

    assert untrue(ITEMS, claims) == [*texts[:2]]
    assert untrue(ITEMS, [swapped]) == [texts[2]]


@pytest.mark.parametrize("kind", [behaviours.Lying, behaviours.Swapping])
async def test_nothing_untrue_is_shown_for_any_of_500_questions(
    model_server: ModelServer, kind: type[behaviours.Good]
) -> None:
    kept = repaired = dropped = 0

    for question, said in await answered(model_server, kind()):
        assert untrue(question.items, said.claims) == []
        assert [lie for lie in INVENTED for claim in said.claims if lie in claim.text + claim.label] == []
        kept += len(said.claims)
        repaired += said.verification.repaired
        dropped += len(said.verification.dropped)

    assert min(kept, repaired, dropped) > QUESTIONS


async def test_what_a_good_model_says_is_shown(model_server: ModelServer) -> None:
    for question, said in await answered(model_server, behaviours.Good(), 50):
        assert untrue(question.items, said.claims) == []
        assert said.verification.dropped == ()
        assert said.claims

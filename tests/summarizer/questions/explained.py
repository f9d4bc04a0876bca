"""Explanations by the tests' model: what was found, who explains it, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from summarizer import languages
from summarizer.digests import Claim
from summarizer.models import ChatModels, ModelSettings
from summarizer.questions import Found, Match, Query
from summarizer.questions.explainer import Explained, Explaining
from summarizer.spending import Unlimited
from summarizer.topics import load_topics
from tests import generated
from tests.verified import REPO, WINDOW, window_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.items import Item
    from summarizer.questions.query import Form
    from summarizer.spending import Budget, Taken
    from summarizer.windows import Window
    from tests.servers.model.behaviours import Behaviour
    from tests.servers.model.server import ModelServer

RULES = load_topics()
FACTS = window_facts()
ITEMS = FACTS.items
UNTIL = max(WINDOW.until, generated.UNTIL)


def found_of(
    items: Iterable[Item],
    form: Form = "explain",
    *,
    window: Window | None = WINDOW,
    against: Found | None = None,
    unseen: tuple[int, ...] = (),
) -> Found:
    """What a query of that form found: the items, and matches whose items are not at hand."""
    given = {item.number: item for item in items}
    query = Query(form=form, against=Query() if against else None)
    return Found(
        query=query,
        repo=REPO,
        window=window,
        matches=tuple(Match(number) for number in (*given, *unseen)),
        items=given,
        now=UNTIL,
        searched=len(ITEMS),
        coverage=FACTS.coverage,
        against=against,
    )


def opened(model_server: ModelServer, behaviour: Behaviour, **settings: Any) -> ChatModels:  # noqa: ANN401
    """The models at an address of their own; settings: as ModelSettings takes them."""
    told: dict[str, Any] = {
        "timeout_s": 20,
        "deadline_s": 60,
        "base_url": model_server.serve(behaviour),
    } | settings
    models = ChatModels.open(ModelSettings("openai:tests-model", **told))
    assert models is not None
    return models


@dataclass
class Listener:
    """Whoever is shown claims. told: called at each."""

    told: Callable[[], None] = lambda: None
    claims: list[Claim] = field(default_factory=list)

    def __call__(self, claims: tuple[Claim, ...]) -> None:
        self.claims += claims
        self.told()


async def explain(
    models: ChatModels | None,
    found: Found,
    listener: Listener,
    *,
    question: str = "explain these",
    lang: str = "en",
    budget: Budget | None = None,
    **more: Any,  # noqa: ANN401 - as Explaining takes them
) -> Explained:
    explaining = Explaining(models, budget or Unlimited(), **more)
    return await explaining.explain(
        question,
        found,
        languages.load(lang),
        rules=RULES,
        project="vLLM",
        key="slack:U1",
        on_claims=listener,
    )


class Broke(Unlimited):
    """A budget with nothing left."""

    async def take(self, key: str, model: str, tokens_in: int, tokens_out: int) -> Taken | None:
        return None

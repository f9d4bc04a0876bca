"""What models took today, in words: for the reply to `status`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.access import SHELL, Principal
from summarizer import markup
from summarizer.spending import Budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from summarizer.languages import Language
    from summarizer.spending import Spent, Today

MOST_KEYS: Final = 3
"""How many of those that models wrote for are named, the one that took most first."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The budget, and what one must know to tell of it. zone: of its days. has_model: whether any is set."""

    budget: Budget
    zone: str
    has_model: bool

    async def lines(self, words: Language, reader: Principal) -> list[str]:
        """What was spent today; whom it was spent for, the shell alone is told, others only of themselves.

        Raises StoreError.
        """
        today = await self.budget.today()
        if reader != SHELL:
            own = str(reader)
            whom = {key: spent for key, spent in today.by_key.items() if key == own}
        else:
            whom = today.by_key
        return list(spending_lines(today, words, self.zone, whom, has_model=self.has_model))


def spending_lines(
    today: Today, words: Language, zone: str, whom: Mapping[str, Spent], *, has_model: bool
) -> Iterable[str]:
    """A line for each model, for each cap and for those it was spent for; none without a model that was not asked
    either. zone: of the budget's day. whom: for whom it was spent, as far as the reader may know."""
    by_model = today.by_model
    if not by_model and not has_model:
        return
    day = today.day.isoformat() if today.day else ""
    if not by_model:
        yield words.text("spending.nothing", day=day, zone=zone)
    for model, spent in by_model.items():
        yield words.text(
            "spending.model",
            day=day,
            zone=zone,
            model=markup.markdown(model),
            calls=words.text("spending.calls", n=spent.calls),
            tokens_in=_tokens(words, spent.tokens_in, spent),
            cached=_cached(words, spent),
            tokens_out=_tokens(words, spent.tokens_out, spent),
            cost=_cost(words, spent),
        )
    if today.caps.tokens is not None and today.tokens_left is not None:
        yield words.text("spending.cap_tokens", cap=f"{today.caps.tokens:,}", left=f"{today.tokens_left:,}")
    if today.caps.usd is not None and today.usd_left is not None:
        yield words.text("spending.cap_usd", cap=_usd(today.caps.usd), left=_usd(today.usd_left))
    most = [
        words.text(
            "spending.for", whom=markup.markdown(key), tokens=f"{spent.tokens:,}", cost=_cost(words, spent)
        )
        for key, spent in list(whom.items())[:MOST_KEYS]
    ]
    if most:
        yield words.text("spending.most", keys=most)


def _tokens(words: Language, tokens: int | None, spent: Spent) -> str:
    if tokens is None:
        return words.text("spending.unknown")
    told = f"{tokens:,}"
    return words.text("spending.at_least", figure=told) if spent.untold else told


def _cached(words: Language, spent: Spent) -> str:
    return words.text("spending.cached", tokens=f"{spent.tokens_cached:,}") if spent.tokens_cached else ""


def _cost(words: Language, spent: Spent) -> str:
    if spent.cost_usd is None:
        return words.text("spending.cost_unknown")
    told = _usd(spent.cost_usd)
    return words.text("spending.at_least", figure=told) if spent.unpriced else told


def _usd(usd: float) -> str:
    """Cents, and as many digits as it takes to tell a small amount from nothing."""
    return f"${usd:,.2f}" if usd == 0 or usd >= 0.1 else f"${usd:.2g}" if usd >= 0.0001 else "<$0.0001"

"""Spending: what calls of models took, what that costs, and the port through which a day's caps are kept.

    take an estimate -> ask -> settle it by what was told

Prices are those of the settings; there is no table of them here, since prices go stale.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

MILLION: Final = 1_000_000

_PRICE: Final = re.compile(r"\s*(?P<model>[^\s=;]+)\s*=(?P<figures>[^=]*)")
_FIGURE: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,9})?")

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens. cached_usd: of input that the provider's prefix cache served; None is as any other."""

    input_usd: float
    output_usd: float
    cached_usd: float | None = None

    def cost(self, tokens_in: int, tokens_out: int, tokens_cached: int = 0) -> float:
        """In USD. tokens_cached: those of `tokens_in` that a cache served."""
        cached_usd = self.input_usd if self.cached_usd is None else self.cached_usd
        fresh = max(tokens_in - tokens_cached, 0)
        return (fresh * self.input_usd + tokens_cached * cached_usd + tokens_out * self.output_usd) / MILLION


def parse_prices(text: str) -> dict[str, Price]:
    """`provider:name=input/output[/cached]`, comma-separated -> prices by model.

    Raises ValueError that says what is wrong.
    """
    prices: dict[str, Price] = {}
    for part in filter(str.strip, text.split(",")):
        found = _PRICE.fullmatch(part)
        figures = [figure.strip() for figure in found["figures"].split("/")] if found else []
        if not (found and len(figures) in (2, 3) and all(map(_FIGURE.fullmatch, figures))):
            raise ValueError(
                "provider:model=input/output or provider:model=input/output/cached expected, in USD per million"
                f" tokens, not {part.strip()!r}"
            )
        if found["model"] in prices:
            raise ValueError(f"two prices for {found['model']}")
        prices[found["model"]] = Price(*map(float, figures))
    return prices


@dataclass(frozen=True, slots=True)
class Spent:
    """What some calls took.

    Tokens and cost are the sums of what is known, and None where nothing is: unknown is not 0.
    tokens_cached: those of `tokens_in` that a prefix cache served, as far as servers tell; what they do not tell is
    priced as any other input.
    untold: calls of which the tokens are unknown. unpriced: calls of which the cost is. While one is not 0, its sums
    are lower bounds.
    """

    calls: int = 0
    tokens_in: int | None = 0
    tokens_out: int | None = 0
    tokens_cached: int | None = 0
    cost_usd: float | None = 0.0
    untold: int = 0
    unpriced: int = 0

    @classmethod
    def by_call(
        cls, tokens_in: int, tokens_out: int, tokens_cached: int | None = None, *, price: Price | None
    ) -> Spent:
        """One call whose server told its tokens."""
        cost = None if price is None else price.cost(tokens_in, tokens_out, tokens_cached or 0)
        return cls(1, tokens_in, tokens_out, tokens_cached, cost, unpriced=int(cost is None))

    @classmethod
    def untold_call(cls, price: Price | None = None) -> Spent:
        """One call whose tokens nobody told; only at a price of 0 is its cost known all the same."""
        if price is not None and not any((price.input_usd, price.output_usd, price.cached_usd)):
            return cls(1, None, None, None, 0.0, untold=1)
        return cls(1, None, None, None, None, untold=1, unpriced=1)

    @property
    def tokens(self) -> int:
        """In and out, as far as they are known."""
        return (self.tokens_in or 0) + (self.tokens_out or 0)

    @property
    def whole_cost_usd(self) -> float | None:
        """The cost of all calls, None while that of one is unknown."""
        return None if self.unpriced else self.cost_usd

    def __add__(self, other: Spent) -> Spent:
        if not self.calls or not other.calls:
            return self if self.calls else other
        return Spent(
            self.calls + other.calls,
            _sum(self.tokens_in, other.tokens_in),
            _sum(self.tokens_out, other.tokens_out),
            _sum(self.tokens_cached, other.tokens_cached),
            _sum(self.cost_usd, other.cost_usd),
            self.untold + other.untold,
            self.unpriced + other.unpriced,
        )


def total(parts: Iterable[Spent]) -> Spent:
    """The sum; of nothing, a Spent without a call."""
    return sum(parts, Spent())


def _sum(one: N | None, other: N | None) -> N | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other


@dataclass(frozen=True, slots=True)
class Caps:
    """What a day may take; None is without end.

    tokens: in and out together, those from a prefix cache included, of all models. usd: the cost of all models.
    """

    tokens: int | None = None
    usd: float | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An estimate that was set aside.

    id: tells it from all others. day: whose caps it counts against, also when it is settled after midnight.
    key: whom it is for, as the caller names it. cost_usd: None where the model's price is unknown.
    """

    id: str
    day: date | None
    key: str
    model: str
    tokens_in: int
    tokens_out: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """What one model took for one key in one day."""

    model: str
    key: str
    spent: Spent


@dataclass(frozen=True, slots=True)
class Today:
    """What a day took until now.

    day: in the budget's zone; None where days are not told apart. rows: what was settled.
    counted: tokens and USD that count against the caps: what was settled, and what is still set aside.
    """

    day: date | None
    rows: tuple[Row, ...] = ()
    caps: Caps = Caps()
    counted_tokens: int = 0
    counted_usd: float = 0.0

    @property
    def spent(self) -> Spent:
        return total(row.spent for row in self.rows)

    @property
    def by_model(self) -> dict[str, Spent]:
        """The one that took most tokens first."""
        return _grouped((row.model, row.spent) for row in self.rows)

    @property
    def by_key(self) -> dict[str, Spent]:
        """The one that took most tokens first."""
        return _grouped((row.key, row.spent) for row in self.rows)

    @property
    def tokens_left(self) -> int | None:
        """None without a cap."""
        return None if self.caps.tokens is None else max(0, self.caps.tokens - self.counted_tokens)

    @property
    def usd_left(self) -> float | None:
        """None without a cap."""
        return None if self.caps.usd is None else max(0.0, self.caps.usd - self.counted_usd)


def _grouped(parts: Iterable[tuple[str, Spent]]) -> dict[str, Spent]:
    sums: dict[str, Spent] = {}
    for name, spent in parts:
        sums[name] = sums.get(name, Spent()) + spent
    return dict(sorted(sums.items(), key=lambda each: (-each[1].tokens, each[0])))


class Budget(Protocol):
    """Keeps a day's caps. Each estimate that was taken is settled, with `Spent()` when nothing was asked after all."""

    async def take(self, key: str, model: str, tokens_in: int, tokens_out: int) -> Taken | None:
        """Set an estimate aside against today's caps; None when that would pass one: nothing is set aside then.

        An estimate of nothing passes no cap: so is counted what was spent without one.
        """
        ...

    async def settle(self, taken: Taken, spent: Spent) -> None:
        """Put what was truly spent in the place of the estimate. Of calls that told no tokens the estimate stays, if
        it is more than what is known. Settling twice settles once."""
        ...

    async def today(self) -> Today:
        """What was spent today, for people to read."""
        ...


def counted(taken: Taken, spent: Spent) -> tuple[int, float]:
    """Tokens and USD that count against the caps once `taken` is settled by `spent`: never less than the estimate
    where something of `spent` is unknown."""
    tokens = max(spent.tokens, taken.tokens_in + taken.tokens_out) if spent.untold else spent.tokens
    usd = spent.cost_usd or 0.0
    return tokens, max(usd, taken.cost_usd or 0.0) if spent.unpriced else usd


@dataclass(slots=True)
class Unlimited:
    """A budget without caps that counts in memory, since it was made: for tests, and for where there is no store."""

    prices: Mapping[str, Price] = field(default_factory=dict)
    _rows: dict[tuple[str, str], Spent] = field(default_factory=dict)
    _open: dict[str, Taken] = field(default_factory=dict)
    _ids: Counter[str] = field(default_factory=Counter)

    async def take(self, key: str, model: str, tokens_in: int, tokens_out: int) -> Taken | None:
        self._ids["taken"] += 1
        price = self.prices.get(model)
        cost = price.cost(tokens_in, tokens_out) if price else None
        taken = Taken(str(self._ids["taken"]), None, key, model, tokens_in, tokens_out, cost)
        self._open[taken.id] = taken
        return taken

    async def settle(self, taken: Taken, spent: Spent) -> None:
        if self._open.pop(taken.id, None) is not None:
            place = (taken.model, taken.key)
            self._rows[place] = self._rows.get(place, Spent()) + spent

    async def today(self) -> Today:
        rows = tuple(Row(model, key, spent) for (model, key), spent in self._rows.items() if spent.calls)
        aside = self._open.values()
        return Today(
            None,
            rows,
            Caps(),
            sum(row.spent.tokens for row in rows) + sum(each.tokens_in + each.tokens_out for each in aside),
            sum(row.spent.cost_usd or 0.0 for row in rows) + sum(each.cost_usd or 0.0 for each in aside),
        )

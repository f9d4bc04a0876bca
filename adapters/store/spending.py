"""Spending, by day: what was set aside and what was spent, so that all processes keep the same caps.

A day is a calendar day of the budget's zone, by the clock that is handed in. An estimate is counted from `take` on, and
whoever dies before `settle` leaves it counted until the day is over: rather too little is spent than too much. Days are
kept for 400 days, so that one can be held against that of the year before.
"""

from __future__ import annotations

import asyncio
import json
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from adapters.store.room import REFUSED, passed_over
from summarizer.errors import StoreError
from summarizer.spending import Caps, Row, Spent, Taken, Today, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from adapters.store.connection import Connection
    from summarizer.spending import Price

KEEP_S: Final = 400 * 86_400

NANO: Final = 1_000_000_000
"""USD are kept as whole billionths: servers add integers exactly, and a token costs thousands of them."""

FIGURES: Final = ("calls", "tokens_in", "tokens_out", "tokens_cached", "nano_usd", "untold", "unpriced")

# Both may be sent again because a reply was lost: what was done already is not done twice.
_TAKE: Final = """
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 1 end
local function passes(field, more, cap)
    local had = tonumber(redis.call('HGET', KEYS[1], field) or '0')
    return cap ~= '' and tonumber(more) > 0 and had + tonumber(more) > tonumber(cap)
end
if passes('tokens', ARGV[2], ARGV[4]) or passes('nano_usd', ARGV[3], ARGV[5]) then return 0 end
redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[2])
redis.call('HINCRBY', KEYS[1], 'nano_usd', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('EXPIRE', KEYS[2], ARGV[6])
return 1
"""
_SETTLE: Final = """
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return 0 end
for at = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1]) end
return 1
"""


class Spending:
    """Fills `summarizer.spending.Budget`. Every method raises StoreError."""

    def __init__(
        self,
        connection: Connection,
        caps: Caps,
        prices: Mapping[str, Price],
        *,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        """prices: by model. zone: where midnight ends a day. now: aware."""
        self._connection = connection
        self._caps = caps
        self._prices = prices
        self._zone = zone
        self._now = now

    async def take(self, key: str, model: str, tokens_in: int, tokens_out: int) -> Taken | None:
        """As `Budget.take`. Where costs are capped, nothing can be had for a model of unknown price."""
        price = self._prices.get(model)
        cost = None if price is None else price.cost(tokens_in, tokens_out)
        if cost is None and self._caps.usd is not None and tokens_in + tokens_out > 0:
            return None
        day = self._day
        taken = Taken(token_hex(8), day, key, model, tokens_in, tokens_out, cost)
        asked = asyncio.ensure_future(
            self._connection.call(
                "EVAL",
                _TAKE,
                2,
                *_keys(day),
                taken.id,
                tokens_in + tokens_out,
                _nano(cost or 0.0),
                "" if self._caps.tokens is None else self._caps.tokens,
                "" if self._caps.usd is None else _nano(self._caps.usd),
                KEEP_S,
            )
        )
        try:
            granted = await asyncio.shield(asked)
        except StoreError as error:
            if error.key not in REFUSED:
                raise
            # what cannot be counted is not spent where there is a cap
            return taken if self._caps == Caps() else None
        except asyncio.CancelledError:
            if await asked:  # nobody else would ever settle it
                await self.settle(taken, Spent())
            raise
        return taken if granted else None

    async def settle(self, taken: Taken, spent: Spent) -> None:
        """As `Budget.settle`; it counts for the day of `taken`."""
        if taken.day is None:
            raise ValueError("taken from another budget")
        tokens, usd = counted(taken, spent)
        changes: list[str | int] = [
            "tokens",
            tokens - taken.tokens_in - taken.tokens_out,
            "nano_usd",
            _nano(usd) - _nano(taken.cost_usd or 0.0),
        ]
        for figure, value in _figures(spent):
            changes += [_field(figure, taken.model, taken.key), value]
        with passed_over("spending"):
            await self._connection.call("EVAL", _SETTLE, 2, *_keys(taken.day), taken.id, *changes)

    async def today(self) -> Today:
        """As `Budget.today`."""
        return await self.on(self._day)

    async def on(self, day: date) -> Today:
        """What a day of the last 400 took, with the caps as they are now."""
        reply: dict[bytes, bytes] = await self._connection.call("HGETALL", _keys(day)[0])
        fields = {name.decode(): int(value) for name, value in reply.items()}
        tokens, nano = fields.pop("tokens", 0), fields.pop("nano_usd", 0)
        return Today(day, tuple(_rows(fields)), self._caps, tokens, nano / NANO)

    @property
    def _day(self) -> date:
        return self._now().astimezone(self._zone).date()


def _keys(day: date) -> tuple[str, str]:
    return f"vllm-digest:spending:{{{day.isoformat()}}}", f"vllm-digest:spending:{{{day.isoformat()}}}:aside"


def _field(figure: str, model: str, key: str) -> str:
    return json.dumps([figure, model, key], ensure_ascii=False)


def _nano(usd: float) -> int:
    return round(usd * NANO)


def _figures(spent: Spent) -> Iterable[tuple[str, int]]:
    """What is known of it; a figure that is not there when it is read is unknown."""
    if not spent.calls:
        return
    cost = None if spent.cost_usd is None else _nano(spent.cost_usd)
    values = (
        spent.calls, spent.tokens_in, spent.tokens_out, spent.tokens_cached, cost, spent.untold, spent.unpriced,
    )  # fmt: skip
    for figure, value in zip(FIGURES, values, strict=True):
        if value is not None:
            yield figure, value


def _rows(fields: Mapping[str, int]) -> Iterable[Row]:
    places: dict[tuple[str, str], dict[str, int]] = {}
    for name, value in fields.items():
        figure, model, key = json.loads(name)
        places.setdefault((model, key), {})[figure] = value
    for (model, key), told in sorted(places.items()):
        nano = told.get("nano_usd")
        yield Row(
            model,
            key,
            Spent(
                told["calls"],
                told.get("tokens_in"),
                told.get("tokens_out"),
                told.get("tokens_cached"),
                None if nano is None else nano / NANO,
                told["untold"],
                told["unpriced"],
            ),
        )

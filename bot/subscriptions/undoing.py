"""Undoing: deliveries that failed are looked at and tried again, and what was posted is taken back; by managers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat import Offer, Reply
from adapters.chat.delivering import Undelivered
from bot.managers import speaker
from bot.subscriptions.destinations import is_local, team_of
from bot.subscriptions.listing import taken_back, troubled
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from adapters.chat import Context
    from bot.delivery.model import Delivery
    from bot.subscriptions.changing import Asked
    from bot.subscriptions.commands import LedgerBook
    from bot.subscriptions.sight import Sight
    from summarizer.errors import DigestError


class Undoing:
    """Does it in the workspace or on the server of who asks; the shell does it everywhere."""

    def __init__(self, ledger: LedgerBook, sight: Sight) -> None:
        self._ledger = ledger
        self._sight = sight

    async def deliveries(self, id_: str, asked: Asked) -> Reply:
        """Those that need a look; with an id, try that one again. Raises BadInput, StoreError."""
        team = self._team(asked.context)
        if not id_:
            rows = await self._ledger.troubled(team)
            offers = (Offer("retry", f"deliveries retry {rows[0].id}"),) if len(rows) == 1 else ()
            return asked.reply(troubled(rows, asked.words, asked.tz), offers)
        row = await self._ledger.get(id_)
        is_theirs = row is not None and team in (None, f"{row.destination.platform}:{row.destination.team}")
        if not is_theirs or not await self._ledger.retry(id_):
            raise BadInput("subscriptions.no_delivery", id=id_)
        return asked.reply([asked.words.text("deliveries.retried", id=id_)])

    async def retract(self, link_or_digest: str, asked: Asked) -> Reply:
        """Take back what was posted by that link or id. Raises BadInput, StoreError."""
        rows = await self._ledger.find(link_or_digest, self._team(asked.context))
        gone: list[Delivery] = []
        problem: DigestError = BadInput("subscriptions.not_posted")
        for each in rows:
            try:
                row = await self._ledger.retract(each.id, speaker(asked.context))
            except Undelivered as trouble:
                problem, row = trouble.error, None
            except BadInput as trouble:
                problem, row = trouble, None
            gone += [row] if row is not None else []
        if not gone:
            raise problem
        left = [asked.words.problem(problem)] if len(gone) < len(rows) else []
        return asked.reply([taken_back(gone, asked.words), *left])

    def _team(self, context: Context) -> str | None:
        """Whose deliveries somebody rules, None for all. Raises BadInput for those who rule none."""
        if is_local(context):
            return None
        if not self._sight.managers.includes(context):
            raise BadInput("subscriptions.managers")
        team = team_of(context)
        if not team:
            raise BadInput("subscriptions.no_team")
        return f"{context.surface}:{team}"

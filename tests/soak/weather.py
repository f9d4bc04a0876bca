"""The weather of the storm: how the platforms fail, at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from bot.delivery.timings import Timings
    from tests.servers.discord import DiscordServer
    from tests.servers.slack import SlackServer

FOREVER = 10**9


class Weather:
    """Faults of both platforms. beyond: effects that came later than deadline and quarantine together, after each of
    which a part may be there twice."""

    def __init__(
        self, slack: SlackServer, discord: DiscordServer, timings: Timings, chance: random.Random
    ) -> None:
        self._slack = slack
        self._discord = discord
        self._timings = timings
        self._chance = chance
        self.beyond = 0
        self.met = 0

    def begin(self, each: float) -> None:
        """each: the chance of each kind of fault, of every post."""
        post = "chat.postMessage"
        self._slack.history_lags_s = self._timings.quarantine_s / 3
        self._slack.fail(post, status=429, retry_after=0, times=FOREVER, when=self._with(each))
        self._slack.fail(post, status=500, times=FOREVER, when=self._with(each))
        self._slack.fail(post, times=FOREVER, when=self._with(each))
        self._slack.fail(post, times=FOREVER, after_effect=True, when=self._with(2 * each))
        self._slack.fail(post, delay=self._timings.deadline_s * 1.5, times=FOREVER, when=self._with(each / 4))
        for late in self._lates():
            self._slack.fail(post, times=FOREVER, late=late, when=self._with(each / 3, late))
        route = "POST /channels/*/messages"
        self._discord.fail(route, 500, times=FOREVER, when=self._with(each))
        self._discord.fail(route, 502, times=FOREVER, after_effect=True, when=self._with(2 * each))
        for late in self._lates():
            self._discord.late(route, late, FOREVER, when=self._with(each / 3, late))

    def end(self) -> None:
        """From now on nothing fails; what comes late still comes."""
        self._slack.faults.clear()
        self._discord.faults.clear()

    def _lates(self) -> tuple[float, float, float]:
        """Before the deadline, within the quarantine, and after it."""
        deadline, quarantine = self._timings.deadline_s, self._timings.quarantine_s
        return deadline / 3, deadline + quarantine / 4, (deadline + quarantine) * 1.5

    def _with(self, chance: float, late: float = 0.0) -> Callable[[Any], bool]:
        def meets(_call: object) -> bool:
            if self._chance.random() >= chance:
                return False
            self.met += 1
            self.beyond += late > self._timings.deadline_s + self._timings.quarantine_s
            return True

        return meets

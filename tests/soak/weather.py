"""The weather of the storm: how the platforms fail, at random."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from bot.delivery.timings import Timings
    from tests.servers.discord import DiscordServer
    from tests.servers.slack import SlackServer

FOREVER = 10**9


class Weather:
    """Faults of both platforms. beyond: by part, the effects that came later than deadline and quarantine
    together, after each of which that part may be there once more."""

    def __init__(
        self, slack: SlackServer, discord: DiscordServer, timings: Timings, chance: random.Random
    ) -> None:
        self._slack = slack
        self._discord = discord
        self._timings = timings
        self._chance = chance
        self.beyond: Counter[object] = Counter()
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
        is_beyond = late > self._timings.deadline_s + self._timings.quarantine_s

        def meets(call: Any) -> bool:  # noqa: ANN401 - of either platform
            if self._chance.random() >= chance:
                return False
            self.met += 1
            if is_beyond:
                self.beyond.update(marks_of(call))
            return True

        return meets


def marks_of(call: Any) -> set[object]:  # noqa: ANN401 - of either platform
    """What the part that a request posts is counted by: on Slack its delivery and name, on Discord the ids of its
    components, one of which is its own."""
    if hasattr(call, "body"):
        return set(component_ids(call.body.get("components") or ()))
    metadata = call.args.get("metadata") or {}
    told = (json.loads(metadata) if isinstance(metadata, str) else metadata).get("event_payload", {})
    return {(told["delivery"], told["part"])} if "delivery" in told else set()


def component_ids(components: Sequence[Any]) -> set[int]:
    """The ids of a message's components, those within others too."""
    found: set[int] = set()
    for each in components:
        found |= {each["id"]} if "id" in each else set()
        found |= component_ids(each.get("components") or ())
    return found

"""Slack's rate limits: a bucket for each method of a workspace, each channel, and all posts of a workspace."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tests.servers.slack import limits
from tests.servers.slack.records import Call


@dataclass(slots=True)
class _Bucket:
    per_minute: float
    burst: float
    left: float
    at: float

    def take(self, now: float) -> float:
        """0.0 and one is taken, else the seconds until there is one."""
        self.left = min(self.burst, self.left + (now - self.at) * self.per_minute / 60)
        self.at = now
        if self.left >= 1:
            self.left -= 1
            return 0.0
        return (1 - self.left) * 60 / self.per_minute


@dataclass(slots=True)
class Pace:
    """The limits. is_enforced: whether a request over the pace is answered 429; what came over it stands in `over`
    either way. tiers: requests a minute of each tier. tier_burst: how many a tier allows at once, at least.
    channel_per_minute, channel_burst: posts of a channel. posts_per_minute: posts of a workspace."""

    is_enforced: bool = False
    tiers: dict[int, float] = field(default_factory=lambda: dict(limits.TIERS))
    tier_burst: float = limits.TIER_BURST
    channel_per_minute: float = limits.CHANNEL_PER_MINUTE
    channel_burst: float = limits.CHANNEL_BURST
    posts_per_minute: float = limits.POSTS_PER_MINUTE
    over: list[Call] = field(default_factory=list)
    _buckets: dict[tuple[str, ...], _Bucket] = field(default_factory=dict)

    def take(self, call: Call, tier: int, channel: str = "") -> int:
        """Count a request. channel: where it posts, empty for what posts nothing. Returns the seconds of Retry-After, 0
        where it may pass."""
        waits = []
        if channel:
            waits.append(
                self._wait(("channel", call.team, channel), self.channel_per_minute, self.channel_burst, call)
            )
            waits.append(self._wait(("posts", call.team), self.posts_per_minute, self.posts_per_minute, call))
        else:
            per_minute = self.tiers[tier]
            waits.append(
                self._wait((call.method, call.team), per_minute, max(self.tier_burst, per_minute), call)
            )
        wait = max(waits)
        if wait > 0:
            self.over.append(call)
        return max(1, math.ceil(wait)) if wait > 0 and self.is_enforced else 0

    def _wait(self, key: tuple[str, ...], per_minute: float, burst: float, call: Call) -> float:
        now = call.mono or time.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(per_minute, burst, burst, now))
        return bucket.take(now)

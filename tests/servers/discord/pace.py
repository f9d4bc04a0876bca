"""Discord's rate limits: a bucket for each route and its major parameter, and one for all requests
(docs.discord.com/developers/topics/rate-limits)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from tests.servers.discord.records import Call

_MAJOR: Final = ("channel", "guild", "application", "token")


@dataclass(slots=True)
class Window:
    """What is left of one bucket. ends: monotonic seconds."""

    limit: int
    per: float
    left: int
    ends: float

    def take(self, now: float) -> float:
        """0.0 and one is taken, else the seconds until there are more."""
        if now >= self.ends:
            self.left, self.ends = self.limit, now + self.per
        if self.left > 0:
            self.left -= 1
            return 0.0
        return self.ends - now


@dataclass(slots=True)
class Pace:
    """The limits. limit, per: of each bucket, wide unless `narrow` says otherwise, so that tests do not wait. in_all:
    requests a second of the bot; interactions and their webhooks do not count."""

    limit: int = 1_000
    per: float = 1.0
    in_all: int = 1_000
    over: list[Call] = field(default_factory=list)
    _narrow: list[tuple[str, int, float]] = field(default_factory=list)
    _windows: dict[str, Window] = field(default_factory=dict)

    def narrow(self, pattern: str, limit: int, per: float) -> None:
        """Buckets of `limit` requests in `per` seconds for the routes that `pattern` matches, as in `fail`."""
        self._narrow.append((pattern, limit, per))
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        self._windows.clear()

    def take(self, call: Call) -> tuple[float, bool, dict[str, str]]:
        """Count a request: the seconds to wait (0.0 where it may pass), whether for the limit on all, and the headers
        of the answer."""
        now = time.monotonic()
        everything = self._windows.setdefault("", Window(self.in_all, 1.0, self.in_all, now + 1.0))
        everything.limit = self.in_all
        if (
            not call.route.startswith(("POST /interactions", "* /webhooks"))
            and "/webhooks/" not in call.route
        ):
            wait = everything.take(now)
            if wait > 0:
                self.over.append(call)
                return wait, True, {"X-RateLimit-Global": "true", "Retry-After": str(int(wait) + 1)}
        limit, per = self.limit, self.per
        for pattern, narrow, seconds in self._narrow:
            if matches(pattern, call):
                limit, per = narrow, seconds
        major = ":".join(call.args[name] for name in _MAJOR if name in call.args)
        window = self._windows.setdefault(f"{call.route} {major}", Window(limit, per, limit, now + per))
        wait = window.take(now)
        if wait > 0:
            self.over.append(call)
        return wait, False, self._headers(call, window, now)

    def _headers(self, call: Call, window: Window, now: float) -> dict[str, str]:
        after = max(0.0, window.ends - now)
        return {
            "X-RateLimit-Limit": str(window.limit),
            "X-RateLimit-Remaining": str(window.left),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(call.route.encode()).hexdigest()[:32],
        }


def matches(pattern: str, call: Call) -> bool:
    """pattern: `*` for any; `POST /channels/*/messages` for a method and a path with `*`, of which each stands for any
    text; a route's own name as well, `POST /channels/{channel}/messages`."""
    return (
        pattern in ("*", call.route)
        or fnmatchcase(f"{call.method} {call.path}", pattern)
        or fnmatchcase(call.path, pattern)
    )

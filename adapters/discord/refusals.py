"""Refusals: Discord's status codes and error codes -> DiscordError. Pure.

docs.discord.com/developers/topics/opcodes-and-status-codes, "JSON Error Codes".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from discord import Permissions

from adapters.discord.errors import Ambiguous, BodyRefused, DiscordError, NoPermission, RateLimited

if TYPE_CHECKING:
    from collections.abc import Mapping

INVALID_BODY: Final = 50035
"""Something in the request's body is not as Discord wants it; it says where."""

THREAD_EXISTS: Final = 160004
ALREADY_CROSSPOSTED: Final = 40033

WITHOUT_RETRY_AFTER_S: Final = 60.0
"""The pause after a refusal that does not tell how long it holds, such as those in front of Discord."""

_NO_ACCESS: Final = 50001
_NO_PERMISSION: Final = 50013
_NO_HISTORY: Final = 160002

_KEYS: Final[Mapping[int, str]] = {
    10003: "gone",
    10004: "gone",
    10008: "message_gone",
    10013: "no_dm",
    10015: "expired",
    10062: "expired",
    20009: "blocked",  # explicit content
    20016: "slow",
    20022: "slow",  # edits in an announcement channel
    20028: "slow",
    30046: "message_gone",  # too many edits of a message that is older than an hour
    40003: "slow",  # direct messages opened too fast
    40005: "too_large",
    40058: "wrong_channel",
    40060: "expired",  # answered already
    40067: "needs_tag",
    50003: "wrong_channel",
    50005: "message_gone",
    50007: "no_dm",
    50008: "wrong_channel",
    50014: "bad_token",
    50021: "message_gone",
    50024: "wrong_channel",
    50027: "expired",
    50045: "too_large",
    50068: "wrong_channel",
    50083: "locked",
    50278: "no_dm",
    160005: "locked",
    160006: "no_threads",
    160007: "no_threads",
    200000: "blocked",
    200001: "blocked",
    240000: "blocked",
}

_PATH: Final = re.compile(r"^In ([A-Za-z0-9_.]{1,200}): ", re.MULTILINE)


def refusal(
    status: int,
    code: int,
    text: str = "",
    headers: Mapping[str, str] | None = None,
    *,
    repeatable: bool = True,
) -> DiscordError:
    """What an answer other than a 2xx means. status: of HTTP. code: Discord's, 0 for none. text: as discord.py makes it
    of the answer; only where in the body something is wrong is taken from it, never what stood there.

    repeatable: the same request may be made again, so that a failure of Discord's own is no ambiguous end.
    """
    key = _KEYS.get(code)
    if key:
        return DiscordError(f"discord.{key}")
    if status == 429:
        return RateLimited(_wait_s(headers or {}))
    if code in (_NO_ACCESS, _NO_PERMISSION, _NO_HISTORY):
        return NoPermission(
            Permissions(
                view_channel=code == _NO_ACCESS,
                send_messages=code == _NO_PERMISSION,  # Discord does not say which one it is
                read_message_history=code == _NO_HISTORY,
            ),
            is_guess=code == _NO_PERMISSION,
        )
    if status == 401:
        return DiscordError("discord.bad_token")
    if status == 413:
        return DiscordError("discord.too_large")
    if status >= 500:
        return DiscordError("discord.unreachable") if repeatable else Ambiguous()
    if code == INVALID_BODY:
        return BodyRefused(str(code), tuple(_PATH.findall(text)))
    return DiscordError("discord.refused", error=str(code or f"HTTP {status}"))


def is_code(error: DiscordError, code: int) -> bool:
    """Whether it is the refusal with that code, of those that have no key of their own."""
    return error.key == "discord.refused" and error.values["error"] == str(code)


def _wait_s(headers: Mapping[str, str]) -> float:
    """Retry-After, in seconds."""
    stated = headers.get("Retry-After", "")
    return max(1.0, float(stated)) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", stated) else WITHOUT_RETRY_AFTER_S

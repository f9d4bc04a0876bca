"""Undelivered: what a DiscordError means for a part of a post. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.delivering import Later, Never, Shut, Unclear
from adapters.discord.errors import Ambiguous, NoPermission, RateLimited
from adapters.discord.refused import ends_posting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat.delivering import Reason, Undelivered
    from adapters.discord.errors import DiscordError

_LATER_S: Final[Mapping[str, float]] = {
    "discord.unreachable": 5.0,
    "discord.slow": 60.0,
    # one token is for all servers: nobody there can mend it, and nobody has to once it is mended
    "discord.bad_token": 300.0,
}
"""Nothing has happened, and it may go better after so many seconds."""

_LOCKED_S: Final = 600.0
"""Below a post whose thread a moderator has locked."""

_SHUT: Final[Mapping[str, Reason]] = {
    "discord.gone": "gone",
    "discord.no_dm": "no_dm",
    "discord.needs_tag": "no_permission",
    "discord.locked": "archived",
}
"""The place itself takes no post."""


def undelivered(error: DiscordError, *, is_below: bool) -> Undelivered:
    """What to raise for it. is_below: whether the part stands below the post, so that the place itself has taken that
    one."""
    if isinstance(error, Ambiguous):
        return Unclear(error)
    if isinstance(error, RateLimited):
        return Later(error, error.wait_s)
    if error.key in _LATER_S:
        return Later(error, _LATER_S[error.key])
    if is_below and error.key == "discord.locked":
        return Later(error, _LOCKED_S)
    if not is_below and error.key in _SHUT:
        return Shut(error, _SHUT[error.key])
    is_refused = isinstance(error, NoPermission) and ends_posting(error)
    # a thread may be closed to the bot whose channel is not
    if is_refused and (not is_below or may_be_removed(error)):
        return Shut(error, "no_permission")
    return Never(error)


def may_be_removed(error: DiscordError) -> bool:
    """Whether Discord says the same of a server that the bot is not on any more."""
    hidden = isinstance(error, NoPermission) and error.missing.view_channel
    return hidden or error.key == "discord.gone"


def is_unthreaded(error: DiscordError) -> bool:
    """Whether it says that the bot has no threads there, while the channel itself is open to it."""
    if isinstance(error, NoPermission):
        lacked = error.missing
        return not lacked.view_channel and (lacked.create_public_threads or lacked.send_messages_in_threads)
    return error.key == "discord.no_threads"

"""Acknowledging: the first word about an interaction, for which Discord waits three seconds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
import structlog

from adapters.chat.arriving import acknowledged as observed
from adapters.chat.arriving import named

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()

Interaction = discord.Interaction[Any]

CAME: Final = "came"
"""When an interaction came, on the monotonic clock, among what discord.py keeps of it for us."""

_ACKNOWLEDGED: Final = 40060
"""Discord's code "Interaction has already been acknowledged"
(docs.discord.com/developers/topics/opcodes-and-status-codes)."""


async def deferred(interaction: Interaction, *, is_public: bool = False) -> bool:
    """Acknowledge it as what is answered by a new message; see `acknowledged`. is_public: whether others see that."""
    return await acknowledged(
        interaction, lambda: interaction.response.defer(ephemeral=not is_public, thinking=True)
    )


async def acknowledged(interaction: Interaction, respond: Callable[[], Awaitable[object]]) -> bool:
    """Whether Discord has the first word about an interaction; if not, nothing can be said about it any more.

    A lost connection is made anew, once. One that Discord has already may be this one, whose answer was lost, or
    another process's that got the event too: `Work` sees to it that one of them goes on.
    """
    begun = interaction.extras.get(CAME, time.monotonic())
    for is_last in (False, True):
        try:
            await respond()
        except discord.NotFound:
            log.warning("interaction expired", interaction=interaction.id)
            return False
        except discord.HTTPException as error:
            if error.code == _ACKNOWLEDGED:
                return True
            told = {"status": error.status, "code": error.code}
            log.error("interaction not acknowledged", interaction=interaction.id, **told)
            return False
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            if is_last:
                log.error(
                    "interaction not acknowledged", interaction=interaction.id, error=type(error).__name__
                )
        else:
            observed("discord", begun)
            return True
    return False


def came(interaction: Interaction) -> None:
    """Note when it came, and name what the log tells of it from here on."""
    interaction.extras[CAME] = time.monotonic()
    named()

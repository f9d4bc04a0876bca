"""Places: what holds in a channel, or on a whole server, for those who have set nothing themselves."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from bot.grammar import parse
from bot.grammar.tokens import quote
from bot.managers import ADMINS, speaker
from summarizer import languages
from summarizer.errors import BadInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.chat import Context, Scope
    from adapters.store.places import Places as KeptPlaces
    from adapters.store.places import PlaceSettings
    from bot.managers import Managers

log = structlog.get_logger()

NAMES: Final = ("lang", "tz")
"""What can be set for a place."""

KNOWN_S: Final = 5.0
"""For how long another process's change is not seen here."""
MOST_KNOWN: Final = 1_000

_LOCAL: Final = ("shell", "terminal")

_PERMISSIONS: Final = {("discord", "channel"): "manage_channels", ("discord", "server"): "manage_server"}
_ADMINISTRATOR: Final = "administrator"
"""Where a platform has no permission for it."""


class Permission(str):
    """A permission's key below `[places.permission]`. A template shows its name in a language: `{permission:zh}`."""

    __slots__ = ()

    def __format__(self, code: str) -> str:
        """code: of the language; whoever raises an error does not know who will read it."""
        return languages.load(code or "en").text(f"places.permission.{self!s}")


class Places:
    """Fills in what nobody said, and lets those change it who may."""

    def __init__(
        self, kept: KeptPlaces, managers: Managers, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """monotonic: seconds of a steady clock."""
        self._kept = kept
        self._managers = managers
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[str, ...], tuple[float, list[dict[str, str]]]] = OrderedDict()

    async def filled(self, context: Context) -> Context:
        """The context with the channel's, else the server's language and zone, where the platform tells none of the
        person. A store that cannot tell leaves it as it is."""
        keys = [key for key in (_key("channel", context), _key("server", context)) if key]
        if not keys or (context.lang and context.tz):
            return context
        try:
            found = await self._found(*keys)
        except StoreError as error:
            log.warning("settings of a place not read", error=error.key)
            return context
        lang = context.lang or next((each["lang"] for each in found if "lang" in each), None)
        tz = context.tz or next((each["tz"] for each in found if "tz" in each), None)
        return replace(context, lang=lang, tz=tz)

    async def preferences(self, scope: Scope, context: Context) -> Mapping[str, str]:
        """What is set for the place itself. Raises BadInput `places.nowhere`, StoreError."""
        [settings] = await self._kept.load(_place(scope, context))
        return _usable(settings)

    async def prefer(self, chosen: Mapping[str, str], scope: Scope, context: Context) -> None:
        """Set "lang" and "tz", "" for nothing.

        Raises BadInput (`places.nowhere`, `places.not_yours`, `places.managers`, `places.other`, and what the grammar
        refuses) and StoreError.
        """
        key = _place(scope, context)
        self._check(scope, context)
        for name in chosen:
            if name not in NAMES:
                raise BadInput("places.other", option=name)
        line = " ".join(f"{name}:{quote(value)}" for name, value in chosen.items() if value)
        options = parse(f"prefs {line}", surface="chat", conversation=False).options
        wanted = {name: getattr(options, name) or "" for name in chosen}
        await self._kept.set(key, wanted, team=f"{context.surface}:{context.team}")
        self._known.clear()
        log.info("settings of a place changed", place=key, team=context.team, by=speaker(context), **wanted)

    async def _found(self, *keys: str) -> list[dict[str, str]]:
        """What is set for the places. A line is answered in several steps, each of which asks."""
        now = self._monotonic()
        known = self._known.get(keys)
        if known is not None and now < known[0]:
            return known[1]
        found = [_usable(settings) for settings in await self._kept.load(*keys)]
        self._known[keys] = (now + KNOWN_S, found)
        self._known.move_to_end(keys)
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return found

    def _check(self, scope: Scope, context: Context) -> None:
        if self._managers.includes(context) or (scope == "channel" and context.manages_channel):
            return
        if scope == "server" and ADMINS not in self._managers.names:
            raise BadInput("places.managers")  # no permission of the platform's would do
        permission = Permission(_PERMISSIONS.get((context.surface, scope), _ADMINISTRATOR))
        raise BadInput("places.not_yours", permission=permission)


def _key(scope: Scope, context: Context) -> str:
    """The same for all who speak there; "" where there is no such place: outside of a server there is no channel."""
    id_ = context.channel and (context.channel if scope == "channel" else context.team)
    return f"{context.surface}-{scope}:{id_}" if id_ and context.surface not in _LOCAL else ""


def _place(scope: Scope, context: Context) -> str:
    key = _key(scope, context)
    if not key:
        raise BadInput("places.nowhere")
    return key


def _usable(settings: PlaceSettings) -> dict[str, str]:
    """What is set, without what means nothing any more: a language may have gone."""
    told = {"lang": settings.lang if settings.lang in languages.codes() else "", "tz": settings.tz}
    try:
        ZoneInfo(settings.tz)
    except (KeyError, ValueError, OSError):
        del told["tz"]
    return {name: value for name, value in told.items() if value}

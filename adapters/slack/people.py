"""People and channels: what Slack tells of them, and what is assumed where it does not. Answers never fail for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.slack import tiers
from adapters.slack.errors import SlackError
from adapters.slack.remembered import Remembered
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.slack.api import Api

log = structlog.get_logger()

PERSON_S: Final = 3600.0
TURN_S: Final = 0.15
"""How long somebody waits for their turn to be looked up: in a crowd the answer comes first, in the language that is
spoken there."""

CHANNEL_S: Final = 300.0
"""How long they are remembered. A channel may be shared or archived meanwhile; who is there is told in minutes."""

FAILED_S: Final = 10.0
FORBIDDEN_S: Final = 300.0
"""The same for what could not be read, and for what lacks a scope, which only a new installation mends."""

MOST: Final = 2_000
"""People, and channels, that are remembered of a workspace."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as Slack knows them. lang: a language of ours, None where their locale is another or unknown. tz: the
    name of their time zone. team: the id of their own workspace, another one's in Slack Connect; "" unknown."""

    id: str
    lang: str | None = None
    tz: str | None = None
    is_admin: bool = False
    is_bot: bool = False
    team: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation. is_shared: people of other organizations are in it, or are invited (Slack Connect).

    is_known: whether Slack told. Where it did not, the conversation counts as shared and private, which is the careful
    reading of both: what may not leave a workspace does not, and nobody is told its name.
    """

    id: str
    name: str = ""
    is_private: bool = True
    is_dm: bool = False
    is_archived: bool = False
    is_shared: bool = True
    is_member: bool = False
    is_known: bool = False


_SHARED: Final = ("is_ext_shared", "is_pending_ext_shared", "is_org_shared")


class People:
    """Looks up the people and channels of a workspace."""

    def __init__(self, api: Api, clock: Callable[[], float]) -> None:
        self._api = api
        self._people: Remembered[Person] = Remembered(MOST, clock)
        self._channels: Remembered[Channel] = Remembered(MOST, clock)

    async def person(self, user: str) -> Person:
        """Who that is. Where Slack does not tell in time, a Person of whom nothing but the id is known."""
        return await self._people.get(user, lambda: self._ask_person(user))

    async def channel(self, id: str) -> Channel:  # noqa: A002 - Slack's word
        """What that conversation is. Where Slack does not tell in time, one that is not known."""
        return await self._channels.get(id, lambda: self._ask_channel(id))

    async def _ask_person(self, user: str) -> tuple[Person, float]:
        try:
            answer = await self._api.call("users.info", user=user, include_locale=True, most_wait_s=TURN_S)
        except SlackError as error:
            return Person(user), _failed("users.info", error)
        return person_of(answer.data.get("user"), user), PERSON_S

    async def _ask_channel(self, id_: str) -> tuple[Channel, float]:
        try:
            answer = await self._api.call("conversations.info", channel=id_, most_wait_s=tiers.AT_ONCE_S)
        except SlackError as error:
            is_dm = id_.startswith("D")
            return Channel(id_, is_dm=is_dm), _failed("conversations.info", error)
        return channel_of(answer.data.get("channel"), id_), CHANNEL_S


def person_of(told: object, id: str) -> Person:  # noqa: A002 - Slack's word
    """A user object of Slack's (docs.slack.dev/reference/objects/user-object)."""
    user: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    profile = user.get("profile")
    home = profile.get("team") if isinstance(profile, Mapping) else ""
    return Person(
        id,
        lang=_language(user.get("locale")),
        tz=user.get("tz") or None,
        is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        is_bot=bool(user.get("is_bot")) or id == "USLACKBOT",
        team=str(user.get("team_id") or home or ""),
    )


def channel_of(told: object, id: str) -> Channel:  # noqa: A002 - Slack's word
    """A conversation object of Slack's (docs.slack.dev/reference/objects/conversation-object)."""
    if not isinstance(told, Mapping):
        return Channel(id)
    return Channel(
        id,
        name=str(told.get("name") or ""),
        is_private=bool(told.get("is_private") or told.get("is_im") or told.get("is_mpim")),
        is_dm=bool(told.get("is_im")),
        is_archived=bool(told.get("is_archived")),
        # with another organization, or with another workspace of ours
        is_shared=any(bool(told.get(name)) for name in _SHARED),
        is_member=bool(told.get("is_member") or told.get("is_im")),
        is_known=True,
    )


def _language(locale: object) -> str | None:
    """Ours for a locale such as "zh-CN"."""
    code = locale.partition("-")[0].lower() if isinstance(locale, str) else ""
    return code if code in languages.codes() else None


def _failed(method: str, error: SlackError) -> float:
    """How long to go without."""
    log.warning("slack did not tell", method=method, error=error.key, needed=error.values.get("needed"))
    return FORBIDDEN_S if error.key in ("slack.missing_scope", "slack.missing_scopes") else FAILED_S

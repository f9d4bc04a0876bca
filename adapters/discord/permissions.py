"""Permissions: what the bot needs on a server, what it was granted in a channel, and what they are called.

docs.discord.com/developers/topics/permissions, "Permission Overwrites".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from discord import Permissions

from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from summarizer.languages import Language

NEEDED: Final = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
"""All that any feature asks for. To publish an own message to followers takes no more than Send Messages
(docs.discord.com/developers/resources/message, "Crosspost Message")."""

ORDER: Final = (
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "create_public_threads",
    "embed_links",
    "attach_files",
    "read_message_history",
)
"""As they are listed to a person: first what all others depend on."""

AUTHORIZE_URL: Final = "https://discord.com/oauth2/authorize"


class Names(str):
    """Names of permissions, in English; in another language where a template asks for it: `{permissions:zh}`.

    Whoever raises an error does not know who will read it.
    """

    __slots__ = ("permissions",)

    permissions: Permissions

    def __new__(cls, permissions: Permissions) -> Names:
        made = super().__new__(cls, _listed(permissions, "en"))
        made.permissions = permissions
        return made

    def __format__(self, code: str) -> str:
        """code: of the language."""
        return _listed(self.permissions, code or "en")


def names(permissions: Permissions, language: Language) -> tuple[str, ...]:
    """The names, as Discord's client shows them in that language, of those permissions among `NEEDED`."""
    return tuple(language.text(f"discord.permission.{name}") for name in ORDER if getattr(permissions, name))


def missing(needed: Permissions, granted: Permissions) -> Permissions:
    """What of the needed was not granted."""
    return Permissions(needed.value & ~granted.value)


def granted(
    channel: Mapping[str, Any], guild: Mapping[str, Any], member: Mapping[str, Any], *, now: datetime
) -> Permissions:
    """What a member was granted in a channel; all three as Discord's REST API tells them.

    Where one is missing that all others depend on, such as View Channel, those stand for nothing and are told all the
    same: whoever grants the missing one grants enough.
    channel: of a thread its parent, whose overwrites hold there. now: aware, for a member who is in timeout.
    """
    user, everyone = str(member["user"]["id"]), str(guild["id"])
    if str(guild.get("owner_id")) == user:
        return Permissions.all()
    mine = {everyone, *map(str, member.get("roles") or ())}
    roles = (each for each in guild.get("roles") or () if str(each["id"]) in mine)
    value = 0
    for role in roles:
        value |= int(role["permissions"])
    if Permissions(value).administrator:
        return Permissions.all()
    written = {str(each["id"]): each for each in channel.get("permission_overwrites") or ()}
    value = _overwritten(value, [written[everyone]] if everyone in written else [])
    value = _overwritten(value, [each for id_, each in written.items() if id_ in mine - {everyone}])
    value = _overwritten(value, [written[user]] if user in written else [])
    if _is_in_timeout(member, now):
        value &= Permissions(view_channel=True, read_message_history=True).value
    return Permissions(value)


def invite_url(application_id: int) -> str:
    """The link that adds the bot and its commands to a server, with the permissions of `NEEDED` and no other.

    docs.discord.com/developers/topics/oauth2, "Bot Authorization Flow".
    """
    asked = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": NEEDED.value,
        "integration_type": 0,
    }
    return f"{AUTHORIZE_URL}?{urlencode(asked)}"


def user_install_url(application_id: int) -> str:
    """The link that adds the commands for one person, wherever they are; no permission is asked for.

    docs.discord.com/developers/resources/application, "Installation Context".
    """
    asked = {"client_id": application_id, "scope": "applications.commands", "integration_type": 1}
    return f"{AUTHORIZE_URL}?{urlencode(asked)}"


def _overwritten(value: int, overwrites: Iterable[Mapping[str, Any]]) -> int:
    """All that is denied goes before anything that is allowed comes."""
    allow = deny = 0
    for each in overwrites:
        allow, deny = allow | int(each["allow"]), deny | int(each["deny"])
    return value & ~deny | allow


def _is_in_timeout(member: Mapping[str, Any], now: datetime) -> bool:
    until = member.get("communication_disabled_until")
    return isinstance(until, str) and now < datetime.fromisoformat(until)


def _listed(permissions: Permissions, code: str) -> str:
    language = languages.load(code)
    return str(language.get("list.separator")).join(names(permissions, language))

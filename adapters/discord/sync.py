"""Sync: Discord is told of the commands where it does not know them as they are, and not at every start.

Discord allows 200 new commands a day and server, and a command that is written again is taken out of people's hands for
a moment (docs.discord.com/developers/interactions/application-commands, "Registering a Command").
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final, Protocol

import structlog
from discord.http import Route

from adapters.discord.errors import DiscordError
from adapters.discord.requests import called
from adapters.discord.translating import LanguageFiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from discord import app_commands
    from discord.http import HTTPClient

log = structlog.get_logger()

EVERYWHERE: Final = "global"
_GLOBAL_ONLY: Final = ("contexts", "integration_types", "dm_permission")
"""What Discord knows of commands that are no server's own."""
_NOT_THERE: Final = ("discord.gone", "discord.no_permission", "discord.no_permission_there")


class KeptHashes(Protocol):
    """Texts by name, which outlive the process. Both methods raise StoreError."""

    async def get(self, name: str) -> str | None: ...

    async def set(self, name: str, value: str) -> None: ...


async def sync(
    tree: app_commands.CommandTree[Any], application_id: int, guild_ids: Sequence[int], kept: KeptHashes
) -> bool:
    """Have Discord know the commands of the tree, whose client is logged in; whether it had to be told anything.

    guild_ids: the servers that get them as their own, at once and nobody else; none of them: everywhere. Where they
    were before they are taken away, once they are somewhere else.
    Raises DiscordError: `discord.commands_refused` with the server that has not let the app in with its commands, once
    the others have theirs; StoreError.
    """
    payload = await payload_of(tree)
    wanted = {
        scope: _of_guild(payload) if scope != EVERYWHERE else payload
        for scope in (str(each) for each in guild_ids or (EVERYWHERE,))
    }
    record = _Record(kept, application_id)
    known = await record.read()
    changed, refused = False, None
    for scope in dict.fromkeys((*wanted, *known)):
        if scope not in wanted and not any(known.get(each) for each in wanted):
            break  # refused everywhere: they stay where they were
        commands = wanted.get(scope, [])
        digest = _hash(commands) if scope in wanted else ""
        if known.get(scope) == digest and scope in wanted:
            continue
        # first, as where they are must be known even when the answer gets lost
        known[scope] = ""
        await record.write(known)
        changed = True
        try:
            await _overwrite(tree.client.http, application_id, scope, commands)
        except DiscordError as error:
            if scope == EVERYWHERE or error.key not in _NOT_THERE:
                raise
            if scope in wanted:
                refused = refused or DiscordError("discord.commands_refused", guild=scope)
                continue
        if scope in wanted:
            known[scope] = digest
        else:
            del known[scope]
        await record.write(known)
        log.info("discord commands synced", scope=scope, commands=len(commands))
    if refused is not None:
        raise refused
    return changed


async def payload_of(tree: app_commands.CommandTree[Any]) -> list[dict[str, Any]]:
    """The commands as Discord takes them, in each language."""
    words = LanguageFiles()
    return [await command.get_translated_payload(tree, words) for command in tree.get_commands()]


async def _overwrite(
    http: HTTPClient, application_id: int, scope: str, commands: Sequence[Mapping[str, Any]]
) -> None:
    of_guild = "" if scope == EVERYWHERE else "/guilds/{guild_id}"
    route = Route(
        "PUT",
        f"/applications/{{application_id}}{of_guild}/commands",
        application_id=application_id,
        guild_id=scope,
    )
    await called(http, route, json=list(commands))


def _of_guild(payload: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: told for key, told in each.items() if key not in _GLOBAL_ONLY} for each in payload]


def _hash(commands: Sequence[Mapping[str, Any]]) -> str:
    canonical = json.dumps(commands, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class _Record:
    """Where the commands are and as what: scope -> hash, "" where that is not certain."""

    def __init__(self, kept: KeptHashes, application_id: int) -> None:
        self._kept = kept
        self._name = f"discord commands {application_id}"

    async def read(self) -> dict[str, str]:
        """What another version wrote is as good as nothing."""
        try:
            told = json.loads(await self._kept.get(self._name) or "{}")
        except ValueError:
            return {}
        return {str(scope): str(each) for scope, each in told.items()} if isinstance(told, dict) else {}

    async def write(self, known: Mapping[str, str]) -> None:
        await self._kept.set(self._name, json.dumps(known, sort_keys=True))

"""What `doctor` finds of Discord: whether it takes the token, and what the bot may do on each of its servers."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

from discord import Permissions

from adapters.checking import Check, failed
from adapters.discord.identifies import LEFT
from adapters.discord.permissions import NEEDED, Names, invite_url, missing, user_install_url
from adapters.discord.trials import trial
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.checking import Outcome
    from adapters.discord.access import Access
    from adapters.discord.trials import Application, Guild, Starts, Trial

MOST_TOLD: Final = 20
"""Servers that are told one by one where nothing is lacking."""

FEW_STARTS: Final = 200
"""Of a day's thousand: whoever has so few left begins sessions again and again."""


async def check(access: Access) -> list[Check]:
    """All there is to be looked at. Never raises a DigestError."""
    async with trial(access.token, access.api_url) as asked:
        try:
            application = await asked.application()
        except DigestError as problem:
            return [failed("discord_bot", problem)]
        return [
            Check("discord_bot", "ok", "discord_bot", {"name": application.name}),
            *told_of(application),
            await _starts(asked),
            *await _guilds(asked, access.guild_ids),
            *links(application.id),
        ]


def told_of(application: Application) -> list[Check]:
    """What there is to be said of an application whose token Discord takes."""
    checks = [Check("discord_intents", "ok", "discord_intents")]
    if application.intents:
        values = {"intents": application.intents}
        checks = [Check("discord_intents", "warn", "discord_intents_surplus", values)]
    if application.has_endpoint:
        checks.append(Check("discord_app", "bad", "discord_endpoint"))
    if application.has_code_grant:
        checks.append(Check("discord_app", "bad", "discord_code_grant"))
    elif "server" not in application.installs:
        checks.append(Check("discord_app", "bad", "discord_no_servers"))
    elif "person" not in application.installs:
        checks.append(Check("discord_app", "warn", "discord_no_persons"))
    else:
        checks.append(Check("discord_app", "ok", "discord_installs"))
    if not application.is_public:
        checks.append(Check("discord_app", "ok", "discord_private"))
    return checks


def links(application_id: int) -> list[Check]:
    """The addresses that install it, with what it needs and no more."""
    return [
        Check("discord_invite", "ok", "discord_invite", {"url": invite_url(application_id)}),
        Check("discord_install", "ok", "discord_install", {"url": user_install_url(application_id)}),
    ]


async def _starts(asked: Trial) -> Check:
    try:
        starts = await asked.starts()
    except DigestError as problem:
        return failed("discord_starts", problem)
    return _told_starts(starts)


def _told_starts(starts: Starts) -> Check:
    values = {"n": starts.remaining, "total": starts.total, "hours": ceil(starts.reset_s / 3600)}
    if starts.remaining <= LEFT:  # where the bot stops by itself
        return Check("discord_starts", "bad", "discord_starts_none", values)
    if starts.remaining <= min(FEW_STARTS, starts.total):
        return Check("discord_starts", "warn", "discord_starts_few", values)
    return Check("discord_starts", "ok", "discord_starts", values)


async def _guilds(asked: Trial, wanted: Sequence[int]) -> list[Check]:
    try:
        guilds = await asked.guilds()
    except DigestError as problem:
        return [failed("discord_server", problem)]
    checks = [] if guilds else [Check("discord_server", "warn", "discord_alone")]
    checks += _told_guilds(guilds, wanted)
    known = {guild.id for guild in guilds}
    absent = [str(each) for each in wanted if each not in known]
    if absent:
        # where none is left, nobody has the commands
        outcome: Outcome = "bad" if len(absent) == len(wanted) else "warn"
        checks.append(Check("discord_server", outcome, "discord_not_there", {"ids": tuple(absent)}))
    return checks


def _told_guilds(guilds: Sequence[Guild], wanted: Sequence[int]) -> Iterable[Check]:
    lacking = {guild.id: missing(NEEDED, _granted(guild)) for guild in guilds}
    for guild in guilds:
        if lacking[guild.id].value:
            values = {"name": guild.name, "permissions": Names(lacking[guild.id])}
            yield Check("discord_server", "warn", "discord_server_lacks", values)
        elif len(guilds) <= MOST_TOLD:
            found = "discord_server_bare" if wanted and guild.id not in wanted else "discord_server"
            yield Check("discord_server", "ok", found, {"name": guild.name})
    well = sum(not each.value for each in lacking.values())
    if len(guilds) > MOST_TOLD and well:
        yield Check("discord_server", "ok", "discord_servers", {"n": well})


def _granted(guild: Guild) -> Permissions:
    granted = Permissions(guild.permissions)
    return Permissions.all() if granted.administrator else granted

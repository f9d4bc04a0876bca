"""The tree: `/vllm-digest` and the context menu as discord.py's commands, built from the table in `commands`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias
from zoneinfo import ZoneInfo

import discord
import structlog
from discord import app_commands

from adapters.discord import planning, suggesting
from adapters.discord.commands import COMMANDS, ROOT, WORDS, Option, SubCommand
from adapters.discord.translating import language_of, worded
from adapters.discord.typed import line_of
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.windows import known_zone

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from adapters.chat import Subscribed
    from adapters.discord.fitting import Suggestions

log = structlog.get_logger()

Built: TypeAlias = app_commands.Group | app_commands.ContextMenu
Interaction: TypeAlias = discord.Interaction[Any]

SUGGESTED_WITHIN_S: Final = 2.0
"""Discord waits 3 s for suggestions."""


class Handlers(Protocol):
    """What is done with a command. values: option -> what was filled in, as it was; a flag is "true" or not there."""

    async def command(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        """Answer the line of the grammar that a sub-command stands for."""
        ...

    async def refused(self, interaction: Interaction, problem: BadInput) -> None:
        """Tell who used a sub-command, and nobody else, what is wrong with what they filled in."""
        ...

    async def prefs(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        """Show or change the defaults of `for`: "me" where it is not there, "channel" or "server". line: the command
        for one's own."""
        ...

    async def explain(self, interaction: Interaction, message: discord.Message) -> None:
        """Explain the issue or pull request that a message is about."""
        ...

    async def repos(self, interaction: Interaction) -> Sequence[str]:
        """The repositories that may be read there, the default one first. Raises DigestError."""
        ...

    async def subscriptions(self, interaction: Interaction) -> Sequence[Subscribed]:
        """Those that may be seen there. Raises DigestError."""
        ...


@dataclass(frozen=True, slots=True)
class _Parts:
    handlers: Handlers
    titles: Mapping[str, Mapping[str, str]]
    names: Collection[str]
    now: Callable[[], datetime]


def build(
    handlers: Handlers,
    *,
    topics: Mapping[str, Mapping[str, str]],
    now: Callable[[], datetime],
    names: Collection[str] = (),
) -> Sequence[Built]:
    """The commands, to be added to a tree.

    topics: key -> title by language, to be suggested. now: an aware instant. names: the keys and other names of
    topics, the keys alone where not given.
    """
    parts = _Parts(handlers, topics, names or tuple(topics), now)
    everywhere = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
    installs = app_commands.AppInstallationType(guild=True, user=True)
    # the root keeps its name in every language, as it is what people tell each other
    group = app_commands.Group(
        name=ROOT,
        description=worded(f"{WORDS}.about"),
        allowed_contexts=everywhere,
        allowed_installs=installs,
        auto_locale_strings=False,
    )
    below: dict[str, app_commands.Group] = {"": group}
    for command in COMMANDS.values():
        if command.group not in below:
            key = f"{WORDS}.groups.{command.group}"
            below[command.group] = app_commands.Group(
                name=worded(f"{key}.name"), description=worded(f"{key}.about"), parent=group
            )
        below[command.group].add_command(_command(command, parts))

    async def explain(interaction: Interaction, message: discord.Message) -> None:
        await handlers.explain(interaction, message)

    menu = app_commands.ContextMenu(
        name=worded(f"{WORDS}.explain"),
        callback=explain,
        allowed_contexts=everywhere,
        allowed_installs=installs,
    )
    return group, menu


def _command(command: SubCommand, parts: _Parts) -> app_commands.Command[Any, ..., None]:
    async def called(interaction: Interaction, **given: object) -> None:
        values = {
            option.name: "true" if told is True else str(told)
            for option in command.options
            if (told := given[_parameter(option)]) is not None and told is not False
        }
        try:
            line = line_of(command.path, values, topics=parts.names)
        except BadInput as problem:
            await parts.handlers.refused(interaction, problem)
            return
        answer = parts.handlers.prefs if command.name == "prefs" else parts.handlers.command
        await answer(interaction, line, values)

    # discord.py reads a command's options from its callback's signature; this one is put together from the table, so
    # that each option stands in one place. Parameters have other names than options, since `in` is a Python keyword.
    interaction = inspect.Parameter(
        "interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=discord.Interaction
    )
    called.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [interaction, *(_signed(option) for option in command.options)]
    )
    options = {_parameter(option): option for option in command.options}
    words = {name: f"{WORDS}.options.{option.words}" for name, option in options.items()}
    app_commands.describe(**{name: worded(f"{key}.about") for name, key in words.items()})(called)
    app_commands.rename(**{name: worded(f"{key}.name") for name, key in words.items()})(called)
    app_commands.choices(**{name: _choices(each) for name, each in options.items() if each.choices})(called)
    app_commands.autocomplete(
        **{name: _completing(each, parts) for name, each in options.items() if each.source}
    )(called)
    key = f"{WORDS}.commands.{command.name}"
    return app_commands.Command(
        name=worded(f"{key}.name"), description=worded(f"{key}.about"), callback=called
    )


def _parameter(option: Option) -> str:
    return f"{option.name.replace('-', '_')}_"


def _signed(option: Option) -> inspect.Parameter:
    kinds: Mapping[str, Any] = {
        "text": str if option.choices else app_commands.Range[str, 1, option.most],
        "number": app_commands.Range[int, option.least, option.most],
        "flag": bool,
        "channel": app_commands.Transform[str, _ChannelId],
    }
    kind = kinds[option.kind]
    return inspect.Parameter(
        _parameter(option),
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else None,
        annotation=kind if option.required else kind | None,
    )


class _ChannelId(app_commands.Transformer):
    """A channel that can be posted to, as its id: whether the bot sees it is found out by who posts."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return [
            discord.ChannelType.text,
            discord.ChannelType.news,
            discord.ChannelType.forum,
            discord.ChannelType.media,
            discord.ChannelType.news_thread,
            discord.ChannelType.public_thread,
            discord.ChannelType.private_thread,
        ]

    async def transform(self, interaction: Interaction, value: Any, /) -> str:  # noqa: ANN401 - discord.py's
        return str(value.id)


def _choices(option: Option) -> list[app_commands.Choice[str]]:
    if option.name == "lang":  # each in its own words
        return [
            app_commands.Choice(name=languages.load(code).text("language.name"), value=code)
            for code in option.choices
        ]
    return [
        app_commands.Choice(name=worded(f"{WORDS}.choices.{option.words}.{choice}"), value=choice)
        for choice in option.choices
    ]


def _completing(
    option: Option, parts: _Parts
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[str]]]]:
    async def complete(interaction: Interaction, partial: str) -> list[app_commands.Choice[str]]:
        try:
            async with asyncio.timeout(SUGGESTED_WITHIN_S):
                found = await _suggested(option, parts, interaction, partial)
        except Exception as error:  # noqa: BLE001 - without suggestions everything can still be typed
            log.warning("discord_suggestions_failed", option=option.name, error=type(error).__name__)
            found = []
        return [app_commands.Choice(name=label, value=value) for label, value in found]

    return complete


async def _suggested(option: Option, parts: _Parts, interaction: Interaction, partial: str) -> Suggestions:
    language = language_of(interaction.locale)
    match option.source:
        case "repos":
            return suggesting.repos(partial, await parts.handlers.repos(interaction))
        case "topics":
            return suggesting.topics(partial, parts.titles, language)
        case "zones":
            return suggesting.zones(partial, language, parts.now())
        case "durations":
            return suggesting.durations(partial, language)
        case "tags":
            return suggesting.tags(partial, language)
        case "subjects":
            return suggesting.subjects(partial, language)
        case "schedules":
            return planning.schedules(partial, language)
        case "sections":
            return planning.sections(partial, parts.titles, language)
        case "countries":
            return await asyncio.to_thread(planning.countries, partial, language)
        case "subscriptions" | "scheduled" | "active" | "stopped" as which:
            known = await parts.handlers.subscriptions(interaction)
            return planning.subscriptions(partial, known, language, which=which)
    today = parts.now().astimezone(_zone(interaction)).date()
    of_days = {"dates": suggesting.dates, "weeks": suggesting.weeks, "months": suggesting.months}
    return of_days[option.source or "dates"](partial, today, language)


def _zone(interaction: Interaction) -> ZoneInfo:
    """Of the option `tz`, where it is filled in already."""
    try:
        return ZoneInfo(known_zone(getattr(interaction.namespace, "tz", None) or "UTC"))
    except DigestError:
        return ZoneInfo("UTC")

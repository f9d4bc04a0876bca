"""What the commands' handlers are told, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import discord

from adapters.chat import Subscribed
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

Interaction: TypeAlias = discord.Interaction[Any]

TITLES: Final[Mapping[str, Mapping[str, str]]] = {
    "amd": {"en": "AMD/ROCm", "zh": "AMD/ROCm"},
    "quantization": {"en": "Quantization", "zh": "量化"},
}


@dataclass
class Heard:
    """Handlers that answer with one word and keep what they were told.

    known: repositories, subscribed: subscriptions; an error is raised. hangs: before it tells the repositories.
    """

    known: Sequence[str] | Exception = ("vllm-project/vllm", "octo/other")
    hangs: bool = False
    subscribed: Sequence[Subscribed] | Exception = ()
    lines: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    prefs_lines: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    problems: list[BadInput] = field(default_factory=list)
    messages: list[discord.Message] = field(default_factory=list)

    async def command(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        self.lines.append((line, dict(values)))
        await interaction.response.send_message("heard", ephemeral=True)

    async def refused(self, interaction: Interaction, problem: BadInput) -> None:
        self.problems.append(problem)
        await interaction.response.send_message("refused", ephemeral=True)

    async def prefs(self, interaction: Interaction, line: str, values: Mapping[str, str]) -> None:
        self.prefs_lines.append((line, dict(values)))
        await interaction.response.send_message("heard", ephemeral=True)

    async def explain(self, interaction: Interaction, message: discord.Message) -> None:
        self.messages.append(message)
        await interaction.response.send_message("heard", ephemeral=True)

    async def subscriptions(self, interaction: Interaction) -> Sequence[Subscribed]:
        if isinstance(self.subscribed, Exception):
            raise self.subscribed
        return self.subscribed

    async def repos(self, interaction: Interaction) -> Sequence[str]:
        if self.hangs:
            await asyncio.Event().wait()
        if isinstance(self.known, Exception):
            raise self.known
        return self.known

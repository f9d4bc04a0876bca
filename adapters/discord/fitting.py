"""Fitting: which of what could be offered fits what was typed so far, as Discord takes suggestions.

It takes 25 of 100 characters, label and value alike
(docs.discord.com/developers/interactions/application-commands, "autocomplete").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from adapters.discord import limits
from adapters.discord.commands import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.languages import Language

Suggestions: TypeAlias = list[tuple[str, str]]
"""Label and value of each."""

SAID: Final = f"{WORDS}.suggested"


@dataclass(frozen=True, slots=True)
class Choice:
    """What could be offered. also: what it is found by besides its label and its value."""

    label: str
    value: str
    also: str = ""


def fitting(partial: str, choices: Iterable[Choice], *, skip: int = 0) -> Suggestions:
    """Those that begin with what was typed, then those with a word that does, then those that contain it. A value that
    Discord would not take is not offered. skip: characters that labels and values begin with and nobody types."""
    wanted = _folded(partial)
    ranked: list[list[Choice]] = [[], [], []]
    for each in choices:
        if len(each.value) > limits.CHOICE:
            continue
        texts = [_folded(each.value[skip:]), _folded(each.label[skip:]), _folded(each.also)]
        if any(text.startswith(wanted) for text in texts[:2]) or f" {wanted} " in f"{_spaced(texts[2])} ":
            ranked[0].append(each)
        elif any(f" {wanted}" in _spaced(text) for text in texts):
            ranked[1].append(each)
        elif any(wanted in text for text in texts):
            ranked[2].append(each)
    return [(_cut(each.label), each.value) for rank in ranked for each in rank][: limits.CHOICES]


def listed(
    partial: str, choices: Iterable[Choice], language: Language, *, may_dash: bool = False
) -> Suggestions:
    """Of a list with commas the last one is completed. may_dash: whether a dash may stand before it all, and stays."""
    dash = "-" if may_dash and partial.lstrip().startswith("-") else ""
    *before, last = partial.strip().removeprefix(dash).split(",")
    chosen = [each.strip() for each in before if each.strip()]
    kept = f"{dash}{''.join(f'{each},' for each in chosen)}"
    return fitting(
        last,
        (
            Choice(f"{kept}{named(language, each.value, each.label)}", f"{kept}{each.value}", each.also)
            for each in choices
            if each.value not in chosen
        ),
        skip=len(kept),
    )


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").split())


def _spaced(text: str) -> str:
    """With a space before each word."""
    return f" {re.sub(r'[/_·-]+', ' ', text)}"


def _cut(label: str) -> str:
    return label if len(label) <= limits.CHOICE else f"{label[: limits.CHOICE - 1]}…"


def named(language: Language, name: str, about: str) -> str:
    """A name and what it means, once where both are the same."""
    return name if name == about else language.text(f"{SAID}.named", name=name, about=about)

"""Forms: modals that somebody fills in, and what they filled in.

A modal is found again by its custom id alone, as a button is, so that one that was open when the bot was restarted can
still be sent. discord.py is not to keep it: `modal` stops it, and `send_modal` stores none that is.

Limits are those of docs.discord.com/developers/components/reference (label, string select, text input) and
docs.discord.com/developers/interactions/receiving-and-responding ("modal"); see `limits`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import discord

from adapters.discord import limits
from adapters.discord.markdown import characters
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    Input: TypeAlias = "discord.ui.Label[Any]"
    Filled: TypeAlias = "Mapping[str, str | list[str]]"
    """What was filled in by the input's name: a text, or the values of what was chosen."""

_ACTION_ROW, _LABEL = 1, 18


def modal(custom_id: str, title: str, inputs: Iterable[Input]) -> discord.ui.Modal:
    """At most five inputs. Make it where an event loop runs: discord.py cannot stop it elsewhere."""
    made = discord.ui.Modal(title=shortened(title, limits.MODAL_TITLE), custom_id=custom_id)
    for each in inputs:
        made.add_item(each)
    made.stop()
    return made


def select(
    name: str,
    label: str,
    options: Sequence[tuple[str, str]],
    *,
    chosen: Collection[str] = (),
    about: str = "",
    empty: str = "",
    most: int = 1,
    details: Mapping[str, str] | None = None,
) -> Input:
    """A menu of which up to `most` may be chosen, or nothing.

    options: (value, text), the first 25 different ones; a value that is blank or longer than Discord takes is left out.
    empty: what stands there while nothing is chosen. details: value -> a second line.
    """
    shown = dict(reversed(options))  # of equal values the first text
    values = [value for value in dict.fromkeys(value for value, _ in options) if _is_value(value)]
    made = [
        discord.SelectOption(
            label=shortened(shown[value], limits.OPTION),
            value=value,
            description=shortened((details or {}).get(value, ""), limits.OPTION, blank="") or None,
            default=value in chosen,
        )
        for value in values[: limits.OPTIONS]
    ]
    menu: discord.ui.Select[Any] = discord.ui.Select(
        custom_id=name,
        placeholder=shortened(empty, limits.PLACEHOLDER) if empty else None,
        # none may be chosen only of what is not required (components/reference, "string select")
        min_values=0,
        max_values=min(most, len(made)),
        required=False,
        options=made,
    )
    return _labelled(label, about, menu)


def field(
    name: str,
    label: str,
    *,
    value: str = "",
    about: str = "",
    empty: str = "",
    most: int,
    is_long: bool = False,
) -> Input:
    """A text of at most `most` characters, which may stay empty. empty: what stands there then."""
    typed: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        default=value[:most] or None,
        placeholder=shortened(empty, limits.INPUT_PLACEHOLDER) if empty else None,
        max_length=most,
        required=False,
    )
    return _labelled(label, about, typed)


def filled(data: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """What a submitted modal holds. data: that of the interaction, as Discord sent it: its inputs lie in labels, or in
    the action rows that came before them."""
    return dict(_filled(data.get("components") or ()))


def text(values: Filled, name: str) -> str:
    """What was typed, "" for nothing and for an input that is not there."""
    value = values.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def choices(values: Filled, name: str) -> list[str]:
    """What was chosen, nothing for a menu that is not there."""
    value = values.get(name, [])
    return value if isinstance(value, list) else []


def choice(values: Filled, name: str) -> str:
    """The one that was chosen, "" for none."""
    return next(iter(choices(values, name)), "")


def shortened(words: str, most: int, *, blank: str = "…") -> str:
    """Anybody's words as a label, in which nothing is markup: one line, whole or cut before an ellipsis. blank: instead
    of nothing, which Discord refuses."""
    words = neutralize(words)
    if characters(words) <= most:
        return words or blank
    while characters(words) > most - 1:
        words = words[:-1]
    return words.rstrip() + "…"


def _is_value(value: str) -> bool:
    return bool(value.strip()) and characters(value) <= limits.OPTION


def _labelled(label: str, about: str, item: discord.ui.Item[Any]) -> Input:
    return discord.ui.Label(
        text=shortened(label, limits.FIELD),
        description=shortened(about, limits.FIELD_ABOUT) if about else None,
        component=item,
    )


def _filled(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str | list[str]]]:
    for each in components:
        if each["type"] == _ACTION_ROW:
            yield from _filled(each["components"])
        elif each["type"] == _LABEL:
            yield from _filled((each["component"],))
        elif "values" in each:
            yield each["custom_id"], list(each["values"])
        elif "custom_id" in each:
            yield each["custom_id"], str(each.get("value") or "")

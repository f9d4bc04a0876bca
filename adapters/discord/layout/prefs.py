"""Prefs: the form of somebody's own defaults, or of what holds in a channel or on a server, and what it sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import limits
from adapters.discord.layout import forms
from adapters.discord.layout.zone import LONGEST
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import discord

    from adapters.chat.port import Scope
    from adapters.discord.layout.forms import Filled, Input
    from summarizer.languages import Language

_OPTIONS: Final = ("lang", "tz", "topic", "in", "repo")
"""Inputs of the form; each is called as the option is on a line."""
_UNSET: Final = "-"
"""The value of the choice that unsets; no option has it."""


def prefs_modal(
    custom_id: str,
    language: Language,
    *,
    prefs: Mapping[str, str],
    repos: Sequence[str],
    topics: Mapping[str, Mapping[str, str]],
    scope: Scope,
) -> discord.ui.Modal:
    """The form. prefs: of `Desk.preferences`, which it shows. repos: the first is meant where none is set. topics:
    key -> title by language. scope: a channel and a server have a language and a zone alone."""
    made = [_language(language, prefs, scope), _zone(language, prefs, scope)]
    if scope == "me":
        title = language.text("chat.prefs.title")
        made += _own(language, prefs, repos, topics)
    else:
        title = language.text(f"discord.prefs.title.{scope}")
    return forms.modal(custom_id, title, made)


def chosen(filled: Filled) -> dict[str, str]:
    """What a submitted form sets, for `Desk.prefer`: "" unsets, and what it did not ask stays."""
    return {name: _value(filled, name) for name in _OPTIONS if name in filled}


def _value(filled: Filled, name: str) -> str:
    if name == "tz":
        return forms.text(filled, name)[:LONGEST]
    return ",".join(value for value in forms.choices(filled, name) if value != _UNSET)


def _language(language: Language, prefs: Mapping[str, str], scope: Scope) -> Input:
    offered = [(code, languages.load(code).text("language.name")) for code in languages.codes()]
    otherwise = language.text(f"discord.prefs.otherwise.{scope}")
    return _menu("lang", language, offered, prefs.get("lang", ""), otherwise)


def _zone(language: Language, prefs: Mapping[str, str], scope: Scope) -> Input:
    return forms.field(
        "tz",
        language.text("chat.prefs.names.tz"),
        value=prefs.get("tz", ""),
        about=language.text(f"discord.prefs.tz.{scope}"),
        empty=language.text("discord.zone.example"),
        most=LONGEST,
    )


def _own(
    language: Language,
    prefs: Mapping[str, str],
    repos: Sequence[str],
    topics: Mapping[str, Mapping[str, str]],
) -> Iterator[Input]:
    """What only a person has."""
    set_to = [key for key in prefs.get("topic", "").split(",") if key]
    titled = {key: titles.get(language.code) or key for key, titles in topics.items()}
    titled |= {key: key for key in set_to if key not in titled}  # a line may say what no menu offers
    if len(titled) > limits.OPTIONS:
        titled = dict(sorted(titled.items(), key=lambda each: each[0] not in set_to))
    if titled:
        yield forms.select(
            "topic",
            language.text("chat.prefs.names.topic"),
            list(titled.items()),
            chosen=set_to,
            empty=language.text("chat.prefs.otherwise.topic"),
            most=limits.OPTIONS,
        )
    places = [(place, language.text(f"chat.prefs.places.{place}")) for place in ("me", "channel")]
    yield _menu("in", language, places, prefs.get("in", ""), language.text("chat.prefs.otherwise.in"))
    # a name that no menu can hold would be unset by whoever saves the form
    if repos and len(prefs.get("repo", "")) <= limits.OPTION:
        otherwise = language.text("chat.prefs.otherwise.repo", repo=repos[0])
        named = [(repo, repo) for repo in repos]
        yield _menu("repo", language, named, prefs.get("repo", ""), otherwise)


def _menu(
    name: str, language: Language, options: Sequence[tuple[str, str]], set_to: str, otherwise: str
) -> Input:
    """One of the options, or the first, which unsets."""
    unset = (_UNSET, language.text("chat.prefs.unset", value=otherwise))
    offered = [unset, *options][: limits.OPTIONS]
    if set_to and set_to not in (value for value, _ in offered):
        offered.insert(1, (set_to, set_to))  # set by a line, which may say what no menu offers
    return forms.select(name, language.text(f"chat.prefs.names.{name}"), offered, chosen=(set_to or _UNSET,))

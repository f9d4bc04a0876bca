"""Notices: short messages about what the bot is doing, could not do, or has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.chat.watching import step_told
from adapters.discord import actions, limits
from adapters.discord.layout.answer import blocks_of
from adapters.discord.markdown import characters, escaped, spoken
from adapters.discord.messages import Button, Message, Text
from adapters.discord.packing import pack
from summarizer import languages
from summarizer.untrusted import neutralize
from summarizer.windows import zone_label

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from adapters.chat.port import Scope
    from adapters.chat.watching import Step
    from adapters.discord.messages import Row
    from summarizer.languages import Language

FAILED: Final = 0xED4245
"""The bar beside what did not work: Discord's own red (discord.com/branding)."""

_SCOPES: Final[tuple[Scope, ...]] = ("me", "channel", "server")
_PARTIAL: Final = 3_600
"""Characters of an answer that is still being written; ours, so that its last line always has room."""


def said(text: str) -> Message:
    """A sentence or a few. text: ours, with anybody's words in it; `backticks` are code."""
    return Message((Text(_fitting(spoken(text))),), notice=neutralize(text))


def progress(step: Step, language: Language) -> Message:
    """One small line: the step and how far it is."""
    bar, told = step_told(step, language)
    return Message((Text(f"-# {bar}{escaped(told)}"),), notice=told)


def partial(text: str, language: Language, repo_urls: Sequence[str]) -> Message:
    """An answer so far. text: Markdown, of which the last block may still grow. repo_urls: what the addresses of its
    links begin with.

    It is shown up to the last block that is whole, as much of it as fits: what somebody reads stays where it is.
    """
    writing = f"-# {escaped(language.text('discord.notice.writing'))}"
    packed = pack(blocks_of(_whole(text), repo_urls), budget=_PARTIAL - characters(writing))
    return Message(tuple(map(Text, (*packed[:1], writing))), notice=language.text("discord.notice.writing"))


def failed(text: str, language: Language, *, line: str | None) -> Message:
    """What went wrong and what to do about it, as the error's sentence tells. line: what a button tries again, None
    where that would not help."""
    told = language.text("chat.notice.failed")
    gap = str(language.get("digest.sentence_gap"))
    shown = _fitting(f"⚠️ **{escaped(told)}**{gap}{spoken(text)}")
    again = (Button(language.text("chat.button.retry"), actions.RETRY, Pressed(line=line)),) if line else ()
    return Message((Text(shown),), (again,) if again else (), FAILED, neutralize(f"{told}{gap}{text}"))


def place_prefs(prefs: Mapping[str, str], language: Language, *, scope: Scope, is_saved: bool) -> Message:
    """What holds in a channel or on a server for those who have set nothing themselves, with a button that changes it.

    prefs: of `Desk.preferences`. is_saved: whether that has just been changed.
    """
    title = language.text(f"discord.prefs.title.{scope}")
    lines = [f"**{escaped(title)}**"]
    for name in ("lang", "tz"):
        value = prefs.get(name, "")
        if not value:
            otherwise = language.text(f"discord.prefs.otherwise.{scope}")
            value = language.text("chat.prefs.unset", value=otherwise)
        elif name == "lang" and value in languages.codes():
            value = languages.load(value).text("language.name")
        else:
            value = zone_label(value)
        named = language.text(f"chat.prefs.names.{name}")
        lines.append(f"- {escaped(named)}{language.text('digest.colon')}{escaped(value)}")
    saved = (Text(escaped(language.text("people.saved"))),) if is_saved else ()
    return Message((*saved, Text("\n".join(lines))), (change(language, scope),), notice=title)


def change(language: Language, scope: Scope) -> Row:
    """The button that changes whose settings they are."""
    label = language.text("chat.button.edit")
    return (Button(label, f"{actions.PREFS}#{scope}", Pressed(section=scope)),)


def zone_note(tz: str, language: Language, *, line: str, may_set: Collection[Scope]) -> Message:
    """Which time zone was taken for somebody. line: what was answered by it, and is anew once they have changed it.
    may_set: whose zone they may change."""
    buttons = tuple(
        Button(
            language.text(f"discord.zone.{scope}"),
            f"{actions.ZONE}#{scope}",
            Pressed(section=scope, line=line, tz=tz),
        )
        for scope in _SCOPES
        if scope in may_set
    )
    told = language.text("discord.zone.note", tz=zone_label(tz))
    return Message((Text(f"-# {escaped(told)}"),), (buttons,) if buttons else (), notice=told)


def _fitting(markdown: str) -> str:
    """As much of a sentence as a message holds; anybody's words may stand in it."""
    return next(iter(pack([markdown], budget=limits.TEXT)), "…")


def _whole(text: str) -> str:
    """The text up to where nothing of it can change any more: whole blocks, and whole items of the last list."""
    before, gap, last = text.rpartition("\n\n")
    lines = last.splitlines(keepends=True)
    is_list = all(line.startswith("- ") for line in lines)
    return before + gap + "".join(line for line in lines if is_list and line.endswith("\n"))

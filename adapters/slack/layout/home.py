"""Home: what somebody sees when they open the app, one section after the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.slack import actions, blocks, limits, rich
from adapters.slack.actions import dump
from adapters.slack.elements import listed, rich_text, section, spoken, styled
from adapters.slack.layout.prefs import told
from adapters.slack.layout.subscriptions import subscribed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from adapters.chat import Recent
    from adapters.slack.blocks import Block
    from adapters.slack.layout.forms import View
    from adapters.slack.layout.subscriptions import Subscriptions
    from summarizer.languages import Language

_MOMENT: Final = "{date_short_pretty} {time}"
_RECENT: Final = 20
"""Digests that are shown; ours, far below what a view holds."""


def view(
    language: Language,
    *,
    recent: Sequence[Recent],
    prefs: Mapping[str, str] | str,
    repo: str,
    topics: Mapping[str, Mapping[str, str]],
    now: datetime,
    subscriptions: Subscriptions,
    command: str = "/vllm-digest",
) -> View:
    """prefs: of `Desk.preferences`, or the sentence that says why there are none. repo: the one that is meant where
    none is named. topics: key -> title by language."""
    sections = (
        _greeting(language, repo),
        _examples(language, command),
        subscribed(language, subscriptions, command),
        _recent(language, recent),
        _prefs(language, prefs, repo, topics),
    )
    updated = language.text("chat.home.updated", at=rich.moment(now, f"{now:%Y-%m-%d %H:%M %Z}", _MOMENT))
    made = [block for each in sections for block in (*each, blocks.divider())]
    return {"type": "home", "blocks": [*made, blocks.context(updated)]}


def prompts(language: Language) -> tuple[str, list[tuple[str, str]]]:
    """What a conversation with the bot may begin with: a title, and up to four (name, line)."""
    suggested = language.get("chat.prompts.suggested")[: limits.PROMPTS]
    return language.text("chat.prompts.title"), [(each["name"], each["line"]) for each in suggested]


def _greeting(language: Language, repo: str) -> list[Block]:
    hello = language.text("chat.home.hello", repo=repo)
    return [blocks.header(language.text("chat.home.title", repo=repo)), rich_text([section(spoken(hello))])]


def _examples(language: Language, command: str) -> list[Block]:
    lines = []
    for each in language.get("chat.home.examples"):
        typed = styled(f"{command} {each['line']}", {"code": True})
        lines.append(section([*typed, *spoken(language.text("digest.between") + each["about"])]))
    return [blocks.header(language.text("chat.home.can")), rich_text([listed(lines)])]


def _recent(language: Language, recent: Sequence[Recent]) -> list[Block]:
    title = blocks.header(language.text("chat.home.recent"))
    if not recent:
        return [title, blocks.context(rich.escaped(language.text("chat.home.none")))]
    return [title, *(_digest(language, each, place) for place, each in enumerate(recent[:_RECENT]))]


def _digest(language: Language, recent: Recent, place: int) -> Block:
    at = rich.moment(recent.at, f"{recent.at:%Y-%m-%d %H:%M %Z}", _MOMENT)
    asked = language.text("chat.home.asked", repo=rich.escaped(recent.repo), at=at)
    if line := _told_line(recent.line):
        asked += language.text("digest.between") + f"`{rich.escaped(line)}`"
    value = dump(Pressed(handle=recent.handle, line=recent.line))
    button = blocks.button(language.text("chat.button.open"), f"{actions.DETAILS}#{place}", value)
    return blocks.section(f"{rich.escaped(recent.title)}\n{asked}", button)


def _told_line(line: str) -> str:
    """What tells the digests of a day apart: window and filters, without what stands beside or is the reader's own."""
    left = _BESIDE.sub(" ", line).replace("`", "'")
    return " ".join(left.split())[:_LINE]


_BESIDE: Final = re.compile(r'(?<!\S)(?:repo|lang|tz):(?:"(?:[^"\\]|\\.)*"|\S+)')
_LINE: Final = 120
"""Characters of a line that are shown; ours."""


def _prefs(
    language: Language,
    prefs: Mapping[str, str] | str,
    repo: str,
    topics: Mapping[str, Mapping[str, str]],
) -> list[Block]:
    title = blocks.header(language.text("chat.home.prefs"))
    if isinstance(prefs, str):
        return [title, rich_text([section(spoken(prefs))])]
    lines = []
    for name, value in told(prefs, language, repo=repo, topics=topics):
        lines.append(section(rich.literal(f"{name}{language.text('digest.colon')}{value}")))
    button = blocks.button(language.text("chat.button.edit"), actions.PREFS, dump(Pressed()))
    return [title, rich_text([listed(lines)]), blocks.actions(button)]

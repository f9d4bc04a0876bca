"""What is seen of a digest's messages in Discord, as components, as embeds and as contents, each within its limits."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from adapters.discord.markdown import characters
from adapters.discord.messages import Image, Menu, Rule, Text
from adapters.discord.views import as_contents, as_embeds, components_of
from tests.adapters.discord.discord_reader import WAYS, read
from tests.adapters.discord.limits_checker import IS_COMPONENTS_V2, refused, texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.discord.messages import Button, Message
    from tests.adapters.discord.discord_reader import Read
    from tests.adapters.discord.limits_checker import Json

HANDLE = "daily-2025-12-10-0123456789:en:0123456789abcdef"
LINE = "today repo:vllm-project/vllm lang:en tz:Asia/Shanghai"

_HEADING = re.compile(r"(?:#{1,3}|-#) ")
_ITEM = re.compile(r" *(?:-|\d+\.) ")


def check(message: Message) -> None:
    """Whether Discord takes it in every form."""
    forms([message])


def forms(messages: Iterable[Message]) -> dict[str, list[str]]:
    """The texts of the messages in each of the forms they may be sent in, all of which Discord takes."""
    found: dict[str, list[str]] = {"components": [], "embeds": [], "contents": []}
    for message in messages:
        files = [part.name for part in message.parts if isinstance(part, Image)]
        for name, payload in _payloads(message):
            assert not refused(payload, files=files), refused(payload, files=files)
            found[name] += texts(payload)
    return found


def _payloads(message: Message) -> Iterator[tuple[str, Json]]:
    yield "components", {"flags": IS_COMPONENTS_V2, "components": components_of(message)}
    embeds, view = as_embeds(message)
    rows = view.to_components() if view is not None else []
    yield "embeds", {"embeds": [each.to_dict() for each in embeds], "components": rows}
    *first, last = as_contents(message)
    for content in first:
        yield "contents", {"content": content}
    yield "contents", {"content": last, "components": rows}


def drawn(message: Message) -> str:
    """What a reader sees, a line for each line: instants as they are written, a rule as three dashes, a picture by its
    words, buttons in brackets."""
    lines: list[str] = []
    for part in message.parts:
        if isinstance(part, Text):
            lines += [_line(line) for line in part.markdown.split("\n") if line]
        else:
            lines.append("---" if isinstance(part, Rule) else f"[{part.alt}]")
    for row in message.rows:
        if isinstance(row, Menu):
            lines.append(f"[{row.placeholder}]")
        else:
            lines.append(" ".join(f"[{f'{each.emoji} {each.label}'.strip()}]" for each in row))
    return "\n".join(lines) + "\n"


def characters_of(message: Message) -> int:
    """Of all its texts, as Discord counts."""
    return sum(characters(part.markdown) for part in message.parts if isinstance(part, Text))


def buttons(message: Message) -> list[Button]:
    return [button for row in message.rows if not isinstance(row, Menu) for button in row]


def labels(message: Message) -> list[str]:
    return [each.label for each in buttons(message)]


def links(message: Message) -> set[tuple[str, str]]:
    """(what a reader sees, where it leads) of every link."""
    return {link for part in message.parts if isinstance(part, Text) for link in links_in(part.markdown)}


def links_in(markdown: str) -> set[tuple[str, str]]:
    """The same of a text, whichever way a client reads it: nothing else in it can be clicked, and nobody is called."""
    found = _read(markdown)
    for each in found:
        assert not each.addresses
        assert not each.everyone
        assert not each.invites
        assert not each.emoji
        assert all(re.fullmatch(r"t:\d+:f", token) for token in each.tokens)
    assert {*found[0].links} == {*found[1].links}
    return {*found[0].links}


def shown_in(markdown: str, *, is_small: bool = True) -> str:
    """What a reader sees of a text. is_small: with what is written small."""
    return "".join(run.text for run in _read(markdown)[0].runs if is_small or "small" not in run.styles)


@lru_cache(maxsize=20_000)
def _read(markdown: str) -> tuple[Read, ...]:
    """Each way a client may read it."""
    return tuple(read(markdown, is_counting=way) for way in WAYS)


def _line(markdown: str) -> str:
    if mark := _ITEM.match(markdown):
        return mark[0] + shown_in(markdown[mark.end() :])
    return shown_in(_HEADING.sub("", markdown, count=1))

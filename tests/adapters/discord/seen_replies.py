"""What somebody sees of a message of ours that is no digest, and that Discord takes it in every form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.discord.messages import Text
from adapters.discord.views import as_contents, as_embeds, components_of
from tests.adapters.discord.discord_reader import WAYS, read
from tests.adapters.discord.limits_checker import IS_COMPONENTS_V2, refused

if TYPE_CHECKING:
    from adapters.chat.pressed import Pressed
    from adapters.discord.messages import Button, Message

OWN = "https://github.com/vllm-project/vllm/"


def check(message: Message) -> None:
    """Discord takes it as components, as embeds and as contents, and nothing in it can be clicked or calls anybody but
    links below OWN."""
    assert refused({"flags": IS_COMPONENTS_V2, "components": components_of(message)}) == []
    embeds, view = as_embeds(message)
    rows = view.to_components() if view is not None else []
    assert refused({"embeds": [each.to_dict() for each in embeds], "components": rows}) == []
    contents = as_contents(message)
    assert [fault for text in contents for fault in refused({"content": text})] == []
    descriptions = [each.description or "" for each in embeds]
    for text in (*texts(message), *contents, *descriptions):
        _check_safe(text)
    assert bare("".join(map(seen_text, contents))) == bare("".join(map(seen_text, texts(message))))
    assert "\n" not in message.notice
    assert message.notice.strip()


def _check_safe(markdown: str) -> None:
    for is_counting in WAYS:
        made = read(markdown, is_counting=is_counting)
        assert all(url.startswith(OWN) for _, url in made.links)
        assert not any((made.addresses, made.tokens, made.emoji, made.everyone, made.invites))


def texts(message: Message) -> list[str]:
    """Its texts, as Markdown."""
    return [part.markdown for part in message.parts if isinstance(part, Text)]


def told(message: Message) -> str:
    """All of it, as Markdown."""
    return "\n\n".join(texts(message))


def seen_text(markdown: str) -> str:
    """What a reader sees of a text."""
    return read(markdown).text


def seen(message: Message) -> str:
    """What a reader sees of a message."""
    return "".join(map(seen_text, texts(message)))


def links(messages: list[Message]) -> list[tuple[str, str]]:
    """(text, address) of each link, in order."""
    return [each for message in messages for text in texts(message) for each in read(text).links]


def blocks_of_code(message: Message) -> list[str]:
    """What stands in them."""
    return [each for text in texts(message) for each in read(text).styled("block")]


def bare(text: str) -> str:
    """What is left to compare where white space may differ."""
    return re.sub(r"\s+", "", text)


def rows_of(message: Message) -> list[tuple[Button, ...]]:
    return [row for row in message.rows if isinstance(row, tuple)]


def pressed(messages: list[Message]) -> list[tuple[str, Pressed]]:
    """What each button does and carries."""
    return [(each.action, each.pressed) for message in messages for row in rows_of(message) for each in row]

"""Whom a message pings (docs.discord.com/developers/resources/message, "allowed mentions object")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.servers.discord.records import walked

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON

_MENTION: Final = re.compile(r"<@(?P<role>&?)!?(?P<id>\d{15,20})>|@(?P<all>everyone|here)")
_EVERYTHING: Final = {"parse": ["users", "roles", "everyone"]}
_OF_WEBHOOKS: Final = {"parse": ["users"]}


def pings(content: str, components: list[JSON], allowed: JSON | None, *, is_interaction: bool) -> list[str]:
    """What would ping, as it is written: `<@1>`, `<@&2>`, `@everyone`, `@here`.

    content, components: embeds never ping, text displays do. allowed: `allowed_mentions`, None where none was sent,
    when a message of a bot pings all it names and an answer to an interaction only users. Strict: what stands in code
    counts as well, and the bot counts as somebody who may mention everybody.
    """
    rules = allowed if allowed is not None else _OF_WEBHOOKS if is_interaction else _EVERYTHING
    parse = rules.get("parse") or []
    found = []
    texts = [
        content,
        *(str(each.get("content", "")) for each in walked(components) if each.get("type") == 10),
    ]
    for match in _MENTION.finditer("\n".join(texts)):
        if match["all"]:
            is_meant = "everyone" in parse
        else:
            kind = "roles" if match["role"] else "users"
            is_meant = kind in parse or match["id"] in {str(each) for each in rules.get(kind) or []}
        if is_meant:
            found.append(match[0])
    return found

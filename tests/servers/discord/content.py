"""What the message content intent hides
(docs.discord.com/developers/events/gateway, "message content intent")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.records import BOT

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON

_HIDDEN: JSON = {"content": "", "embeds": [], "attachments": [], "components": []}


def hidden(message: JSON) -> JSON:
    """A server's message without what a bot that lacks the intent is not told: it sees what itself wrote and what
    mentions it. What a message replies to is shown by the same rule."""
    if "author" not in message:
        return message
    names_bot = any(each["id"] == str(BOT) for each in message["mentions"])
    shown = message if names_bot or message["author"]["id"] == str(BOT) else message | _HIDDEN
    if message.get("referenced_message"):
        shown = shown | {"referenced_message": hidden(message["referenced_message"])}
    return shown

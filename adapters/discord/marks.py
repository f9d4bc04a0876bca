"""Marks: by what a message of ours is found again that Discord may have taken although it did not say so. Pure.

A nonce only holds for minutes and is told to nobody who looks later. What stays is the id of a component, a number of
ours that nobody sees (docs.discord.com/developers/components/reference, "Anatomy of a Component"). A message that had
to be posted in a plainer form has none, and is known by its words.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from adapters.discord import views
from adapters.discord.messages import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.chat.delivering import Mark
    from adapters.discord.messages import Message

_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""(docs.discord.com/developers/reference, "Snowflakes")."""

_FIRST: Final = 1_000
"""Discord counts the components without an id from 1."""
_LAST: Final = 2**31 - 1


def id_of(mark: Mark) -> int:
    """The id of a component that tells this part of this delivery, in whichever revision."""
    digest = hashlib.sha256(f"{mark.delivery} {mark.part}".encode()).digest()
    return _FIRST + int.from_bytes(digest[:8]) % (_LAST - _FIRST)


def snowflake(at: datetime) -> int:
    """The id that is older than all that were given out from then on, aware."""
    return max(0, int((at - _EPOCH) / timedelta(milliseconds=1))) << 22


def moment(snowflake: int) -> datetime:
    """When an id was given out."""
    return _EPOCH + timedelta(milliseconds=snowflake >> 22)


def bears(told: Mapping[str, Any], message: Message) -> bool:
    """Whether that is this message. told: a message as Discord's API tells it. message: with its mark."""
    if any(each == message.mark for each in _ids(told.get("components") or ())):
        return True
    said = str(told.get("content") or "").strip()
    if said:
        return said == next(iter(views.as_contents(message)), "").strip()
    shown = "\n\n".join(str(each.get("description") or "").strip() for each in told.get("embeds") or ())
    return bool(shown) and _words(shown) == _words(
        "\n\n".join(part.markdown for part in message.parts if isinstance(part, Text))
    )


def _ids(components: object) -> Iterator[object]:
    for each in components if isinstance(components, list) else ():
        yield each.get("id")
        yield from _ids(each.get("components"))


def _words(text: str) -> list[str]:
    """Without how it was cut into paragraphs."""
    return text.split()

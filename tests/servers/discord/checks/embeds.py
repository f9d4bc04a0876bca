"""Embeds (docs.discord.com/developers/resources/message, "embed limits")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord import limits

if TYPE_CHECKING:
    from tests.servers.discord.checks.faults import Faults
    from tests.servers.discord.records import JSON


def check(value: object, faults: Faults) -> None:
    """The `embeds` of a body."""
    in_all = 0
    for place, each in enumerate(faults.items(value, ("embeds",), most=limits.EMBEDS)):
        at = ("embeds", place)
        embed = faults.mapping(each, at)
        in_all += _length(embed)
        faults.text(embed.get("title"), (*at, "title"), most=limits.EMBED_TITLE)
        faults.text(embed.get("description"), (*at, "description"), most=limits.EMBED_DESCRIPTION)
        faults.text(_of(embed, "footer", "text"), (*at, "footer", "text"), most=limits.EMBED_FOOTER)
        faults.text(_of(embed, "author", "name"), (*at, "author", "name"), most=limits.EMBED_AUTHOR)
        faults.number(embed.get("color"), (*at, "color"), most=0xFFFFFF)
        _urls(embed, at, faults)
        fields = faults.items(embed.get("fields"), (*at, "fields"), most=limits.EMBED_FIELDS)
        for number, field in enumerate(fields):
            where = (*at, "fields", number)
            named = faults.mapping(field, where)
            faults.text(
                named.get("name"), (*where, "name"), least=1, most=limits.EMBED_FIELD_NAME, is_needed=True
            )
            faults.text(
                named.get("value"), (*where, "value"), least=1, most=limits.EMBED_FIELD_VALUE, is_needed=True
            )
    if in_all > limits.EMBEDS_IN_ALL:
        faults.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")


def _urls(embed: JSON, at: tuple[str | int, ...], faults: Faults) -> None:
    urls = {("url",): embed.get("url"), ("image", "url"): _of(embed, "image", "url")}
    for key, url in urls.items():
        if url and not str(url).startswith(("https://", "http://", "attachment://")):
            faults.add((*at, *key), "URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("http", "https").')


def _of(embed: JSON, part: str, key: str) -> object:
    inner = embed.get(part)
    return inner.get(key) if isinstance(inner, dict) else None


def _length(embed: JSON) -> int:
    texts = [
        embed.get("title"),
        embed.get("description"),
        _of(embed, "footer", "text"),
        _of(embed, "author", "name"),
    ]
    for field in embed.get("fields") or ():
        if isinstance(field, dict):
            texts += [field.get("name"), field.get("value")]
    return sum(len(text) for text in texts if isinstance(text, str))

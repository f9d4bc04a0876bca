"""What Discord takes, written anew from its documentation, for payloads as they go over the wire.

D is docs.discord.com/developers. Nothing here is shared with the code under test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Json = dict[str, Any]

IS_COMPONENTS_V2 = 1 << 15
ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
_TOP = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
_IN_CONTAINER = _TOP - {CONTAINER}
_LINK_STYLE = 5


def refused(payload: Json, *, files: Sequence[str] = ()) -> list[str]:
    """Why Discord would refuse a message; nothing for one that it takes (D/resources/message, "create message").

    files: names of what is sent with it.
    """
    found: list[str] = []
    say = found.append
    if len(files) > 10:
        say(f"{len(files)} files")
    if payload.get("flags", 0) & IS_COMPONENTS_V2:
        _check_v2(payload, set(files), say)
    else:
        _check_plain(payload, set(files), say)
    _check_ids(payload.get("components") or [], say)
    if len(payload.get("nonce") or "") > 25:
        say("nonce")
    return found


def refused_modal(modal: Json) -> list[str]:
    """The same of a modal (D/interactions/receiving-and-responding, "modal")."""
    found: list[str] = []
    _length(modal["title"], 1, 45, "title", found.append)
    _length(modal["custom_id"], 1, 100, "custom_id", found.append)
    if not 1 <= len(modal["components"]) <= 5:
        found.append(f"{len(modal['components'])} parts")
    for part in modal["components"]:
        if part["type"] not in (LABEL, TEXT):
            found.append(f"type {part['type']} in a modal")
        if part["type"] == LABEL:
            _length(part["label"], 1, 45, "label", found.append)
            _length(part.get("description") or "", 0, 100, "description", found.append)
            _check(part["component"], found.append)
    _check_ids(modal["components"], found.append)
    return found


def walk(components: Iterable[Json]) -> Iterator[Json]:
    """Every component, from the outside in."""
    for each in components:
        yield each
        inner = [*(each.get("components") or []), each.get("accessory"), each.get("component")]
        yield from walk(filter(None, inner))


def texts(payload: Json) -> list[str]:
    """Whatever is read as Markdown in it, in order."""
    shown = [payload.get("content") or ""]
    shown += [text for each in payload.get("embeds") or [] for text in _embed_texts(each)]
    shown += [each["content"] for each in walk(payload.get("components") or []) if each["type"] == TEXT]
    return [text for text in shown if text]


def _check_v2(payload: Json, files: set[str], say: Callable[[str], None]) -> None:
    """D/components/reference."""
    components = payload.get("components") or []
    for other in ("content", "embeds", "poll", "stickers"):
        if payload.get(other):
            say(f"{other} beside components")
    every = list(walk(components))
    if not 1 <= len(every) <= 40:
        say(f"{len(every)} components")
    if _size("".join(each["content"] for each in every if each["type"] == TEXT)) > 4_000:
        say("more than 4,000 characters")
    for each in components:
        if each["type"] not in _TOP:
            say(f"type {each['type']} at the top")
    for each in every:
        _check(each, say)
    _check_files(every, files, say)


def _check_plain(payload: Json, files: set[str], say: Callable[[str], None]) -> None:
    content: str = payload.get("content") or ""
    embeds, components = payload.get("embeds") or [], payload.get("components") or []
    if not (content or embeds or files):
        say("an empty message")
    if content and not content.strip():
        say("nothing but space")
    if _size(content) > 2_000:
        say("more than 2,000 characters")
    if len(embeds) > 10:
        say(f"{len(embeds)} embeds")
    if sum(_size(text) for each in embeds for text in _embed_texts(each)) > 6_000:
        say("more than 6,000 characters in embeds")
    for embed in embeds:
        _check_embed(embed, files, say)
    if len(components) > 5:
        say(f"{len(components)} rows")
    for row in components:
        if row["type"] != ROW:
            say(f"type {row['type']} without the flag")
        else:
            _check(row, say)
            for each in row["components"]:
                _check(each, say)


def _check_embed(embed: Json, files: set[str], say: Callable[[str], None]) -> None:
    """D/resources/message, "embed limits"."""
    if not (list(_embed_texts(embed)) or embed.get("image")):
        say("an empty embed")
    for name, most in (("title", 256), ("description", 4_096)):
        _length(embed.get(name) or "", 0, most, name, say)
    _length((embed.get("footer") or {}).get("text", ""), 0, 2_048, "footer", say)
    _length((embed.get("author") or {}).get("name", ""), 0, 256, "author", say)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        say(f"{len(fields)} fields")
    for each in fields:
        _length(each["name"], 1, 256, "field's name", say)
        _length(each["value"], 1, 1_024, "field's value", say)
    url = (embed.get("image") or {}).get("url", "")
    if url.startswith("attachment://") and url.removeprefix("attachment://") not in files:
        say(f"{url} is not attached")


def _embed_texts(embed: Json) -> Iterator[str]:
    fields = [text for each in embed.get("fields") or [] for text in (each["name"], each["value"])]
    footer, author = (embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")
    yield from filter(None, [embed.get("title"), embed.get("description"), *fields, footer, author])


def _check(component: Json, say: Callable[[str], None]) -> None:
    match component["type"]:
        case 1:
            _check_row(component["components"], say)
        case 2:
            _check_button(component, say)
        case 3:
            _check_select(component, say)
        case 4:
            _length(component["custom_id"], 1, 100, "custom_id", say)
            _length(component.get("placeholder") or "", 0, 100, "placeholder", say)
            _length(component.get("value") or "", 0, 4_000, "value", say)
        case 10:
            if not component["content"].strip():
                say("an empty text")
        case 12:
            if not 1 <= len(component["items"]) <= 10:
                say(f"{len(component['items'])} pictures")
            for item in component["items"]:
                _length(item.get("description") or "", 0, 1_024, "alt text", say)
        case 17:
            if not component["components"]:
                say("an empty container")
            for each in component["components"]:
                if each["type"] not in _IN_CONTAINER:
                    say(f"type {each['type']} in a container")


def _check_row(components: Sequence[Json], say: Callable[[str], None]) -> None:
    kinds = [each["type"] for each in components]
    if not (kinds == [SELECT] or (1 <= len(kinds) <= 5 and set(kinds) == {BUTTON})):
        say(f"a row of {kinds}")


def _check_button(button: Json, say: Callable[[str], None]) -> None:
    _length(button.get("label") or "", 0, 80, "button's label", say)
    if not (button.get("label") or button.get("emoji")):
        say("an empty button")
    if button["style"] == _LINK_STYLE:
        _length(button.get("url") or "", 1, 512, "url", say)
        if button.get("custom_id") or not str(button.get("url")).startswith(
            ("https://", "http://", "discord://")
        ):
            say("a link button that is none")
    else:
        _length(button.get("custom_id") or "", 1, 100, "custom_id", say)
        if button.get("url"):
            say("a url that no link has")


def _check_select(select: Json, say: Callable[[str], None]) -> None:
    _length(select.get("custom_id") or "", 1, 100, "custom_id", say)
    _length(select.get("placeholder") or "", 0, 150, "placeholder", say)
    options = select["options"]
    if not 1 <= len(options) <= 25:
        say(f"{len(options)} options")
    if len({each["value"] for each in options}) != len(options):
        say("options of one value")
    for each in options:
        _length(each["label"], 1, 100, "option's label", say)
        _length(each["value"], 1, 100, "option's value", say)
        _length(each.get("description") or "", 0, 100, "option's description", say)


def _check_ids(components: Iterable[Json], say: Callable[[str], None]) -> None:
    ids = [each["custom_id"] for each in walk(components) if each.get("custom_id")]
    if len(set(ids)) != len(ids):
        say("custom ids that are not unique")


def _check_files(components: Iterable[Json], files: set[str], say: Callable[[str], None]) -> None:
    named = [each["file"]["url"] for each in components if each["type"] == FILE]
    named += [
        item["media"]["url"] for each in components if each["type"] == GALLERY for item in each["items"]
    ]
    told = {url.removeprefix("attachment://") for url in named if url.startswith("attachment://")}
    for name in sorted(told - files):
        say(f"attachment://{name} is not attached")


def _length(text: str, least: int, most: int, name: str, say: Callable[[str], None]) -> None:
    if not least <= _size(text) <= most or (least and not text.strip()):
        say(f"{name} has {_size(text)} characters")


def _size(text: str) -> int:
    """In the unit that gives more, since it is not documented which one counts."""
    return len(text.encode("utf-16-le")) // 2

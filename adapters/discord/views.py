"""Views: a message as discord.py sends it - components, embeds or plain contents - and as raw components.

Whoever makes a message cuts it to size (`packing`): what is over Discord's limits is a ValueError here.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import discord
from discord import ui

from adapters.discord import limits
from adapters.discord.actions import custom_id
from adapters.discord.actions import kept_of as _kept
from adapters.discord.markdown import characters, escaped
from adapters.discord.messages import Image, Menu, Rule, Text
from adapters.discord.packing import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.chat.pressed import Pressed
    from adapters.discord.messages import Button, File, Message, Part, Row

Item: TypeAlias = "ui.Item[Any]"

_STYLES: Final = {
    "primary": discord.ButtonStyle.primary,
    "secondary": discord.ButtonStyle.secondary,
    "success": discord.ButtonStyle.success,
    "danger": discord.ButtonStyle.danger,
}


def as_layout(message: Message, files: Iterable[File] = ()) -> ui.LayoutView:
    """As components: a container with a bar of the message's colour, or none around it where it has no colour.

    files: what is attached. Discord shows none of them by itself beside components, so that each that is no picture of
    the message stands below its parts (docs.discord.com/developers/components/reference, "file").
    The view is stopped, so that no client keeps it: presses come as raw events. That holds for views made where an
    event loop runs. Raises ValueError for what Discord would refuse.
    """
    texts = _texts(message)
    if not message.parts and not message.rows:
        raise ValueError("a message shows something")
    if sum(map(characters, texts)) > limits.TEXT:
        raise ValueError(f"text of a message has at most {limits.TEXT} characters")
    _check_rows(message.rows)
    pictures = {part.name for part in message.parts if isinstance(part, Image)}
    below: list[Item] = [ui.File(f"attachment://{file.name}") for file in files if file.name not in pictures]
    items = [*map(_part, message.parts), *below, *(ui.ActionRow(*_items(row)) for row in message.rows)]
    view = ui.LayoutView(timeout=None)
    if message.colour is not None:
        items = [ui.Container(*items, accent_colour=message.colour)]
    items[0].id = message.mark or None
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def components_of(message: Message, files: Iterable[File] = ()) -> list[dict[str, Any]]:
    """The same as raw components (docs.discord.com/developers/components/reference)."""
    components: list[dict[str, Any]] = as_layout(message, files).to_components()  # type: ignore[no-untyped-call]
    return components


def as_embeds(message: Message) -> tuple[list[discord.Embed], ui.View | None]:
    """For where components cannot show texts: as embeds, and what can be pressed below them.

    Any message that `as_layout` takes fits. Raises ValueError for what Discord would refuse.
    """
    embeds: list[discord.Embed] = []
    told: list[str] = []
    for part in message.parts:
        if isinstance(part, Text):
            told.append(part.markdown)
        elif isinstance(part, Image):
            embeds += _embeds(told, message.colour) or [discord.Embed(colour=message.colour)]
            embeds[-1].set_image(url=f"attachment://{part.name}")
            told = []
    embeds += _embeds(told, message.colour)
    if (
        len(embeds) > limits.EMBEDS
        or sum(characters(each.description or "") for each in embeds) > limits.EMBED_TEXT
    ):
        raise ValueError(f"embeds are at most {limits.EMBEDS} with {limits.EMBED_TEXT} characters")
    return embeds, as_view(message)


def as_contents(message: Message) -> list[str]:
    """For where embeds are not allowed either: as the contents of several messages, the rows belonging below the last.

    Pictures are not told, since an attachment shows itself. Without any text it is the message's notice.
    """
    _texts(message)
    contents = pack(
        (part.markdown for part in message.parts if isinstance(part, Text)), budget=limits.CONTENT
    )
    return contents or ([escaped(message.notice)] if message.notice.strip() else [])


def as_view(message: Message) -> ui.View | None:
    """What can be pressed below embeds or contents; None for nothing. Stopped, as a layout is."""
    _check_rows(message.rows)
    if len(message.rows) > limits.ROWS:
        raise ValueError(f"below a message are at most {limits.ROWS} rows")
    if not message.rows:
        return None
    view = ui.View(timeout=None)
    for place, row in enumerate(message.rows):
        for item in _items(row):
            item.row = place
            view.add_item(item)
    view.stop()
    return view


def kept_of(message: Message) -> dict[str, str]:
    """The keys and texts that must be kept before the message is sent, for its buttons and menus to mean something."""
    return dict(filter(None, (_kept(action, pressed) for action, pressed in _carried(message.rows))))


def attachments(files: Iterable[File]) -> list[discord.File]:
    """Files as discord.py sends them, once each. Raises ValueError for too many of them."""
    made = [
        discord.File(BytesIO(file.data), filename=file.name, description=file.alt[: limits.ALT] or None)
        for file in files
    ]
    if len(made) > limits.FILES:
        raise ValueError(f"a message has at most {limits.FILES} files")
    return made


def _part(part: Part) -> Item:
    if isinstance(part, Text):
        return ui.TextDisplay(part.markdown)
    if isinstance(part, Rule):
        return ui.Separator()
    picture = discord.MediaGalleryItem(
        f"attachment://{part.name}", description=part.alt[: limits.ALT] or None
    )
    return ui.MediaGallery(picture)


def _items(row: Row) -> Iterator[Item]:
    if isinstance(row, Menu):
        options = [
            discord.SelectOption(
                label=option.label,
                value=custom_id(row.action, option.pressed),
                description=option.about or None,
            )
            for option in row.options
        ]
        yield ui.Select(custom_id=row.action, placeholder=row.placeholder, options=options)
    else:
        yield from map(_button, row)


def _button(button: Button) -> Item:
    if button.url:
        return ui.Button(label=button.label, url=button.url, emoji=button.emoji or None)
    return ui.Button(
        label=button.label,
        custom_id=custom_id(button.action, button.pressed),
        style=_STYLES[button.style],
        emoji=button.emoji or None,
        disabled=button.is_disabled,
    )


def _embeds(texts: list[str], colour: int | None) -> list[discord.Embed]:
    return [discord.Embed(description=text, colour=colour) for text in pack(texts, budget=limits.DESCRIPTION)]


def _carried(rows: Iterable[Row]) -> Iterator[tuple[str, Pressed]]:
    for row in rows:
        if isinstance(row, Menu):
            yield from ((row.action, option.pressed) for option in row.options)
        else:
            yield from ((button.action, button.pressed) for button in row if not button.url)


def _texts(message: Message) -> list[str]:
    texts = [part.markdown for part in message.parts if isinstance(part, Text)]
    if not all(text.strip() for text in texts):
        raise ValueError("a text shows something")
    return texts


def _check_rows(rows: Iterable[Row]) -> None:
    """Of what discord.py lets pass."""
    rows = list(rows)
    ids = [row.action for row in rows if isinstance(row, Menu)]
    for row in rows:
        if isinstance(row, Menu):
            values = [custom_id(row.action, option.pressed) for option in row.options]
            shown = [text for option in row.options for text in (option.label, option.about)]
            fits = (
                1 <= len(values) <= limits.OPTIONS
                and len(set(values)) == len(values)
                and all(option.label.strip() for option in row.options)
                and max(map(characters, shown)) <= limits.OPTION
                and characters(row.placeholder) <= limits.PLACEHOLDER
            )
        else:
            ids += [custom_id(button.action, button.pressed) for button in row if not button.url]
            fits = 1 <= len(row) <= limits.BUTTONS and all(map(_fits, row))
        if not fits:
            raise ValueError("a row is over Discord's limits, or empty")
    if len(set(ids)) != len(ids):
        raise ValueError("custom ids are unique in a message")


def _fits(button: Button) -> bool:
    is_shown = bool(button.label.strip() or button.emoji)
    return is_shown and characters(button.label) <= limits.LABEL and len(button.url) <= limits.URL

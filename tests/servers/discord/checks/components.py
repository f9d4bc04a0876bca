"""The components of messages, both kinds (docs.discord.com/developers/components/reference)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.servers.discord import limits
from tests.servers.discord.records import JSON, walked

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.servers.discord.checks.faults import Faults

ROW, BUTTON, SELECT, INPUT = 1, 2, 3, 4
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
SELECTS: Final = (3, 5, 6, 7, 8)
_IN_CONTAINER: Final = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
_TOP: Final = (*_IN_CONTAINER, CONTAINER)
At = tuple[str | int, ...]


class Components:
    """Checks the components of one message. attached: the names of its files."""

    def __init__(self, faults: Faults, attached: Collection[str] = ()) -> None:
        self.faults = faults
        self.attached = attached
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()

    def rows(self, value: object, at: At = ("components",)) -> None:
        """Of a message without the flag: at most five rows."""
        for place, each in enumerate(self.faults.items(value, at, most=limits.ROWS)):
            row = self.faults.mapping(each, (*at, place))
            if row and self.faults.one_of(row.get("type"), (*at, place, "type"), (ROW,)):
                self._row(row, (*at, place))

    def layout(self, value: object, at: At = ("components",)) -> None:
        """Of a message with the flag 1 << 15."""
        components = self.faults.items(value, at, most=limits.V2_COMPONENTS)
        everything = walked(components)
        if len(everything) > limits.V2_COMPONENTS:
            self.faults.add(
                at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", "Total number of components exceeds 40"
            )
        shown = sum(len(str(each.get("content") or "")) for each in everything if each.get("type") == TEXT)
        if shown > limits.V2_TEXT:
            self.faults.add(
                at,
                "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED",
                "Displayable text exceeds maximum size of 4000",
            )
        for place, each in enumerate(components):
            self._part(each, (*at, place), _TOP)

    def _part(self, value: object, at: At, allowed: tuple[int, ...]) -> None:
        part = self.faults.mapping(value, at)
        if not part or not self.faults.one_of(part.get("type"), (*at, "type"), allowed):
            return
        self._own_id(part, at)
        match part["type"]:
            case 1:
                self._row(part, at)
            case 9:
                self._section(part, at)
            case 10:
                self.faults.text(
                    part.get("content"), (*at, "content"), least=1, most=limits.V2_TEXT, is_needed=True
                )
            case 11:
                self._media(part.get("media"), (*at, "media"))
                self._description(part, at)
            case 12:
                self._gallery(part, at)
            case 13:
                self._file(part, at)
            case 14:
                self.faults.number(part.get("spacing"), (*at, "spacing"), least=1, most=2, default=1)
            case 17:
                self._container(part, at)

    def _container(self, part: JSON, at: At) -> None:
        self.faults.number(part.get("accent_color"), (*at, "accent_color"), most=0xFFFFFF)
        inner = part.get("components")
        at = (*at, "components")
        for place, each in enumerate(
            self.faults.items(inner, at, least=1, most=limits.V2_COMPONENTS, is_needed=True)
        ):
            self._part(each, (*at, place), _IN_CONTAINER)

    def _section(self, part: JSON, at: At) -> None:
        texts = self.faults.items(
            part.get("components"), (*at, "components"), least=1, most=limits.SECTION_TEXTS, is_needed=True
        )
        for place, each in enumerate(texts):
            self._part(each, (*at, "components", place), (TEXT,))
        if part.get("accessory") is None:
            self.faults.required((*at, "accessory"))
            return
        accessory = self.faults.mapping(part["accessory"], (*at, "accessory"))
        if accessory.get("type") == BUTTON:
            self._button(accessory, (*at, "accessory"))
        else:
            self._part(accessory, (*at, "accessory"), (BUTTON, THUMBNAIL))

    def _gallery(self, part: JSON, at: At) -> None:
        items = self.faults.items(
            part.get("items"), (*at, "items"), least=1, most=limits.GALLERY_ITEMS, is_needed=True
        )
        for place, each in enumerate(items):
            item = self.faults.mapping(each, (*at, "items", place))
            self._media(item.get("media"), (*at, "items", place, "media"))
            self._description(item, (*at, "items", place))

    def _file(self, part: JSON, at: At) -> None:
        url = self._media(part.get("file"), (*at, "file"))
        if url and not url.startswith("attachment://"):
            self.faults.add(
                (*at, "file", "url"), "UNFURLED_MEDIA_ITEM_MUST_BE_ATTACHMENT", "Must be an attachment://"
            )

    def _media(self, value: object, at: At) -> str:
        if value is None:
            self.faults.required(at)
            return ""
        media = self.faults.mapping(value, at)
        url = self.faults.text(media.get("url"), (*at, "url"), least=1, most=2_048, is_needed=True)
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in self.attached:
            self.faults.add(
                (*at, "url"),
                "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND",
                f"The referenced attachment '{url}' was not found in your uploaded attachments",
            )
        elif url and not url.startswith(("attachment://", "https://", "http://")):
            self.faults.add(
                (*at, "url"), "URL_TYPE_INVALID_SCHEME", 'Scheme must be one of ("http", "https").'
            )
        return url

    def _description(self, part: JSON, at: At) -> None:
        self.faults.text(
            part.get("description"), (*at, "description"), least=1, most=limits.MEDIA_DESCRIPTION
        )

    def _row(self, row: JSON, at: At) -> None:
        at = (*at, "components")
        inner = self.faults.items(row.get("components"), at, least=1, most=limits.ROW, is_needed=True)
        for place, each in enumerate(inner):
            part = self.faults.mapping(each, (*at, place))
            if not part or not self.faults.one_of(part.get("type"), (*at, place, "type"), (BUTTON, *SELECTS)):
                continue
            self._own_id(part, (*at, place))
            if part["type"] == BUTTON:
                self._button(part, (*at, place))
            elif len(inner) > 1:
                self.faults.add(
                    at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
                )
            else:
                self.select(part, (*at, place))

    def _button(self, button: JSON, at: At) -> None:
        self.faults.text(button.get("label"), (*at, "label"), most=limits.BUTTON_LABEL)
        emoji = button.get("emoji")
        if not button.get("label") and not emoji:
            self.faults.add(
                (*at, "label"), "BUTTON_COMPONENT_NO_LABEL_OR_EMOJI", "A label or an emoji is required"
            )
        self._emoji(emoji, (*at, "emoji"))
        if not self.faults.one_of(button.get("style"), (*at, "style"), (1, 2, 3, 4, 5)):
            return
        if button["style"] == 5:
            if button.get("custom_id") is not None:
                self.faults.add(
                    at,
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                )
            url = self.faults.text(button.get("url"), (*at, "url"), most=limits.BUTTON_URL, is_needed=True)
            if url and not url.startswith(("http://", "https://", "discord://")):
                self.faults.add(
                    (*at, "url"),
                    "URL_TYPE_INVALID_SCHEME",
                    'Scheme must be one of ("http", "https", "discord").',
                )
            return
        if button.get("url") is not None:
            self.faults.add(
                at,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
        self.custom_id(button, at)

    def select(self, select: JSON, at: At) -> None:
        """A menu, in a message or a modal."""
        self.custom_id(select, at)
        self.faults.text(select.get("placeholder"), (*at, "placeholder"), most=limits.PLACEHOLDER)
        least = self.faults.number(
            select.get("min_values"), (*at, "min_values"), most=limits.OPTIONS, default=1
        )
        most = self.faults.number(
            select.get("max_values"), (*at, "max_values"), least=1, most=limits.OPTIONS, default=1
        )
        if least > most:
            self.faults.add(
                (*at, "min_values"), "SELECT_COMPONENT_MIN_OVER_MAX", "Must not be more than max_values"
            )
        if select["type"] == SELECT:
            self._options(select, (*at, "options"), most)

    def _options(self, select: JSON, at: At, most: int) -> None:
        options = self.faults.items(select.get("options"), at, least=1, most=limits.OPTIONS, is_needed=True)
        if options and most > len(options):
            self.faults.add(
                (*at[:-1], "max_values"),
                "NUMBER_TYPE_MAX",
                f"int value should be less than or equal to {len(options)}.",
            )
        values: set[str] = set()
        for place, each in enumerate(options):
            option = self.faults.mapping(each, (*at, place))
            for key in ("label", "value"):
                self.faults.text(
                    option.get(key), (*at, place, key), least=1, most=limits.OPTION, is_needed=True
                )
            self.faults.text(option.get("description"), (*at, place, "description"), most=limits.OPTION)
            self._emoji(option.get("emoji"), (*at, place, "emoji"))
            if str(option.get("value")) in values:
                self.faults.add(
                    (*at, place, "value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            values.add(str(option.get("value")))

    def custom_id(self, part: JSON, at: At) -> None:
        """Every part that can be used has one, which is its own."""
        custom_id = self.faults.text(
            part.get("custom_id"), (*at, "custom_id"), least=1, most=limits.CUSTOM_ID, is_needed=True
        )
        if custom_id and custom_id in self._custom_ids:
            self.faults.add(
                (*at, "custom_id"),
                "COMPONENT_CUSTOM_ID_DUPLICATED",
                "Component custom id cannot be duplicated",
            )
        self._custom_ids.add(custom_id)

    def _own_id(self, part: JSON, at: At) -> None:
        own = self.faults.number(part.get("id"), (*at, "id"), most=2**31 - 1)
        if own and own in self._ids:
            self.faults.add((*at, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
        self._ids.add(own)

    def _emoji(self, value: object, at: At) -> None:
        if value is None:
            return
        emoji = self.faults.mapping(value, at)
        name = str(emoji.get("name") or "")
        if not emoji.get("id") and (not name or name.isascii()):
            self.faults.add(at, "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")

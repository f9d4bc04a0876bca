"""Messages: what is shown in Discord, before it becomes a layout view, embeds or plain text (see `views`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from adapters.chat.pressed import Pressed

NOTHING: Final = Pressed()

Style = Literal["primary", "secondary", "success", "danger"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph or more in Discord's Markdown, which is safe: nobody's words are markup in it."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line between two parts."""


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that is attached to the message. name: its file's. alt: what it shows, in words."""

    name: str
    alt: str


Part: TypeAlias = Text | Rule | Image


@dataclass(frozen=True, slots=True)
class Button:
    """action: see `actions`; "" for a link. url: what the client opens by itself, "" for none. is_disabled: shown, and
    not to be pressed."""

    label: str
    action: str = ""
    pressed: Pressed = NOTHING
    style: Style = "secondary"
    emoji: str = ""
    url: str = ""
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a menu. about: a second line, "" for none."""

    label: str
    pressed: Pressed
    about: str = ""


@dataclass(frozen=True, slots=True)
class Menu:
    """One of the options can be chosen, which does the action."""

    action: str
    placeholder: str
    options: tuple[Option, ...]


Row: TypeAlias = tuple[Button, ...] | Menu
"""At most five buttons, or a menu."""


@dataclass(frozen=True, slots=True)
class Message:
    """parts: what is read. rows: what can be pressed below it. colour: of the bar beside the parts as 0xRRGGBB, None
    for no bar. notice: one plain line for where nothing else can be shown. mark: by which it is found again, see
    `marks`; 0 for none."""

    parts: tuple[Part, ...]
    rows: tuple[Row, ...] = ()
    colour: int | None = None
    notice: str = ""
    mark: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """A file to be attached. alt: what it shows, for a picture."""

    name: str
    data: bytes
    alt: str = ""

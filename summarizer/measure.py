"""Measures of text: how wide it is in the bundled font, and what of it fits. Pure.

Browsers may show another font; what is laid out here leaves them some room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_REGULAR: Final = (
    224, 323, 474, 555, 555, 921, 680, 278, 338, 338, 467, 555, 278, 347, 278, 392, 555, 555, 555, 555, 555, 555, 555,
    555, 555, 555, 278, 278, 555, 555, 555, 474, 946, 608, 657, 638, 688, 589, 552, 689, 728, 293, 535, 646, 543, 812,
    723, 742, 633, 742, 635, 596, 599, 721, 575, 878, 573, 531, 603, 338, 392, 338, 555, 559, 606, 563, 618, 510, 620,
    554, 325, 564, 607, 275, 275, 552, 284, 926, 610, 606, 620, 620, 388, 468, 377, 607, 521, 802, 498, 521, 475, 338,
    270, 338, 555,
)  # fmt: skip
"""Thousandths of the font's size that the characters from the space to the tilde advance by."""
_BOLD: Final = (
    227, 370, 574, 590, 590, 963, 740, 325, 378, 378, 507, 590, 325, 370, 325, 387, 590, 590, 590, 590, 590, 590, 590,
    590, 590, 590, 325, 325, 590, 590, 590, 514, 1007, 641, 681, 656, 714, 615, 585, 717, 757, 330, 568, 686, 578, 853,
    749, 770, 667, 770, 682, 624, 625, 748, 619, 915, 627, 580, 613, 378, 387, 378, 590, 567, 626, 591, 644, 527, 644,
    581, 372, 597, 640, 304, 306, 604, 315, 964, 641, 626, 644, 644, 436, 495, 421, 637, 576, 863, 562, 574, 511, 378,
    296, 378, 590,
)  # fmt: skip
_WIDEST: Final = 1000
"""Of all others, which are Chinese or stand for themselves."""


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """CSS pixels."""
    advances = _BOLD if is_bold else _REGULAR
    return size / 1000 * sum(advances[ord(char) - 32] if " " <= char <= "~" else _WIDEST for char in text)


def fitted(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """The text, cut at its end where it has no room."""
    if width(text, size, is_bold=is_bold) <= room:
        return text
    while text and width(text + "…", size, is_bold=is_bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


def middled(path: str, room: float, size: float) -> str:
    """A path, cut in its middle where it has no room: whole folders first, then within what is left of it.

    Its file's name says most of it, then where it begins.
    """
    if width(path, size) <= room:
        return path
    folders = path.split("/")
    for left_out in range(1, len(folders) - 1):
        begin = (len(folders) - left_out) // 2
        short = "/".join([*folders[:begin], "…", *folders[begin + left_out :]])
        if width(short, size) <= room:
            return short
    for shown in range(len(path) - 1, 0, -1):
        tail = shown * 2 // 3
        short = path[: shown - tail] + "…" + path[len(path) - tail :]
        if width(short, size) <= room:
            return short
    return "…"


def wrapped(parts: Sequence[str], between: str, room: float, size: float) -> list[str]:
    """The parts in as few lines as hold them in their order, `between` between those of a line."""
    lines: list[str] = []
    for part in parts:
        longer = f"{lines[-1]}{between}{part}" if lines else part
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(fitted(part, room, size))
    return lines

"""Messages and modals as a person uses them: the component that is meant, and what a modal sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.discord.checks.components import BUTTON, INPUT, SELECT, SELECTS
from tests.servers.discord.options import NotOffered
from tests.servers.discord.records import walked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.discord.interactions import Modal
    from tests.servers.discord.records import JSON, Message

LINK = 5


def button(message: Message, name: str) -> JSON:
    """name: a custom id, how one begins, or a label. Raises NotOffered."""
    buttons = [each for each in walked(message.components) if each["type"] == BUTTON]
    return _meant(buttons, name, "label")


def menu(message: Message, name: str) -> JSON:
    """name: a custom id, how one begins, or a placeholder; "" for the only one. Raises NotOffered."""
    menus = [each for each in walked(message.components) if each["type"] in SELECTS]
    return _meant(menus, name, "placeholder")


def _meant(parts: list[JSON], name: str, shown: str) -> JSON:
    exact = [each for each in parts if name in (each.get("custom_id"), each.get(shown))]
    begun = [each for each in parts if str(each.get("custom_id", "")).startswith(name)]
    found = exact or begun
    if len(found) != 1:
        there = [(each.get("custom_id"), each.get(shown)) for each in parts]
        raise NotOffered(f"{len(found)} are called {name!r}; there are {there}")
    if found[0].get("disabled") or (found[0].get("style") == LINK and found[0]["type"] == BUTTON):
        raise NotOffered(f"{name!r} cannot be used")
    return found[0]


def chosen(part: JSON, values: str | list[str]) -> list[str]:
    """The values of a menu's options. values: of them their values or labels. Raises NotOffered."""
    wanted = [values] if isinstance(values, str) else values
    if part["type"] == SELECT:
        options = part["options"]
        by_name = {each["label"]: each["value"] for each in options} | {
            each["value"]: each["value"] for each in options
        }
        if any(each not in by_name for each in wanted):
            raise NotOffered(f"{wanted} are not among {list(by_name)}")
        wanted = [by_name[each] for each in wanted]
    least = part.get("min_values", 1) if part.get("required", True) or wanted else 0
    if not least <= len(wanted) <= part.get("max_values", 1):
        raise NotOffered(f"{len(wanted)} cannot be chosen")
    return wanted


def submitted(modal: Modal, values: Mapping[str, Any]) -> list[JSON]:
    """What a modal sends. values: by custom id or label; what is not named stays as it was filled in before. Raises
    NotOffered."""
    left = dict(values)
    sent: list[JSON] = []
    for number, part in enumerate(modal.components, 1):
        own = {"type": part["type"], "id": part.get("id") or number}
        if part["type"] == 1:
            field = part["components"][0]
            sent.append(own | {"components": [_filled(field, field.get("label", ""), left, number)]})
        elif part["type"] == 18:
            sent.append(own | {"component": _filled(part["component"], part["label"], left, number)})
        else:
            sent.append(own)
    if left:
        raise NotOffered(f"the modal has no {sorted(left)}")
    return sent


def _filled(field: JSON, label: str, left: dict[str, Any], number: int) -> JSON:
    given = left.pop(field["custom_id"], left.pop(label, None))
    own: JSON = {
        "type": field["type"],
        "id": field.get("id") or 100 + number,
        "custom_id": field["custom_id"],
    }
    if field["type"] == INPUT:
        text = field.get("value") or "" if given is None else given
        least = max(field.get("min_length") or 0, 1 if field.get("required", True) else 0)
        if (text or field.get("required", True)) and not least <= len(text) <= (
            field.get("max_length") or 4_000
        ):
            raise NotOffered(f"{label!r} takes {least} to {field.get('max_length')} characters")
        return own | {"value": text}
    if field["type"] in SELECTS:
        preset = [each["value"] for each in field.get("options", ()) if each.get("default")]
        return own | {"values": chosen(field, preset if given is None else given)}
    if field["type"] == 23:
        return own | {"value": bool(field.get("default")) if given is None else given}
    if field["type"] == 21:
        preset = [each["value"] for each in field["options"] if each.get("default")]
        return own | {"value": (preset or [None])[0] if given is None else given}
    return own | {"values": given or []}

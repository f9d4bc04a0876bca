"""Modals and the choices of an autocompletion (docs.discord.com/developers/components/reference, "label")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits
from tests.servers.discord.checks.components import INPUT, ROW, SELECTS, TEXT, Components
from tests.servers.discord.checks.faults import Faults

if TYPE_CHECKING:
    from tests.servers.discord.checks.components import At
    from tests.servers.discord.records import JSON

LABEL, UPLOAD = 18, 19


def check(data: JSON) -> None:
    """The `data` of a modal's callback. Raises Refused 50035."""
    faults = Faults()
    components = Components(faults)
    faults.text(data.get("title"), ("data", "title"), least=1, most=limits.MODAL_TITLE, is_needed=True)
    faults.text(data.get("custom_id"), ("data", "custom_id"), least=1, most=limits.CUSTOM_ID, is_needed=True)
    parts = faults.items(
        data.get("components"), ("data", "components"), least=1, most=limits.MODAL_COMPONENTS, is_needed=True
    )
    for place, each in enumerate(parts):
        at = ("data", "components", place)
        part = faults.mapping(each, at)
        if faults.one_of(part.get("type"), (*at, "type"), (ROW, TEXT, LABEL)):
            _part(part, at, faults, components)
    faults.refuse()


def _part(part: JSON, at: At, faults: Faults, components: Components) -> None:
    if part["type"] == TEXT:
        faults.text(part.get("content"), (*at, "content"), least=1, most=limits.V2_TEXT, is_needed=True)
    elif part["type"] == ROW:
        inner = faults.items(part.get("components"), (*at, "components"), least=1, most=1, is_needed=True)
        for each in inner:
            _field(each, (*at, "components", 0), faults, components, (INPUT,))
    else:
        faults.text(part.get("label"), (*at, "label"), least=1, most=limits.LABEL, is_needed=True)
        faults.text(part.get("description"), (*at, "description"), most=limits.LABEL_DESCRIPTION)
        if part.get("component") is None:
            faults.required((*at, "component"))
        else:
            _field(
                part["component"],
                (*at, "component"),
                faults,
                components,
                (INPUT, *SELECTS, UPLOAD, 21, 22, 23),
            )


def _field(value: object, at: At, faults: Faults, components: Components, allowed: tuple[int, ...]) -> None:
    field = faults.mapping(value, at)
    if not faults.one_of(field.get("type"), (*at, "type"), allowed):
        return
    if field["type"] in SELECTS:
        components.select(field, at)
        return
    components.custom_id(field, at)
    if field["type"] != INPUT:
        return
    faults.one_of(field.get("style"), (*at, "style"), (1, 2))
    if allowed == (INPUT,):
        faults.text(field.get("label"), (*at, "label"), least=1, most=limits.LABEL, is_needed=True)
    faults.text(field.get("placeholder"), (*at, "placeholder"), most=limits.INPUT_PLACEHOLDER)
    least = faults.number(field.get("min_length"), (*at, "min_length"), most=limits.INPUT_VALUE)
    most = faults.number(
        field.get("max_length"),
        (*at, "max_length"),
        least=1,
        most=limits.INPUT_VALUE,
        default=limits.INPUT_VALUE,
    )
    if field.get("value"):
        faults.text(field["value"], (*at, "value"), least=least, most=most)


def check_choices(data: JSON) -> list[Any]:
    """The choices of an autocompletion. Raises Refused 50035."""
    faults = Faults()
    at = ("data", "choices")
    choices = faults.items(data.get("choices"), at, most=limits.COMMAND_CHOICES, is_needed=True)
    for place, each in enumerate(choices):
        choice = faults.mapping(each, (*at, place))
        faults.text(
            choice.get("name"), (*at, place, "name"), least=1, most=limits.COMMAND_CHOICE, is_needed=True
        )
        if isinstance(choice.get("value"), str):
            faults.text(choice["value"], (*at, place, "value"), most=limits.COMMAND_CHOICE)
        elif not isinstance(choice.get("value"), int | float):
            faults.required((*at, place, "value"))
    faults.refuse()
    return choices

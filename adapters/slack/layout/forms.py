"""Forms: views that somebody fills in, and what they filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.slack import actions, limits
from adapters.slack.blocks import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.slack.blocks import Block

View: TypeAlias = dict[str, Any]
"""D/reference/views, where D is docs.slack.dev."""
Values: TypeAlias = "Mapping[str, Mapping[str, Mapping[str, Any]]]"
"""What Slack tells of a submitted view: block id -> action id -> state."""


def modal(
    title: str,
    blocks: Iterable[Block],
    *,
    close: str,
    submit: str | None = None,
    callback_id: str = "",
    metadata: str = "",
) -> View:
    """A modal view. submit: the label of the button that sends it; None for a view that only shows something."""
    view: View = {
        "type": "modal",
        "title": plain_text(title, limits.VIEW_TITLE),
        "close": plain_text(close, limits.VIEW_TITLE),
        "blocks": list(blocks),
    }
    if submit is not None:
        view["submit"] = plain_text(submit, limits.VIEW_TITLE)
        view["callback_id"] = callback_id
    if metadata:
        view["private_metadata"] = metadata
    return view


def select(
    name: str, label: str, options: Sequence[tuple[str, str]], *, empty: str = "", chosen: str = ""
) -> Block:
    """A menu. options: (value, text), the first hundred of which are shown. empty: what stands there before a choice;
    a menu without a chosen value may stay empty."""
    made = [
        {"text": plain_text(text, limits.OPTION), "value": value} for value, text in options[: limits.OPTIONS]
    ]
    element: Block = {"type": "static_select", "action_id": actions.FIELD, "options": made}
    if empty:
        element["placeholder"] = plain_text(empty, limits.PLACEHOLDER)
    for each in made:
        if each["value"] == chosen:
            element["initial_option"] = each
    return _input(name, label, element, is_optional=not chosen)


def field(
    name: str, label: str, *, hint: str = "", most: int, is_multiline: bool = False, begins: str = ""
) -> Block:
    """A text of at most `most` characters, which may stay empty. begins: what stands there already."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": actions.FIELD,
        "multiline": is_multiline,
        "max_length": most,
    }
    if begins:
        element["initial_value"] = begins[:most]
    made = _input(name, label, element, is_optional=True)
    return {**made, "hint": plain_text(hint, limits.LABEL)} if hint else made


def several(
    name: str, label: str, options: Sequence[tuple[str, str]], *, empty: str, chosen: Sequence[str] = ()
) -> Block:
    """A menu in which any number may be chosen, also none. options, empty: as of `select`."""
    element = _many("multi_static_select", options, chosen)
    return _input(
        name, label, {**element, "placeholder": plain_text(empty, limits.PLACEHOLDER)}, is_optional=True
    )


def ticked(name: str, label: str, text: str, *, is_ticked: bool = False) -> Block:
    """One box, which holds its input's name once it is ticked."""
    element = _many("checkboxes", [(name, text)], [name] if is_ticked else [])
    return _input(name, label, element, is_optional=True)


def time_of_day(name: str, label: str, *, chosen: str, hint: str) -> Block:
    """A time to the minute. chosen: such as "09:00"."""
    element: Block = {"type": "timepicker", "action_id": actions.FIELD, "initial_time": chosen}
    return {
        **_input(name, label, element, is_optional=False),
        "hint": plain_text(hint, limits.LABEL),
    }


def channel(name: str, label: str, *, empty: str, hint: str, chosen: str = "") -> Block:
    """A menu of the channels that the person sees, in which none may be chosen. chosen: an id."""
    element: Block = {
        "type": "conversations_select",
        "action_id": actions.FIELD,
        "placeholder": plain_text(empty, limits.PLACEHOLDER),
        "filter": {"include": ["public", "private", "mpim"]},
    }
    if chosen:
        element["initial_conversation"] = chosen
    return {**_input(name, label, element, is_optional=True), "hint": plain_text(hint, limits.LABEL)}


def filled(values: Values, name: str) -> str:
    """What the input of that name holds, "" for nothing or for an input that is not there."""
    state = values.get(name, {}).get(actions.FIELD, {})
    chosen = state.get("selected_option") or {}
    picked = state.get("selected_time") or state.get("selected_conversation")
    return str(chosen.get("value") or picked or state.get("value") or "").strip()


def filled_many(values: Values, name: str) -> tuple[str, ...]:
    """What is chosen in a menu of `several`, or in a box of `ticked`."""
    chosen = values.get(name, {}).get(actions.FIELD, {}).get("selected_options") or ()
    return tuple(str(each.get("value") or "") for each in chosen)


def _many(kind: str, options: Sequence[tuple[str, str]], chosen: Sequence[str]) -> Block:
    made = [
        {"text": plain_text(text, limits.OPTION), "value": value} for value, text in options[: limits.OPTIONS]
    ]
    element: Block = {"type": kind, "action_id": actions.FIELD, "options": made}
    if begins := [each for each in made if each["value"] in chosen]:
        element["initial_options"] = begins
    return element


def _input(name: str, label: str, element: Block, *, is_optional: bool) -> Block:
    return {
        "type": "input",
        "block_id": name,
        "label": plain_text(label, limits.LABEL),
        "element": element,
        "optional": is_optional,
    }

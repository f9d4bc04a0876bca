"""Whether text objects and the elements inside blocks are valid, as `blocks` tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.servers.slack import limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.servers.slack.faults_of_blocks import Faults
    from tests.servers.slack.records import File

_SELECTS = ("users", "conversations", "channels", "external")
_PICKERS = ("datepicker", "timepicker", "datetimepicker")
_WITH_OPTIONS = ("static_select", "multi_static_select", "overflow", "checkboxes", "radio_buttons")
_CHOICES = {
    *_WITH_OPTIONS,
    *(f"{kind}_select" for kind in _SELECTS),
    *(f"multi_{kind}_select" for kind in _SELECTS),
    *_PICKERS,
}
_INPUTS = {
    "plain_text_input",
    "url_text_input",
    "number_input",
    "email_text_input",
    "rich_text_input",
    "file_input",
}
_ALLOWED = {
    "section": {"image", "button", *_CHOICES},
    "actions": {"button", *_CHOICES},
    "context": {"image"},
    "block": {"image"},
    "input": (_CHOICES - {"overflow"}) | _INPUTS,
    "context_actions": {"feedback_buttons", "icon_button"},
}
_MOST_OPTIONS = {
    "overflow": limits.OVERFLOW,
    "checkboxes": limits.CHECKBOXES,
    "radio_buttons": limits.CHECKBOXES,
}


def text_object(faults: Faults, value: object, at: str, *, most: int) -> None:
    """A plain_text or mrkdwn object of 1 to `most` characters."""
    if not faults.object(value, at):
        return
    assert isinstance(value, dict)
    kind = value.get("type")
    if kind not in ("plain_text", "mrkdwn"):
        faults.add(
            "must be a valid text object" if kind is None else f"unsupported type: {kind}", f"{at}/type"
        )
        return
    if "emoji" in value and kind == "mrkdwn":
        faults.add("invalid additional property: emoji", at)
    if "verbatim" in value and kind == "plain_text":
        faults.add("invalid additional property: verbatim", at)
    faults.keys(value, at, "text", "emoji", "verbatim")
    if faults.needs(value, "text", at):
        faults.string(value, "text", at, least=1, most=most)


def plain(faults: Faults, value: object, at: str, *, most: int) -> None:
    """A plain_text object of 1 to `most` characters."""
    if isinstance(value, dict) and value.get("type") not in (None, "plain_text"):
        faults.add("must be a plain_text object", f"{at}/type")
        return
    text_object(faults, value, at, most=most)


def url(faults: Faults, holder: dict[str, Any], key: str, at: str) -> None:
    """An address of at most 3,000 characters."""
    if faults.string(holder, key, at, least=1, most=limits.URL):
        try:
            parts = urlsplit(holder[key])
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https", "mailto", "slack") or not (parts.netloc or parts.path):
            faults.add("must be a valid URL", f"{at}/{key}")


def check_element(faults: Faults, value: object, at: str, files: Mapping[str, File], *, where: str) -> None:
    """An element in the block `where`: section, actions, context, input, context_actions, or the image "block"."""
    if not faults.object(value, at):
        return
    assert isinstance(value, dict)
    kind = value.get("type")
    if kind not in _ALLOWED[where]:
        faults.add(f"unsupported type: {kind}", f"{at}/type")
        return
    if "action_id" in value:
        faults.string(value, "action_id", at, most=limits.ACTION_ID)
    if "confirm" in value:
        _confirm(faults, value["confirm"], f"{at}/confirm")
    if "placeholder" in value:
        plain(faults, value["placeholder"], f"{at}/placeholder", most=limits.PLACEHOLDER)
    if kind == "image":
        _image(faults, value, at, files, is_block=where == "block")
    elif kind in ("button", "icon_button"):
        _button(faults, value, at)
    elif kind == "feedback_buttons":
        _feedback(faults, value, at)
    elif kind in _WITH_OPTIONS:
        _options(faults, value, at)
    elif kind == "plain_text_input":
        _text_input(faults, value, at)
    elif kind == "timepicker":
        _time(faults, value, at)
    elif kind == "conversations_select":
        _conversation(faults, value, at)


def _button(faults: Faults, value: dict[str, Any], at: str) -> None:
    is_icon = value["type"] == "icon_button"
    known = ["text", "action_id", "value", "confirm", "accessibility_label"]
    own = ("icon",) if is_icon else ("url", "style", "agent_prompt", "agent_prompt_display")
    faults.keys(value, at, *known, "visible_to_user_ids", *own)
    if is_icon:
        faults.needs(value, "icon", at)
    if faults.needs(value, "text", at):
        plain(faults, value["text"], f"{at}/text", most=limits.BUTTON)
    if "value" in value:
        faults.string(value, "value", at, least=1, most=limits.VALUE)
    if "url" in value:
        url(faults, value, "url", at)
    if "accessibility_label" in value:
        faults.string(value, "accessibility_label", at, most=limits.BUTTON)
    if value.get("style", "primary") not in ("primary", "danger"):
        faults.add(f"must be a valid enum value: {value['style']}", f"{at}/style")


def _feedback(faults: Faults, value: dict[str, Any], at: str) -> None:
    faults.keys(value, at, "action_id", "positive_button", "negative_button")
    for key in ("positive_button", "negative_button"):
        if not faults.needs(value, key, at) or not faults.object(value[key], f"{at}/{key}"):
            continue
        here, button = f"{at}/{key}", value[key]
        faults.keys(button, here, "text", "value", "accessibility_label")
        if faults.needs(button, "text", here):
            plain(faults, button["text"], f"{here}/text", most=limits.BUTTON)
        if faults.needs(button, "value", here):
            faults.string(button, "value", here, least=1, most=limits.VALUE)


def _image(
    faults: Faults, value: dict[str, Any], at: str, files: Mapping[str, File], *, is_block: bool
) -> None:
    faults.keys(value, at, "image_url", "alt_text", "slack_file", *(("title",) if is_block else ()))
    if faults.needs(value, "alt_text", at):
        faults.string(value, "alt_text", at, least=1, most=limits.ALT)
    if ("image_url" in value) == ("slack_file" in value):
        faults.add("must provide one of image_url or slack_file", at)
        return
    if "image_url" in value:
        url(faults, value, "image_url", at)
        return
    file = value["slack_file"]
    named = file.get("id") if isinstance(file, dict) else None
    if isinstance(file, dict) and named is None and "url" in file:
        named = next((each.id for each in files.values() if each.id in str(file["url"])), None)
    known = files.get(str(named))
    if known is None or not known.is_ready:
        faults.add("invalid slack file", f"{at}/slack_file")


def _options(faults: Faults, value: dict[str, Any], at: str) -> None:
    most = _MOST_OPTIONS.get(value["type"], limits.OPTIONS)
    groups = value.get("option_groups")
    if groups is not None:
        if faults.array(groups, f"{at}/option_groups", least=1, most=limits.OPTIONS):
            for index, group in enumerate(groups):
                here = f"{at}/option_groups/{index}"
                if faults.object(group, here):
                    _each_option(faults, group.get("options"), f"{here}/options", most, value["type"])
        return
    if faults.needs(value, "options", at):
        _each_option(faults, value["options"], f"{at}/options", most, value["type"])
    if value.get("initial_options") == []:
        faults.add("no fewer than 1 items allowed", f"{at}/initial_options")
    chosen = [value["initial_option"]] if "initial_option" in value else value.get("initial_options", [])
    for each in chosen:
        if each not in value.get("options", ()):
            faults.add("initial option must match one of the options", at)


def _each_option(faults: Faults, options: object, at: str, most: int, kind: str) -> None:
    if not faults.array(options, at, least=1, most=most):
        return
    assert isinstance(options, list)
    for index, option in enumerate(options):
        here = f"{at}/{index}"
        if not faults.object(option, here):
            continue
        faults.keys(option, here, "text", "value", "description", "url")
        if faults.needs(option, "text", here):
            check = text_object if kind in ("checkboxes", "radio_buttons") else plain
            check(faults, option["text"], f"{here}/text", most=limits.OPTION)
        if "description" in option:
            text_object(faults, option["description"], f"{here}/description", most=limits.OPTION)
        if faults.needs(option, "value", here):
            faults.string(option, "value", here, least=1, most=limits.OPTION_VALUE)


def _text_input(faults: Faults, value: dict[str, Any], at: str) -> None:
    known = ["action_id", "placeholder", "initial_value", "multiline", "min_length", "max_length"]
    faults.keys(value, at, *known, "dispatch_action_config", "focus_on_load")
    for key in ("min_length", "max_length"):
        if not 0 <= value.get(key, 1) <= limits.SECTION:
            faults.add(f"must be between 0 and {limits.SECTION}", f"{at}/{key}")
    if "initial_value" in value:
        faults.string(value, "initial_value", at, most=limits.SECTION)


def _time(faults: Faults, value: dict[str, Any], at: str) -> None:
    faults.keys(value, at, "action_id", "initial_time", "confirm", "focus_on_load", "placeholder", "timezone")
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(value.get("initial_time", "00:00"))):
        faults.add("must be a valid time", f"{at}/initial_time")


def _conversation(faults: Faults, value: dict[str, Any], at: str) -> None:
    known = ["action_id", "initial_conversation", "default_to_current_conversation", "confirm", "filter"]
    faults.keys(value, at, *known, "focus_on_load", "placeholder", "response_url_enabled")
    if "initial_conversation" in value:
        faults.string(value, "initial_conversation", at, least=1, most=255)
    chosen = value.get("filter", {"include": ["public"]})
    if faults.object(chosen, f"{at}/filter"):
        kinds = chosen.get("include", ["public"])
        if not kinds or not set(kinds) <= {"im", "mpim", "private", "public"}:
            faults.add("must be a valid enum value", f"{at}/filter/include")


def _confirm(faults: Faults, value: object, at: str) -> None:
    if not faults.object(value, at):
        return
    assert isinstance(value, dict)
    most = {"title": limits.CONFIRM_TITLE, "text": limits.CONFIRM_TEXT}
    most |= {"confirm": limits.CONFIRM_BUTTON, "deny": limits.CONFIRM_BUTTON}
    for key, length in most.items():
        if (key in value or key in ("title", "text")) and faults.needs(value, key, at):
            check = text_object if key == "text" else plain
            check(faults, value[key], f"{at}/{key}", most=length)

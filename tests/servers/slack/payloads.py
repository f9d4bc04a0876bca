"""What Slack sends to an app, built from what a person did. Shapes: docs.slack.dev/reference/interaction-payloads,
docs.slack.dev/apis/events-api, docs.slack.dev/interactivity/implementing-slash-commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.slack.shapes import block_id, message_json, with_ids

if TYPE_CHECKING:
    from tests.servers.slack.records import JSON, Channel, Message, User, View
    from tests.servers.slack.state import State

_TOKEN = "verification-token-testsonly"


def command(state: State, name: str, text: str, channel: Channel, user: User, response_url: str) -> JSON:
    team = state.teams[channel.team]
    named = "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name
    return {
        "token": _TOKEN,
        "team_id": team.id,
        "team_domain": team.domain,
        "channel_id": channel.id,
        "channel_name": named,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": state.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": state.trigger(user.id, team.id),
    }


def event(state: State, inner: JSON, team: str, *, shared: bool = False) -> JSON:
    known = state.teams[team]
    number = state.count()
    return {
        "token": _TOKEN,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": state.app_id,
        "event": {"event_ts": state.new_ts(), **inner},
        "type": "event_callback",
        "event_id": f"Ev0{number:08}",
        "event_time": int(state.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": known.bot,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{number}",
    }


def interaction(state: State, kind: str, user: User, team_id: str) -> JSON:
    """What every interaction has. team_id: of the workspace where the app is; the person may be of another one."""
    team = state.teams[team_id]
    return {
        "type": kind,
        "token": _TOKEN,
        "api_app_id": state.app_id,
        "team": {"id": team.id, "domain": team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team},
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": state.trigger(user.id, team.id),
    }


def channel_of(state: State, channel: str) -> JSON:
    known = state.channels[channel]
    named = "directmessage" if known.is_im else "privategroup" if known.is_private else known.name
    return {"id": channel, "name": named}


def pressed_in_message(state: State, message: Message, action: JSON, user: User, response_url: str) -> JSON:
    payload = interaction(state, "block_actions", user, message.team)
    container: JSON = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.is_ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload |= {
        "container": container,
        "channel": channel_of(state, message.channel),
        "state": {"values": {}},
        "response_url": response_url,
        "actions": [action],
    }
    if not message.is_ephemeral:  # Slack does not keep what one person alone sees
        payload["message"] = message_json(state, message)
    return payload


def pressed_in_view(state: State, view: View, action: JSON, user: User) -> JSON:
    payload = interaction(state, "block_actions", user, view.team)
    return payload | {
        "container": {"type": "view", "view_id": view.id},
        "view": view.payload,
        "actions": [action],
    }


def element_in(blocks: list[JSON], action_id: str, value: str | None) -> tuple[JSON, str]:
    """The element with that action id (and value, where several have it), with its block's id. Raises LookupError."""
    seen = []
    for index, block in enumerate(blocks):
        elements = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in elements:
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            seen.append(element["action_id"])
            if element["action_id"] == action_id and (value is None or _fits(element, value)):
                return element, block_id(block, index)
    raise LookupError(f"no element {action_id!r} (value {value!r}) among {seen}")


def _fits(element: JSON, value: str) -> bool:
    if element["type"] in ("button", "icon_button"):
        return bool(element.get("value", "") == value)
    if element["type"] == "feedback_buttons":
        return value in ("positive", "negative", *_feedback_values(element))
    options = all_options(element)
    return not options or any(option["value"] == value for option in options)


def _feedback_values(element: JSON) -> tuple[str, str]:
    return str(element["positive_button"]["value"]), str(element["negative_button"]["value"])


def all_options(element: JSON) -> list[JSON]:
    groups = element.get("option_groups", ())
    return [*element.get("options", ()), *(option for group in groups for option in group["options"])]


def action_of(state: State, element: JSON, block: str, value: str | None) -> JSON:
    """The entry of `actions` for an element that was used."""
    kind = element["type"]
    action: JSON = {
        "type": kind,
        "action_id": element["action_id"],
        "block_id": block,
        "action_ts": state.new_ts(),
    }
    if kind in ("button", "icon_button"):
        return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    if kind == "feedback_buttons":
        is_negative = value in ("negative", element["negative_button"]["value"])
        button = element["negative_button" if is_negative else "positive_button"]
        return action | {"text": button["text"], "value": button["value"]}
    return action | state_value(element, value)


def state_value(element: JSON, value: Any) -> JSON:  # noqa: ANN401 - as the kind of element takes it
    """What an element holds once `value` is filled in, None for what it begins with."""
    kind = element["type"]
    by_value = {option["value"]: option for option in all_options(element)}
    if kind in ("static_select", "radio_buttons", "overflow"):
        chosen = element.get("initial_option") if value is None else by_value[value]
        return {"type": kind, "selected_option": chosen}
    if kind in ("multi_static_select", "checkboxes"):
        chosen = element.get("initial_options", []) if value is None else [by_value[each] for each in value]
        return {"type": kind, "selected_options": chosen}
    single = {
        "users_select": ("selected_user", "initial_user"),
        "conversations_select": ("selected_conversation", "initial_conversation"),
        "channels_select": ("selected_channel", "initial_channel"),
        "multi_users_select": ("selected_users", "initial_users"),
        "multi_conversations_select": ("selected_conversations", "initial_conversations"),
        "multi_channels_select": ("selected_channels", "initial_channels"),
        "datepicker": ("selected_date", "initial_date"),
        "timepicker": ("selected_time", "initial_time"),
        "datetimepicker": ("selected_date_time", "initial_date_time"),
    }
    if kind in single:
        key, initial = single[kind]
        return {"type": kind, key: element.get(initial) if value is None else value}
    return {"type": kind, "value": element.get("initial_value") if value is None else value}


def values_of(view: View, filled: JSON) -> JSON:
    """`state.values` of a view.

    filled: by action id, or by block id and action id. Raises LookupError for what the view does not ask.
    """
    left = {str(key): value for key, value in filled.items()}
    values: JSON = {}
    for block in with_ids(view.blocks):
        elements = [*block.get("elements", ()), block.get("accessory"), block.get("element")]
        for element in elements:
            if (
                not isinstance(element, dict)
                or "action_id" not in element
                or element["type"] in ("button", "image")
            ):
                continue
            name, action = block["block_id"], element["action_id"]
            value = None
            if isinstance(left.get(name), dict) and action in left[name]:
                value = left[name].pop(action)
                left = {key: each for key, each in left.items() if each != {}}
            elif action in left:
                value = left.pop(action)
            values.setdefault(name, {})[action] = state_value(element, value)
    if left:
        raise LookupError(f"the view asks nothing of {sorted(left)}")
    return values

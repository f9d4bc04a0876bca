"""views.open, views.push, views.update, views.publish."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.blocks import faults_of
from tests.servers.slack.elements import plain
from tests.servers.slack.faults_of_blocks import Faults
from tests.servers.slack.records import View
from tests.servers.slack.refused import Refused, invalid
from tests.servers.slack.shapes import with_ids

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON
    from tests.servers.slack.state import State

_KEYS = {
    "modal": {
        "type",
        "title",
        "blocks",
        "close",
        "submit",
        "private_metadata",
        "callback_id",
        "clear_on_close",
        "notify_on_close",
        "external_id",
        "submit_disabled",
    },
    "home": {"type", "blocks", "private_metadata", "callback_id", "external_id"},
}


def check_view(state: State, view: Any, kinds: tuple[str, ...]) -> JSON:  # noqa: ANN401 - any JSON
    """A view that is valid. Raises Refused."""
    if not isinstance(view, dict):
        raise invalid("invalid_arguments", ["must provide an object [json-pointer:/view]"])
    faults = Faults()
    kind = view.get("type")
    if kind not in kinds:
        faults.add("must be a valid enum value", "/view/type")
        raise invalid("invalid_arguments", faults.found)
    if len(json.dumps(view).encode()) > limits.VIEW_BYTES:
        raise Refused("view_too_large")
    for key in set(view) - _KEYS[kind]:
        faults.add(f"invalid additional property: {key}", "/view")
    if kind == "modal" and faults.needs(view, "title", "/view"):
        plain(faults, view["title"], "/view/title", most=limits.VIEW_TITLE)
    for key in ("submit", "close"):
        if view.get(key) is not None:
            plain(faults, view[key], f"/view/{key}", most=limits.VIEW_BUTTON)
    lengths = {"private_metadata": limits.PRIVATE_METADATA, "callback_id": limits.CALLBACK_ID}
    for key, most in (lengths | {"external_id": limits.EXTERNAL_ID}).items():
        if key in view:
            faults.string(view, key, "/view", most=most)
    if faults.needs(view, "blocks", "/view"):
        faults.found += faults_of(view["blocks"], surface=kind, files=state.files, at="/view/blocks")
        has_input = any(isinstance(each, dict) and each.get("type") == "input" for each in view["blocks"])
        if kind == "modal" and has_input and "submit" not in view:
            faults.add("missing required field: submit", "/view")
    if faults.found:
        raise invalid("invalid_arguments", faults.found)
    return copy.deepcopy(view)


def show(state: State, user: str, team: str, sent: JSON, *, below: View | None = None) -> View:
    """Open a view that was checked; below: the modal that it is pushed on."""
    number = state.count()
    view = View(f"V0{number:05}", user, team, {}, [sent], previous=below.id if below else None)
    view.root = below.root if below else view.id
    view.payload = shown(state, view, sent)
    state.views.append(view)
    state.changed()
    return view


def change(state: State, view: View, sent: JSON) -> None:
    view.versions.append(sent)
    view.payload = shown(state, view, sent)
    state.changed()


def shown(state: State, view: View, sent: JSON) -> JSON:
    """As Slack gives it back."""
    team = state.teams[view.team]
    defaults: JSON = {"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": False}
    defaults |= {"notify_on_close": False, "close": None, "submit": None, "state": {"values": {}}}
    return {
        **defaults,
        **sent,
        "blocks": with_ids(sent["blocks"]),
        "id": view.id,
        "team_id": view.team,
        "app_id": state.app_id,
        "app_installed_team_id": view.team,
        "bot_id": team.bot_id,
        "hash": f"{state.now():.0f}.{state.count():08x}",
        "root_view_id": view.root,
        "previous_view_id": view.previous,
    }


def _exchanged(asked: Asked) -> str:
    """The person of a trigger, which is used up."""
    trigger = asked.text("trigger_id")
    known = asked.state.triggers.get(trigger)
    if not trigger or known is None or known[2] != asked.token.team:
        raise Refused("invalid_trigger_id")
    at, user, team, was_used = known
    if was_used:
        raise Refused("exchanged_trigger_id")
    if asked.state.now() - at > asked.state.trigger_s:
        raise Refused("expired_trigger_id")
    asked.state.triggers[trigger] = (at, user, team, True)
    return user


def _given(asked: Asked, *kinds: str) -> JSON:
    sent = check_view(asked.state, asked.json("view"), kinds)
    external = sent.get("external_id")
    if external and any(
        each.payload.get("external_id") == external and each.is_open for each in asked.state.views
    ):
        raise Refused("duplicate_external_id")
    return sent


def _open(asked: Asked) -> JSON:
    sent = _given(asked, "modal")
    user = _exchanged(asked)
    return {"ok": True, "view": show(asked.state, user, asked.token.team, sent).payload}


def _push(asked: Asked) -> JSON:
    sent = _given(asked, "modal")
    user = _exchanged(asked)
    stack = asked.state.modals(user)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= limits.VIEW_STACK:
        raise Refused("push_limit_reached")
    return {"ok": True, "view": show(asked.state, user, asked.token.team, sent, below=stack[-1]).payload}


def _update(asked: Asked) -> JSON:
    sent = check_view(asked.state, asked.json("view"), ("modal", "home"))
    named, external = asked.text("view_id"), asked.text("external_id")
    view = next(
        (
            each
            for each in asked.state.views
            if each.is_open
            and each.team == asked.token.team
            and (each.id == named or (external and each.payload.get("external_id") == external))
        ),
        None,
    )
    if view is None:
        raise Refused("not_found")
    if asked.text("hash") and asked.text("hash") != view.hash:
        raise Refused("hash_conflict")
    change(asked.state, view, sent)
    return {"ok": True, "view": view.payload}


def _publish(asked: Asked) -> JSON:
    sent = check_view(asked.state, asked.json("view"), ("home",))
    user = asked.state.users.get(asked.needed("user_id"))
    if user is None or user.team != asked.token.team:
        raise invalid("invalid_arguments", ["invalid `user_id`"])
    view = asked.state.home(user.id)
    if view is None:
        return {"ok": True, "view": show(asked.state, user.id, asked.token.team, sent).payload}
    if asked.text("hash") and asked.text("hash") != view.hash:
        raise Refused("hash_conflict")
    change(asked.state, view, sent)
    return {"ok": True, "view": view.payload}


METHODS = {
    "views.open": Registered(_open, 4),
    "views.push": Registered(_push, 4),
    "views.update": Registered(_update, 4),
    "views.publish": Registered(_publish, 4),
}

"""The manifest asks for what the code uses: no scope, event or command more, and none less."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import slack_sdk.web.async_client
import yaml

from adapters.slack import actions, manifest
from adapters.slack.app import COMMAND

ROOM = Path(manifest.__file__).parent
URL = "https://digest.example.org"


def _parsed(**urls: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(manifest.manifest(**urls))
    return loaded


@cache
def _known_methods() -> frozenset[str]:
    """Slack's methods, as slack_sdk calls them."""
    source = Path(slack_sdk.web.async_client.__file__).read_text("utf-8")
    return frozenset(
        node.args[0].value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "api_call"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    )


def _calls() -> list[ast.Call]:
    """Every call in the room."""
    return [
        node
        for path in ROOM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    ]


def _called() -> set[str]:
    """The methods that are called by their name, as a first argument, or by the SDK's own methods."""
    known = _known_methods()
    by_sdk = {method.replace(".", "_"): method for method in known}
    found = {by_sdk[name] for call in _calls() if (name := getattr(call.func, "attr", "")) in by_sdk}
    return found | {name for call in _calls() if (name := _first(call)) in known}


def _first(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def _listened_to() -> set[str]:
    """The events that the app listens to."""
    events = {_first(call) for call in _calls() if getattr(call.func, "attr", "") == "event"}
    # only of direct messages: what is said in a channel comes as a mention, and is none of ours otherwise
    return {"message.im" if event == "message" else event for event in events if event}


def test_the_tables_name_the_methods_that_are_called() -> None:
    assert len(_known_methods()) > 200
    assert sorted(_called()) == sorted({*manifest.METHODS, *manifest.OTHER_METHODS})


def test_the_tables_name_the_events_that_are_listened_to() -> None:
    assert sorted(_listened_to()) == sorted(manifest.EVENTS)


def test_the_manifest_asks_for_the_scopes_of_what_is_used_and_no_other() -> None:
    asked = _parsed()["oauth_config"]["scopes"]

    assert asked == {"bot": list(manifest.SCOPES)}


def test_the_manifest_subscribes_to_the_events_and_no_other() -> None:
    subscribed = _parsed()["settings"]["event_subscriptions"]

    assert subscribed == {"bot_events": sorted(manifest.EVENTS)}


def test_each_part_that_needs_a_scope_is_there() -> None:
    features = _parsed()["features"]

    assert set(manifest.FEATURES) <= set(features)
    assert features["app_home"]["messages_tab_read_only_enabled"] is False


def test_the_command_and_the_shortcut_are_those_that_the_app_answers() -> None:
    features = _parsed()["features"]

    assert [each["command"] for each in features["slash_commands"]] == [COMMAND]
    assert [(each["type"], each["callback_id"]) for each in features["shortcuts"]] == [
        ("message", actions.EXPLAIN)
    ]


def test_the_pasted_manifest_is_for_socket_mode() -> None:
    text = manifest.manifest()

    assert text.startswith("_metadata:")
    assert (ROOM / "manifest.yaml").read_text("utf-8").endswith(text)
    assert yaml.safe_load(text)["settings"]["socket_mode_enabled"] is True
    assert "url:" not in text


def test_over_http_every_way_in_has_the_address_and_nothing_else_changes() -> None:
    address = f"{URL}/bot{manifest.EVENTS_PATH}"
    given, socket = _parsed(request_url=address), _parsed()

    settings = given["settings"]
    assert settings["event_subscriptions"].pop("request_url") == address
    assert settings["interactivity"].pop("request_url") == address
    assert given["features"]["slash_commands"][0].pop("url") == address
    assert settings.pop("socket_mode_enabled") is False
    del socket["settings"]["socket_mode_enabled"]
    assert given == socket


@pytest.mark.parametrize("urls", [{}, {"request_url": f"{URL}{manifest.EVENTS_PATH}"}])
def test_many_workspaces_get_an_address_to_come_back_to(urls: dict[str, str]) -> None:
    back = f"{URL}{manifest.REDIRECT_PATH}"

    given = _parsed(redirect_url=back, **urls)

    assert given["oauth_config"].pop("redirect_urls") == [back]
    assert given == _parsed(**urls)


def test_an_address_cannot_add_anything_to_the_manifest() -> None:
    hostile = 'https://example.org/"\n  evil: true\n#'

    given = _parsed(request_url=hostile, redirect_url=hostile)

    assert given["oauth_config"]["redirect_urls"] == [hostile]
    assert "evil" not in given["settings"]


def test_the_link_fills_in_the_same_manifest() -> None:
    text = manifest.manifest(redirect_url=f"{URL}{manifest.REDIRECT_PATH}")

    parts = urlsplit(manifest.link(text))

    assert (parts.scheme, parts.netloc, parts.path) == ("https", "api.slack.com", "/apps")
    query = parse_qs(parts.query)
    assert query["new_app"] == ["1"]
    assert yaml.safe_load(query["manifest_yaml"][0]) == yaml.safe_load(text)


def test_the_limits_of_a_manifest_are_kept() -> None:
    """Those of github.com/slackapi/manifest-schema, schemas/manifest.schema.1.0.0.json."""
    given = _parsed()

    shown, features = given["display_information"], given["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4_000
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in features["shortcuts"])
    assert all(len(each["command"]) <= 32 for each in features["slash_commands"])

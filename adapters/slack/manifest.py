"""The Slack app's manifest: which scopes it asks for and why, and its variants as text to be pasted.

Each method and event stands here with the scopes that its page names: docs.slack.dev/reference/methods/<method> and
docs.slack.dev/reference/events/<event>.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
"""Ways in of our web process, behind PUBLIC_URL."""

CONVERSATIONS: Final = ("channels:read", "groups:read", "im:read", "mpim:read")
"""Each for the kind of conversation it names, and the bot is asked in all four."""
_HISTORY: Final = ("channels:history", "groups:history", "im:history", "mpim:history")
"""The same for what was said there, where we look only for posts of ours that nobody knows to be there."""

METHODS: Final[Mapping[str, tuple[str, ...]]] = {
    "assistant.threads.setStatus": (
        "chat:write",
    ),  # since 2026-03-05; assistant:write no longer suffices one day
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "auth.test": (),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": CONVERSATIONS,
    "conversations.open": ("im:write",),
    "conversations.replies": _HISTORY,
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "users.conversations": ("channels:read", "groups:read"),
    "users.info": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.update": (),
}
"""The methods that are called as the bot, with their scopes."""

OTHER_METHODS: Final = frozenset({"apps.connections.open", "oauth.v2.access"})
"""Methods that are called with an app-level token or as the app; a bot's scopes do not count there."""

EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_deleted": ("channels:read",),
    "channel_left": ("channels:read",),
    "group_archive": ("groups:read",),
    "group_deleted": ("groups:read",),
    "group_left": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.im": ("im:history",),
    "tokens_revoked": (),
}
"""The events that are listened to, with the scopes under which they come."""

FEATURES: Final[Mapping[str, tuple[str, ...]]] = {
    "agent_view": ("assistant:write",),  # docs.slack.dev/ai/developing-agents
    "shortcuts": ("commands",),  # docs.slack.dev/reference/scopes/commands
    "slash_commands": ("commands",),
}
"""Parts of the manifest that need a scope."""

SCOPES: Final = tuple(
    sorted({scope for table in (METHODS, EVENTS, FEATURES) for scopes in table.values() for scope in scopes})
)
"""What the app asks a workspace for."""


@cache
def _pasted() -> str:
    """The file without its comments, which are for who changes it."""
    text = (files(__name__.rpartition(".")[0]) / "manifest.yaml").read_text("utf-8")
    return re.sub(r"(?m)^#.*\n", "", text)


def manifest(request_url: str | None = None, redirect_url: str | None = None) -> str:
    """The manifest as YAML.

    request_url: where Slack sends events, commands and clicks; None is Socket Mode. redirect_url: where it sends who
    installs the app in a workspace, where there may be many.
    """
    text = _pasted()
    if redirect_url is not None:
        text = _below(text, "oauth_config:", f"  redirect_urls:\n    - {json.dumps(redirect_url)}")
    if request_url is not None:
        url = json.dumps(request_url)  # a JSON string is a YAML one
        text = _below(text, "    - command: /vllm-digest", f"      url: {url}")
        text = _below(text, "  event_subscriptions:", f"    request_url: {url}")
        text = _below(text, "    is_enabled: true", f"    request_url: {url}")
        text = text.replace("socket_mode_enabled: true", "socket_mode_enabled: false")
    return text


def link(text: str) -> str:
    """The address that offers to create the app of a manifest
    (docs.slack.dev/app-manifests/configuring-apps-with-app-manifests)."""
    return f"https://api.slack.com/apps?new_app=1&manifest_yaml={quote(text, safe='')}"


def _below(text: str, line: str, added: str) -> str:
    return text.replace(f"\n{line}\n", f"\n{line}\n{added}\n", 1)

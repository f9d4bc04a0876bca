"""Undelivered: what a refusal of Slack's means for what is posted by a schedule. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.delivering import Blind, Later, Missing, Never, Reason, Shut, Unclear
from adapters.slack.errors import Ambiguous, RateLimited
from summarizer.errors import NotConfigured, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat.delivering import Undelivered
    from summarizer.errors import DigestError

UNREACHED_S: Final = 15.0
"""How soon Slack, or our own store, is tried again."""
SETTINGS_S: Final = 300.0
"""The same for what somebody has to set right who runs us, and no subscription is to blame for."""

_SHUT: Final[Mapping[str, Reason]] = {
    "slack.channel_archived": "archived",
    "slack.channel_gone": "gone",
    "slack.external": "external",
    "slack.message_limit": "quota",
    "slack.messages_tab": "no_dm",
    "slack.missing_scope": "no_permission",
    "slack.missing_scopes": "no_permission",
    "slack.no_dm": "no_dm",
    "slack.not_in_channel": "removed",
    "slack.not_installed": "removed",
    "slack.restricted": "no_permission",
    "slack.token_revoked": "revoked",
}
_WHOLE: Final = frozenset({"slack.not_installed", "slack.token_revoked"})
"""Of these, what holds for all of a workspace."""
_SCOPES: Final = frozenset({"slack.missing_scope", "slack.missing_scopes"})
UNSEEN: Final = _SCOPES | {"slack.external", "slack.refused", "slack.restricted"}
"""What looking is refused with, which says nothing about posting."""
NO_FILES: Final = _SCOPES | {"slack.no_files"}
"""The same for files."""


def undelivered(error: DigestError) -> Undelivered:
    """Of a post, or of its removal."""
    if isinstance(error, RateLimited):
        return Later(error, error.wait_s)
    if isinstance(error, Ambiguous):
        return Unclear(error)
    if isinstance(error, StoreError) or error.key == "slack.unreachable":
        return Later(error, UNREACHED_S)
    if isinstance(error, NotConfigured) or error.key == "slack.bad_token":
        return Later(error, SETTINGS_S)
    reason = _SHUT.get(error.key)
    if reason is not None:
        return Shut(error, reason, whole_team=error.key in _WHOLE)
    return Never(error)


def unchanged(error: DigestError) -> Undelivered:
    """Of an edit."""
    return Missing(error) if error.key == "slack.message_gone" else undelivered(error)


def unseen(error: DigestError) -> Undelivered:
    """Of a look at what is there."""
    return Blind(error) if error.key in UNSEEN else undelivered(error)

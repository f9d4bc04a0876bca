"""Refusals: Slack's error codes -> SlackError. Pure.

The codes of a method stand on its page, docs.slack.dev/reference/methods/<method>; those of all methods at its end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from adapters.slack import tiers
from adapters.slack.errors import Ambiguous, BlocksRefused, RateLimited, SlackError

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCKS: Final = frozenset(
    {
        "invalid_attachments",  # what Markdown with two tables is refused with
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_blocks_too_many",
    }
)
LIMITED: Final = frozenset({"ratelimited", "rate_limited"})

UNSURE: Final = frozenset({"fatal_error", "internal_error", "service_unavailable", "update_failed"})
"""Slack's own failures, of the first two of which it says that some of the operation may have succeeded."""

_KEYS: Final[Mapping[str, str]] = {
    "account_inactive": "token_revoked",
    "token_revoked": "token_revoked",
    "invalid_auth": "bad_token",
    "not_allowed_token_type": "bad_token",
    "not_authed": "bad_token",
    "token_expired": "bad_token",
    "app_access_restricted": "restricted",
    "ekm_access_denied": "restricted",
    "no_permission": "restricted",
    "restricted_action": "restricted",
    "restricted_action_non_threadable_channel": "restricted",
    "restricted_action_read_only_channel": "restricted",
    "restricted_action_thread_locked": "restricted",
    "restricted_action_thread_only_channel": "restricted",
    "channel_not_found": "channel_gone",
    "is_archived": "channel_archived",
    "is_inactive": "channel_archived",
    "not_in_channel": "not_in_channel",
    "external_channel_migrating": "external",
    "channel_is_limited_access": "external",
    "cant_delete_message": "message_gone",
    "cant_update_message": "message_gone",
    "edit_window_closed": "message_gone",
    "message_not_found": "message_gone",
    "message_limit_exceeded": "message_limit",
    "messages_tab_disabled": "messages_tab",
    "cannot_dm_bot": "no_dm",
    "user_disabled": "no_dm",
    "user_not_found": "no_dm",
    "user_not_visible": "no_dm",
    "access_denied": "no_files",
    "blocked_file_type": "no_files",
    "file_type_not_allowed": "no_files",
    "file_update_failed": "no_files",
    "file_upload_size_restricted": "no_files",
    "file_uploads_disabled": "no_files",
    "file_uploads_except_images_disabled": "no_files",
    "posting_to_channel_denied": "no_files",
    "storage_limit_reached": "no_files",
    "exchanged_trigger_id": "trigger_expired",
    "expired_trigger_id": "trigger_expired",
    "invalid_trigger_id": "trigger_expired",
    "trigger_exchanged": "trigger_expired",
    "trigger_expired": "trigger_expired",
    "action_prohibited": "restricted",
    "channel_is_archived": "channel_archived",
    "expired_url": "expired",
    "no_service": "expired",
    "used_url": "expired",
}

_OTHERS: Final = "slack_connect_"
"""What the codes begin with that tell of the rules of Slack Connect."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""The shape of Slack's codes; what else stands there was not written by Slack."""


def refusal(
    status: int,
    data: object,
    headers: Mapping[str, str],
    *,
    method: str = "",
    channel: str = "",
    thread_ts: str = "",
    repeatable: bool = False,
) -> SlackError:
    """What an answer other than `ok` means. status: of HTTP. data: the JSON, if it was that.

    repeatable: the method may be called again, so that a failure of Slack's own is no ambiguous end.
    """
    answer: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    code = code_of(answer)
    if status == 429 or code in LIMITED:
        return RateLimited(_wait_s(headers))
    if not code or code in UNSURE or status >= 500:
        return SlackError("slack.unreachable") if repeatable else Ambiguous(method, channel, thread_ts)
    if code == "missing_scope":
        needed = _scopes(answer.get("needed"))
        return (
            SlackError("slack.missing_scope", needed=needed) if needed else SlackError("slack.missing_scopes")
        )
    if code in BLOCKS:
        return BlocksRefused(code, names_file=any("slack_file" in each for each in _reasons(answer)))
    if code.startswith(_OTHERS):
        return SlackError("slack.external")
    key = _KEYS.get(code)
    return SlackError(f"slack.{key}") if key else SlackError("slack.refused", error=code)


def code_of(answer: Mapping[str, Any]) -> str:
    """Slack's code in an answer, "" if there is none."""
    code = answer.get("error")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _wait_s(headers: Mapping[str, str]) -> float:
    """Retry-After, in whole seconds as Slack sends it."""
    stated = headers.get("Retry-After", "")
    return max(1.0, float(stated)) if stated.isdecimal() else tiers.WITHOUT_RETRY_AFTER_S


def _scopes(needed: object) -> str:
    """Names of scopes, separated by commas; "" where Slack names none."""
    return needed if isinstance(needed, str) and re.fullmatch(r"[a-z][a-z:._,-]{0,200}", needed) else ""


def _reasons(answer: Mapping[str, Any]) -> Iterable[str]:
    """What Slack says of the blocks, each with a JSON pointer."""
    metadata = answer.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    for listed in (answer.get("errors"), messages):
        if isinstance(listed, list):
            yield from filter(lambda each: isinstance(each, str), listed)

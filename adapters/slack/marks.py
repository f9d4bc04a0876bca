"""Marks: what a post of a subscription is sent with, by which it is found again. Pure.

Metadata is kept with a message and shown to any app that reads it there, and to any member who asks the Web API
(docs.slack.dev/messaging/message-metadata), so that it holds no secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from adapters.slack.posting import EVENT_TYPE

if TYPE_CHECKING:
    from adapters.chat.delivering import Mark


def metadata_of(mark: Mark) -> Mapping[str, Any]:
    """A mark as metadata."""
    payload = {"delivery": mark.delivery, "part": mark.part, "revision": mark.revision}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def marked(message: Mapping[str, Any]) -> tuple[str, str]:
    """The delivery and the part that a message is of, each "" where it has no mark."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload")
    if metadata.get("event_type") != EVENT_TYPE or not isinstance(payload, Mapping):
        return "", ""
    return str(payload.get("delivery") or ""), str(payload.get("part") or "")

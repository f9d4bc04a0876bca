"""assistant.threads.setStatus, setSuggestedPrompts, setTitle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.records import Prompts, Status
from tests.servers.slack.refused import Refused

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON


def _status(asked: Asked) -> JSON:
    asked.need("assistant:write", "chat:write")
    channel = asked.channel("channel_id")
    if "status" not in asked.args:
        asked.needed("status")
    loading = asked.json("loading_messages") or []
    if not isinstance(loading, list) or len(loading) > limits.LOADING_MESSAGES:
        raise Refused("invalid_arguments")
    thread_ts = asked.needed("thread_ts", "invalid_thread_ts")
    asked.state.statuses.append(Status(channel.id, thread_ts, asked.text("status"), tuple(map(str, loading))))
    asked.state.changed()
    return {"ok": True}


def _prompts(asked: Asked) -> JSON:
    asked.need("assistant:write")
    channel = asked.channel("channel_id")
    prompts = asked.json("prompts")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= limits.PROMPTS:
        raise Refused("invalid_arguments")
    if not all(isinstance(each, dict) and each.get("title") and each.get("message") for each in prompts):
        raise Refused("invalid_arguments")
    asked.state.prompts.append(Prompts(channel.id, asked.text("thread_ts"), prompts, asked.text("title")))
    asked.state.changed()
    return {"ok": True}


def _title(asked: Asked) -> JSON:
    asked.need("assistant:write")
    channel = asked.channel("channel_id")
    asked.state.titles[channel.id, asked.needed("thread_ts")] = asked.needed("title")
    asked.state.changed()
    return {"ok": True}


METHODS = {
    "assistant.threads.setStatus": Registered(_status, limits.SPECIAL),
    "assistant.threads.setSuggestedPrompts": Registered(_prompts, 4),
    "assistant.threads.setTitle": Registered(_title, 4),
}

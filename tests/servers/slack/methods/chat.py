"""chat.postMessage, chat.update, chat.delete, chat.postEphemeral."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.refused import Refused
from tests.servers.slack.shapes import message_json

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON, Message


def content(asked: Asked) -> tuple[str, list[JSON]]:
    """Text and blocks of a call; markdown_text becomes a markdown block, as Slack renders it."""
    text, blocks = asked.text("text"), asked.json("blocks", "invalid_blocks_format")
    if markdown := asked.text("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        if len(markdown) > limits.MARKDOWN:
            raise Refused("msg_too_long")
        return markdown, asked.state.checked(markdown, [{"type": "markdown", "text": markdown}])
    if blocks is not None and not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    return text[: limits.TEXT_KEPT], asked.state.checked(text, blocks)


def metadata_of(asked: Asked) -> JSON | None:
    """The metadata of a call: an event type, and a payload of scalars, or of shallow objects and arrays."""
    metadata = asked.json("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refused("invalid_metadata_schema")
    if not all(_is_shallow(value) for value in metadata["event_payload"].values()):
        raise Refused("invalid_metadata_schema")
    return metadata


def _is_shallow(value: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return all(isinstance(each, str | int | float | bool) for each in value.values())
    if isinstance(value, list):
        return all(isinstance(each, str | int | float | bool | dict) for each in value)
    return isinstance(value, str | int | float | bool)


def _post(asked: Asked) -> JSON:
    asked.need("chat:write")
    channel = asked.room()
    text, blocks = content(asked)
    metadata = metadata_of(asked)
    message = asked.state.add_message(
        channel.id,
        asked.team.bot,
        text,
        blocks,
        thread_ts=asked.text("thread_ts"),
        bot_id=asked.team.bot_id,
        metadata=metadata or None,
        unfurl=(asked.args.get("unfurl_links") is not False, asked.args.get("unfurl_media") is not False),
    )
    asked.state.clear_status(message)
    asked.state.echo(message)
    shown = message_json(asked.state, message, metadata=True)
    answer = {"ok": True, "channel": channel.id, "ts": message.ts, "message": shown}
    if len(asked.text("text")) > limits.TEXT_KEPT:
        words = "[WARN] Your message was truncated but still posted. The `text` field accepts up to 40,000 characters."
        answer["response_metadata"] = {"messages": [words], "warnings": ["message_truncated"]}
    return answer


def own(asked: Asked, error: str) -> Message:
    """The app's own message that the call names."""
    channel = asked.channel()
    message = asked.state.find(channel.id, asked.needed("ts", "message_not_found"))
    if message is None:
        raise Refused("message_not_found")
    if message.bot_id != asked.team.bot_id:
        raise Refused(error)
    if channel.is_archived:
        raise Refused("is_inactive")
    return message


def _update(asked: Asked) -> JSON:
    asked.need("chat:write")
    message = own(asked, "cant_update_message")
    asked.state.expire_stream(message)
    if message.is_streaming:
        raise Refused("streaming_state_conflict")
    if len(asked.text("text")) > limits.TEXT_UPDATED:
        raise Refused("msg_too_long")
    metadata = metadata_of(asked)
    if asked.args.keys() & {"text", "blocks", "markdown_text"}:
        text, blocks = content(asked)
    else:  # only then are they kept: D/reference/methods/chat.update
        text, blocks = message.text, message.blocks
    asked.state.edit(message, text, blocks, metadata)
    asked.state.echo(message, "message_changed")
    shown = message_json(asked.state, message, metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "text": text, "message": shown}


def _delete(asked: Asked) -> JSON:
    asked.need("chat:write")
    message = own(asked, "cant_delete_message")
    asked.state.expire_stream(message)
    if message.is_streaming:
        raise Refused("cant_delete_message")
    asked.state.delete(message)
    asked.state.echo(message, "message_deleted")
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def _ephemeral(asked: Asked) -> JSON:
    asked.need("chat:write")
    channel = asked.room()
    user = asked.needed("user", "user_not_found")
    if user not in asked.state.users:
        raise Refused("user_not_found")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    text, blocks = content(asked)
    message = asked.state.add_message(
        channel.id,
        asked.team.bot,
        text,
        blocks,
        thread_ts=asked.text("thread_ts"),
        bot_id=asked.team.bot_id,
        only_for=user,
    )
    return {"ok": True, "message_ts": message.ts}


METHODS = {
    "chat.postMessage": Registered(_post, 4, posts=True),
    "chat.update": Registered(_update, 3),
    "chat.delete": Registered(_delete, 3),
    "chat.postEphemeral": Registered(_ephemeral, 4),
}

"""chat.startStream, chat.appendStream, chat.stopStream.

That an open stream refuses chat.update and chat.delete, and a closed one appendStream and stopStream, was measured by
others on a live workspace; the recipients in channels: openclaw/openclaw #21213.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.methods.chat import metadata_of, own
from tests.servers.slack.refused import Refused
from tests.servers.slack.shapes import message_json

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON, Message

_CHUNKS = {
    "markdown_text": {"text"},
    "task_update": {"id", "title", "status", "details", "output", "sources"},
    "plan_update": {"title"},
    "blocks": {"blocks"},
}


def _chunks(asked: Asked) -> tuple[str, list[JSON]]:
    """The Markdown and the blocks that a call brings."""
    markdown, blocks = asked.text("markdown_text"), []
    chunks = asked.json("chunks", "invalid_chunks") or []
    if markdown and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    for chunk in chunks:
        kind = chunk.get("type") if isinstance(chunk, dict) else None
        if kind not in _CHUNKS or set(chunk) - _CHUNKS[kind] - {"type"}:
            raise Refused("invalid_chunks")
        if kind == "markdown_text":
            markdown += str(chunk.get("text", ""))
        elif kind == "blocks":
            blocks += asked.state.checked("", chunk["blocks"])
        elif len(str(chunk.get("title", ""))) > limits.TASK_TEXT:
            raise Refused("invalid_chunks")
    if len(markdown) > limits.STREAM_TEXT:
        raise Refused("msg_too_long")
    return markdown, blocks


def _keep_to_mode(asked: Asked, message: Message) -> None:
    """A stream that began with one of the two goes on with it: D/reference/methods/chat.stopStream."""
    mode = "chunks" if asked.json("chunks") else "markdown_text" if asked.text("markdown_text") else ""
    if mode and message.stream_mode and mode != message.stream_mode:
        raise Refused("streaming_mode_mismatch")
    message.stream_mode = message.stream_mode or mode


def _grow(asked: Asked, message: Message, markdown: str, blocks: list[JSON]) -> None:
    """Show more. Blocks stand below the Markdown."""
    message.markdown += markdown
    below = [block for block in message.blocks if block.get("type") != "markdown"] + blocks
    shown = [{"type": "markdown", "text": message.markdown}] if message.markdown else []
    asked.state.edit(message, message.markdown, [*shown, *below])


def _start(asked: Asked) -> JSON:
    asked.need("chat:write")
    channel = asked.room()
    thread_ts = asked.text("thread_ts")
    if channel.is_im and not thread_ts:
        raise Refused(
            "invalid_arguments", response_metadata={"messages": ["[ERROR] missing required field: thread_ts"]}
        )
    team, user = asked.text("recipient_team_id"), asked.text("recipient_user_id")
    if not channel.is_im:
        if not team:
            raise Refused("missing_recipient_team_id")
        if not user:
            raise Refused("missing_recipient_user_id")
    if team and team not in asked.state.teams:
        raise Refused("team_not_found")
    if user and user not in asked.state.users:
        raise Refused("user_not_found")
    if asked.text("task_display_mode", "timeline") not in ("timeline", "plan"):
        raise Refused("invalid_arguments")
    markdown, blocks = _chunks(asked)
    message = asked.state.add_message(
        channel.id,
        asked.team.bot,
        "",
        (),
        thread_ts=thread_ts,
        bot_id=asked.team.bot_id,
        is_streaming=True,
        recipient=(team, user),
        started_at=asked.state.now(),
    )
    asked.state.clear_status(message)
    _keep_to_mode(asked, message)
    if markdown or blocks:
        _grow(asked, message, markdown, blocks)
    return {"ok": True, "channel": channel.id, "ts": message.ts}


def _streaming(asked: Asked) -> Message:
    asked.need("chat:write")
    message = own(asked, "message_not_owned_by_app")
    asked.state.expire_stream(message)
    if not message.is_streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def _append(asked: Asked) -> JSON:
    message = _streaming(asked)
    markdown, blocks = _chunks(asked)
    if not markdown and not blocks and not asked.json("chunks"):
        raise Refused("no_text")
    _keep_to_mode(asked, message)
    _grow(asked, message, markdown, blocks)
    return {"ok": True, "channel": message.channel, "ts": message.ts}


def _stop(asked: Asked) -> JSON:
    message = _streaming(asked)
    markdown, blocks = _chunks(asked)
    closing = asked.json("blocks", "invalid_blocks_format") or []
    if closing:
        asked.state.checked("", closing)
    metadata = metadata_of(asked)
    _keep_to_mode(asked, message)
    message.is_streaming = False
    _grow(asked, message, markdown, [*blocks, *closing])
    message.metadata = metadata or message.metadata
    asked.state.echo(message)
    shown = message_json(asked.state, message, metadata=True)
    return {"ok": True, "channel": message.channel, "ts": message.ts, "message": shown}


METHODS = {
    "chat.startStream": Registered(_start, 2),
    "chat.appendStream": Registered(_append, 4),
    "chat.stopStream": Registered(_stop, 2),
}

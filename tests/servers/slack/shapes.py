"""Messages, people and conversations as Slack writes them in JSON."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.slack.records import JSON, Channel, File, Message, User
    from tests.servers.slack.state import State


def block_id(block: JSON, index: int) -> str:
    """Slack gives one to each block that has none."""
    return str(block.get("block_id") or f"blk{index}")


def with_ids(blocks: list[JSON]) -> list[JSON]:
    """A copy in which every block has its id."""
    return [
        {**copy.deepcopy(block), "block_id": block_id(block, index)} for index, block in enumerate(blocks)
    ]


def message_json(state: State, message: Message, *, metadata: bool = False) -> JSON:
    shown: JSON = {
        "type": "message",
        "user": message.author,
        "ts": message.ts,
        "text": message.text,
        "team": message.team,
    }
    if message.bot_id:
        shown |= {"bot_id": message.bot_id, "app_id": state.app_id}
    if message.blocks:
        shown["blocks"] = with_ids(message.blocks)
    if message.edits and not message.is_streaming:
        shown["edited"] = {"user": message.author, "ts": f"{message.versions[-1].at:.0f}.000000"}
    replies = state.thread(message.channel, message.ts)
    if message.thread_ts or replies:
        shown["thread_ts"] = message.thread_ts or message.ts
    if replies:
        shown |= {"reply_count": len(replies), "latest_reply": replies[-1].ts}
    if message.files:
        shown["files"] = [file_json(state, state.files[each]) for each in message.files]
    if message.metadata and metadata:
        shown["metadata"] = message.metadata
    return shown


def user_json(user: User, *, locale: bool) -> JSON:
    shown: JSON = {
        "id": user.id,
        "team_id": user.team,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": user.tz_offset,
        "profile": {"real_name": user.real_name, "display_name": user.name, "team": user.team},
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
    }
    if user.is_stranger:
        shown["is_stranger"] = True
    if locale:
        shown["locale"] = user.locale
    return shown


def channel_json(state: State, channel: Channel) -> JSON:
    shown: JSON = {
        "id": channel.id,
        "created": 1_700_000_000,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_org_shared": False,
        "context_team_id": channel.team,
    }
    if channel.is_im:
        return shown | {"user": channel.user, "is_user_deleted": False, "is_open": True}
    return shown | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": True,
        "is_group": False,
        "is_mpim": False,
        "is_private": channel.is_private,
        "is_general": channel.name == "general",
        "is_shared": channel.is_ext_shared,
        "is_ext_shared": channel.is_ext_shared,
        "is_member": state.is_member(channel),
        "shared_team_ids": [channel.team],
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def file_json(state: State, file: File) -> JSON:
    """mimetype, thumbnails and measures come once Slack has worked on it."""
    kind = file.name.rpartition(".")[2].lower()
    shown: JSON = {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": "",
        "filetype": "",
        "size": file.length,
        "mode": "hosted",
        "url_private": f"{state.root}/files/{file.id}/{file.name}",
        "permalink": f"https://tests.slack.com/files/{file.id}",
        "alt_txt": file.alt,
        "is_public": False,
        "channels": [channel for channel, _ in file.shares],
    }
    if file.is_ready:
        kinds = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "md": "text/markdown"}
        shown |= {"mimetype": kinds.get(kind, "text/plain"), "filetype": kind}
        if shown["mimetype"].startswith("image/"):
            shown |= {"original_w": 800, "original_h": 400, "thumb_360": shown["url_private"]}
        shown["shares"] = {
            "public": {channel: [{"ts": ts}] for channel, ts in file.shares if channel.startswith("C")},
            "private": {channel: [{"ts": ts}] for channel, ts in file.shares if not channel.startswith("C")},
        }
    return shown

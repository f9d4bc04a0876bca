"""files.getUploadURLExternal, files.completeUploadExternal, files.info, files.delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.slack import limits
from tests.servers.slack.asked import Registered
from tests.servers.slack.records import File
from tests.servers.slack.refused import Refused
from tests.servers.slack.shapes import file_json

if TYPE_CHECKING:
    from tests.servers.slack.asked import Asked
    from tests.servers.slack.records import JSON


def _url(asked: Asked) -> JSON:
    asked.need("files:write")
    name = asked.needed("filename")
    length = asked.text("length", "0")
    if not length.isdigit() or int(length) < 1:
        raise Refused("missing_argument")
    if len(asked.text("alt_txt")) > limits.FILE_ALT:
        raise Refused("alt_txt_too_large")
    file = File(f"F0{asked.state.count():05}", name, int(length), asked.text("alt_txt"))
    file.snippet_type = asked.text("snippet_type")
    asked.state.files[file.id] = file
    return {"ok": True, "upload_url": f"{asked.state.root}/upload/v1/{file.id}", "file_id": file.id}


def _complete(asked: Asked) -> JSON:
    asked.need("files:write")
    named = asked.json("files")
    if not isinstance(named, list) or not named:
        raise Refused("invalid_arguments")
    files = []
    for each in named:
        file = asked.state.files.get(str(each.get("id")))
        if file is None or file.data is None:
            raise Refused("file_not_found")
        files.append(file)
        file.title = str(each.get("title") or file.name)
    rooms = [part for key in ("channel_id", "channels") for part in asked.text(key).split(",") if part]
    for room in rooms:
        _share(asked, room, files)
    for file in files:
        file.is_complete, file.infos_left = True, asked.state.infos_until_ready
    asked.state.changed()
    return {"ok": True, "files": [{"id": file.id, "title": file.title} for file in files]}


def _share(asked: Asked, room: str, files: list[File]) -> None:
    named = type(asked)(asked.state, {"channel": room}, asked.token)
    channel = named.room()
    message = asked.state.add_message(
        channel.id,
        asked.team.bot,
        asked.text("initial_comment"),
        (),
        thread_ts=asked.text("thread_ts"),
        bot_id=asked.team.bot_id,
        files=[file.id for file in files],
    )
    asked.state.echo(message)
    for file in files:
        file.shares.append((channel.id, message.ts))


def _info(asked: Asked) -> JSON:
    asked.need("files:read")
    file = asked.state.files.get(asked.needed("file", "file_not_found"))
    if file is None or not file.is_complete or file.is_deleted:
        raise Refused("file_not_found")
    shown = file_json(asked.state, file)
    file.infos_left -= 1
    return {"ok": True, "file": shown, "comments": [], "response_metadata": {"next_cursor": ""}}


def _delete(asked: Asked) -> JSON:
    """Its messages go with it, but for the words in them."""
    asked.need("files:write")
    file = asked.state.files.get(asked.needed("file", "file_not_found"))
    if file is None or not file.is_complete:
        raise Refused("file_not_found")
    if file.is_deleted:
        raise Refused("file_deleted")
    file.is_deleted = True
    for channel, ts in file.shares:
        message = asked.state.find(channel, ts)
        if message is not None and not message.text:
            asked.state.delete(message)
    return {"ok": True}


METHODS = {
    "files.getUploadURLExternal": Registered(_url, 4, takes_json=False),
    "files.completeUploadExternal": Registered(_complete, 4),
    "files.delete": Registered(_delete, 3, takes_json=False),
    "files.info": Registered(_info, 4, takes_json=False),
}

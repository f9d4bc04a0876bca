"""Uploads: a file to Slack in its three steps, and whether it can be shown yet.

docs.slack.dev/messaging/working-with-files, "Uploading files".
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog

from adapters.slack import hosts
from adapters.slack.errors import SlackError
from adapters.slack.sending import shortened

if TYPE_CHECKING:
    from adapters.slack.api import Api

log = structlog.get_logger()

SEND_S: Final = 60.0
"""One file on its way up."""

ALT: Final = 1_000
"""Characters of an alternative text (docs.slack.dev/reference/methods/files.getUploadURLExternal)."""

LOOKS_S: Final = (0.0, 0.3, 0.7, 1.5)
"""Pauses before each look whether Slack has worked on a file; an image takes it about a second."""


async def upload(
    api: Api, name: str, data: bytes, *, title: str, channel: str, thread_ts: str, comment: str, alt: str
) -> str:
    """See `client.Slack.upload`."""
    place = await api.call(
        "files.getUploadURLExternal", filename=name, length=len(data), alt_txt=alt[:ALT] or None
    )
    file, url = str(place.data.get("file_id") or ""), str(place.data.get("upload_url") or "")
    if not file or not hosts.takes_uploads(url, api.base_url):
        raise SlackError("slack.refused", error="upload_url")
    await _send(api.session, url, data)
    # with a channel this posts, and so an end that is not clear is left to whoever posts
    await api.call(
        "files.completeUploadExternal",
        files=[{"id": file, "title": title}],
        channel_id=channel or None,
        thread_ts=thread_ts or None,
        initial_comment=shortened(comment) or None,
    )
    return file


async def is_ready(api: Api, file: str) -> bool:
    """See `client.Slack.ready`."""
    for pause_s in LOOKS_S:
        await api.sleep(pause_s)
        try:
            told = (await api.call("files.info", file=file)).data.get("file")
        except SlackError as error:
            log.info("file not looked at", error=error.key)
            return False
        # a file that is still being worked on has no type (slackapi/java-slack-sdk #1349)
        if isinstance(told, dict) and told.get("mimetype"):
            return True
    return False


async def _send(session: aiohttp.ClientSession, url: str, data: bytes) -> None:
    """The second step. What arrives is seen by nobody before the third, so a failure is never an ambiguous end."""
    try:
        async with (
            asyncio.timeout(SEND_S),
            session.post(
                url, data=data, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=SEND_S)
            ) as answer,
        ):
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise SlackError("slack.unreachable") from None
    if status != 200:
        raise SlackError("slack.refused" if status < 500 else "slack.unreachable", **_named(status))


def _named(status: int) -> dict[str, str]:
    return {"error": f"upload: HTTP {status}"} if status < 500 else {}

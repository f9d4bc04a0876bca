"""From the body of a request to what a message shows."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.servers.discord.checks import messages as checks
from tests.servers.discord.mentions import pings
from tests.servers.discord.records import LOADING, Version
from tests.servers.discord.refused import Refused

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, File
    from tests.servers.discord.state import State


def written(
    state: State,
    body: JSON,
    files: list[File],
    *,
    before: Version | None = None,
    is_interaction: bool = False,
    flags: int = 0,
) -> Version:
    """What a message shows after this body.

    before: of the message that is edited, None for a new one. is_interaction: whether it answers one. flags: that it
    has besides those of the body. Raises Refused as `checks.messages`, 40005 for a file too large.
    """
    if any(len(file.data) > state.file_bytes for file in files):
        raise Refused(413, 40005, "Request entity too large")
    sent = body.get("flags")
    if sent is not None:
        if not isinstance(sent, int):
            raise Refused(400, 50035, "Invalid Form Body", errors={"flags": {"_errors": []}})
        checks.check_flags(sent, before=before.flags if before else None, is_interaction=is_interaction)
    stands: JSON = {}
    if before is not None:
        stands = {
            "content": before.content,
            "embeds": list(before.embeds),
            "components": list(before.components),
        }
    whole = {**stands, **body}
    kept = _kept(body, before)
    flags |= (sent or 0) | ((before.flags & ~LOADING) if before is not None else 0)
    checks.check(whole, flags=flags, files=files, kept=[file.name for file in kept])
    components = copy.deepcopy(whole.get("components") or [])
    content = whole.get("content") or ""
    allowed = body.get("allowed_mentions")
    return Version(
        state.now(),
        content,
        tuple(copy.deepcopy(whole.get("embeds") or [])),
        tuple(components),
        flags,
        (*kept, *files),
        allowed,
        tuple(pings(content, components, allowed, is_interaction=is_interaction)),
        copy.deepcopy(body),
    )


def _kept(body: JSON, before: Version | None) -> list[File]:
    """The files that an edit leaves: all, or those that `attachments` names."""
    if before is None:
        return []
    if body.get("attachments") is None:
        return list(before.files)
    named = {str(each.get("id")) for each in body["attachments"]}
    return [file for file in before.files if str(file.id) in named]

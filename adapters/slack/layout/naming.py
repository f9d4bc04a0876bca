"""Naming: ids for the blocks of a digest's message. Slack wants each unique in its message, and a new one whenever the
message is updated (docs.slack.dev/reference/block-kit/blocks, "block_id")."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.slack.blocks import Block
    from summarizer.digests import Digest


def named(blocks: Iterable[Block], digest: Digest, place: str) -> tuple[Block, ...]:
    """The blocks with ids that tell digest, revision, language and what the message holds; equal messages have equal
    ids. place: which of the digest's messages it is."""
    made = list(blocks)
    content = json.dumps(made, ensure_ascii=False, sort_keys=True)
    parts = (digest.id, str(digest.revision), digest.lang, place, content)
    name = sha256("\n".join(parts).encode()).hexdigest()[:12]
    return tuple({**block, "block_id": f"{name}-{index}"} for index, block in enumerate(made))

"""Private: a digest where one person reads it: what a channel would see of it, and the names of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.outline.brief import left, listing
from adapters.chat.outline.headline import notice
from adapters.slack import mrkdwn
from adapters.slack.blocks import Message
from adapters.slack.layout.buttons import below_only_me
from adapters.slack.layout.naming import named
from adapters.slack.layout.post import aside, told

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.languages import Language


def only_me(digest: Digest, language: Language, *, handle: str, line: str) -> Message:
    """The message. language: that of the digest's sections. handle, line: what its buttons open the digest with, and
    ask anew; "" for a window that is over. What it leaves out is named, and stands in the pages of the view."""
    made = told(digest, language, elsewhere="in_details")
    if names := left(digest, language):
        made.append(aside(language.text("chat.digest.left", names=listing(names, language))))
    made += below_only_me(language, handle=handle, line=line, is_quiet=digest.outcome == "quiet")
    return Message(named(made, digest, "only me"), mrkdwn.inert(notice(digest, language)))

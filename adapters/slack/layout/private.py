"""Private: a digest where one person reads it: what a channel would see of it, and the names of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack.blocks import Message
from adapters.slack.layout import appendix
from adapters.slack.layout.brief import aside, listing
from adapters.slack.layout.buttons import below_only_me
from adapters.slack.layout.headline import notice
from adapters.slack.layout.naming import named
from adapters.slack.layout.post import told
from adapters.slack.layout.prose import Prose
from adapters.slack.layout.topics import is_topic
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.digests import Digest
    from summarizer.languages import Language


def only_me(digest: Digest, language: Language, *, handle: str, line: str) -> Message:
    """The message. language: that of the digest's sections. handle, line: what its buttons open the digest with, and
    ask anew; "" for a window that is over. What it leaves out is named, and stands in the pages of the view."""
    made = told(digest, language, elsewhere="in_details")
    if names := list(_left(digest, language)):
        left = language.text("slack.digest.left", names=listing(names, language))
        made.append(aside(left, Prose(digest.facts)))
    made += below_only_me(language, handle=handle, line=line, is_quiet=digest.outcome == "quiet")
    return Message(named(made, digest, "only me"), notice(digest, language))


def _left(digest: Digest, language: Language) -> Iterator[str]:
    """The sections that the message tells nothing of, and the lists."""
    if digest.outcome == "quiet":
        return
    for section in pages.told(digest):
        if section.id != "summary" and not is_topic(section):
            yield section.title
    if n := appendix.size(digest.facts):
        name = language.text("digest.section.appendix")
        yield language.text("slack.digest.left_appendix", name=name, n=n)

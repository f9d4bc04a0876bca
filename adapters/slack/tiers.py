"""How often Slack lets each method be called: per method, app and workspace (docs.slack.dev/apis/web-api/rate-limits).

The tier of a method stands on its page, docs.slack.dev/reference/methods/<method>. A tier is a count a minute; a rate
and a burst that add up to no more than that keep every minute below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast: calls a minute in the long run, and how many may go at once after a pause."""

    per_minute: float
    burst: int = 1


TIER_2: Final = Rate(14, 6)  # "20+ per minute"
TIER_3: Final = Rate(35, 15)  # "50+ per minute"
TIER_4: Final = Rate(70, 30)  # "100+ per minute"

POSTS: Final = Rate(160, 140)
"""Messages over a whole workspace. Slack names "several hundred" a minute and no figure (same page)."""

IN_ONE_CHANNEL: Final = Rate(54, 2)
"""Messages in one channel: "1 per second", short bursts allowed (same page)."""

UNKNOWN: Final = TIER_2
"""For a method that is not below."""

RATES: Final[Mapping[str, Rate]] = {
    "assistant.threads.setStatus": TIER_4,  # a special tier, whose page names no figure
    "assistant.threads.setSuggestedPrompts": TIER_4,
    "auth.test": TIER_4,  # a special tier: "hundreds of requests per minute"
    "chat.appendStream": TIER_4,
    "chat.delete": TIER_3,
    "chat.postMessage": POSTS,  # a special tier
    "chat.startStream": TIER_2,
    "chat.stopStream": TIER_2,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "files.completeUploadExternal": TIER_4,
    "files.delete": TIER_3,
    "files.getUploadURLExternal": TIER_4,
    "files.info": TIER_4,
    "users.conversations": TIER_3,
    "users.info": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.update": TIER_4,
}

IN_CHANNELS: Final = frozenset({"chat.postMessage", "chat.startStream"})
"""Methods that put a message into a channel, and so keep to its pace as well."""

OF_PEOPLE: Final = frozenset({"chat.delete", "conversations.info", "files.delete", "users.conversations"})
"""Methods that are called because a person wants it, whoever calls them."""

WITHOUT_RETRY_AFTER_S: Final = 30.0
"""The pause after a refusal that names none, as the page's example has it."""

PERSON_S: Final = 60.0
"""The longest that an answer to a person waits for its turn: when everybody asks at once, late is better than never."""

SCHEDULE_S: Final = 3.0
"""The same for what is posted by a schedule. It takes no turn ahead (`Pacing`), so that people go first."""

AT_ONCE_S: Final = 1.5
"""The same for what is of use at once or not at all: a dialog, a word of progress, who a person is."""

RESPONSE_S: Final = 20.0
"""The same for pauses that a response URL asks for; its half hour runs."""

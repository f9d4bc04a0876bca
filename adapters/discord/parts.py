"""What every way into Discord is made of, handed down once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.chat import Desk
from adapters.chat.laid_out import LaidOut
from adapters.chat.watching import Cadence
from adapters.chat.work import Handled, Work
from adapters.discord.kept import Kept
from adapters.discord.layout.digest import only_me
from adapters.discord.messages import Message
from adapters.discord.posting import Posting
from adapters.discord.rest import Rest
from adapters.discord.speakers import Speakers


@dataclass(frozen=True, slots=True)
class Parts:
    """repos: those of the settings, the first is the default. topics: key -> title by language, for menus. topic_names:
    all names that topics have. links: what addresses begin with that may be linked to, such as "https://github.com/".
    cadence: of the word of progress."""

    desk: Desk
    rest: Rest
    posting: Posting
    work: Work
    handled: Handled
    kept: Kept
    repos: Sequence[str]
    topics: Mapping[str, Mapping[str, str]]
    topic_names: Collection[str]
    links: Sequence[str]
    cadence: Cadence
    speakers: Speakers = field(default_factory=Speakers)
    laid_out: LaidOut[Message] = field(default_factory=lambda: LaidOut(only_me))

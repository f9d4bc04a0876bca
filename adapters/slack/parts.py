"""What every way into Slack is made of, handed down once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.chat import Desk
from adapters.chat.laid_out import LaidOut
from adapters.chat.watching import Cadence
from adapters.chat.work import Handled, Work
from adapters.slack.blocks import Message
from adapters.slack.installs import Workspaces
from adapters.slack.layout.digest import only_me
from adapters.slack.posting import Chart, Posting
from adapters.slack.response import ResponseUrl

if TYPE_CHECKING:
    from adapters.slack.client import Slack


@dataclass(frozen=True, slots=True)
class Parts:
    """repos: those of the settings, the first is the default. topics: key -> title by language, for menus. links: what
    addresses begin with that may be linked to, such as "https://github.com/". response_url: makes one of a payload's.
    cadence: of the word of progress."""

    desk: Desk
    workspaces: Workspaces
    work: Work
    handled: Handled
    chart: Chart
    response_url: Callable[..., ResponseUrl]
    repos: Sequence[str]
    topics: Mapping[str, Mapping[str, str]]
    links: Sequence[str]
    cadence: Cadence
    laid_out: LaidOut[Message] = field(default_factory=lambda: LaidOut(only_me))

    def posting(self, slack: Slack) -> Posting:
        """What posts digests in a workspace."""
        return Posting(slack, self.handled, self.chart)

"""What can go wrong with Slack: one kind of error, told apart by its key below `[errors.slack]` in the language files.

What the caller can do next:

    missing_scope, bad_token, not_installed, messages_tab       a person must change the app or its settings
    token_revoked                                               forget the workspace's token
    not_in_channel, channel_archived, channel_gone, restricted  nothing can be posted there; say so elsewhere
    message_limit                                               the workspace may take no more messages for now
    external                                                    another organization's rules forbid it (Slack Connect)
    no_dm, no_files, message_gone, expired, trigger_expired     do it another way
    rate_limited, unreachable                                   try again later; nothing has happened
    ambiguous                                                   it may have happened: look before trying again
    refused                                                     asking again will not help
"""

from __future__ import annotations

import math

from summarizer.errors import DigestError


class SlackError(DigestError):
    """Slack refused, failed or could not be reached. key: e.g. "slack.not_in_channel"; no value holds a token or
    what was to be posted."""


class RateLimited(SlackError):
    """Too much at once. wait_s: after which it may be tried again."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__("slack.rate_limited", wait=max(1, math.ceil(wait_s)))


class Ambiguous(SlackError):
    """The request went out and no clear answer came, so it may have been carried out.

    Whoever sent it knows its metadata, by which it is found again among the newest messages of `channel`, or of the
    thread `thread_ts` there. Both are "" for methods that post nothing.
    """

    def __init__(self, method: str, channel: str = "", thread_ts: str = "") -> None:
        self.method = method
        self.channel = channel
        self.thread_ts = thread_ts
        super().__init__("slack.ambiguous")


class BlocksRefused(SlackError):
    """The blocks were not taken, and so nothing was. names_file: because of a file that they show."""

    def __init__(self, error: str, *, names_file: bool = False) -> None:
        self.names_file = names_file
        super().__init__("slack.refused", error=error)

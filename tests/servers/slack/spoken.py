"""What was said in the workspaces: messages by where they stand, and all that was ever done to them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.servers.slack.moments import Moments
from tests.servers.slack.records import Channel, Effect, Message, Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.servers.slack.records import JSON


class Spoken(Moments):
    """Messages.

    effects: every message that everybody sees, every edit and every deletion, in the order in which they took effect.
    history_lags_s: how long conversations.history and .replies do not tell of a new message, by the server's clock.
    """

    def __init__(self) -> None:
        super().__init__()
        self.channels: dict[str, Channel] = {}
        self.all_messages: list[Message] = []
        self.effects: list[Effect] = []
        self.history_lags_s = 0.0
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._by_channel: defaultdict[str, list[Message]] = defaultdict(list)
        self._by_thread: defaultdict[tuple[str, str], list[Message]] = defaultdict(list)

    def add_message(
        self,
        channel: str,
        author: str,
        text: str,
        blocks: Iterable[JSON] = (),
        *,
        thread_ts: str = "",
        **more: Any,  # noqa: ANN401
    ) -> Message:
        """Put a message where a client would see it. more: as the fields of `Message`."""
        version = Version(self.now(), text, tuple(blocks))
        message = Message(
            channel,
            self.new_ts(),
            author,
            [version],
            self.channels[channel].team,
            thread_ts=thread_ts,
            **more,
        )
        self.all_messages.append(message)
        if not message.only_for:
            self._by_ts[channel, message.ts] = message
            self._by_channel[channel].append(message)
            self._by_thread[channel, thread_ts].append(message)
            self._done("posted", message)
        self.changed()
        return message

    def edit(self, message: Message, text: str, blocks: Iterable[JSON], metadata: JSON | None = None) -> None:
        """metadata: None leaves what there is, an empty one takes it away."""
        message.versions.append(Version(self.now(), text, tuple(blocks)))
        if metadata is not None:
            message.metadata = metadata or None
        self._done("edited", message)
        self.changed()

    def delete(self, message: Message) -> None:
        message.is_deleted = True
        self._done("deleted", message)
        self.changed()

    def find(self, channel: str, ts: str) -> Message | None:
        """A message that everybody sees."""
        message = self._by_ts.get((channel, ts))
        return None if message is None or message.is_deleted else message

    def messages(self, channel: str | None = None) -> list[Message]:
        """What everybody of a channel (of all channels) sees, threads among it, oldest first; not what was deleted."""
        known = self.all_messages if channel is None else self._by_channel[channel]
        return [message for message in known if not message.only_for and not message.is_deleted]

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies below a message, oldest first, without itself."""
        known = self._by_thread[channel, ts] if ts else ()
        return [message for message in known if message.ts != ts and not message.is_deleted]

    def ephemerals(self, user: str | None = None, channel: str | None = None) -> list[Message]:
        """What one person alone (each person) sees, oldest first; not what was deleted."""
        return [
            message
            for message in self.all_messages
            if message.only_for
            and user in (None, message.only_for)
            and channel in (None, message.channel)
            and not message.is_deleted
        ]

    def by_bot(self, channel: str | None = None) -> list[Message]:
        """What the app posted for everybody."""
        return [message for message in self.messages(channel) if message.bot_id]

    def told(self, messages: Iterable[Message]) -> list[Message]:
        """Those of which history tells already."""
        newest = self.now() - self.history_lags_s
        return [each for each in messages if not self.history_lags_s or float(each.ts) <= newest]

    def _done(self, kind: str, message: Message) -> None:
        self.effects.append(Effect.of(kind, self.now(), message))

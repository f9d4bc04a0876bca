"""The workspaces as they stand, and what was done to them. Everything may be changed while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits
from tests.servers.slack.blocks import MESSAGE, faults_of
from tests.servers.slack.pace import Pace
from tests.servers.slack.reading import tables_in
from tests.servers.slack.records import (
    ANN,
    APP_ID,
    APP_TOKEN,
    BEN,
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    GENERAL,
    JSON,
    SCOPES,
    TEAM,
    Call,
    Channel,
    File,
    Message,
    Prompts,
    Status,
    Team,
    Token,
    User,
    View,
)
from tests.servers.slack.refused import Refused, invalid
from tests.servers.slack.rich_text import weight
from tests.servers.slack.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.servers.slack.failing import Fault
    from tests.servers.slack.response_urls import ResponseUrl


class State(Spoken):
    """Who is there and what was said.

    trigger_s, stream_lasts_s, response_url_s: how long each is good for, by the server's clock, which `advance` moves.
    ack_s: real seconds until what is not acknowledged goes out again. infos_until_ready: how many files.info it takes
    until an upload is ready. echoes: whether the app is told of its own messages in direct messages, as Slack does.
    rotates_tokens: whether oauth.v2.access grants tokens that end. scopes_used: every scope that some call needed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.app_id = APP_ID
        self.client_id, self.client_secret = CLIENT_ID, CLIENT_SECRET
        self.teams: dict[str, Team] = {}
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, tuple[str, frozenset[str]]] = {}
        self.used_codes: set[str] = set()
        self.views: list[View] = []
        self.files: dict[str, File] = {}
        self.statuses: list[Status] = []
        self.prompts: list[Prompts] = []
        self.titles: dict[tuple[str, str], str] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, tuple[float, str, str, bool]] = {}
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.scopes_used: set[str] = set()
        self.pace = Pace()
        self.trigger_s = limits.TRIGGER_S
        self.ack_s = limits.ACK_S
        self.stream_lasts_s = limits.STREAM_LASTS_S
        self.response_url_s = limits.RESPONSE_URL_S
        self.infos_until_ready = 0
        self.echoes = True
        self.rotates_tokens = False
        self.tickets: set[str] = set()
        self.on_echo: Callable[[Message, str], object] = lambda _message, _subtype: None
        self.add_team()
        self.tokens[APP_TOKEN] = Token(APP_TOKEN, "", frozenset({"connections:write"}), "app")

    # --- where it is

    @property
    def url(self) -> str:
        """The base of the Web API, with a slash at its end."""
        return f"{self.root}/api/"

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- who is there

    def add_team(
        self,
        team: str = TEAM,
        *,
        token: str = BOT_TOKEN,
        scopes: Iterable[str] = SCOPES,
        **more: Any,  # noqa: ANN401
    ) -> Team:
        """A workspace with Ann, Ben, #general and a token. In a workspace beside the first one, ids end in its own."""
        tail = "" if team == TEAM else team[1:]
        added = Team(team, **more)
        if tail:
            added.bot, added.bot_id = f"{added.bot}{tail}", f"{added.bot_id}{tail}"
        self.teams[team] = added
        self.tokens[token] = Token(token, team, frozenset(scopes))
        bot = User(added.bot, "vllm-digest", "vllm-digest", team, is_bot=True)
        ann = User(ANN + tail, "ann", "Ann", team, is_admin=True)
        ben = User(BEN + tail, "ben", "Ben", team, locale="zh-CN", tz="Asia/Shanghai", tz_offset=28_800)
        self.users |= {user.id: user for user in (bot, ann, ben)}
        self.add_channel(GENERAL + tail, "general", team=team)
        return added

    def add_user(self, user: str, name: str = "", *, team: str = TEAM, **more: Any) -> User:  # noqa: ANN401
        """more: as the fields of `User`."""
        name = name or user.lower()
        self.users[user] = User(user, name, more.pop("real_name", name), team, **more)
        for channel in self.channels.values():
            if channel.team == team and not channel.is_private and not channel.is_im:
                channel.members.add(user)
        return self.users[user]

    def add_channel(
        self,
        channel: str,
        name: str = "",
        *,
        team: str = TEAM,
        is_member: bool = True,
        is_private: bool = False,
        is_archived: bool = False,
        is_ext_shared: bool = False,
    ) -> Channel:
        """A channel with everybody of the workspace in it. is_member: whether the bot is."""
        bot = self.teams[team].bot
        members = {user.id for user in self.users.values() if user.team == team and user.id != bot}
        added = Channel(
            channel,
            name or channel.lower(),
            team,
            members | ({bot} if is_member else set()),
            is_private=is_private,
            is_archived=is_archived,
            is_ext_shared=is_ext_shared,
        )
        self.channels[channel] = added
        return added

    def dm_of(self, user: str) -> Channel:
        """The bot's conversation with a person, made where there is none."""
        channel = f"D{user[1:]}"
        if channel not in self.channels:
            team = self.users[user].team
            self.channels[channel] = Channel(
                channel, "", team, {user, self.teams[team].bot}, is_private=True, is_im=True, user=user
            )
        return self.channels[channel]

    def is_member(self, channel: Channel) -> bool:
        """Whether the bot is in it."""
        return self.teams[channel.team].bot in channel.members

    def archive_channel(self, channel: str) -> None:
        """Nothing is posted there any more; the app is told nothing."""
        self.channels[channel].is_archived = True
        self.changed()

    def delete_channel(self, channel: str) -> None:
        """Nobody knows of it any more; the app is told nothing."""
        del self.channels[channel]
        self.changed()

    def remove_bot(self, channel: str) -> None:
        """The bot is in it no more, and is told nothing."""
        room = self.channels[channel]
        room.members.discard(self.teams[room.team].bot)
        self.changed()

    def end_tokens(self, team: str = TEAM, error: str = "token_revoked") -> None:
        """Each call with one of the workspace's tokens gets that from now on."""
        for token in self.tokens.values():
            if token.team == team:
                token.error = error
        self.changed()

    # --- statuses, streams

    def clear_status(self, message: Message) -> None:
        """A reply of the app takes its status line away."""
        thread = message.thread_ts or message.ts
        mine = [
            status
            for status in self.statuses
            if (status.channel, status.thread_ts) == (message.channel, thread)
        ]
        if mine and mine[-1].text:
            self.statuses.append(Status(message.channel, thread, ""))

    def status(self, channel: str, thread_ts: str) -> str:
        """The status line that a person sees there now, empty for none."""
        mine = [each.text for each in self.statuses if (each.channel, each.thread_ts) == (channel, thread_ts)]
        return mine[-1] if mine else ""

    def expire_stream(self, message: Message) -> None:
        """Slack closes a stream after some minutes."""
        if message.is_streaming and self.now() - message.started_at > self.stream_lasts_s:
            message.is_streaming = False

    def echo(self, message: Message, subtype: str = "") -> None:
        """The app hears what it says in a direct message; subtype: `message_changed`, `message_deleted`."""
        if self.echoes and self.channels[message.channel].is_im:
            self.on_echo(message, subtype)

    # --- views

    def modals(self, user: str) -> list[View]:
        """The person's open modals, the topmost last."""
        return [view for view in self.views if view.user == user and view.is_open and view.kind == "modal"]

    def home(self, user: str) -> View | None:
        """The person's home tab, None where it was never published."""
        return next((view for view in self.views if view.user == user and view.kind == "home"), None)

    def trigger(self, user: str, team: str) -> str:
        """A trigger id, good for `trigger_s` and one use."""
        trigger = f"{self.count()}.{self.count()}.{user.lower()}"
        self.triggers[trigger] = (self.now(), user, team, False)
        return trigger

    def ticket(self) -> str:
        """What opens one Socket Mode connection."""
        ticket = f"ticket-{self.count()}"
        self.tickets.add(ticket)
        return ticket

    # --- blocks

    def checked(self, text: str, blocks: object) -> list[JSON]:
        """The blocks of a message.

        Raises Refused: invalid_blocks, invalid_attachments, msg_blocks_too_long, no_text.
        """
        if blocks is None or blocks == []:
            if not text.strip():
                raise Refused("no_text")
            return []
        faults = faults_of(blocks, surface=MESSAGE, files=self.files)
        if faults:
            raise invalid("invalid_blocks", faults)
        assert isinstance(blocks, list)
        if tables_in(blocks) > limits.TABLES:
            raise invalid("invalid_attachments", ["only_one_table_allowed"])
        if weight(blocks) > limits.ALL_BLOCKS:
            raise Refused("msg_blocks_too_long")
        return blocks

"""The servers as they stand, and what was done to them. Everything may be changed while the server runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits, permissions
from tests.servers.discord.moments import Moments
from tests.servers.discord.pace import Pace
from tests.servers.discord.records import (
    ANN,
    APPLICATION,
    BEN,
    BOT,
    DM,
    GENERAL,
    GROUP,
    GUILD,
    TEXT,
    TOKEN,
    Call,
    Channel,
    Guild,
    Message,
    Overwrite,
    Role,
    User,
    Version,
)
from tests.servers.discord.refused import missing_access, missing_permissions, unknown_channel
from tests.servers.discord.shapes import channel_json, guild_create_json, member_json, role_json, user_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from tests.servers.discord.failing import Fault
    from tests.servers.discord.interactions import Interaction
    from tests.servers.discord.permissions import Permission
    from tests.servers.discord.records import JSON


class State(Moments):
    """Who is there and what was said.

    acknowledge_s, token_s: how long an interaction may stay unanswered and its token is good, by the server's clock,
    which `advance` moves. file_bytes: how large a file may be. application_flags: as Discord counts them, of which
    `enable` sets those of intents. integration_types: `integration_types_config` of the application. commands: those
    that are registered, by server, 0 for global ones. overwrites_of_commands: for which server each bulk overwrite was.
    lag_s: how long what was said stays out of what is read, by the server's clock; see `has_settled`.
    broken: errors of this server itself, of which the first is raised at its end.
    """

    def __init__(self) -> None:
        super().__init__()
        self.port = 0
        self.token = TOKEN
        self.application_flags = 0
        self.integration_types: JSON = {"0": {}, "1": {}}
        self.guilds: dict[int, Guild] = {}
        self.users: dict[int, User] = {}
        self.channels: dict[int, Channel] = {}
        self.all_messages: list[Message] = []
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[int, list[JSON]] = {}
        self.overwrites_of_commands: list[int] = []
        self.calls: list[Call] = []
        self.faults: list[Fault] = []
        self.typings: list[int] = []
        self.lag_s = 0.0
        self.broken: list[Exception] = []
        self.pace = Pace()
        self.on_change: Callable[[str, JSON, int], object] = lambda _event, _data, _guild: None
        self.acknowledge_s = limits.ACKNOWLEDGE_S
        self.token_s = limits.TOKEN_S
        self.file_bytes = limits.FILE_BYTES
        self.users |= {
            BOT: User(BOT, "vllm-digest", is_bot=True),
            ANN: User(ANN, "ann", "Ann"),
            BEN: User(BEN, "ben", "Ben", locale="zh-CN"),
        }
        self.add_guild()

    # --- where it is

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """The base of the REST API, without a slash at its end."""
        return f"{self.root}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway/"

    # --- who is there

    def add_guild(self, guild: int = GUILD, name: str = "Tests", *, owner: int = ANN, **more: Any) -> Guild:  # noqa: ANN401
        """A server with everybody known in it, the bot among them, and a #general; ids beside those of the first one
        are new. more: as the fields of `Guild`."""
        added = Guild(guild, name, owner, **more)
        added.roles[guild] = Role(guild, "@everyone", int(permissions.EVERYONE), 0)
        added.members |= {user: set() for user in self.users}
        self.guilds[guild] = added
        self.add_channel(GENERAL if guild == GUILD else self.snowflake(), "general", guild=guild)
        self.on_change("GUILD_CREATE", guild_create_json(self, added), guild)
        return added

    def add_user(self, user: int = 0, name: str = "", **more: Any) -> User:  # noqa: ANN401
        """A member of every server. more: as the fields of `User`."""
        user = user or self.snowflake()
        self.users[user] = User(user, name or f"user{user % 1000}", **more)
        for guild in self.guilds.values():
            guild.members[user] = set()
        return self.users[user]

    def add_role(
        self, name: str, allowed: int = 0, *, guild: int = GUILD, members: Collection[int] = ()
    ) -> Role:
        role = Role(self.snowflake(), name, int(allowed), len(self.guilds[guild].roles))
        self.guilds[guild].roles[role.id] = role
        self.on_change("GUILD_ROLE_CREATE", {"guild_id": str(guild), "role": role_json(role)}, guild)
        for user in members:
            self.guilds[guild].members[user].add(role.id)
        if BOT in members:
            self._tell_of_bot(guild)
        return role

    def _tell_of_bot(self, guild: int) -> None:
        mine = member_json(self.guilds[guild], BOT) | {
            "user": user_json(self.users[BOT]),
            "guild_id": str(guild),
        }
        self.on_change("GUILD_MEMBER_UPDATE", mine, guild)

    def add_channel(
        self,
        channel: int = 0,
        name: str = "",
        *,
        guild: int = GUILD,
        kind: int = TEXT,
        **more: Any,  # noqa: ANN401
    ) -> Channel:
        """more: as the fields of `Channel`."""
        channel = channel or self.snowflake()
        made = Channel(channel, kind, name or f"channel-{channel % 1000}", guild, made_at=self.now(), **more)
        self.channels[channel] = made
        self.on_change("CHANNEL_CREATE", channel_json(self, made), guild)
        return made

    def dm_of(self, user: int) -> Channel:
        """The bot's conversation with a person, made where there is none."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.members == {user, BOT}:
                return channel
        made = Channel(self.snowflake(), DM, members={user, BOT}, made_at=self.now())
        self.channels[made.id] = made
        return made

    def add_private(self, *users: int) -> Channel:
        """A conversation without the bot: of two a direct message, of more a group."""
        kind = DM if len(users) == 2 else GROUP
        made = Channel(self.snowflake(), kind, members=set(users), made_at=self.now())
        self.channels[made.id] = made
        return made

    def deny(self, channel: int, what: Permission | int, *, who: int = BOT) -> None:
        """Take permissions away in one channel. who: a member or a role."""
        self._overwrite(channel, who).deny |= int(what)
        self._overwrite(channel, who).allow &= ~int(what)
        self._tell_of_channel(channel)

    def allow(self, channel: int, what: Permission | int, *, who: int = BOT) -> None:
        """Give permissions in one channel, those back among them that were denied."""
        self._overwrite(channel, who).allow |= int(what)
        self._overwrite(channel, who).deny &= ~int(what)
        self._tell_of_channel(channel)

    def _tell_of_channel(self, channel: int) -> None:
        changed = self.channels[channel]
        self.on_change("CHANNEL_UPDATE", channel_json(self, changed), changed.guild)

    def _overwrite(self, channel: int, who: int) -> Overwrite:
        overwrites = self.channels[channel].overwrites
        return overwrites.setdefault(who, Overwrite(who, 1 if who in self.users else 0))

    # --- what the bot may

    def permissions(self, channel: Channel, user: int = BOT) -> int:
        """What somebody may in a channel or a thread, as docs.discord.com says it is computed."""
        if channel.is_private:
            return int(permissions.IN_PRIVATE) if user in channel.members else 0
        where = self.channels.get(channel.parent, channel) if channel.is_thread else channel
        return permissions.in_channel(self.guilds[channel.guild], where, user)

    def seen(self, channel: int) -> Channel:
        """A channel that the bot can see.

        Raises Refused: 10003 for one that is not there, 50001 for one it cannot see or in a server it is not in.
        """
        found = self.channels.get(channel)
        if found is None:
            raise unknown_channel()
        if found.guild and not self.guilds[found.guild].has_bot:
            raise missing_access()
        if not self.permissions(found):
            raise missing_access()
        return found

    def needs(self, channel: Channel, *needed: Permission) -> None:
        """Raises Refused 50013 where the bot lacks one of them."""
        allowed = self.permissions(channel)
        if any(not allowed & each for each in needed):
            raise missing_permissions()

    # --- messages

    def add_message(
        self,
        channel: int,
        author: int,
        version: Version,
        **more: Any,  # noqa: ANN401
    ) -> Message:
        """Put a message where a client would see it. more: as the fields of `Message`."""
        where = self.channels[channel]
        message = Message(self.snowflake(), channel, author, [version], where.guild, **more)
        self.all_messages.append(message)
        if not message.only_for:
            where.last_message = message.id
        self.changed()
        return message

    def has_settled(self, at: float) -> bool:
        """Whether who reads is told of what was there from `at` on."""
        return at <= self.now() - self.lag_s

    def find(self, channel: int, message: int) -> Message | None:
        """A message that everybody of the channel sees."""
        for each in self.all_messages:
            if (each.channel, each.id) == (channel, message) and not each.only_for and not each.is_deleted:
                return each
        return None

    def messages(self, channel: int | None = None) -> list[Message]:
        """What everybody of a channel (of all channels) sees, oldest first; not what was deleted."""
        return [
            each
            for each in self.all_messages
            if channel in (None, each.channel) and not each.only_for and not each.is_deleted
        ]

    def ephemerals(self, user: int | None = None) -> list[Message]:
        """What one person alone (each person) sees, oldest first; not what was deleted."""
        return [
            each
            for each in self.all_messages
            if each.only_for and user in (None, each.only_for) and not each.is_deleted
        ]

    def by_bot(self, channel: int | None = None) -> list[Message]:
        """What the bot posted for everybody."""
        return [each for each in self.messages(channel) if each.author == BOT]

    def threads(self, channel: int | None = None) -> list[Channel]:
        """The threads of a channel (of all), oldest first."""
        return [each for each in self.channels.values() if each.is_thread and channel in (None, each.parent)]

    def pings(self) -> list[str]:
        """Whom all that was ever shown by the bot would have pinged."""
        return [ping for each in self.all_messages if each.author == BOT for ping in each.pings]

    @property
    def application(self) -> int:
        return APPLICATION

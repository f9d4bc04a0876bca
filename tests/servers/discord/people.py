"""What people do in Discord: each deed reaches the app as Discord would tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.discord import filled, payloads
from tests.servers.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interaction
from tests.servers.discord.mentions import pings
from tests.servers.discord.options import UNREGISTERED, NotOffered, typed
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import Channel, User, Version
from tests.servers.discord.shapes import message_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.servers.discord.interactions import Modal
    from tests.servers.discord.records import JSON, Message
    from tests.servers.discord.server import DiscordServer


class Person:
    """Somebody in a client. Each deed that a client would not let them do raises NotOffered, a ValueError."""

    def __init__(self, server: DiscordServer, user: User) -> None:
        self.server, self.user = server, user

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def dm(self) -> int:
        """The id of the conversation with the bot."""
        return self.server.dm_of(self.id).id

    def sees(self, channel: int | None = None) -> list[Message]:
        """All messages that they can see, what only they see among it, oldest first."""
        return [
            each
            for each in self.server.all_messages
            if channel in (None, each.channel) and each.only_for in (0, self.id) and not each.is_deleted
        ]

    # --- commands

    def slash(
        self,
        channel: int | Channel,
        command: str,
        options: Mapping[str, Any] | None = None,
        *,
        locale: str = "",
        guild_permissions: int | None = None,
        app_permissions: int | None = None,
    ) -> Interaction:
        """Run a slash command. command: with its sub-commands, `vllm-digest today`; the first may be left out where the
        app has only one. guild_permissions: what the person may in the channel, app_permissions: the app; None for
        those they have."""
        return self._command(
            COMMAND,
            channel,
            command,
            options or {},
            locale=locale,
            permissions=guild_permissions,
            app_permissions=app_permissions,
        )

    def autocomplete(
        self,
        channel: int | Channel,
        command: str,
        option: str,
        text: str = "",
        others: Mapping[str, Any] | None = None,
        *,
        locale: str = "",
    ) -> Interaction:
        """Type in an option that completes itself; the others are filled in already."""
        values = {**(others or {}), option: text}
        return self._command(AUTOCOMPLETE, channel, command, values, focused=option, locale=locale)

    def explain(
        self, message: Message, name: str = "", *, locale: str = "", app_permissions: int | None = None
    ) -> Interaction:
        """Choose an entry of a message's context menu. name: "" for the only one."""
        channel = self.server.channels[message.channel]
        menus = [each for each in self._offered(channel, kind=3) if name in ("", each["name"])]
        if len(menus) > 1 or (not menus and self.server.commands):
            raise NotOffered(f"{len(menus)} entries are called {name!r}")
        entry = menus[0] if menus else {"id": "1", "name": name}
        data = {
            "id": entry["id"],
            "name": entry["name"],
            "type": 3,
            "target_id": str(message.id),
            "resolved": {"messages": {str(message.id): message_json(self.server, message)}},
        }
        return self._interact(
            COMMAND, channel, data, command=entry, locale=locale, app_permissions=app_permissions
        )

    def _command(
        self,
        kind: int,
        channel: int | Channel,
        command: str,
        values: Mapping[str, Any],
        *,
        focused: str = "",
        **more: Any,  # noqa: ANN401
    ) -> Interaction:
        where = self._channel(channel)
        words, entry = self._resolved(where, command.removeprefix("/").split())
        data = typed(self.server, entry, words, values, where, focused=focused)
        return self._interact(kind, where, data, command=entry, **more)

    def _resolved(self, channel: Channel, words: Sequence[str]) -> tuple[list[str], JSON | None]:
        offered = self._offered(channel, kind=1)
        by_name = {each["name"]: each for each in offered}
        if not self.server.commands:
            return ([*words] if words[0] == UNREGISTERED else [UNREGISTERED, *words]), None
        if words[0] in by_name:
            return [*words], by_name[words[0]]
        if len(offered) == 1:
            return [offered[0]["name"], *words], offered[0]
        raise NotOffered(f"no command {words[0]!r} here, only {sorted(by_name)}")

    def _offered(self, channel: Channel, *, kind: int) -> list[JSON]:
        """The commands that a client shows here: of those with one name the server's own."""
        found: dict[str, JSON] = {}
        for command in (*self.server.commands.get(0, ()), *self.server.commands.get(channel.guild or -1, ())):
            if command["type"] == kind and self._is_offered(channel, command):
                found[command["name"]] = command
        return list(found.values())

    def _is_offered(self, channel: Channel, command: JSON) -> bool:
        contexts = command.get("contexts")
        where = payloads.context_of(channel)
        if contexts is not None and where not in contexts and not command.get("guild_id"):
            return False
        if contexts is None and where == payloads.PRIVATE:
            return False
        if channel.guild and not self._may_use(channel, command):
            return False
        return bool(self._owners(channel, command))

    def _may_use(self, channel: Channel, command: JSON) -> bool:
        """Whether the server lets them; a command for nobody ("0") is one for administrators."""
        allowed = self.server.permissions(channel, self.id)
        needed = command.get("default_member_permissions")
        needed = Permission.ADMINISTRATOR if needed in (0, "0") else int(needed or 0)
        needed |= Permission.USE_APPLICATION_COMMANDS
        return allowed & needed == needed

    def _owners(self, channel: Channel, command: JSON | None) -> JSON:
        """Through whose installation: `authorizing_integration_owners`, empty where the app is not there."""
        kinds = (command or {}).get("integration_types") or [0, 1]
        owners: JSON = {}
        if 0 in kinds and channel.guild and self.server.guilds[channel.guild].has_bot:
            owners["0"] = str(channel.guild)
        if 0 in kinds and payloads.context_of(channel) == payloads.BOT_DM:
            owners["0"] = "0"
        if 1 in kinds and self.user.has_installed:
            owners["1"] = str(self.id)
        return owners

    # --- components and modals

    def press(self, message: Message, button: str, *, locale: str = "", **more: Any) -> Interaction:  # noqa: ANN401
        """Press a button. button: its custom id, how that begins, or its label."""
        self._can_see(message)
        part = filled.button(message, button)
        data = {"custom_id": part["custom_id"], "component_type": part["type"], "id": part.get("id", 1)}
        return self._interact(
            COMPONENT, self.server.channels[message.channel], data, message=message, locale=locale, **more
        )

    def choose(
        self,
        message: Message,
        menu: str,
        values: str | list[str],
        *,
        locale: str = "",
        **more: Any,  # noqa: ANN401
    ) -> Interaction:
        """Choose in a menu. values: values or labels of its options."""
        self._can_see(message)
        part = filled.menu(message, menu)
        data = {
            "custom_id": part["custom_id"],
            "component_type": part["type"],
            "id": part.get("id", 1),
            "values": filled.chosen(part, values),
        }
        return self._interact(
            COMPONENT, self.server.channels[message.channel], data, message=message, locale=locale, **more
        )

    def submit(
        self,
        modal: Modal,
        values: Mapping[str, Any] | None = None,
        *,
        locale: str = "",
        **more: Any,  # noqa: ANN401
    ) -> Interaction:
        """Fill a modal in and send it. values: by custom id or label of each field."""
        if modal.user != self.id or not modal.is_open:
            raise NotOffered("it is not open")
        components = filled.submitted(modal, values or {})
        modal.is_open = False
        data = {"custom_id": modal.custom_id, "components": components}
        channel = self.server.channels[modal.channel]
        return self._interact(SUBMIT, channel, data, message=modal.message, locale=locale, **more)

    def _can_see(self, message: Message) -> None:
        if message.is_deleted or message.only_for not in (0, self.id):
            raise NotOffered("they do not see this message")

    # --- messages

    def says(
        self, channel: int | Channel, text: str, *, reply_to: Message | None = None, ping: bool = True
    ) -> Message:
        """Write a message. reply_to: that it answers; ping: whether that names its author, which it does not where the
        message answers an interaction (docs.discord.com/developers/gateway/you-might-not-need-a-privileged-intent)."""
        where = self._channel(channel)
        needed = Permission.SEND_MESSAGES_IN_THREADS if where.is_thread else Permission.SEND_MESSAGES
        if not self.server.permissions(where, self.id) & needed or (where.is_thread and where.is_locked):
            raise NotOffered("they cannot write there")
        version = Version(self.server.now(), text, pings=tuple(pings(text, [], None, is_interaction=False)))
        message = self.server.add_message(
            where.id,
            self.id,
            version,
            reference=reply_to.id if reply_to is not None else 0,
            kind=19 if reply_to is not None else 0,
            pings_author=reply_to is not None and ping and not reply_to.interaction,
        )
        where.is_archived = False
        self.server.tell_message("MESSAGE_CREATE", message)
        return message

    # --- how it reaches the app

    def _channel(self, channel: int | Channel) -> Channel:
        return channel if isinstance(channel, Channel) else self.server.channels[channel]

    def _interact(
        self,
        kind: int,
        channel: Channel,
        data: JSON,
        *,
        command: JSON | None = None,
        message: Message | None = None,
        locale: str = "",
        permissions: int | None = None,
        app_permissions: int | None = None,
    ) -> Interaction:
        owners = self._owners(channel, command)
        if not owners:
            raise NotOffered("the app is not there")
        is_outside = "0" not in owners
        may = permissions if permissions is not None else self.server.permissions(channel, self.id)
        interaction = Interaction(
            self.server,
            self.server.snowflake(),
            f"testsonly-interaction-{self.server.count()}",
            kind,
            self.id,
            channel.id,
            channel.guild,
            self.server.now(),
            message=message,
            is_outside=is_outside,
            must_be_ephemeral=is_outside and bool(channel.guild) and not may & Permission.USE_EXTERNAL_APPS,
        )
        self.server.interactions[interaction.token] = interaction
        interaction.payload = payloads.told(
            self.server,
            interaction,
            data,
            owners=owners,
            locale=locale or self.user.locale,
            permissions=permissions,
            app_permissions=app_permissions,
        )
        self.server.gateway.dispatch("INTERACTION_CREATE", interaction.payload, guild=channel.guild)
        return interaction

"""One call of a method, as the method sees it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from tests.servers.slack.records import JSON, Token
from tests.servers.slack.refused import Refused
from tests.servers.slack.state import State

if TYPE_CHECKING:
    from tests.servers.slack.records import Channel, Team

_TRUE = ("1", "true", True, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """args: as they came, strings from a form, any JSON from a JSON body."""

    state: State
    args: JSON
    token: Token

    @property
    def team(self) -> Team:
        return self.state.teams[self.token.team]

    def text(self, key: str, default: str = "") -> str:
        value = self.args.get(key)
        return default if value is None else str(value)

    def flag(self, key: str) -> bool:
        return self.args.get(key) in _TRUE

    def needed(self, key: str, error: str = "invalid_arguments") -> str:
        """An argument that must be there."""
        value = self.text(key)
        if not value:
            messages = {"messages": [f"[ERROR] missing required field: {key}"]}
            raise (
                Refused(error, response_metadata=messages) if error == "invalid_arguments" else Refused(error)
            )
        return value

    def json(self, key: str, error: str = "invalid_json") -> Any:  # noqa: ANN401 - any JSON
        """An argument in JSON, None where it is missing: a form carries it as a string."""
        value = self.args.get(key)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise Refused(error) from None
        return value

    def need(self, *scopes: str) -> None:
        """Raise missing_scope unless one of `scopes` is granted."""
        if granted := [scope for scope in scopes if scope in self.token.scopes]:
            self.state.scopes_used.add(granted[0])
            return
        raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.token.scopes)))

    def channel(self, key: str = "channel") -> Channel:
        """The conversation that is named, where the bot may know of it. Raises channel_not_found."""
        named = self.needed(key, "channel_not_found")
        channel = self.state.channels.get(named)
        if channel is None or channel.team != self.token.team:
            raise Refused("channel_not_found")
        if channel.is_private and not self.state.is_member(channel):
            raise Refused("channel_not_found")
        return channel

    def room(self, key: str = "channel") -> Channel:
        """The conversation to post in; a person's id names the direct message.

        Raises channel_not_found, is_archived, not_in_channel.
        """
        named = self.needed(key, "channel_not_found")
        user = self.state.users.get(named)
        if user is not None and user.team == self.token.team and not user.is_bot:
            return self.state.dm_of(named)
        channel = self.channel(key)
        if channel.is_archived:
            raise Refused("is_archived")
        if not self.state.is_member(channel):
            if "chat:write.public" not in self.token.scopes:
                raise Refused("not_in_channel")
            self.state.scopes_used.add("chat:write.public")
        return channel


Method: TypeAlias = Callable[[Asked], "JSON"]


@dataclass(frozen=True, slots=True)
class Registered:
    """A method.

    tier: of its rate. posts: whether it counts as a post of its channel instead. takes_json: whether it reads a JSON
    body; the others ignore one. token: what kind of token it takes, "any", or empty for none at all.
    """

    run: Method
    tier: int
    posts: bool = False
    takes_json: bool = True
    token: str = "bot"

"""What people do in Slack: each deed reaches the app as Slack would tell it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from tests.servers.slack import payloads, response_urls
from tests.servers.slack.methods import views
from tests.servers.slack.records import ANN, GENERAL, TEAM, Message, View
from tests.servers.slack.refused import Refused
from tests.servers.slack.sent import Sent
from tests.servers.slack.shapes import message_json
from tests.servers.slack.sockets import Sockets
from tests.servers.slack.state import State

if TYPE_CHECKING:
    from tests.servers.slack.records import JSON
    from tests.servers.slack.response_urls import ResponseUrl
    from tests.servers.slack.sent import Kind, Way


class People(State):
    """A workspace with people in it. way: how the app is told, Socket Mode until `over_http`. sent: all that was."""

    def __init__(self) -> None:
        super().__init__()
        self.sockets = Sockets(self)
        self.way: Way = self.sockets
        self.sent: list[Sent] = []
        self.on_echo = self._echoed

    def tell(
        self,
        kind: Kind,
        body: JSON,
        team: str = TEAM,
        *,
        accepts: bool = True,
        on_payload: Any = None,  # noqa: ANN401
    ) -> Sent:
        """Send a payload as it is."""
        sent = Sent(kind, body, team, accepts)
        if on_payload is not None:
            sent.on_payload = lambda payload: self._taken(sent, payload, on_payload)
        self.sent.append(sent)
        self.way.send(sent)
        return sent

    def _taken(self, sent: Sent, payload: JSON, on_payload: Any) -> None:  # noqa: ANN401 - a callable
        try:
            on_payload(payload)
        except Refused as refused:
            sent.problem = refused.error

    # --- commands, events

    async def command(
        self, name: str = "/vllm-digest", text: str = "", *, channel: str = GENERAL, user: str = ANN
    ) -> Sent:
        """Type a slash command."""
        url = response_urls.make(self, channel, user)
        body = payloads.command(self, name, text, self.channels[channel], self.users[user], url.url)
        return self.tell(
            "slash_commands",
            body,
            self.channels[channel].team,
            on_payload=lambda payload: self._answered_command(url, payload),
        )

    def _answered_command(self, url: ResponseUrl, payload: JSON) -> None:
        response_urls.respond(self, url, payload)
        url.uses -= 1  # an answer to the request itself takes none of the five

    async def event(self, inner: JSON, *, team: str = TEAM, event_id: str = "") -> Sent:
        """Any event. inner: with its `type`. event_id: of an earlier one, to send it twice."""
        channel = inner.get("channel")
        known = self.channels.get(channel) if isinstance(channel, str) else None
        body = payloads.event(self, inner, team, shared=bool(known and known.is_ext_shared))
        if event_id:
            body["event_id"] = event_id
        return self.tell("events_api", body, team, accepts=False)

    async def again(self, sent: Sent) -> Sent:
        """Send a payload that was sent already, as Slack does when it is not sure."""
        return self.tell(sent.kind, copy.deepcopy(sent.body), sent.team, accepts=sent.accepts)

    def say(self, channel: str, text: str, *, user: str = ANN, thread_ts: str = "", **more: Any) -> Message:  # noqa: ANN401
        """A person writes; the app is told nothing."""
        return self.add_message(channel, user, text, thread_ts=thread_ts, **more)

    async def mention(
        self,
        channel: str = GENERAL,
        user: str = ANN,
        text: str = "",
        thread_ts: str = "",
        **more: Any,  # noqa: ANN401
    ) -> Sent:
        """Write `@vllm-digest text`. more: further fields of the event."""
        room = self.channels[channel]
        message = self.say(channel, f"<@{self.teams[room.team].bot}> {text}", user=user, thread_ts=thread_ts)
        inner = self._written(message) | {"type": "app_mention"} | more
        return await self.event(inner, team=room.team)

    async def direct(self, user: str = ANN, text: str = "", thread_ts: str = "", **more: Any) -> Sent:  # noqa: ANN401
        """Write to the app in its direct message."""
        room = self.dm_of(user)
        message = self.say(room.id, text, user=user, thread_ts=thread_ts)
        inner = self._written(message) | {"type": "message", "channel_type": "im"} | more
        return await self.event(inner, team=room.team)

    def _written(self, message: Message) -> JSON:
        shown = message_json(self, message)
        shown = {
            key: value for key, value in shown.items() if key not in ("type", "thread_ts", "reply_count")
        }
        if message.thread_ts:
            shown["thread_ts"] = message.thread_ts
        if message.files:
            shown["subtype"] = "file_share"
        author = self.users.get(message.author)
        if author is not None and author.team != message.team:  # from the other side of a shared channel
            shown |= {"team": author.team, "user_team": author.team, "source_team": author.team}
        return shown | {"channel": message.channel, "event_ts": message.ts}

    def _echoed(self, message: Message, subtype: str) -> None:
        inner = self._written(message)
        if subtype:
            kept = "message" if subtype == "message_changed" else "previous_message"
            inner = {"subtype": subtype, kept: inner, "channel": message.channel, "hidden": True}
            inner["ts"] = self.new_ts()
        inner |= {"type": "message", "channel_type": "im"}
        self.tell("events_api", payloads.event(self, inner, message.team), message.team, accepts=False)

    async def open_home(self, user: str = ANN, tab: str = "home") -> Sent:
        """Open the app's Home or, with tab "messages", its Messages tab."""
        inner: JSON = {"type": "app_home_opened", "user": user, "channel": self.dm_of(user).id, "tab": tab}
        view = self.home(user)
        if view is not None and tab == "home":
            inner["view"] = view.payload
        return await self.event(inner, team=self.users[user].team)

    async def join(self, channel: str = GENERAL, *, by: str = ANN, user: str = "") -> Sent:
        """Invite the app (or the person `user`) to a channel."""
        room = self.channels[channel]
        joined = user or self.teams[room.team].bot
        room.members.add(joined)
        inner = {
            "type": "member_joined_channel",
            "user": joined,
            "channel": channel,
            "channel_type": "G" if room.is_private else "C",
            "team": room.team,
            "inviter": by,
        }
        return await self.event(inner, team=room.team)

    async def expel(self, channel: str = GENERAL, *, by: str = ANN) -> Sent:
        """Remove the app from a channel."""
        room = self.channels[channel]
        self.remove_bot(channel)
        kind = "group_left" if room.is_private else "channel_left"
        inner = {"type": kind, "channel": channel, "actor_id": by}
        return await self.event(inner, team=room.team)

    async def archive(self, channel: str = GENERAL, *, by: str = ANN) -> Sent:
        """Archive a channel."""
        room = self.channels[channel]
        self.archive_channel(channel)
        kind = "group_archive" if room.is_private else "channel_archive"
        inner = {"type": kind, "channel": channel, "user": by}
        return await self.event(inner, team=room.team)

    async def drop(self, channel: str = GENERAL, *, by: str = ANN) -> Sent:
        """Delete a channel."""
        room = self.channels[channel]
        self.delete_channel(channel)
        kind = "group_deleted" if room.is_private else "channel_deleted"
        inner = {"type": kind, "channel": channel, "actor_id": by}
        return await self.event(inner, team=room.team)

    async def uninstall(self, team: str = TEAM) -> Sent:
        """Remove the app: its tokens end, tokens_revoked and app_uninstalled follow. Returns the latter."""
        self.teams[team].is_installed = False
        self.end_tokens(team, "account_inactive")
        await self.event(
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.teams[team].bot]}}, team=team
        )
        return await self.event({"type": "app_uninstalled"}, team=team)

    async def revoke(self, team: str = TEAM) -> Sent:
        """Revoke the bot's tokens."""
        self.end_tokens(team)
        inner = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [self.teams[team].bot]}}
        return await self.event(inner, team=team)

    # --- buttons, views, shortcuts

    async def press(
        self,
        where: Message | View,
        action_id: str,
        *,
        user: str = "",
        value: Any = None,  # noqa: ANN401 - as the kind of element takes it
    ) -> Sent:
        """Use an element of a message or a view. value: which of several buttons with that action id; of a select, the
        option's value; of checkboxes, a list of them; of feedback buttons, "positive" or "negative". Raises LookupError
        where there is no such element."""
        text = value if isinstance(value, str) else None
        element, block = payloads.element_in(where.blocks, action_id, text)
        action = payloads.action_of(self, element, block, value)
        if isinstance(where, View):
            person = self.users[user or where.user]
            body = payloads.pressed_in_view(self, where, action, person)
            return self.tell("interactive", body, where.team)
        person = self.users[user or where.only_for or self._anybody(where)]
        url = response_urls.make(self, where.channel, person.id, original=where)
        body = payloads.pressed_in_message(self, where, action, person, url.url)
        return self.tell("interactive", body, where.team)

    def _anybody(self, message: Message) -> str:
        room = self.channels[message.channel]
        return room.user or next(
            user for user in self.users if user in room.members and not self.users[user].is_bot
        )

    async def submit(self, view: View, values: JSON | None = None, *, user: str = "") -> Sent:
        """Fill a modal in and send it. values: by action id, or by block id and action id; what is left out keeps what
        it begins with. What the app answers is done: errors, update, push, clear."""
        person = self.users[user or view.user]
        payload = {**view.payload, "state": {"values": payloads.values_of(view, values or {})}}
        body = payloads.interaction(self, "view_submission", person, view.team) | {
            "view": payload,
            "response_urls": [],
        }
        sent = self.tell(
            "interactive", body, view.team, on_payload=lambda said: self._response_action(view, said)
        )
        sent.acked_after.add_done_callback(lambda _: self._submitted(view, sent))
        return sent

    def _submitted(self, view: View, sent: Sent) -> None:
        if not sent.payload.done() or not (sent.payload.result() or {}).get("response_action"):
            view.is_open = False
            self.changed()

    def _response_action(self, view: View, said: JSON) -> None:
        action = said.get("response_action")
        if action == "clear":
            for each in self.modals(view.user):
                each.is_open = False
        elif action == "update":
            views.change(self, view, views.check_view(self, said.get("view"), ("modal",)))
        elif action == "push":
            checked = views.check_view(self, said.get("view"), ("modal",))
            views.show(self, view.user, view.team, checked, below=view)
        elif action == "errors":
            known = {block["block_id"] for block in view.blocks if block.get("type") == "input"}
            if not said.get("errors") or set(said["errors"]) - known:
                raise Refused("invalid_arguments")
        elif action is not None:
            raise Refused("invalid_arguments")
        self.changed()

    async def close_view(self, view: View) -> Sent | None:
        """Close a modal; the app is told where it asked for that."""
        view.is_open = False
        self.changed()
        if not view.payload.get("notify_on_close"):
            return None
        body = payloads.interaction(self, "view_closed", self.users[view.user], view.team)
        del body["trigger_id"]
        return self.tell("interactive", body | {"view": view.payload, "is_cleared": False}, view.team)

    async def shortcut(self, callback_id: str, message: Message | None = None, *, user: str = ANN) -> Sent:
        """Use a shortcut, on a message where one is given."""
        person = self.users[user]
        if message is None:
            body = payloads.interaction(self, "shortcut", person, person.team)
            return self.tell(
                "interactive", body | {"callback_id": callback_id, "action_ts": self.new_ts()}, person.team
            )
        # nobody's message but the app's own can be replaced
        own = message if message.bot_id else None
        url = response_urls.make(self, message.channel, user, original=own)
        body = payloads.interaction(self, "message_action", person, message.team) | {
            "callback_id": callback_id,
            "action_ts": self.new_ts(),
            "message_ts": message.ts,
            "message": message_json(self, message),
            "channel": payloads.channel_of(self, message.channel),
            "response_url": url.url,
        }
        return self.tell("interactive", body, message.team)

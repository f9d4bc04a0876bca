"""Slack's Web API as the bot of one workspace, in the words of what is done with it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.slack import tiers, uploads
from adapters.slack.api import BASE_URL, TIMEOUT_S, Api
from adapters.slack.errors import SlackError
from adapters.slack.people import Channel, People, Person
from adapters.slack.remembered import Remembered
from adapters.slack.sending import delivered
from adapters.slack.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    import aiohttp

    from adapters.slack.blocks import Message
    from adapters.slack.pacing import Pacing

DM_S = 3600.0
"""How long the channel of a direct message is remembered; Slack never changes it."""


@dataclass(frozen=True, slots=True)
class Me:
    """Whom the token speaks as. team, team_name: the workspace. user: the bot as it is mentioned. bot: as the author of
    its messages. scopes: what it was granted. url: the workspace's address."""

    team: str
    team_name: str
    user: str
    bot: str
    scopes: frozenset[str]
    url: str


class Slack:
    """One workspace. Every method but `person` and `channel` raises SlackError."""

    def __init__(
        self,
        token: str,
        *,
        team: str,
        session: aiohttp.ClientSession,
        pacing: Pacing,
        base_url: str = BASE_URL,
        timeout_s: float = TIMEOUT_S,
        most_wait_s: float = tiers.PERSON_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """team: the workspace's id, by which its pace is kept. session, pacing: of the whole process
        (`api.open_session`). most_wait_s: the longest that a call waits for its turn; `tiers.SCHEDULE_S` for what no
        person waits for. clock: a steady one, for what is remembered."""
        self._api = Api(
            token,
            team=team,
            session=session,
            base_url=base_url,
            pacing=pacing,
            timeout_s=timeout_s,
            most_wait_s=most_wait_s,
            sleep=sleep,
        )
        self._clock = clock
        self._people = People(self._api, clock)
        self._dms: Remembered[str] = Remembered(2_000, clock)

    @property
    def team(self) -> str:
        """The workspace's id."""
        return self._api.team

    async def call(
        self, method: str, *, most_wait_s: float | None = None, **params: object
    ) -> Mapping[str, Any]:
        """Any method, by Slack's name and with its parameters; its answer. most_wait_s: see `__init__`."""
        return (await self._api.call(method, most_wait_s=most_wait_s, **params)).data

    async def me(self) -> Me:
        """Ask Slack whom the token speaks as."""
        answer = await self._api.call("auth.test")
        told, granted = answer.data, str(answer.headers.get("x-oauth-scopes") or "")
        me = Me(
            team=str(told.get("team_id") or ""),
            team_name=str(told.get("team") or ""),
            user=str(told.get("user_id") or ""),
            bot=str(told.get("bot_id") or ""),
            scopes=frozenset(filter(None, (each.strip() for each in granted.split(",")))),
            url=str(told.get("url") or ""),
        )
        self._api.team = self._api.team or me.team
        return me

    # --- messages

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str = "",
        metadata: Mapping[str, Any] | None = None,
        soon: bool = False,
    ) -> str:
        """Post it; its ts. Never sent twice: after an end that is not clear, SlackError is an `Ambiguous`.

        soon: it is of use at once or not at all, such as a word of progress, and gives way to what is not.
        """

        async def send(each: Message) -> str:
            answer = await self._api.call(
                "chat.postMessage",
                channel=channel,
                text=each.text,
                blocks=list(each.blocks) or None,
                thread_ts=thread_ts or None,
                metadata=metadata,
                mrkdwn=True,
                unfurl_links=False,
                unfurl_media=False,
                most_wait_s=tiers.AT_ONCE_S if soon else None,
            )
            return str(answer.data.get("ts") or "")

        return await delivered("chat.postMessage", message, send)

    async def update(
        self,
        channel: str,
        ts: str,
        message: Message,
        *,
        metadata: Mapping[str, Any] | None = None,
        soon: bool = False,
    ) -> None:
        """Put it in the place of a message of ours. metadata: None leaves what there is. soon: see `post`.
        `slack.message_gone`: there is none any more."""

        async def send(each: Message) -> None:
            # blocks that are left out stay as they were, and without `parse` words would become links and mentions
            await self._api.call(
                "chat.update",
                channel=channel,
                ts=ts,
                text=each.text,
                blocks=list(each.blocks),
                metadata=metadata,
                parse="none",
                most_wait_s=tiers.AT_ONCE_S if soon else None,
            )

        await delivered("chat.update", message, send)

    async def delete(self, channel: str, ts: str) -> None:
        """Delete a message of ours; one that is gone already is deleted."""
        try:
            await self._api.call("chat.delete", channel=channel, ts=ts)
        except SlackError as error:
            if error.key != "slack.message_gone":
                raise

    async def stream(self, channel: str, thread_ts: str, *, team: str = "", user: str = "") -> Stream:
        """An answer that will be seen growing, below a person's message. team, user: theirs; needed in channels."""

        async def post(message: Message, metadata: Mapping[str, Any] | None) -> str:
            return await self.post(channel, message, thread_ts=thread_ts, metadata=metadata)

        return Stream(
            self._api,
            post,
            channel=channel,
            thread_ts=thread_ts,
            team=team,
            user=user,
            clock=self._clock,
        )

    # --- files

    async def upload(
        self,
        name: str,
        data: bytes,
        *,
        title: str,
        channel: str = "",
        thread_ts: str = "",
        comment: str = "",
        alt: str = "",
    ) -> str:
        """Upload a file, and post it if a channel is named; the file's id. alt: what an image shows."""
        return await uploads.upload(
            self._api, name, data, title=title, channel=channel, thread_ts=thread_ts, comment=comment, alt=alt
        )

    async def ready(self, file: str) -> bool:
        """Whether a file can be shown in a block; looks a few times over some seconds. Raises no SlackError."""
        return await uploads.is_ready(self._api, file)

    # --- views

    async def open_view(self, trigger_id: str, view: Mapping[str, Any]) -> str:
        """Open a dialog; its id. `slack.trigger_expired`: the three seconds that Slack gives for that are over."""
        answer = await self._api.call(
            "views.open", trigger_id=trigger_id, view=view, most_wait_s=tiers.AT_ONCE_S
        )
        return str(answer.data["view"]["id"])

    async def update_view(self, view_id: str, view: Mapping[str, Any], hash: str = "") -> bool:  # noqa: A002 - Slack's word
        """Show another content in a dialog; False if it was closed, or has changed since `hash`."""
        try:
            await self._api.call("views.update", view_id=view_id, view=view, hash=hash or None)
        except SlackError as error:
            if error.values.get("error") not in ("not_found", "view_not_found", "hash_conflict"):
                raise
            return False
        return True

    async def publish_home(self, user: str, view: Mapping[str, Any]) -> None:
        """Show somebody their App Home."""
        await self._api.call("views.publish", user_id=user, view=view)

    # --- the agent

    async def status(self, channel: str, thread_ts: str, text: str, loading: Sequence[str] = ()) -> None:
        """Say what the bot is doing until it says something else; "" for nothing. loading: shown in turn, at most
        ten."""
        await self._api.call(
            "assistant.threads.setStatus",
            channel_id=channel,
            thread_ts=thread_ts,
            status=text,
            loading_messages=list(loading) or None,
            most_wait_s=tiers.AT_ONCE_S,
        )

    async def prompts(
        self, channel: str, prompts: Sequence[tuple[str, str]], title: str, *, thread_ts: str = ""
    ) -> None:
        """Suggest what to ask: what each is called and the line that it stands for, at most four."""
        await self._api.call(
            "assistant.threads.setSuggestedPrompts",
            channel_id=channel,
            thread_ts=thread_ts or None,
            title=title or None,
            prompts=[{"title": name, "message": line} for name, line in prompts],
            most_wait_s=tiers.AT_ONCE_S,
        )

    # --- people and places

    async def dm(self, user: str) -> str:
        """The channel of the bot's direct messages with somebody. `slack.no_dm`: there can be none."""

        async def look_up() -> tuple[str, float]:
            answer = await self._api.call("conversations.open", users=user)
            return str(answer.data["channel"]["id"]), DM_S

        return await self._dms.get(user, look_up)

    async def person(self, user: str) -> Person:
        """See `People.person`."""
        return await self._people.person(user)

    async def channel(self, id: str) -> Channel:  # noqa: A002 - Slack's word
        """See `People.channel`."""
        return await self._people.channel(id)

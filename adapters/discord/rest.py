"""Discord's REST API as the bot, in the words of what is done with it; no gateway is needed for any of it."""

from __future__ import annotations

import hashlib
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

import structlog
from discord import Permissions
from discord.http import Route

from adapters.discord import api, limits, refusals, sending
from adapters.discord.answers import Answers
from adapters.discord.channels import Memory
from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.lacking import MOST, Lacking
from adapters.discord.requests import called, log_in, new_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    import discord
    from discord.http import MultipartParameters

    from adapters.discord.api import SessionStart
    from adapters.discord.channels import Channel
    from adapters.discord.messages import File, Message
    from adapters.discord.refused import Closed
    from adapters.discord.sending import Body

    Keep = Callable[[Mapping[str, str]], Awaitable[None]]

log = structlog.get_logger()

DM_S: Final = 3600.0
"""How long the channel of a direct message is remembered; Discord never changes it."""

ONCE_S: Final = 30.0
"""What is tried once with all its pauses: somebody writes down how long it may be under way."""

_CHANGED: Final = frozenset({"discord.gone", "discord.locked", "discord.needs_tag"})
"""After these a channel is not as remembered."""

_SEE: Final = Permissions(view_channel=True)
_SEND: Final = Permissions(view_channel=True, send_messages=True)
_SHOW: Final = Permissions(view_channel=True, embed_links=True)
_THREAD: Final = Permissions(view_channel=True, create_public_threads=True)


class Rest(Answers):
    """What the bot does. Every method raises DiscordError.

    In a channel that refused the bot nothing is tried for a while: the error of that time is raised again at once.
    Nobody is ever mentioned.
    """

    def __init__(self, client: discord.Client, *, closed: Closed, keep: Keep) -> None:
        """client: logged in, of `open_rest`; it need not be connected. keep: keeps what custom ids have no room for,
        before the message that has them is sent."""
        user, application_id = client.user, client.application_id
        if user is None or application_id is None:
            raise TypeError("a client that is logged in expected")
        super().__init__(client.http, application_id, keep)
        self.application_id = application_id
        self.user_id = user.id
        self.http = client.http
        self.closed = closed
        self._lacking = Lacking(client.http, user.id)
        self._dms: Memory[int] = Memory(DM_S, MOST)

    async def session_start(self) -> SessionStart:
        """Where the gateway is, and how often one may identify there today."""
        return await api.gateway_of(self.http)

    # --- messages

    async def post(
        self,
        channel: int,
        message: Message,
        *,
        files: Sequence[File] = (),
        reply_to: int = 0,
        nonce: str = "",
        once: bool = False,
    ) -> int:
        """Post it; its id. reply_to: a message there, which may be gone meanwhile.

        nonce: at most 25 characters; a message with it that was posted some minutes ago is not posted again, and its id
        is returned. Without one, an end that is not clear raises `Ambiguous`. once: and so it does with one, since
        whoever asks looks before it is tried again; within half a minute.
        """
        try:
            return await self._post(channel, message, files, reply_to, nonce, once=once)
        except DiscordError as error:
            if error.key != "discord.message_gone" or not nonce:
                raise
        # the message that has this nonce was deleted
        return await self._post(channel, message, files, reply_to, "", once=once)

    async def _post(
        self,
        channel: int,
        message: Message,
        files: Sequence[File],
        reply_to: int,
        nonce: str,
        *,
        once: bool,
    ) -> int:
        await self._kept(message)
        needed, options = _with(_SEND | _SHOW, files), dict[str, Any]()
        if reply_to:
            needed |= Permissions(read_message_history=True)
            told = {"message_id": str(reply_to), "channel_id": str(channel), "fail_if_not_exists": False}
            options["message_reference"] = told
        parts = iter(range(1, 100))

        async def first(body: Body) -> int:
            with sending.sent(body, files, nonce=nonce or _any_nonce(), **options) as params:
                return await self._create(channel, needed, params, repeatable=bool(nonce), once=once)

        async def more(body: Body) -> None:
            part = nonce and nonce_of(nonce, next(parts))
            with sending.sent(body, (), nonce=part or _any_nonce()) as params:
                await self._create(channel, needed, params, repeatable=bool(nonce))

        return await sending.delivered(message, files, first, _quietly(more) if once else more)

    async def edit(
        self, channel: int, message_id: int, message: Message, *, files: Sequence[File] | None = None
    ) -> None:
        """Put it in the place of a message of ours. files: in place of its files, None leaves them.
        `discord.message_gone`: there is none any more."""
        await self._kept(message)

        async def edit(body: Body) -> None:
            with sending.edited(body, files) as params:
                await self._in(
                    channel, _with(_SHOW, files), _one("PATCH", channel, message_id), params=params
                )

        async def more(body: Body) -> None:
            with sending.sent(body, (), nonce=_any_nonce()) as params:
                await self._create(channel, _SEND, params)

        await sending.delivered(message, files or (), edit, more)

    async def typing(self, channel: int) -> None:
        """Show for ten seconds that the bot is writing."""
        await self._in(channel, _SEND, Route("POST", "/channels/{channel_id}/typing", channel_id=channel))

    async def crosspost(self, channel: int, message_id: int) -> None:
        """Publish a message of ours to those who follow the announcement channel; once is enough."""
        try:
            await self._in(channel, _SEND, _one("POST", channel, message_id, "/crosspost"))
        except DiscordError as error:
            if not refusals.is_code(error, refusals.ALREADY_CROSSPOSTED):
                raise

    # --- places

    async def dm(self, user: int) -> int:
        """The channel of the direct messages with a person."""
        known = self._dms.get(user)
        if known is not None:
            return known
        route = Route("POST", "/users/@me/channels")
        return self._dms.put(user, int((await called(self.http, route, json={"recipient_id": user}))["id"]))

    async def channel(self, channel: int) -> Channel:
        """What the channel or thread is like, as of a minute ago or later."""
        await self.closed.check(channel)
        try:
            return await self._lacking.channel(channel)
        except DiscordError as error:
            await self.closed.close(channel, error)
            raise

    async def start_thread(self, channel: int, message_id: int, name: str) -> int:
        """The thread below a message, which is made if there is none; its id."""
        try:
            route = _one("POST", channel, message_id, "/threads")
            told = await self._in(channel, _THREAD, route, json={"name": name})
        except DiscordError as error:
            if not refusals.is_code(error, refusals.THREAD_EXISTS):
                raise
            return message_id  # which a thread that is made from a message shares
        return int(told["id"])

    async def forum_post(
        self, channel: int, name: str, message: Message, *, files: Sequence[File] = ()
    ) -> tuple[int, int]:
        """Start a post in a forum; the ids of its thread and of the message. Carries a tag where the forum wants one.

        There is no nonce for that: an end that is not clear raises `Ambiguous`.
        """
        await self._kept(message)
        forum = await self.channel(channel)
        about: dict[str, Any] = {"name": name}
        if forum.needs_tag:
            if not forum.tags:
                self._lacking.forget(channel)
                raise DiscordError("discord.needs_tag")
            about["applied_tags"] = [str(forum.tags[0])]
        thread = 0

        async def first(body: Body) -> tuple[int, int]:
            nonlocal thread
            route = Route("POST", "/channels/{channel_id}/threads", channel_id=channel)
            with sending.sent(body, files, channel_payload=about) as params:
                told = await self._in(
                    channel,
                    _with(_SEND | _SHOW, files),
                    route,
                    params=params,
                    query={"use_nested_fields": 1},
                    once=True,
                    most_s=ONCE_S,
                )
            thread = int(told["id"])
            return thread, int(told["message"]["id"])

        async def more(body: Body) -> None:
            with sending.sent(body, (), nonce=_any_nonce()) as params:
                await self._create(thread, _SEND, params)

        return await sending.delivered(message, files, first, _quietly(more))

    # --- within

    async def _create(
        self,
        channel: int,
        needed: Permissions,
        params: MultipartParameters,
        *,
        repeatable: bool = False,
        once: bool = False,
    ) -> int:
        """A new message; its id. discord.py may repeat it unless it is for once, since each has a nonce."""
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=channel)
        how: dict[str, Any] = {"once": True, "most_s": ONCE_S} if once else {"repeatable": repeatable}
        return int((await self._in(channel, needed, route, params=params, **how))["id"])

    async def _in(self, channel: int, needed: Permissions, route: Route, **options: Any) -> Any:  # noqa: ANN401
        """A call that the channel has to allow. needed: for it. options: of `called`."""
        await self.closed.check(channel)
        try:
            return await called(self.http, route, **options)
        except NoPermission as error:
            told: DiscordError = await self._lacking.explained(channel, needed, error)
        except DiscordError as error:
            told = error
            if error.key in _CHANGED:
                self._lacking.forget(channel)
        await self.closed.close(channel, told)
        raise told from None


@asynccontextmanager
async def open_rest(
    token: str, *, api_url: str = api.OFFICIAL, closed: Closed, keep: Keep
) -> AsyncIterator[Rest]:
    """Log in, and speak with this API until the end. keep: see `Rest`. Raises DiscordError."""
    with api.at(api_url):
        client = new_client()
        async with client:
            await log_in(client, token)
            yield Rest(client, closed=closed, keep=keep)


def nonce_of(*parts: object) -> str:
    """A nonce for one thing that is posted, the same whenever it is asked for."""
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[: limits.NONCE]


def _one(method: str, channel: int, message_id: int, what: str = "") -> Route:
    path = "/channels/{channel_id}/messages/{message_id}" + what
    return Route(method, path, channel_id=channel, message_id=message_id)


def _with(needed: Permissions, files: Sequence[File] | None) -> Permissions:
    return needed | Permissions(attach_files=True) if files else needed


def _quietly(more: Callable[[Body], Awaitable[None]]) -> Callable[[Body], Awaitable[None]]:
    """The rest of a message in plain text, without what goes wrong with it: the message itself is there, and whoever
    heard that it is not would post it again."""

    async def sent(body: Body) -> None:
        try:
            await more(body)
        except DiscordError as error:
            log.warning("rest of a message not posted", error=error.key)

    return sent


def _any_nonce() -> str:
    return token_hex(limits.NONCE // 2)

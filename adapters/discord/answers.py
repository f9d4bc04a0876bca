"""Answers: what an interaction is answered with through its token, which needs no gateway and no permission.

A token is valid for fifteen minutes (docs.discord.com/developers/interactions/receiving-and-responding, "Followup
Messages"); after that `discord.expired` is raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord.http import Route

from adapters.discord import sending
from adapters.discord.requests import called
from adapters.discord.views import kept_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from discord.http import HTTPClient

    from adapters.discord.messages import File, Message
    from adapters.discord.sending import Body


class Answers:
    """Answers the interactions of one application. Every method raises DiscordError."""

    def __init__(
        self, http: HTTPClient, application_id: int, keep: Callable[[Mapping[str, str]], Awaitable[None]]
    ) -> None:
        """keep: keeps what custom ids have no room for."""
        self._http = http
        self._application_id = application_id
        self._keep = keep

    async def answer(self, token: str, message: Message, *, files: Sequence[File] | None = None) -> None:
        """Show it in the place of the answer; files: in place of its files, None leaves them."""
        await self._kept(message)

        async def edit(body: Body) -> Any:  # noqa: ANN401 - Discord's message
            with sending.edited(body, files) as params:
                return await called(self._http, self._route("PATCH", token, "@original"), params=params)

        async def more(body: Body) -> None:
            with sending.sent(body, (), only_me=True) as params:
                await called(
                    self._http, self._route("POST", token), params=params, query={"wait": 1}, once=True
                )

        await sending.delivered(message, files or (), edit, more)

    async def follow_up(
        self, token: str, message: Message, *, only_me: bool, files: Sequence[File] = ()
    ) -> int:
        """Send a further message; its id. Never sent twice: after an end that is not clear, this raises `Ambiguous`.

        The first one after a deferral stands in the place of the answer, and is seen by who was to see that.
        """
        await self._kept(message)

        async def send(body: Body, added: Sequence[File] = files) -> int:
            with sending.sent(body, added, only_me=only_me) as params:
                told = await called(
                    self._http, self._route("POST", token), params=params, query={"wait": 1}, once=True
                )
            return int(told["id"])

        return await sending.delivered(message, files, send, lambda body: send(body, ()))

    def _route(self, method: str, token: str, which: str = "") -> Route:
        ids: dict[str, Any] = {"webhook_id": self._application_id, "webhook_token": token}
        path = "/webhooks/{webhook_id}/{webhook_token}"
        if not which:
            return Route(method, path, **ids)
        return Route(method, path + "/messages/{message_id}", message_id=which, **ids)

    async def _kept(self, message: Message) -> None:
        kept = kept_of(message)
        if kept:
            await self._keep(kept)

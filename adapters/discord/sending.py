"""Sending: a message in the richest form that Discord takes there - a layout, embeds, or plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import discord
import structlog
from discord.http import handle_message_parameters

from adapters.discord import views
from adapters.discord.errors import BodyRefused, NoPermission

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from typing import TypeVar

    from discord.http import MultipartParameters

    from adapters.discord.messages import File, Message

    T = TypeVar("T")

log = structlog.get_logger()

Body: TypeAlias = dict[str, Any]
"""What a message shows, as arguments of `handle_message_parameters`: "content", "embeds", "view"."""

EMBEDS: Final = discord.Permissions(embed_links=True)


async def delivered(
    message: Message,
    files: Sequence[File],
    send: Callable[[Body], Awaitable[T]],
    more: Callable[[Body], Awaitable[object]],
) -> T:
    """Send it as a layout; as embeds where that is refused; as text at last, whose further parts go to `more`.

    A refusal means that nothing was posted, so that none of this posts twice. Raises DiscordError.
    """
    for form, make in (("layout", as_layout), ("embeds", as_embeds)):
        try:
            return await send(make(message, files))
        except BodyRefused as error:
            log.warning("discord refused a form", form=form, at=error.paths)
        except NoPermission as error:
            if error.missing != EMBEDS:
                raise
            log.info("no embeds allowed", form=form)
            break
    first, *rest = as_contents(message)
    result = await send(first)
    for each in rest:
        await more(each)
    return result


def as_layout(message: Message, files: Sequence[File]) -> Body:
    """As components."""
    return {"view": views.as_layout(message, files)}


def as_embeds(message: Message, _files: Sequence[File]) -> Body:
    """As embeds, with what can be pressed below them; Discord shows files by itself there."""
    embeds, view = views.as_embeds(message)
    return {"embeds": embeds, "view": view}


def as_contents(message: Message) -> list[Body]:
    """As one text or more, the last with what can be pressed."""
    bodies: list[Body] = [{"content": text, "view": None} for text in views.as_contents(message)]
    bodies[-1]["view"] = views.as_view(message)
    return bodies


def sent(
    body: Body,
    files: Sequence[File],
    *,
    only_me: bool = False,
    **options: Any,  # noqa: ANN401 - discord.py's own
) -> MultipartParameters:
    """The request of a new message. only_me: ephemeral. options: further ones of `handle_message_parameters`."""
    known = {name: each for name, each in body.items() if each is not None}
    if files:
        options["files"] = views.attachments(files)
    return handle_message_parameters(**known, **options, **_always(body, only_me=only_me))


def edited(body: Body, files: Sequence[File] | None) -> MultipartParameters:
    """The request that shows this in place of all that a message of ours has shown; its files stay for None.

    A message only becomes a layout when its text and embeds are taken away
    (docs.discord.com/developers/resources/message, "Edit Message").
    """
    whole: Body = {"content": None, "embeds": [], **body}
    if files is not None:
        whole["attachments"] = views.attachments(files)
    return handle_message_parameters(**whole, **_always(body))


def _always(body: Body, *, only_me: bool = False) -> dict[str, Any]:
    """Without `allowed_mentions` Discord would mention whom the text names, after an edit too."""
    return {
        "allowed_mentions": discord.AllowedMentions.none(),
        "flags": discord.MessageFlags(ephemeral=only_me, suppress_embeds="content" in body),
    }

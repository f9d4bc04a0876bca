"""Visitors of the pages, and an archive over a real store and the tests' GitHub."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat import unheard, unwatched
from adapters.web.archive import ANYBODY, Asked, Visitor
from tests.bot.talk import REPO, TERMINAL

if TYPE_CHECKING:
    from adapters.chat import Reply
    from bot.wiring import Services
    from summarizer.digests import Digest

SECRET = "acme/secret"
TALK = "a-talk-that-nobody-guesses"

PASSER = Visitor(address="192.0.2.7")
"""Somebody whose address alone is known."""

ASKED = Asked(REPO, "", "", "", "", unwatched, unheard)


async def ask(
    bot: Services, line: str, visitor: Visitor = PASSER, *, repo: str = REPO, talk: str = "", lang: str = ""
) -> Reply:
    return await bot.archive.ask(replace(ASKED, repo=repo, line=line, talk=talk, lang=lang), visitor)


async def problem(
    bot: Services, line: str, visitor: Visitor = PASSER, *, repo: str = REPO, talk: str = ""
) -> str:
    """The key of what is wrong with a line."""
    reply = await ask(bot, line, visitor, repo=repo, talk=talk)
    assert reply.problem is not None, reply.text
    assert reply.text
    return reply.problem.key


async def kept(bot: Services, line: str) -> Digest:
    """A digest that was asked for and is kept."""
    reply = await bot.commands(line, TERMINAL)
    assert reply.digest is not None, reply.text
    await bot.editions.keep(reply.digest)
    return reply.digest


async def stored(bot: Services, part: str = "") -> list[str]:
    """Keys of the store with that part."""
    return [key for key in await bot.store.forget.keys("vllm-digest:") if part in key]


__all__ = ["ANYBODY", "PASSER", "SECRET", "TALK", "ask", "kept", "problem", "stored"]

"""Notices: short messages about what the bot is doing, could not do, or has done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.chat.watching import step_told
from adapters.slack import actions, blocks, limits, rich
from adapters.slack.actions import dump
from adapters.slack.blocks import Message
from adapters.slack.elements import listed, preformatted, rich_text, section, spoken
from adapters.slack.layout.buttons import offered
from adapters.slack.layout.forms import modal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Reply
    from adapters.chat.watching import Step
    from adapters.slack.layout.forms import View
    from summarizer.digests import Digest
    from summarizer.languages import Language


def said(text: str) -> Message:
    """A sentence or a few. text: ours, with anybody's words in it; `backticks` are code."""
    return Message((paragraph(text),), _notice(text))


def progress(step: Step, language: Language) -> Message:
    """One line: the step and how far it is. The fallback text is a status as well."""
    bar, told = step_told(step, language)
    return Message((blocks.context(bar + rich.escaped(told)),), rich.inert(told))  # not as code, which is red


def failed(text: str, language: Language, *, line: str | None) -> Message:
    """What went wrong and what to do about it, as the error's sentence tells. line: what a button tries again, None
    where that would not help."""
    made = [warning(text, language)]
    told = str(language.get("digest.sentence_gap")).join((language.text("chat.notice.failed"), text))
    if line and line == actions.load(value := dump(Pressed(line=line))).line:
        made.append(blocks.actions(blocks.button(language.text("chat.button.retry"), actions.RETRY, value)))
    return Message(tuple(made), _notice(told))


def copied(digest: Digest, language: Language) -> Message:
    """The digest as plain text in one message, whole lines of it: as many as fit. language: that of its sections."""
    from summarizer.render import render  # Jinja2 is slow to import

    text = render(digest, "text", language).strip("\n")
    room = limits.PACKED - 2 * limits.CONTAINER - limits.TOKEN_FALLBACK
    kept = text
    if len(text) > room:
        kept = text[:room].rpartition("\n")[0]
    name = "copied" if kept == text else "copied_partly"
    told = language.text(f"chat.notice.{name}")
    return Message(
        (rich_text([preformatted(kept)]), blocks.context(rich.escaped(told))), rich.inert(digest.title)
    )


def welcome(language: Language, *, command: str = "/vllm-digest", repo: str) -> Message:
    """What the bot says when it is invited to a channel: what it does, how to ask, and what it leaves alone; with a few
    lines to try, and the form that subscribes the channel."""
    told = {name: language.text(f"chat.welcome.{name}", repo=repo, command=command) for name in _WELCOME}
    lines = (section(spoken(told[name])) for name in ("does", "ask", "never"))
    buttons = [
        blocks.button(each["name"], f"{actions.ASK}#{place}", dump(Pressed(line=each["line"])))
        for place, each in enumerate(language.get("chat.welcome.examples"))
    ]
    subscribe = blocks.button(language.text("chat.welcome.subscribe"), actions.SUBSCRIBE, dump(Pressed()))
    hello = section(rich.literal(told["hello"], bold=True))
    made = (rich_text([hello, listed(lines)]), blocks.actions(*buttons, subscribe))
    return Message(made, rich.inert(told["notice"]))


_WELCOME: Final = ("notice", "hello", "does", "ask", "never")


def waiting_modal(language: Language) -> View:
    """A view that holds the place of one that takes a while."""
    return modal(
        language.text("chat.notice.opening"),
        [paragraph(language.text("chat.notice.wait"))],
        close=language.text("chat.button.close"),
    )


def failed_modal(text: str, language: Language) -> View:
    """A view that says what went wrong."""
    return modal(
        language.text("chat.notice.did_not_open"),
        [warning(text, language)],
        close=language.text("chat.button.close"),
    )


def told_modal(reply: Reply, language: Language, *, repo_urls: Sequence[str]) -> View:
    """A view that holds a reply which is no digest. repo_urls: what the addresses of its links begin with."""
    return modal(
        language.text("chat.subscribing.title"),
        replied(reply, language, repo_urls=repo_urls),
        close=language.text("chat.button.close"),
    )


def replied(reply: Reply, language: Language, *, repo_urls: Sequence[str]) -> list[blocks.Block]:
    """A reply that is no digest as blocks that a view takes, with what may be wanted next below it."""
    if reply.problem is not None:
        return [warning(reply.text, language), *offered(reply.offers, language)]
    made = rich.blocks_of(reply.text, repo_urls=repo_urls)
    if not 0 < len(made) <= _IN_VIEW or any(each["type"] == "table" for each in made):
        made = [rich_text([preformatted(reply.text.strip())])]  # views take no tables
    return [*made, *offered(reply.offers, language)]


_IN_VIEW: Final = 20
"""Blocks of a reply that are shown in a view; ours, far below what one holds."""


def warning(text: str, language: Language) -> blocks.Block:
    """What went wrong, as the error's sentence tells."""
    told = rich.literal(f"⚠️ {language.text('chat.notice.failed')}", bold=True)
    return rich_text([section(told), section(spoken(text))])


def paragraph(text: str) -> blocks.Block:
    """A sentence or a few. text: as of `said`."""
    return rich_text([section(spoken(text))])


def _notice(text: str) -> str:
    """A fallback is never empty: Slack refuses that."""
    return rich.inert(" ".join(text.split())) or "…"

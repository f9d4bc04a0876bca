"""Answer: a reply that is no digest, as messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.slack import actions, blocks, limits, rich
from adapters.slack.actions import dump
from adapters.slack.blocks import Message
from adapters.slack.elements import preformatted, rich_text, section
from adapters.slack.layout.buttons import offered
from summarizer.markup import spans
from summarizer.questions.telling import urls_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.chat import Reply
    from adapters.slack.blocks import Block
    from summarizer.languages import Language
    from summarizer.questions import Answer

LONGEST_AS_TEXT: Final = 10_000
"""Characters of a reply for programs that a message holds; a longer one is a file."""

_GITHUB: Final = ("https://github.com/",)
_ITEM: Final = re.compile(r"(?:pull|issues)/\d+\Z")


def shown(reply: Reply, language: Language, *, only_me: bool = False) -> list[Message]:
    """An answer to a question: the first message is what is read at once and has the buttons, the rest hang below it.

    reply: its `handle` is the conversation, which its buttons name. only_me: one person reads it, who may share it.
    """
    answer = reply.answer
    if answer is None:
        raise TypeError("a reply with an answer expected")
    if reply.format != "md":
        return plain(reply, language)
    below = rest(reply, language)
    if only_me and _says_something(answer) and (button := _share(reply, language)):
        below.insert(len(below) - 1, button)
    body = rich.blocks_of(reply.text, repo_urls=_own(answer) or _GITHUB)
    return _messages(_understood(body, answer), below, answer.first, language)


def rest(reply: Reply, language: Language) -> list[Block]:
    """What closes an answer whose text was streamed: its choices as buttons, and what one thinks of it."""
    made = []
    if reply.answer is not None and reply.answer.choices:
        made.append(blocks.actions(*_choices(reply.answer, reply.handle)))
    if reply.answer is None or _says_something(reply.answer):
        made.append(blocks.feedback_buttons(dump(Pressed(handle=reply.handle)), language))
    return made


def plain(reply: Reply, language: Language, *, repo_urls: Sequence[str] = _GITHUB) -> list[Message]:
    """A reply of another kind: help, status, topics, preferences, why, and what was done, with buttons for what may be
    wanted next. What is no Markdown is shown as it stands.

    repo_urls: what the addresses of its links begin with.
    """
    if reply.format == "md":
        body = rich.blocks_of(reply.text, repo_urls=repo_urls)
    else:
        body = [rich_text([preformatted(reply.text.strip("\n"))])]
    body = body or [rich_text([section([])])]
    return _messages(body, offered(reply.offers, language), _first_line(body), language)


def _messages(body: list[Block], below: list[Block], notice: str, language: Language) -> list[Message]:
    """below: stands below the first message, which says how many there are."""
    more = blocks.context("…" * 80)  # its room, before it is known how many
    first, *others = blocks.pack(
        body,
        budget=limits.PACKED - blocks.characters([*below, more]),
        most=limits.BLOCKS - len(below) - 1,
    )
    told = rich.inert(notice) or "…"
    if others:
        below = [blocks.context(language.text("chat.notice.more", n=len(others))), *below]
    places = len(others) + 1
    return [
        Message((*first, *below), told),
        *(
            Message(each, language.text("chat.notice.continued", place=place, places=places))
            for place, each in enumerate(others, 2)
        ),
    ]


def _understood(body: list[Block], answer: Answer) -> list[Block]:
    """The line that says how the question was understood, small and grey instead of a quotation."""
    is_quoted = bool(body) and body[0]["elements"][0]["type"] == "rich_text_quote"
    line = "".join(part.strip("`") if is_code else part for part, is_code in spans(answer.understood))
    if not is_quoted or not 0 < len(line) <= limits.SECTION:
        return body
    return [blocks.remark(line), *body[1:]]


def _choices(answer: Answer, handle: str) -> list[Block]:
    """A button for each reading of a question that has several. A reply of its number does the same."""
    return [
        blocks.button(
            f"{place} · {choice.label}",
            f"{actions.CHOOSE}#{place}",
            dump(Pressed(handle=handle, line=str(place))),
        )
        for place, choice in enumerate(answer.choices[: limits.ACTIONS], 1)
    ]


def _share(reply: Reply, language: Language) -> Block | None:
    """A button that posts the answer; None where nobody knows the line, it is too long for a button, or it is a
    choice's number, which asks something else where nothing was asked back."""
    value = dump(Pressed(line=reply.line))
    if not reply.line or actions.load(value).line != reply.line or reply.line.strip().isdecimal():
        return None
    return blocks.actions(blocks.button(language.text("chat.button.share"), actions.SHARE, value))


def _says_something(answer: Answer) -> bool:
    """Whether the question was understood: that it was not is nothing to share, and nothing to think about."""
    return answer.found is not None or bool(answer.choices)


def _own(answer: Answer) -> list[str]:
    """What the addresses of the answer's items begin with: their repositories."""
    return sorted({url[: found.start()] for url in urls_of(answer).values() if (found := _ITEM.search(url))})


def _first_line(body: Sequence[Block]) -> str:
    """What is read first of it."""
    words = "".join(_texts(body[0]))
    return next(filter(str.strip, words.splitlines()), "")


def _texts(value: object) -> Iterator[str]:
    """The texts of a block, those of a list's first item."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for each in list(value.get("elements", ()))[
            : 1 if value["type"] in ("rich_text", "rich_text_list") else None
        ]:
            yield from _texts(each)

"""Answer: a reply that is no digest, as messages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import cut_lines
from adapters.chat.pressed import Pressed
from adapters.discord import actions, limits
from adapters.discord.layout.forms import shortened
from adapters.discord.layout.offers import offered
from adapters.discord.markdown import characters, escaped
from adapters.discord.messages import Button, Message, Text
from adapters.discord.packing import pack
from adapters.discord.prose import discord_markdown
from summarizer import markup
from summarizer.questions.telling import urls_of
from summarizer.untrusted import is_unseen, neutralize, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.chat import Reply
    from adapters.discord.messages import Row
    from summarizer.languages import Language
    from summarizer.questions import Answer

LONGEST_AS_TEXT: Final = 1_800
"""Characters of a reply for programs that is one block of code wherever it is shown; a longer one is a file. Ours."""

_GITHUB: Final = ("https://github.com/",)
_ITEM: Final = re.compile(r"(?:pull|issues)/\d+\Z")
_CHOICES: Final = (limits.ROWS - 1) * limits.BUTTONS
"""Ours. A choice without a button can be made by a reply of its number."""
_OBJECTS: Final = ("json", "slack", "discord")
"""Formats that are JSON."""
_FENCE: Final = "```"


def shown(reply: Reply, language: Language, *, only_me: bool = False) -> list[Message]:
    """An answer to a question: the first message is what is read at once and has the buttons, the rest hang below it.

    reply: its `handle` is the conversation, which its buttons name. only_me: one person reads it, who may share it.
    """
    answer = reply.answer
    if answer is None:
        raise TypeError("a reply with an answer expected")
    if reply.format != "md":
        return plain(reply, language)
    rows = [*_choices(answer, reply.handle)]
    if answer.found is not None:  # what was asked back is nothing to share, and nothing to think about
        opinion = [_opinion(each, reply.handle, language) for each in ("helpful", "unhelpful")]
        rows.append((*opinion, *(_share(reply, language) if only_me else ())))
    return _messages(blocks_of(reply.text, _own(answer) or _GITHUB), rows, answer.first, language)


def plain(reply: Reply, language: Language, *, repo_urls: Sequence[str] = _GITHUB) -> list[Message]:
    """A reply of another kind: help, status, topics, preferences, why. What is no Markdown is shown as it stands; what
    it offers can be pressed below the first message.

    repo_urls: what the addresses of its links begin with.
    """
    if reply.format == "md":
        blocks = discord_markdown(reply.text, repo_urls=repo_urls)
    else:
        blocks = list(_fenced(reply.text.strip("\n"), is_json=reply.format in _OBJECTS))
    return _messages(blocks, offered(reply.offers, language), _first_line(reply.text), language)


def blocks_of(text: str, repo_urls: Sequence[str]) -> list[str]:
    """The blocks of an answer. It begins with a quotation that says how the question was understood, which becomes a
    small line. repo_urls: see `plain`."""
    blocks = discord_markdown(text, repo_urls=repo_urls)
    if blocks and blocks[0].startswith("> ") and "\n" not in blocks[0]:
        return [f"-# {blocks[0][2:]}", *blocks[1:]]
    return blocks


def _messages(blocks: Sequence[str], rows: Sequence[Row], notice: str, language: Language) -> list[Message]:
    """rows: stand below the first message, which says how many there are."""
    room = characters(_more(len(blocks) + 999, language))  # before it is known how many
    first, *others = map(_texts, pack(blocks, budget=limits.TEXT - room) or ["…"])
    if others:
        first += (Text(_more(len(others), language)),)
    places = len(others) + 1
    return [
        Message(first, tuple(rows), notice=neutralize(notice) or "…"),
        *(
            Message(each, notice=language.text("chat.notice.continued", place=place, places=places))
            for place, each in enumerate(others, 2)
        ),
    ]


def _texts(markdown: str) -> tuple[Text, ...]:
    """A block is a text of its own where there are not too many, as a blank line between two stands them far apart; a
    block of code always is, so that it stays one where a message holds less than this."""
    parts = [part.strip("\n") for part in _CODE.split(markdown) if part.strip()]
    blocks = [each for part in parts for each in ([part] if _CODE.match(part) else part.split("\n\n"))]
    made = next((each for each in (blocks, parts) if len(each) <= _PARTS), [markdown])
    return tuple(Text(each) for each in made if each.strip())


_CODE: Final = re.compile(r"^(```[a-z]*\n.*?\n```)$", re.DOTALL | re.MULTILINE)
_PARTS: Final = 8
"""Texts of a message, which has room for no more beside all that can be pressed; ours."""


def _more(n: int, language: Language) -> str:
    return f"-# {escaped(language.text('chat.notice.more', n=n))}"


def _choices(answer: Answer, handle: str) -> Iterator[tuple[Button, ...]]:
    """A button for each reading of a question that has several. A reply of its number does the same."""
    buttons = [
        Button(
            shortened(f"{place} · {choice.label}", limits.LABEL),
            f"{actions.CHOOSE}#{place}",
            Pressed(handle=handle, line=str(place)),
        )
        for place, choice in enumerate(answer.choices[:_CHOICES], 1)
    ]
    for begin in range(0, len(buttons), limits.BUTTONS):
        yield tuple(buttons[begin : begin + limits.BUTTONS])


def _opinion(name: str, handle: str, language: Language) -> Button:
    return Button(
        language.text(f"chat.button.{name}"),
        f"{actions.FEEDBACK}#{name}",
        Pressed(handle=handle, section=name),
        emoji=_THUMBS[name],
    )


_THUMBS: Final = {"helpful": "👍", "unhelpful": "👎"}


def _share(reply: Reply, language: Language) -> tuple[Button, ...]:
    """A button that posts the answer; none where nobody knows the line, or it is a choice's number, which asks
    something else where nothing was asked back."""
    if not reply.line or reply.line.strip().isdecimal():
        return ()
    return (Button(language.text("chat.button.share"), actions.SHARE, Pressed(line=reply.line)),)


def _own(answer: Answer) -> list[str]:
    """What the addresses of the answer's items begin with: their repositories."""
    return sorted({url[: found.start()] for url in urls_of(answer).values() if (found := _ITEM.search(url))})


def _first_line(text: str) -> str:
    """What is read first of it, in plain words."""
    line = next((line for line in text.splitlines() if line.strip("#>- ")), "")
    return markup.plain(_LINK.sub(r"\1", line).strip("#>- ").replace("**", ""))


_LINK: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


def _fenced(text: str, *, is_json: bool) -> Iterator[str]:
    """Lines as blocks of code, each of which fits into any message.

    Two things have a meaning even there: three backticks end it, and what names the host of invites may be unfolded. In
    JSON another spelling of a character takes that away, elsewhere something is put between.
    """
    opening = f"{_FENCE}json\n" if is_json else f"{_FENCE}\n"
    safe = _same_json(text) if is_json else _INVITES.sub("[.]", _BESIDE.sub("`\u200b", visible(text)))
    most = limits.CONTENT - len(opening) - len(_FENCE) - 1
    if characters(safe) > len(safe):
        most //= 2
    for part in filter(str.strip, cut_lines(safe, most)):
        yield "".join((opening, part.strip("\n"), "\n", _FENCE))


def _same_json(text: str) -> str:
    """JSON of the same meaning, in which such characters are escaped; they only stand within its strings."""
    escaped = (json.dumps(each)[1:-1] if is_unseen(each) and each not in "\n\t" else each for each in text)
    return _INVITES.sub(r"\\u002e", "".join(escaped).replace(_FENCE, r"\u0060" * 3))


_BESIDE: Final = re.compile("`(?=`)")
_INVITES: Final = re.compile(
    r"(?:(?<=discord)|(?<=discordapp))\.(?=gg|com|gift|new|me|li|io)|(?<=dis)\.(?=gd)", re.IGNORECASE
)

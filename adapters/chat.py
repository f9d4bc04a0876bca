"""The port every chat platform fills: a line comes in with where it was said, a reply goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from summarizer.digests import Digest
from summarizer.errors import DigestError
from summarizer.questions import Answer

Surface = Literal["shell", "terminal", "slack", "discord"]

Progress = Callable[[str, int, int | None], None]
"""Told while work is under way: a key below `[progress]` in the language files, how much is done, of how much (None:
unknown)."""


def unwatched(_key: str, _done: int, _total: int | None) -> None:
    """The progress of those who do not watch."""


def unheard(_line: str) -> None:
    """The remarks to those who do not listen."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where a line was said.

    conversation: the id of the thread, direct message or terminal session it belongs to, None outside of one.
    lang, tz: what the platform tells of the person, None where it does not. progress: told while work is under way.
    say: told a line for the person meanwhile, such as how long it will take.
    show: told the reply's text so far each time it has grown, where a reply can be shown while it is written.
    team: the platform's id of the workspace or server, empty in a direct message. person: of who speaks, empty for the
    local shell and the terminal. is_admin: whether the platform calls them an administrator there.
    """

    surface: Surface
    conversation: str | None = None
    lang: str | None = None
    tz: str | None = None
    progress: Progress = unwatched
    say: Callable[[str], None] = unheard
    show: Callable[[str], None] = unheard
    team: str = ""
    person: str = ""
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said back.

    text: in `format`; "md" is Markdown that is safe to render. digest: the digest it shows, if it shows one; answer: to
    a question.
    problem: why there is no better reply; `text` is its sentence then.
    """

    text: str
    lang: str
    format: str = "md"
    digest: Digest | None = None
    answer: Answer | None = None
    problem: DigestError | None = None


class Answerer(Protocol):
    """What the roof hands to each platform."""

    async def __call__(self, line: str, context: Context) -> Reply:
        """Answer one line. A DigestError becomes a reply with `problem`; anything else is raised, as a bug."""
        ...

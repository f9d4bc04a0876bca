"""Filling in: a person is asked for a setting until there is one that works, and it is saved at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bot import envfile
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

_SHAPE = re.compile(r"(?:(?!\$\{)[\x21-\x7e])+")
"""What can be a setting at all: tokens are sent in headers, and a file of settings fills in what stands in ${}."""

_WRONG = frozenset(
    {
        "github.bad_token",
        "init.bot_token",
        "init.bot_kind",
        "init.app_token",
        "init.app_kind",
        "init.discord_token",
        "init.discord_shape",
        "model.key_refused",
    }
)
"""Answers to a token that is none. After any other the person may keep it: it was not tried to the end."""


class Asking(Protocol):
    """Somebody to ask. Raises EOFError where nobody answers any more."""

    def tell(self, text: str) -> None:
        """Say something."""
        ...

    async def ask(self, question: str) -> str:
        """What the person types."""
        ...

    async def secret(self, question: str) -> str:
        """What the person types, unseen."""
        ...


class Filling:
    """What is set, and the person who is asked for the rest.

    given: the settings there are, by their variables; what is saved is added. saved: the names of those, in order.
    words: of the person's language.
    """

    def __init__(self, asking: Asking, env_file: Path, given: dict[str, str], lang: str) -> None:
        self.given = given
        self.saved: list[str] = []
        self.words = languages.load(lang)
        self._asking = asking
        self._env_file = env_file

    def tell(self, key: str, **values: object) -> None:
        """Say the sentence below `[init]`."""
        self.say(self.text(key, **values))

    def say(self, text: str) -> None:
        self._asking.tell(text)

    def text(self, key: str, **values: object) -> str:
        return self.words.text(f"init.{key}", **values)

    def complain(self, problem: DigestError) -> None:
        """Say what is wrong."""
        self.say(self.words.problem(problem))

    async def ask(self, question: str) -> str:
        """The answer to a question below `[init.ask]`, without the spaces around it."""
        return (await self._asking.ask(self.text(f"ask.{question}"))).strip()

    async def ask_for(self, question: str, shape: re.Pattern[str], otherwise: str) -> str:
        """An answer of a certain shape, "" where the person passes on. otherwise: said to one of another shape."""
        while answer := await self.ask(question):
            if _SHAPE.fullmatch(answer) and shape.fullmatch(answer):
                return answer
            self.tell(otherwise)
        return ""

    async def secret(self, name: str, attempt: Callable[[str], Awaitable[str]]) -> bool:
        """Ask for the secret of that name until one passes, and save it; False where the person passes on.

        attempt: tries one; returns what to say of it, or raises a DigestError.
        """
        question = self.text("ask.secret", name=name)
        while value := (await self._asking.secret(question)).strip():
            if await self.passes(value, attempt):
                self.save(name, value)
                return True
        self.tell("skipped", name=name)
        return False

    async def passes(self, value: str, attempt: Callable[[str], Awaitable[str]]) -> bool:
        """Whether a value is taken, or the person keeps it though it could not be tried."""
        if not _SHAPE.fullmatch(value):
            self.tell("no_token")
            return False
        try:
            said = await attempt(value)
        except DigestError as problem:
            self.complain(problem)
            if problem.key in _WRONG:
                return False
            return (await self.ask("keep")).lower() in self.words.get("init.yes")
        self.say(said)
        return True

    def save(self, name: str, value: str) -> None:
        """Raises BadInput where the file cannot be written."""
        envfile.write(self._env_file, {name: value})
        self.given[name] = value
        self.saved.append(name)

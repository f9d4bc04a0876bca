"""The terminal as a chat platform: what is typed is answered, until the end of input or `exit`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TextIO

from adapters.chat import Context

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Protocol

    from adapters.chat import Answerer, Progress, Reply
    from summarizer.errors import DigestError

    class ProgressDisplay(Protocol):
        """Shows progress while it is entered."""

        def __call__(self, lang: str) -> AbstractContextManager[Progress]: ...


LEAVE = frozenset({"exit", "quit", ":q", "退出", "再见"})


class Terminal:
    """A conversation at a terminal. history: a file that keeps what was typed, None for none."""

    def __init__(
        self, answer: Answerer, show_progress: ProgressDisplay, *, lang: str, history: Path | None
    ) -> None:
        self._answer = answer
        self._show_progress = show_progress
        self._lang = lang
        self._history = history

    async def run(self) -> None:
        """Answer line after line; returns at the end of input."""
        async for line in self._lines():
            if line.strip().lower() in LEAVE:
                return
            if line.strip():
                await self.say(line)

    async def say(self, line: str) -> DigestError | None:
        """Answer one line as if it had been typed; the problem, if there was one."""
        with self._show_progress(self._lang) as progress:
            context = Context(
                "terminal", conversation="terminal", lang=self._lang, progress=progress, say=_remark
            )
            reply = await self._answer(line, context)
        show(reply, sys.stderr if reply.problem else sys.stdout)
        return reply.problem

    async def _lines(self) -> AsyncIterator[str]:
        # prompt_toolkit edits wide characters rightly and waits without blocking the event loop
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory, InMemoryHistory

        history = FileHistory(str(self._history)) if self._history else InMemoryHistory()
        session: PromptSession[str] = PromptSession("vllm-digest> ", history=history)
        while True:
            try:
                yield await session.prompt_async()
            except EOFError:
                return
            except KeyboardInterrupt:
                continue  # drops the line, as shells do


def _remark(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def show(reply: Reply, stream: TextIO, *, raw: bool = False) -> None:
    """Write a reply: Markdown is laid out on a terminal unless `raw`, and passed on as it is to a pipe or a file."""
    if reply.format == "md" and stream.isatty() and not raw:
        from rich.console import Console
        from rich.markdown import Markdown

        # a header's lines stay lines: Markdown would flow them into one paragraph
        text = re.sub(r"(?m)^(> .*)$", r"\1  ", reply.text)
        Console(file=stream).print(Markdown(text, hyperlinks=True))
    else:
        stream.write(reply.text if reply.text.endswith("\n") else reply.text + "\n")
    stream.flush()

"""The terminal as a chat platform: what is typed is answered, until the end of input or `exit`."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, TextIO

from adapters.chat import Context, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Protocol

    from adapters.chat import Answerer, Progress
    from summarizer.errors import DigestError

    class ProgressDisplay(Protocol):
        """Shows progress while it is entered."""

        def __call__(self, lang: str) -> AbstractContextManager[Progress]: ...


_LINK_ID = re.compile(r"(?<=\x1b\]8;)id=[^;\x1b]*(?=;)")
"""What tells the pieces of one link on a terminal; rich draws it by chance."""

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
        growing = Growing()
        with self._show_progress(self._lang) as progress:
            context = Context(
                "terminal",
                conversation="terminal",
                lang=self._lang,
                progress=progress,
                say=_remark,
                show=growing,
            )
            reply = await self._answer(line, context)
        growing.finish(reply)
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


class Growing:
    """A reply on the screen while it is written: what has come is never taken back."""

    def __init__(self) -> None:
        self._text = ""
        self._shown = ""  # the text as it stands on the screen

    def __call__(self, text: str) -> None:
        """Show what is new of the Markdown so far; it is passed over where it does not go on from what was shown."""
        if text.startswith(self._text):
            self._show(text)

    def finish(self, reply: Reply) -> None:
        """Show the rest; all of it, where the reply is another than what was shown."""
        if reply.problem is not None or reply.format != "md":
            show(reply, sys.stderr if reply.problem else sys.stdout)
            return
        if not reply.text.startswith(self._text):
            self._shown = ""
        self._show(reply.text if reply.text.endswith("\n") else f"{reply.text}\n")

    def _show(self, text: str) -> None:
        if not text.strip():
            return
        whole = _laid_out(text, sys.stdout)
        if whole.startswith(self._shown):
            new = whole[len(self._shown) :]
        else:  # the terminal has been made wider or narrower
            new = _laid_out(text[len(self._text) :], sys.stdout)
        sys.stdout.write(new)
        sys.stdout.flush()
        self._text, self._shown = text, whole


def _remark(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def show(reply: Reply, stream: TextIO, *, raw: bool = False) -> None:
    """Write a reply: Markdown is laid out on a terminal unless `raw`, and passed on as it is to a pipe or a file."""
    text = reply.text if reply.text.endswith("\n") else f"{reply.text}\n"
    stream.write(_laid_out(text, stream) if reply.format == "md" and not raw else text)
    stream.flush()


def _laid_out(text: str, stream: TextIO) -> str:
    """Markdown as the stream takes it. What is added at the end of a text changes nothing before it."""
    if not stream.isatty():
        return text
    from rich.console import Console
    from rich.markdown import Markdown

    # a header's lines stay lines: Markdown would flow them into one paragraph
    lines = re.sub(r"(?m)^(> .*)$", r"\1  ", text)
    console = Console(file=stream)
    with console.capture() as captured:
        console.print(Markdown(lines, hyperlinks=True))
    return _LINK_ID.sub("", captured.get())

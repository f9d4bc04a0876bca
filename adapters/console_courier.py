"""The courier of the terminal: each part is a Markdown file, and a line where somebody looks on.

What is subscribed at a terminal needs no chat platform. A file bears the name of its delivery and part, so that it is
written once whoever writes it, and found again.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from adapters.chat.delivering import Destination, Later, Missing, Part, Sent, TextPost
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.render import render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.chat.delivering import Mark, Post

NAME: Final = "terminal"


class ConsoleCourier:
    """See `adapters.chat.delivering.Courier`."""

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        """folder: where the files go. show: told each message, for whoever looks on."""
        self._folder = folder
        self._show = show

    async def parts(self, post: Post, at: Destination) -> Sequence[Part]:
        """The whole digest, or the lines, in one file."""
        del at
        if isinstance(post, TextPost):
            text = post.text
        else:
            reply = post.reply
            if reply.digest is None:
                raise TypeError("a reply with a digest expected")
            words = languages.load(reply.lang)
            text = await asyncio.to_thread(render, reply.digest, "md", words)
            text = f"{text.rstrip()}\n\n{post.footer}\n" if post.footer else text
        return [Part("post", text, hashlib.sha256(text.encode()).hexdigest()[:16])]

    async def send(self, part: Part, at: Destination, mark: Mark, below: Sent | None) -> Sent:
        """Write the file and show what it says."""
        del at, below
        path = self._path(mark)
        await self._write(path, str(part.content))
        self._show(str(part.content))
        return Sent(NAME, path.name)

    async def find(
        self, part: Part, at: Destination, mark: Mark, below: Sent | None, since: datetime
    ) -> Sent | None:
        """The file, if it was written since."""
        del part, at, below
        path = self._path(mark)
        try:
            written = datetime.fromtimestamp((await asyncio.to_thread(path.stat)).st_mtime, UTC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Later(DigestError("output.unwritable", path=path.name)) from error
        # a file system may round its times
        return Sent(NAME, path.name) if written.timestamp() >= since.timestamp() - 2 else None

    async def edit(self, part: Part, at: Destination, mark: Mark, sent: Sent) -> None:
        """Write the file anew."""
        del at, mark
        path = self._folder / Path(sent.message).name
        if not await asyncio.to_thread(path.is_file):
            raise Missing(DigestError("output.unwritable", path=path.name))
        await self._write(path, str(part.content))

    async def delete(self, at: Destination, sent: Sent) -> None:
        """Remove the file."""
        del at
        path = self._folder / Path(sent.message).name
        await asyncio.to_thread(path.unlink, missing_ok=True)

    async def place(self, name: str, team: str) -> Destination:
        """There is but one. Raises BadInput."""
        del team
        if name.removeprefix("#") != NAME:
            raise BadInput("subscriptions.no_channel", name=name)
        return Destination("terminal", name=NAME)

    def _path(self, mark: Mark) -> Path:
        safe = "".join(each if each.isalnum() or each in "-_" else "-" for each in mark.delivery)
        return self._folder / f"{safe}.md"

    async def _write(self, path: Path, text: str) -> None:
        """Whole or not at all: a worker may die at any moment."""

        def write() -> None:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{token_hex(4)}")
            draft.write_text(text, "utf-8")
            os.replace(draft, path)  # noqa: PTH105 - which replaces, also where rename does not

        try:
            await asyncio.to_thread(write)
        except OSError as error:
            raise Later(DigestError("output.unwritable", path=path.name)) from error

"""Progress on stderr, for whatever takes longer than a moment. Nothing is shown where nobody watches."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from adapters.chat import unwatched
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.chat import Progress


@contextmanager
def shown_on_stderr(lang: str) -> Iterator[Progress]:
    """A line on stderr that follows the work and vanishes after it; nothing when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield unwatched
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    words = languages.load(lang)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)

        def progress(key: str, done: int, total: int | None) -> None:
            bar.update(
                task, description=words.text(f"progress.{key}"), completed=done, total=total, visible=True
            )

        yield progress


def say_on_stderr(line: str) -> None:
    """A line for the person while the work goes on."""
    sys.stderr.write(f"{line}\n")

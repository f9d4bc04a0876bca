"""`backup` and `restore`: the store's data in a file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.store import backup as backups
from adapters.store.schema import PRESENT
from adapters.store.store import connected
from adapters.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from adapters.chat import Progress
    from adapters.store.backup import Saved
    from adapters.store.connection import Connection
    from bot.settings import Settings
    from summarizer.languages import Language


async def backup(
    settings: Settings, path: Path, *, with_secrets: bool, words: Language, progress: Progress
) -> str:
    """Save the store to a file, whatever its version; what to print of it.

    Raises BadInput `backup.*` where the file cannot be written, StoreError and NotConfigured.
    """
    async with _store(settings) as connection:
        version = await read_version(connection) or PRESENT
        saved = await backups.save(
            connection,
            path,
            schema=version,
            with_secrets=with_secrets,
            progress=lambda done, total: progress("backup", done, total),
        )
    return "\n".join(
        [
            _told(words, "backup.saved", saved),
            *_kinds(saved),
            *([] if saved.keys else [words.text("backup.nothing")]),
            words.text("backup.with_secrets" if with_secrets else "backup.without_secrets"),
        ]
    )


async def restore(
    settings: Settings, path: Path, *, replace: bool, words: Language, progress: Progress
) -> str:
    """Read a backup into the store, which a newer version may have written; what to print of it.

    Raises BadInput `backup.*` where nothing was done, StoreError and NotConfigured.
    """
    from adapters.store.search import remove_index

    async with _store(settings) as connection:
        saved = await backups.load(
            connection,
            path,
            known=PRESENT,
            replace=replace,
            progress=lambda done, total: progress("restore", done, total),
        )
    # it may tell of what the mirror does not hold any more, and is made anew when something is sought
    remove_index(settings.state_dir / "search.db")
    lines = [_told(words, "backup.restored", saved), *_kinds(saved)]
    if saved.before:
        lines.append(words.text("backup.before", file=saved.before))
    if not saved.header.secrets:
        lines.append(words.text("backup.tokens_stay"))
    if not saved.on_disk:
        lines.append(words.text("backup.not_on_disk"))
    lines.append(words.text("backup.since", at=_time(saved)))
    return "\n".join(lines)


def _store(settings: Settings) -> AbstractAsyncContextManager[Connection]:
    """Not opened as a store: that would refuse what a newer version wrote, which `restore` mends."""
    url = settings.redis_url.get_secret_value() if settings.redis_url else None
    return connected(url, settings.state_dir)


def _told(words: Language, key: str, saved: Saved) -> str:
    return words.text(
        key,
        n=saved.keys,
        count=f"{saved.keys:,}",
        megabytes=f"{saved.bytes / 1_000_000:,.1f}",
        file=saved.path,
        at=_time(saved),
    )


def _kinds(saved: Saved) -> Iterator[str]:
    """Keys by kind, as the table of keys names them, the most first."""
    width = max(map(len, saved.kinds), default=0)
    for kind, n in sorted(saved.kinds.items(), key=lambda each: (-each[1], each[0])):
        yield f"  {kind:<{width}}  {n:,}"


def _time(saved: Saved) -> str:
    return f"{saved.header.at:%Y-%m-%d %H:%M} UTC"

"""Housekeeping: the shell's commands about what is kept - backups, what is to be forgotten, subscriptions as code."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from summarizer import languages
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.settings import Settings

DONE, NOT_DONE = 0, 2
YES: Final = "--yes"
WITH_SECRETS, REPLACE = "--with-secrets", "--replace"


async def keep_house(
    name: str,
    arguments: Sequence[str],
    settings: Settings,
    lang: str,
    *,
    demo: bool,
    say: Callable[[str], None],
) -> int:
    """Do one of these; the exit code. say: prints. Raises BadInput, StoreError, NotConfigured."""
    from bot.logs import set_up_logs

    set_up_logs(settings.log or "warning")
    if name in ("backup", "restore"):
        say(await _saved_or_restored(name, arguments, _of_demo(settings) if demo else settings, lang))
        return DONE
    return await _with_services(name, arguments, settings, lang, demo=demo, say=say)


def _of_demo(settings: Settings) -> Settings:
    """The demo's own store, where `open_services` has it: never anybody's real data."""
    return settings.model_copy(update={"state_dir": settings.state_dir / "demo", "redis_url": None})


async def _saved_or_restored(name: str, arguments: Sequence[str], settings: Settings, lang: str) -> str:
    from bot.backup import backup, restore
    from bot.progress import shown_on_stderr

    flag = WITH_SECRETS if name == "backup" else REPLACE
    files = [each for each in arguments if each != flag]
    if len(files) != 1 or files[0].startswith("--"):
        raise BadInput("backup.usage" if name == "backup" else "backup.usage_restore")
    words, path = languages.load(lang), Path(files[0])
    with shown_on_stderr(lang) as progress:
        if name == "backup":
            return await backup(
                settings, path, with_secrets=flag in arguments, words=words, progress=progress
            )
        return await restore(settings, path, replace=flag in arguments, words=words, progress=progress)


async def _with_services(
    name: str,
    arguments: Sequence[str],
    settings: Settings,
    lang: str,
    *,
    demo: bool,
    say: Callable[[str], None],
) -> int:
    from datetime import timedelta

    from bot.wiring import open_services

    words = languages.load(lang)
    async with open_services(settings, demo=demo, one_shot=True) as services:
        if name == "forget":
            given = [each for each in arguments if each != YES]
            if len(given) != 2:
                raise BadInput("forgetting.usage")
            kind, id_ = given
            sure = words.text("forgetting.sure", what=id_)
            if YES not in arguments and _is_terminal() and not _asked(sure):
                say(words.text("forgetting.kept", what=id_))
                return NOT_DONE
            say(await services.forgetting(kind, id_, words))
            return DONE
        if name == "purge":
            if arguments:
                raise BadInput("forgetting.purge_usage")
            say(await services.leaving.told(timedelta(), words))
            return DONE
        from bot.subscriptions.shell import in_shell

        return await in_shell(
            arguments,
            services.subscriptions.code,
            words,
            repo=settings.repos[0],
            say=say,
            ask=_asked if _is_terminal() else None,
        )


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(question: str) -> bool:
    """Whether the person at the terminal says yes."""
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")

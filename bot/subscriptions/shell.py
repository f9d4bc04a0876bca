"""The shell's `subscriptions export` and `subscriptions apply FILE [--yes]`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.subscriptions.code import table
from bot.subscriptions.phrases import ordered
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.subscriptions.code import Code, Plan
    from bot.subscriptions.model import Subscription
    from summarizer.languages import Language

DONE, NOT_DONE = 0, 2

MOST_BYTES: Final = 16_000_000

YES: Final = "--yes"


async def in_shell(
    arguments: Sequence[str],
    code: Code,
    words: Language,
    *,
    repo: str,
    say: Callable[[str], None],
    ask: Callable[[str], bool] | None,
) -> int:
    """Do one of the two, and return the exit code: 2 where a plan was only shown.

    repo: the default one. say: prints. ask: puts a question to the person at the terminal; None where there is nobody
    to answer, so that only `--yes` changes anything. Raises BadInput, StoreError.
    """
    if list(arguments) == ["export"]:
        say((await code.export(words.text("subscriptions.plan.file"))).rstrip("\n"))
        return DONE
    given = [each for each in arguments if each != YES]
    if len(given) != 2 or given[0] != "apply":
        raise BadInput("subscriptions.file_usage")
    plan = await code.plan(read_file(given[1]))
    for line in told(plan, words, repo=repo):
        say(line)
    if plan.is_empty:
        return DONE
    may = YES in arguments or (ask is not None and ask(words.text("subscriptions.plan.sure")))
    if not may:
        say(words.text("subscriptions.plan.not_applied"))
        return NOT_DONE
    await code.apply(plan, by="shell")
    counts = {"added": len(plan.add), "changed": len(plan.change), "ended": len(plan.end)}
    say(words.text("subscriptions.plan.applied", **counts))
    return DONE


def read_file(name: str) -> str:
    """The text of a file, of standard input for "-". Raises BadInput `subscriptions.file_unreadable`."""
    try:
        data = sys.stdin.buffer.read(MOST_BYTES) if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8-sig")
    except OSError as error:
        raise BadInput("subscriptions.file_unreadable", file=name, why=error.strerror) from error
    except UnicodeDecodeError as error:
        raise BadInput("subscriptions.file_unreadable", file=name, why="UTF-8") from error


def told(plan: Plan, words: Language, *, repo: str) -> Iterable[str]:
    """The plan, a line for each that is new, that ends and for each thing that changes."""
    if plan.is_empty:
        yield words.text("subscriptions.plan.nothing")
        return
    for one in plan.add:
        yield words.text("subscriptions.plan.add", order=_order(one, repo), where=_where(one))
    for before, after in plan.change:
        was, will = table(before), table(after)
        for key in dict.fromkeys((*was, *will)):
            if was.get(key) != will.get(key):
                yield words.text(
                    "subscriptions.plan.change",
                    id=before.id,
                    name=key,
                    before=_value(was.get(key), words),
                    after=_value(will.get(key), words),
                )
    for one in plan.end:
        yield words.text("subscriptions.plan.end", id=one.id, order=_order(one, repo), where=_where(one))
    yield words.text(
        "subscriptions.plan.counts",
        added=len(plan.add),
        changed=len(plan.change),
        ended=len(plan.end),
        same=plan.same,
    )


def _order(one: Subscription, repo: str) -> str:
    return f"{'watch' if one.is_watch else 'subscribe'} {ordered(one, repo=repo)}"


def _where(one: Subscription) -> str:
    at = one.destination
    to = str(table(one)["to"])
    return f"{to} ({at.name})" if at.name and at.channel else to


def _value(value: object, words: Language) -> str:
    if value is None:
        return words.text("subscriptions.plan.empty")
    if isinstance(value, bool):
        return str(value).lower()  # as TOML has it
    return ", ".join(value) if isinstance(value, list) else str(value)

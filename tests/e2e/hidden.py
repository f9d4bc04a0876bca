"""A private repository with names that nothing else has, beside a public one; and the words that would give it away.

async with opened(host, world=with_hidden(), **settings) as roof:
    secret = await kept(roof.services)
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.bot.talk import REPO, SHELL, on, talked_about

if TYPE_CHECKING:
    from bot.wiring import Services
    from tests.servers.github import World

PRIVATE, UNKNOWN = "zanzibar-labs/quokka-engine", "honolulu-labs/unheard-of-it"
"""The one that is there, and one that is not; they are equally long, so that lengths can be compared."""

ITEMS = (770177017, 770177018, 770177019)
TITLE = "xylophone"
WORDS = ("zanzibar", "quokka", TITLE, "marzipan", "walrus", "turnip", "木琴", *map(str, ITEMS))
"""Of its name, titles, logins, labels and texts, and its numbers, in lower case."""

REPOS = {"DIGEST_REPOS": f"{REPO},{PRIVATE}"}


def granted(*readers: str) -> dict[str, Any]:
    """The settings that let these read it, as `DIGEST_ACCESS` names them."""
    return {**REPOS, "DIGEST_ACCESS": f"{PRIVATE}={'+'.join(readers)}"}


def with_hidden() -> World:
    world = talked_about()
    repository = world.repository(PRIVATE, private=True)
    pull = repository.open_pr(
        "[ROCm] Xylophone kernels for MI300 木琴", by="marzipan", at=on(23), number=ITEMS[0]
    )
    pull.comment(by="marzipan", at=on(23, 10), body="Turnip is faster.")
    pull.label("walrus", at=on(23))
    pull.merge(by="marzipan", at=on(23, 12))
    issue = repository.open_issue(
        "[Bug]: Xylophone crashes", by="marzipan", at=on(23), number=ITEMS[1], labels=["walrus"]
    )
    issue.comment(by="marzipan", at=on(24, 8), body="Turnip too, see 木琴.")
    repository.open_pr("[CUDA] Tune the xylophone", by="marzipan", at=on(24), number=ITEMS[2])
    return world


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a repository. ids: of its digests."""

    ids: tuple[str, ...]


async def kept(services: Services, *repos: str) -> dict[str, Kept]:
    """The repositories, read and with digests of a day, in both languages, and of a week; the shell has to be named."""
    found = {}
    for repo in repos or (REPO, PRIVATE):
        for line in ("sync since:30d", "2026-03-23", "2026-03-23 lang:zh", "2026-W12 topic:amd"):
            reply = await services.commands(f"{line} repo:{repo}", SHELL)
            assert reply.problem is None, reply.text
            if reply.digest is not None:
                await services.editions.keep(reply.digest)
        answer = await services.commands(
            f"any AMD PRs this week? repo:{repo}", replace(SHELL, conversation="c")
        )
        assert answer.problem is None, answer.text
        found[repo] = Kept(
            tuple(dict.fromkeys(each.id for each in await services.store.editions.newest(repo, 9)))
        )
    return found


def traces(told: object, *more: str) -> list[str]:
    """The words of the hidden repository that are told. more: further ones, such as ids of digests."""
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, default=_text)
    text = text.lower()
    return [word for word in (*WORDS, *more) if word.lower() in text]


def alike(told: str) -> str:
    """What is said of either repository, without the name that was typed."""
    return told.replace(PRIVATE, UNKNOWN)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)

"""Who may read what: the one gate that every read goes through, on every surface.

Public repositories are for everyone; a private one is for nobody until `DIGEST_ACCESS` names them, the local shell
included. Who is refused gets the very answer that an unknown repository gets, so that asking tells nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.github.errors import RepoNotFound
from bot.naming import ALL_NAMED, PEOPLE, PLACES
from summarizer.errors import DigestError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.chat import Context

EVERYONE = "*"

_REPO = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)
_READER = re.compile(
    "|".join((*PLACES, *PEOPLE, "web", r"web-user:[^\s+,]{1,200}", "shell", r"\*")), re.ASCII
)

_EXAMPLE = "owner/name=slack:T0123+shell"
_READERS = f"{', '.join((*ALL_NAMED, 'web', 'web-user:NAME', 'shell'))} or *"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who reads what is said.

    kind: "slack" is a workspace and "discord" a server: who asks in a channel reads it with everybody there, so the
    channel's team or guild is asked for, never the person. "slack-user" and "discord-user" are persons in a direct
    message; other platforms alike. "web" is whoever `WEB_AUTH` lets in to the pages, which is everyone where it is not
    set; "web-user" one whom a proxy names, who is "web" as well; "visitor" who has not signed in where one could.
    "shell" is the local shell and the terminal chat, whose person owns the settings. id: the platform's own, empty for
    "web", "visitor" and "shell".
    """

    kind: str
    id: str = ""

    def __str__(self) -> str:
        """As `DIGEST_ACCESS` names them, e.g. "slack:T0123" or "shell"."""
        return f"{self.kind}:{self.id}" if self.id else self.kind


SHELL = Principal("shell")
WEB = Principal("web")
VISITOR = Principal("visitor")

VISITORS = frozenset({"web", "web-user", "visitor"})
"""Kinds of those who come to the pages. Whoever they are, no repository is fetched for them that is not here."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read which private repository. grants: (repository in lower case, reader as in `DIGEST_ACCESS`)."""

    grants: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Access:
        """Read `owner/name=reader+reader, owner/other=reader`. Raises ValueError with a sentence on what is wrong."""
        grants: dict[str, set[str]] = {}
        for entry in filter(None, (part.strip() for part in text.split(","))):
            name, has_readers, listed = (part.strip() for part in entry.partition("="))
            if not has_readers or not _REPO.fullmatch(name):
                raise ValueError(f"{_EXAMPLE} expected, not {entry!r}")
            if name.lower() in grants:
                raise ValueError(f"{name} stands there twice; name all its readers at once, joined by +")
            readers = {reader.strip() for reader in listed.split("+")}
            for reader in sorted(readers):
                if not _READER.fullmatch(reader):
                    raise ValueError(f"{name}: one of {_READERS} expected, not {reader!r}")
            grants[name.lower()] = readers
        return cls(frozenset((name, reader) for name, readers in grants.items() for reader in readers))

    def may_read(self, principal: Principal, repo: str, *, private: bool) -> bool:
        """Whether `principal` may read `repo`, as GitHub spells its name now: an old name that GitHub still follows
        grants nothing. private: what GitHub says of it; who does not know says True."""
        name, readers = repo.lower(), {EVERYONE, str(principal)}
        if principal.kind == "web-user":
            readers.add(str(WEB))
        return not private or not self.grants.isdisjoint((name, reader) for reader in readers)

    def check(self, principal: Principal, repo: str, *, private: bool, asked: str | None = None) -> None:
        """Raise `refusal` unless `principal` may read `repo`. asked: the name as it was typed, where that may differ:
        an answer that spells it as GitHub does would tell that it is there."""
        if not self.may_read(principal, repo, private=private):
            raise refusal(principal, asked or repo)

    def gate(self, principal: Principal, asked: str) -> Callable[[str, bool], None]:
        """`check` for one asker, to be told the repository's name and whether it is private."""

        def allow(repo: str, is_private: bool) -> None:
            self.check(principal, repo, private=is_private, asked=asked)

        return allow


def refusal(principal: Principal, asked: str) -> DigestError:
    """What somebody is told who may not read a repository. Only the local shell learns that it is there: its person
    owns the token, and the setting that opens the gate."""
    if principal.kind == "shell":
        return NotConfigured("access.shell", repo=asked)
    return RepoNotFound(asked)


def principal_of(context: Context) -> Principal:
    """Who reads what is said there: in a channel everybody of its workspace or server, in a direct message one
    person."""
    if context.surface in ("shell", "terminal"):
        return SHELL
    if context.reader:
        kind, _, id_ = context.reader.partition(":")
        return Principal(kind, id_)
    if context.team:
        return Principal(context.surface, context.team)
    return Principal(f"{context.surface}-user", context.person)

"""Mends: what people decide about a topic's ledger, whatever its rules say; and how they are written as TOML.

    add #n         the item is a member, about the topic
    remove #n      it is none, and none by a link either
    add @login     what that author writes is tagged with the topic
    remove @login  rules on author and organisation do not count for that login; all others still do

The newest mend on a target wins. An author's mend never outweighs one on the item itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from summarizer.topics.bots import plain_login

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.items import Item
    from summarizer.topics.rules import Topic

Action = Literal["add", "remove"]

UNDATED: Final = datetime.min.replace(tzinfo=UTC)
"""When the mends of a topic file were made: nobody knows, but before all that are kept."""


@dataclass(frozen=True, slots=True)
class Mend:
    """One decision on one target: an item's number or an author's login. Raises ValueError for both or neither.

    topic: its key. by: who decided, and at, aware UTC, when. because: why, one line of untrusted text, or "".
    repo: the repository whose items it is about, in any case; "" is whichever the rules are asked for.
    """

    topic: str
    action: Action
    number: int | None
    login: str | None
    by: str
    at: datetime
    because: str = ""
    repo: str = ""

    def __post_init__(self) -> None:
        if (self.number is None) == (self.login is None):
            raise ValueError("a mend is on a number or on a login")

    @property
    def target(self) -> str:
        """`#26701` or `@octocat`, the same however the login is spelled."""
        return f"#{self.number}" if self.login is None else f"@{plain_login(self.login)}"

    @property
    def told(self) -> str:
        """Who decided and why, as a reason's value."""
        return f"{self.by}: {self.because}" if self.because else self.by


@dataclass(frozen=True, slots=True)
class Mending:
    """The mends that hold in one repository: by number, and by plain login."""

    numbers: Mapping[int, Mend]
    logins: Mapping[str, Mend]

    def of_author(self, item: Item) -> Mend | None:
        """What was decided about the item's author."""
        if not self.logins or item.author is None:
            return None
        return self.logins.get(plain_login(item.author.login))

    def of(self, item: Item) -> tuple[Mend, ...]:
        """What was decided about the item and about its author, the weightier first."""
        both = (self.numbers.get(item.number), self.of_author(item))
        return tuple(mend for mend in both if mend is not None)


@lru_cache(maxsize=1024)
def mending(mends: tuple[Mend, ...], repo: str) -> Mending:
    """What a topic's mends come to in `repo`."""
    numbers: dict[int, Mend] = {}
    logins: dict[str, Mend] = {}
    for mend in sorted(mends, key=lambda mend: mend.at):  # stable: of equals the later counts
        if mend.repo.lower() not in ("", repo.lower()):
            continue
        if mend.number is not None:
            numbers[mend.number] = mend
        elif mend.login is not None:
            logins[plain_login(mend.login)] = mend
    return Mending(numbers, logins)


def settled(mends: Iterable[Mend]) -> tuple[Mend, ...]:
    """Those of one topic that still count: of each target the newest. Sorted by repository and target."""
    standing: dict[str, dict[str, Mend]] = {}
    for mend in sorted(mends, key=lambda mend: mend.at):
        of_target = standing.setdefault(mend.target, {})
        if not mend.repo:
            of_target.clear()  # it holds everywhere, and is newer than what held somewhere
        of_target[mend.repo.lower()] = mend
    found = [(repo, target, mend) for target, each in standing.items() for repo, mend in each.items()]
    return tuple(mend for _, _, mend in sorted(found, key=lambda one: one[:2]))


def meaning(topics: Iterable[Topic]) -> str:
    """The same text for mends that mean the same, whoever made them and when; "" where there are none."""
    told: list[tuple[str, ...]] = []
    for topic in topics:
        mends = settled(topic.mends)
        everywhere = {mend.target: mend.action for mend in mends if not mend.repo}
        told += [
            (topic.key, mend.repo.lower(), mend.target, mend.action)
            for mend in mends
            if not mend.repo or everywhere.get(mend.target) != mend.action
        ]
    return json.dumps(sorted(told)) if told else ""


# --- as TOML


def export(mends: Sequence[Mend], topics: Iterable[Topic]) -> str:
    """The mends as `[[mend]]` tables that a topic file of these topics may hold; "" where there are none.

    The oldest come first, since in a file the last on a target counts. One whose topic is not there would make the file
    wrong, so a comment tells of it. Source: toml.io/en/v1.0.0, "String": all that JSON escapes TOML reads likewise.
    """
    keys = {topic.key for topic in topics}
    ordered = sorted(mends, key=lambda mend: mend.at)
    return "\n".join(_table(mend) if mend.topic in keys else _left_out(mend) for mend in ordered)


def _table(mend: Mend) -> str:
    target = str(mend.number) if mend.login is None else _text(f"@{mend.login}")
    fields = {"topic": mend.topic, "because": mend.because, "by": mend.by, "repo": mend.repo}
    lines = [f"{field} = {_text(value)}" for field, value in fields.items() if value.strip()]
    return "\n".join(["[[mend]]", lines[0], f"{mend.action} = [{target}]", *lines[1:], ""])


def _left_out(mend: Mend) -> str:
    return f"# there is no topic {_text(mend.topic)}: {mend.action} {_text(mend.target)}\n"


def _text(value: str) -> str:
    """A basic string. Half a surrogate pair is no text in TOML; JSON leaves DEL as it is, which TOML does not take."""
    whole = value.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")

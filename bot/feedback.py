"""The feedback book: what people think of digests and answers, taken in chat and listed in the shell."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC
from typing import TYPE_CHECKING, Final, get_args

from adapters.chat import Opinion
from adapters.store.feedback import MOST, FeedbackEntry
from bot.belonging import note
from bot.managers import speaker
from summarizer import languages, markup
from summarizer.errors import BadInput
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from adapters.chat import Context, Feedback
    from adapters.store import Store
    from summarizer.languages import Language

LONGEST_REASON: Final = 2_000
LONGEST_NAME: Final = 200
"""Characters of a digest's handle or a section's id; ours are shorter, and a platform may hand over anything."""

LARGEST_NUMBER: Final = 10**9
LISTED: Final = 50


class FeedbackBook:
    """Keeps what people think in the store."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        """now: aware."""
        self._store = store
        self._now = now

    async def take(self, feedback: Feedback, context: Context, revision: int = 0, *, repo: str = "") -> None:
        """Keep it. revision, repo: of the digest that it is about, where they are known.

        Raises BadInput `feedback.number` where something is called wrong without the number of an item, or with one
        that no item has; StoreError.
        """
        number = feedback.number
        if (feedback.opinion == "wrong") if number is None else not 1 <= number <= LARGEST_NUMBER:
            raise BadInput("feedback.number")
        entry = FeedbackEntry(
            at=self._now(),
            who=speaker(context),
            team=context.team,
            repo=repo,
            opinion=feedback.opinion,
            about=neutralize(feedback.about)[:LONGEST_NAME],
            section=neutralize(feedback.section)[:LONGEST_NAME],
            number=number,
            reason=neutralize(feedback.reason)[:LONGEST_REASON],
            revision=revision,
        )
        await note(self._store, context)
        await self._store.feedback.add(entry)

    async def listing(self, language: str) -> str:
        """Markdown: how many of each opinion are kept, and the newest, by digest. Raises StoreError."""
        words = languages.load(language)
        entries = await self._store.feedback.newest(MOST)
        if not entries:
            return words.text("feedback.none")
        newest = entries[:LISTED]
        return "\n".join(
            [
                _counts(entries, words),
                words.text("feedback.newest", n=len(newest)),
                *(line for group in _by_digest(newest) for line in _told(group, words)),
            ]
        )


def _counts(entries: Sequence[FeedbackEntry], words: Language) -> str:
    counted = Counter(entry.opinion for entry in entries)
    return words.text(
        "feedback.counts", n=len(entries), **{opinion: counted[opinion] for opinion in get_args(Opinion)}
    )


def _by_digest(entries: Sequence[FeedbackEntry]) -> Iterable[Sequence[FeedbackEntry]]:
    """Those of one revision of a digest together, the one that was spoken of last first."""
    groups: defaultdict[tuple[str, str, int], list[FeedbackEntry]] = defaultdict(list)
    for entry in entries:
        groups[entry.repo, entry.about, entry.revision].append(entry)
    return groups.values()


def _told(group: Sequence[FeedbackEntry], words: Language) -> Iterable[str]:
    """What they are about, and a line for each."""
    first = group[0]
    key = "digest" if first.about else "answers"
    about = words.text(f"feedback.{key}", about=markup.markdown(first.about))
    if first.repo:
        about = words.text("feedback.of", about=about, repo=markup.markdown(first.repo))
    if first.revision:
        about = words.text("feedback.revision", about=about, revision=first.revision)
    yield from ("", about, "")
    for entry in group:
        yield _line(entry, words)


def _line(entry: FeedbackEntry, words: Language) -> str:
    who = markup.markdown(entry.who)
    said = [words.text(f"feedback.opinion.{entry.opinion}")]
    if entry.number is not None:
        said.append(words.text("feedback.item", number=entry.number))
    if entry.section:
        said.append(words.text("feedback.section", section=markup.markdown(entry.section)))
    key = "line_and_reason" if entry.reason else "line"
    return words.text(
        f"feedback.{key}",
        when=f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M}",
        who=words.text("feedback.in_team", who=who, team=markup.markdown(entry.team)) if entry.team else who,
        said=said,
        reason=markup.markdown(entry.reason),
    )

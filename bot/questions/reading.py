"""What a sentence was read as."""

from __future__ import annotations

from dataclasses import dataclass

from summarizer.errors import BadInput
from summarizer.questions.query import Query


@dataclass(frozen=True, slots=True)
class Reading:
    """A question, read.

    query: with everything filled in that a question leaves open. assumed: the names of the fields that nobody named and
    a default fills ("window").
    unread: words of the sentence that mean nothing to the reader and are not looked for either.
    problems: what the sentence names and cannot be, such as a day that does not exist; the query goes without.
    others: other readings of the same words, each as likely as `query`.
    refines: it changes the last query instead of asking anew.
    nod: it asks nothing: "thanks", "ok", "hello"; which of them, a key below `[questions.nods]`.
    """

    query: Query
    assumed: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    problems: tuple[BadInput, ...] = ()
    others: tuple[Query, ...] = ()
    refines: bool = False
    nod: str = ""

    @property
    def whole(self) -> bool:
        """Whether every word of the sentence was understood, and in one way."""
        return not (self.unread or self.problems or self.others)

    @property
    def nothing(self) -> bool:
        """Whether nothing was understood that anything could be looked for by."""
        return not self.nod and self.query == Query(repo=self.query.repo)

"""Membership: how many items a topic's section is about, and how many are but tagged with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer import pages

if TYPE_CHECKING:
    from summarizer.digests import Claim, Digest, Section
    from summarizer.languages import Language


@dataclass(frozen=True, slots=True)
class Members:
    """A topic's items that pass the digest's filters. name: of the topic."""

    name: str
    about: frozenset[int]
    tagged: frozenset[int]

    def counted(self, language: Language) -> str:
        """ "14 items (+64 tagged)": those that it is about, and never both kinds as if it were about all of them."""
        about, tagged = len(self.about), len(self.tagged)
        told = language.text("chat.digest.about", n=about)
        return language.text("chat.digest.about_tagged", about=told, n=tagged) if tagged else told

    def repeats(self, claim: Claim, language: Language) -> bool:
        """Whether a section's first words by code say no more than that."""
        values = {
            "topic": self.name,
            "n": len(self.about) + len(self.tagged),
            "about": len(self.about),
            "tagged": len(self.tagged),
        }
        keys = ("members", "only_about", "only_tagged")
        return claim.source == "facts" and any(
            claim.text == language.text(f"extract.topic.{key}", **values) for key in keys
        )


def members_of(section: Section, digest: Digest, language: Language) -> Members | None:
    """Of a topic's section; None where it is no topic that the facts tell of."""
    kind, _, key = section.id.partition("-")
    ledger = digest.facts.ledgers.get(key) if kind == "topic" else None
    if ledger is None:
        return None
    passing = digest.facts.shown.keys()
    about, tagged = frozenset(ledger.about) & passing, frozenset(ledger.tagged) & passing
    return Members(pages.topic_name(ledger.topic, language), about, tagged)

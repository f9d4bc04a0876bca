"""Extraction: the sections of a digest without a model. Facts in, sections out; pure and deterministic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import SECTIONS, Section
from summarizer.extract import activity, changes, hot, summary, topic, trends, watch
from summarizer.extract.words import Words
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.windows import Edition

__all__ = ["Words", "section", "section_in", "sections", "title"]

_WRITERS = {
    "summary": summary.write,
    "hot": hot.write,
    "trends": trends.write,
    "changes": changes.write,
    "activity": activity.write,
    "watch": watch.write,
}


def section(section_id: str, facts: Facts, language: Language, project: str) -> Section:
    """The section `section_id` (see digests.SECTIONS), with `topic-<key>` for a topic of the facts.

    The appendix has a title only: it is rendered from the facts. Raises KeyError for a section or topic
    there is not.
    """
    return section_in(Words(facts, language, project), section_id)


def section_in(words: Words, section_id: str) -> Section:
    """`section`, for one who asks for several: what they share is worked out once and kept in `words`."""
    facts, language = words.facts, words.language
    kind, _, key = section_id.partition("-")
    if kind == "topic":
        ledger = words.filtered(facts.ledgers[key])
        name = topic.name_of(ledger.topic, language)
        claims, entries = topic.write(ledger, words)
        if facts.filters and not entries:
            claims = (words.claim("filtered_none"),)
        return Section(section_id, language.text("digest.section.topic", topic=name), claims, entries)
    heading = language.text(f"digest.section.{section_id}")
    if section_id == "appendix":
        return Section(section_id, heading)
    claims, entries = _WRITERS[section_id](words)
    if facts.filters and section_id != "summary" and not entries and not any(claim.label for claim in claims):
        # what they say of an empty window would be untrue of a filtered one
        claims = (words.claim("filtered_none"),)
    elif not facts.complete and not entries and section_id == "changes":
        claims = (words.claim("changes.none_seen"),)
    return Section(section_id, heading, claims, entries)


def sections(
    facts: Facts, language: Language, project: str, topic_keys: Sequence[str] = ()
) -> tuple[Section, ...]:
    """The sections of a daily digest in their order, with one per topic of `topic_keys`."""
    ids = [
        each
        for section_id in SECTIONS["daily"]
        for each in ([f"topic-{key}" for key in topic_keys] if section_id == "topic-*" else [section_id])
    ]
    words = Words(facts, language, project)
    return tuple(section_in(words, each) for each in ids)


def title(facts: Facts, edition: Edition, language: Language, project: str) -> str:
    """The digest's title: "vLLM development report - 2025-12-10". project: the repository's display name."""
    return language.text(f"digest.title.{edition}", project=project, label=window_label(facts.window))

"""Extraction: the sections of a digest without a model. Facts in, sections out; pure and deterministic.

A daily digest tells events; the weekly, monthly and release editions (`period`) tell what a span of time comes to.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from summarizer.digests import SECTIONS, Section
from summarizer.extract import activity, alerts, changes, hot, period, summary, topic, trends, watch
from summarizer.extract.words import Words, period_of
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Claim, Entry
    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.windows import Edition, Window

__all__ = ["Words", "heading_of", "section", "section_in", "sections", "title"]

_DAILY = {
    "alerts": alerts.write,
    "summary": summary.write,
    "hot": hot.write,
    "trends": trends.write,
    "changes": changes.write,
    "activity": activity.write,
    "watch": watch.write,
}


def section(
    section_id: str, facts: Facts, language: Language, project: str, edition: Edition = "daily"
) -> Section:
    """The section `section_id` (see digests.SECTIONS), with `topic-<key>` for a topic of the facts.

    The appendix has a title only: it is rendered from the facts; `alerts` has no claims where there are none.
    Raises KeyError for a section that the edition does not have, or a topic there is not.
    """
    return section_in(Words(facts, language, project, edition=edition), section_id)


def section_in(words: Words, section_id: str) -> Section:
    """`section`, for one who asks for several: what they share is worked out once and kept in `words`.

    Where nothing moved, or nothing that passes the filters, the summary says so, and each topic without filters.
    The others have a title alone then, and so has one that filters leave nothing for. No rendering shows those.
    """
    facts, language = words.facts, words.language
    kind, _, key = section_id.partition("-")
    if kind == "topic":
        ledger = words.filtered(facts.ledgers[key])
        name = topic.name_of(ledger.topic, language)
        claims, entries = topic.write(ledger, words)
        if facts.filters and not entries:
            claims = (words.claim("filtered_none"),) if facts.shown else ()
        return Section(section_id, language.text("digest.section.topic", topic=name), claims, entries)
    heading = heading_of(section_id, words.edition, language)
    if section_id == "appendix" or (section_id not in ("summary", "alerts") and not facts.shown):
        return Section(section_id, heading)
    if words.edition != "daily" and section_id in period.WRITERS:
        claims, entries, tables = period.WRITERS[section_id](words)
        if section_id != "summary" and not tables and _is_empty_by_filters(facts, claims, entries):
            claims = ()
        return Section(section_id, heading, claims, entries, tables)
    claims, entries = _DAILY[section_id](words)
    if section_id == "alerts":
        return Section(section_id, heading, claims, entries)
    if section_id != "summary" and _is_empty_by_filters(facts, claims, entries):
        claims = ()  # what they say of an empty window would be untrue of a filtered one
    elif not facts.complete and not entries and section_id == "changes":
        claims = (words.claim("changes.none_seen"),)
    return Section(section_id, heading, claims, entries)


def _is_empty_by_filters(facts: Facts, claims: Sequence[Claim], entries: Sequence[Entry]) -> bool:
    """Whether there is nothing to show, which filters may be the reason of."""
    return bool(facts.filters) and not entries and not any(claim.label for claim in claims)


def sections(
    facts: Facts,
    language: Language,
    project: str,
    topic_keys: Sequence[str] = (),
    edition: Edition = "daily",
) -> tuple[Section, ...]:
    """The sections of an edition in their order, with one per topic of `topic_keys`, and alerts if there are any."""
    ids = [
        each
        for section_id in SECTIONS[edition]
        for each in ([f"topic-{key}" for key in topic_keys] if section_id == "topic-*" else [section_id])
    ]
    words = Words(facts, language, project, edition=edition)
    written = (section_in(words, each) for each in ids)
    return tuple(each for each in written if each.id != "alerts" or each.all_claims)


def heading_of(section_id: str, edition: Edition, language: Language) -> str:
    """The title of a section that is no topic's."""
    key = f"digest.period_section.{section_id}"
    if edition != "daily" and language.has(key):
        return language.text(key)
    return language.text(f"digest.section.{section_id}")


def title(facts: Facts, edition: Edition, language: Language, project: str, release: str = "") -> str:
    """The digest's title: "vLLM development report - 2025-12-10", "vLLM 2026 week 13 · 03-23 to 03-29 · weekly report".

    project: the repository's display name. release: the tag of a release edition, "" where it is not known.
    """
    label = release if edition == "release" and release else period_label(facts.window, edition, language)
    return language.text(f"digest.title.{edition}", project=project, label=label)


def period_label(window: Window, edition: Edition, language: Language) -> str:
    """What a title calls the window: "2026 week 13 · 03-23 to 03-29", "2026-03", else what `window_label` does.

    A week or month that was cut short bears the name of the whole.
    """
    period = period_of(window, edition)
    if period is None:
        return window_label(window)
    year, number = period
    if edition == "monthly":
        return language.text("digest.period.month", year=year, month=f"{number:02}")
    first = window.since.astimezone(window.zone)
    last = max(window.since, window.until - timedelta(microseconds=1)).astimezone(window.zone)
    return language.text(
        "digest.period.week", year=year, week=number, first=f"{first:%m-%d}", last=f"{last:%m-%d}"
    )

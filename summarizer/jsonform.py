"""The digest as JSON: the form that `digest.schema.json` publishes. Pure.

Times are ISO-8601 with the offset of the window's zone; null is unknown, never "no".
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from summarizer import languages, pages
from summarizer.alerts import find_alerts
from summarizer.facts import LIST_NAMES
from summarizer.itemform import item_object
from summarizer.markdown import appendix_markdown, section_markdown
from summarizer.markup import one_line
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from summarizer.alerts import Alert
    from summarizer.assessments import Assessment
    from summarizer.digests import Digest, Generation, Section
    from summarizer.facts import Counts, Facts, Tally
    from summarizer.items import Item, Release, Seen
    from summarizer.languages import Language
    from summarizer.topics import Ledger

SCHEMA_VERSION = 1


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema (draft 2020-12) of what as_json returns."""
    import json

    loaded: dict[str, Any] = json.loads((files("summarizer") / "digest.schema.json").read_text("utf-8"))
    return loaded


def as_json(digest: Digest, language: Language | None = None) -> dict[str, Any]:
    """The digest in the published form, version 1. language: of its sections, `digest.lang` by default."""
    language = language or languages.load(digest.lang)
    facts, window = digest.facts, digest.facts.window
    return {
        "schema": SCHEMA_VERSION,
        "id": digest.id,
        "revision": digest.revision,
        "repo": facts.repo,
        "edition": digest.edition,
        "lang": digest.lang,
        "title": digest.title,
        "outcome": digest.outcome,
        "window": {
            "since": _time(window.since, window.zone),
            "until": _time(window.until, window.zone),
            "tz": window.tz,
            "label": window_label(window),
            "so_far": window.so_far,
        },
        "filters": _filters(facts),
        "counts": _counts(facts.counts),
        "baseline": _counts(facts.baseline) if facts.baseline else None,
        "tally": _tally(facts),
        "alerts": [_alert(alert) for alert in find_alerts(facts)],
        "lists": _lists(digest),
        "topics": {key: _topic(ledger, language) for key, ledger in facts.ledgers.items()},
        "hot": [
            {
                "number": hot.number,
                "comments_in_window": hot.comments_in_window,
                "participants": list(hot.participants),
            }
            for hot in facts.hot
        ],
        "contributors": {
            "top": [asdict(contributor) for contributor in facts.contributors],
            "first_time": list(facts.first_time),
        },
        "files": [asdict(heat) for heat in facts.files],
        "timing": asdict(facts.timing),
        "sections": _sections(digest, language),
        "verification": {
            "claims": digest.verification.claims,
            "repaired": digest.verification.repaired,
            "dropped": [asdict(dropped) for dropped in digest.verification.dropped],
        },
        "generation": _generation(digest.generation),
        "complete": facts.complete,
        "coverage": {"items": _seen(facts.coverage.items), "comments": _seen(facts.coverage.comments)},
        "warnings": [{"key": key, "text": text} for key, text in _warnings(digest, language)],
    }


def _time(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()


def _filters(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Filter key -> what must hold, each `{"values", "negated"}`; all of them must."""
    shown: dict[str, list[dict[str, Any]]] = {}
    for each in facts.filters:
        shown.setdefault(each.key, []).append({"values": list(each.values), "negated": each.negated})
    return shown


def _counts(counts: Counts) -> dict[str, int]:
    return asdict(counts)


def _tally(facts: Facts) -> dict[str, Any]:
    before = facts.baseline_tally
    return {"window": _tallied(facts.tally), "baseline": None if before is None else _tallied(before)}


def _tallied(tally: Tally) -> dict[str, dict[str, int]]:
    """Categories by name, those that tell none as "untold"."""
    kinds = {kind or "untold": count for kind, count in tally.categories.items()}
    return {"categories": kinds, "topics": dict(tally.topics)}


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "number": alert.number,
        "undoes": list(alert.undoes),
        "settled": alert.settled,
        "settled_by": alert.settled_by,
    }


def _generation(generation: Generation) -> dict[str, Any]:
    shown = generation.shown
    return {
        "model": generation.model,
        "rung": generation.rung,
        "tokens_in": generation.tokens_in,
        "tokens_out": generation.tokens_out,
        "cost_usd": generation.cost_usd,
        "seconds": generation.seconds,
        "cached": generation.cached,
        "assessed": generation.assessed,
        "reused": generation.reused,
        "unassessed": dict(generation.unassessed),
        "fallen": dict(generation.fallen),
        "shown": None if shown is None else {"items": shown[0], "of": shown[1]},
    }


def _lists(digest: Digest) -> dict[str, list[dict[str, Any]]]:
    facts = digest.facts
    topics: dict[int, list[str]] = {}
    for key, ledger in facts.ledgers.items():
        for number in (*ledger.about, *ledger.tagged):
            topics.setdefault(number, []).append(key)
    shown: dict[str, list[dict[str, Any]]] = {
        name: [
            _item(
                facts.items[row.number],
                facts,
                topics.get(row.number, []),
                digest.assessments.get(row.number),
            )
            for row in facts.lists.get(name, ())
        ]
        for name in LIST_NAMES
    }
    carried_over = shown.pop("carried_over")
    releases = [_release(release, facts.window.zone) for release in facts.releases]
    return {**shown, "releases": releases, "carried_over": carried_over}


def _item(item: Item, facts: Facts, topics: list[str], assessment: Assessment | None) -> dict[str, Any]:
    return item_object(
        item,
        facts.window.zone,
        comments_in_window=_comments_in_window(item, facts),
        topics=topics,
        assessment=assessment,
    )


def _comments_in_window(item: Item, facts: Facts) -> int | None:
    """People's comments in the window; None where no comment was fetched and none is known not to exist."""
    if item.comments_total is None and not item.comments:
        return None
    return sum(comment.created_at in facts.window and not comment.author.is_bot for comment in item.comments)


def _release(release: Release, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "tag_name": release.tag_name,
        "name": one_line(release.name),
        "url": release.url,
        "published_at": _time(release.published_at, zone),
        "is_prerelease": release.is_prerelease,
    }


def _topic(ledger: Ledger, language: Language) -> dict[str, Any]:
    return {
        "title": pages.topic_name(ledger.topic, language),
        "about": list(ledger.about),
        "tagged": list(ledger.tagged),
        "reasons": {
            # by hand: there are hundreds, and `asdict` takes longer for them than all the rest of the page
            str(number): [
                {
                    "rule": each.rule,
                    "value": each.value,
                    "tier": each.tier,
                    "organisation": each.organisation or None,
                }
                for each in reasons
            ]
            for number, reasons in ledger.reasons.items()
        },
    }


def _sections(digest: Digest, language: Language) -> list[dict[str, Any]]:
    shown = [
        _section(section, section_markdown(section, digest.facts, language))
        for section in digest.sections
        if section.id != pages.APPENDIX
    ]
    listed = dict.fromkeys(row.number for name in LIST_NAMES for row in digest.facts.lists.get(name, ()))
    appendix = {
        "id": pages.APPENDIX,
        "title": language.text("digest.section.appendix"),
        "markdown": appendix_markdown(digest.facts, language),
        "cites": list(listed),
        "claims": [],
        "tables": [],
    }
    return [*shown, appendix]


def _section(section: Section, markdown: str) -> dict[str, Any]:
    return {
        "id": section.id,
        "title": section.title,
        "markdown": markdown,
        "cites": list(section.cites),
        "claims": [{"cites": list(claim.cites), "source": claim.source} for claim in section.all_claims],
        "tables": [
            {"caption": table.caption, "head": list(table.head), "rows": [list(row) for row in table.rows]}
            for table in section.tables
        ],
    }


def _seen(seen: Seen) -> dict[str, int | None]:
    return {"expected": seen.expected, "seen": seen.seen}


def _warnings(digest: Digest, language: Language) -> list[tuple[str, str]]:
    """What the other renderings warn of, and the sections a model should have written and did not."""
    return [*pages.warnings(digest, language), *pages.extracted(digest, language)]

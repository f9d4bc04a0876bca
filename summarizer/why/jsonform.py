"""Findings as JSON: `as_json` gives the object that docs/why.md describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from summarizer.topics.mends import UNDATED
from summarizer.windows import window_label

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from summarizer.filters import Filter
    from summarizer.items import Item, Person
    from summarizer.rubric import Part
    from summarizer.topics import Mend
    from summarizer.why.findings import Heat, Life, Membership, Missing, Scores, Stretch, Talk, Why

SCHEMA = 1


def as_json(why: Why, answer: str, lang: str) -> dict[str, Any]:
    """The answer as plain values. answer: the line that answers, in `lang`. Null is unknown, never "no"."""
    facts, zone = why.digest.facts, why.digest.facts.window.zone
    window = facts.window
    return {
        "schema": SCHEMA,
        "repo": facts.repo,
        "number": why.number,
        "question": "why not" if why.negated else "why",
        "lang": lang,
        "answer": answer,
        "presence": why.presence,
        "digest": {"id": why.digest.id, "edition": why.digest.edition},
        "window": {
            "since": _time(window.since, zone),
            "until": _time(window.until, zone),
            "tz": window.tz,
            "label": window_label(window),
            "so_far": window.so_far,
        },
        "item": _item(why.item, why.then, zone) if why.item else None,
        "missing": _missing(why.missing, zone) if why.missing else None,
        "life": _life(why.life, zone) if why.life else None,
        "lists": [
            {"list": each.place, "stands": each.stands, "cause": each.cause, "at": _known(each.at, zone)}
            for each in why.verdicts
        ],
        "heat": _heat(why.heat) if why.heat else None,
        "topics": [_topic(each, zone) for each in why.topics],
        "filters": [
            {
                **_filter(each.filter),
                "passed": each.passed,
                "seen": None if each.seen is None else [*each.seen],
            }
            for each in why.filters
        ],
        "scores": _scores(why.scores) if why.scores else None,
        "sections": [{"id": each.section, "title": each.title, "text": each.text} for each in why.cited],
        "complete": facts.complete,
        "coverage": [*facts.coverage.reasons],
    }


def _time(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).isoformat()


def _known(instant: datetime | None, zone: ZoneInfo) -> str | None:
    return _time(instant, zone) if instant else None


def _login(person: Person | None) -> str | None:
    return person.login if person else None


def _item(item: Item, then: Item | None, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "title": item.title,
        "url": item.url,
        "author": _login(item.author),
        "labels": [*item.labels],
        "is_draft": item.is_draft,
        "created_at": _known(item.created_at, zone),
        "state": item.state,
        "state_then": then.state if then else None,
    }


def _missing(missing: Missing, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "reason": missing.reason,
        "at": _known(missing.at, zone),
        "mirror_from": _known(missing.since, zone),
        "sync_days": missing.days,
    }


def _life(life: Life, zone: ZoneInfo) -> dict[str, Any]:
    stretches = {"before": life.before, "inside": life.inside, "after": life.after}
    return {name: _stretch(stretch, zone) for name, stretch in stretches.items()}


def _stretch(stretch: Stretch, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "events": [
            {"name": each.name, "at": _time(each.at, zone), "by": _login(each.actor)}
            for each in stretch.events
        ],
        "comments": _talk(stretch.comments, zone),
        "reviews": _talk(stretch.reviews, zone),
    }


def _talk(talk: Talk, zone: ZoneInfo) -> dict[str, Any]:
    first, last = _known(talk.first, zone), _known(talk.last, zone)
    return {"people": talk.people, "bots": talk.bots, "first": first, "last": last}


def _heat(heat: Heat) -> dict[str, Any]:
    return {
        "place": heat.place,
        "of": heat.of,
        "comments": heat.comments,
        "participants": [*heat.participants],
        "shown": heat.shown,
    }


def _topic(each: Membership, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "key": each.topic.key,
        "tier": each.tier,
        "tier_by_rules": each.by_rules,
        "has_section": each.section,
        "reasons": [
            {
                "rule": reason.rule,
                "value": reason.value,
                "tier": reason.tier,
                "organisation": reason.organisation or None,
            }
            for reason in each.reasons
        ],
        "mends": [_mend(mend, zone) for mend in each.mends],
        "misses": [
            {
                "field": miss.field,
                "fault": miss.fault,
                "values": [*miss.values],
                "sought": [*miss.sought],
                "undone_by": [*miss.undone],
                "share": miss.share or None,
            }
            for miss in each.misses
        ],
    }


def _mend(mend: Mend, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "action": mend.action,
        "target": mend.target,
        "by": mend.by,
        "at": None if mend.at == UNDATED else _time(mend.at, zone),
        "because": mend.because or None,
    }


def _filter(each: Filter) -> dict[str, Any]:
    return {"key": each.key, "values": [*each.values], "negated": each.negated}


def _scores(scores: Scores) -> dict[str, Any]:
    parts = {"importance": scores.importance, "insight": scores.insight}
    told = {
        name: {
            "points": getattr(scores.used, name),
            "by_code": getattr(scores.code, name),
            "parts": [_part(part) for part in found],
        }
        for name, found in parts.items()
    }
    return {
        **told,
        "by_model": scores.used.by_model,
        "category": scores.used.category,
        "risks": [*scores.used.risks],
        "place": scores.place,
        "listed": scores.of,
        "key": scores.key,
    }


def _part(part: Part) -> dict[str, Any]:
    return {"signal": part.signal, "points": round(part.points, 3)}

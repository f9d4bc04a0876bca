"""The answer as JSON: the form that `answer.schema.json` publishes. Pure.

Times are ISO-8601 with the offset of the window's zone, UTC where there is no window; null is unknown, never "no".
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from summarizer import languages, markup
from summarizer.itemform import item_object
from summarizer.questions import leads, notes
from summarizer.questions.telling import urls_of
from summarizer.questions.times import Times
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.digests import Claim
    from summarizer.items import Seen
    from summarizer.questions.answer import Answer, Row
    from summarizer.questions.found import Found
    from summarizer.windows import Window

SCHEMA_VERSION = 1


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema (draft 2020-12) of what `as_object` returns."""
    loaded: dict[str, Any] = json.loads((files("summarizer") / "answer.schema.json").read_text("utf-8"))
    return loaded


def as_json(answer: Answer, question: str | None = None) -> str:
    """`as_object` as text, ending in a newline."""
    return json.dumps(as_object(answer, question), ensure_ascii=False, indent=2) + "\n"


def as_object(answer: Answer, question: str | None = None) -> dict[str, Any]:
    """The answer in the published form, version 1. question: the sentence that was asked, where it is known."""
    found = answer.found
    near = set(found.near) if found and not found.matches else set()
    urls = urls_of(answer)
    return {
        "schema": SCHEMA_VERSION,
        "repo": found.repo if found else None,
        "question": question,
        "lang": answer.lang,
        "understood": answer.understood,
        "query": found.query.as_dict() if found else None,
        "window": _window(found.window) if found else None,
        "form": found.query.form if found else None,
        "first": answer.first,
        "total": len(found.matches) if found else None,
        "about": found.about if found else None,
        "tagged": found.tagged if found else None,
        "items": [shown for row in answer.rows if row.number not in near for shown in _item(row, found)],
        "more": answer.more,
        "near": [shown for row in answer.rows if row.number in near for shown in _item(row, found)],
        "tables": [
            {"caption": table.caption, "head": list(table.head), "rows": [list(row) for row in table.rows]}
            for table in answer.tables
        ],
        "claims": [_claim(claim, urls) for claim in answer.claims],
        "notes": list(answer.notes),
        "choices": [
            {"query": choice.query.as_dict(), "label": choice.label, "total": choice.total}
            for choice in answer.choices
        ],
        "against": _against(found.against) if found and found.against else None,
        "complete": leads.is_whole(found) if found else None,
        "coverage": {
            "items": _seen(found.coverage.items),
            "comments": _seen(found.coverage.comments),
        }
        if found
        else None,
        "warnings": _warnings(found, answer.lang) if found else [],
        "missing": {str(number): why for number, why in found.missing.items()} if found else {},
        "unread": list(answer.unread),
        "searched": found.searched if found else None,
        "untold": found.untold if found else None,
        "outside": found.outside if found else None,
        "verification": {
            "claims": answer.verification.claims,
            "repaired": answer.verification.repaired,
            "dropped": [asdict(dropped) for dropped in answer.verification.dropped],
        },
        "model": answer.model or None,
        "failed": answer.failed or None,
    }


def _window(window: Window | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "since": window.since.astimezone(window.zone).isoformat(),
        "until": window.until.astimezone(window.zone).isoformat(),
        "tz": window.tz,
        "label": window_label(window),
        "so_far": window.so_far,
    }


def _item(row: Row, found: Found | None) -> list[dict[str, Any]]:
    """The row's item with why it is there; nothing where the item is not at hand."""
    item = found.items.get(row.number) if found else None
    if found is None or item is None:
        return []
    comments = None
    if found.window is not None and (item.comments_total is not None or item.comments):
        people = (comment for comment in item.comments if not comment.author.is_bot)
        comments = sum(comment.created_at in found.window for comment in people)
    shown = item_object(
        item,
        found.window.zone if found.window else ZoneInfo("UTC"),
        comments_in_window=comments,
        topics=[key for key, ledger in found.ledgers.items() if item.number in ledger.reasons],
    )
    return [{**shown, "why": list(row.why)}]


def _claim(claim: Claim, urls: Mapping[int, str]) -> dict[str, Any]:
    return {
        "label": claim.label or None,
        "text": claim.text,
        "markdown": markup.markdown_prose(claim.text, urls, start=True),
        "cites": list(claim.cites),
        "source": claim.source,
    }


def _against(found: Found) -> dict[str, Any]:
    return {
        "window": _window(found.window),
        "total": len(found.matches),
        "about": found.about,
        "tagged": found.tagged,
        "searched": found.searched,
        "complete": leads.is_whole(found),
    }


def _warnings(found: Found, lang: str) -> list[dict[str, str]]:
    times = Times(languages.load(lang), found.window.tz if found.window else "UTC", found.now)
    told = notes.gaps(found, languages.load(lang), times)
    return [{"key": key, "text": text} for key, text in told.items()]


def _seen(seen: Seen) -> dict[str, int | None]:
    return {"expected": seen.expected, "seen": seen.seen}

"""Telling: a check in the reader's language, or as JSON. What the report says is shown as plain, harmless text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from summarizer.markup import plain
from summarizer.reports.findings import Term
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.languages import Language
    from summarizer.reports.findings import Check, Finding

_SAID: Final = 100
"""Characters of what the report says that are shown."""
_MOST_NOTES: Final = 20


def as_text(check: Check, name: str, language: Language) -> str:
    """One block per finding, what is wrong first, then what could not be checked, and a summary. name: the file's."""
    parts = [_head(check, name, language)]
    for heading, findings in (("wrong", check.wrong), ("doubtful", check.doubtful)):
        if findings:
            blocks = [_block(each, language) for each in findings]
            title = language.text(f"report.heads.{heading}", count=len(findings))
            parts.append("\n".join([title, *blocks]))
    notes = list(_notes(check, language))
    if notes:
        heading_text = language.text("report.heads.unchecked")
        parts.append("\n".join([heading_text, *(f"  - {note}" for note in notes)]))
    return "\n\n".join([*parts, _summary(check, language)]) + "\n"


def as_json(check: Check, name: str, language: Language) -> str:
    """The same for programs. `ok` is what the exit code tells."""
    looked = check.looked
    value = {
        "file": name,
        "ok": not check.wrong,
        "repository": check.repo or None,
        "window": list(check.window) if check.window else None,
        "language": check.lang,
        "findings": [
            {
                "severity": each.severity,
                "kind": each.key,
                "line": each.line,
                "numbers": list(each.numbers),
                "said": _said(each),
                "problem": problem(each, language),
            }
            for each in check.findings
        ],
        "checked": {
            "counts": looked.counts,
            "rows": looked.rows,
            "sentences": looked.statements,
            "references": looked.references,
        },
        "unchecked": {
            "unknown_references": looked.unknown,
            "references_not_in_mirror": looked.unmirrored,
            "window_in_mirror": looked.held,
            "reasons": list(looked.reasons),
            "notes": list(_notes(check, language)),
        },
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def problem(finding: Finding, language: Language) -> str:
    """What is wrong and what is right, as one sentence."""
    values = {name: _shown(value, language) for name, value in finding.values.items()}
    return language.text(f"report.found.{finding.key}", **values)


def _head(check: Check, name: str, language: Language) -> str:
    window = " ~ ".join(check.window) if check.window else language.text("report.heads.no_window")
    repo = neutralize(check.repo) or language.text("report.heads.no_repo")
    return language.text("report.heads.report", file=neutralize(name), repo=repo, window=window)


def _block(finding: Finding, language: Language) -> str:
    lead = language.text("report.heads.line", line=finding.line, said=_said(finding))
    return f"  {lead}\n    {problem(finding, language)}"


def _said(finding: Finding) -> str:
    """What the report says there, cut around the words that are meant."""
    said = plain(neutralize(finding.said))
    if len(said) <= _SAID:
        return said
    meant = next((str(finding.values[key]) for key in ("path", "login", "said") if key in finding.values), "")
    at = max(0, said.find(plain(neutralize(meant)))) if meant else 0
    start = 0 if at + len(meant) < _SAID - 2 else max(0, at - _SAID // 3)
    cut = said[start : start + _SAID - 2].strip()
    return f"{'…' if start else ''}{cut}{'…' if start + _SAID - 2 < len(said) else ''}"


def _shown(value: object, language: Language) -> object:
    if isinstance(value, Term):
        return language.text(
            value.key, **{name: _shown(each, language) for name, each in value.values.items()}
        )
    if isinstance(value, Mapping):
        return value.get(language.code) or value.get("en") or next(iter(value.values()), "")
    if isinstance(value, tuple):
        return tuple(_shown(each, language) for each in value)
    return plain(neutralize(value)) if isinstance(value, str) else value


def _notes(check: Check, language: Language) -> Iterator[str]:
    looked = check.looked
    for note in looked.notes[:_MOST_NOTES]:
        yield str(_shown(note, language))
    if looked.unmirrored is None:
        yield language.text("report.notes.no_mirror")
    elif looked.held != "whole":
        yield language.text(f"report.notes.held_{looked.held}")
        for reason in looked.reasons:
            if language.has(f"coverage.{reason}"):
                yield language.text(f"coverage.{reason}")
    if looked.unmirrored:
        yield language.text("report.notes.not_in_mirror", n=looked.unmirrored, total=looked.references)
    if looked.unknown:
        yield language.text("report.notes.unknown", n=looked.unknown, total=looked.references)


def _summary(check: Check, language: Language) -> str:
    looked = check.looked
    values: Sequence[tuple[str, int]] = (
        ("counts", looked.counts),
        ("rows", looked.rows),
        ("sentences", looked.statements),
        ("references", looked.references),
    )
    return language.text(
        "report.heads.summary",
        wrong=len(check.wrong),
        doubtful=len(check.doubtful),
        **dict(values),
    )

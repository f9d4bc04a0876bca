"""How the tests' model reads a question: by a few words of it, as plainly as can be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.servers.model.prompts import Asked

_KINDS: Final = {r"\bPRs?\b|pull requests?|合并请求": "pull_request", r"\bissues?\b|\bbugs?\b|议题": "issue"}
_EVENTS: Final = {r"\bmerged\b|合并了": "merged", r"\bopened\b|新增": "opened", r"\bclosed\b|关闭": "closed"}
_WINDOWS: Final = {r"this week|本周": "week this", r"last week|上周": "week last", r"today|今天": "today"}
_FORMS: Final = {
    r"how many|多少": "count",
    r"\bcompare\b|\bvs\b|对比": "compare",
    r"\bexplain\b|解释": "explain",
    r"^(?:any|is|are)\b|吗": "yes_no",
}


def query_of(asked: Asked) -> dict[str, Any]:
    """A query draft in the form that is asked for, and whole."""
    question = asked.question
    return {
        "kind": _first(_KINDS, question),
        "events": [event for pattern, event in _EVENTS.items() if _has(pattern, question)],
        "states": [],
        "window": _first(_WINDOWS, question),
        "topics": [key for key in asked.topics if _has(rf"(?<![\w-]){re.escape(key)}(?![\w-])", question)],
        "labels": [],
        "people": [{"role": "author", "login": login} for login in re.findall(r"\bby (\w[\w-]+)", question)],
        "organisations": [],
        "paths": [],
        "numbers": [int(number) for number in re.findall(r"#(\d{1,7})", question)],
        "words": [],
        "phrases": [],
        "without": [],
        "order": "",
        "limit": None,
        "form": _first(_FORMS, question) or "list",
        "step": "",
        "against": None,
        "unread": [],
        "is_question": not _has(r"^(?:thanks|ok|谢谢)\W*$", question),
    }


def _first(known: dict[str, str], question: str) -> str:
    return next((value for pattern, value in known.items() if _has(pattern, question)), "")


def _has(pattern: str, question: str) -> bool:
    return re.search(pattern, question, re.IGNORECASE) is not None

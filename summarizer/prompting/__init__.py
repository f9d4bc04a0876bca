"""Prompts: facts and items as text within a budget, and each task's instruction. The words stand in `prompts/`.

The shared part of a digest's prompts depends on its facts and assessments alone, not on the section or the language,
so that all calls of a digest have one prefix. So have all calls that assess items: their system text is the rubric.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from summarizer.assessments import RISKS
from summarizer.facts import LIST_NAMES
from summarizer.fence import inline, tokens
from summarizer.items import Comment, Item, Person
from summarizer.prompting import items, numbers, templates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from summarizer.assessments import Assessment
    from summarizer.digests import Claim
    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.windows import Edition

ANSWER_TOKENS: Final = 4_096
"""Left free for an answer, and the instruction: six items with their claims take under 2,000."""
SHARED_TOKENS_MAX: Final = 20_000
"""More than that makes answers worse and dearer: each of six sections reads it, and what an item says has been read
when it was assessed."""
BATCH_TOKENS_MAX: Final = 9_000
"""Of items that are assessed by one request: some ten, so that one lost answer costs little."""
BATCH_ITEMS_MAX: Final = 16

_LEAST_FOR_DETAIL: Final = 40
_LINES_SHARE, _BLOCKS_SHARE = 0.35, 0.75
"""Of the budget that one-line items may take, so that those that matter have theirs in blocks; of the rest, what blocks
without people's words may take, so that the first ones have those too."""
TASK_TOKENS: Final = 700
"""The longest instruction, with its glossary."""

_SAMPLE: Final = Item(
    repo="o/r",
    number=1,
    kind="pull_request",
    title="A title",
    url="",
    author=Person("somebody"),
    body="A body.",
    files=("a.py",),
    additions=1,
    deletions=1,
    comments=(Comment(Person("somebody"), datetime(2025, 12, 10, tzinfo=UTC), "A comment."),),
)
"""How items are laid out is a part of the prompts that assess them."""


@dataclass(frozen=True, slots=True)
class Shared:
    """The common prefix of a digest's prompts. shown: how many of the window's `total` items it holds."""

    text: str
    shown: int
    total: int


def version() -> str:
    """Changes with the prompt files: what was written by others may not be what would be written now."""
    return templates.version()


def system(project: str) -> str:
    """The part that is the same for every digest of a project."""
    return templates.render("system.jinja", project=project)


def shared(
    facts: Facts, assessments: Mapping[int, Assessment], context: int, beside: str = "", share: float = 1.0
) -> Shared:
    """The facts and as many items as fit into `context` tokens: the least important are left out first, those in the
    middle have a line each, the most telling a block.

    beside: the system text, which takes room as well, as do the instruction and the answer.
    share: a part of that budget, for a server whose count is above ours.
    """
    head = numbers.counted(facts)
    left = int(min(_free(context, beside), SHARED_TOKENS_MAX) * share) - tokens(head)
    ranked = ranked_items(facts, assessments)
    lines: dict[int, str] = {}
    room = int(left * _LINES_SHARE) if len(ranked) > 1 else left
    for item in ranked:
        text = items.line(item, assessments.get(item.number))
        if (cost := tokens(text)) > room:
            break
        lines[item.number] = text
        room, left = room - cost, left - cost
    blocks = _blocks(ranked, facts, assessments, lines, left)
    shown = blocks.keys() | lines.keys()
    rest = [text for number, text in lines.items() if number not in blocks]
    listed = ["\n".join(["<items>", *rest, "</items>"])] if rest else []
    unseen = len(ranked) - len(shown)
    more = [f"{unseen} further items of the window are not shown."] if unseen else []
    return Shared("\n\n".join([head, *blocks.values(), *listed, *more]), len(shown), len(ranked))


def _blocks(
    ranked: Sequence[Item],
    facts: Facts,
    assessments: Mapping[int, Assessment],
    lines: Mapping[int, str],
    room: int,
) -> dict[int, str]:
    """Blocks in the place of lines: first many with what was found out about them, then of the first ones the words
    that people said, then what still fits."""
    blocks: dict[int, str] = {}
    left = room
    for levels, share in (((1, 0), _BLOCKS_SHARE), ((2,), 1.0), ((1, 0), 1.0)):
        spare = room - int(room * share)
        for item in ranked:
            if left - spare < _LEAST_FOR_DETAIL:
                break
            before = blocks.get(item.number)
            if before is not None and levels[0] < 2:
                continue
            taken = tokens(before or lines.get(item.number, ""))
            for level in levels:
                text = items.block(item, facts, assessments.get(item.number), level)
                if (cost := tokens(text) - taken) <= left - spare:
                    blocks[item.number] = text
                    left -= cost
                    break
    return {item.number: blocks[item.number] for item in ranked if item.number in blocks}


def task(section_id: str, language: Language, edition: Edition) -> str:
    """The instruction of a section, with the language to write in."""
    folder = "daily" if edition == "daily" else "period"
    return templates.render(
        f"{folder}/{section_id}.jinja",
        language=language.get("language.name"),
        edition=edition,
        glossary=templates.render("glossary.jinja") if language.code != "en" else "",
    )


def repair(section_id: str, language: Language, faulty: Sequence[tuple[Claim, Sequence[str]]]) -> str:
    """The instruction of the repair round: each faulty claim with what is wrong about it."""
    claims = [
        {
            "index": index,
            "text": inline(claim.text, 800),
            "cites": list(claim.cites),
            "faults": [inline(fault, 300) for fault in faults],
        }
        for index, (claim, faults) in enumerate(faulty)
    ]
    return templates.render(
        "repair.jinja", section=section_id, language=language.get("language.name"), claims=claims
    )


# --- assessments -----------------------------------------------------------------------------------------------------


@cache
def assess_version(project: str) -> str:
    """Changes with whatever shapes the prompts that assess: an answer to another prompt is another answer."""
    zone = ZoneInfo("UTC")
    parts = [assess_system(project), assess_task("changes", ()), assess_task("threads", ())]
    parts += [items.whole_change(_SAMPLE, zone), items.whole_thread(_SAMPLE, zone)]
    return sha256("\0".join(parts).encode()).hexdigest()[:12]


def assess_system(project: str) -> str:
    """The part that is the same for every item of a project: what the points mean."""
    rubric = templates.render("rubric.jinja")
    return templates.render("assess/system.jinja", project=project, rubric=rubric, risks=RISKS)


def assess_task(kind: str, numbers_: Sequence[int]) -> str:
    """kind: "changes" or "threads". The instruction that follows the items."""
    return templates.render(f"assess/{kind}.jinja", numbers=items.numbers(numbers_))


def batches(texts: Mapping[int, str], context: int, system: str) -> list[dict[int, str]]:
    """The items' texts in groups that one request can hold beside `system`."""
    room = min(_free(context, system), BATCH_TOKENS_MAX)
    groups: list[dict[int, str]] = []
    left = 0
    for number, text in texts.items():
        cost = tokens(text)
        if not groups or cost > left or len(groups[-1]) >= BATCH_ITEMS_MAX:
            groups.append({})
            left = room
        groups[-1][number] = text
        left -= cost
    return groups


def _free(context: int, beside: str) -> int:
    """Tokens for items: what the system text, an instruction and an answer leave of a context."""
    return context - tokens(beside) - TASK_TOKENS - min(ANSWER_TOKENS, context // 4)


def ranked_items(facts: Facts, assessments: Mapping[int, Assessment]) -> list[Item]:
    """The items that pass the filters, those that a reader of the digest wants to hear of most first."""
    listed = {row.number for name in LIST_NAMES for row in facts.lists.get(name, ())}
    talk = {hot.number: hot.comments_in_window for hot in facts.hot}
    about = {number for ledger in facts.ledgers.values() for number in ledger.about}
    known = facts.shown.values()
    return sorted(known, key=lambda item: (-_relevance(item, assessments, listed, talk, about), -item.number))


def _relevance(
    item: Item,
    assessments: Mapping[int, Assessment],
    listed: set[int],
    talk: Mapping[int, int],
    about: set[int],
) -> float:
    """What was judged important and what was talked about most, then what is new."""
    judged = assessments.get(item.number)
    score = 1.5 * min(talk.get(item.number, 0), 20) + 1.0 * min(item.reactions or 0, 10)
    score += 4.0 * judged.importance + 0.5 * judged.insight if judged else 0.0
    score += 4.0 * (item.number in listed) + 2.0 * (item.state == "merged") + 1.0 * (item.number in about)
    return score + min((item.additions or 0) + (item.deletions or 0), 2000) / 1000

"""Prompts: the facts as text within a budget, and each section's instruction. The words stand in `prompts/`.

The shared part depends on the facts alone, not on the section or the language, so that all calls of a digest
have one prefix.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from summarizer.facts import LIST_NAMES
from summarizer.fence import fenced, inline, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from jinja2 import Environment

    from summarizer.digests import Claim
    from summarizer.facts import Counts, Facts, Hot
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.windows import Edition

ANSWER_TOKENS: Final = 4_096
"""Left free for an answer, and the instruction: six items with their claims take under 2,000."""
SHARED_TOKENS_MAX: Final = 64_000
"""More of a busy day than that makes answers worse and dearer: each of six sections reads it."""

_DETAIL: Final = ((0, 0, 0), (400, 2, 200), (1600, 8, 500))
"""Levels of detail: characters of the body, newest comments, characters of each."""
_DETAIL_TOKENS_MIN: Final = 40
_PEOPLE, _FILES = 15, 15
"""Contributors and paths told of."""


def system(project: str) -> str:
    """The part that is the same for every digest of a project."""
    return _render("system.jinja", project=project)


def shared(facts: Facts, context: int, share: float = 1.0) -> str:
    """The facts and as many items as fit into `context` tokens, the most telling first and in most detail.

    share: a part of that budget, for a server whose count is above ours.
    """
    free = max(context - 2 * ANSWER_TOKENS, context // 2)
    budget = int(min(free, SHARED_TOKENS_MAX) * share)
    head = _facts(facts)
    ranked = sorted(facts.items.values(), key=lambda item: (-_relevance(item, facts), -item.number))
    left = budget - tokens(head)
    blocks: dict[int, str] = {}
    for item in ranked:
        block = _item(item, facts, 0)
        if (cost := tokens(block)) > left:
            break
        blocks[item.number] = block
        left -= cost
    for item in ranked[: len(blocks)]:
        if left < _DETAIL_TOKENS_MIN:
            break
        for level in (2, 1):
            block = _item(item, facts, level)
            if (cost := tokens(block) - tokens(blocks[item.number])) <= left:
                blocks[item.number] = block
                left -= cost
                break
    unseen = len(ranked) - len(blocks)
    more = [f"{unseen} further items of the window are not shown."] if unseen else []
    return "\n\n".join([head, *blocks.values(), *more])


def task(section_id: str, language: Language, edition: Edition) -> str:
    """The instruction of a section, with the language to write in."""
    return _render(f"{section_id}.jinja", language=language.get("language.name"), edition=edition)


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
    return _render("repair.jinja", section=section_id, language=language.get("language.name"), claims=claims)


@cache
def _environment() -> Environment:
    from jinja2 import BaseLoader, Environment, StrictUndefined

    class Loader(BaseLoader):
        def get_source(self, environment: Environment, template: str) -> tuple[str, str, Any]:
            return (files("summarizer") / "prompts" / template).read_text("utf-8"), template, None

    loader = Loader()
    return Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True)  # noqa: S701 - no HTML


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(**values).strip()


def _relevance(item: Item, facts: Facts) -> float:
    """How much a reader of the digest wants to hear of it: talk first, then decisions, then what is new."""
    talk = next((hot.comments_in_window for hot in facts.hot if hot.number == item.number), 0)
    listed = {name for name in LIST_NAMES for row in facts.lists.get(name, ()) if row.number == item.number}
    score = 2.0 * min(talk, 20) + 1.0 * min(item.reactions or 0, 10)
    score += 6 * ("prs_merged" in listed) + 5 * ("reopened" in listed) + 4 * bool(listed)
    score += 3 * any(item.number in ledger.about for ledger in facts.ledgers.values())
    return score + min((item.additions or 0) + (item.deletions or 0), 2000) / 500


def _facts(facts: Facts) -> str:
    zone = facts.window.zone
    lines = [
        f"repository: {inline(facts.repo)}",
        f"window: {_time(facts.window.since, zone)} to {_time(facts.window.until, zone)} ({facts.window.tz})",
        f"counts: {_counts(facts.counts)}",
    ]
    if facts.baseline is not None:
        lines.append(f"counts of the window before: {_counts(facts.baseline)}")
    for name, rows in facts.lists.items():
        if rows:
            lines.append(f"{name}: {_numbers([row.number for row in rows])}")
    for key, ledger in facts.ledgers.items():
        if ledger.about or ledger.tagged:
            lines.append(f"topic {key}: about {_numbers(ledger.about)}; tagged {_numbers(ledger.tagged)}")
    lines += [f"hot: {_hot(hot)}" for hot in facts.hot]
    for person in facts.contributors[:_PEOPLE]:
        done = f"merged {person.merged}, opened {person.opened}, reviews {person.reviews}"
        lines.append(f"contributor {inline(person.login)}: {done}")
    if facts.first_time:
        lines.append(
            f"first-time contributors: {', '.join(inline(login) for login in facts.first_time[:_PEOPLE])}"
        )
    lines += [
        f"file {inline(heat.path)}: changed by {heat.prs} pull requests" for heat in facts.files[:_FILES]
    ]
    if facts.timing.first_response_median_s is not None:
        lines.append(f"median first response: {facts.timing.first_response_median_s / 60:.0f} minutes")
    if facts.timing.merge_median_s is not None:
        lines.append(f"median time to merge: {facts.timing.merge_median_s / 3600:.1f} hours")
    if not facts.complete:
        lines.append("the data is incomplete: claim nothing about what is absent")
    return "\n".join(["<facts>", *lines, "</facts>"])


def _counts(counts: Counts) -> str:
    return ", ".join(f"{name} {n}" for name, n in asdict(counts).items())


def _numbers(numbers: Sequence[int]) -> str:
    return ", ".join(f"#{number}" for number in numbers) or "none"


def _hot(hot: Hot) -> str:
    people = ", ".join(inline(login) for login in hot.participants)
    return f"#{hot.number}, comments_in_window {hot.comments_in_window}, participants {people}"


def _item(item: Item, facts: Facts, level: int) -> str:
    zone = facts.window.zone
    body_chars, comments, comment_chars = _DETAIL[level]
    lines = [
        f'<item number="{item.number}">',
        f"kind: {item.kind.replace('_', ' ')}",
        f"title: {inline(item.title, 300)}",
        f"state: {item.state}{' (draft)' if item.is_draft else ''}",
    ]
    if item.author:
        lines.append(f"author: {inline(item.author.login)}")
    if item.labels:
        lines.append(f"labels: {', '.join(inline(label) for label in item.labels)}")
    for event in item.events:
        actor = f" by {inline(event.actor.login)}" if event.actor else ""
        lines.append(f"event: {event.name} {_time(event.at, zone)}{actor}")
    if item.additions is not None and item.deletions is not None:
        lines.append(f"size: +{item.additions} -{item.deletions} in {item.changed_files} files")
    if item.files and level:
        lines.append(f"files: {', '.join(inline(path) for path in item.files[:8])}")
    reviews = [review for review in item.reviews if not review.author.is_bot]
    lines += [f"review: {review.state} by {inline(review.author.login)}" for review in reviews[-5:]]
    if item.linked:
        lines.append(f"linked: {_numbers(item.linked)}")
    if item.body and body_chars:
        lines += ["body:", fenced(item.body, body_chars)]
    people = [comment for comment in item.comments if not comment.author.is_bot]
    for comment in people[-comments:] if comments else []:
        lines.append(f"comment by {inline(comment.author.login)}, {_time(comment.created_at, zone)}:")
        lines.append(fenced(comment.body, comment_chars))
    return "\n".join([*lines, "</item>"])


def _time(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")

"""Items as a prompt shows them, in the detail that the budget allows; strangers' words behind their fence.

line      what the lists say of it, in one line
block     an `<item>`: people, events, size, and what was found out about it
whole     a block with its text, for the one who is to find that out
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.fence import fenced, inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from summarizer.assessments import Assessment
    from summarizer.facts import Facts
    from summarizer.items import Item

DETAIL: Final = ((0, 0, 0), (300, 2, 200), (1200, 6, 400))
"""Levels of a block: characters of the body, newest comments, characters of each."""

CHANGE_CHARS, THREAD_CHARS = 1_600, 6_000
"""Characters of a pull request's body, and of all that is said in a thread, that an assessment reads."""
_COMMENT_CHARS: Final = 700
_FILES_SHOWN: Final = 12
_PEOPLE_SHOWN: Final = 5


def line(item: Item, assessment: Assessment | None) -> str:
    """ "#123 pull_request, merged, by octocat, +10 -2, bugfix, importance 6: title"."""
    parts = [item.kind, _state(item)]
    if item.author:
        parts.append(f"by {inline(item.author.login)}")
    if item.additions is not None and item.deletions is not None:
        parts.append(f"+{item.additions} -{item.deletions}")
    if assessment:
        parts += [assessment.category or "", f"importance {assessment.importance}"]
    return f"#{item.number} {', '.join(part for part in parts if part)}: {inline(item.title, 160)}"


def block(item: Item, facts: Facts, assessment: Assessment | None, level: int) -> str:
    """The item with what was found out about it; its own text only as far as nothing was, or at the highest level."""
    chars, comments, comment_chars = DETAIL[level]
    is_read = assessment is not None and assessment.by_model
    if is_read and level < len(DETAIL) - 1:
        chars = comments = 0
    lines = [*_head(item, facts.window.zone), *_judged(assessment, level)]
    if item.files and level:
        lines.append(_files(item))
    lines += _reviews(item)
    if item.linked:
        lines.append(f"linked: {numbers(item.linked)}")
    if item.body and chars:
        lines += ["body:", fenced(item.body, chars)]
    talk = said(item) if comments else []
    lines += _earlier(len(talk) - comments)
    lines += _told(talk[-comments:], facts.window.zone, comment_chars)
    return _item(item, lines)


def whole_change(item: Item, zone: ZoneInfo) -> str:
    """A pull request for its assessment: only what it says and changes, nothing that happens to it."""
    lines = [f"kind: {_kind(item)}", f"title: {inline(item.title, 300)}"]
    if item.author:
        lines.append(f"author: {inline(item.author.login)}")
    lines += _size(item)
    if item.files:
        lines.append(_files(item))
    if item.body:
        lines += ["body:", fenced(item.body, CHANGE_CHARS)]
    return _item(item, lines)


def said(item: Item) -> list[tuple[str, datetime, str]]:
    """(login, when, text) of what people, not bots, said on the item: comments, and reviews with a text."""
    spoken = [(each.author, each.created_at, each.body) for each in item.comments]
    spoken += [(each.author, each.submitted_at, each.body) for each in item.reviews if each.body.strip()]
    people = [(author.login, at, text) for author, at, text in spoken if not author.is_bot]
    return sorted(people, key=lambda each: each[1])


def whole_thread(item: Item, zone: ZoneInfo) -> str:
    """A thread for its assessment: its own text, then as much of what people said as `THREAD_CHARS` hold, the newest
    first to be kept."""
    lines = _head(item, zone)
    lines += _reviews(item)
    if item.body:
        lines += ["body:", fenced(item.body, CHANGE_CHARS)]
    talk = said(item)
    kept: list[tuple[str, datetime, str]] = []
    left = THREAD_CHARS
    for who, at, text in reversed(talk):
        left -= min(len(text), _COMMENT_CHARS)
        if left < 0:
            break
        kept.append((who, at, text))
    lines += _earlier(len(talk) - len(kept))
    lines += _told(reversed(kept), zone, _COMMENT_CHARS)
    return _item(item, lines)


def numbers(shown: Sequence[int]) -> str:
    return ", ".join(f"#{number}" for number in shown) or "none"


def moment(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _item(item: Item, lines: Iterable[str]) -> str:
    return "\n".join([f'<item number="{item.number}">', *lines, "</item>"])


def _kind(item: Item) -> str:
    return item.kind.replace("_", " ")


def _state(item: Item) -> str:
    return f"{item.state}{' (draft)' if item.is_draft else ''}"


def _head(item: Item, zone: ZoneInfo) -> list[str]:
    lines = [f"kind: {_kind(item)}", f"title: {inline(item.title, 300)}", f"state: {_state(item)}"]
    if item.author:
        lines.append(f"author: {inline(item.author.login)}")
    if item.labels:
        lines.append(f"labels: {_inline(item.labels)}")
    for event in item.events:
        actor = f" by {inline(event.actor.login)}" if event.actor else ""
        lines.append(f"event: {event.name} {moment(event.at, zone)}{actor}")
    return [*lines, *_size(item)]


def _size(item: Item) -> list[str]:
    if item.additions is None or item.deletions is None:
        return []
    return [f"size: +{item.additions} -{item.deletions} in {item.changed_files} files"]


def _files(item: Item) -> str:
    paths = item.files or ()
    more = f" and {len(paths) - _FILES_SHOWN} more" if len(paths) > _FILES_SHOWN else ""
    return f"files: {_inline(paths[:_FILES_SHOWN])}{more}"


def _reviews(item: Item) -> list[str]:
    reviews = [review for review in item.reviews if not review.author.is_bot]
    return [f"review: {each.state} by {inline(each.author.login)}" for each in reviews[-_PEOPLE_SHOWN:]]


def _told(talk: Iterable[tuple[str, datetime, str]], zone: ZoneInfo, chars: int) -> Iterator[str]:
    for who, at, text in talk:
        yield f"comment by {inline(who)}, {moment(at, zone)}:"
        yield fenced(text, chars)


def _earlier(left_out: int) -> list[str]:
    return [f"{left_out} earlier comments are not shown"] if left_out > 0 else []


def _judged(assessment: Assessment | None, level: int) -> list[str]:
    """What an assessment says, behind a mark that no stranger's line can begin with: theirs stand after a bar."""
    if assessment is None:
        return []
    facts = [f"importance {assessment.importance}", f"insight {assessment.insight}"]
    if assessment.category:
        facts.insert(0, f"category {assessment.category}")
    if assessment.risks:
        facts.append(f"risks {', '.join(assessment.risks)}")
    lines = [f"assessment: {'; '.join(facts)}"]
    if not level:
        return lines
    told = [("what", assessment.what), ("why", assessment.why), ("impact", assessment.impact)]
    told += [("question", question) for question in assessment.questions]
    told += [
        (f"position of {', '.join(inline(login) for login in each.logins)}", each.view)
        for each in assessment.positions
    ]
    told += [("contention", assessment.contention), ("standing", assessment.standing)]
    return [*lines, *(f"= {name}: {inline(text, 700)}" for name, text in told if text)]


def _inline(values: Iterable[str]) -> str:
    return ", ".join(inline(value) for value in values)

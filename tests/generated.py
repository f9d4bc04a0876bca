"""Windows by chance: small facts from a seed, in which no two items share a person, a figure or a title."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from summarizer.facts import Contributor, Counts, Facts, Hot, Listed, ListName, Timing
from summarizer.items import Comment, Coverage, Event, EventName, Item, Person, Review, Seen
from summarizer.topics import Ledger, Topic
from summarizer.windows import Window

SINCE = datetime(2025, 12, 10, 9, 53, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=6)

_WHAT = (
    "rotary embedding", "KV cache", "xgrammar backend", "Whisper encoder", "benchmark client", "MoE kernel",
    "TPU runner", "prefix caching", "metrics page", "FP8 linear", "speculative decoding", "多模态 processor",
)  # fmt: skip
_DONE = ("Fix", "Refactor", "Support", "Document", "Speed up", "Revert")
_LISTS: dict[tuple[str, EventName], ListName] = {
    ("issue", "opened"): "issues_opened",
    ("issue", "closed"): "issues_closed",
    ("pull_request", "opened"): "prs_opened",
    ("pull_request", "merged"): "prs_merged",
    ("pull_request", "closed_unmerged"): "prs_closed_unmerged",
}


def facts(seed: int, items: int = 6) -> Facts:
    """The facts of a window with `items` items. Equal seeds give equal facts."""
    chance = random.Random(seed)
    numbers = sorted(chance.sample(range(30_000, 31_000), items))
    subjects = chance.sample(_WHAT, items) if items <= len(_WHAT) else [*_WHAT] * (items // len(_WHAT) + 1)
    figures = chance.sample(range(11, 997), 3 * items)
    made = {
        number: _item(chance, number, subjects[place], figures[3 * place : 3 * place + 3])
        for place, number in enumerate(numbers)
    }
    lists: dict[ListName, tuple[Listed, ...]] = {}
    for name in dict.fromkeys(_LISTS.values()):
        rows = [
            Listed(item.number, event.at)
            for item in made.values()
            for event in item.events
            if event.at >= SINCE and _LISTS.get((item.kind, event.name)) == name
        ]
        lists[name] = tuple(sorted(rows, key=lambda row: row.at))
    talked = [item for item in made.values() if item.comments]
    hot = tuple(
        Hot(
            item.number, len(item.comments), tuple(dict.fromkeys(each.author.login for each in item.comments))
        )
        for item in sorted(talked, key=lambda item: -len(item.comments))[:2]
    )
    comments = sum(len(item.comments) for item in made.values())
    return Facts(
        repo="vllm-project/vllm",
        window=Window(SINCE, UNTIL, "Asia/Shanghai"),
        filters=(),
        counts=Counts(
            **{name: len(rows) for name, rows in lists.items()}, comments=comments, participants=comments
        ),
        baseline=None,
        lists=lists,
        releases=(),
        ledgers={
            "amd": Ledger(
                Topic("amd", {"en": "AMD/ROCm", "zh": "AMD/ROCm 生态"}, ("rocm",), ()), (), (), {}, items
            )
        },
        hot=hot,
        contributors=(Contributor(f"author-{numbers[0]}", opened=1),),
        first_time=(),
        files=(),
        timing=Timing(),
        items=made,
        coverage=Coverage(Seen(items, items), Seen(comments, comments)),
    )


def _item(chance: random.Random, number: int, subject: str, figures: list[int]) -> Item:
    is_pull_request = chance.random() < 0.7
    author = Person(f"author-{number}")
    closer = Person(f"maintainer-{number}")
    opened = SINCE + timedelta(minutes=chance.randrange(60))
    events = [Event("opened", opened, author)]
    ended = chance.random() < 0.5
    if ended:
        how: EventName = chance.choice(["merged", "closed_unmerged"]) if is_pull_request else "closed"
        events.append(Event(how, opened + timedelta(minutes=chance.randrange(60, 240)), closer))
    last = events[-1]
    merged = last.name == "merged"
    comments = tuple(
        Comment(
            Person(f"{who}-{number}"),
            opened + timedelta(minutes=place + 1),
            f"Remark {place} on the {subject}.",
        )
        for place, who in enumerate(chance.sample(["reader", "reviewer", "tester"], chance.randrange(3)))
    )
    done = chance.choice(_DONE)
    return Item(
        repo="vllm-project/vllm",
        number=number,
        kind="pull_request" if is_pull_request else "issue",
        title=f"[{'Bugfix' if is_pull_request else 'Bug'}] {done} the {subject}",
        url=f"https://github.com/vllm-project/vllm/{'pull' if is_pull_request else 'issues'}/{number}",
        author=author,
        author_association="CONTRIBUTOR",
        state="merged" if merged else "closed" if ended else "open",
        created_at=opened,
        updated_at=last.at,
        closed_at=last.at if ended else None,
        merged_at=last.at if merged else None,
        merged_by=closer if merged else None,
        body=f"This is about the {subject}.",
        additions=figures[0] if is_pull_request else None,
        deletions=figures[1] if is_pull_request else None,
        changed_files=figures[2] if is_pull_request else None,
        events=tuple(events),
        comments=comments,
        comments_total=len(comments),
        reviews=(Review(closer, last.at, "APPROVED"),) if merged else (),
    )

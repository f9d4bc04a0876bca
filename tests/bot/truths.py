"""A small busy week on the tests' GitHub, and what a mirror that claims to hold a window lacks of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.github import edge, limits, search
from bot import ahead
from tests.bot.histories import truth
from tests.bot.scenes import DAY, HOUR, MINUTE, MORNING, REPO
from tests.servers.github import PullRequest, World

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from adapters.store import Store
    from summarizer.items import Item
    from summarizer.windows import Window
    from tests.servers.github import Repository, Thread

STEP = timedelta(hours=16)


def busy_week(days: int = 6) -> World:
    """Issues and pull requests in turn, one each STEP of the `days` before MORNING, each talked about and some
    closed; a thread of long ago that woke up today; and more releases than a look at the edge shows."""
    world = World()
    repository = world.repository(REPO)
    old = repository.open_issue("RFC", by="ann", at=MORNING - 60 * DAY)
    for index in range(days * DAY // STEP):
        at = MORNING - index * STEP - 2 * HOUR
        if index % 2:
            pull = repository.open_pr(
                f"[ROCm] Change {index}", by="ann", at=at, files=["a.py", f"{index}.py"]
            )
            pull.review(by="bob", at=at + MINUTE, state="APPROVED")
            if index % 3:
                pull.merge(by="bob", at=at + 2 * MINUTE)
        else:
            issue = repository.open_issue(f"Bug {index}", by="cyd", at=at, labels=["bug"])
            issue.comment(by="bob", at=at + MINUTE, body="Seen here too.")
            if index % 3:
                issue.close(by="cyd", at=at + 3 * MINUTE)
    repository.open_pr("Today's", by="eve", at=MORNING - HOUR, files=["b.py"])
    old.comment(by="dan", at=MORNING - 2 * HOUR, body="Still wanted.")
    for number in range(12):
        repository.release(f"v0.{number}", at=MORNING - 5 * DAY + number * 7 * HOUR)
    return world


def shorten_pages(patch: pytest.MonkeyPatch) -> None:
    """Pages so short that a small world needs many of them."""
    patch.setattr(limits, "PAGE", 4)
    patch.setattr(limits, "DETAIL_BATCH", {"issue": 3, "pull_request": 3})
    patch.setattr(edge, "NARROW_PAGE", 3)
    patch.setattr(edge, "SMALLEST_PAGE", 2)
    patch.setattr(search, "SMALLEST_PAGE", 2)
    patch.setattr(ahead, "BATCH", 3)


async def differences(store: Store, repository: Repository, window: Window) -> list[str]:
    """What the mirror tells otherwise than GitHub does of the items and releases of a window; nothing once it is
    complete."""
    since, until = window.since, window.until
    held = {item.number: item for item in await store.mirror.items_between(REPO, since, until)}
    there = {
        number: thread
        for number, thread in repository.threads.items()
        if any(since <= at < until for at in _moments(thread))
    }
    found = [f"#{number} is lacking" for number in there.keys() - held.keys()]
    found += [f"#{number} is not there" for number in held.keys() - there.keys()]
    found += [
        f"#{number} is {told(held[number])}, not {truth(thread)}"
        for number, thread in there.items()
        if number in held and told(held[number]) != truth(thread)
    ]
    tags = {release.tag_name for release in await store.mirror.releases_between(REPO, since, until)}
    published = {
        each.tag_name
        for each in repository.releases
        if each.published_at and since <= each.published_at < until
    }
    return sorted(found + [f"release {tag}" for tag in published ^ tags])


async def ahead_of_data(store: Store, repository: Repository) -> list[int]:
    """The items whose last update lies inside the reach that the mirror claims, and that it does not hold as of it."""
    state = await store.states.load(REPO)
    if state.mirror_from is None or state.synced_until is None:
        return []
    known = {
        each.item.number: each.item for each in await store.mirror.records(REPO, sorted(repository.threads))
    }
    return [
        number
        for number, thread in sorted(repository.threads.items())
        if state.mirror_from <= thread.updated_at < state.synced_until
        and (number not in known or known[number].updated_at != thread.updated_at)
    ]


def told(item: Item) -> tuple[object, ...]:
    """What the mirror tells of an item, in the order of `truth`."""
    return (
        item.title,
        tuple(sorted(item.labels)),
        item.state,
        item.updated_at,
        item.closed_at,
        item.merged_at,
        tuple(comment.url for comment in item.comments),
        len(item.reviews),
        item.files,
    )


def _moments(thread: Thread) -> list[datetime]:
    moments = [thread.created_at, *(event.created_at for event in thread.events)]
    moments += [comment.created_at for comment in thread.comments]
    if isinstance(thread, PullRequest):
        moments += [review.submitted_at for review in thread.reviews]
    return moments

"""Who did it, asked: those who did what is asked about, over all of it, and not over what was read whole alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.ask import SHOWN
from tests.bot.talk import REPO, SHELL, answered, on, talking
from tests.servers.github import World

if TYPE_CHECKING:
    from tests.bot.running import Host

MANY = SHOWN + 5
"""More pull requests than are read whole."""


REVIEWERS = f"by how many each reviewed: `zoe` {MANY}, `max` 3 (2 in all)."
COMMENTERS = f"discussed last week, by how many each did: `ann` {MANY}, `max` 3 (2 in all)."


def reviewed() -> World:
    """Pull requests of last week by ann and bob, which zoe and max review and max or a bot merges, and an issue."""
    world = World()
    repository = world.repository(REPO)
    for number in range(1, MANY + 1):
        pull = repository.open_pr(
            f"Change {number}", by="ann" if number % 4 else "bob", at=on(16), number=number
        )
        pull.review(by="zoe", at=on(17), body="Fine.")
        if number <= 3:
            pull.review(by="max", at=on(17, 10), body="Good.")
            pull.comment(by="max", at=on(17, 11), body="Thanks.")
        pull.comment(by="ann", at=on(17, 12), body="Done.")
        pull.merge(by="max" if number % 2 else "eve", at=on(18))
    return world


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("who reviewed the most PRs last week?", f"Reviewers of the {MANY} PRs reviewed last week, {REVIEWERS}"),
        ("上周谁评审的 PR 最多？", f"上周评审的 {MANY} 个 PR 的评审者：`zoe` {MANY} 个、`max` 3 个（共 2 人）。"),
        ("who merged PRs last week?", f"Who merged the {MANY} PRs merged last week: `max` 18, `eve` 17 (2 in all)."),
        ("上周谁合并了 PR？", f"上周合并的 {MANY} 个 PR 的合并者：`max` 18 个、`eve` 17 个（共 2 人）。"),
        ("who commented on PRs last week?", f"People who commented on the {MANY} PRs {COMMENTERS}"),
        ("who opened PRs last week?", f"Authors of the {MANY} PRs opened last week: `ann` 27, `bob` 8 (2 in all)."),
    ],
)  # fmt: skip
async def test_those_who_did_it_are_counted_over_all_of_it(question: str, says: str, host: Host) -> None:
    async with talking(host, reviewed()) as bot:
        reply = await bot.commands(question, SHELL)

    assert says in answered(reply)


async def test_whose_pull_requests_were_merged_stands_below_who_merged_them(host: Host) -> None:
    async with talking(host, reviewed()) as bot:
        reply = await bot.commands("whose PRs were merged last week?", SHELL)

    assert "Who merged the" in answered(reply)
    assert "| Author of what was merged | Items |" in reply.text
    assert "| `ann` | 27 |" in reply.text

"""A made-up vLLM: the same seed gives the same world, to the byte.

Days have vLLM's shape: issues and pull requests opened, merged, closed and talked about, a few threads with
most of the comments (up to 80), bots in between, and old threads that somebody wakes up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from benchmarks.words import AREAS, body_of, comment_of, title_of
from tests.servers.github import File, Issue, PullRequest, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.servers.github import Repository, Thread

REPO = "vllm-project/vllm"
FIRST_NUMBER = 30_000
MAX_COMMENTS = 80  # on one thread
REVIEWER, TALKER, GREETER = "chatgpt-codex-connector[bot]", "github-actions[bot]", "mergify[bot]"
MEMBERS = tuple(f"maintainer-{number:02}" for number in range(1, 19))
CONTRIBUTORS = tuple(
    f"{word}{number}" for number in range(1, 21) for word in ("lin", "ravi", "mara", "yuki", "tom")
)
NEW, CLOSED_OLD, NEW_AND_CLOSED = 0.55, 0.30, 0.15  # of the new or closed issues
PR_OPENED, PR_MERGED = (
    0.6,
    0.5,
)  # of a day's pull requests; the rest are only talked about, or closed unmerged


def generate_day(
    seed: int,
    day: date,
    *,
    new_or_closed_issues: int = 60,
    prs: int = 110,
    comments: int = 900,
    woken: int = 20,
    background: int = 300,
    zone: str = "UTC",
) -> World:
    """A world whose `day`, midnight to midnight in `zone`, saw that many issues opened or closed, pull
    requests touched and comments written. woken: older issues that are only commented on; background:
    older threads nobody touched."""
    since, until = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    plan = _Plan(since, until, new_or_closed_issues, prs, comments, woken, background)
    return _Builder(Random(f"{seed} {day}"), plan).world()


def generate_week(
    seed: int,
    first_day: date,
    *,
    new_or_closed_issues: int = 420,
    prs: int = 770,
    comments: int = 6_300,
    woken: int = 140,
    background: int = 600,
    zone: str = "UTC",
) -> World:
    """Seven days like that, from `first_day` on; the numbers are the week's."""
    since, until = _midnight(first_day, zone), _midnight(first_day + timedelta(days=7), zone)
    plan = _Plan(since, until, new_or_closed_issues, prs, comments, woken, background)
    return _Builder(Random(f"{seed} {first_day} week"), plan).world()


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Plan:
    since: datetime
    until: datetime
    issues: int
    prs: int
    comments: int
    woken: int
    background: int


class _Builder:
    """Builds one world. Every time is drawn from inside the window or well before it, so nothing happens
    after it."""

    def __init__(self, random: Random, plan: _Plan) -> None:
        self.random, self.plan = random, plan
        self._world = World()
        self.repository: Repository = self._world.repository(REPO)

    def world(self) -> World:
        plan = self.plan
        old = sorted((self._before(), index) for index in range(self._old_count()))
        self.number = FIRST_NUMBER - len(old)
        old_threads = [self._open(at, pull=index % 5 < 3) for at, index in old]
        for thread in old_threads:
            for _ in range(self.random.choices((0, 1, 3), (5, 3, 2))[0]):
                by = self.random.choice(CONTRIBUTORS)
                thread.comment(by=by, at=self._until_then(thread), body=comment_of(self.random))
        self.random.shuffle(old_threads)
        old_issues = [thread for thread in old_threads if isinstance(thread, Issue)]
        old_pulls = [thread for thread in old_threads if isinstance(thread, PullRequest)]
        self.number = FIRST_NUMBER
        threads: list[Thread] = [*self._issues(old_issues), *self._pulls(old_pulls)]
        threads += [old_issues.pop() for _ in range(plan.woken)]
        self._settle([*old_issues, *old_pulls])
        self._talk(threads)
        return self._world

    def _old_count(self) -> int:
        return 2 * (self.plan.issues + self.plan.prs + self.plan.woken) + self.plan.background

    def _issues(self, old: list[Issue]) -> list[Issue]:
        """Issues opened, closed, or both, in the window."""
        total = self.plan.issues
        closed_old, both = round(total * CLOSED_OLD), round(total * NEW_AND_CLOSED)
        issues = [self._open(self._inside(0.8), pull=False) for _ in range(total - closed_old)]
        closing = issues[:both] + [old.pop() for _ in range(closed_old)]
        for issue in closing:
            reason = self.random.choices(("COMPLETED", "NOT_PLANNED", "DUPLICATE"), (7, 2, 1))[0]
            issue.close(
                by=self.random.choice(MEMBERS), at=self._inside(after=issue.created_at), reason=reason
            )
        for issue in issues[:both:4]:  # they still count as new
            issue.reopen(by=self.random.choice(MEMBERS), at=self._inside(after=issue.updated_at))
        return [thread for thread in dict.fromkeys([*issues, *closing]) if isinstance(thread, Issue)]

    def _pulls(self, old: list[PullRequest]) -> list[PullRequest]:
        """Pull requests opened, reviewed, merged or closed in the window."""
        total = self.plan.prs
        opened = [self._open(self._inside(0.8), pull=True) for _ in range(round(total * PR_OPENED))]
        pulls = [thread for thread in opened if isinstance(thread, PullRequest)]
        pulls += [old.pop() for _ in range(total - len(pulls))]
        for pull in pulls:
            for _ in range(self.random.choices((0, 1, 2, 4), (2, 4, 3, 1))[0]):
                state = self.random.choices(("COMMENTED", "APPROVED", "CHANGES_REQUESTED"), (5, 4, 1))[0]
                by = (
                    self.random.choice((*MEMBERS, REVIEWER))
                    if state == "COMMENTED"
                    else self.random.choice(MEMBERS)
                )
                pull.review(
                    by=by,
                    at=self._inside(0.9, after=pull.created_at),
                    state=state,
                    body=comment_of(self.random),
                )
        for pull in self.random.sample(pulls, round(total * PR_MERGED)):
            pull.merge(by=self.random.choice(MEMBERS), at=self._inside(after=pull.updated_at))
        for pull in [pull for pull in pulls if pull.state == "OPEN"][: max(1, total // 14)]:
            pull.close(by=pull.author, at=self._inside(after=pull.updated_at))
        return pulls

    def _settle(self, threads: Sequence[Thread]) -> None:
        """Most old threads that nobody touches were closed or merged before the window began."""
        for thread in threads:
            if self.random.random() < 0.7:
                by, at = self.random.choice(MEMBERS), self._until_then(thread)
                if isinstance(thread, PullRequest) and self.random.random() < 0.9:
                    thread.merge(by=by, at=at)
                else:
                    thread.close(by=by, at=at)

    def _open(self, at: datetime, *, pull: bool) -> Issue | PullRequest:
        random = self.random
        area = random.choice(tuple(AREAS))
        label, paths = AREAS[area]
        self.number += 1
        kind = "pull" if pull else random.choices(("bug", "feature", "usage"), (6, 2, 2))[0]
        title = title_of(random, area, kind)
        labels = [label] if random.random() < 0.6 else []
        touched = at >= self.plan.since
        if not pull:
            dump = ("rocm" if area == "ROCm" else "cuda") if kind == "bug" else None
            return self.repository.open_issue(
                title,
                by=random.choice(CONTRIBUTORS),
                at=at,
                body=body_of(random, dump=dump),
                number=self.number,
                labels=[*labels, {"bug": "bug", "feature": "feature request", "usage": "usage"}[kind]],
                reactions=random.choices((0, 1, 5), (8, 3, 1))[0],
            )
        author = random.choice(MEMBERS + CONTRIBUTORS)
        return self.repository.open_pr(
            title,
            by=author,
            at=at,
            body=body_of(random),
            number=self.number,
            labels=[*labels, "ready"][: 1 + touched],
            association="MEMBER" if author in MEMBERS else "CONTRIBUTOR",
            draft=random.random() < 0.1,
            files=self._files(paths),
            reactions=random.choices((0, 2), (9, 1))[0],
        )

    def _files(self, paths: Sequence[str]) -> list[File]:
        """Usually a handful of paths, now and then a sweep over many."""
        random = self.random
        many = random.choices((1, 3, 8, 40), (4, 5, 2, 0.3))[0]
        everywhere = [path for _, area in AREAS.values() for path in area]
        chosen = {*random.sample(paths, 1), *(random.choice(everywhere) for _ in range(many - 1))}
        chosen |= {f"tests/generated/test_{random.randrange(500)}.py" for _ in range(many // 4)}
        return [File(path, random.randint(1, 180), random.randint(0, 60)) for path in sorted(chosen)]

    def _talk(self, threads: Sequence[Thread]) -> None:
        """Spread the window's comments over `threads`: each woken one is spoken in, few are long, none
        over the limit."""
        random = self.random
        weights = list(accumulate(random.paretovariate(0.9) for _ in threads))
        counts = [1 if thread.updated_at < self.plan.since else 0 for thread in threads]
        left = self.plan.comments - sum(counts)
        while left > 0:
            index = random.choices(range(len(threads)), cum_weights=weights)[0]
            if counts[index] < MAX_COMMENTS:
                counts[index] += 1
                left -= 1
        for thread, count in zip(threads, counts, strict=True):
            circle = [thread.author, *random.sample(CONTRIBUTORS, 3), *random.sample(MEMBERS, 2)]
            for turn in range(count):
                at = self._inside(after=thread.created_at)
                if turn == 0 and isinstance(thread, PullRequest):
                    thread.comment(
                        by=random.choice((GREETER, TALKER)),
                        at=at,
                        body="Checks have started for this change.",
                    )
                else:
                    thread.comment(
                        by=random.choice(circle), at=at, body=comment_of(random), association="NONE"
                    )

    def _inside(self, share: float = 1.0, after: datetime | None = None) -> datetime:
        """An instant in the first `share` of the window, not before `after`."""
        start = max(self.plan.since, after or self.plan.since)
        end = max(start, self.plan.since + share * (self.plan.until - self.plan.since) - timedelta(seconds=1))
        return start + timedelta(seconds=self.random.randint(0, int((end - start).total_seconds())))

    def _until_then(self, thread: Thread) -> datetime:
        """An instant between a thread's last change and the window."""
        left = int((self.plan.since - thread.updated_at).total_seconds())
        return thread.updated_at + timedelta(seconds=self.random.randint(0, max(0, left - 1)))

    def _before(self) -> datetime:
        """An instant up to a quarter of a year before the window."""
        return self.plan.since - timedelta(seconds=self.random.randint(60, 90 * 86_400))

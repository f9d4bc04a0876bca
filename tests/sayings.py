"""Statements about windows made by chance, in both languages, with what makes them true.

What is true is told from how the items were made, without the code that verifies claims.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from summarizer.counting import build_facts
from summarizer.items import Comment, Coverage, Event, EventName, Item, Person, Review, Seen
from summarizer.windows import Window

if TYPE_CHECKING:
    from random import Random

    from summarizer.facts import Facts

SINCE = datetime(2025, 12, 10, tzinfo=UTC)
WINDOW = Window(SINCE, SINCE + timedelta(days=1), "Asia/Shanghai")
LOGINS = (
    "hmellor",
    "rogeryoungh",
    "Isotr0py",
    "gronsti-amd",
    "bigPYJ1151",
    "markmc",
    "mgoin",
    "NickLucche",
    "fadara01",
    "eltorre",
    "youkaichao",
    "dtrifiro",
    "tlrmchlsmth",
    "GaoHuaZhang",
    "vitush93",
    "esmeetu",
    "aditew01",
    "DarkLight1337",
    "WoosukKwon",
)
FATES: dict[str, tuple[EventName, ...]] = {
    "open": (),
    "merged": ("merged",),
    "closed_unmerged": ("closed_unmerged",),
    "closed": ("closed",),
    "reopened": ("reopened",),
}


@dataclass(frozen=True)
class Made:
    """An item and how it was made."""

    item: Item
    fate: str
    author: str
    ender: str
    commenters: tuple[str, ...]
    approver: str
    token: str
    percent: int


@st.composite
def made_items(draw: st.DrawFn) -> dict[int, Made]:
    numbers = draw(st.lists(st.integers(1, 40_000), min_size=4, max_size=30, unique=True))
    chance = draw(st.randoms(use_true_random=False))
    return {number: _made(chance, number, place) for place, number in enumerate(numbers)}


def _made(chance: Random, number: int, place: int) -> Made:
    is_issue = chance.random() < 0.3
    fate = chance.choice(
        ["open", "closed", "reopened"]
        if is_issue
        else ["open", "merged", "merged", "closed_unmerged", "reopened"]
    )
    author, ender, approver, *others = chance.sample(LOGINS, 6)
    commenters = tuple(others[: chance.randrange(4)])
    opened = SINCE + timedelta(minutes=chance.randrange(-2000, 600))
    ended = SINCE + timedelta(minutes=chance.randrange(600, 1400))
    events = [Event("opened", opened, Person(author))]
    if fate == "reopened":
        events.append(
            Event(
                "closed" if is_issue else "closed_unmerged", opened + timedelta(minutes=5), Person(approver)
            )
        )
    events += [Event(name, ended, Person(ender)) for name in FATES[fate]]
    token, percent = f"fn_{place}_{chance.randrange(100, 999)}", chance.randrange(1, 99)
    comments = tuple(
        Comment(Person(login), opened + timedelta(minutes=1), f"A remark by {place}.") for login in commenters
    )
    item = Item(
        repo="vllm-project/vllm",
        number=number,
        kind="issue" if is_issue else "pull_request",
        title=f"Change the {token}",
        url="",
        author=Person(author),
        state="merged" if fate == "merged" else "closed" if fate.startswith("closed") else "open",
        created_at=opened,
        closed_at=ended if fate in ("merged", "closed", "closed_unmerged") else None,
        merged_at=ended if fate == "merged" else None,
        merged_by=Person(ender) if fate == "merged" else None,
        body=f"Calls `{token}` and saves {percent}%.",
        additions=None if is_issue else chance.randrange(1, 2000),
        deletions=None if is_issue else chance.randrange(2000, 4000),
        changed_files=None if is_issue else chance.randrange(1, 90),
        events=tuple(events),
        comments=comments,
        comments_total=len(comments) + chance.choice([0, 0, 7]),
        reviews=(Review(Person(approver), ended, "APPROVED"),) if fate == "merged" else (),
    )
    return Made(item, fate, author, ender, commenters, approver, token, percent)


def facts_of(made: dict[int, Made]) -> Facts:
    items = [each.item for each in made.values()]
    coverage = Coverage(Seen(len(items), len(items)), Seen(0, 0))
    facts = build_facts(repo="vllm-project/vllm", window=WINDOW, items=items, coverage=coverage)
    # items without an event in the window are cited too: a digest may carry them over
    return replace(facts, items={each.number: each for each in items})


# --- statements ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saying:
    """A kind of statement: its wordings with slots, the slots' true values for an item, and what makes them true.

    A slot is named by its type, so that values of one type can change places: n, login, state, and one for each figure.
    """

    wordings: dict[str, tuple[str, ...]]
    values: Callable[[Made], dict[str, str] | None]
    is_true: Callable[[Made, dict[str, str]], bool]


STATES = {
    "en": {
        "merged": "was merged",
        "closed_unmerged": "was closed without merging",
        "closed": "was closed",
        "open": "is still open",
        "reopened": "was reopened",
    },
    "zh": {
        "merged": "已合并",
        "closed_unmerged": "已关闭但未合并",
        "closed": "曾被关闭",
        "open": "仍处于打开状态",
        "reopened": "被重新打开",
    },
}


def _is(made: Made, state: str) -> bool:
    match state:
        case "closed":
            return made.fate in ("closed", "closed_unmerged", "reopened")
        case "open":
            return made.fate in ("open", "reopened")
        case "closed_unmerged":
            return made.item.kind == "pull_request" and made.fate in ("closed_unmerged", "reopened")
        case _:
            return made.fate == state


def _verb(name: str) -> Callable[[Made], dict[str, str] | None]:
    return lambda made: {"login": made.ender} if made.fate == name else None


def ended_at(made: Made) -> str:
    return f"{made.item.events[-1].at.astimezone(WINDOW.zone):%H:%M}"


def kind_word(made: Made) -> str:
    return "PR" if made.item.kind == "pull_request" else "issue"


SAYINGS: dict[str, Saying] = {
    "state": Saying(
        {"en": ("#{n} {state}", "the change in #{n} {state}"), "zh": ("#{n} {state}", "其中 #{n} {state}")},
        lambda made: {"state": made.fate},
        lambda made, said: _is(made, said["state"]),
    ),
    "author": Saying(
        {
            "en": (
                "{login} opened #{n}",
                "#{n} was opened by {login}",
                "#{n} (by {login}) touches the scheduler",
                "{login}'s #{n} needs care",
            ),
            "zh": (
                "#{n} 由 {login} 提出",
                "{login} 提交了 #{n}",
                "{login} 提出的 #{n} 值得关注",
                "#{n} 的作者是 {login}",
            ),
        },
        lambda made: {"login": made.author},
        lambda made, said: said["login"] == made.author,
    ),
    "merger": Saying(
        {
            "en": ("{login} merged #{n}", "#{n} was merged by {login}"),
            "zh": ("{login} 合并了 #{n}", "#{n} 由 {login} 合并"),
        },
        _verb("merged"),
        lambda made, said: made.fate == "merged" and said["login"] == made.ender,
    ),
    "closer": Saying(
        {
            "en": ("{login} closed #{n}", "#{n} was closed by {login}"),
            "zh": ("{login} 关闭了 #{n}", "#{n} 被 {login} 关闭"),
        },
        _verb("closed"),
        lambda made, said: (
            (made.fate.startswith("closed") and said["login"] == made.ender)
            or (made.fate == "reopened" and said["login"] == made.approver)
        ),
    ),
    "reopener": Saying(
        {
            "en": ("{login} reopened #{n}", "#{n} was reopened by {login}"),
            "zh": ("{login} 重新打开了 #{n}", "#{n} 由 {login} 重新打开"),
        },
        _verb("reopened"),
        lambda made, said: made.fate == "reopened" and said["login"] == made.ender,
    ),
    "approver": Saying(
        {
            "en": ("{login} approved #{n}", "#{n} was approved by {login}"),
            "zh": ("{login} 批准了 #{n}", "#{n} 获 {login} 批准"),
        },
        lambda made: {"login": made.approver} if made.fate == "merged" else None,
        lambda made, said: made.fate == "merged" and said["login"] == made.approver,
    ),
    "speaker": Saying(
        {
            "en": ("{login} commented on #{n}", "in #{n} {login} suggested a test"),
            "zh": ("{login} 在 #{n} 中评论", "在 #{n} 中，{login} 建议补充测试"),
        },
        lambda made: {"login": made.commenters[0]} if made.commenters else None,
        lambda made, said: (
            said["login"]
            in (*made.commenters, made.author, *([made.approver] if made.fate == "merged" else []))
        ),
    ),
    "comments": Saying(
        {
            "en": (
                "#{n} has {comments} comments",
                "#{n} drew {comments} comments",
                "there are {comments} comments on #{n}",
            ),
            "zh": ("#{n} 共有 {comments} 条评论", "#{n} 的评论数为 {comments}"),
        },
        lambda made: {"comments": str(made.item.comments_total)} if made.item.comments_total else None,
        lambda made, said: int(said["comments"]) in _comments(made),
    ),
    "additions": Saying(
        {
            "en": ("#{n} adds {additions} lines",),
            "zh": ("#{n} 新增 {additions} 行代码", "#{n} 增加了 {additions} 行"),
        },
        lambda made: {"additions": str(made.item.additions)} if made.item.additions else None,
        lambda made, said: said["additions"] == str(made.item.additions),
    ),
    "deletions": Saying(
        {"en": ("#{n} removes {deletions} lines",), "zh": ("#{n} 删除了 {deletions} 行",)},
        lambda made: {"deletions": str(made.item.deletions)} if made.item.deletions else None,
        lambda made, said: said["deletions"] == str(made.item.deletions),
    ),
    "files": Saying(
        {"en": ("#{n} touches {files} files",), "zh": ("#{n} 涉及 {files} 个文件",)},
        lambda made: {"files": str(made.item.changed_files)} if made.item.changed_files else None,
        lambda made, said: said["files"] == str(made.item.changed_files),
    ),
    "token": Saying(
        {"en": ("#{n} changes `{token}`", "{token} is what #{n} changes"), "zh": ("#{n} 修改了 `{token}`",)},
        lambda made: {"token": made.token},
        lambda made, said: said["token"] == made.token,
    ),
    "percent": Saying(
        {
            "en": ("#{n} saves {percent}%", "according to #{n} the change saves {percent}%"),
            "zh": ("#{n} 节省 {percent}%",),
        },
        lambda made: {"percent": str(made.percent)},
        lambda made, said: said["percent"] == str(made.percent),
    ),
    "time": Saying(
        {"en": ("#{n} was merged at {time}",), "zh": ("#{n} 于 {time} 合并",)},
        lambda made: {"time": ended_at(made)} if made.fate == "merged" else None,
        lambda made, said: made.fate == "merged" and said["time"] == ended_at(made),
    ),
    "two people": Saying(
        {
            "en": (
                "{login} opened #{n}, and {other} merged it",
                "#{n} by {login} was merged by {other}",
                "#{n}, opened by {login}, was merged by {other}",
            ),
            "zh": ("#{n} 由 {login} 提出，由 {other} 合并", "{login} 提交的 #{n} 被 {other} 合并"),
        },
        lambda made: {"login": made.author, "other": made.ender} if made.fate == "merged" else None,
        lambda made, said: (
            made.fate == "merged" and said["login"] == made.author and said["other"] == made.ender
        ),
    ),
    "kind": Saying(
        {"en": ("{kind} #{n} is worth a look",), "zh": ("{kind} #{n} 值得关注",)},
        lambda made: {"kind": kind_word(made)},
        lambda made, said: said["kind"] == kind_word(made),
    ),
}


def _comments(made: Made) -> set[int]:
    total, held = made.item.comments_total or 0, len(made.item.comments)
    inside = sum(1 for comment in made.item.comments if comment.created_at in WINDOW)
    return {total, held or total, inside} if held else {total, 0}


@dataclass(frozen=True)
class Statement:
    saying: str
    wording: str
    number: int
    values: dict[str, str]

    def words(self, lang: str, written: Callable[[str], str]) -> str:
        shown = dict(self.values)
        if "state" in shown:
            shown["state"] = STATES[lang][shown["state"]]
        shown |= {slot: written(shown[slot]) for slot in ("login", "other") if slot in shown}
        return self.wording.format(n=self.number, **shown)

    def is_true(self, made: dict[int, Made]) -> bool:
        return SAYINGS[self.saying].is_true(made[self.number], self.values)

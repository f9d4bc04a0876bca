"""What the tests' model reads out of a prompt: the facts, the items and what it is asked to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shown:
    """An item as the prompt shows it."""

    number: int
    kind: str = ""
    title: str = ""
    author: str = ""
    state: str = ""
    events: list[tuple[str, str]] = field(default_factory=list)  # (event, who)
    commenters: list[str] = field(default_factory=list)
    additions: int | None = None
    deletions: int | None = None
    files: int | None = None
    importance: int | None = None


@dataclass(slots=True)
class Asked:
    """A prompt. faulty: in a repair round, (index, cited numbers, text) of each claim that is sent back.

    question: what somebody asked, where the prompt is about that. topics: the keys that it names.
    """

    section: str
    lang: str
    items: dict[int, Shown]
    hot: dict[int, int]
    faulty: list[tuple[int, list[int], str]]
    question: str = ""
    topics: tuple[str, ...] = ()


def read(text: str) -> Asked:
    """Read the user's message. Lines of strangers start with a bar and are not looked at."""
    head = re.search(r'<(?:task|repair) section="([\w-]+)">', text)
    lang = "zh" if "中文" in text[head.start() if head else 0 :] else "en"
    items = {
        shown.number: shown
        for number, block in re.findall(
            r'^<item number="(\d+)">\n(.*?)^</item>', text, re.DOTALL | re.MULTILINE
        )
        for shown in [_item(int(number), block)]
    }
    hot = {
        int(number): int(n)
        for number, n in re.findall(r"^hot: #(\d+), comments_in_window (\d+)", text, re.MULTILINE)
    }
    faulty = [
        (int(index), [int(number) for number in re.findall(r"\d+", cites)], claim)
        for index, cites, claim in re.findall(r"^(\d+)\. cites \[([\d, ]*)\]: (.*)$", text, re.MULTILINE)
    ]
    asked = re.search(r"^<question>\n(.*?)^</question>", text, re.DOTALL | re.MULTILINE)
    question = re.sub(r"^\| ?", "", asked[1], flags=re.MULTILINE).strip() if asked else ""
    named = re.search(r"^Topics: .*\n((?:[\w-]+ \(.*\)\n)+)", text, re.MULTILINE)
    topics = re.findall(r"^([\w-]+) \(", named[1], re.MULTILINE) if named else []
    return Asked(head[1] if head else "", lang, items, hot, faulty, question, tuple(topics))


def _item(number: int, block: str) -> Shown:
    shown = Shown(number)
    for line in block.splitlines():
        name, _, value = line.partition(": ")
        if name in ("kind", "title", "author", "state"):
            setattr(shown, name, value.removesuffix(" (draft)"))
        elif name == "event":
            event, _, who = value.partition(" ")
            shown.events.append((event, who.partition(" by ")[2]))
        elif name == "size" and (size := re.match(r"\+(\d+) -(\d+) in (\d+) files", value)):
            shown.additions, shown.deletions, shown.files = (int(figure) for figure in size.groups())
        elif name == "assessment" and (points := re.search(r"importance (\d+)", value)):
            shown.importance = int(points[1])
        elif comment := re.match(r"comment by (\S+),", line):
            shown.commenters.append(comment[1])
    return shown

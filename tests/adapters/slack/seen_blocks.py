"""What somebody sees in blocks, and hostile words to put into them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

Block = dict[str, Any]

BITS = [
    "<!channel>", "<@U1>", "<!subteam^S1>", "<#C1|general>", "<https://evil.com|x>", "@everyone", "@here", "#general",
    "[x](https://evil.com)", "![x](https://evil.com/p.png)", "https://evil.com", "www.evil.com", "evil.com",
    "a@evil.com", "setup.py", "torch.compile", "**", "*", "_", "`", "``", "~~", "|", "\\", "#30384", "> ",
    "- ", "# ", "1. ", "---", "&lt;!here&gt;", "&amp;", "<!--", "-->", "<br>", "\n", "\u202e", "\u200b", "补丁", "。",
    "支持", "🚀", "👩‍💻", "שלום",
]  # fmt: skip
hostile = st.lists(st.sampled_from(BITS) | st.text(max_size=6), min_size=1, max_size=7).map("".join)


def walk(value: object) -> Iterator[Block]:
    """Every object in it, from the outside in."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from walk(each)


def texts(value: object) -> list[str]:
    """Every text, in order."""
    return [each["text"] for each in walk(value) if isinstance(each.get("text"), str)]


def links(value: object) -> list[tuple[str, str]]:
    """(text, address) of each link, in order."""
    return [(each["text"], each["url"]) for each in walk(value) if each.get("type") == "link"]


def bare(text: str) -> str:
    """What is left to compare where white space and the marks of code may differ."""
    return re.sub(r"[\s`]+", "", text)


def check_literal(blocks: object, own: str) -> None:
    """Rich text alone, without anything that names a person, a group or a channel, and only links that begin so."""
    for each in walk(blocks):
        assert each.get("type") not in {
            "user",
            "usergroup",
            "broadcast",
            "channel",
            "mrkdwn",
            "markdown",
            "team",
            "emoji",
        }
        if each.get("type") == "link":
            assert each["url"].startswith(own)
        elif each.get("type") == "text" and not each.get("style", {}).get("code"):
            assert not re.search(r"\w://|\w\.(?:com|py|org)\b", each["text"])
        if "text" in each and each.get("type") != "rich_text":
            assert 0 < len(each["text"]) < 3_000

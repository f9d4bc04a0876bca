"""What a reader of messages and views would be pinged by, and what a client would make a link or a table.

Mention tokens are live wherever Slack parses `<...>`: mrkdwn objects, `text`, and markdown blocks
(docs.slack.dev/messaging/formatting-message-text, PostHog/posthog #95054).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.slack.records import JSON

_TOKEN = re.compile(r"<(!(?:channel|here|everyone)\b[^<>]*|!subteam\^[^<>]+|@[UWB][A-Z0-9]+[^<>]*)>")
_REFERENCE = re.compile(r"<((?:https?://|mailto:|tel:|slack://)[^<>|\s]+)(?:\|([^<>]*))?>")
_BARE = re.compile(r"(?<![\w@/.])((?:https?://|www\.)[^\s<>|`\"'）】。，]+)", re.IGNORECASE)
_TOP = (
    "ai|app|at|au|be|biz|br|ca|cc|ch|cloud|cn|co|com|de|dev|edu|es|eu|fr|gg|gov|in|info|io|it|jp|kr|me|md|mil|net|nl|no"
    "|org|page|pl|pm|ps|pt|py|rs|ru|se|sh|site|so|tech|to|tv|uk|us|vc|ws|xyz|zip"
)
_DOMAIN = re.compile(
    rf"(?<![\w@/.\-])((?:[a-z0-9-]+\.)+(?:{_TOP}))(?![\w\-]|\.\w)(/[^\s<>|`]*)?", re.IGNORECASE
)
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_BROADCASTS = ("channel", "here", "everyone")
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody who is called.

    target: an id, or channel, here, everyone. where: the message's channel and ts, or the view's id.
    """

    kind: Literal["user", "broadcast", "usergroup"]
    target: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that can be followed.

    how: element (rich_text, buttons, images), markup (`<url|text>`, `[text](url)`), auto (a bare one that a client
    links).
    """

    url: str
    text: str
    how: Literal["element", "markup", "auto"]
    where: str = ""


def pings_in(text: str, blocks: list[JSON], where: str = "") -> list[Ping]:
    found = list(_pings_in_markup(text, where))
    for kind, value in _parts(blocks):
        if kind in ("mrkdwn", "markdown"):
            found += _pings_in_markup(value["text"], where)
        elif kind == "user":
            found.append(Ping("user", str(value.get("user_id")), where))
        elif kind == "usergroup":
            found.append(Ping("usergroup", str(value.get("usergroup_id")), where))
        elif kind == "broadcast":
            found.append(Ping("broadcast", str(value.get("range")), where))
    return found


def tables_in(blocks: list[JSON]) -> int:
    """How many tables a message holds, those of its Markdown among them."""
    markdown = [block["text"] for block in blocks if block.get("type") == "markdown"]
    written: int = sum(token.type == "table_open" for text in markdown for token in _MARKDOWN.parse(text))
    return written + [block.get("type") for block in blocks].count("table")


def links_in(text: str, blocks: list[JSON], where: str = "") -> list[Link]:
    """What is linked. The text of a message with blocks is only a notification: bare addresses in it are no links."""
    found = list(_links_in_markup(text, where, bare=not blocks))
    for kind, value in _parts(blocks):
        if kind == "mrkdwn":
            found += _links_in_markup(value["text"], where, bare=not value.get("verbatim"))
        elif kind == "markdown":
            found += _links_in_markdown(value["text"], where)
        elif kind in ("link", "button", "image", "date"):
            url = value.get("url") or value.get("image_url")
            if url:
                named = value.get("text") or value.get("alt_text") or value.get("fallback") or url
                found.append(Link(str(url), _plain(named), "element", where))
    return found


def _plain(text: Any) -> str:  # noqa: ANN401 - a string or a text object
    return str(text.get("text", "")) if isinstance(text, dict) else str(text)


def _parts(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - any JSON
    """Everything inside that has a type, with its type."""
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, dict):
        kind = str(value.get("type", ""))
        if kind not in ("mrkdwn", "markdown") or isinstance(value.get("text"), str):
            yield kind, value
        for each in value.values():
            yield from _parts(each)


def _pings_in_markup(text: str, where: str) -> Iterator[Ping]:
    for match in _TOKEN.finditer(text):
        token = match.group(1).partition("|")[0]
        if token.startswith("@"):
            yield Ping("user", token[1:], where)
        elif token.startswith("!subteam^"):
            yield Ping("usergroup", token.removeprefix("!subteam^"), where)
        else:
            yield Ping("broadcast", next(each for each in _BROADCASTS if token.startswith(f"!{each}")), where)


def _links_in_markup(text: str, where: str, *, bare: bool) -> Iterator[Link]:
    for match in _REFERENCE.finditer(text):
        yield Link(match.group(1), match.group(2) or match.group(1), "markup", where)
    if bare:
        yield from _bare(_CODE.sub(" ", re.sub(r"<[^<>]*>", " ", text)), where)


def _bare(text: str, where: str) -> Iterator[Link]:
    rest = text
    for match in _BARE.finditer(text):
        url = match.group(1).rstrip(".,;:!?)]*_~")
        rest = rest.replace(match.group(1), " ")
        yield Link(url if "://" in url else f"http://{url}", url, "auto", where)
    for match in _DOMAIN.finditer(rest):
        yield Link(f"http://{match.group(0)}", match.group(0), "auto", where)


def _links_in_markdown(text: str, where: str) -> Iterator[Link]:
    for block in _MARKDOWN.parse(text):
        label: list[str] = []
        url: str | None = None
        for token in block.children or ():
            if token.type == "link_open":
                url, label = str(token.attrs.get("href", "")), []
                if token.markup == "autolink" and "%7C" in url:
                    url = None  # Slack's own form, below
            elif token.type == "link_close" and url is not None:
                yield Link(url, "".join(label), "markup", where)
                url = None
            elif token.type == "image":
                yield Link(str(token.attrs.get("src", "")), token.content, "markup", where)
            elif url is not None:
                label.append(token.content)
            elif token.type == "text":
                yield from _bare(token.content, where)
    # Slack's own form, which Markdown takes for text: <url|text>
    for match in _REFERENCE.finditer(_CODE.sub(" ", text)):
        if match.group(2) is not None:
            yield Link(match.group(1), match.group(2), "markup", where)

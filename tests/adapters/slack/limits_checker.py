"""What Slack takes, written anew from its documentation, and what a reader of blocks finds in them.

D is docs.slack.dev. Nothing here is shared with the code under test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from adapters.slack.blocks import Message

RICH = {"text", "link", "date"}
"""What a digest needs of rich text; users, groups, channels and broadcasts are mentions (D/reference/block-kit/blocks/
rich-text-block)."""
_TOKEN = re.compile(r"<[^>]*>")
_DATE = re.compile(r"<!date\^\d+\^[^|<>^]*\|[^<>|]*>")


def check_message(message: Message) -> None:
    """D/reference/methods/chat.postMessage, D/reference/block-kit/blocks."""
    blocks = message.blocks
    assert 1 <= len(blocks) <= 50
    assert 0 < len(message.text) <= 4_000  # what chat.update takes
    assert not _TOKEN.search(message.text)
    _check(blocks)
    assert sum(block["type"] == "table" for block in blocks) <= 1  # only_one_table_allowed
    # measured: 13,422 over all blocks, each of which takes 125 (slackapi/bolt-js #2509)
    assert len("".join(texts(blocks))) + 125 * len(blocks) <= 13_422
    assert len("".join(texts(blocks))) <= 11_000


def check_view(view: dict[str, Any]) -> None:
    """D/reference/views."""
    assert view["type"] == "modal"
    assert 1 <= len(view["title"]["text"]) <= 24
    assert 1 <= len(view["close"]["text"]) <= 24
    assert len(view["private_metadata"]) <= 3_000
    assert 1 <= len(view["blocks"]) <= 100
    assert {block["type"] for block in view["blocks"]}.isdisjoint({"table", "markdown", "context_actions"})
    _check(view["blocks"])


def _check(blocks: Sequence[dict[str, Any]]) -> None:
    ids = [block["block_id"] for block in blocks]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(each) <= 255 for each in ids)
    for block in blocks:
        _CHECKS[block["type"]](block)


def _header(block: dict[str, Any]) -> None:
    _plain(block["text"], 150)


def _context(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 10
    for element in block["elements"]:
        if element["type"] == "mrkdwn":
            assert 1 <= len(element["text"]) <= 3_000
            assert not _TOKEN.search(_DATE.sub("", element["text"]))
        else:
            _plain(element, 3_000)


def _actions(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 25
    ids = [element["action_id"] for element in block["elements"]]
    assert len(set(ids)) == len(ids)
    for element in block["elements"]:
        assert len(element["action_id"]) <= 255
        if element["type"] == "static_select":
            _select(element)
            continue
        _plain(element["text"], 75)
        assert 1 <= len(element["value"]) <= 2_000
        assert len(element.get("url", "")) <= 3_000


def _select(element: dict[str, Any]) -> None:
    """D/reference/block-kit/block-elements/select-menu-element, .../composition-objects/option-object."""
    _plain(element["placeholder"], 150)
    assert 1 <= len(element["options"]) <= 100
    for option in element["options"]:
        _plain(option["text"], 75)
        assert 1 <= len(option["value"]) <= 150


def _context_actions(block: dict[str, Any]) -> None:
    assert 1 <= len(block["elements"]) <= 5
    for element in block["elements"]:
        assert element["type"] == "feedback_buttons"
        for name in ("positive_button", "negative_button"):
            _plain(element[name]["text"], 75)
            assert 1 <= len(element[name]["value"]) <= 2_000


def _image(block: dict[str, Any]) -> None:
    assert 1 <= len(block["alt_text"]) <= 2_000
    assert block["slack_file"].keys() == {"id"}


def _rich_text(block: dict[str, Any]) -> None:
    assert block["elements"]
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            assert element["style"] in ("bullet", "ordered")
            assert 0 <= element.get("indent", 0) <= 8
            assert element["elements"]
            sections = element["elements"]
        else:
            assert element["type"] in ("rich_text_section", "rich_text_preformatted")
            sections = [element]
        for section in sections:
            assert section["elements"]
            for each in section["elements"]:
                assert each["type"] in RICH
                assert each.get("text") != ""
                assert each["type"] != "date" or isinstance(each["timestamp"], int)


def _table(block: dict[str, Any]) -> None:
    assert 1 <= len(block["rows"]) <= 100
    assert len(block.get("column_settings", ())) <= 20
    width = len(block["rows"][0])
    for row in block["rows"]:
        assert 1 <= len(row) == width <= 20
        for cell in row:
            assert cell["type"] in ("rich_text", "raw_text")
            assert "".join(texts([cell]))
    assert len("".join(texts([block]))) <= 10_000


def _plain(text: dict[str, Any], most: int) -> None:
    assert text["type"] == "plain_text"
    assert 1 <= len(text["text"]) <= most


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    "header": _header,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "image": _image,
    "rich_text": _rich_text,
    "table": _table,
}


def walk(value: object) -> Iterator[dict[str, Any]]:
    """Every object in it, from the outside in."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from walk(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from walk(each)


def texts(blocks: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What a reader may see: texts, and what stands in for dates and images."""
    for each in walk(list(blocks)):
        for key in ("text", "fallback", "alt_text"):
            if isinstance(each.get(key), str):
                yield each[key]


def links(blocks: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """(what a reader sees, where it leads) of every link in the text; buttons are none."""
    return {(each["text"], each["url"]) for each in walk(list(blocks)) if each.get("type") == "link"}


def sentence(element: dict[str, Any]) -> str:
    """What a reader sees of a piece of rich text, on one line."""
    return "".join(texts([element]))

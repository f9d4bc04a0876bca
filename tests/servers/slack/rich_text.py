"""Whether rich_text blocks and tables are valid, as `blocks` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits
from tests.servers.slack.elements import url

if TYPE_CHECKING:
    from tests.servers.slack.faults_of_blocks import Faults
    from tests.servers.slack.records import JSON

_CONTAINERS = ("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted")
_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # kind: what it needs, what it may have
    "text": (("text",), ("style",)),
    "link": (("url",), ("text", "unsafe", "style")),
    "emoji": (("name",), ("unicode", "style", "skin_tone")),
    "date": (("timestamp", "format"), ("url", "fallback", "style")),
    "user": (("user_id",), ("style",)),
    "usergroup": (("usergroup_id",), ("style",)),
    "channel": (("channel_id",), ("style",)),
    "broadcast": (("range",), ("style",)),
    "color": (("value",), ("style",)),
    "team": (("team_id",), ("style",)),
}
_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
_RANGES = ("here", "channel", "everyone")


def check_block(faults: Faults, block: dict[str, Any], at: str) -> None:
    faults.keys(block, at, "elements")
    if not faults.needs(block, "elements", at) or not faults.array(
        block["elements"], f"{at}/elements", least=1
    ):
        return
    for index, each in enumerate(block["elements"]):
        _container(faults, each, f"{at}/elements/{index}")


def _container(faults: Faults, value: object, at: str) -> None:
    if not faults.object(value, at):
        return
    assert isinstance(value, dict)
    kind = value.get("type")
    if kind not in _CONTAINERS:
        faults.add(f"unsupported type: {kind}", f"{at}/type")
        return
    known = {
        "rich_text_section": (),
        "rich_text_list": ("style", "indent", "offset", "border"),
        "rich_text_quote": ("border",),
        "rich_text_preformatted": ("border", "language"),
    }[kind]
    faults.keys(value, at, "elements", *known)
    if not faults.needs(value, "elements", at):
        return
    # a section and what holds text must not be empty: NousResearch/hermes-agent #59621
    if not faults.array(value["elements"], f"{at}/elements", least=1):
        return
    if kind == "rich_text_list":
        if value.get("style") not in ("bullet", "ordered"):
            faults.add("must be a valid enum value", f"{at}/style")
        if not 0 <= value.get("indent", 0) <= 8:
            faults.add("must be between 0 and 8", f"{at}/indent")
    for index, each in enumerate(value["elements"]):
        here = f"{at}/elements/{index}"
        if kind == "rich_text_list":
            if isinstance(each, dict) and each.get("type") == "rich_text_section":
                _container(faults, each, here)
            else:
                faults.add("must be a rich_text_section", here)
        else:
            _inline(faults, each, here, is_code=kind == "rich_text_preformatted")


def _inline(faults: Faults, value: object, at: str, *, is_code: bool) -> None:
    if not faults.object(value, at):
        return
    assert isinstance(value, dict)
    kind = str(value.get("type"))
    if kind not in _KEYS or (is_code and kind not in ("text", "link")):
        faults.add(f"unsupported type: {kind}", f"{at}/type")
        return
    needed, more = _KEYS[kind]
    faults.keys(value, at, *needed, *more)
    for key in needed:
        if not faults.needs(value, key, at):
            return
    if kind == "date":
        if not isinstance(value["timestamp"], int):
            faults.add("must provide an integer", f"{at}/timestamp")
    elif kind != "link":
        faults.string(value, needed[0], at, least=1, most=limits.TEXT_KEPT)
    if kind == "link":
        url(faults, value, "url", at)
        if "text" in value:  # slack-go/slack #1412: an empty one is an error
            faults.string(value, "text", at, least=1, most=limits.TEXT_KEPT)
    if kind == "broadcast" and value["range"] not in _RANGES:
        faults.add("must be a valid enum value", f"{at}/range")
    style = value.get("style", {})
    if (
        not isinstance(style, dict)
        or not set(style) <= _STYLES
        or not all(isinstance(on, bool) for on in style.values())
    ):
        faults.add("must be a valid style", f"{at}/style")


def check_table(faults: Faults, block: dict[str, Any], at: str) -> None:
    faults.keys(block, at, "rows", "column_settings")
    settings = block.get("column_settings", [])
    if faults.array(settings, f"{at}/column_settings", most=limits.TABLE_COLUMNS):
        for index, each in enumerate(settings):
            here = f"{at}/column_settings/{index}"
            if each is None or not faults.object(each, here):  # a null skips a column
                continue
            faults.keys(each, here, "align", "is_wrapped")
            if each.get("align", "left") not in ("left", "center", "right"):
                faults.add("must be a valid enum value", f"{here}/align")
    if not faults.needs(block, "rows", at):
        return
    if not faults.array(block["rows"], f"{at}/rows", least=1, most=limits.TABLE_ROWS):
        return
    for number, row in enumerate(block["rows"]):
        here = f"{at}/rows/{number}"
        if not faults.array(row, here, least=1, most=limits.TABLE_COLUMNS):
            continue
        for column, cell in enumerate(row):
            _cell(faults, cell, f"{here}/{column}")


def _cell(faults: Faults, cell: object, at: str) -> None:
    if not faults.object(cell, at):
        return
    assert isinstance(cell, dict)
    kind = cell.get("type")
    if kind == "raw_text":
        faults.keys(cell, at, "text")
        if faults.needs(cell, "text", at):
            faults.string(cell, "text", at, least=1, most=limits.TABLE_CHARACTERS)
    elif kind == "rich_text":
        check_block(faults, cell, at)
    else:
        faults.add(f"unsupported type: {kind}", f"{at}/type")


def cell_characters(block: dict[str, Any]) -> int:
    """The characters of a table's cells."""
    rows = block.get("rows")
    return sum(
        _characters(cell)
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, list)
        for cell in row
    )


def _characters(value: object) -> int:
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        if value.get("type") == "link" and "text" not in value:
            own = len(str(value.get("url", "")))
        return own + sum(_characters(each) for each in value.get("elements") or ())
    return 0


def characters(blocks: object) -> int:
    """Every text that a reader sees or may see."""
    if isinstance(blocks, list):
        return sum(characters(each) for each in blocks)
    if not isinstance(blocks, dict):
        return 0
    own = 0
    for key, value in blocks.items():
        if isinstance(value, str):
            own += len(value) if key in ("text", "alt_text") else 0
        else:
            own += characters(value)
    if blocks.get("type") == "link" and "text" not in blocks:
        own += len(str(blocks.get("url", "")))
    return own


def weight(blocks: list[JSON]) -> int:
    """What Slack measures against `limits.ALL_BLOCKS`: the characters, and something for each block around them."""
    return characters(blocks) + limits.CONTAINER * len(blocks)

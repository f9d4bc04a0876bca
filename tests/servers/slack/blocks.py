"""Whether blocks are valid, in Slack's words: each fault with the JSON pointer to its place.

Words as seen in public threads: lengths (grafana/oncall #5121), items (grafana/oncall #210, adobe/spacecat-api-service
#176), Slack files (slackapi/python-slack-sdk #1797), empty texts (NousResearch/hermes-agent #59621).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.servers.slack import limits, rich_text
from tests.servers.slack.elements import check_element, plain, text_object
from tests.servers.slack.faults_of_blocks import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.servers.slack.records import File

MESSAGE, MODAL, HOME = "message", "modal", "home"
_ONLY_IN_MESSAGES = ("markdown", "table", "context_actions")


def faults_of(
    blocks: object, *, surface: str = MESSAGE, files: Mapping[str, File], at: str = "/blocks"
) -> list[str]:
    """What Slack would find wrong with `blocks`, empty where nothing is.

    surface: "message", "modal" or "home". files: the uploads that image blocks may name.
    """
    faults = Faults()
    if not isinstance(blocks, list):
        faults.add("must provide an array", at)
        return faults.found
    most = limits.MESSAGE_BLOCKS if surface == MESSAGE else limits.VIEW_BLOCKS
    faults.items(blocks, at, most=most)
    ids: set[str] = set()
    markdown = 0
    for index, block in enumerate(blocks):
        here = f"{at}/{index}"
        if not isinstance(block, dict):
            faults.add("must provide an object", here)
            continue
        kind = block.get("type")
        check = _CHECKS.get(str(kind))
        if kind is None:
            faults.add("missing required field: type", here)
            continue
        if check is None or (kind in _ONLY_IN_MESSAGES and surface != MESSAGE):
            faults.add(f"unsupported type: {kind}", f"{here}/type")
            continue
        _block_id(faults, block, here, ids)
        check(faults, block, here, files)
        if kind == "markdown" and isinstance(block.get("text"), str):
            markdown += len(block["text"])
    if markdown > limits.MARKDOWN:
        faults.add(f"must be less than {limits.MARKDOWN + 1} characters", f"{at}/markdown")
    cells = sum(rich_text.cell_characters(block) for block in blocks if _is(block, "table"))
    if cells > limits.TABLE_CHARACTERS:
        place = next(index for index, block in enumerate(blocks) if _is(block, "table"))
        faults.add(f"must be less than {limits.TABLE_CHARACTERS + 1} characters", f"{at}/{place}/rows")
    return faults.found


def _is(block: object, kind: str) -> bool:
    return isinstance(block, dict) and block.get("type") == kind


def _block_id(faults: Faults, block: dict[str, Any], at: str, ids: set[str]) -> None:
    if "block_id" not in block:
        return
    faults.string(block, "block_id", at, most=limits.BLOCK_ID)
    if block["block_id"] in ids:
        faults.add(f"`block_id`: {block['block_id']} already exists", f"{at}/block_id")
    ids.add(str(block["block_id"]))


def _header(faults: Faults, block: dict[str, Any], at: str, _files: Mapping[str, File]) -> None:
    faults.keys(block, at, "text")
    if faults.needs(block, "text", at):
        plain(faults, block["text"], f"{at}/text", most=limits.HEADER)


def _section(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    faults.keys(block, at, "text", "fields", "accessory", "expand")
    if "text" not in block and "fields" not in block:
        faults.add("missing required field: text", at)
    if "text" in block:
        text_object(faults, block["text"], f"{at}/text", most=limits.SECTION)
    if "fields" in block and faults.array(block["fields"], f"{at}/fields", least=1, most=limits.FIELDS):
        for index, each in enumerate(block["fields"]):
            text_object(faults, each, f"{at}/fields/{index}", most=limits.FIELD)
    if "accessory" in block:
        check_element(faults, block["accessory"], f"{at}/accessory", files, where="section")


def _context(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    faults.keys(block, at, "elements")
    if not faults.needs(block, "elements", at):
        return
    if faults.array(block["elements"], f"{at}/elements", least=1, most=limits.CONTEXT):
        for index, each in enumerate(block["elements"]):
            here = f"{at}/elements/{index}"
            if isinstance(each, dict) and each.get("type") == "image":
                check_element(faults, each, here, files, where="context")
            else:
                text_object(faults, each, here, most=limits.SECTION)


def _actions(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    faults.keys(block, at, "elements")
    if faults.needs(block, "elements", at) and faults.array(
        block["elements"], f"{at}/elements", least=1, most=limits.ACTIONS
    ):
        _elements(faults, block["elements"], f"{at}/elements", files, "actions")


def _context_actions(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    faults.keys(block, at, "elements")
    if faults.needs(block, "elements", at) and faults.array(
        block["elements"], f"{at}/elements", least=1, most=limits.CONTEXT_ACTIONS
    ):
        _elements(faults, block["elements"], f"{at}/elements", files, "context_actions")


def _elements(faults: Faults, elements: list[Any], at: str, files: Mapping[str, File], where: str) -> None:
    ids: set[str] = set()
    for index, each in enumerate(elements):
        check_element(faults, each, f"{at}/{index}", files, where=where)
        action = each.get("action_id") if isinstance(each, dict) else None
        if isinstance(action, str):
            if action in ids:
                faults.add(f"`action_id`: {action} already exists", f"{at}/{index}/action_id")
            ids.add(action)


def _divider(faults: Faults, block: dict[str, Any], at: str, _files: Mapping[str, File]) -> None:
    faults.keys(block, at)


def _image(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    if "title" in block:
        plain(faults, block["title"], f"{at}/title", most=limits.IMAGE_TITLE)
    check_element(faults, block, at, files, where="block")


def _markdown(faults: Faults, block: dict[str, Any], at: str, _files: Mapping[str, File]) -> None:
    faults.keys(block, at, "text")
    if faults.needs(block, "text", at):
        faults.string(block, "text", at, least=1, most=limits.MARKDOWN)


def _input(faults: Faults, block: dict[str, Any], at: str, files: Mapping[str, File]) -> None:
    faults.keys(block, at, "label", "element", "hint", "optional", "dispatch_action")
    if faults.needs(block, "label", at):
        plain(faults, block["label"], f"{at}/label", most=limits.LABEL)
    if "hint" in block:
        plain(faults, block["hint"], f"{at}/hint", most=limits.HINT)
    if faults.needs(block, "element", at):
        check_element(faults, block["element"], f"{at}/element", files, where="input")


def _rich_text(faults: Faults, block: dict[str, Any], at: str, _files: Mapping[str, File]) -> None:
    rich_text.check_block(faults, block, at)


def _table(faults: Faults, block: dict[str, Any], at: str, _files: Mapping[str, File]) -> None:
    rich_text.check_table(faults, block, at)


_CHECKS: dict[str, Callable[[Faults, dict[str, Any], str, Mapping[str, File]], None]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "context_actions": _context_actions,
    "divider": _divider,
    "image": _image,
    "markdown": _markdown,
    "input": _input,
    "rich_text": _rich_text,
    "table": _table,
}

"""Blocks: Slack's blocks as HTML."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt

from benchmarks.pictures import rich
from benchmarks.pictures.tokens import mrkdwn
from benchmarks.pictures.unknown import UnknownPartError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from benchmarks.pictures.tokens import Reader

    Block = Mapping[str, Any]
    Files = Mapping[str, bytes]

_OPTIONAL: Final = {"en": "(optional)", "zh": "（可选）"}
_MARKDOWN: Final = (
    MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
)


def drawn(blocks: Iterable[Block], reader: Reader, files: Files) -> str:
    """The blocks, one below the other. files: what image blocks name, as PNG by its id in Slack.

    Raises UnknownPartError for what this module cannot draw, so that no picture lacks something.
    """
    return "".join(
        f'<div class="block {escape(each["type"])}">{_block(each, reader, files)}</div>' for each in blocks
    )


def _block(block: Block, reader: Reader, files: Files) -> str:
    kind = block["type"]
    if kind not in _DRAWN:
        raise UnknownPartError(kind)
    return _DRAWN[kind](block, reader, files)


def text_object(text: Block, reader: Reader) -> str:
    """A `plain_text` or `mrkdwn` object."""
    if text["type"] == "mrkdwn":
        return mrkdwn(text["text"], reader)
    if text["type"] == "plain_text":
        return escape(text["text"]).replace("\n", "<br>")
    raise UnknownPartError(text["type"])


def _header(block: Block, reader: Reader, _files: Files) -> str:
    return text_object(block["text"], reader)


def _context(block: Block, reader: Reader, _files: Files) -> str:
    return "".join(f"<span>{text_object(each, reader)}</span>" for each in block["elements"])


def _section(block: Block, reader: Reader, _files: Files) -> str:
    beside = _element(block["accessory"], reader) if "accessory" in block else ""
    return f"<div>{text_object(block['text'], reader)}</div>{beside}"


def _divider(_block: Block, _reader: Reader, _files: Files) -> str:
    return "<hr>"


def _image(block: Block, _reader: Reader, files: Files) -> str:
    data = b64encode(files[block["slack_file"]["id"]]).decode()
    return f'<img alt="{escape(block["alt_text"])}" src="data:image/png;base64,{data}">'


def _actions(block: Block, reader: Reader, _files: Files) -> str:
    return "".join(_element(each, reader) for each in block["elements"])


def _input(block: Block, reader: Reader, _files: Files) -> str:
    label = text_object(block["label"], reader)
    optional = f' <span class="optional">{_OPTIONAL[reader.lang]}</span>' if block.get("optional") else ""
    hint = f'<div class="hint">{text_object(block["hint"], reader)}</div>' if "hint" in block else ""
    return f'<div class="label">{label}{optional}</div>{_element(block["element"], reader)}{hint}'


def _markdown(block: Block, _reader: Reader, _files: Files) -> str:
    return str(_MARKDOWN.render(block["text"]))


def _element(element: Block, reader: Reader) -> str:
    kind = element["type"]
    if kind == "button":
        style = escape(element.get("style", "default"))
        return f'<span class="button {style}">{text_object(element["text"], reader)}</span>'
    if kind == "feedback_buttons":
        return "".join(
            f'<span class="thumb">{thumb} {text_object(element[name]["text"], reader)}</span>'
            for thumb, name in (("👍", "positive_button"), ("👎", "negative_button"))
        )
    if kind in _MENUS:
        chosen = element.get("initial_options") or [element.get("initial_option")]
        told = [each["text"] for each in chosen if each] or [element.get("placeholder")]
        shown = ", ".join(text_object(each, reader) for each in told if each)
        shown = escape(element.get("initial_conversation") or element.get("initial_time") or "") or shown
        return f'<div class="field select"><span>{shown}</span><span>⌄</span></div>'
    if kind == "checkboxes":
        ticked = element.get("initial_options", ())
        return "".join(
            f"<div>{'☑' if each in ticked else '☐'} {text_object(each['text'], reader)}</div>"
            for each in element["options"]
        )
    if kind == "plain_text_input":
        begins = escape(element.get("initial_value", ""))
        return f'<div class="field{" tall" if element.get("multiline") else ""}">{begins}</div>'
    raise UnknownPartError(kind)


_MENUS: Final = ("static_select", "multi_static_select", "conversations_select", "timepicker")


_DRAWN: Final[Mapping[str, Callable[[Block, Reader, Files], str]]] = {
    "header": _header,
    "context": _context,
    "section": _section,
    "divider": _divider,
    "image": _image,
    "actions": _actions,
    "context_actions": _actions,
    "input": _input,
    "markdown": _markdown,
    "rich_text": lambda block, reader, _files: rich.rich_text(block, reader),
    "table": lambda block, reader, _files: rich.table(block, reader),
}

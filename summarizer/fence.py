"""The fence around GitHub's text in a prompt: it cannot end its fence, give orders unseen, or fill the page.

Every line of it starts with `| `, tags and chat-template tokens lose their angle bracket, and what a reader
on GitHub would not see (comments in HTML, invisible characters) is left out.
"""

from __future__ import annotations

import re
from typing import Final

from summarizer.topics.dumps import strip_dumps
from summarizer.untrusted import is_unseen, neutralize

BRACKET: Final = "‹"
"""What stands for a `<` that could begin a tag."""

_HTML_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPENING: Final = re.compile(r"<(?=\s*[/!?|｜a-zA-Z])")
"""What may begin a tag of ours, or a token like `<|im_start|>` or `<｜User｜>` that servers obey in data."""
_INST: Final = re.compile(r"\[(/?(?:INST|SYS\w*|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS))\]")
"""Mistral's and Llama's control tokens."""
_CODE: Final = re.compile(r"^(```+|~~~+)[^\n]*\n(.*?)(?:^\1[^\n]*$|\Z)", re.DOTALL | re.MULTILINE)
_TELLING: Final = re.compile(
    r"^\s*(?:\[pip3\]\s*(?:torch|vllm|transformers)==|(?:OS|PyTorch version|CUDA runtime version"
    r"|ROCM used to build[^:]*|GPU models[^:]*|GPU \d+|vLLM Version|Python version)\s*[:=-])",
    re.IGNORECASE,
)
"""The lines of an environment dump that a reader asks for: the rest is lists of packages and CPU flags."""
_ENVIRONMENT_LINES: Final = 6
_CODE_HEAD, _CODE_TAIL = 8, 6
"""Lines kept of a long block: how it was called, and the error it ended with."""
_LINE_CHARS: Final = 400
_READ_AT_MOST: Final = 8
"""Times the limit that is read of a text without its dumps: bodies of megabytes exist."""
_PLAIN: Final = re.compile(r"[\n\t -~]*")
_WIDE: Final = re.compile("[\u2e80-\ud7ff\uf900-\uffef]")


def fenced(text: str, limit: int) -> str:
    """Untrusted lines as data: neutralised, shrunk to about `limit` characters, each line after `| `."""
    return "\n".join(f"| {line}".rstrip() for line in trimmed(text, limit).splitlines())


def inline(text: str, limit: int = 200) -> str:
    """Untrusted text as one neutralised line of at most `limit` characters: a title, a label, a path."""
    line = neutralize(neutral(text))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def neutral(text: str) -> str:
    """`text` without what acts on a model instead of telling it something. Idempotent."""
    text = _HTML_COMMENT.sub("", text)
    if not _PLAIN.fullmatch(text):
        text = "".join(char for char in text if char in "\n\t" or not is_unseen(char))
    return _INST.sub(r"(\1)", _OPENING.sub(BRACKET, text))


def trimmed(text: str, limit: int) -> str:
    """`text` neutralised, its environment dumps and long blocks shrunk, cut near `limit` characters."""
    text = text.replace("\r\n", "\n")
    text = _without_dumps(text)[: _READ_AT_MOST * limit]
    text = _CODE.sub(lambda match: _block(match[2]), text)
    lines: list[str] = []
    left = limit
    for line in neutral(text).splitlines():
        line = line.rstrip()
        if not line.strip() and (not lines or not lines[-1].strip()):
            continue
        if left <= 0:
            lines.append("[…]")
            break
        kept = line[: min(_LINE_CHARS, left)]
        lines.append(kept if kept == line else kept + "…")
        left -= len(kept) + 1
    return "\n".join(lines).strip()


def _without_dumps(text: str) -> str:
    """`text` with its environment dumps reduced to their telling lines, at its start."""
    rest = strip_dumps(text)
    kept = set(rest.splitlines())
    telling = [line for line in text.splitlines() if _TELLING.match(line) and line not in kept]
    if not telling:
        return rest
    return "\n".join(["[environment, shortened]", *telling[:_ENVIRONMENT_LINES], "", rest])


def _block(code: str) -> str:
    """A code block without its marks, a long one shrunk."""
    lines = code.splitlines()
    left_out = len(lines) - _CODE_HEAD - _CODE_TAIL
    if left_out <= 1:
        return code
    return "\n".join([*lines[:_CODE_HEAD], f"[… {left_out} lines …]", *lines[-_CODE_TAIL:], ""])


def tokens(text: str) -> int:
    """About how many tokens `text` costs, rather too many than too few: a count needs a model's vocabulary.

    A Chinese, Japanese or Korean character is taken as one token, any other text as 3.3 UTF-8 bytes a token.
    """
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    narrow = len(text.encode("utf-8", "replace")) - 3 * wide
    return wide + int(narrow / 3.3) + 1

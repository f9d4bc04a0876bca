"""The fence around GitHub's text in a prompt: it cannot end its fence, give orders, or fill the page.

Every line of it starts with `| `, tags and chat-template tokens lose their angle bracket however it is written, what a
reader on GitHub would not see (comments in HTML, invisible characters) is left out, and so is what is addressed to a
model (`injection`). Environment dumps and logs shrink to their telling lines.
"""

from __future__ import annotations

import re
from typing import Final

from summarizer.injection import split, tainted, without_comments, without_tainted
from summarizer.topics.dumps import strip_dumps
from summarizer.untrusted import neutralize, visible

BRACKET: Final = "‹"
"""What stands for a `<` that could begin a tag."""

LEFT_OUT: Final = "[a paragraph addressed to language models, left out]"
LEFT_OUT_LINE: Final = "[text addressed to language models, left out]"
"""What stands in a prompt for tainted text: of a body or comment, of a title, a label, a path, a login."""

_HTML_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_OPENING: Final = re.compile(
    r"(?:<|＜|﹤|&(?:amp;){0,3}(?:lt|LT|#0{0,6}60|#[xX]0{0,6}3[cC]);?)(?=\s*[^\s\d=<\-.,;:$()\]'\"])"
)
"""What may begin a tag of ours, or a token like `<|im_start|>` or `<｜User｜>` that servers obey in data: an angle
bracket before anything but a figure or a sign, since tokenizers that fold characters make Latin letters of many."""
_INST: Final = re.compile(r"\[(/?(?:INST|SYS\w*|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS))\]")
"""Mistral's and Llama's control tokens."""
_TELLING: Final = re.compile(
    r"^\s*(?:\[pip3\]\s*(?:torch|vllm|transformers)==|(?:OS|PyTorch version|CUDA runtime version"
    r"|ROCM used to build[^:]*|GPU models[^:]*|GPU \d+|vLLM Version|Python version)\s*[:=-])",
    re.IGNORECASE,
)
"""The lines of an environment dump that a reader asks for: the rest is lists of packages and CPU flags."""
_ENVIRONMENT_LINES: Final = 8
_HEAD, _TAIL = 6, 6
"""Lines kept of a long block: how it was called, and what it ended with."""
_RAISED: Final = re.compile(
    r"^[\s|>]*(?:\([^)]{1,60}\)\s*)?(?:(?:ERROR|CRITICAL)\b[^]]{0,60}\]\s*)?(?:E\s{1,8})?(?:\w{1,40}\.){0,6}"
    r"\w{0,40}(?:Error|Exception|Interrupt|Killed|Fault|Abort(?:ed)?)\b(?!\s*\()[:\s]?"
    r"|Segmentation fault|core dumped|illegal memory access|out of memory|^FAILED\b|^ERROR\b\s+\S+::"
)
"""The line of a traceback, of pytest or of a driver that says what went wrong."""
_RAISED_BEFORE: Final = 3
"""Lines shown above it: where it was raised."""
_RAISED_MOST: Final = 4
_LOG_LINE: Final = re.compile(
    r"\s*(?:E\s{2}|>\s{2}|File \"|Traceback|\d{4}-\d\d-\d\d|\[?\d\d:\d\d:\d\d|\[?(?:INFO|WARNING|WARN|ERROR"
    r"|DEBUG|CRITICAL)\b"
    r"|\([\w-]{1,30}[^)]{0,20}pid=|\[rank\d|={4}|_{4}|\w[\w/.-]{1,120}\.(?:py|cpp|cu|h|so)(?::\d"
    r"|\b.*(?:PASSED|FAILED|%\]))|\s{3}\S|#\d{1,3}\s{1,2}0x|\w{1,40}Error\b)"
)
_LOG_LINES: Final = 20
_LOG_GAP: Final = 3
"""Lines that are no log's may stand between those that are, in one log pasted without a code block's marks."""
_LINE_CHARS: Final = 400
_READ_AT_MOST: Final = 40
"""Times the limit that is read of a text without its dumps: bodies of megabytes exist."""
_WIDE: Final = re.compile("[\u2e80-\ud7ff\uf900-\uffef]")


def fenced(text: str, limit: int) -> str:
    """Untrusted lines as data: neutralised, shrunk to about `limit` characters, each line after `| `."""
    return "\n".join(f"| {line}".rstrip() for line in trimmed(text, limit).splitlines())


def inline(text: str, limit: int = 200) -> str:
    """Untrusted text as one neutralised line of at most `limit` characters: a title, a label, a path."""
    line = LEFT_OUT_LINE if tainted(text) else neutralize(neutral(text))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def neutral(text: str) -> str:
    """`text` without what acts on a model instead of telling it something. Idempotent."""
    text = visible(_HTML_COMMENT.sub("", text))
    return _INST.sub(r"(\1)", _OPENING.sub(BRACKET, text))


def trimmed(text: str, limit: int) -> str:
    """`text` neutralised, without tainted paragraphs, dumps and long blocks shrunk, cut near `limit` characters."""
    text = without_comments(text.replace("\r\n", "\n"))
    text = without_tainted(text, f"{LEFT_OUT}\n")
    text = _without_dumps(text)[: _READ_AT_MOST * limit]
    lines: list[str] = []
    left = limit
    for line in neutral(_shrunk(text)).splitlines():
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


def _shrunk(text: str) -> str:
    """`text` with the marks of its code blocks gone, and long blocks and logs reduced to their telling lines."""
    parts: list[str] = []
    prose: list[str] = []

    def end_prose() -> None:
        parts.extend(_without_logs(prose))
        prose.clear()

    done = 0
    for part in split(text):
        if part.is_code:
            end_prose()
            block = text[part.start : part.end].splitlines()[1:]
            if block and block[-1].lstrip(" \t>").startswith(("```", "~~~")):
                block.pop()
            parts += ["", *_telling(block), ""]
        else:
            prose += [*[""] * (done < part.start), *text[part.start : part.end].splitlines()]
        done = part.end
    end_prose()
    return "\n".join(parts)


def _without_logs(lines: list[str]) -> list[str]:
    """Prose lines, with each long run of what a program printed reduced to its telling lines."""
    kept: list[str] = []
    run: list[str] = []
    last = 0  # how much of the run is known to be a log
    for line in [*lines, *["."] * (_LOG_GAP + 1)]:
        if _LOG_LINE.match(line):
            run.append(line)
            last = len(run)
        elif run and len(run) - last < _LOG_GAP:
            run.append(line)
        elif run:
            kept += [*(_telling(run[:last]) if last > _LOG_LINES else run[:last]), *run[last:], line]
            run, last = [], 0
        else:
            kept.append(line)
    return kept[: -(_LOG_GAP + 1)] if not run else [*kept, *run]


def _telling(lines: list[str]) -> list[str]:
    """A block's head, the lines that tell what was raised and where, and its end; all of a short one."""
    if len(lines) - _HEAD - _TAIL <= 1:
        return lines
    raised = [place for place, line in enumerate(lines) if _RAISED.search(line[:_LINE_CHARS])]
    told = {*range(_HEAD), *range(len(lines) - _TAIL, len(lines))}
    for place in {*raised[:1], *raised[-_RAISED_MOST:]}:
        told.update(range(max(0, place - _RAISED_BEFORE), place + 1))
    kept: list[str] = []
    last = -1
    for place in sorted(told):
        if place - last == 2:
            kept.append(lines[place - 1])
        elif place - last > 2:
            kept.append(f"[… {place - last - 1} lines …]")
        kept.append(lines[place])
        last = place
    return kept


def tokens(text: str) -> int:
    """About how many tokens `text` costs, rather too many than too few: a count needs a model's vocabulary.

    A Chinese, Japanese or Korean character is taken as one token, any other text as 3.3 UTF-8 bytes a token.
    """
    wide = 0 if text.isascii() else len(_WIDE.findall(text))
    narrow = len(text.encode("utf-8", "replace")) - 3 * wide
    return wide + int(narrow / 3.3) + 1

"""Environment dumps in issue bodies: what `collect_env`, `lscpu` and `pip list` print, which names hardware
that an issue is not about.

`collect_env` is PyTorch's torch/utils/collect_env.py and the script of the same name that vLLM's bug form
asks for; both print a `ROCM used to build PyTorch` line on every machine.
"""

from __future__ import annotations

import re

GAP = "\n\n"
"""What stands where a dump stood, so that no expression finds words that were apart."""

_INDENT = " \t>"

# All of these look at a line without its indent and quotation marks.
_FENCE = re.compile(r"(`{3,}|~{3,})")
_END = re.compile(r"#{1,6}\s|</details>", re.IGNORECASE)

_STRONG = re.compile(
    r"""(?:\#\s*)?(?:
        collecting\ environment\ information | pytorch\ version\s*: | is\ debug\ build\s*:
      | is\ (?:cuda|xnnpack)\ available\s*: | (?:cuda|rocm|xpu)\ used\ to\ build\ pytorch\s*:
      | versions\ of\ relevant\ libraries | vllm\ build\ flags | authenticamd | vendor\ id\s*:\s*\w
      | \[(?:pip|conda)\d?\]\s | (?:system|pytorch|cpu|vllm|cuda\ /\ gpu)\ info\s*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_WEAK = re.compile(
    r"""(?:
        architecture | cpu\ op-mode | cpu\ family | cpu\(s\) | model\ name | flags | numa\ node\d*
      | l[123][di]?\ cache | vulnerability | (?:core|thread)\(s\)\ per | socket\(s\) | byte\ order | bogomips
      | stepping | (?:hip|miopen)\ runtime | nvidia\ driver | rocm\ version | neuron\ sdk | gpu\ topology
      | ld_library_path | (?:libc|clang|cmake)\ version | python\ platform
    )[^:=]{0,24}[:=]
    | [\w.-]+==[\w.+!-]+\s*$
    | [\w.-]+\s{2,}\d+\.[\w.+-]+\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_WEAK_LINES = 3

# What in a dump says whose hardware the report is about: a build for AMD's, which elsewhere is N/A, and the GPUs.
_TELLING = re.compile(
    r"""(?:\#\s*)?(?:
        (?:rocm\ used\ to\ build\ pytorch | hip\ runtime\ version)\s*:\s*\d
      | gpu\ models\ and\ configuration\s*:.*(?:\bamd\b | radeon | \bgfx\d)
    )""",
    re.IGNORECASE | re.VERBOSE,
)

# Lines of a dump that were pasted into prose, and a host's processors: a literal, and what it begins.
_PHRASES = {
    "rocm used to build pytorch": r"rocm used to build pytorch[\s:]*(?![\s:\d])[\w./+-]*",
    "rocm version": r"rocm version\s*:\s*(?![\s\d])(?:could not collect|n/a|[\w.+-]*)",
    "rocm: ": r"rocm: (?:disabled|enabled)",
    "hip runtime version": r"hip runtime version[\s:]*(?![\s:\d])[\w./+-]*",
    "authenticamd": r"authenticamd",
    "amd epyc": r"amd epyc(?:(?:\(tm\)|[ -]+(?:\d\w*|cpus?|hosts?|processors?|\d+-core))+)?",
    "amd_": r"amd_[a-z0-9_]+",
}
_IN_LOWER_CASE = {literal: re.compile(pattern) for literal, pattern in _PHRASES.items()}
_IN_ANY_CASE = {literal: re.compile(pattern, re.IGNORECASE) for literal, pattern in _PHRASES.items()}
_COMMENT_OPEN, _COMMENT_CLOSE = "<!--", "-->"


def strip_dumps(body: str) -> str:
    """`body` without environment dumps, pasted lines of them, and HTML comments; linear in its length.

    Of a dump that tells of a build for ROCm, or of AMD's GPUs, the lines that say so stay.
    """
    kept: list[str] = []
    block: list[str] = []  # a fenced block, held until it is known to be no dump
    fence = ""
    in_dump = False
    for line in _without_comments(body).splitlines():
        bare = line.lstrip(_INDENT)
        mark = _FENCE.match(bare)
        if fence:
            block.append(line)
            if mark and mark[1].startswith(fence) and not bare[mark.end() :].strip():
                kept.extend([GAP, *_telling(block)] if _is_dump(block) else block)
                block, fence = [], ""
        elif mark:
            block, fence, in_dump = [line], mark[1], False
        elif in_dump:
            in_dump = _END.match(bare) is None
            kept.extend(_telling([line]) if in_dump else ())
        elif _STRONG.match(bare):
            in_dump = True
            kept.extend([GAP, *_telling([line])])
        else:
            kept.append(line)
    kept.extend(_telling(block) if _is_dump(block) else block)
    text = "\n".join(kept)
    return _without_phrases(text, text.lower(), _IN_ANY_CASE)


def strip_phrases(lowered: str) -> str:
    """A body in lower case without what every dump holds: quicker than `strip_dumps`, and keeps more."""
    return _without_phrases(lowered, lowered, _IN_LOWER_CASE)


def _without_phrases(text: str, lowered: str, phrases: dict[str, re.Pattern[str]]) -> str:
    for literal, pattern in phrases.items():
        if literal in lowered:
            text = pattern.sub(GAP, text)
    return text


def _telling(lines: list[str]) -> list[str]:
    """What stays of a dump's lines."""
    return [line for line in lines if _TELLING.match(line.lstrip(_INDENT))]


def _is_dump(lines: list[str]) -> bool:
    weak = 0
    for line in lines:
        bare = line.lstrip(_INDENT)
        if _STRONG.match(bare):
            return True
        weak += _WEAK.match(bare) is not None
        if weak >= _WEAK_LINES:
            return True
    return False


def _without_comments(body: str) -> str:
    parts = []
    at = 0
    while (start := body.find(_COMMENT_OPEN, at)) >= 0:
        end = body.find(_COMMENT_CLOSE, start)
        parts.append(body[at:start])
        if end < 0:
            return "".join(parts)
        at = end + len(_COMMENT_CLOSE)
    parts.append(body[at:])
    return "".join(parts)

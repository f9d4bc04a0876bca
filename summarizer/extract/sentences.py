"""Telling sentences: what somebody's text says, picked by rule. English and Chinese; pure, deterministic.

Skipped: templates, check lists, HTML comments, environment dumps, code, logs, tables, quotations and links, and what is
addressed to a model instead of to people.
Preferred: a cause, a decision, a measurement, a proposal; a named identifier; an early place in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from summarizer.injection import is_tainted, tainted_together, without_comments, without_tainted
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Sequence

_BLOCKS = re.compile(
    r"<!--.*?(?:-->|\Z)|<details\b.*?(?:</details>|\Z)|^ {0,3}(```+|~~~+).*?(?:^ {0,3}\1|\Z)"
    r"|<(script|style)\b.*?(?:</\2>|\Z)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_LINE_NOISE = re.compile(
    r"""
      \s*(?:[-*+]\s*)?\[[ xX]\]                               # check lists
    | \s*>                                                    # quotations
    | \s*\|.*\|                                               # tables
    | \s*[-=_*]{3,}\s*$                                       # rules
    | \s*(?:\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|\(?\w+\s+pid=|Traceback\b|File\s")                       # logs
    | \s*\[?(?:INFO|WARNING|WARN|ERROR|DEBUG)\b
    | \s*[A-Z][\w ./()-]{2,40}\s*:\s*(?:N/A|True|False|Could\ not\ collect|v?\d[\w.+-]*)\s*$  # environments
    | \s*(?:fix(?:e[sd])?|close[sd]?|resolve[sd]?|related(?:\ to)?|part\ of|see)\s*:?\s*\#\d+[\s.]*$
    | \s*(?:signed-off-by|co-authored-by|cc|/\w+)\b
    | \s*\$\s                                                 # shell
    | \s*!?\[[^\]]*\]\([^)]*\)\s*$                            # a link or a picture and nothing else
    | \s*https?://\S+\s*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)|\s*\*\*([^*]{2,60})\*\*:?\s*$")
_SKIPPED_PARTS = re.compile(
    r"environment|before submitting|checklist|essential elements|test plan|test commands?|how to|reproduc"
    r"|collect_env|additional context|any other things|cc list|feedback|documentation update|环境|复现",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,500}\)")
_LINK = re.compile(r"\[([^\]]{0,300})\]\([^)]{0,500}\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ADDRESS = re.compile(r"<?\bhttps?://[^\s<>]+>?")
_EMPHASIS = re.compile(
    r"\*\*|(?<![A-Za-z0-9])__?(?=\S)|(?<=\S)__?(?![A-Za-z0-9])|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|~~"
)
_MARKER = re.compile(r"\s*(?:[-*+•]|\d{1,2}[.)])\s+")
_SPLIT = re.compile(
    r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)(?<!vs\.)(?<!etc\.)(?<!cf\.)\s+(?=[\"'`(\[#A-Z0-9])|(?<=[。！？；])"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_READ, _MOST_SENTENCES = 8_000, 30  # of a text: what it is about stands early
_CODE = re.compile(r"(`+)[^`]*\1")

# searched in lower case, which is twice as fast as ignoring case
_WORDS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (weight, re.compile("|".join(patterns)))
    for weight, patterns in (
        (  # causes
            3.0,
            (
                r"\bbecause\b|\bby mistake\b|, so (?:the|it|that)\b|\broot cause|\bcaused? by|\bdue to",
                r"\bthe (?:reason|problem|issue) is|\bturns out|\bregress|因为|由于|导致|根因|原因|根源|回归",
            ),
        ),
        (  # decisions, and what settles a thread
            3.0,
            (
                r"\bagreed?\b|\bdecided?|\bwill (?:merge|revert|close|land)|\bshould (?:not )?block",
                r"\bconfirmed?\b|\bsolves?\b|\bfixed (?:by|in)\b|\bworkaround|\binstead of\b|\bno longer\b",
                r"\bnot (?:a|an|the) (?:fault|bug|problem)|同意|决定|确认|解决|修复|不再|改为",
                r"不是.{0,12}(?:问题|缺陷)",
            ),
        ),
        (  # measurements
            2.5,
            (
                r"\d(?:\.\d+)?\s*(?:%|x\b|×|倍|[mµu]?s\b|tok(?:ens)?/s|req/s|[gm]i?b\b)",
                r"\bttft\b|\btpot\b|\bthroughput|\blatency|吞吐|延迟",
            ),
        ),
        (  # what a change or proposal does
            2.0,
            (
                r"\b(?:propos|add|fix|remov|support|extend|enabl|replac|generat|updat)(?:es|e|s|ing)?\b|\bcomput",
                r"\b(?:introduc|implement|mak|set)(?:es|e|s|ing)\b|建议|提出|新增|支持|移除",
            ),
        ),
        (  # what goes wrong
            2.0,
            (
                r"\bbreak(?:s|ing)?\b|\b(?:in)?compatib|\bcrash|\bhangs?\b|\bwrong|\bfail|\bgarbled",
                r"\bconcern|\brisk|\bdeadlock|\billegal|兼容|崩溃|卡死|错误|失败|担心|风险|破坏",
            ),
        ),
    )
)
_CHATTER = re.compile(
    r"^(?:(?:thanks?|thank you)\b[^,;:]*$|lgtm|hi\b|hello|hey\b|sure\b|ok\b|nice\b|great\b|\+1|@"
    r"|(?:gentle )?ping\b"
    r"|any (?:update|news)|cc\b|sorry|please (?:review|take a look|help)|could you|can you|i have the same"
    r"|same here|bump\b)|谢谢|感谢|你好|您好|同问|有进展吗"
    r"|usage limits|is ready for this pull request|appears to be|pre-?commit|rebase",
)


@lru_cache(maxsize=4096)
def telling(text: str, *, most: int = 1, limit: int = 240, title: str = "") -> str:
    """The most telling sentences of `text`, in their order: at most `most`, each of up to `limit` characters.

    title: the item's, so that a sentence that only repeats it is not picked. The result obeys the grammar of
    digests.Claim.text: plain words, one line, `#123` and balanced code spans. "" when the text says nothing.
    """
    return quote(sentences(text), most=most, limit=limit, title=title)


def quote(found: Sequence[str], *, most: int, limit: int, title: str = "") -> str:
    """The most telling of these sentences as one excerpt, with an ellipsis where others stood between them.

    An empty string among them marks where one comment ends and the next begins. An ellipsis alone when what would be
    quoted gives an order to models that only shows in several comments together.
    """
    split_orders = tainted_together(found)
    scored = [
        (score(sentence, place, title), -place)
        for place, sentence in enumerate(found)
        if place not in split_orders
    ]
    if split_orders and not any(points > 0 for points, _ in scored):
        return "…"
    best = sorted((each for each in scored if each[0] > 0), reverse=True)[:most]
    places = sorted(-place for points, place in best if points >= best[0][0] / 2)
    excerpt = ""
    for index, place in enumerate(places):
        gap = "" if not index else " " if places[index - 1] == place - 1 else " … "
        excerpt += gap + shorten(found[place], limit)
    return excerpt


def sentences(text: str, most: int = _MOST_SENTENCES, *, to_quote: bool = True) -> list[str]:
    """The first sentences of `text` that are prose, in order, as plain words with code spans.

    to_quote: without what is addressed to models, which takes most of the time; False is for weighing alone.
    """
    found: list[str] = []
    seen = without_comments(text[:_MOST_READ])
    for paragraph in _paragraphs(without_tainted(seen, "\n\n") if to_quote else seen):
        for sentence in _SPLIT.split(paragraph):
            words = sentence.strip()
            if len(words) < (8 if _is_chinese(words) else 20):
                continue
            # links and tags are gone by now, so a sentence may say more than its text did
            if not to_quote or not is_tainted(words):
                found.append(words)
        if len(found) >= most:
            break
    return found[:most]


def score(sentence: str, place: int, title: str = "") -> float:
    """How telling a sentence is; at most 0 for chatter. place: its index in the text."""
    weight = _weight(sentence)
    if weight is None:
        return 0.0
    points = weight + max(0.0, 2.0 - 0.4 * place)
    return points - 3.0 if title and _overlap(sentence, title) > 0.8 else points


@lru_cache(maxsize=8192)
def _weight(sentence: str) -> float | None:
    """What a sentence is worth wherever it stands; None for chatter."""
    lowered = sentence.lower()
    if not sentence or _CHATTER.search(lowered):
        return None
    points = 1.0 + sum(weight for weight, pattern in _WORDS if pattern.search(lowered))
    points += min(1.5, 0.5 * len(_CODE.findall(sentence)))
    if sentence.rstrip().endswith(("?", "？", ":", "：")):
        points -= 2.0
    if len(sentence) > 320 or (len(sentence) < 30 and not _is_chinese(sentence)):
        points -= 1.0
    letters = sum(map(str.isalpha, sentence))
    return points - 3.0 if letters < 0.5 * len(sentence) else points


def shorten(text: str, limit: int) -> str:
    """`text` of at most `limit` characters, cut between words, with an ellipsis; code spans stay balanced."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    if space > limit / 2 and cut[-1].isascii():
        cut = cut[:space]
    if cut.count("`") % 2:
        cut = cut[: cut.rfind("`")]
    return cut.rstrip(" ,;:，；：、(（") + "…"


def _paragraphs(text: str) -> list[str]:
    """The prose paragraphs and list points of a text in Markdown, each on one line."""
    lines: list[list[str]] = [[]]
    skipping = False
    for raw in _BLOCKS.sub("\n\n", text.replace("\r", "")).split("\n"):
        heading = _HEADING.match(raw)
        if heading:
            skipping = bool(_SKIPPED_PARTS.search(heading[1] or heading[2] or ""))
        if heading or not raw.strip() or skipping or raw.startswith(("    ", "\t")) or _LINE_NOISE.match(raw):
            lines.append([])
            continue
        marker = _MARKER.match(raw)
        if marker:
            lines.append([])
        lines[-1].append(raw[marker.end() :] if marker else raw)
    return [words for words in (_plain(" ".join(part)) for part in lines if part) if words]


def _plain(text: str) -> str:
    """Markdown as the plain words of a claim; code spans stay, everything else that is markup goes."""
    parts: list[str] = []
    done = 0
    for span in _CODE.finditer(text):
        parts += [_without_markup(text[done : span.start()]), "`" + span[0].strip("`").strip() + "`"]
        done = span.end()
    parts.append(_without_markup(text[done:]).replace("`", ""))
    return neutralize("".join(parts).replace("``", ""))


def _without_markup(text: str) -> str:
    # most comments have no markup at all, and looking for a character is much faster than for a pattern
    if "](" in text:
        text = _LINK.sub(r"\1", _PICTURE.sub(" ", text))
    if "<" in text:
        text = _TAG.sub(" ", text)
    if "://" in text:
        text = _ADDRESS.sub("…", text)
    return _EMPHASIS.sub("", text) if "*" in text or "_" in text or "~" in text else text


def _overlap(sentence: str, title: str) -> float:
    """The share of the sentence's words that the title has."""
    words = set(re.findall(r"\w+", sentence.lower()))
    return len(words & set(re.findall(r"\w+", title.lower()))) / max(1, len(words))


def _is_chinese(text: str) -> bool:
    return len(_HAN.findall(text)) * 4 > len(text)

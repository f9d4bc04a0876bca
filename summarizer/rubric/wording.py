"""Wording: what the words of a title or a text tell of harm, reach and reasons. Expressions only, by what they find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


def says(text: str, words: Iterable[str]) -> bool:
    """Whether any of `words` stands in `text`; both in lower case."""
    return any(word in text for word in words)


def _any(*ways: str) -> re.Pattern[str]:
    return re.compile("|".join(ways), re.IGNORECASE)


BREAKING: Final = _any(
    r"\bbreaking\b", r"\[breaking", r"\bremove(?:s|d)? (?:support|deprecated)", r"\bdeprecat",
    r"\bbackwards?.incompatib", "不兼容", "破坏性",
)  # fmt: skip
"""What people use stops working, or will."""
RFC: Final = re.compile(r"\bRFC\b")
REMOVES: Final = _any(
    r"\bdeprecat",
    r"\b(?:remov\w+|drop\w*|sunset\w*|delet\w+) "
    r"(?!(?:unused|redundant|unnecessary|need|duplicate|dead|old|stale)\b)[\w ./`-]{0,40}"
    r"\b(?:support|kernels?|backends?|integration|endpoints?|api|flags?|options?|engine|v0)\b",
)
"""Something that can be used is taken away."""
DEPRECATES: Final = _any(r"\bdeprecat")
DEFAULT: Final = _any(
    r"\b(?:by default|as default|the default|default to|new default|default on|on by default|off by default)\b",
    r"\bmake [\w -]{1,40} default\b",
    r"\b(?:chang\w+|switch\w*|set|updat\w+|flip\w*) (?:the )?(?:\w+ ){0,3}defaults?\b",
    r"\bas \w+ default\b",
    "默认",
)
"""What nobody set changes."""
AUTOMATIC: Final = _any(r"\bauto-?(?:enable|select|detect)")
SECURITY: Final = _any(
    r"\bsecurity\b", r"\bCVE-\d", r"\bGHSA-", r"\bvulnerab", r"\bRCE\b", r"\bSSRF\b", r"\bDoS\b",
    r"\bdenial of service\b", r"\bpath traversal\b", r"\binjection\b", r"\bsanitiz",
    r"\bunsafe (?:load|pickle|deserial)", r"\btrust_remote_code\b", r"\bsecrets?\b", "安全漏洞",
)  # fmt: skip
SEVERE: Final = _any(
    r"illegal memory", r"\bcrash", r"\bdeadlock", r"\bhangs?\b", r"\bhung\b", r"\bcorrupt",
    r"\b(?:wrong|incorrect|garbage|gibberish|garbled) (?:results?|outputs?|logits|tokens?|answers?)",
    r"\bgibberish\b", r"\bNaNs?\b", r"\bOOM\b", r"\bout of memory\b", r"\b(?:memory|state) leak", r"segfault",
    r"\brace condition", r"\bdata loss\b", r"\baccuracy (?:drop|loss|degrad|issue|regress)", "崩溃", "卡死",
)  # fmt: skip
REGRESSION: Final = _any(r"\bregress(?!ion[ -]tests?)")
TRIVIAL: Final = _any(
    r"\btypos?\b", r"\bspelling\b", r"\bgrammar fix", r"\bgitignore\b", r"\bcodeowners\b", r"\bwhitespace\b",
    r"\bdead links?\b", r"\bbroken (?:links?|url)", r"\bauto-?label", r"\bcontributor message\b",
    r"\bupdate readme\b", r"\bskip (?:\w+ ){0,2}\w*tests?(?:_\w+)?\b", r"\bagents?\.md\b", r"\brename filepath\b",
    r"\bjobs? to (?:use )?[\w ]*queue", r"\bqueues?\b(?=.*\b(?:job|cluster|release)s?\b)",
)  # fmt: skip
"""Nobody notices."""
MINOR: Final = _any(
    r"\btypos?\b", r"\bnits?\b", r"\bminor\b", r"\bspelling\b", r"\blint\b", r"\bcomments?\b", r"\bdocstrings?\b",
    r"\bgitignore\b", r"\blog(?:ging)?\b", r"\bwarnings?\b", r"\b(?:error|log|help|info) messages?\b",
    r"\bbenchmarks?\b", r"\bcodeowners\b", r"\bwhitespace\b", r"\bformatting\b", r"\btype (?:annotation|hint)",
    r"\bmypy\b", r"\bunused\b", r"\bf-string\b", r"\bmisc\b", r"\bshort flag\b", r"\bsmall\b",
)  # fmt: skip
"""Hardly anybody does."""
NEW: Final = _any(
    r"\b(?:new|introduce|endpoint|integration|zero-bubble|full|all|general|every|unif\w+)\b",
)
GENERAL: Final = _any(
    r"\b(?:core|engine|scheduler?|scheduling|async|event loop|attention|kv.?cache|model runner|mrv2)",
    r"\b(?:sampl(?:er|ing)|spec(?:ulative)? ?decod\w*|prefix.?cach\w*|cuda ?graphs?|torch\.compile|quantiz\w+)",
    r"\b(?:moe|eplb|disagg\w*|kv.?(?:offload|connector)\w*|structured output|multi-?modal)",
)
"""A part that most users have something of."""
GAIN: Final = _any(r"(?<![\d.])(\d{1,6}(?:\.\d{1,6})?)\s?(%|x\b|×)")
FIX: Final = _any(r"\bfix")

CONCURRENCY: Final = _any(
    r"\basync\b", r"\basyncio\b", r"\bthread(?:s|ed|ing|.?pool|.?safe\w*)?\b", r"\bdeadlock", r"\brace\b",
    r"\block(?:s|ing)?\b", r"\bblocking\b", r"\bevent loop\b", r"\bmulti-?process\w*", r"\bconcurren\w+",
    r"\bmutex\b", r"\bsemaphore\b",
)  # fmt: skip
NUMERICS: Final = _any(
    r"\bfp(?:4|8|16|32|64)\b", r"\bbf16\b", r"\bint[48]\b", r"nvfp4", r"mxfp\d", r"\bprecision\b", r"\baccuracy\b",
    r"\bquanti[sz]\w*", r"\bdtypes?\b", r"\bNaNs?\b", r"\bsampl(?:er|ing)\b", r"\brejection\b", r"\bround(?:ing|up)\b",
    r"\bbatch.invarian\w+", r"\bnumeric\w*", r"\bgumbel\b", r"\btopk\b", r"\blogprobs?\b",
)  # fmt: skip
SLOWER: Final = _any(
    r"\bslow(?:er|down)?\b", r"\bperformance (?:drop|decrease|degrad|regress)",
    r"\bmemory (?:usage|footprint|overhead)\b", r"\boverhead\b",
    r"\bdisable\w* (?:\w+ ){0,3}(?:cuda ?graph|compile|fusion|stream|cache)",
)  # fmt: skip
COMPATIBILITY: Final = _any(
    r"\brenam\w+ (?:[\w`'-]+ ){0,4}(?:flag|arg\w*|option|env\w*|parameter|endpoint|metric)s?\b",
    r"\bbackwards?.compat", r"\bincompatib", r"\bdrop(?:s|ped)? support", r"\btransformers v?5\b", r"\bstable abi\b",
)  # fmt: skip
BUMP: Final = _any(
    r"\b(?:bump|upgrade|downgrade|pin|unpin)\w*\b", r"\bupdate [\w. -]{1,30} (?:to )?v?\d+\.\d+",
    r"\bdependenc\w+", r"\bdefault dep\b",
    r"\b(?:torch|triton|transformers|rocm|cuda|flashinfer|numpy|python) ?(?:==|to )?v?\d+\.\d+",
)  # fmt: skip

CAUSE: Final = (
    "because", "root cause", "caused by", "cause by", "due to", "the reason is", "the problem is", "the issue is",
    "turns out", "this happens when", "as a result", "原因", "根因", "由于",
)  # fmt: skip
"""Of texts, in lower case: they are long, and looking for words in them is many times faster than an expression."""
MEASURED: Final = ("benchmark", "ttft", "tpot", "gsm8k", "lm_eval", "lm-eval", "throughput", "latency")
FIGURE: Final = re.compile(r"\d\s?(?:%|ms\b|µs\b|us\b|s\b|tok(?:ens)?/s|req/s|gb\b|gib\b|x\b|×)")
"""A figure with a unit, in lower case."""
DESIGN: Final = (
    "alternative", "trade-off", "tradeoff", "instead of", "design", "proposal", "propose", "motivation", "architecture",
    "approach", "abstraction", "non-goal", "rationale", "方案", "设计", "权衡",
)  # fmt: skip
DISSENT: Final = (
    "disagree", "i don't think", "i do not think", "not sure", "concern", "objection", "instead", "however",
    "shouldn't", "should not", "why not", "prefer", " -1 ", "不同意", "但是", "担心",
)  # fmt: skip
SCOPE: Final = _any(r"\b(?:for|on|in|when|with|under|of|during|if|after|at|only)\b")
"""A title says whom or what it concerns."""
MECHANISM: Final = re.compile(
    r"`|\w_\w|\b[A-Z][a-z]+[A-Z]\w+"
    r"|\b(?:by|via|using|instead|from \S+ to|to (?:avoid|fix|unblock|defer|reduce|fuse|prevent))\b"
    r"|\b(?:due to|because|caus\w+|referencing|mismatch|leak|race|stale|offload|fus\w+|reus\w+|overlap\w*|skip\w*)\b"
)
"""A title says how."""

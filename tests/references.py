"""The fourteen items of the four daily reference windows, with what is known of them, and those windows.

Bodies and comments are in words of our own. A creation time that is not known stays unknown.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from summarizer.counting import build_facts
from summarizer.digests import Digest, Generation, Outcome, Verification
from summarizer.extract import sections, title
from summarizer.items import Comment, Coverage, Event, EventName, Item, Person, Seen
from summarizer.languages import load
from summarizer.topics import load_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.facts import Facts
    from summarizer.filters import Filter

REPO = "vllm-project/vllm"
TZ = "Asia/Shanghai"


def local(clock: str) -> datetime:
    """The UTC instant of "17:53" or "19:59:30" on 2025-12-10 in UTC+8."""
    clock = clock if clock.count(":") == 2 else f"{clock}:00"
    return (datetime.fromisoformat(f"2025-12-10T{clock}") - timedelta(hours=8)).replace(tzinfo=UTC)


def _issue(
    number: int, title: str, author: str, labels: str, opened: str, closed: str = "", body: str = ""
) -> Item:
    return _item(number, title, author, labels, body, kind="issue", opened=opened, closed=closed)


def _pull(
    number: int, title: str, author: str, labels: str = "", *, opened: str = "", closed: str = "",
    merged: str = "",
    body: str = "",
) -> Item:  # fmt: skip
    return _item(number, title, author, labels, body, opened=opened, closed_unmerged=closed, merged=merged)


def _item(
    number: int, title: str, author: str, labels: str, body: str, kind: str = "pull_request", **at: str
) -> Item:
    events = tuple(_event(name, clock) for name, clock in at.items() if clock)
    last = events[-1]
    state = {"opened": "open", "merged": "merged"}.get(last.name, "closed")
    path = "issues" if kind == "issue" else "pull"
    return Item(
        repo=REPO,
        number=number,
        kind="issue" if kind == "issue" else "pull_request",
        title=title,
        url=f"https://github.com/{REPO}/{path}/{number}",
        author=Person(author),
        labels=tuple(labels.split(",")) if labels else (),
        state="merged" if state == "merged" else "closed" if state == "closed" else "open",
        created_at=events[0].at if events[0].name == "opened" else None,
        closed_at=None if state == "open" else last.at,
        merged_at=last.at if state == "merged" else None,
        body=body,
        events=events,
        comments=tuple(_COMMENTS.get(number, ())),
        comments_total=len(_COMMENTS.get(number, ())),
    )


def _event(name: str, clock: str) -> Event:
    names: dict[str, EventName] = {name: name for name in ("opened", "closed", "merged", "closed_unmerged")}
    return Event(names[name], local(clock))


def _said(login: str, clock: str, body: str, *, is_bot: bool = False) -> Comment:
    return Comment(Person(login, is_bot), local(clock), body)


_CODEX = "Codex usage limits have been reached for code reviews."
_COMMENTS: dict[int, list[Comment]] = {
    30382: [
        _said(
            "vitush93",
            "18:28",
            "This is not a fault of vLLM: its `generation_config.json` has poor defaults. "
            "Overriding them with `top_p=0.95` and `temperature=0.1` solves it.",
        ),
        _said("eltorre", "18:45", "Confirmed, with these parameters the output is fine. Closing."),
    ],
    30384: [_said("chatgpt-codex-connector", "18:38", _CODEX, is_bot=True)],
    30385: [_said("chatgpt-codex-connector", "19:12", _CODEX, is_bot=True)],
    30062: [
        _said(
            "bigPYJ1151",
            "20:04",
            "One CPU test fails because the `decord` package cannot be installed there.",
        ),
        _said("aditew01", "20:16", "Is that failure related to this PR?"),
        _said(
            "bigPYJ1151",
            "20:27",
            "It is not. The Arm image was pushed to the x86 repository by mistake, so the install fails.",
        ),
        _said("aditew01", "20:35", "Thanks, then this should not block the merge."),
    ],
}

ITEMS: tuple[Item, ...] = (
    _pull(
        26701,
        "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
        "gronsti-amd",
        "rocm,ready,needs-rebase",
        closed="20:33",
        body="Makes `W8A8BlockFp8LinearOp` take the AITER path on MI355X.",
    ),
    _pull(
        30062,
        "[CPU] Support for Whisper",
        "aditew01",
        "ready,ci/build,v1,multi-modality",
        merged="20:58",
        body="Adds support for the Whisper speech models to the CPU backend.",
    ),
    _pull(
        30331,
        "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache()",
        "dtrifiro",
        "tpu,ready,v1",
        merged="20:58",
        body="The TPU backend crashes because the global `VllmConfig` is read before it is set.",
    ),
    _pull(
        30348,
        "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs",
        "googs1025",
        "documentation",
        closed="19:59",
    ),
    _pull(30349, "[BugFix] Fix minimax m2 model rope_parameters", "esmeetu", closed="18:47"),
    _issue(
        30382,
        "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512",
        "eltorre",
        "bug",
        "17:55",
        "18:47",
        "### Your current environment\n\nPyTorch version : 2.9.0\n\n### Describe the bug\n\n"
        "The answers are garbled and contain logical errors. I expect sensible answers from this model.",
    ),
    _issue(
        30383,
        "[RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits",
        "GaoHuaZhang",
        "RFC",
        "18:02",
        body="The benchmark client runs as one process, so one CPU core limits how fast it sends. "
        "This RFC proposes a multi-process architecture for the benchmark client.",
    ),
    _pull(
        30384,
        "[BugFix] Fix minimax m2 model rotary_dim",
        "rogeryoungh",
        "ready",
        opened="18:37",
        merged="20:58",
        body="Since #29966 `get_rope` applies `partial_rotary_factor` to an already scaled `rotary_dim`. "
        "This removes the second scaling.",
    ),
    _pull(
        30385,
        "[Core] Whisper support `torch.compile`",
        "NickLucche",
        "v1",
        opened="19:11",
        body="Adds `torch.compile` support for the decoding steps of Whisper, as in #30072.",
    ),
    _pull(
        30386,
        "[v1] Add PrefixLM support to TritonAttention backend",
        "Isotr0py",
        "v1",
        opened="19:32",
        body="Extends PrefixLM to the TritonAttention backend, which is expected to be faster.",
    ),
    _issue(
        30387,
        "[Bug]: illegal memory access countered when using kv-cache-type=fp8  loading  a weight-fp8 model "
        "for evaltest  in flash-attn backend",
        "youngze0016",
        "bug",
        "19:43",
        body="An evaluation with `kv_cache_dtype=fp8` crashes with a CUDA illegal memory access.",
    ),
    _pull(
        30388, "[Docs] Generate full list of metrics in user docs", "markmc", "documentation", opened="19:50"
    ),
    _pull(
        30389,
        'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim`',
        "hmellor",
        "performance,llama,qwen,deepseek,gpt-oss",
        opened="20:33",
        body="Removes `rotary_dim` from `get_rope`. #30384 shows the kind of bug that two fields cause.",
    ),
    _pull(
        30390,
        "fix: Update json features supported by xGrammar",
        "johannesflommersfeld",
        "structured-output,v1",
        opened="20:51",
        body="Updates the check of JSON Schema keywords to what xGrammar supports by now.",
    ),
)

WINDOWS = {
    "17:53-18:53": Window(local("17:53"), local("18:53"), TZ),
    "18:42-19:42": Window(local("18:42"), local("19:42"), TZ),
    "19:35-20:35": Window(local("19:35"), local("20:35"), TZ),
    "19:59:30-20:59": Window(local("19:59:30"), local("20:59"), TZ),
}


def facts_of(
    items: Iterable[Item], window: Window, *, missing: int = 0, filters: Sequence[Filter] = ()
) -> Facts:
    """The facts of `items` in `window`. missing: how many items GitHub has beside those."""
    held = [item for item in items if any(event.at in window for event in item.events)]
    comments = sum(len(item.comments) for item in held)
    reasons = ("items",) if missing else ()
    coverage = Coverage(Seen(len(held) + missing, len(held)), Seen(comments, comments), reasons)
    return build_facts(
        repo=REPO,
        window=window,
        items=items,
        coverage=coverage,
        topics=load_topics().topics,
        filters=filters,
    )


def digest_of(
    facts: Facts, lang: str, *, topic_keys: tuple[str, ...] = ("amd",), **changed: object
) -> Digest:
    """A digest written by extraction."""
    language = load(lang)
    empty = not facts.items and not facts.releases
    outcome: Outcome = "partial" if not facts.complete else "quiet" if empty else "normal"
    values: dict[str, object] = {
        "id": "daily-2025-12-10-0123456789",
        "revision": 1,
        "edition": "daily",
        "lang": lang,
        "title": title(facts, "daily", language, "vLLM"),
        "outcome": outcome,
        "facts": facts,
        "sections": sections(facts, language, "vLLM", topic_keys),
        "verification": Verification(),
        "generation": Generation("offline", "extraction"),
    }
    return Digest(**{**values, **changed})  # type: ignore[arg-type]

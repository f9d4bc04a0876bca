"""A window to make claims about: the fourteen items of the reference reports and three of our own, with people, figures
and reviews in all of them, so that every kind of claim has something to be true of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from summarizer.counting import build_facts
from summarizer.items import Comment, Coverage, Event, EventName, Item, Person, Review, Seen
from summarizer.topics import load_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from summarizer.facts import Facts

REPO = "vllm-project/vllm"
CODEX = "Codex usage limits have been reached for code reviews."


def clock(time: str, day: int = 10) -> datetime:
    """The UTC instant of a time of day in UTC+8, in December 2025."""
    return datetime.fromisoformat(f"2025-12-{day:02}T{time}:00").replace(tzinfo=UTC) - timedelta(hours=8)


WINDOW = Window(clock("17:53"), clock("20:59"), "Asia/Shanghai")


def _event(word: str) -> Event:
    """ "merged 20:58 by DarkLight1337", "opened 9 10:00"."""
    told, _, actor = word.partition(" by ")
    name, *day, time = told.split()
    names: tuple[EventName, ...] = ("opened", "closed", "reopened", "merged", "closed_unmerged")
    kind = next(each for each in names if each == name)
    return Event(kind, clock(time, int(day[0]) if day else 10), Person(actor) if actor else None)


def _item(
    number: int, title: str, author: str, labels: str, events: str, body: str, *, issue: bool = False
) -> Item:
    happened = tuple(_event(word.strip()) for word in events.split(";"))
    last = happened[-1]
    merged = last.name == "merged"
    return Item(
        repo=REPO,
        number=number,
        kind="issue" if issue else "pull_request",
        title=title,
        url=f"https://github.com/{REPO}/{'issues' if issue else 'pull'}/{number}",
        author=Person(author),
        labels=tuple(labels.split(",")) if labels else (),
        is_draft=None if issue else False,
        state="merged" if merged else "open" if last.name in ("opened", "reopened") else "closed",
        created_at=happened[0].at if happened[0].name == "opened" else None,
        closed_at=last.at if merged or last.name.startswith("closed") else None,
        merged_at=last.at if merged else None,
        merged_by=last.actor if merged else None,
        body=body,
        events=happened,
    )


def _said(login: str, time: str, body: str, day: int = 10, *, bot: bool = False) -> Comment:
    return Comment(Person(login, bot), clock(time, day), body)


def _bot(time: str) -> Comment:
    return _said("chatgpt-codex-connector", time, CODEX, bot=True)


def _with(
    item: Item,
    *comments: Comment,
    total: int | None = None,
    lines: tuple[int, int] | None = None,
    files: int | None = None,
    paths: tuple[str, ...] | None = None,
    reviews: tuple[Review, ...] = (),
    reactions: int | None = None,
    is_draft: bool = False,
) -> Item:
    """The item with its comments, `lines` added and removed, and so on."""
    return replace(
        item,
        comments=comments,
        comments_total=len(comments) if total is None else total,
        additions=lines[0] if lines else None,
        deletions=lines[1] if lines else None,
        changed_files=files,
        files=paths,
        reviews=reviews,
        reactions=reactions,
        is_draft=None if item.kind == "issue" else is_draft,
        state_reason="COMPLETED" if item.kind == "issue" and item.state == "closed" else None,
    )


def _approved(login: str, time: str) -> tuple[Review, ...]:
    return (Review(Person(login), clock(time), "APPROVED"),)


ITEMS: tuple[Item, ...] = (
    _with(
        _item(
            26701,
            "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
            "gronsti-amd",
            "rocm,ready,needs-rebase",
            "closed_unmerged 20:33 by gronsti-amd",
            "Makes `W8A8BlockFp8LinearOp` take the AITER path on MI355X.",
        ),
        lines=(41, 17),
        files=2,
        paths=("vllm/model_executor/layers/quantization/fp8.py",),
    ),
    _with(
        _item(
            30062,
            "[CPU] Support for Whisper",
            "aditew01",
            "ready,ci/build,v1,multi-modality",
            "merged 20:58 by bigPYJ1151",
            "Adds support for the Whisper speech models to the CPU backend. Tests are added "
            "to `tests/models/multimodal/generation/test_whisper.py`.",
        ),
        _said(
            "chatgpt-codex-connector",
            "18:10",
            "P1: the attention mask for cross-attention looks wrong.",
            4,
            bot=True,
        ),
        _said("aditew01", "17:42", "The mask handling was reworked in the latest revision.", 5),
        _said("fadara01", "18:05", "Starting the Arm CI build for this branch.", 8),
        _said(
            "bigPYJ1151",
            "20:04",
            "One CPU test fails because the `decord` package cannot be installed there.",
        ),
        _said("aditew01", "20:16", "Is that failure related to this PR?"),
        _said(
            "bigPYJ1151",
            "20:27",
            "It is not. The Arm image was pushed to the x86 repository by mistake, so the "
            "platforms do not match and the install fails.",
        ),
        _said("aditew01", "20:35", "Thanks, then this should not block the merge."),
        total=12,
        lines=(187, 23),
        files=9,
        reactions=4,
        reviews=_approved("bigPYJ1151", "20:40"),
        paths=("tests/models/multimodal/generation/test_whisper.py", "vllm/v1/worker/cpu_model_runner.py"),
    ),
    _with(
        _item(
            30331,
            "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache()",
            "dtrifiro",
            "tpu,ready,v1",
            "merged 20:58 by NickLucche",
            "The TPU backend crashes at start-up because "
            "`TorchCompileWithNoGuardsWrapper` reads the global `VllmConfig` before it is set.",
        ),
        lines=(8, 3),
        files=1,
        reviews=_approved("NickLucche", "19:40"),
    ),
    _item(
        30348,
        "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs",
        "googs1025",
        "documentation",
        "closed_unmerged 19:59 by googs1025",
        "Adds the metric to the user documentation.",
    ),
    _item(
        30349,
        "[BugFix] Fix minimax m2 model rope_parameters",
        "esmeetu",
        "",
        "closed_unmerged 18:47 by esmeetu",
        "Fixes the `rope_parameters` of the MiniMax M2 model.",
    ),
    _with(
        _item(
            30382,
            "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512",
            "eltorre",
            "bug",
            "opened 17:55; closed 18:47 by eltorre",
            "PyTorch version : 2.9.0+cu129\nvLLM Version : 0.12.0\n\nThe answers of this model are "
            "garbled and contain "
            "logical errors, so this looks like a bug in vLLM.",
            issue=True,
        ),
        _said(
            "vitush93",
            "18:28",
            "This is not a fault of vLLM: the `generation_config.json` of the model ships poor "
            "sampling defaults. Overriding them with `top_p=0.95` and `temperature=0.1`, as the "
            "model card advises, solves it.",
        ),
        _said(
            "eltorre",
            "18:45",
            "Confirmed, with these parameters the output is fine. The model card does not even "
            "mention `top_p`. Closing.",
        ),
        reactions=2,
    ),
    _item(
        30383,
        "[RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits",
        "GaoHuaZhang",
        "RFC",
        "opened 18:02",
        "The benchmark client runs as one process with coroutines, so a single CPU core limits how fast "
        "requests are dispatched. This RFC proposes a multi-process architecture for the benchmark client.",
        issue=True,
    ),
    _with(
        _item(
            30384,
            "[BugFix] Fix minimax m2 model rotary_dim",
            "rogeryoungh",
            "ready",
            "opened 18:37; merged 20:58 by DarkLight1337",
            "Since #29966 `get_rope` applies `partial_rotary_factor` to a "
            "`rotary_dim` that is already scaled. This removes the second scaling.",
        ),
        _bot("18:38"),
        lines=(12, 5),
        files=3,
        reviews=_approved("DarkLight1337", "19:20"),
    ),
    _with(
        _item(
            30385,
            "[Core] Whisper support `torch.compile`",
            "NickLucche",
            "v1",
            "opened 19:11",
            "Adds `torch.compile` support for the decoding steps of Whisper. As in #30072, "
            "compilation starts with the "
            "second step. Decoding is 1.4x faster and memory grows by 3%.",
        ),
        _bot("19:12"),
        _said(
            "NickLucche",
            "19:24",
            "My concern is compatibility with out-of-tree model runners: methods such as "
            "`_model_forward` have no stable interface.",
        ),
        lines=(96, 31),
        files=5,
    ),
    _with(
        _item(
            30386,
            "[v1] Add PrefixLM support to TritonAttention backend",
            "Isotr0py",
            "v1",
            "opened 19:32",
            "Extends PrefixLM (bidirectional attention over the prefix) from the FlexAttention "
            "backend to the TritonAttention "
            "backend. It is expected to be faster, because the block mask is not computed again for "
            "each step.",
        ),
        lines=(320, 44),
        files=7,
        reviews=(Review(Person("DarkLight1337"), clock("20:10"), "CHANGES_REQUESTED", "Please add a test."),),
    ),
    _with(
        _item(
            30387,
            "[Bug]: illegal memory access countered when using kv-cache-type=fp8  loading  a "
            "weight-fp8 model for "
            "evaltest  in flash-attn backend",
            "youngze0016",
            "bug",
            "opened 19:43",
            "Running an evaluation with `kv_cache_dtype=fp8` and `tensor_parallel_size=8` on NVIDIA "
            "H100 GPUs crashes with a "
            "CUDA illegal memory access that surfaces in NCCL. The flag was `--kv-cache-dtype fp8` and "
            "`VLLM_ATTENTION_BACKEND` was set.",
            issue=True,
        )
    ),
    _with(
        _item(
            30388,
            "[Docs] Generate full list of metrics in user docs",
            "markmc",
            "documentation",
            "opened 19:50",
            "Generates the full list of metrics in the user docs with a script that parses the "
            "source code, instead of a code "
            "snippet that was maintained by hand.",
        ),
        _bot("19:51"),
        _said("mergify", "19:54", "Documentation preview is ready.", bot=True),
        lines=(75, 60),
        files=4,
    ),
    _with(
        _item(
            30389,
            'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim`',
            "hmellor",
            "performance,llama,qwen,deepseek,gpt-oss",
            "opened 20:33",
            "Removes `rotary_dim` from `get_rope`. For the few "
            "custom models that only set `rotary_dim`, such as GPT-J, the factor is derived from "
            "it. #30384 shows the kind of "
            "bug that having two fields causes.",
        ),
        _bot("20:34"),
        lines=(210, 198),
        files=38,
    ),
    _with(
        _item(
            30390,
            "fix: Update json features supported by xGrammar",
            "johannesflommersfeld",
            "structured-output,v1",
            "opened 20:51",
            "Updates the check of JSON Schema keywords to what xGrammar supports by now, so that "
            "fewer requests "
            "fall back to llguidance.",
        ),
        _bot("20:52"),
        lines=(6, 22),
        files=1,
    ),
    _with(
        _item(
            30001,
            "[Bug]: KV cache leak after abort",
            "leakhunter",
            "bug",
            "opened 1 09:00; closed 3 09:00 by mgoin; reopened 19:05 by leakhunter",
            "The cache is not freed when a request is aborted.",
            issue=True,
        ),
        _said("leakhunter", "19:06", "It still leaks 128 MB per hour."),
    ),
    _with(
        _item(
            30002,
            "[Kernel] Draft of a fused MoE kernel",
            "tlrmchlsmth",
            "",
            "opened 2 09:00; closed_unmerged 5 10:00 by tlrmchlsmth; reopened 20:01 by tlrmchlsmth",
            "Not finished.",
        ),
        is_draft=True,
        lines=(900, 1),
        files=11,
    ),
)


def window_facts() -> Facts:
    comments = sum(len(item.comments) for item in ITEMS)
    coverage = Coverage(Seen(len(ITEMS), len(ITEMS)), Seen(comments, comments))
    return build_facts(repo=REPO, window=WINDOW, items=ITEMS, coverage=coverage, topics=load_topics().topics)

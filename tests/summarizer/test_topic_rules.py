"""The topics that come with the package, on titles of the kind that vLLM has."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from summarizer import languages
from summarizer.items import Item, Person
from summarizer.topics import BUNDLED, Reason, load_topics, match_topics, no_topic
from tests.builders import REPO, item

if TYPE_CHECKING:
    from pathlib import Path

KEYS = (
    "amd", "nvidia", "tpu", "cpu-xpu", "quantization", "moe", "attention", "spec-decode", "multimodal",
    "structured-output", "distributed", "frontend", "ci", "docs", "performance", "models",
)  # fmt: skip

# The fourteen items of 10 December 2025: number, title, author, labels.
DECEMBER = [
    (
        26701,
        "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
        "gronsti-amd",
        "rocm,ready,needs-rebase",
    ),
    (30062, "[CPU] Support for Whisper", "aditew01", "ready,ci/build,v1,multi-modality"),
    (
        30331,
        "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache()",
        "dtrifiro",
        "tpu,ready,v1",
    ),
    (
        30348,
        "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs",
        "googs1025",
        "documentation",
    ),
    (30349, "[BugFix] Fix minimax m2 model rope_parameters", "esmeetu", ""),
    (30382, "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512", "eltorre", "bug"),
    (
        30383,
        "[RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits",
        "GaoHuaZhang",
        "RFC",
    ),
    (30384, "[BugFix] Fix minimax m2 model rotary_dim", "rogeryoungh", "ready"),
    (30385, "[Core] Whisper support `torch.compile`", "NickLucche", "v1"),
    (30386, "[v1] Add PrefixLM support to TritonAttention backend", "Isotr0py", "v1"),
    (
        30387,
        (
            "[Bug]: illegal memory access countered when using kv-cache-type=fp8  loading  a weight-fp8 "
            "model for evaltest  in flash-attn backend"
        ),
        "youngze0016",
        "bug",
    ),
    (30388, "[Docs] Generate full list of metrics in user docs", "markmc", "documentation"),
    (
        30389,
        'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim`',
        "hmellor",
        "performance,llama,qwen,deepseek,gpt-oss",
    ),
    (
        30390,
        "fix: Update json features supported by xGrammar",
        "johannesflommersfeld",
        "structured-output,v1",
    ),
]

BODIES = {
    30062: "Brings fast speech recognition to Intel/AMD x86 and Arm CPU servers.",
    30382: "torch 2.9.0+cu129; ROCM Version: Could not collect; ROCm: Disabled. Two NVIDIA GPUs.",
}


def december() -> list[Item]:
    return [
        Item(
            repo=REPO,
            number=number,
            kind="issue" if title.startswith(("[Bug]:", "[RFC]:")) else "pull_request",
            title=title,
            url=f"https://github.com/{REPO}/pull/{number}",
            author=Person(author),
            labels=tuple(labels.split(",")) if labels else (),
            body=BODIES.get(number),
        )
        for number, title, author, labels in DECEMBER
    ]


def topics_of(title: str) -> set[str]:
    """Keys of the topics an item of that title, and nothing else, is about."""
    return {
        key for key, each in match_topics([item(title=title)], load_topics().topics).items() if each.about
    }


def test_every_topic_has_words_in_every_language() -> None:
    topics = load_topics().topics
    assert tuple(topic.key for topic in topics) == KEYS
    for topic in topics:
        assert set(topic.title) >= set(languages.codes())
        assert topic.aliases


def test_the_bundled_file_passes_the_checks_that_it_is_spared_at_start(tmp_path: Path) -> None:
    copy = tmp_path / "copy.toml"
    copy.write_text((files("summarizer.topics") / BUNDLED).read_text("utf-8"), "utf-8")
    assert load_topics(copy) == load_topics()


@pytest.mark.parametrize(
    ("name", "known", "sentence"),
    [
        ("AMDD", [f"x{n}" for n in range(30)] + ["amd"], "There is no topic “AMDD”. Did you mean “amd”?"),
        ("soup", [f"x{n}" for n in range(30)], "There is no topic “soup”; “topics” lists them."),
        ("soup", ["tpu", "amd"], "There is no topic “soup”; these are here: amd, tpu."),
    ],
)
def test_who_writes_a_topic_that_is_none_is_told_the_nearest_or_all(
    name: str, known: list[str], sentence: str
) -> None:
    assert languages.load("en").problem(no_topic(name, known)) == sentence


def test_the_project_is_called_by_its_name() -> None:
    assert load_topics().project_name("vllm-project/vllm") == "vLLM"


@pytest.mark.parametrize("name", ["rocm", "ROCm", "HIP", "MI300", "AMD/ROCm"])
def test_people_may_call_amd_by_other_names(name: str) -> None:
    assert load_topics().find(name).key == "amd"


def test_of_the_december_items_26701_alone_is_amd_and_all_its_rules_are_told() -> None:
    ledger = match_topics(december(), load_topics().topics)["amd"]
    assert (ledger.about, ledger.tagged, ledger.total) == ((26701,), (), 14)
    assert ledger.reasons == {
        26701: (
            Reason("title", "ROCm", "about"),
            Reason("title", "AITER", "about"),
            Reason("title", "MI355X", "about"),
            Reason("label", "rocm", "tagged"),
            Reason("author", "gronsti-amd", "tagged", "AMD"),
        )
    }


def test_the_december_items_are_sorted_into_their_topics() -> None:
    ledgers = match_topics(december(), load_topics().topics)
    assert ledgers["tpu"].about == (30331,)
    assert ledgers["cpu-xpu"].about == (30062,)
    assert ledgers["docs"].about == (30348, 30388)
    assert ledgers["structured-output"].about == (30390,)
    assert ledgers["attention"].about == (30386, 30387)
    assert set(ledgers["multimodal"].about) == {30062, 30385}
    assert {30349, 30382, 30384, 30389} <= set(ledgers["models"].about)
    assert ledgers["nvidia"].about == ()


@pytest.mark.parametrize(
    "title",
    [
        "[AMD][CI] Add a test group to mi325_8 Agent Pool",
        "[CI Failure]: mi355_2: GPQA Eval",
        "Add gfx1152 and gfx1153",
        "Support for Strix Halo (RDNA 3.5)",
        "[Quantization] Native Quark exports",
        "Skip a kernel on CDNA",
        "{ROCm]: fusion fixes",
        "HIP graph capture fails",
        "Crash with AMD Ryzen AI 9 w/ Radeon 890M",
        "Update variant from rocm700 to rocm721",
        "hipBLASLt tuning",
        "non-MI3xx GPUs are left out",
    ],
)
def test_titles_about_amd(title: str) -> None:
    assert "amd" in topics_of(title)


@pytest.mark.parametrize(
    "title",
    [
        "vLLM server not running on CPU AMD EPYC 9J14",
        "In-Tree AMD Zen CPU Backend via zentorch [1/N]",
        "Build linux/amd64 images",
        "Chip shortage and relationship fixes",
        "MiniCPM4.1-8B and MiMo-7B",
        "Memorize prompts",
    ],
)
def test_titles_not_about_amd(title: str) -> None:
    assert "amd" not in topics_of(title)


def test_a_wide_change_that_touches_one_rocm_file_is_tagged_and_one_made_of_them_is_about() -> None:
    wide = item(
        1, files=tuple(f"vllm/v1/attention/backends/{name}.py" for name in ("a", "b", "rocm_aiter_fa"))
    )
    made = item(2, files=("docker/Dockerfile.rocm", ".buildkite/test-amd.yaml", "requirements/common.txt"))
    ledger = match_topics([wide, made], load_topics().topics)["amd"]
    assert (ledger.about, ledger.tagged) == ((2,), (1,))


@pytest.mark.parametrize(
    "login", ["gronsti-amd", "amd-lalithnc", "Alexei-V-Ivanov-AMD", "AndreasKaratzas", "Rohan138", "rasmith"]
)
def test_people_of_amd_tag_what_they_write(login: str) -> None:
    ledger = match_topics([item(title="Fix a typo", author=login)], load_topics().topics)["amd"]
    assert (ledger.about, ledger.tagged) == ((), (1,))


@pytest.mark.parametrize("login", ["amdahl", "camd", "someone", "x-amdahl", "someone-nvidia", "rasmiths"])
def test_other_logins_tag_nothing(login: str) -> None:
    assert match_topics([item(author=login)], load_topics().topics)["amd"].reasons == {}


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("[Kernel] Optimize SM120 CUTLASS blockwise FP8 GEMM", {"nvidia", "quantization", "performance"}),
        ('[ROCm][CI] Fix "Distributed Tests (H200)" Test', {"amd", "ci", "distributed"}),
        ("Add CUDA graphs section", {"performance"}),
        ("[XPU] Disable xpu graph by default", {"cpu-xpu"}),
        ("[Frontend] Add endpoint for batched chat completions", {"frontend"}),
        ("[Spec Decode] Propagate norm_before_fc from Eagle3 speculator", {"spec-decode"}),
        ("[EPLB] Make async EPLB default", {"moe"}),
        ("[KVTransfer][Mooncake] Add heterogeneous TP support", {"distributed"}),
        ("[Bugfix] Fix Hermes tool parser when stream interval > 1", {"structured-output"}),
        ("[Doc] Fix outdated reference", {"docs"}),
        ("[Core] Remove unused parameter", set()),
    ],
)
def test_titles_of_other_topics(title: str, keys: set[str]) -> None:
    assert topics_of(title) == keys


def test_no_bundled_expression_is_slow_on_a_title_of_repeats() -> None:
    hostile = ["a" * 300, "tp" * 150, "[" * 300, "x_" * 150, "qwen3." * 50, " " * 300]
    for topic in load_topics().topics:
        for rule in topic.rules:
            for pattern in rule.match + rule.unless:
                compiled = re.compile(pattern, re.IGNORECASE | re.ASCII)
                assert not any(compiled.fullmatch(text + "!") for text in hostile)

"""Made-up titles, bodies and comments with the shape of vLLM's: lengths log-normal, environment dumps,
some Chinese."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

BODY_MEDIAN, BODY_TAIL = 1_500, 30_000
"""Characters of a body: half are shorter than the median, one in a hundred reaches the tail."""
COMMENT_MEDIAN, COMMENT_TAIL = 220, 4_000
_Z99 = 2.326  # standard deviations from the median to one in a hundred
CHINESE = 0.08  # of all texts

AREAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "ROCm": (
        "rocm",
        ("vllm/platforms/rocm.py", "vllm/v1/attention/backends/rocm_aiter_fa.py", "csrc/rocm/attention.cu"),
    ),
    "NVIDIA": ("nvidia", ("csrc/attention/mla/cutlass_mla_kernels.cu", "vllm/utils/flashinfer.py")),
    "TPU": ("tpu", ("vllm/platforms/tpu.py", "requirements/tpu.txt")),
    "CPU": ("cpu", ("vllm/v1/worker/cpu_worker.py", "csrc/cpu/cpu_attn.cpp")),
    "Quantization": (
        "quantization",
        ("vllm/model_executor/layers/quantization/fp8.py", "csrc/quantization/w8a8/scaled_mm.cu"),
    ),
    "MoE": (
        "moe",
        ("vllm/model_executor/layers/fused_moe/layer.py", "vllm/model_executor/layers/fused_moe/config.py"),
    ),
    "Attention": ("v1", ("vllm/v1/attention/backends/flash_attn.py", "vllm/attention/layer.py")),
    "Spec Decode": (
        "speculative-decoding",
        ("vllm/v1/spec_decode/eagle.py", "tests/v1/e2e/test_spec_decode.py"),
    ),
    "Multimodal": (
        "multi-modality",
        ("vllm/multimodal/processing.py", "vllm/model_executor/models/qwen3_vl.py"),
    ),
    "Structured Output": ("structured-output", ("vllm/v1/structured_output/backend_xgrammar.py",)),
    "KV Connector": ("kv-connector", ("vllm/distributed/kv_transfer/kv_connector/v1/nixl_connector.py",)),
    "Frontend": (
        "frontend",
        ("vllm/entrypoints/openai/api_server.py", "vllm/entrypoints/openai/protocol.py"),
    ),
    "CI": ("ci/build", (".buildkite/test-pipeline.yaml", "docker/Dockerfile")),
    "Doc": ("documentation", ("docs/serving/openai_compatible_server.md", "docs/README.md")),
    "Perf": ("performance", ("vllm/v1/core/sched/scheduler.py", "vllm/v1/worker/gpu_model_runner.py")),
    "Model": ("new-model", ("vllm/model_executor/models/registry.py", "docs/models/supported_models.md")),
}
"""An area's tag in titles -> its label, and paths it touches."""

_MODELS = (
    "Qwen3-Next-80B",
    "DeepSeek-V3.2",
    "gpt-oss-120b",
    "GLM-4.6",
    "Kimi-K2",
    "Llama-4-Scout",
    "Mistral-Large-3",
)
_CHIPS = ("MI300X", "MI355X", "H100", "B200", "RTX 5090", "TPU v6e", "Xeon 6", "L40S")
_WRONG = (
    "returns empty text", "crashes at start", "hangs after a few hours", "runs out of memory",
    "gives NaN logits", "is slower than before", "drops the last token", "ignores the stop string",
    "breaks with prefix caching",
)  # fmt: skip
_WANTED = (
    "Support chunked prefill for", "Load GGUF weights of", "Expose token ids for", "Add LoRA to",
    "Allow FP8 KV cache with", "Report queue time for", "Let the router drain",
    "Document the sampling defaults of",
)  # fmt: skip
_DONE = (
    "Fix block table overrun in", "Fuse the rotary embedding of", "Avoid a host sync in",
    "Refactor the loader of", "Add a test for", "Cache the compiled graph of", "Remove dead branches from",
    "Bound the queue of", "Tune tile sizes for",
)  # fmt: skip
_ENGLISH = (
    "The server runs with tensor parallel size {n} and answers {m} requests a second before it goes wrong.",
    "With {model} on {chip} the first token takes {n} ms, and every later one about {m} us.",
    "It works when prefix caching is off, so the block hash may be computed before the image tokens are in.",
    "I bisected it to the change that moved the scheduler's budget check, but I am not certain yet.",
    "Throughput went from {m} to {n} tokens per second in our load test; latency at the tail did not move.",
    "The same prompt gives the same answer with one worker, and a different one with {n}.",
    "A smaller batch hides it, which makes me think of the padding in the captured graph.",
    "Could somebody who knows the attention backend confirm that the workspace is shared between layers?",
    "I can send a patch if this direction is fine with you.",
    "Tested on {chip}: {n} of {m} cases pass, the rest fail in the same assertion.",
)  # fmt: skip
_CHINESE = (
    "使用 {model} 在 {chip} 上启动服务后，前 {n} 个请求正常，之后返回空内容。",
    "关闭 prefix caching 之后问题消失，怀疑与块哈希的计算时机有关。",
    "我们在 {n} 卡环境下压测，吞吐从 {m} 下降到不足一半，请问是否有计划修复？",
    "麻烦看一下日志最后几行，显存占用在第 {m} 步突然升高。",
    "已经确认升级到最新版本后仍可复现，附上启动参数。",
)
_REMARKS = (
    "Same here with {model}.", "Thanks, that fixed it for us on {chip}.",
    "Could you rebase? The branch conflicts with main.",
    "I measured {n} tokens per second before and {m} after.", "This needs a test before it can go in.",
    "The failing job is unrelated and is tracked elsewhere.",
    "Please attach the full log and the start command.",
)  # fmt: skip
_REMARKS_CHINESE = (
    "同样遇到这个问题，环境是 {chip}。",
    "感谢修复，{model} 已经正常。",
    "请问什么时候可以合入？我们等着用。",
)
_PACKAGES = (
    "torch",
    "triton",
    "numpy",
    "transformers",
    "flashinfer-python",
    "xgrammar",
    "ray",
    "pyzmq",
    "pillow",
    "aiohttp",
)
_ROCM_TAIL = (
    "HIP runtime version          : 6.4.43484",
    "MIOpen runtime version       : 3.4.0",
    "ROCM Version                 : 6.4.1",
    "GPU 0                        : AMD Instinct MI300X",
)
_CUDA_TAIL = (
    "Nvidia driver version        : 575.57.08",
    "ROCM Version                 : Could not collect",
    "GPU 0                        : NVIDIA H100 80GB HBM3",
)


def title_of(random: Random, area: str, kind: str) -> str:
    """A title as vLLM's contributors write them. kind: bug, feature, usage or pull."""
    model, chip = random.choice(_MODELS), random.choice(_CHIPS)
    if kind == "bug":
        return f"[Bug]: {model} {random.choice(_WRONG)} on {chip} ({area})"
    if kind == "feature":
        return f"[Feature]: {random.choice(_WANTED)} {model}"
    if kind == "usage":
        return f"[Usage]: How to serve {model} on {random.randint(1, 16)} x {chip}?"
    return f"[{area}] {random.choice(_DONE)} {model}"


def body_of(random: Random, *, dump: str | None = None) -> str:
    """A body of log-normal length. dump: "rocm" or "cuda" fills a long one up with that machine's
    environment."""
    length = _length(random, BODY_MEDIAN, BODY_TAIL)
    if dump is None:
        return _text(random, length)
    prose = max(300, length // 4)
    printed = environment(random, dump, length - prose)
    return f"{_text(random, prose)}\n\n### Environment\n\n```text\n{printed}\n```\n"


def comment_of(random: Random) -> str:
    chinese = random.random() < CHINESE
    first = _filled(random, random.choice(_REMARKS_CHINESE if chinese else _REMARKS))
    length = _length(random, COMMENT_MEDIAN, COMMENT_TAIL) - len(first)
    return first if length < 80 else f"{first}\n\n{_text(random, length, chinese=chinese)}"


def environment(random: Random, machine: str, length: int) -> str:
    """What an environment script prints on a ROCm or CUDA machine, about `length` characters; the hardware
    comes last."""
    rocm = machine == "rocm"
    lines = [
        "Collecting environment information...",
        f"PyTorch version              : 2.{random.randint(7, 9)}.0+{'rocm6.4' if rocm else 'cu129'}",
        f"CUDA used to build PyTorch   : {'N/A' if rocm else '12.9'}",
        f"ROCM used to build PyTorch   : {'6.4.43484' if rocm else 'N/A'}",
        f"OS                           : Ubuntu 22.04.{random.randint(1, 5)} LTS (x86_64)",
    ]
    tail = _ROCM_TAIL if rocm else _CUDA_TAIL
    size = sum(len(line) for line in (*lines, *tail))
    while size < length:
        version = f"{random.randint(0, 9)}.{random.randint(0, 30)}.{random.randint(0, 9)}"
        line = f"[pip3] {random.choice(_PACKAGES)}=={version}"
        lines.append(line)
        size += len(line) + 1
    return "\n".join((*lines, *tail))


def _length(random: Random, median: int, tail: int) -> int:
    sigma = math.log(tail / median) / _Z99
    return min(tail, round(random.lognormvariate(math.log(median), sigma)))


def _text(random: Random, length: int, *, chinese: bool | None = None) -> str:
    if chinese is None:
        chinese = random.random() < CHINESE
    sentences: list[str] = []
    size = 0
    while size < length:
        sentences.append(_filled(random, random.choice(_CHINESE if chinese else _ENGLISH)))
        size += len(sentences[-1]) + 1
    return "\n".join(" ".join(sentences[start : start + 5]) for start in range(0, len(sentences), 5))[:length]


def _filled(random: Random, sentence: str) -> str:
    return sentence.format(
        model=random.choice(_MODELS),
        chip=random.choice(_CHIPS),
        n=random.randint(2, 900),
        m=random.randint(2, 9000),
    )

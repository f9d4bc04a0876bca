"""What the bundled rules make of threads like those that vLLM has, for four other topics: quantization, mixture of
experts, speculative decoding and multimodal input. All made up, with verdicts as benchmarks/topics/verdicts has them.
"""

from __future__ import annotations

import pytest

from tests.summarizer.threads import MODELS, Thread, named, tier

# --- quantization


@pytest.mark.parametrize(
    "thread",
    [
        Thread("[Quantization] Drop an unused scale"),
        Thread("[Bug]: NVFP4 checkpoint gives NaN"),
        Thread("Fix MXFP4 weights on Hopper"),
        Thread("[Kernel] Marlin for zero points"),
        Thread("[Bugfix] AWQ with tied embeddings"),
        Thread("GPTQ act-order is ignored"),
        Thread("[Feature]: GGUF with sharded files"),
        Thread("[Bug]: kv-cache-dtype fp8 gives garbage"),
        Thread("Support W4A8 in CUTLASS"),
        Thread("Add compressed-tensors int4 with groups of 32"),
        Thread("[Bugfix] e8m0 block scales"),
        Thread("Requantize on load"),
        Thread("[Perf] Tune w8a8_block_fp8"),
        Thread("bitsandbytes 4-bit and LoRA"),
        Thread("Fold the scales", files=("vllm/model_executor/layers/quantization/modelopt.py",)),
    ],
    ids=named,
)
def test_threads_about_quantization(thread: Thread) -> None:
    assert tier("quantization", thread) == "about"


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (
            Thread("Rename a class", files=(*MODELS, "vllm/model_executor/layers/quantization/fp8.py")),
            "tagged",
        ),
        (Thread("It is slow", "issue", ("quantization",)), "tagged"),
        (Thread("[MRV2] Use FP64 for sampling"), None),
        (Thread("Use bf16 for the logits"), None),
        (Thread("Count quarters of a window"), None),
        (Thread("[Docs] Explain points of contact"), None),
    ],
    ids=named,
)
def test_threads_not_about_quantization(thread: Thread, expected: str | None) -> None:
    assert tier("quantization", thread) == expected


# --- mixture of experts


@pytest.mark.parametrize(
    "thread",
    [
        Thread("[MoE Refactor] Move the runner"),
        Thread("[EPLB] Copy weights in the background"),
        Thread("Add tuned fused_moe configs for a new GPU"),
        Thread("[Bug]: --enable-expert-parallel hangs with two nodes"),
        Thread("DeepEP low latency with padding"),
        Thread("[Kernel] Faster grouped_topk"),
        Thread("Overlap of shared experts"),
        Thread("[EP] Dispatch in chunks"),
        Thread("Return routed experts in the response"),
        Thread("[Perf] Faster routing for a new model"),
        Thread("all2all: drop a copy"),
        Thread("FusedMoE: LoRA of the gate"),
        Thread("Mixture-of-experts weights are loaded twice"),
        Thread("Kernel oracle: ask for features"),
        Thread("Drop a branch", files=("vllm/model_executor/layers/fused_moe/layer.py",)),
    ],
    ids=named,
)
def test_threads_about_mixture_of_experts(thread: Thread) -> None:
    assert tier("moe", thread) == "about"


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (
            Thread("Rename a class", files=(*MODELS, "vllm/model_executor/layers/fused_moe/layer.py")),
            "tagged",
        ),
        (
            Thread("Drop a branch", files=("vllm/envs.py", "vllm/model_executor/layers/fused_moe/a.py")),
            "tagged",
        ),
        (Thread("[Frontend] Request routing by prefix"), None),
        (Thread("Install on Oracle Linux"), None),
        (Thread("[Feature]: KV-aware routing"), None),
        (Thread("Keep steps of the replay"), None),
    ],
    ids=named,
)
def test_threads_not_about_mixture_of_experts(thread: Thread, expected: str | None) -> None:
    assert tier("moe", thread) == expected


# --- speculative decoding


@pytest.mark.parametrize(
    "thread",
    [
        Thread("[Spec Decode] Share the embedding"),
        Thread("[Bug]: EAGLE3 drafts nothing after a preemption"),
        Thread("MTP with a pipeline of two"),
        Thread("[Feature]: n-gram proposals on the GPU"),
        Thread("Draft model with its own tensor parallel size"),
        Thread("Speculative decoding and structured outputs"),
        Thread("Acceptance rate drops after an upgrade"),
        Thread("[V1] Rejection sampler in Triton"),
        Thread("num_speculative_tokens per request"),
        Thread("Suffix decoding: evict old trees"),
        Thread("Medusa heads are not loaded"),
        Thread("[Speculative] Warm up"),
        Thread("Short flag for --speculative-config"),
        Thread("Drafter reads the wrong slots"),
        Thread("Reuse a buffer", files=("vllm/v1/spec_decode/eagle.py",)),
    ],
    ids=named,
)
def test_threads_about_speculative_decoding(thread: Thread) -> None:
    assert tier("spec-decode", thread) == "about"


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (Thread("Rename a class", files=(*MODELS, "vllm/v1/spec_decode/eagle.py")), "tagged"),
        (Thread("Use doubles", files=("vllm/v1/sample/g.py", "vllm/v1/spec_decode/r.py")), "tagged"),
        (Thread("[Draft] Try a new scheduler"), None),
        (Thread("Prepare a draft release"), None),
        (Thread("Support no_repeat_ngram_size"), None),
        (Thread("Inspect decoders of images"), None),
    ],
    ids=named,
)
def test_threads_not_about_speculative_decoding(thread: Thread, expected: str | None) -> None:
    assert tier("spec-decode", thread) == expected


# --- multimodal


@pytest.mark.parametrize(
    "thread",
    [
        Thread("[Bug]: Qwen3-VL loses the second image"),
        Thread("[Model] Add a vision-language model"),
        Thread("Cache of the mm processor"),
        Thread("image_url with redirects"),
        Thread("[Bugfix] Whisper timestamps"),
        Thread("Audio in chat completions"),
        Thread("Video frames are sampled twice"),
        Thread("Encoder CUDA graphs for ViT"),
        Thread("Multi-modal prefix caching"),
        Thread("--limit-mm-per-prompt as JSON"),
        Thread("DeepSeek-OCR is slow"),
        Thread("Qwen2.5-Omni thinker only"),
        Thread("InternVL tiles"),
        Thread("Voxtral streaming"),
        Thread("[EPD] Send embeddings between encoder and prefill"),
        Thread("Hash inputs once", files=("vllm/multimodal/hasher.py",)),
    ],
    ids=named,
)
def test_threads_about_multimodal_input(thread: Thread) -> None:
    assert tier("multimodal", thread) == "about"


@pytest.mark.parametrize(
    ("thread", "expected"),
    [
        (Thread("Rename a class", files=(*MODELS, "vllm/multimodal/inputs.py")), "tagged"),
        (Thread("FlexAttention for encoder-decoder models"), "tagged"),
        (Thread("Publish a nightly Docker image"), None),
        (Thread("Smaller release images"), None),
        (Thread("Visualize the profile"), None),
        (Thread("Encoder-only BERT models"), None),
        (Thread("[Kernel] cutlass_scaled_mm_sm100"), None),
    ],
    ids=named,
)
def test_threads_not_about_multimodal_input(thread: Thread, expected: str | None) -> None:
    assert tier("multimodal", thread) == expected

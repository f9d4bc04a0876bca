"""What the bundled rules make of threads like those that vLLM has: about AMD and ROCm, tagged with it, or neither.

All of them are made up. The verdicts were set by what the thread is about, as benchmarks/topics/verdicts says.
"""

from __future__ import annotations

import pytest

from tests.summarizer.threads import MODELS, Thread, named, tier

NVIDIA_DUMP = """\
### Your current environment
<details>
<summary>The output of <code>python collect_env.py</code></summary>

```text
Collecting environment information...
==============================
        System Info
==============================
OS                           : Ubuntu 22.04.5 LTS (x86_64)
==============================
       PyTorch Info
==============================
PyTorch version              : 2.9.0+cu129
CUDA used to build PyTorch   : 12.9
ROCM used to build PyTorch   : N/A
GPU models and configuration : GPU 0: NVIDIA H100 80GB HBM3
HIP runtime version          : N/A
Vendor ID:                            AuthenticAMD
Model name:                           AMD EPYC 9654 96-Core Processor
ROCM Version                 : Could not collect
  CUDA Archs: Not Set; ROCm: Disabled; XPU: Disabled
RAY_EXPERIMENTAL_NOSET_HIP_VISIBLE_DEVICES=1
```

</details>

### Describe the bug
"""

ROCM_DUMP = (
    NVIDIA_DUMP.replace("2.9.0+cu129", "2.9.0a0+git1c57644")
    .replace("CUDA used to build PyTorch   : 12.9", "CUDA used to build PyTorch   : N/A")
    .replace("ROCM used to build PyTorch   : N/A", "ROCM used to build PyTorch   : 7.0.51831-a3e329ad8")
    .replace("GPU 0: NVIDIA H100 80GB HBM3", "AMD Instinct MI300X (gfx942:sramecc+:xnack-)")
    .replace("HIP runtime version          : N/A", "HIP runtime version          : 7.0.51831")
)


def bug(title: str, body: str, *labels: str) -> Thread:
    return Thread(title, "issue", ("bug", *labels), body=body)


@pytest.mark.parametrize(
    "title",
    [
        "[ROCm][Kernel] Add a skinny GEMM for decode",
        "[Bugfix][ROCm] Guard an import that only exists on newer builds",
        "[AMD] Enable sleep mode",
        "[Hardware][AMD] Tune fused kernels for MI350X",
        "[Bug]: Llama hangs on 8x MI325X with TP=8",
        "[Bug]: Garbled output on MI308X",
        "[Usage]: Is MI210 still supported?",
        "[Feature]: Support MI450",
        "[Performance]: MI30x decode is slower than expected",
        "[Bug]: AMD GPU not detected in the container",
        "[Bug]: RX 7900 XTX runs out of memory at startup",
        "[Bug]: two 7900XTX hang in all-reduce",
        "[Feature]: RX 9070 support",
        "[Feature]: Run on Strix Halo",
        "[Usage]: Ryzen AI Max+ 395 with 128 GB",
        "[Installation]: vLLM on gfx906",
        "Enable gfx1201 in the build",
        "[Bug]: no kernel image for gfx90a",
        "[Bug]: Radeon Pro W7900 crashes in prefill",
        "Bump aiter to the latest commit",
        "Fall back when AITER MLA is unavailable",
        "VLLM_ROCM_USE_AITER_MHA is ignored",
        "Update hipBLASLt tuning tables",
        "Respect HIP_VISIBLE_DEVICES in the executor",
        "[Bug]: HIP error: invalid device function",
        "Fix hip graph capture with piecewise compilation",
        "hipify the new kernels",
        "Load Quark checkpoints with static scales",
        "[Quark] Support MXFP6",
        "Use MoRI for all2all dispatch",
        "Add MoRIIO as a KV connector",
        "RCCL hangs with pipeline parallelism",
        "Use amdsmi to find the topology",
        "docker: build the rocm721 image",
        "[CI Failure]: mi355_1: V1 Core + KV + Metrics",
        "[CI] Move tests of kernels to the AMD queue",
        "[Doc] Explain which CDNA3 features are used",
        "Composable Kernel based attention",
        "Use quick reduce for small messages",
        'Revert "[ROCm] Enable fusion by default"',
        "在 AMD 显卡上运行失败",
        "[Bug]: EPYC host with MI300X fails to start",
    ],
)
def test_titles_about_amd(title: str) -> None:
    assert tier("amd", Thread(title)) == "about"


@pytest.mark.parametrize(
    "title",
    [
        "[Bug]: Slow startup on AMD EPYC 9654 with H100",
        "[CPU] Use AVX-512 on AMD machines",
        "[CPU][Bugfix] AMD Zen5 picks the wrong path",
        "Build for Intel/AMD x86 servers",
        "[Usage]: Threadripper PRO, is AMD supported as host?",
        "Publish linux/amd64 and linux/arm64 images",
        "Use is_cuda_alike in the platform check",
        "[Bugfix] Implement __aiter__ of the stream",
        "Support HiP Attention",
        "The waiter never wakes up",
        "Serve from Quarkus clients",
        "[Bug]: RTX 7000 series is not recognised",
        "[CI] Fix a conch kernel",
        "Ship the scheduler's microcode",
        "Remove unused chip detection",
        "Memoise the mirror's lookups",
        "[Bugfix] Fix minimax rope parameters",
    ],
)
def test_titles_that_say_nothing_of_amd(title: str) -> None:
    assert tier("amd", Thread(title)) is None


@pytest.mark.parametrize(
    "thread",
    [
        bug("[Bug]:", ROCM_DUMP + "It stops after the first request.", "rocm"),
        bug("[Bug]: gpt-oss crashes with piecewise compilation", ROCM_DUMP + "Logs below."),
        bug(
            "[Bug]: Wrong answers",
            "collect_env: PyTorch 2.9.1+git89, CUDA used to build PyTorch: N/A, ROCM used to build PyTorch: "
            "7.0.51831-a3e329ad8, Nvidia driver version: Could not collect.",
        ),
        bug("[Bug]: Wrong answers", "Eight MI355X; the second node answers with noise.", "rocm"),
        bug("[Bug]: Engine dies", "- GPU: AMD Radeon RX 7900 XTX\n- vLLM 0.12\n\nIt dies while loading."),
        bug("[Bug]: Engine dies", "Ubuntu 24.04, ROCm 7.1, image rocm/vllm-dev:nightly."),
        bug("[Bug]: Engine dies", "ROCm version: 6.4.1\nIt dies while loading."),
        bug("[Bug]: Engine dies", "Works until 0.11; since then a memory fault on gfx1151."),
        bug("[Bug]: Engine dies", "This happens only on ROCm."),
        bug(
            "[Bug]: Engine dies",
            "Collecting environment information...\nOS : Ubuntu 24.04\n"
            "GPU models and configuration : AMD Radeon PRO W7900 (gfx1100)\nNvidia driver version : Could not collect",
        ),
        bug("[Bug]: Engine dies", "The host has an AMD EPYC 9654 with eight MI300X."),
        Thread("[CI Failure]: V1 others", "issue", ("ci-failure",), body="Red since Monday in amd-ci #8058."),
        Thread("Reorder the selection", files=("vllm/platforms/rocm.py",)),
        Thread("Reorder the selection", files=("vllm/platforms/rocm.py", "tests/test_selection.py")),
        Thread("Split a job", files=(".buildkite/test-amd.yaml",)),
        Thread(
            "Pin versions",
            files=("docker/Dockerfile.rocm", "requirements/common.txt", "requirements/rocm-test.txt"),
        ),
    ],
    ids=named,
)
def test_threads_about_amd_whose_titles_do_not_say_so(thread: Thread) -> None:
    assert tier("amd", thread) == "about"


@pytest.mark.parametrize(
    "thread",
    [
        bug("[Bug]: Engine dies", NVIDIA_DUMP + "It dies while loading.", "rocm"),
        bug("[Bug]: Engine dies", NVIDIA_DUMP + "On ROCm it works, on the H100 it does not."),
        bug("[Bug]: Engine dies", "Fails on an A100. MI300X is fine."),
        Thread("[Roadmap] Next quarter", "issue", ("rocm",), body="Faster kernels for NVIDIA and AMD GPUs."),
        Thread("[RFC]: Pluggable kernels", "issue", ("RFC",), body="Backends: CUTLASS on B200, AITER, XPU."),
        Thread("[Perf] Faster sampling", body="Measured on MI300X and on B200."),
        Thread("[Misc] Clean up imports", body="No change of behaviour on ROCm."),
        Thread("[Core] Drop a copy", body="Tested on MI300X with ROCm 7.0."),
        Thread(
            "[RFC]: Plugins for kernels",
            "issue",
            ("RFC",),
            body="A registry; ROCm and others may add theirs.",
        ),
        Thread("Fix a race in the scheduler", author="someone-amd"),
        Thread("Fix a flaky audio test", author="AndreasKaratzas"),
        Thread("Rename a function", files=(*MODELS, "vllm/v1/attention/backends/rocm_attn.py")),
        Thread("Rename a test", files=(".buildkite/test-amd.yaml", ".buildkite/test_areas/models.yaml")),
        Thread("Bump a version", files=("requirements/rocm-test.txt", "requirements/test.txt")),
    ],
    ids=named,
)
def test_threads_that_carry_amd_s_mark(thread: Thread) -> None:
    assert tier("amd", thread) == "tagged"


@pytest.mark.parametrize(
    "thread",
    [
        bug("[Bug]: Engine dies", NVIDIA_DUMP + "It dies while loading."),
        bug("[Bug]: Engine dies", "torch 2.11+cu130; ROCM Version: Could not collect; ROCm: Disabled."),
        bug("[Bug]: Engine dies", "ROCM used to build PyTorch: N/A, HIP runtime version: N/A. Two L40S."),
        bug("[Bug]: Engine dies", "The host is an AMD EPYC 7763 64-Core Processor, flags amd_lbr_v2."),
        bug("[Bug]: Engine dies", "<!-- Is it on ROCm? Name the MI300X. -->\nTwo H20."),
        bug("[Bug]: Slow", "CPU backend on AMD EPYC machines."),
        Thread("[Feature]: Faster CPU", "issue", body="Use zentorch on AMD Zen5 machines."),
        Thread("Speed up tokenizing", body="Profiled on a laptop with an AMD Ryzen 7."),
        Thread("Publish images", files=("docker/Dockerfile.amd64",)),
    ],
    ids=named,
)
def test_threads_that_have_nothing_to_do_with_amd(thread: Thread) -> None:
    assert tier("amd", thread) is None

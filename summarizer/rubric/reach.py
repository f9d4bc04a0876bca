"""Reach: how far a change goes, by the paths it touches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from summarizer.categories import is_ci, is_docs, is_model, is_test

_CORE = re.compile(
    r"(?:^|/)(?:core|engine|worker|executor|sched|sample|sampler|scheduler|attention|kv_offload|config|compilation)/"
    r"|(?:^|/)\w*(?:scheduler|block_pool|kv_cache|model_runner|sampler|async_llm|engine_core|forward_context"
    r"|block_table|input_batch)\w*\.\w+$"
)
"""Scheduler, engine, attention, KV cache, worker and model runner, sampler, configuration."""
_BESIDE_CORE = re.compile(r"(?:^|/)(?:entrypoints|transformers_utils|benchmarks)/")
_CONFIG = re.compile(r"(?:^|/)configs?(?:/|\.py$)|(?:^|/)(?:arg_utils|envs|settings)\.py$")
PLATFORM: Final = re.compile(
    r"rocm|aiter|(?<![a-z])(?:amd|hip|xpu|tpu|npu|hpu|musa|cpu|arm|aarch64|power|s390x|neuron|intel|mi3\d\d|gfx\d+\w*"
    r"|sm\d{2,3}\w?|blackwell|hopper|gb200|b200|spark|deepgemm|cutlass|trtllm|flashmla)(?![a-z])",
    re.IGNORECASE,
)
"""A title or a path that is of one platform or one vendor's kernels."""
_DEPENDENCY = re.compile(
    r"(?:^|/)(?:requirements[^/]*(?:/[^/]+)?\.(?:txt|in)|setup\.py|pyproject\.toml|[\w.-]*\.lock|go\.mod"
    r"|package\.json|Cargo\.toml)$"
)
_ASIDE = re.compile(
    r"(?:^|/)(?:benchmarks?|examples?|tools|scripts|contrib)/|(?:^|/)collect_env\.py$|\.gitignore$"
)
_DATA = re.compile(r"\.(?:json|ya?ml|txt|csv|jinja|toml)$")
_CODE = re.compile(r"\.(?:py|pyi|cu|cuh|c|cc|cpp|h|hpp|rs|go|js|ts|java|sh)$")


@dataclass(frozen=True, slots=True)
class Reach:
    """What the changed paths tell, in numbers of paths.

    files: all. code: without documentation, tests, CI, data, and what stands aside (tools, examples, benchmarks); of
    those, core: of the core and of no single platform; config: settings; models: implementations of models; platform:
    of one platform. areas: how many places they lie in. dependency, tests: whether any path of the kind is among all.
    """

    files: int = 0
    code: int = 0
    core: int = 0
    config: int = 0
    models: int = 0
    platform: int = 0
    areas: int = 0
    dependency: bool = False
    tests: bool = False


@lru_cache(maxsize=8192)
def reach(files: tuple[str, ...]) -> Reach:
    """What `files` tell of how far a change reaches."""
    code = [path for path in files if _is_code(path)]
    shared = [path for path in code if not PLATFORM.search(path)]
    return Reach(
        files=len(files),
        code=len(code),
        core=sum(_CORE.search(path) is not None and not _BESIDE_CORE.search(path) for path in shared),
        config=sum(_CONFIG.search(path) is not None for path in code),
        models=sum(is_model(path) for path in code),
        platform=len(code) - len(shared),
        areas=len({"/".join(path.split("/")[:3]) for path in code}),
        dependency=any(_DEPENDENCY.search(path) for path in files),
        tests=any(is_test(path) for path in files),
    )


def _is_code(path: str) -> bool:
    if is_docs(path) or is_test(path) or is_ci(path) or _ASIDE.search(path) or _DATA.search(path):
        return False
    return _CODE.search(path) is not None

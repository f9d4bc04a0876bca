"""The public daily reports of 2025-12-10, replayed: the same title, statistics and rows, and no denial of #26701."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.chat import Context
from tests.bot.demo import demo_services

_URL = "https://github.com/vllm-project/vllm"
_NONE = "- 无"


def _issue(number: int, rest: str) -> str:
    return f"- [#{number}]({_URL}/issues/{number}) {rest}"


def _pull(number: int, rest: str) -> str:
    return f"- [#{number}]({_URL}/pull/{number}) {rest}"


_MINISTRAL = "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512 — bug — by eltorre"
_ROTARY = "[BugFix] Fix minimax m2 model rotary_dim — ready — by rogeryoungh"
_ROPE = (
    "[BugFix] Fix minimax m2 model rope_parameters — 无标签 — by esmeetu (关闭于: 2025-12-10 18:47 (UTC+8))"
)
_GET_ROPE = (
    'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim`'
    " — performance,llama,qwen,deepseek,gpt-oss — by hmellor (创建于: 2025-12-10 20:33 (UTC+8))"
)
_AITER = (
    "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X — rocm,ready,needs-rebase — by gronsti-amd"
    " (关闭于: 2025-12-10 20:33 (UTC+8))"
)
_LISTS = ("新增 Issue", "已关闭 Issue", "新增 PR", "已合并 PR", "关闭但未合并的 PR")

REPORTS = {
    "2025-12-10T17:53..18:53": (
        "2025-12-10 17:53 (UTC+8) ~ 2025-12-10 18:53 (UTC+8)",
        "新 Issue 2 | 关闭 Issue 1 | 新 PR 1 | 合并 PR 0 | 关闭未合并 PR 1",
        (
            [
                _issue(30382, f"{_MINISTRAL} (创建于: 2025-12-10 17:55 (UTC+8))"),
                _issue(
                    30383,
                    "[RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits"
                    " — RFC — by GaoHuaZhang (创建于: 2025-12-10 18:02 (UTC+8))",
                ),
            ],
            [_issue(30382, f"{_MINISTRAL} (关闭于: 2025-12-10 18:47 (UTC+8))")],
            [_pull(30384, f"{_ROTARY} (创建于: 2025-12-10 18:37 (UTC+8))")],
            [_NONE],
            [_pull(30349, _ROPE)],
        ),
        False,
    ),
    "2025-12-10T18:42..19:42": (
        "2025-12-10 18:42 (UTC+8) ~ 2025-12-10 19:42 (UTC+8)",
        "新 Issue 0 | 关闭 Issue 1 | 新 PR 2 | 合并 PR 0 | 关闭未合并 PR 1",
        (
            [_NONE],
            [_issue(30382, f"{_MINISTRAL} (关闭于: 2025-12-10 18:47 (UTC+8))")],
            [
                _pull(
                    30385,
                    "[Core] Whisper support `torch.compile` — v1 — by NickLucche"
                    " (创建于: 2025-12-10 19:11 (UTC+8))",
                ),
                _pull(
                    30386,
                    "[v1] Add PrefixLM support to TritonAttention backend — v1 — by Isotr0py"
                    " (创建于: 2025-12-10 19:32 (UTC+8))",
                ),
            ],
            [_NONE],
            [_pull(30349, _ROPE)],
        ),
        False,
    ),
    "2025-12-10T19:35..20:35": (
        "2025-12-10 19:35 (UTC+8) ~ 2025-12-10 20:35 (UTC+8)",
        "新 Issue 1 | 关闭 Issue 0 | 新 PR 2 | 合并 PR 0 | 关闭未合并 PR 2",
        (
            [
                _issue(
                    30387,
                    "[Bug]: illegal memory access countered when using kv-cache-type=fp8  loading  a weight-fp8 model"
                    " for evaltest  in flash-attn backend — bug — by youngze0016"
                    " (创建于: 2025-12-10 19:43 (UTC+8))",
                )
            ],
            [_NONE],
            [
                _pull(
                    30388,
                    "[Docs] Generate full list of metrics in user docs — documentation — by markmc"
                    " (创建于: 2025-12-10 19:50 (UTC+8))",
                ),
                _pull(30389, _GET_ROPE),
            ],
            [_NONE],
            [
                _pull(
                    30348,
                    "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs — documentation"
                    " — by googs1025 (关闭于: 2025-12-10 19:59 (UTC+8))",
                ),
                _pull(26701, _AITER),
            ],
        ),
        True,
    ),
    "2025-12-10T19:59:30..20:59": (
        "2025-12-10 19:59:30 (UTC+8) ~ 2025-12-10 20:59 (UTC+8)",
        "新 Issue 0 | 关闭 Issue 0 | 新 PR 2 | 合并 PR 3 | 关闭未合并 PR 1",
        (
            [_NONE],
            [_NONE],
            [
                _pull(30389, _GET_ROPE),
                _pull(
                    30390,
                    "fix: Update json features supported by xGrammar — structured-output,v1"
                    " — by johannesflommersfeld (创建于: 2025-12-10 20:51 (UTC+8))",
                ),
            ],
            [
                _pull(
                    30062,
                    "[CPU] Support for Whisper — ready,ci/build,v1,multi-modality — by aditew01"
                    " (合并于: 2025-12-10 20:58 (UTC+8))",
                ),
                _pull(
                    30331,
                    "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache()"
                    " — tpu,ready,v1 — by dtrifiro (合并于: 2025-12-10 20:58 (UTC+8))",
                ),
                _pull(30384, f"{_ROTARY} (合并于: 2025-12-10 20:58 (UTC+8))"),
            ],
            [_pull(26701, _AITER)],
        ),
        True,
    ),
}
"""Window -> window line, statistics line, the five lists, whether #26701 is in it."""


@pytest.mark.parametrize("window", REPORTS)
async def test_a_replayed_report_has_the_title_counts_and_rows_of_the_original(
    window: str, tmp_path: Path
) -> None:
    span, statistics, lists, _ = REPORTS[window]

    page = await _page(window, tmp_path)

    lines = page.splitlines()
    assert lines[0] == "# vLLM 开发动态报告 - 2025-12-10"
    assert f"> 时间窗口: {span}" in lines
    assert f"> 数据统计: {statistics}" in lines
    appendix = page.partition("## 📋 附录：详细数据列表\n")[2].partition("\n---\n")[0]
    expected = "\n\n".join(
        "\n".join((f"### {heading}", *rows)) for heading, rows in zip(_LISTS, lists, strict=True)
    )
    assert appendix.strip() == expected


@pytest.mark.parametrize("window", REPORTS)
async def test_the_amd_section_names_26701_with_its_reason_exactly_where_it_belongs(
    window: str, tmp_path: Path
) -> None:
    *_, has_amd = REPORTS[window]

    page = await _page(window, tmp_path)

    amd = page.partition("### 🎯 AMD/ROCm 生态相关动态\n")[2].partition("\n###")[0]
    if has_amd:
        assert f"[#26701]({_URL}/pull/26701)" in amd
        assert "标签 `rocm`" in amd
    else:
        assert "26701" not in amd
        assert amd.startswith("本周期无 AMD/ROCm")


async def test_the_digest_in_the_readme_is_what_the_program_prints(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text("utf-8")
    sample = readme.partition("```markdown\n")[2].partition("\n```")[0]

    page = await _page("2025-12-10T19:59:30..20:59", tmp_path, lang="en")

    assert sample.count("\n") > 50
    assert [line for line in sample.splitlines() if line != "..." and line not in page.splitlines()] == []


async def _page(window: str, state_dir: Path, lang: str = "zh") -> str:
    async with demo_services(state_dir) as services:
        reply = await services.commands(f"{window} tz:Asia/Shanghai lang:{lang}", Context("shell"))
    assert reply.problem is None
    return reply.text

"""A report against itself: what contradicts its own lists is found, without any mirror."""

from __future__ import annotations

import pytest

from summarizer import languages
from summarizer.errors import BadInput
from summarizer.reports import Check, check, read_report, telling
from summarizer.topics import load_topics

TOPICS = load_topics().topics
WEB = "https://github.com/vllm-project/vllm"


def row(number: int, title: str, labels: str, login: str, moment: str, *, kind: str = "pull") -> str:
    return f"- [#{number}]({WEB}/{kind}/{number}) {title} — {labels} — by {login} ({moment} (UTC+8))"


ROPE = row(30389, "Standardise rope", "performance", "hmellor", "创建于: 2025-12-10 20:33")
WHISPER = row(30062, "[CPU] Support for Whisper", "ready", "aditew01", "合并于: 2025-12-10 20:58")
AITER = row(
    26701,
    "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X",
    "rocm,ready",
    "gronsti-amd",
    "关闭于: 2025-12-10 20:33",
)


def report(
    prose: str = "",
    *,
    counts: str = "新 Issue 0 | 关闭 Issue 0 | 新 PR 1 | 合并 PR 1 | 关闭未合并 PR 1",
    opened: str = ROPE,
    merged: str = WHISPER,
    closed: str = AITER,
    title: str = "vLLM 开发动态报告 - 2025-12-10",
) -> str:
    lists = {"新增 PR": opened, "已合并 PR": merged, "关闭但未合并的 PR": closed}
    appendix = "\n\n".join(f"### {name}\n{rows}" for name, rows in lists.items())
    window = "2025-12-10 19:59 (UTC+8) ~ 2025-12-10 20:59 (UTC+8)"
    return (
        f"# {title}\n\n> 时间窗口: {window}\n> 数据统计: {counts}\n\n---\n\n"
        f"### 📊 摘要\n{prose}\n\n---\n\n## 附录\n\n{appendix}\n"
    )


def checked(text: str) -> Check:
    return check(read_report(text), TOPICS, None)


def wrong(text: str) -> list[tuple[str, int]]:
    return [(each.key, each.line) for each in checked(text).wrong]


def test_a_report_that_agrees_with_itself_has_nothing_wrong() -> None:
    prose = "新增了1个 PR，合并了1个 PR。PR #30062 已合并，#30389 仍在打开状态。"
    prose += "#26701 由 `gronsti-amd` 提交，未合并即关闭。"
    assert checked(report(prose)).findings == ()


PLANTED = {
    "count_list": report(counts="新 Issue 0 | 关闭 Issue 0 | 新 PR 2 | 合并 PR 1 | 关闭未合并 PR 1"),
    "link": report(merged=WHISPER.replace("/pull/30062", "/pull/30063")),
    "link_repo": report(merged=WHISPER.replace("vllm-project/vllm", "vllm-project/other")),
    "row_kind": report(merged=WHISPER.replace("/pull/", "/issues/")),
    "row_moment": report(merged=WHISPER.replace("合并于", "创建于")),
    "row_outside": report(merged=WHISPER.replace("20:58", "21:58")),
    "row_no_time": report(merged=WHISPER.replace("20:58", "20:61")),
    "row_repeated": report(
        merged=f"{WHISPER}\n{WHISPER}",
        counts="新 Issue 0 | 关闭 Issue 0 | 新 PR 1 | 合并 PR 2 | 关闭未合并 PR 1",
    ),
    "row_lists": report(closed=WHISPER.replace("合并于", "关闭于")),
    "row_differs": report(
        opened=WHISPER.replace("合并于", "创建于").replace("aditew01", "aditew02").replace("20:58", "20:10")
    ),
    "row_backwards": report(
        opened=WHISPER.replace("合并于", "创建于"), merged=WHISPER.replace("20:58", "20:30")
    ),
    "title_day": report(title="vLLM 开发动态报告 - 2025-12-11"),
    "title_week": report(title="vLLM 周报 2025-W49"),
    "topic": report("本周期无 AMD 相关更新。"),
    "suffix": report("贡献者中没有用户名包含“-amd”后缀的用户。"),
    "count_said": report("本周期合并了3个 PR。"),
    "state": report("PR #30389 已合并。"),
    "kind": report("Issue #30062 涉及 Whisper。"),
    "author": report("PR #30389 由 `aditew01` 提交。"),
    "title": report("- **PR #30062** [CPU] Support of Whisper"),
    "group": report("合并 PR 2 个：#30062"),
    "contributor": report("- **合并的 PR**：`aditew01` 2"),
    "time": report("PR #30062 于 20:12 合并。"),
}


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_contradiction_is_found_by_its_kind(key: str) -> None:
    assert key in {each.key for each in checked(PLANTED[key]).wrong}


@pytest.mark.parametrize("key", sorted(PLANTED))
@pytest.mark.parametrize("lang", languages.codes())
def test_every_kind_is_told_in_every_language(key: str, lang: str) -> None:
    told = telling.as_text(checked(PLANTED[key]), "report.md", languages.load(lang))
    assert "{" not in told
    assert "report." not in told.replace("report.md", "")


@pytest.mark.parametrize(
    "prose",
    [
        "No AMD updates this period.",
        "There were no ROCm PRs.",
        "本周期无 AMD/ROCm 相关更新。",
        "均未发现涉及 ROCm、HIP 的修改。",
    ],
)
def test_a_denied_topic_names_the_member_and_the_rules(prose: str) -> None:
    [finding] = checked(report(prose)).wrong
    assert finding.numbers == (26701,)
    assert "rocm" in telling.problem(finding, languages.load("en"))


@pytest.mark.parametrize(
    "prose",
    [
        "所有新增和已合并的 PR 中，均未发现涉及 AMD、ROCm 的修改。",  # the member was closed, so this is so
        "PR #30062 与 AMD 生态无关。",
        "本周期的贡献者均为非 AMD 开发者。",
        "没有直接关于 AMD/ROCm 生态的动态；有 1 项仅带标签或有所关联：#26701。",
        "#30389 尚未合并，合并前需要充分测试。",
        "No TPU updates this period.",
    ],
)
def test_what_cannot_be_called_wrong_is_left_alone(prose: str) -> None:
    assert checked(report(prose)).wrong == ()


def test_a_number_that_nothing_is_known_of_is_counted_and_not_judged() -> None:
    found = checked(report("PR #29966 已合并。"))
    assert found.findings == ()
    assert found.looked.unknown == 1


def test_a_members_own_mention_makes_a_denial_of_the_rest_true() -> None:
    assert checked(report("除 #26701 外，本周期无 AMD 相关更新。")).wrong == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "report.empty"),
        (" \n\n", "report.empty"),
        ("a\x00b", "report.binary"),
        ("Dear all,\n\nlunch is at noon.\n", "report.none"),
        ("[project]\nname = 'x'\n", "report.none"),
    ],
)
def test_what_is_no_report_is_said_to_be_none(text: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_report(text)
    assert caught.value.key == key

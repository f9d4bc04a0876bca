"""A digest in every format: what the reference reports show, and nothing that strangers' text could add."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarizer import extract
from summarizer.assessments import Assessment
from summarizer.digests import Claim, Dropped, Entry, Generation, Section, Verification
from summarizer.facts import Contributor, FileHeat, Tally
from summarizer.filters import Filter
from summarizer.items import Comment, Person, Release
from summarizer.languages import load
from summarizer.render import Format, render
from summarizer.rubric import assess_all
from tests.references import ITEMS, WINDOWS, digest_of, facts_of, local

if TYPE_CHECKING:
    from summarizer.digests import Digest
    from summarizer.facts import Facts

FORMATS: tuple[Format, ...] = ("md", "jekyll", "text", "json")
LANGS = ("en", "zh")
URL = "https://github.com/vllm-project/vllm/"

ROWS: dict[int, tuple[str, str]] = {
    30382: ("issues", "[Bug]: Issues with mistralai/Ministral-3-14B-Instruct-2512 — bug — by eltorre"),
    30383: (
        "issues",
        (
            "[RFC]: Multi-Process Benchmark Architecture for Scaling Beyond Single-Core Limits — RFC — "
            "by GaoHuaZhang"
        ),
    ),
    30384: ("pull", "[BugFix] Fix minimax m2 model rotary_dim — ready — by rogeryoungh"),
    30349: ("pull", "[BugFix] Fix minimax m2 model rope_parameters — 无标签 — by esmeetu"),
    30386: ("pull", "[v1] Add PrefixLM support to TritonAttention backend — v1 — by Isotr0py"),
    30385: ("pull", "[Core] Whisper support `torch.compile` — v1 — by NickLucche"),
    30387: (
        "issues",
        (
            "[Bug]: illegal memory access countered when using kv-cache-type=fp8  loading  a weight-fp8 "
            "model for evaltest  in flash-attn backend — bug — by youngze0016"
        ),
    ),
    30389: (
        "pull",
        (
            'Standardise `get_rope` to use `rope_parameters["partial_rotary_factor"]`, not `rotary_dim` — '
            "performance,llama,qwen,deepseek,gpt-oss — by hmellor"
        ),
    ),
    30388: ("pull", "[Docs] Generate full list of metrics in user docs — documentation — by markmc"),
    26701: (
        "pull",
        "[ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X — rocm,ready,needs-rebase — by gronsti-amd",
    ),
    30348: (
        "pull",
        (
            "[Docs]: adds a new metric vllm:request_prefill_kv_computed_tokens in docs — documentation — "
            "by googs1025"
        ),
    ),
    30390: (
        "pull",
        "fix: Update json features supported by xGrammar — structured-output,v1 — by johannesflommersfeld",
    ),
    30062: ("pull", "[CPU] Support for Whisper — ready,ci/build,v1,multi-modality — by aditew01"),
    30331: (
        "pull",
        (
            "[Bugfix] tpu_model_runner: set vllm config context when calling reset_dynamo_cache() — "
            "tpu,ready,v1 — by dtrifiro"
        ),
    ),
}


def row(number: int, moment: str, clock: str) -> str:
    path, words = ROWS[number]
    return f"- [#{number}]({URL}{path}/{number}) {words} ({moment}于: 2025-12-10 {clock} (UTC+8))"


NONE = "- 无"
REFERENCES: dict[str, tuple[str, str, list[list[str]]]] = {
    "17:53-18:53": (
        "> 时间窗口: 2025-12-10 17:53 (UTC+8) ~ 2025-12-10 18:53 (UTC+8)",
        "> 数据统计: 新 Issue 2 | 关闭 Issue 1 | 新 PR 1 | 合并 PR 0 | 关闭未合并 PR 1",
        [
            [row(30382, "创建", "17:55"), row(30383, "创建", "18:02")],
            [row(30382, "关闭", "18:47")],
            [row(30384, "创建", "18:37")],
            [NONE],
            [row(30349, "关闭", "18:47")],
        ],
    ),
    "18:42-19:42": (
        "> 时间窗口: 2025-12-10 18:42 (UTC+8) ~ 2025-12-10 19:42 (UTC+8)",
        "> 数据统计: 新 Issue 0 | 关闭 Issue 1 | 新 PR 2 | 合并 PR 0 | 关闭未合并 PR 1",
        [
            [NONE],
            [row(30382, "关闭", "18:47")],
            [row(30385, "创建", "19:11"), row(30386, "创建", "19:32")],
            [NONE],
            [row(30349, "关闭", "18:47")],
        ],
    ),
    "19:35-20:35": (
        "> 时间窗口: 2025-12-10 19:35 (UTC+8) ~ 2025-12-10 20:35 (UTC+8)",
        "> 数据统计: 新 Issue 1 | 关闭 Issue 0 | 新 PR 2 | 合并 PR 0 | 关闭未合并 PR 2",
        [
            [row(30387, "创建", "19:43")],
            [NONE],
            [row(30388, "创建", "19:50"), row(30389, "创建", "20:33")],
            [NONE],
            [row(30348, "关闭", "19:59"), row(26701, "关闭", "20:33")],
        ],
    ),
    "19:59:30-20:59": (
        "> 时间窗口: 2025-12-10 19:59:30 (UTC+8) ~ 2025-12-10 20:59 (UTC+8)",
        "> 数据统计: 新 Issue 0 | 关闭 Issue 0 | 新 PR 2 | 合并 PR 3 | 关闭未合并 PR 1",
        [
            [NONE],
            [NONE],
            [row(30389, "创建", "20:33"), row(30390, "创建", "20:51")],
            [row(30062, "合并", "20:58"), row(30331, "合并", "20:58"), row(30384, "合并", "20:58")],
            [row(26701, "关闭", "20:33")],
        ],
    ),
}
HEADINGS = [
    "### 📊 每日开发状态摘要", "### 🎯 AMD/ROCm 生态相关动态", "### 💬 高热度讨论分析",
    "### 🔥 热门话题与趋势分析", "### 🛠️ 重点技术变更", "### 📈 开发活跃度观察",
    "### 💡 值得关注的问题", "## 📋 附录：详细数据列表",
    "### 新增 Issue", "### 已关闭 Issue", "### 新增 PR", "### 已合并 PR", "### 关闭但未合并的 PR",
]  # fmt: skip


def page(window: str, lang: str = "zh", format: Format = "md") -> str:  # noqa: A002
    return render(digest_of(facts_of(ITEMS, WINDOWS[window]), lang), format, load(lang))


@pytest.mark.parametrize("window", REFERENCES)
def test_title_header_headings_and_every_appendix_line_are_those_of_the_reference(window: str) -> None:
    window_line, statistics, lists = REFERENCES[window]

    lines = page(window).splitlines()

    assert lines[0] == "# vLLM 开发动态报告 - 2025-12-10"
    assert lines[2:6] == [window_line, statistics, "", "---"]
    assert [line for line in lines if line.startswith("##")] == HEADINGS
    appendix = lines[lines.index("## 📋 附录：详细数据列表") : len(lines) - 1 - lines[::-1].index("---")]
    blocks = "\n".join(appendix).strip().split("\n\n")[1:]
    assert [block.splitlines()[1:] for block in blocks] == lists


@pytest.mark.parametrize("window", REFERENCES)
def test_jekyll_is_the_same_page_behind_front_matter(window: str) -> None:
    markdown = page(window)

    jekyll = page(window, format="jekyll")

    front = "---\ntitle: vLLM 开发动态报告 - 2025-12-10\ndate: 2025-12-10\nlayout: default\n---\n\n"
    assert jekyll == front + markdown


def test_text_is_without_markup_and_has_bare_addresses() -> None:
    shown = page("19:59:30-20:59", "en", "text")

    assert not re.search(r"[*`]|\]\(|^#|^>", shown, re.MULTILINE)
    assert "  #26701 [ROCm]: W8A8BlockFp8LinearOp should use AITER on MI355X\n" in shown
    assert f"         {URL}pull/26701\n" in shown


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("format_", ["md", "jekyll", "text", "json"])
def test_missing_data_is_told_in_every_format(lang: str, format_: Format) -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["17:53-18:53"], missing=2), lang)

    assert load(lang).text("warnings.partial") in render(digest, format_, load(lang))


def test_a_period_that_is_not_over_says_so() -> None:
    window = replace(WINDOWS["17:53-18:53"], so_far=True)

    shown = render(digest_of(facts_of(ITEMS, window), "zh"), "md", load("zh"))

    assert "> 本周期尚未结束：以上为截至 2025-12-10 18:53 (UTC+8) 的情况。" in shown


def test_a_topic_filter_says_how_much_it_left() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"], filters=(Filter("topic", ("amd",)),))

    shown = render(digest_of(facts, "en"), "md", load("en"))

    assert "> Filter: AMD/ROCm: 1 of 6 (1 about, 0 tagged); sections and lists hold these only" in shown
    assert "new PRs 2 | merged PRs 3 | PRs closed unmerged 1" in shown


def test_the_footer_names_the_model_what_code_wrote_instead_and_what_was_dropped() -> None:
    made = Generation("openai:gpt-5-mini", "full", extracted=(("hot", "model.timeout"),))
    checked = Verification(12, 2, (Dropped("state", "hot", "0" * 16),))
    facts = facts_of(ITEMS, WINDOWS["17:53-18:53"])

    footer = render(digest_of(facts, "en", generation=made, verification=checked), "md", load("en"))

    assert "- Written: by openai:gpt-5-mini, every sentence checked against the items\n" in footer
    assert "- Sections by code instead: Hot discussions (no answer in time)\n" in footer
    assert "- Checked: 12 sentences, 2 repaired, 1 dropped\n" in footer
    assert "- Time zone: Asia/Shanghai\n" in footer


def test_other_lists_show_only_when_they_hold_something() -> None:
    release = Release(
        "v0.12.1", "v0.12.1: fixes", f"{URL}releases/tag/v0.12.1", local("18:00"), is_prerelease=True
    )
    facts = replace(facts_of(ITEMS, WINDOWS["17:53-18:53"]), releases=(release,))

    shown = render(digest_of(facts, "en"), "md", load("en"))

    line = f"- [v0.12.1]({URL}releases/tag/v0.12.1) v0.12.1: fixes — pre-release"
    assert f"### Releases\n{line} (published: 2025-12-10 18:00 (UTC+8))\n" in shown
    assert "Reopened" not in shown
    assert "Carried over" not in shown


@pytest.mark.parametrize("shape", ["md", "jekyll", "text"])
def test_labels_that_a_file_does_not_tell_are_not_denied(shape: Format) -> None:
    known = facts_of(ITEMS, WINDOWS["18:42-19:42"])
    imported = replace(known, coverage=replace(known.coverage, reasons=("imported",)))

    def rows(facts: Facts) -> str:
        return render(digest_of(facts, "en"), shape, load("en")).partition("Appendix")[2]

    assert "no labels" in rows(known)
    assert "no labels" not in rows(imported)
    assert "rope_parameters — by esmeetu (closed" in rows(imported) or shape == "text"
    assert "Whisper support" in rows(imported)
    assert re.search(r"v1\S? [—|] by NickLucche", rows(imported))


@pytest.mark.parametrize("shape", ["md", "text"])
def test_the_longest_discussions_of_a_week_stand_behind_the_table_of_threads(shape: Format) -> None:
    once_more = (Comment(Person("carol"), local("20:57"), "The root cause is the missing package."),)
    items = [
        replace(item, comments=(*item.comments, *once_more)) if item.number == 30062 else item
        for item in ITEMS
    ]
    facts = facts_of(items, WINDOWS["19:59:30-20:59"])
    sections = extract.sections(facts, load("en"), "vLLM", (), "weekly")
    digest = digest_of(facts, "en", edition="weekly", sections=sections)

    pace = render(digest, shape, load("en")).partition("People and pace")[2].partition("Appendix")[0]

    places = [pace.index(each) for each in ("Most active people", "Most discussed threads", "1. ", "Heat")]
    assert places == sorted(places)
    assert shape == "text" or "|\n\n1. **PR" in pace


def test_an_empty_window_is_told_by_the_summary_and_each_topic_in_one_line() -> None:
    digest = digest_of(facts_of((), WINDOWS["17:53-18:53"]), "zh")

    shown = render(digest, "md", load("zh"))

    assert "> 已查看全部数据，本周期没有任何动态。" in shown
    bodies = re.findall(r"^### \S+ .+\n((?:(?!###|---).*\n)*)", shown.split("## 📋")[0], re.MULTILINE)
    assert [len(body.strip().splitlines()) for body in bodies] == [1, 1]


PIECES = st.sampled_from(
    [
        "[x](http://evil.example)", "![p](http://evil.example/p.png)", "<img src=x>", "</details>", "<!--",
        "-->", "@everyone", "@vllm-project/all", "`", "``", "**", "__", "~~", "*", "# h", "\n## h\n", "- i",
        "| a |", "{{ site.x }}", "{% raw %}", "{% endraw %}", "{{", "{: .x}", "\u202e", "\u200b", "\x1b[31m",
        "\r\n", "---", "http://evil.example", "#30384", "#1", "]", "](", "\\", "&lt;", "字", "word", " ",
        "```", "$$", "%}", "}}", "“", "1. x", "\u2028",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=1, max_size=8).map("".join)
HOSTILE = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"]).disable("text_join")


def hostile_digest(text: str, lang: str) -> Digest:
    """A digest in which a stranger's text stands wherever strangers' text can stand."""
    window = WINDOWS["17:53-18:53"]
    items = tuple(
        replace(
            item,
            title=text,
            body=f"This change fixes {text} because it crashes.\n\n{text}",
            labels=(text, "bug"),
            author=Person(text),
            comments=(Comment(Person(text), local("18:00"), f"I agree, {text} is the root cause. {text}"),)
            * 2,
        )
        for item in ITEMS
    )
    facts: Facts = facts_of(items, window)
    release = Release(text, text, f"{URL}releases/tag/x", local("18:00"))
    facts = replace(facts, releases=(release,), first_time=(text,))
    digest = digest_of(facts, lang)
    made = (Claim(text, (30384,), "model", "Impact"), Claim(text, (), "model"))
    model = Section(
        "watch", "W", made, (Entry(made, 30384), Entry(made[:1], None, text), Entry(made, 30384, text))
    )
    return replace(digest, sections=(*digest.sections, model))


def outline(shown: str) -> list[str]:
    return [f"{token.type}:{token.level}" for token in PARSER.parse(shown) if token.nesting == 1]


@HOSTILE
@given(TEXTS, st.sampled_from(LANGS))
def test_hostile_text_adds_no_structure_link_picture_or_html_to_markdown(text: str, lang: str) -> None:
    shown = render(hostile_digest(text, lang), "md", load(lang))

    tokens = PARSER.parse(shown)
    inline = [child for token in tokens for child in token.children or ()]
    assert {
        token.type for token in tokens if token.type.startswith(("html", "fence", "code", "table"))
    } == set()
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<!-- -->"}
    links = {str(child.attrGet("href")) for child in inline if child.type == "link_open"}
    assert all(link.startswith(URL) for link in links)
    assert not {"image", "em_open", "s_open"}.intersection(child.type for child in inline)
    plain = [child.content for child in inline if child.type == "text"]
    assert not [each for each in plain if re.search(r"@[A-Za-z0-9]|https?://", each)]
    headings = [token for token in tokens if token.type == "heading_open"]
    assert len(headings) == 1 + 8 + 1 + 6  # the title, the sections, the appendix, its lists and the releases


@HOSTILE
@given(TEXTS, st.sampled_from(LANGS))
def test_hostile_text_leaves_liquid_nothing_to_run(text: str, lang: str) -> None:
    shown = render(hostile_digest(text, lang), "jekyll", load(lang))

    assert not re.search(r"\{\{|\{%", re.sub(r'\{\{ "(?:\{\{|\{%)" \}\}', "", shown))
    assert shown.split("\n")[4:6] == ["---", ""]


@HOSTILE
@given(TEXTS, st.sampled_from(LANGS))
def test_hostile_text_stays_on_its_line_in_plain_text(text: str, lang: str) -> None:
    calm = render(hostile_digest("word", lang), "text", load(lang))

    shown = render(hostile_digest(text, lang), "text", load(lang))

    assert not re.search(r"@[A-Za-z0-9]|[\u200b\u202e\u2028\x1b\r]", shown)
    assert set(re.findall(r"https?://\S+", shown)) == set(re.findall(r"https?://\S+", calm))


def weekly_digest(text: str, lang: str) -> Digest:
    """A weekly digest with strangers' text in its tables: logins, paths and titles."""
    digest = hostile_digest(text, lang)
    items = {
        number: replace(item, files=("vllm/a.py", text, f"{text}/b.py"))
        for number, item in digest.facts.items.items()
    }
    facts = replace(
        digest.facts,
        items=items,
        files=(FileHeat(f"{text}/b.py", 3), FileHeat(text, 2)),
        contributors=(Contributor(text, 3, 2, 1), Contributor("alice", 1)),
        hot=tuple(replace(hot, comments_in_window=4) for hot in digest.facts.hot),
        tally=Tally({"bugfix": 3, "": 1}, {"amd": 2}),
        baseline_tally=Tally({"bugfix": 1}, {}),
    )
    language = load(lang)
    sections = extract.sections(facts, language, "vLLM", ("amd",), "weekly")
    return replace(digest, edition="weekly", facts=facts, sections=sections, assessments=assess_all(facts))


@HOSTILE
@given(TEXTS, st.sampled_from(LANGS))
def test_hostile_text_breaks_no_table_of_a_weekly_digest(text: str, lang: str) -> None:
    digest = weekly_digest(text, lang)

    tokens = PARSER.parse(render(digest, "md", load(lang)))

    types = [token.type for token in tokens]
    tables = [table for section in digest.sections for table in section.tables]
    assert types.count("table_open") == len(tables) > 0
    assert types.count("tr_open") == sum(1 + len(table.rows) for table in tables)
    assert types.count("td_open") == sum(len(table.head) * len(table.rows) for table in tables)
    inline = [child for token in tokens for child in token.children or ()]
    links = {str(child.attrGet("href")) for child in inline if child.type == "link_open"}
    assert all(link.startswith(URL) for link in links)
    assert not {"image", "em_open", "s_open"}.intersection(child.type for child in inline)
    assert not {kind for kind in types if kind.startswith(("html", "fence", "code"))}


@pytest.mark.parametrize(
    ("lang", "line"), [("en", "Source PRs: 3 · key PRs: 1"), ("zh", "来源 PR: 3 · 重点 PR: 1")]
)
def test_a_weekly_digest_says_of_how_many_pull_requests_it_is_made(lang: str, line: str) -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    merged = [row.number for row in facts.lists["prs_merged"]]
    judged = {
        number: Assessment(number, "bugfix", 8 - place, 3) for place, number in enumerate(merged, start=1)
    }
    weekly = replace(digest_of(facts, lang), edition="weekly", assessments=judged)

    for format_ in ("md", "text"):
        assert line in render(weekly, format_, load(lang))
        assert line not in render(replace(weekly, edition="daily"), format_, load(lang))


def test_the_footer_says_what_the_model_judged_and_what_it_did_not_read() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en")
    made = Generation(
        "openai:gpt", "fewer", assessed=4, reused=9, unassessed=(("model.budget", 2),), shown=(11, 13)
    )

    shown = render(replace(digest, generation=made), "text", load("en"))

    assert "Written: by openai:gpt, fewer sections than usual" in shown
    assert (
        "Judged: 13 PRs and threads by the model, 9 of them for an earlier digest; 2 by code instead "
        "(over the day's cap)" in shown
    )
    assert "Read by the model: 11 of 13 PRs and threads" in shown


@pytest.mark.parametrize("lang", LANGS)
def test_a_digest_is_the_same_each_time_it_is_rendered(lang: str) -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang)

    for format_ in FORMATS:
        assert render(digest, format_, load(lang)) == render(digest, format_, load(lang))

"""Topic files and ledgers: what a file may say, and what its rules make of items."""

from __future__ import annotations

import pickle
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import languages
from summarizer.errors import BadInput, NotConfigured
from summarizer.topics import Reason, Rule, Topic, load_topics, match_topics
from summarizer.topics.dumps import strip_dumps
from tests.builders import item

if TYPE_CHECKING:
    from pathlib import Path

    from summarizer.items import Item
    from summarizer.topics import Ledger, TopicRules

HEAD = '[[topic]]\nkey = "x"\ntitle = { en = "X" }\n'
RULE = '[[topic.rule]]\non = "title"\nmatch = ["x"]\n'


def load(tmp_path: Path, text: str) -> TopicRules:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")
    return load_topics(path)


def ledger(*rules: Rule, items: list[Item]) -> Ledger:
    topic = Topic("x", {"en": "X"}, (), rules)
    return match_topics(items, [topic])["x"]


# --- the file


def test_a_file_gives_topics_with_their_default_tiers(tmp_path: Path) -> None:
    fields = ["title", "path", "body", "label", "author"]
    text = HEAD + "".join(f'[[topic.rule]]\non = "{on}"\nmatch = ["x"]\n' for on in fields)
    rules = load(tmp_path, text + '[[topic.rule]]\non = "linked"\n').topics[0].rules
    assert [(rule.on, rule.tier) for rule in rules] == [
        ("title", "about"),
        ("path", "about"),
        ("body", "about"),
        ("label", "tagged"),
        ("author", "tagged"),
        ("linked", "tagged"),
    ]


def test_the_file_s_except_is_the_rule_s_unless(tmp_path: Path) -> None:
    text = HEAD + '[[topic.rule]]\non = "title"\nmatch = ["a"]\nexcept = ["b"]\ntier = "tagged"\n'
    assert load(tmp_path, text).topics[0].rules == (Rule("title", ("a",), "tagged", ("b",)),)


def test_the_hash_is_of_the_meaning_not_of_the_layout(tmp_path: Path) -> None:
    plain = load(tmp_path, HEAD + RULE).hash
    assert load(tmp_path, "# words\n\n" + HEAD + "\n\n" + RULE).hash == plain
    assert load(tmp_path, HEAD + RULE.replace('"x"', '"y"')).hash != plain


def test_a_project_has_the_file_s_name_and_any_other_its_own(tmp_path: Path) -> None:
    rules = load(tmp_path, '[project]\nrepo = "Some/Repo"\nname = "Some Thing"\n' + HEAD + RULE)
    assert rules.project_name("some/repo") == "Some Thing"
    assert rules.project_name("other/thing") == "thing"


def test_a_topic_is_found_by_key_and_by_alias_in_any_case(tmp_path: Path) -> None:
    rules = load(tmp_path, HEAD + 'aliases = ["量化", "Ecks"]\n' + RULE)
    assert {rules.find(name).key for name in ("x", "X", " ecks ", "量化")} == {"x"}
    with pytest.raises(BadInput) as raised:
        rules.find("y")
    assert raised.value.values == {"topic": "y", "known": ("x",)}


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("[[topic]\n", "topics.toml", "line 1"),
        ("", "topics.value", "[[topic]]"),
        ("colour = 1\n" + HEAD + RULE, "topics.field", "colour"),
        (HEAD + 'color = "x"\n' + RULE, "topics.field", "color"),
        (HEAD + RULE + 'unless = ["y"]\n', "topics.field", "unless"),
        (HEAD + RULE.replace("title", "titel"), "topics.value", "topic x, rule 1, on"),
        (HEAD + RULE + 'tier = "most"\n', "topics.value", "topic x, rule 1, tier"),
        (HEAD, "topics.value", "topic x, rule"),
        ('[[topic]]\nkey = "A B"\n', "topics.value", "topic[0].key"),
        ('[[topic]]\nkey = "x"\ntitle = "X"\n' + RULE, "topics.value", "topic x, title"),
        (HEAD + RULE.replace('["x"]', '"x"'), "topics.value", "topic x, rule 1, match"),
        (HEAD + RULE.replace('"x"', '"x("'), "topics.regex", "topic x, rule 1, match 1"),
        (HEAD + RULE + 'except = ["a", "["]\n', "topics.regex", "topic x, rule 1, except 2"),
        (HEAD + RULE.replace('"x"', '"x*"'), "topics.matches_all", "x*"),
        (HEAD + RULE.replace('"x"', '"(a+)+b"'), "topics.slow", "(a+)+b"),
        (HEAD + RULE.replace('"x"', '"((a|b))*c"'), "topics.slow", "((a|b))*c"),
        (HEAD + RULE.replace('"x"', f'"{"x" * 301}"'), "topics.slow", "xxx"),
        (HEAD + RULE + HEAD + RULE, "topics.twice", "x"),
        (HEAD + RULE + HEAD.replace('"x"', '"y"') + 'aliases = ["X"]\n' + RULE, "topics.twice", "y"),
        (HEAD + '[[topic.rule]]\non = "linked"\nmatch = ["x"]\n', "topics.match", "topic x, rule 1"),
        (HEAD + '[[topic.rule]]\non = "title"\n', "topics.match", "topic x, rule 1"),
        (HEAD + RULE + "share = 0.5\n", "topics.value", "topic x, rule 1, share"),
        (HEAD + RULE.replace("title", "path") + "share = 2\n", "topics.value", "topic x, rule 1, share"),
        (HEAD + RULE + 'kind = "pr"\n', "topics.value", "issue, pull_request"),
        (HEAD + '[[topic.rule]]\non = "linked"\nkind = "issue"\n', "topics.value", "topic x, rule 1, kind"),
        ('[project]\nrepo = "x"\nname = "X"\n' + HEAD + RULE, "topics.value", "project.repo"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_place(tmp_path: Path, text: str, key: str, hint: str) -> None:
    with pytest.raises(NotConfigured) as raised:
        load(tmp_path, text)
    assert raised.value.key == key
    for code in languages.codes():
        sentence = languages.load(code).text(f"errors.{key}", **raised.value.values)
        assert "mine.toml" in sentence
        assert hint in sentence


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotConfigured) as raised:
        load_topics(tmp_path / "none.toml")
    assert raised.value.key == "topics.unreadable"


def test_harmless_repeats_are_no_mistake(tmp_path: Path) -> None:
    for pattern in (r"a+b*", r"(?:ab)+", r"(?:a+ ){0,3}b", r"[(+]+x", r"\(a+\)+"):
        load(tmp_path, HEAD + f"[[topic.rule]]\non = 'title'\nmatch = ['{pattern}']\n")


# --- the ledger


def test_reasons_tell_each_rule_and_about_wins() -> None:
    found = ledger(
        Rule("title", ("rocm", "aiter"), "about"),
        Rule("label", ("rocm",), "tagged"),
        Rule("author", (".+-amd",), "tagged"),
        items=[
            item(2, title="[ROCm] use AITER", labels=("rocm", "ready"), author="gronsti-amd"),
            item(1, title="Other", labels=("rocm",)),
            item(3, title="Other"),
        ],
    )
    assert (found.about, found.tagged, found.total) == ((2,), (1,), 3)
    assert found.reasons == {
        1: (Reason("label", "rocm", "tagged"),),
        2: (
            Reason("title", "ROCm", "about"),
            Reason("title", "AITER", "about"),
            Reason("label", "rocm", "tagged"),
            Reason("author", "gronsti-amd", "tagged"),
        ),
    }


@pytest.mark.parametrize(
    ("pattern", "title", "matches"),
    [
        ("rocm", "VLLM_ROCM_USE", True),
        ("rocm", "rocm700 wheels", True),
        ("rocm", "在ROCm上运行", True),
        ("rocm", "microcm", False),
        (r"hip\b", "HIP graphs", True),
        (r"hip\b", "shipping hippos", False),
        (r"MI3\d\d*", "AITER on MI355X", True),
        (r"\[cpu\]", "[Bugfix][CPU] Fix", True),
        ("(?:fp|bf)8", "use BF8", True),
        ("a?bc", "bc first", True),
    ],
)
def test_a_title_expression_begins_a_word(pattern: str, title: str, matches: bool) -> None:
    found = ledger(Rule("title", (pattern,), "about"), items=[item(title=title)])
    assert found.about == ((1,) if matches else ())


def test_labels_and_logins_match_as_wholes() -> None:
    rule = (Rule("label", ("ci",), "tagged"), Rule("author", ("amd-.+",), "tagged"))
    assert ledger(*rule, items=[item(labels=("ci-failure",), author="xamd-y")]).tagged == ()
    assert ledger(*rule, items=[item(labels=("CI",))]).tagged == (1,)


def test_an_exception_undoes_a_rule_for_that_value_alone() -> None:
    rule = Rule("path", ("cpu",), "about", ("offload",))
    assert ledger(rule, items=[item(files=("v1/cpu_offload.py",))]).about == ()
    assert ledger(rule, items=[item(files=("v1/cpu_offload.py", "v1/cpu.py"))]).about == (1,)


def test_a_rule_may_be_for_one_kind_of_item() -> None:
    rule = Rule("body", ("rocm",), "about", kind="issue")
    assert ledger(rule, items=[item(body="rocm", kind="issue"), item(2, body="rocm")]).about == (1,)


def test_a_share_asks_for_that_part_of_the_paths() -> None:
    rule = Rule("path", ("rocm",), "about", share=0.5)
    assert ledger(rule, items=[item(files=("rocm.py", "a.py"))]).about == (1,)
    assert ledger(rule, items=[item(files=("rocm.py", "a.py", "b.py"))]).about == ()


def test_a_thousand_paths_give_a_few_reasons() -> None:
    found = ledger(
        Rule("path", ("rocm",), "about"), items=[item(files=tuple(f"rocm/{n}.py" for n in range(999)))]
    )
    assert len(found.reasons[1]) == 3


def test_an_item_linked_to_one_about_a_topic_is_tagged_either_way_round_but_not_further() -> None:
    found = ledger(
        Rule("title", ("rocm",), "about"),
        Rule("label", ("rocm",), "tagged"),
        Rule("linked", (), "tagged"),
        items=[
            item(1, title="ROCm", linked=(2, 99)),
            item(2),
            item(3, linked=(1,)),
            item(4, linked=(3,)),
            item(5, labels=("rocm",)),
            item(6, linked=(5,)),
        ],
    )
    assert (found.about, found.tagged) == ((1,), (2, 3, 5))
    assert found.reasons[3] == (Reason("linked", "#1", "tagged"),)


def test_a_body_is_read_without_its_environment_dump() -> None:
    rule = Rule("body", ("rocm", "amd"), "about")
    dump = (
        "### Your current environment\n<details>\n<summary>The output of <code>python collect_env.py</code>"
        "</summary>\n\n```text\nCollecting environment information...\nROCM used to build PyTorch : N/A\n"
        "Vendor ID: AuthenticAMD\nModel name: AMD EPYC 9654\n```\n</details>\n\n### Describe the bug\n"
    )
    assert ledger(rule, items=[item(body=dump + "It crashes.")]).about == ()
    assert ledger(rule, items=[item(body=dump + "It crashes on ROCm.")]).about == (1,)


@pytest.mark.parametrize(
    "body",
    [
        "ROCM used to build PyTorch : N/A",
        "Env: torch 2.9, ROCM Version: Could not collect; build flags: ROCm: Disabled; XPU: Disabled.",
        "PyTorch version: 2.9.0\nIs debug build: False\nROCm is nowhere\n",
        "```\nArchitecture: x86_64\nModel name: AMD EPYC 7763\nFlags: fpu rocm\nNUMA node0 CPU(s): 0-7\n```",
        "~~~\ntorch==2.9.0\naiter==0.1\nrocm-smi==1\n~~~",
        "| x |\n\n    Vendor ID: AuthenticAMD\n    rocm rocm\n",
        "<!-- say whether ROCm is concerned -->\nNo.",
        "Runs on an AMD EPYC 9J14 host with amd_pstate.",
        "> ```\n> Collecting environment information...\n> ROCM : 1\n> ```",
    ],
)
def test_dumps_say_nothing(body: str) -> None:
    assert ledger(Rule("body", ("rocm", "amd", "aiter"), "about"), items=[item(body=body)]).about == ()


def test_of_a_dump_only_what_tells_of_amd_s_gpus_stays() -> None:
    lines = [
        "Collecting environment information...",
        "ROCM used to build PyTorch   : 7.0.51831",
        "aiter==0.1",
    ]
    for body in ("\n".join(lines), "\n".join(["```", *lines, "```"]), "> " + "\n> ".join(lines)):
        assert strip_dumps(body).strip("\n> ") == lines[1]


def test_a_host_s_processor_takes_no_more_than_its_name_away() -> None:
    assert strip_dumps("An AMD EPYC 9654 96-Core Processor with MI300X.").split()[-2:] == ["with", "MI300X."]


def test_code_and_logs_that_are_no_dump_are_read() -> None:
    body = "```python\nimport aiter\nprint(aiter)\n```"
    assert ledger(Rule("body", ("aiter",), "about"), items=[item(body=body)]).about == (1,)


@given(st.text(alphabet="`~<>!-# \n:=amdrocmVendor ID[pip3]", max_size=300))
def test_stripping_any_text_takes_away_and_adds_nothing_but_gaps(text: str) -> None:
    stripped = strip_dumps(text)
    assert len(stripped.replace("\n", "")) <= len(text)


def test_long_hostile_texts_are_read_in_part() -> None:
    title, body = "a" * 100_000 + " rocm", "b " * 100_000 + "rocm"
    rules = (Rule("title", ("rocm", r"a+b"), "about"), Rule("body", ("rocm",), "about"))
    assert ledger(*rules, items=[item(title=title, body=body)]).about == ()


@given(
    st.lists(
        st.sampled_from(
            ["rocm", "ROCM", "fp8", "[CPU]", "aiter_x", "tool", "call", "moe", "在", "İ", "K", "3x"]
        ),
        max_size=8,
    )
)
def test_leads_never_hide_a_match(words: list[str]) -> None:
    """A plain search, without the short cuts, finds the same."""
    patterns = ("rocm", r"fp[48]\b", r"\[cpu\]", "(?:aiter|tool[ _-]call)", "a?moe", r"\d+x")
    title = " ".join(words) + "".join(words)
    wanted = {
        match[0].casefold()
        for pattern in patterns
        if (match := re.search(rf"(?<![A-Za-z0-9])(?:{pattern})", title, re.IGNORECASE | re.ASCII))
    }
    found = set()
    for pattern in patterns:
        reasons = ledger(Rule("title", (pattern,), "about"), items=[item(title=title)]).reasons
        found |= {reason.value.casefold() for reason in reasons.get(1, ())}
    assert found == wanted


def test_ledgers_are_picklable() -> None:
    found = match_topics([item(title="[ROCm] x")], load_topics().topics)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes

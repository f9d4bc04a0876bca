"""Telling sentences: what is picked out of what people write, and what is never picked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.extract.sentences import sentences, shorten, telling

REPORT = """### Your current environment

<details>
<summary>The output of <code>python collect_env.py</code></summary>

```text
PyTorch version : 2.9.0+cu129
ROCM used to build PyTorch : N/A
```

</details>

### 🐛 Describe the bug

INFO 12-10 11:20:01 [core.py:58] Initializing the engine because it starts.
The server crashes with an illegal memory access because the block table is freed too early.
It happens with `kv_cache_dtype=fp8` only.

```python
raise RuntimeError("because code is not prose")
```

### Before submitting a new issue...

- [x] Make sure you already searched for relevant issues because you should.
"""


def test_a_bug_report_is_told_by_its_cause_not_by_its_template() -> None:
    assert telling(REPORT) == (
        "The server crashes with an illegal memory access because the block table is freed too early."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LGTM",
        "Thanks for the fix!",
        "<!-- This comment is a template because templates are comments. -->",
        "> The root cause was quoted from somebody else because of a reply.",
        "| a | because |\n|---|---|\n| b | this table is no prose |",
        "- [ ] The test plan, because there should be one.",
        "https://example.com/because/this/is/an/address",
        "Signed-off-by: Somebody Because <a@example.com>",
        "```\nTraceback because of an error that is long enough\n```",
        "2025-12-10 12:00:00 ERROR something failed because of a log line",
    ],
)
def test_what_is_no_prose_is_never_picked(text: str) -> None:
    assert telling(text) == ""


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        (
            "谢谢大家的讨论。经过排查，根因是 `rotary_dim` 被缩放了两次，导致输出错误。后面再看。",
            "经过排查，根因是 `rotary_dim` 被缩放了两次，导致输出错误。",
        ),
        (
            "I tried a few things. Throughput drops by 12% because the mask is rebuilt. What do you think?",
            "Throughput drops by 12% because the mask is rebuilt.",
        ),
        (
            "See [the **docs**](https://example.com) which <b>fix</b> __this__ because ![p](x.png) of `a_b`.",
            "See the docs which fix this because of `a_b`.",
        ),
    ],
)
def test_causes_and_measurements_win_and_markup_goes(text: str, picked: str) -> None:
    assert telling(text) == picked


def test_sentences_with_others_between_them_are_joined_by_an_ellipsis() -> None:
    text = (
        "The crash is caused by a race in the scheduler. I looked at it for a while yesterday evening. "
        "We decided to revert the change."
    )

    assert telling(text, most=2) == (
        "The crash is caused by a race in the scheduler. … We decided to revert the change."
    )


def test_a_sentence_that_only_repeats_the_title_is_passed_over() -> None:
    body = "Fix the crash of the scheduler on start. The queue is read before it exists because of #123."

    assert telling(body, title="Fix the crash of the scheduler on start") == (
        "The queue is read before it exists because of #123."
    )


def test_shortening_cuts_between_words_and_leaves_no_code_span_open() -> None:
    assert shorten("one two three four", 12) == "one two…"
    assert shorten("a long text with `some code in it` here", 24).count("`") % 2 == 0


@given(st.text(alphabet="`ab .。*_<>[]()!#\n|~", max_size=400))
def test_an_excerpt_is_one_short_line_with_balanced_code_spans(text: str) -> None:
    picked = telling(text, most=2, limit=80)

    assert "\n" not in picked
    assert len(picked) <= 2 * 80 + 3
    assert picked.count("`") % 2 == 0


@pytest.mark.parametrize(
    "piece", ["<", "[", "![", "`", "**", "<details>", "<!--", "~~~\n", "](", "# \n", "_a", "<script"]
)
def test_hostile_repetition_of_any_mark_yields_few_sentences(piece: str) -> None:
    assert len(sentences(piece * 20_000)) <= 60

"""Prose: Markdown as HTML in which nothing but text, a few elements and our own links can be."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html  # type: ignore[import-untyped]

from adapters.web.prose import Prose, is_ours, safe_url
from adapters.web.site import Site
from summarizer.html import is_of_repo
from summarizer.languages import load

REPO = "vllm-project/vllm"
SITE = Site(base="/digests", origin="https://archive.example")
ALLOWED = {
    "p": set(), "ul": set(), "ol": {"start"}, "li": set(), "blockquote": set(), "strong": set(), "em": set(),
    "code": set(), "pre": {"tabindex"}, "br": set(), "hr": set(), "div": {"class"}, "table": set(), "thead": set(),
    "tbody": set(), "tr": set(), "th": {"class"}, "td": {"class"}, "h3": set(), "h4": set(), "h5": set(), "h6": set(),
    "a": {"href", "rel", "class", "title", "aria-label"},
}  # fmt: skip


def _blocks(markdown: str) -> str:
    return str(Prose(SITE, load("en"), (REPO,)).blocks(markdown))


_PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "javascript:alert(1)",
        "[a](https://github.com/vllm-project/vllm/pull/1)", "[b](https://github.com/vllm-project/vllm/pull/1/../../x)",
        "![p](https://evil.example/p.png)", "<https://evil.example>", "[c](//evil.example)", "[d](/digests/a/b)",
        "[e](data:text/html,x)", "[f]: https://evil.example\n\n[f]", "**b**", "_i_", "`c`", "```\nx\n```", "| a | b |",
        "\n|---|--:|\n", "> ", "- ", "1. ", "12) ", "# ", "\n", "\n\n", "    ", "<!-- x -->", "<br>", "&lt;",
        "&#60;script>",
        "\\", "\u202e", "\u0000", '"', "'", "<a href='x'", "<svg/onload=x>", "[g](<https://archive.example/digests/a>)",
        "[h](https://archive.example/digests/../x)", "</p></div>", "<style>*{}</style>", "[i](https://archive.example@e.example/x)",
    ]
)  # fmt: skip


@given(st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=14).map("".join))
def test_whatever_markdown_holds_only_allowed_elements_come_of_it_and_no_link_leads_out(
    markdown: str,
) -> None:
    root = html.fragment_fromstring(_blocks(markdown), create_parent="main")

    for element in root.iterdescendants():
        assert element.tag in ALLOWED, markdown
        assert set(element.attrib) <= ALLOWED[element.tag], markdown
        if element.tag == "a":
            href = element.attrib["href"]
            assert is_of_repo(href, REPO) or is_ours(href, SITE), markdown
            assert urlsplit(href).hostname in (None, "github.com", "archive.example"), markdown


def test_an_answer_keeps_its_shape() -> None:
    shown = _blocks(
        "> understood\n\n**2 PRs** were merged.\n\n"
        "- [#1](https://github.com/vllm-project/vllm/pull/1) `fix` the @<!-- -->name\n"
        "- [#1](https://github.com/vllm-project/vllm/pull/1) again\n\n"
        "| week | PRs |\n|---|---:|\n| 50 | 2 |\n\n2) second"
    )

    github = '<a href="https://github.com/vllm-project/vllm/pull/1" rel="noreferrer noopener nofollow">#1</a>'
    ours = "/digests/vllm-project/vllm/items/1"
    assert "<blockquote><p>understood</p></blockquote><p><strong>2 PRs</strong> were merged.</p>" in shown
    assert f'<li>{github}<a class="beside" href="{ours}"' in shown
    assert "<code>fix</code> the @name</li>" in shown
    assert shown.count(f'href="{ours}"') == 1
    assert '<th>week</th><th class="figure">PRs</th>' in shown
    assert '<ol start="2"><li>second</li></ol>' in shown


def test_what_is_no_markdown_of_ours_shows_as_text() -> None:
    shown = _blocks(
        "<script>alert(1)</script>\n\n![a `b`](https://evil.example/x.png) [away](https://evil.example)"
    )

    assert shown == "&lt;script&gt;alert(1)&lt;/script&gt;\n<p>a `b` away</p>"


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("/digests/o/n/digests/daily-2025-12-10-0123456789?lang=zh#i1", True),
        ("https://archive.example/digests/o/n", True),
        ("/other/o/n", False),
        ("//evil.example/digests/", False),
        ("/digests//evil.example", False),
        ("/digests/../x", False),
        ("/digests/%2E%2e/x", False),
        ("https://archive.example.evil.example/digests/x", False),
        ("/digests/o\\n", False),
        ("", False),
    ],
)
def test_an_address_is_ours_only_where_it_cannot_lead_out(url: str, is_one: bool) -> None:
    assert is_ours(url, SITE) is is_one


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://github.com/vllm-project/vllm/pull/1#issuecomment-2", True),
        ("https://github.com/vllm-project/vllm/issues/1", True),
        ("https://github.com/other/vllm/issues/1", False),
        ("javascript:alert(1)", False),
        ('https://github.com/vllm-project/vllm/pull/1#"onclick=x', False),
    ],
)
def test_a_comments_address_is_its_own_or_none(url: str, is_safe: bool) -> None:
    assert safe_url(url, REPO) == (url if is_safe else "")

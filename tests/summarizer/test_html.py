"""A digest as a web page: what the Markdown says, and nothing that strangers' text could add."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.web.site import Site
from summarizer import pages
from summarizer.activity import activity
from summarizer.chart import chart
from summarizer.digests import Claim, Digest, Entry, Section, Table
from summarizer.html import digest_html, is_of_repo
from summarizer.items import Person, Release
from summarizer.languages import codes, load
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from summarizer.windows import Window

STYLE = "/static/style.css"
ELEMENTS = {
    "html", "head", "meta", "title", "link", "body", "header", "main", "footer", "nav", "section", "figure",
    "h1", "h2", "h3", "p", "div", "span", "a", "ul", "ol", "li", "strong", "code", "bdi",
    "table", "caption", "thead", "tbody", "tr", "th", "td",
    "svg", "desc", "rect", "line", "text", "tspan", "g",
}  # fmt: skip
VOID = {"meta", "link"}
TRAPS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "' autofocus onfocus='x",
    "</title></head><script>", "</li></ul><iframe src=//evil.example>", "javascript:alert(1)", "&lt;script&gt;",
    "https://evil.example/", "[x](javascript:alert(1))", "#1", "#26701", "`#26701`", "`<b>`", "<!--", "-->", "]]>",
    "{{ 7 * 7 }}", "{% raw %}", "\u202eright to left", "\u0000", "\u2028", "@everyone", "中文 `代码` #30384", "</svg>",
)  # fmt: skip
hostile = st.lists(st.one_of(st.sampled_from(TRAPS), st.text(max_size=12)), min_size=1, max_size=4).map(
    " ".join
)


class Page(HTMLParser):
    """The elements of a page with their attributes, its text, and what was left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    @property
    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a"]

    @property
    def ids(self) -> list[str]:
        return [name for _, attributes in self.elements if (name := attributes.get("id"))]


def _page(digest: Digest, **more: object) -> str:
    language = load(digest.lang)
    shown = activity(digest.facts)
    drawn = chart(shown, language, "wide") + chart(shown, language, "narrow")
    return digest_html(digest, language, frame=Site().frame(language, ""), chart_svg=drawn, **more)  # type: ignore[arg-type]


def _assert_harmless(page: str, repo: str) -> Page:
    parsed = Page(page)
    assert parsed.open == []
    assert {tag for tag, _ in parsed.elements} <= ELEMENTS
    for tag, attributes in parsed.elements:
        assert not any(name.startswith("on") or name in ("style", "src", "srcdoc") for name in attributes)
        address = attributes.get("href")
        if address is None:
            continue
        if tag == "link":
            assert address == STYLE
        elif not address.startswith("#"):
            assert urlsplit(address)[:2] == ("https", "github.com")
            assert urlsplit(address).path.startswith(f"/{repo}")
            assert {"noopener", "noreferrer", "nofollow"} <= set((attributes.get("rel") or "").split())
    ids = parsed.ids
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in parsed.links if link.startswith("#")} <= set(ids)
    return parsed


@pytest.mark.parametrize("lang", codes())
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_a_page_shows_all_that_the_digest_says(window: Window, lang: str) -> None:
    digest = digest_of(facts_of(ITEMS, window), lang)
    parsed = _assert_harmless(_page(digest), digest.facts.repo)

    assert ("html", {"lang": lang}) in parsed.elements
    for line in (*pages.header(digest, load(lang)), *pages.footer(digest, load(lang))):
        assert line in parsed.text
    for section in pages.told(digest):
        assert section.id in parsed.ids
        assert section.title in parsed.text
    for number in digest.facts.listed:
        assert f"i{number}" in parsed.ids
        assert digest.facts.items[number].url in parsed.links
        assert digest.facts.items[number].title.replace("`", "") in parsed.text


@pytest.mark.parametrize("lang", codes())
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(hostile, min_size=12, max_size=12), url=st.sampled_from(TRAPS), tag=hostile)
def test_strangers_text_adds_no_element_and_no_address(
    lang: str, texts: list[str], url: str, tag: str
) -> None:
    title, login, label, body, claim, heading, point, cell, caption, name, whole, lead = texts
    items = [
        replace(
            item,
            title=title,
            author=Person(login),
            labels=(label,),
            body=body,
            url=url if place % 2 else item.url,
        )
        for place, item in enumerate(ITEMS)
    ]
    facts = facts_of(items, WINDOWS["19:59:30-20:59"])
    release = Release(tag, name, f"https://github.com/{facts.repo}/releases/tag/{tag}", facts.window.since)
    digest = digest_of(replace(facts, releases=(release,)), lang)
    section = Section(
        "changes",
        heading,
        claims=(Claim(claim), Claim(point, label=lead)),
        entries=(
            Entry((Claim(claim, label=lead),), facts.listed[0], heading),
            Entry((Claim(claim),), None, heading),
        ),
        tables=(Table(caption, (cell, "n"), ((cell, "12"), (cell,))),),
    )
    told = replace(
        digest, title=whole, sections=(*(s for s in digest.sections if s.id != "changes"), section)
    )

    _assert_harmless(_page(told), facts.repo)


def test_a_reference_is_a_link_where_the_item_is_known_and_code_stays_code() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    section = Section("summary", "S", (Claim("See #30384, not #1, `#30384` or pull/7#30384 & <b>."),))
    page = _page(replace(digest_of(facts, "en"), sections=(section,)))

    link = f'<a href="{facts.items[30384].url}" rel="noreferrer noopener nofollow">#30384</a>'
    assert f"<p>See {link}, not #1, <code>#30384</code> or pull/7#30384 &amp; &lt;b&gt;.</p>" in page


def test_other_languages_and_formats_are_offered() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "zh")
    page = _page(
        digest, languages={"en": "/d?lang=en", "zh": "/d?lang=zh"}, formats={"markdown": "/d.md"}, home="/"
    )

    assert '<a href="/d?lang=en" hreflang="en" lang="en">English</a>' in page
    assert '<span aria-current="true" lang="zh">中文</span>' in page
    assert '<a href="/d.md">Markdown</a>' in page
    assert '<a href="/">全部报告</a>' in page


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [
        ("https://github.com/vllm-project/vllm/pull/26701", True),
        ("https://github.com/vLLM-Project/vLLM/issues/7", True),
        ("https://github.com/vllm-project/vllm/releases/tag/v0.11.0", True),
        ("https://github.com/vllm-project/vllm/releases/tag/a/b", True),
        ("https://github.com/vllm-project/vllm", False),
        ("https://github.com/vllm-project/vllm-ascend/pull/1", False),
        ("https://github.com/vllm-project/vllm/pull/1/../../../evil", False),
        ("https://github.com/vllm-project/vllm/releases/tag/../../../../evil/x", False),
        ("https://github.com/vllm-project/vllm/releases/tag/%2E%2e/x", False),
        ("https://github.com.evil.example/vllm-project/vllm/pull/1", False),
        ("https://github.com@evil.example/vllm-project/vllm/pull/1", False),
        ("http://github.com/vllm-project/vllm/pull/1", False),
        ("javascript:alert(1)//https://github.com/vllm-project/vllm/pull/1", False),
        ("", False),
    ],
)
def test_only_the_repositorys_own_pages_are_linked(address: str, is_ours: bool) -> None:
    assert is_of_repo(address, "vllm-project/vllm") is is_ours

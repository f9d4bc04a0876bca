"""A digest as a web page: what the Markdown says, and nothing that strangers' text could add."""

from __future__ import annotations

import gzip
import random
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.web.site import Site
from summarizer import pages, pictures
from summarizer.digests import Claim, Digest, Entry, Section, Table
from summarizer.html import (
    MOST_EVIDENCE,
    MOST_OF_LIST,
    MOST_ROWS,
    Drawn,
    Neighbour,
    Ways,
    digest_html,
    is_of_repo,
    lead_html,
    list_html,
)
from summarizer.items import Person, Release
from summarizer.languages import codes, load
from summarizer.windows import Window
from tests.references import ITEMS, WINDOWS, digest_of, facts_of, local

SITE = Site(origin="https://digests.example")
OURS = re.compile(
    r"/(?:about|vllm-project/vllm(?:/(?:digests|topics|search|ask|items/[0-9]+|digests/[a-z0-9._/-]+))?)?(?:\?lang=\w+)?"
)
ELEMENTS = {
    "html", "head", "meta", "title", "link", "script", "body", "header", "main", "footer", "nav", "section", "figure",
    "h1", "h2", "h3", "p", "div", "span", "a", "ul", "ol", "li", "strong", "code", "bdi", "details", "summary",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figcaption",
    "svg", "desc", "rect", "line", "text", "tspan", "g", "path", "circle",
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
        self.scripts: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append(tuple(self.open))
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


def _drawn(digest: Digest) -> list[Drawn]:
    language = load(digest.lang)
    return [
        Drawn(
            each.title,
            pictures.draw(each.name, digest.facts, language, "wide")
            + pictures.draw(each.name, digest.facts, language, "narrow"),
            SITE.digest_url(digest.facts.repo, digest.id, f"/charts/{each.name}.png"),
        )
        for each in pictures.pictures(digest.facts, language)
    ]


def _ways(digest: Digest, **more: object) -> Ways:
    repo = digest.facts.repo
    return Ways(
        page=lambda suffix: SITE.digest_url(repo, digest.id, suffix),
        item=lambda number: SITE.item_url(repo, number),
        **more,  # type: ignore[arg-type]
    )


def _page(digest: Digest, **more: object) -> str:
    language, repo = load(digest.lang), digest.facts.repo
    frame = SITE.frame(language, digest.title, repo=repo, description=digest.title)
    return digest_html(digest, language, frame=frame, pictures=_drawn(digest), ways=_ways(digest, **more))


def _assert_harmless(page: str, repo: str) -> Page:
    parsed = Page(page)
    assert parsed.open == []
    assert {tag for tag, _ in parsed.elements} <= ELEMENTS
    assert parsed.scripts == [("html", "head")]
    for tag, attributes in parsed.elements:
        assert not any(name.startswith("on") or name in ("style", "srcdoc", "action") for name in attributes)
        assert attributes.get("src") == (SITE.script_url if tag == "script" else None)
        assert (attributes.get("http-equiv"), attributes.get("target")) == (None, None)
        address = attributes.get("href")
        if address is None or address.startswith("#"):
            continue
        if tag == "link":
            assert address in (SITE.style_url, SITE.icon_url)
        elif not OURS.fullmatch(address):
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
        assert SITE.item_url(digest.facts.repo, number) in parsed.links
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
    listed = list_html(
        told, load(lang), "prs_opened", frame=SITE.frame(load(lang), whole, repo=facts.repo), ways=_ways(told)
    )
    _assert_harmless(listed, facts.repo)
    assert "<" not in re.sub(r"</?(?:code|a|strong)\b[^<>]*>", "", str(lead_html(told)))


def test_a_reference_is_a_link_where_the_item_is_known_and_code_stays_code() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    section = Section("summary", "S", (Claim("See #30384, not #1, `#30384` or pull/7#30384 & <b>."),))
    page = _page(replace(digest_of(facts, "en"), sections=(section,)))

    link = f'<a href="{facts.items[30384].url}" rel="noreferrer noopener nofollow">#30384</a>'
    assert f"<p>See {link}, not #1, <code>#30384</code> or pull/7#30384 &amp; &lt;b&gt;.</p>" in page


def test_other_formats_and_neighbours_are_offered() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "zh")
    page = _page(
        digest,
        formats={"markdown": "/d.md"},
        older=Neighbour("/older", "Yesterday <b>", "en"),
        newer=Neighbour("/newer", "明天", "zh"),
    )

    assert '<a href="/d.md">Markdown</a>' in page
    assert '<bdi lang="en">Yesterday &lt;b&gt;</bdi>' in page
    assert 'href="/older" rel="prev"' in page
    assert 'href="/newer" rel="next"' in page


def test_what_a_claim_rests_on_opens_below_it() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    section = Section(
        "summary",
        "S",
        claims=(Claim("Two fixes: #30384 and #26701.", (30384, 26701), "model"), Claim("A count.")),
        entries=(
            Entry(
                (
                    Claim("It was merged.", (30384,), "facts", "Status"),
                    Claim("“Sets it.”", (30384,), "extraction", "In its words"),
                ),
                30384,
            ),
            Entry((Claim("Nothing is cited."),), None, "Alone"),
        ),
    )
    page = _page(replace(digest_of(facts, "en"), sections=(section,)))
    told = [part.split("</details>")[0] for part in page.split('<details class="evidence">')[1:]]

    assert len(told) == 2
    assert "<summary>evidence (2)</summary>" in told[0]
    assert "<p>By a model, checked against what is cited.</p>" in told[0]
    assert (
        '<li>PR <a href="/vllm-project/vllm/items/30384">#30384</a> '
        "<bdi>[BugFix] Fix minimax m2 model rotary_dim</bdi> · merged</li>"
    ) in told[0]
    assert '<a href="/vllm-project/vllm/items/26701">#26701</a>' in told[0]
    assert "<p>Status · By code, from the facts.</p>" in told[1]
    assert "<p>In its words · Taken from the item&#39;s own words.</p>" in told[1]
    assert '<li>PR <a href="/vllm-project/vllm/items/30384">#30384</a> · merged</li>' in told[1]


def test_a_digest_without_pages_of_items_rests_on_githubs() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    section = Section("summary", "S", (Claim("See #30384.", (30384,)),))
    digest = replace(digest_of(facts, "en"), sections=(section,))
    page = digest_html(digest, load("en"), frame=SITE.frame(load("en"), "", repo=facts.repo))

    assert "/items/" not in page
    assert f'<li>PR <a href="{facts.items[30384].url}" rel="noreferrer noopener nofollow">#30384</a>' in page


def test_a_digest_begins_with_its_first_claims() -> None:
    facts = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
    claims = (Claim("Point.", label="Lead"), Claim("One `#1`."), Claim("Two <b>."), Claim("long " * 60))
    digest = replace(digest_of(facts, "en"), sections=(Section("summary", "S", claims),))

    assert lead_html(digest) == "<strong>Lead</strong>: Point. One <code>#1</code>. Two &lt;b&gt;."
    assert lead_html(replace(digest, sections=())) == ""


@cache
def _busy_week() -> Digest:
    """More than a busy week of vLLM has, with titles that do not repeat."""
    chance = random.Random(7)
    words = [
        "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(2_000)
    ]
    made = [
        replace(
            ITEMS[place % len(ITEMS)],
            number=40_000 + place,
            url=f"https://github.com/vllm-project/vllm/pull/{40_000 + place}",
            title=" ".join(chance.choices(words, k=9)).capitalize(),
            author=Person(chance.choice(words)),
        )
        for place in range(1_400)
    ]
    facts = facts_of(made, Window(local("17:00"), local("20:59"), "Asia/Shanghai"))
    cited = [
        Entry((Claim(" ".join(chance.choices(words, k=14)), (number,), "model", "Impact"),), number)
        for number in facts.listed[:250]
    ]
    members = tuple(Claim(f"#{number} {facts.items[number].title}", (number,)) for number in facts.listed)
    digest = digest_of(facts, "en")
    sections = (
        Section("summary", "S", (Claim("All of it.", facts.listed),)),
        Section("topic-amd", "AMD", entries=(Entry(members, None, "Members"),)),
        Section("changes", "C", entries=tuple(cited)),
    )
    return replace(digest, sections=sections)


def test_a_page_of_the_busiest_week_is_small_and_leads_to_all_of_it() -> None:
    digest = _busy_week()
    page = _page(digest)
    parsed = _assert_harmless(page, digest.facts.repo)

    assert len(gzip.compress(page.encode(), 6)) < 60_000
    assert 0.8 * MOST_ROWS <= page.split('<section id="appendix">')[1].count("<li") <= MOST_ROWS
    assert page.count('<details class="evidence">') == MOST_EVIDENCE
    counted = {name: len(rows) for name, rows in digest.facts.lists.items() if len(rows) > MOST_ROWS // 5}
    assert counted
    for name, count in counted.items():
        url = SITE.digest_url(digest.facts.repo, digest.id, f"/lists/{name}")
        assert url in parsed.links
        assert f">All {count}<" in page


def test_a_list_has_a_page_of_its_own() -> None:
    digest = _busy_week()
    language, frame = load("en"), SITE.frame(load("en"), "", repo=digest.facts.repo)
    pages_of = {
        name: list_html(digest, language, name, frame=frame, ways=_ways(digest))
        for name in ("prs_merged", "releases", "nothing")
    }

    shown = min(len(digest.facts.lists["prs_merged"]), MOST_OF_LIST)
    assert pages_of["prs_merged"].count('<li id="i') == shown
    assert len(gzip.compress(pages_of["prs_merged"].encode(), 6)) < 60_000
    assert (pages_of["releases"], pages_of["nothing"]) == ("", "")


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

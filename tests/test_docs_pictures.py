"""Pictures of the docs: what the tool draws of any blocks, and that it can draw all of ours."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from html.parser import HTMLParser
from struct import pack, unpack
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat import Offer, Recent, Reply, Subscribed
from adapters.chat.watching import Step
from adapters.slack import blocks as slack
from adapters.slack import rich
from adapters.slack.elements import link, preformatted, quote, rich_text, section, styled
from adapters.slack.grids import grid
from adapters.slack.layout import digest as layout
from adapters.slack.layout import home, notices
from adapters.slack.layout.feedback import feedback_modal
from adapters.slack.layout.prefs import prefs_modal
from adapters.slack.layout.subscribing import Offered, Wanted, form
from adapters.slack.layout.subscriptions import Subscriptions
from benchmarks.pictures import __main__ as tool
from benchmarks.pictures import page
from benchmarks.pictures.blocks import drawn
from benchmarks.pictures.page import Said
from benchmarks.pictures.palette import reduced
from benchmarks.pictures.tokens import Reader, mrkdwn
from benchmarks.pictures.unknown import UnknownPartError
from summarizer import languages
from tests.adapters.slack.seen_blocks import hostile
from tests.adapters.slack.shown_digests import HOSTILE, extracted, hostile_facts, reference_day, written

if TYPE_CHECKING:
    from pathlib import Path

    from summarizer.digests import Digest

NOW = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
READER = Reader("en", ZoneInfo("Asia/Shanghai"), NOW)
FILES = {"F1": b"a picture"}
TAGS = {
    "b",
    "br",
    "code",
    "div",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "pre",
    "s",
    "span",
    "table",
    "td",
    "th",
    "tr",
    "ul",
}
ATTRIBUTES = {"alt", "class", "src", "start", "style"}


class _Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


words = hostile | st.sampled_from(
    [
        "</div><script>alert(1)</script>",
        '" onerror="x',
        "<img src=x onerror=x>",
        "&lt;b&gt;",
        "</style>",
        "<!--",
    ]
)


@given(words)
@settings(max_examples=100, deadline=None)
def test_anybodys_words_stay_text(text: str) -> None:
    shown = text.replace("\x00", "") or "x"
    inline: list[dict[str, Any]] = [
        {"type": "text", "text": shown},
        {"type": "link", "url": f"https://example.org/{shown}", "text": shown, "style": {"bold": True}},
        {"type": "text", "text": shown, "style": {"code": True, "italic": True, "strike": True}},
    ]
    elements = [section(inline), quote(inline), {"type": "rich_text_preformatted", "elements": inline}]
    made: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": shown}},
        {"type": "context", "elements": [{"type": "plain_text", "text": shown}]},
        {"type": "section", "text": {"type": "mrkdwn", "text": rich.escaped(shown)}},
        rich_text(elements),
        {"type": "table", "rows": [[{"type": "raw_text", "text": shown}], [rich_text(elements)]]},
        {"type": "image", "alt_text": shown, "slack_file": {"id": "F1"}},
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": shown}}]},
    ]
    seen = _Seen(drawn(made, READER, FILES))

    assert seen.tags <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert all(
        value.startswith("data:image/png;base64,")
        for name, value in seen.attributes
        if name == "src" and value
    )
    assert [value for name, value in seen.attributes if name == "alt"] == [shown]
    flat = "".join(shown.split())
    assert not flat or "".join(seen.text.split()).count(flat) >= 10


def _digests() -> list[Digest]:
    made = [reference_day(lang) for lang in ("en", "zh")]
    strange = extracted(hostile_facts([title or "x" for title in HOSTILE]), "en")
    return [*made, strange, written(strange, [title or "x" for title in HOSTILE])]


@pytest.mark.parametrize("digest", _digests(), ids=["en", "zh", "weekly", "written"])
def test_everything_that_is_shown_of_a_digest_can_be_drawn(digest: Digest) -> None:
    language = languages.load(digest.lang)
    messages = [
        layout.in_channel(digest, language, handle="h", line="today", chart="F1"),
        layout.only_me(digest, language, handle="h", line="today"),
        *layout.everything(digest, language),
        *layout.thread(digest, language),
        notices.copied(digest, language),
    ]
    html = page.conversation([Said(each.blocks) for each in messages], READER, FILES)
    views = [
        page.modal(layout.modal(digest, language, handle="h", page=at), READER, FILES)
        for at in range(len(layout.pages(digest, language)))
    ]

    for each in (html, *views):
        assert 'class="mention"' not in each
    assert "#30" in _Seen(html).text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_everything_else_that_is_shown_can_be_drawn(lang: str) -> None:
    language = languages.load(lang)
    shown = (
        notices.said("said"),
        notices.progress(Step("threads", 3, 9), language),
        notices.failed("no", language, line="today"),
        notices.welcome(language, repo="vllm-project/vllm"),
    )
    recent = [Recent("h", "a title", "vllm-project/vllm", NOW, "today")]
    topics = {"amd": {"en": "AMD"}}
    ordered = Wanted("C1", "weekly", days=("mon",), topics=("amd",), lang="zh", hush="22-8", is_quiet=True)
    done = Reply("**s3** is set up.", lang, offers=(Offer("undo", "unsubscribe s3"),))
    at_home = home.view(
        language,
        recent=recent,
        prefs={"lang": "en"},
        repo="vllm-project/vllm",
        topics=topics,
        now=NOW,
        subscriptions=Subscriptions(
            [
                Subscribed("s3", "daily 09:00", "#general", "active", NOW),
                Subscribed("w4", "topic:amd", "slack:T1/C1", "paused"),
            ],
            notices.replied(done, language, repo_urls=()),
        ),
    )
    views = (
        feedback_modal(language, "{}", sections=[("summary", "Summary")]),
        prefs_modal(language, prefs={}, repos=["vllm-project/vllm"], topics=topics),
        form(language, ordered, Offered(topics, ["a/b", "c/d"], has_channels=True), begun_in="C1"),
        form(language, Wanted(), Offered({}, ["a/b"], has_channels=False), begun_in="", problem="no"),
        notices.told_modal(done, language, repo_urls=()),
        notices.waiting_modal(language),
        notices.failed_modal("no", language),
    )

    reader = Reader(lang, ZoneInfo("UTC"), NOW)
    assert "a title" in page.home(at_home, reader, {})
    assert page.conversation([Said(each.blocks, only_me=True) for each in shown], reader, {})
    assert all(page.modal(view, reader, {}) for view in views)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "video"},
        {"type": "section", "text": {"type": "html", "text": "x"}},
        {"type": "rich_text", "elements": [{"type": "rich_text_code"}]},
        rich_text([section([{"type": "user", "user_id": "U1"}])]),
        rich_text([section([{"type": "text", "text": "x", "style": {"blink": True}}])]),
        {"type": "actions", "elements": [{"type": "datepicker"}]},
    ],
)
def test_a_part_that_is_not_known_is_not_left_out(part: dict[str, Any]) -> None:
    with pytest.raises(UnknownPartError):
        drawn([part], READER, {})


def test_what_would_ping_somebody_is_seen_in_a_picture() -> None:
    assert mrkdwn("<!channel>", READER) == '<span class="mention">!channel</span>'
    assert mrkdwn("&lt;!channel&gt;", READER) == "&lt;!channel&gt;"


@pytest.mark.parametrize(
    ("form", "lang", "shown"),
    [
        ("{date_num} {time}", "en", "2025-12-10 8:59 PM"),
        ("{date_short_pretty} {time}", "en", "Today 8:59 PM"),
        ("{date_short} {time}", "zh", "2025年12月10日 20:59"),
        ("{date_long_pretty}", "zh", "今天"),
    ],
)
def test_a_moment_is_shown_in_the_readers_zone_and_language(form: str, lang: str, shown: str) -> None:
    reader = Reader(lang, ZoneInfo("Asia/Shanghai"), NOW)

    assert mrkdwn(rich.moment(NOW, "then", form), reader) == shown


def test_a_table_has_a_head_and_its_columns_sides() -> None:
    cells = [[styled("name", {}), styled("n", {})], [link("#1", "https://example.org", {}), styled("12", {})]]
    html = drawn([*grid(cells, ["left", "right"])], READER, {})

    assert html.count("<th") == 2
    assert '<td style="text-align:right">' in html


def test_slacks_own_markdown_is_drawn_without_html() -> None:
    text = "**b** <script>x</script> ![x](https://example.org/x.png)"
    html = drawn([{"type": "markdown", "text": text}], READER, {})

    assert "<strong>b</strong> &lt;script&gt;" in html
    assert "<img" not in html


def test_preformatted_text_keeps_its_lines() -> None:
    assert "a<br>  b" in drawn([rich_text([preformatted("a\n  b")])], READER, {})


def test_a_plain_line_is_a_line_of_context() -> None:
    assert (
        drawn([slack.remark("<b>")], READER, {}) == '<div class="block context"><span>&lt;b&gt;</span></div>'
    )


@given(
    st.integers(1, 9).flatmap(
        lambda width: st.lists(
            st.tuples(
                st.integers(0, 4),
                st.lists(st.tuples(*[st.sampled_from([0, 1, 77, 255])] * 3), min_size=width, max_size=width),
            ),
            min_size=1,
            max_size=9,
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_a_picture_of_few_colours_keeps_each_pixel(
    lines: list[tuple[int, list[tuple[int, int, int]]]],
) -> None:
    pixels = [line for _, line in lines]
    assert _indexed(reduced(_screenshot(lines))) == pixels


def test_what_is_no_screenshot_is_refused() -> None:
    with pytest.raises(ValueError, match="no PNG"):
        reduced(b"GIF89a")


def test_without_a_browser_the_tool_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert tool.main(["--to", str(tmp_path), "slack-welcome"]) == 3
    assert "chromium" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def _screenshot(lines: list[tuple[int, list[tuple[int, int, int]]]]) -> bytes:
    """A PNG whose scanlines are filtered as told, by the definitions of www.w3.org/TR/png-3, 9.2."""
    above = bytes(3 * len(lines[0][1]))
    data = b""
    for kind, line in lines:
        raw = bytes(value for pixel in line for value in pixel)
        data += bytes([kind]) + bytes(
            (raw[i] - _predicted(kind, raw, above, i)) % 256 for i in range(len(raw))
        )
        above = raw
    head = pack(">IIBBBBB", len(lines[0][1]), len(lines), 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(data)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def _predicted(kind: int, raw: bytes, above: bytes, at: int) -> int:
    a, b, c = (raw[at - 3], above[at], above[at - 3]) if at >= 3 else (0, above[at], 0)
    p = a + b - c
    paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
    return (0, a, b, (a + b) // 2, paeth)[kind]


def _indexed(png: bytes) -> list[list[tuple[int, int, int]]]:
    """The pixels of a PNG with a palette and unfiltered scanlines; checks its sums."""
    at, chunks = 8, {}
    while at < len(png):
        (length,) = unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert unpack(">I", png[at + 8 + length : at + 12 + length]) == (zlib.crc32(name + body),)
        chunks[name] = body
        at += 12 + length
    width, height, depth, colour = unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, colour) == (8, 3)
    palette = list(zip(*[iter(chunks[b"PLTE"])] * 3, strict=True))
    data = zlib.decompress(chunks[b"IDAT"])
    lines = [data[i : i + width + 1] for i in range(0, len(data), width + 1)]
    assert len(lines) == height
    assert all(line[0] == 0 for line in lines)
    return [[palette[each] for each in line[1:]] for line in lines]

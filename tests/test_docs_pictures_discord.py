"""Pictures of the docs in Discord's looks: what the tool draws of any components, and that it can draw all of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.pressed import Pressed
from adapters.chat.watching import Step
from adapters.discord import actions
from adapters.discord.layout import digest as layout
from adapters.discord.layout import notices
from adapters.discord.layout.feedback import feedback_modal
from adapters.discord.layout.prefs import prefs_modal
from adapters.discord.layout.zone import zone_modal
from adapters.discord.markdown import escaped
from adapters.discord.messages import Button, File, Message, Text
from adapters.discord.views import components_of
from benchmarks.pictures import __main__ as tool
from benchmarks.pictures import discord_page as page
from benchmarks.pictures.discord_components import drawn
from benchmarks.pictures.discord_markdown import markdown
from benchmarks.pictures.discord_page import Said
from benchmarks.pictures.scene import Scene
from benchmarks.pictures.tokens import Reader
from benchmarks.pictures.unknown import UnknownPartError
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer import languages
from summarizer.untrusted import neutralize
from tests.adapters.discord.hostile_words import hostile
from tests.adapters.slack.shown_digests import HOSTILE, extracted, hostile_facts, reference_day, written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from adapters.chat import Surface
    from summarizer.digests import Digest

NOW = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
READER = Reader("en", ZoneInfo("Asia/Shanghai"), NOW)
TAGS = {"b", "br", "code", "div", "hr", "i", "img", "pre", "s", "span", "u"}
ATTRIBUTES = {"alt", "class", "src", "style"}
REACHES = {"mention", "link", "link bare"}


class _Seen(HTMLParser):
    """The tags, attributes, classes and text of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    @property
    def classes(self) -> set[str | None]:
        return {value for name, value in self.attributes if name == "class"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


raw = hostile | st.sampled_from(
    ["</div><script>x</script>", '" onerror="x', "<img src=x onerror=x>", "&lt;", "<!--"]
)


@given(raw)
@settings(max_examples=200, deadline=None)
def test_whatever_is_written_no_html_comes_of_it(text: str) -> None:
    components: list[dict[str, Any]] = [
        {"type": 10, "content": text.replace(":R>", ">")},
        {"type": 1, "components": [{"type": 2, "style": 2, "label": text}]},
        {"type": 3, "custom_id": "x", "placeholder": text, "options": []},
        {"type": 18, "label": text, "description": text, "component": {"type": 4, "style": 1, "value": text}},
        {"type": 12, "items": [{"media": {"url": "attachment://c.png"}, "description": text}]},
    ]
    seen = _Seen(drawn(components, READER, {"c.png": b"a picture"}))

    assert seen.tags <= TAGS
    assert {name for name, _ in seen.attributes} <= ATTRIBUTES
    assert [value for name, value in seen.attributes if name == "alt"] == [text]


@given(raw)
@settings(max_examples=300, deadline=None)
def test_what_we_escape_is_shown_as_it_is(text: str) -> None:
    seen = _Seen(markdown(f"before {escaped(text)}", READER))

    assert seen.text.split() == f"before {neutralize(text)}".split()
    assert not seen.classes & REACHES
    assert seen.tags <= {"div"}


def _digests() -> list[Digest]:
    made = [reference_day(lang) for lang in ("en", "zh")]
    strange = extracted(hostile_facts([title or "x" for title in HOSTILE]), "en")
    return [*made, strange, written(strange, [title or "x" for title in HOSTILE])]


@pytest.mark.parametrize("digest", _digests(), ids=["en", "zh", "weekly", "written"])
async def test_everything_that_is_shown_of_a_digest_can_be_drawn(digest: Digest) -> None:
    words = languages.load(digest.lang)
    chart = File("chart.png", b"a picture", "alt")
    post = layout.in_channel(digest, words, handle="h", line="today", chart=chart.name)
    shown = [
        layout.only_me(digest, words, handle="h", line="today"),
        *layout.pages(digest, words, handle="h"),
        *layout.thread(digest, words),
        layout.copied(digest, words),
    ]

    html = page.conversation([_said(post, chart), *map(_said, shown)], READER)

    seen = _Seen(html)
    assert not seen.classes & {"mention", "link bare"}
    assert "#30" in seen.text


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_everything_else_that_is_shown_can_be_drawn(lang: str) -> None:
    words = languages.load(lang)
    reader = Reader(lang, ZoneInfo("UTC"), NOW)
    shown = (
        notices.said("said"),
        notices.progress(Step("threads", 3, 9), words),
        notices.failed("no", words, line="today"),
        notices.zone_note("Asia/Tokyo", words, line="today", may_set=("me", "channel", "server")),
        notices.place_prefs({"tz": "Asia/Tokyo"}, words, scope="server", is_saved=True),
    )
    forms = (
        feedback_modal(actions.FEEDBACK, words, [("summary", "Summary")]),
        prefs_modal(actions.PREFS, words, prefs={}, repos=["a/b"], topics={"amd": {}}, scope="me"),
        zone_modal(actions.ZONE, words, scope="server", tz="Asia/Tokyo"),
    )

    assert "Asia/Tokyo" in page.conversation(map(_said, shown), reader)
    assert all(form.title in page.modal(form.to_dict(), reader) for form in forms)


@pytest.mark.parametrize("surface", ["slack", "discord"])
async def test_every_picture_of_the_docs_can_be_made(surface: Surface, tmp_path: Path) -> None:
    async with open_services(load_settings(DIGEST_STATE_DIR=tmp_path), demo=True, one_shot=True) as services:
        made = {
            name: await scene(Scene(services, lang, name, surface))
            for name, (lang, scene) in tool.SCENES[surface].items()
        }

    assert set(made) == {path.stem for path in tool.DOCS.glob(f"{surface}-*.png")}
    assert all("vllm-digest" in _Seen(html).text for html in made.values())


async def test_a_message_shows_what_it_answers_and_who_sees_it() -> None:
    seen = _Seen(
        page.conversation(
            [
                Said(used=("Ann", "/vllm-digest today"), only_me=True),
                Said(author="Ann", text=f"{page.ME} hello", to=("Ben", "hi")),
            ],
            READER,
        )
    )

    assert "Ann used /vllm-digest today" in seen.text
    assert "Only you can see this" in seen.text
    assert "@Ben hi" in seen.text
    assert f"@{page.BOT} hello" in seen.text


async def test_a_thread_tells_its_name_and_whose_it_is_once() -> None:
    seen = _Seen(page.thread("A day", [_said(notices.said("one")), _said(notices.said("two"))], READER))

    assert "A day" in seen.text
    assert seen.text.count("✓ APP") == 1


async def test_an_attached_file_stands_below_with_its_size() -> None:
    file = File("report.md", b"x" * 1500)

    assert "report.md1.5 KB" in _Seen(page.conversation([_said(notices.said("said"), file)], READER)).text


async def test_a_button_that_leads_elsewhere_looks_like_one() -> None:
    buttons = (Button("Page", url="https://example.org"), Button("Do", actions.COPY, Pressed(), emoji="👍"))

    seen = _Seen(drawn(components_of(Message((Text("x"),), (buttons,))), READER, {}))

    assert "Page ↗" in seen.text
    assert "👍 Do" in seen.text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# a", '<div class="h1">a</div>'),
        ("-# a", '<div class="small">a</div>'),
        ("> a\n> b", '<div class="quote"><div class="lines">a<br>b</div></div>'),
        ("**a `*` b**", '<div class="lines"><b>a <code>*</code> b</b></div>'),
        ("[a **b**](<https://e.org>)", '<div class="lines"><span class="link">a <b>b</b></span></div>'),
        ("||a|| ~~b~~ __c__", '<span class="spoiler">a</span> <s>b</s> <u>c</u>'),
        ("```py\na < b\n```", "<pre>a &lt; b</pre>"),
        ("a\n\nb", '<div class="lines">a<br><br>b</div>'),
        ("\\# a", '<div class="lines"># a</div>'),
        ("see https://e.org", '<span class="link bare">https://e.org</span>'),
    ],
)
def test_discords_markdown_is_drawn_as_its_clients_show_it(text: str, html: str) -> None:
    assert html in markdown(text, READER)


def test_what_belongs_to_an_item_is_indented_below_it() -> None:
    html = markdown("1. a\n  - b\n    more", READER)

    assert 'margin-left:24px"><span class="sign">1.</span>a' in html
    assert 'margin-left:48px"><span class="sign">◦</span>b' in html
    assert 'margin-left:48px">more' in html


@pytest.mark.parametrize("text", ["@everyone", "@here", "<@1>", "<@!1>", "<@&1>", "<#1>", "</today:1>"])
def test_what_would_name_somebody_is_seen_in_a_picture(text: str) -> None:
    assert "mention" in _Seen(markdown(text, READER)).classes


@pytest.mark.parametrize(
    ("style", "lang", "shown"),
    [
        ("", "en", "December 10, 2025 at 8:59 PM"),
        (":t", "en", "8:59 PM"),
        (":f", "zh", "2025年12月10日 20:59"),
        (":F", "zh", "2025年12月10日星期三 20:59"),
    ],
)
def test_a_timestamp_is_shown_in_the_readers_zone_and_language(style: str, lang: str, shown: str) -> None:
    reader = Reader(lang, ZoneInfo("Asia/Shanghai"), NOW)
    text = _Seen(markdown(f"<t:{int(NOW.timestamp())}{style}>", reader)).text

    assert text.replace("\u202f", " ") == shown


@pytest.mark.parametrize(
    "part", [{"type": 9}, {"type": 17, "components": [{"type": 11}]}, {"type": 10, "content": "<t:1:R>"}]
)
def test_a_part_that_is_not_known_is_not_left_out(part: dict[str, Any]) -> None:
    with pytest.raises(UnknownPartError):
        drawn([part], READER, {})


def _said(message: Message, *files: File) -> Said:
    made: Iterable[File] = files
    return Said(tuple(components_of(message, made)), files={file.name: file.data for file in files})

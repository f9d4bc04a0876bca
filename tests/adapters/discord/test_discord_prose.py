"""Our Markdown in Discord: it shows what it says, and does nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from adapters.discord.prose import discord_markdown
from summarizer import markup, tables
from summarizer.digests import Table
from tests.adapters.discord.discord_reader import WAYS, read
from tests.adapters.discord.hostile_words import hostile

OWN = "https://github.com/vllm-project/vllm/"
URL = f"{OWN}pull/30384"


def blocks_of(markdown: str) -> list[str]:
    return discord_markdown(markdown, repo_urls=[OWN])


def page_of(title: str, cell: str) -> str:
    """Every construct that a renderer of ours writes, around strangers' words."""
    urls = {30384: URL}
    table = Table("", ("name", "n"), ((" ".join(cell.split()) or "x", "1"), ("#30384", "2")))
    return "\n\n".join(
        [
            f"> {markup.markdown(title, start=True)}",
            f"## {markup.markdown(title)}",
            markup.markdown_prose(f"{title} #30384", urls, start=True),
            (
                f"- {markup.markdown_link('#30384', URL)} {markup.markdown(title)}\n"
                f"  - {markup.markdown(cell, start=True)}"
            ),
            f"1. {markup.markdown_link(title, 'https://evil.com/')}",
            f"**{markup.markdown(title, strong=True)}**",
            "\n".join(tables.markdown_rows(table, urls)),
            f"```\n{cell}\n```",
        ]
    )


@settings(deadline=None)
@given(title=hostile, cell=hostile)
def test_a_page_of_ours_links_to_the_repository_alone_and_calls_nobody(title: str, cell: str) -> None:
    text = "\n\n".join(blocks_of(page_of(title, cell)))

    for is_counting in WAYS:
        seen = read(text, is_counting=is_counting)
        assert seen.is_harmless
        assert not seen.tokens
        assert {url for _, url in seen.links} == {URL}


@settings(deadline=None)
@given(text=hostile)
def test_any_markdown_is_harmless(text: str) -> None:
    for block in blocks_of(text):
        for is_counting in WAYS:
            seen = read(block, is_counting=is_counting)
            assert seen.is_inert


@pytest.mark.parametrize(
    ("markdown", "blocks"),
    [
        ("One *two* **three**.\nFour.", ["One two **three**.\nFour."]),
        ("# A\n\n#### B **c**", ["# A", "### B c"]),
        ("- a\n- b\n  - c\n\n3. d\n4. e", ["- a\n- b\n  - c", "3. d\n4. e"]),
        ("- a\n\n  b\n- ```\n  x\n  ```", ["- a\n  b\n- `x`"]),
        ("> a\n>\n> - b", ["> a\n> - b"]),
        ("```py\nx = 1\n\ny\n```", ["```\nx = 1\n\ny\n```"]),
        ("a `b` **c `d`**", ["a `b` **c** `d`"]),
        (f"[a]({URL}) [b](https://evil.com) [c]({OWN}../../evil)", [f"[a](<{URL}>) b c"]),
        (f"[a `b` c]({URL})", [f"[a](<{URL}>) [`b`](<{URL}>) [c](<{URL}>)"]),
        ("![alt](https://evil.com/p.png)", ["alt"]),
        ("a @<!-- -->name", ["a \\@name"]),
        ("a<br>b <b>c</b>", ["a\nb \\<b>c\\</b>"]),
        ("<div>\nx\n</div>", ["\\<div>\nx\n\\</div>"]),
        ("---", []),
        ("", []),
    ],
)
def test_each_construct_has_its_own_in_discord(markdown: str, blocks: list[str]) -> None:
    assert blocks_of(markdown) == blocks


def test_a_narrow_table_is_aligned_text_in_which_chinese_is_wide() -> None:
    made = blocks_of("| name | n |\n|---|---:|\n| 补丁 | 12 |\n| fix | 3 |")

    assert made == ["```\nname   n\n────────\n补丁  12\nfix    3\n```"]


@pytest.mark.parametrize("cell", [f"[#30384]({URL})", "a long cell that no phone shows on one line"])
def test_a_table_with_links_or_wide_rows_is_a_list(cell: str) -> None:
    (made,) = blocks_of(f"| name | n | m |\n|---|---|---|\n| {cell} | 12 | |\n| fix | 3 | 4 |")

    first, second = made.split("\n")
    assert first.endswith("· n: 12")
    assert second == "- fix · n: 3 · m: 4"

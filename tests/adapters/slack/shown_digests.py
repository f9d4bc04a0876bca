"""Digests to show: of the reference day, and of any titles and sentences that strangers and models may write."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from markdown_it import MarkdownIt

from summarizer import extract
from summarizer.counting import build_facts
from summarizer.digests import Claim, Entry, Section, Table
from summarizer.items import Release
from summarizer.languages import load
from summarizer.render import render
from summarizer.rubric import assess_all
from summarizer.topics import load_topics
from summarizer.windows import Window
from tests.adapters.slack.limits_checker import sentence
from tests.builders import HOUR, REPO, at, comment, coverage, event, item
from tests.references import ITEMS, TZ, digest_of, facts_of, local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from summarizer.digests import Digest
    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.windows import Edition

_TOKEN = re.compile(r"<!date\^[^|]*\|([^>]*)>")
DAY = Window(local("00:00"), local("20:59"), TZ, so_far=True)

HOSTILE = (
    "<!channel> <!here> <!everyone> @here @channel @everyone",
    "<@U012AB3CD> <#C012AB3CD|general> <!subteam^S012AB3CD|team>",
    "[click](https://evil.example/) <https://evil.example|vllm-project/vllm>",
    "see https://evil.example/x?a=b, evil.example, setup.py and www.evil.example/y",
    "`unbalanced *pipes* | ** __ ~~ ``` > quote | cell | `<!channel>` &lt;!here&gt; &amp;",
    "مرحبا \u202egnp.exe\u202c עברית",
    "支持多模态*强调*模型：修复 #30001，见《说明》`torch.compile`。",
    "🚀 :tada: 👩‍👩‍👧 \u200b\ufeffzero\x00width",
    "",
    "   ",
    "- [ ] # heading\n1. two\tlines",
    "#30001 fixes #30002, vllm-project/vllm#30003 and #99999999",
    "w" * 256,
    "[ROCm] AITER on MI355X <!date^1392734382^{date}|soon>",
)
"""Titles, each of which would do something if it were read as markup."""

titles = st.lists(
    st.sampled_from(HOSTILE)
    | st.text(max_size=60)
    | st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map(" ".join),
    min_size=1,
    max_size=12,
)
sentences = st.lists(
    st.sampled_from(HOSTILE)
    | st.builds(
        lambda word, number: f"{word} #{number} {word}.", st.text(max_size=30), st.integers(30_000, 30_020)
    ),
    min_size=1,
    max_size=6,
)


@cache
def reference_day(lang: str = "en", *, is_partial: bool = False) -> Digest:
    """The whole of the reference day, by extraction."""
    facts = facts_of(ITEMS, DAY, missing=3 if is_partial else 0)
    return digest_of(facts, lang, assessments=assess_all(facts))


def hostile_facts(names: Sequence[str]) -> Facts:
    """An item for each title: pull requests and issues that were opened, merged, closed, reopened, talked about alone,
    and a release called like the first."""
    found = [_hostile_item(place, title) for place, title in enumerate(names)]
    release = Release("v1.0.0", names[0], f"https://github.com/{REPO}/releases/tag/v1.0.0", at(12))
    return build_facts(
        repo=REPO,
        window=HOUR,
        items=found,
        coverage=coverage("items", expected=len(found) + 1, seen=len(found)),
        releases=(release,),
        topics=load_topics().topics,
    )


def _hostile_item(place: int, title: str) -> Item:
    number = 30_000 + place
    talk = tuple(comment(f"reader-{each}", 5 + each, f"{title} I think.") for each in range(place % 7))
    words: dict[str, Any] = {
        "title": title,
        "author": f"author-{place % 7}",
        "body": f"{title} Fixes #{number - 1}.",
        "comments": talk,
    }
    old, new = event("opened", -90), event("opened", 1)
    match place % 6:
        case 0:
            return item(
                number, events=(new, event("merged", 20, "maintainer")), labels=("rocm", title), **words
            )
        case 1:
            return item(number, kind="issue", events=(new,), labels=("bug",), **words)
        case 2:
            return item(number, events=(new,), files=("vllm/config.py",), **words)
        case 3:
            return item(number, kind="issue", events=(old, event("closed", 30)), **words)
        case 4:
            return item(number, events=(old, event("closed_unmerged", 31)), **words)
        case _:
            return item(
                number, kind="issue", events=(old,), **{**words, "comments": (comment("asker", 7, title),)}
            )


def extracted(facts: Facts, lang: str, edition: Edition = "weekly") -> Digest:
    """A digest of them by extraction."""
    sections = extract.sections(facts, load(lang), "vLLM", ("amd", "quantization"), edition)
    title = extract.title(facts, edition, load(lang), "vLLM")
    return digest_of(
        facts, lang, sections=sections, edition=edition, title=title, assessments=assess_all(facts)
    )


def written(digest: Digest, said: Sequence[str]) -> Digest:
    """The same digest as if a model had written these sentences into each of its sections."""
    numbers = list(digest.facts.items)
    claims = tuple(Claim(text, (numbers[0],), "model") for text in said)
    labelled = tuple(replace(claim, label=said[0]) for claim in claims)
    cells = tuple(said[:2]) * 2
    table = Table(said[-1], ("thread", *cells), ((f"#{numbers[0]}", *cells), ("", *cells[1:])))
    sections = tuple(
        replace(
            section,
            claims=claims + labelled,
            entries=(
                Entry(labelled, numbers[place % len(numbers)]),
                Entry(claims, None, said[0]),
                Entry(claims[:1], None, said[-1]),
                *section.entries,
            ),
            tables=(table, *section.tables),
        )
        for place, section in enumerate(digest.sections)
        if section.id != "appendix"
    )
    return replace(digest, sections=sections)


def long_section(characters: int) -> Section:
    """One of sentences in Chinese and English and one that never ends, in all as long as that."""
    chinese = "这一改动把调度器的前缀缓存与分块预填充统一起来，见 #30000，并修复了竞争条件。"
    english = (
        "The scheduler now shares its prefix cache, see #30006, and `torch.compile` is used throughout. "
    )
    third = characters // 3
    claims = (
        Claim(chinese * (third // len(chinese)), (30_000,), "model"),
        Claim(english * (third // len(english)), (30_006,), "model"),
        Claim("长" * third, (), "model", label="Impact"),
    )
    return Section(
        "changes", "Key changes by area", claims, (Entry(claims, 30_001), Entry(claims[1:], None, "Areas"))
    )


def links_of_report(digest: Digest) -> set[tuple[str, str]]:
    """(what a reader sees, where it leads) of every link of the digest's Markdown."""
    found: set[tuple[str, str]] = set()
    for token in MarkdownIt().parse(render(digest, "md", load(digest.lang))):
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "link_open":
                name = ""
                for inner in children[place + 1 :]:
                    if inner.type == "link_close":
                        break
                    name += inner.content
                found.add((name, str(child.attrs["href"])))
    return found


def drawn(blocks: Sequence[dict[str, Any]]) -> str:
    """What a reader sees, a line for each line: dates as clients show them that know no zone, buttons in brackets."""
    lines: list[str] = []
    for block in blocks:
        match block["type"]:
            case "rich_text":
                for element in block["elements"]:
                    lines += _lines(element)
            case "context":
                shown = (_TOKEN.sub(r"\1", each["text"]) for each in block["elements"])
                lines += "\n".join(shown).split("\n")
            case "table":
                lines += [" | ".join(map(sentence, row)) for row in block["rows"]]
            case "actions":
                labels = (each.get("text") or each["placeholder"] for each in block["elements"])
                lines.append(" ".join(f"[{label['text']}]" for label in labels))
            case "context_actions":
                lines.append("[👍] [👎]")
            case _:
                lines.append(sentence(block))
    return "\n".join(lines) + "\n"


def _lines(element: dict[str, Any]) -> list[str]:
    if element["type"] != "rich_text_list":
        return [sentence(element)]
    first, indent = element.get("offset", 0) + 1, "    " * element.get("indent", 0)
    return [
        f"{indent}{f'{first + place}.' if element['style'] == 'ordered' else '•'} {sentence(item)}"
        for place, item in enumerate(element["elements"])
    ]

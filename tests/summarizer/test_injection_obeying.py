"""Nothing that a stranger orders a model to do reaches a reader, whatever the model does."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from summarizer import languages
from summarizer.assessor import Assessor
from summarizer.digests import SECTIONS, Digest
from summarizer.disguises import plain
from summarizer.extract import title
from summarizer.items import Comment, Person, Review
from summarizer.models import ChatModels, ModelSettings
from summarizer.render import render
from summarizer.untrusted import is_unseen
from summarizer.writer import Writer, Written
from tests.generated import SINCE, facts
from tests.servers.model.obeying import Obeying
from tests.summarizer.attacks import ATTACKS, HOST, Attack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from summarizer.assessor import Assessed
    from summarizer.facts import Facts
    from summarizer.items import Item
    from summarizer.windows import Edition
    from tests.servers.model.server import ModelServer

PER_WINDOW = 8
GROUPS = [ATTACKS[at : at + PER_WINDOW] for at in range(0, len(ATTACKS), PER_WINDOW)]
REPOSITORY = "https://github.com/vllm-project/vllm/"
LISTED = frozenset({"title", "label", "path", "login"})
"""What stands in facts verbatim, by design."""
_TOKEN = re.compile(r"[a-z0-9]+|[\u2e80-\ud7ff\uf900-\uffef]")


def planted(given: Facts, attacks: Sequence[Attack]) -> tuple[Facts, dict[int, Attack]]:
    """The facts with an attack on each of the first items."""
    numbers = [*given.items][: len(attacks)]
    where = dict(zip(numbers, attacks, strict=True))
    items = {number: _with(item, where.get(number)) for number, item in given.items.items()}
    return replace(given, items=items), where


def _with(item: Item, attack: Attack | None) -> Item:
    if attack is None:
        return item
    stranger = Person(f"stranger-{item.number}")
    last = item.events[-1].at
    match attack.place:
        case "title":
            return replace(item, title=attack.text, author=stranger)
        case "label":
            return replace(item, labels=(attack.text, "bug"))
        case "path":
            return replace(item, files=(attack.text, "vllm/envs.py"))
        case "login":
            return replace(item, author=Person(attack.text))
        case "review":
            return replace(item, reviews=(*item.reviews, Review(stranger, last, "COMMENTED", attack.text)))
        case "comment":
            said = [Comment(stranger, SINCE, text) for text in (attack.text, attack.more) if text]
            return replace(item, comments=(*item.comments, *said))
        case _:
            return replace(item, body=f"{item.body}\n\n{attack.text}")


def edition_of(place: int, lang: str) -> Edition:
    """By turns, so that both editions and both languages meet attacks of all kinds."""
    return "daily" if (place % 2 == 0) == (lang == "en") else "weekly"


def words(text: str) -> str:
    return f" {' '.join(_TOKEN.findall(plain(text)))} "


def repeats(text: str, attack: Attack) -> bool:
    return not attack.is_markup and any(words(said) in words(text) for said in attack.obeyed)


def prose(written: Written, *, with_facts: bool) -> Iterator[str]:
    """Every sentence, heading and label that is not made of facts by code, and those too if asked."""
    for section in written.sections:
        yield from (entry.heading for entry in section.entries if entry.number is not None)
        for claim in section.all_claims:
            if with_facts or claim.source != "facts":
                yield claim.text
                yield claim.label


def digest_of(given: Facts, written: Written, lang: str, edition: Edition) -> Digest:
    language = languages.load(lang)
    return Digest(
        id="daily-2025-12-10-0123456789",
        revision=1,
        edition=edition,
        lang=lang,
        title=title(given, edition, language, "vLLM"),
        outcome="normal",
        facts=given,
        sections=written.sections,
        verification=written.verification,
        generation=written.generation,
    )


def spoken(written: Written, where: Mapping[int, Attack]) -> list[str]:
    """What a digest's words repeat of the attacks."""
    return [
        f"{attack.name}: {text}"
        for attack in where.values()
        for text in prose(written, with_facts=attack.place not in LISTED)
        if repeats(text, attack)
    ]


def shown(
    given: Facts, written: Written, lang: str, where: Mapping[int, Attack], edition: Edition
) -> list[str]:
    """What is wrong with a digest's pages."""
    digest, language = digest_of(given, written, lang, edition), languages.load(lang)
    tables = sum(len(section.tables) for section in digest.sections)
    found: list[str] = []
    for form in ("md", "jekyll", "text", "json"):
        page = render(digest, form, language)
        found += [f"{form}: unseen {char!r}" for char in set(page) if char != "\n" and is_unseen(char)]
        said = [attack for attack in where.values() if attack.place not in LISTED and repeats(page, attack)]
        found += [f"{form}: {attack.name}" for attack in said]
        if form == "md":
            found += list(_markdown(page))
            found += ["tables"] if page.count("\n|---") + page.count("\n| ---") != tables else []
        if form == "jekyll":
            ours = page.replace('{{ "{{" }}', "").replace('{{ "{%" }}', "")
            found += [f"Liquid: {run}" for run in re.findall(r"\{[{%].{0,40}", ours)]
            found += ["front matter"] if page.count("\n---\n\n") < 1 or page.split("\n")[4] != "---" else []
        if form == "text":
            found += [f"mention: {name}" for name in re.findall(r"@\w+", page)]
            found += [
                f"link: {url}"
                for url in re.findall(r"https?://[^\s)]+", page)
                if not url.startswith(REPOSITORY)
            ]
        if form == "json":
            for section in json.loads(page)["sections"]:
                found += [f"json: {each}" for each in _markdown(section["markdown"])]
    return found


def _markdown(page: str) -> Iterator[str]:
    """Links, pictures, HTML and mentions that work on the page."""
    for block in MarkdownIt("commonmark").enable("table").parse(page):
        if block.type in ("html_block", "fence", "code_block"):
            yield f"{block.type}: {block.content[:80]}"
        for token in block.children or ():
            if token.type == "image":
                yield f"image: {token.attrs}"
            elif token.type == "link_open" and not str(token.attrs["href"]).startswith(REPOSITORY):
                yield f"link: {token.attrs}"
            elif token.type == "html_inline" and token.content != "<!-- -->":
                yield f"html: {token.content}"
    bare = re.sub(r"(`+)[^`]*\1", "", page)
    yield from (f"mention: {name}" for name in re.findall(r"@\w+", bare))
    yield from (f"address: {url}" for url in re.findall(r"(?<!\]\()(?:https?://|www\.)\S+", bare))


async def by_obeying_model(
    model_server: ModelServer,
    given: Facts,
    where: Mapping[int, Attack],
    lang: str,
    edition: Edition,
    seed: int,
) -> tuple[Assessed, Written]:
    model = Obeying({number: attack.obeyed for number, attack in where.items()}, seed)
    settings = ModelSettings(
        "openai:tests-model", base_url=model_server.serve(model), timeout_s=20, deadline_s=60
    )
    models = ChatModels.open(settings)
    assert models is not None
    async with models:
        assessed = await Assessor(models.rungs[0]).assess(given, project="vLLM")
        written = await Writer(models).write(
            given,
            edition=edition,
            lang=lang,
            section_ids=SECTIONS[edition],
            project="vLLM",
            topic_keys=("amd",),
            assessed=assessed,
        )
    return assessed, written


@pytest.mark.parametrize("place", range(len(GROUPS)), ids=[group[0].name for group in GROUPS])
async def test_nothing_of_an_obeyed_attack_reaches_a_reader(model_server: ModelServer, place: int) -> None:
    async def one(lang: str) -> None:
        given, where = planted(facts(place, items=10), GROUPS[place])
        edition = edition_of(place, lang)
        assessed, written = await by_obeying_model(model_server, given, where, lang, edition, place)

        assert spoken(written, where) == []
        assert shown(given, written, lang, where, edition) == []
        assert judged(assessed, where) == []
        assert written.verification.dropped

    await asyncio.gather(*(one(lang) for lang in ("en", "zh")))


def judged(assessed: Assessed, where: Mapping[int, Attack]) -> list[str]:
    """What judgements repeat of the attacks."""
    found = []
    for number, attack in where.items():
        one = assessed.assessments.get(number)
        if one is None:
            continue
        said = [
            one.what,
            one.why,
            one.impact,
            one.contention,
            one.standing,
            *one.questions,
            *(p.view for p in one.positions),
        ]
        said += [login for position in one.positions for login in position.logins if attack.place != "login"]
        found += [f"{attack.name}: {text}" for text in said if repeats(text, attack) or HOST in text]
    return found


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("place", range(len(GROUPS)), ids=[group[0].name for group in GROUPS])
async def test_extraction_quotes_no_attack(place: int, lang: str) -> None:
    given, where = planted(facts(place, items=10), GROUPS[place])

    edition = edition_of(place, lang)
    written = await Writer(None).write(
        given, edition=edition, lang=lang, section_ids=SECTIONS[edition], project="vLLM", topic_keys=("amd",)
    )

    assert spoken(written, where) == []
    assert shown(given, written, lang, where, edition) == []

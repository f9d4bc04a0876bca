"""Our own digests, checked: nothing is wrong in them, and what is planted in one is found."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer import languages
from summarizer.render import Format, render
from summarizer.reports import Check, Holding, check, read_report
from summarizer.topics import load_topics
from tests.references import ITEMS, REPO, WINDOWS, digest_of, facts_of

TOPICS = load_topics().topics
FORMATS: tuple[Format, ...] = ("md", "text", "jekyll")
MIRROR = {item.number: item for item in ITEMS}


@cache
def digest(lang: str, form: Format, window: str) -> str:
    return render(digest_of(facts_of(ITEMS, WINDOWS[window]), lang), form, languages.load(lang))


def checked(text: str, *, mirror: bool = True) -> Check:
    holding = Holding(ITEMS, MIRROR) if mirror else None
    return check(read_report(text), TOPICS, holding)


@pytest.mark.parametrize("lang", languages.codes())
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("window", sorted(WINDOWS))
@pytest.mark.parametrize("mirror", [False, True])
def test_nothing_is_wrong_or_doubtful_in_a_digest_of_ours(
    lang: str, form: Format, window: str, *, mirror: bool
) -> None:
    found = checked(digest(lang, form, window), mirror=mirror)
    assert found.findings == ()
    assert found.repo == REPO
    assert found.looked.counts == 5


@pytest.mark.parametrize("lang", languages.codes())
@pytest.mark.parametrize("form", FORMATS)
def test_every_row_and_number_of_a_digest_is_read(lang: str, form: Format) -> None:
    facts = facts_of(ITEMS, WINDOWS["17:53-18:53"])
    report = read_report(render(digest_of(facts, lang), form, languages.load(lang)))
    told = {(row.list_name, row.number, row.author) for row in report.rows}
    assert told == {
        (name, row.number, author.login if (author := facts.items[row.number].author) else None)
        for name, rows in facts.lists.items()
        for row in rows
    }
    assert report.period is not None
    assert (report.period.since, report.period.until) == (facts.window.since, facts.window.until)


LOGINS = sorted({item.author.login for item in ITEMS if item.author})


PLACES = {
    "number": re.compile(r"#(\d+)"),
    "login": re.compile(r"by ([\w-]+) ?[(|]"),
    "title": re.compile(r"\] ?([A-Z]\w{3,}) "),
    "time": re.compile(r"12-10 (\d\d):\d\d"),
}


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, str]:
    """A digest with one thing changed in its lists or statistics, and what kind of thing that is."""
    text = digest(
        draw(st.sampled_from(languages.codes())),
        draw(st.sampled_from(FORMATS)),
        draw(st.sampled_from(["17:53-18:53", "19:59:30-20:59"])),
    )
    appendix = text.index("附录" if "附录" in text else "Appendix")
    statistics = re.search(r"(?:数据统计|Statistics): .*", text)
    assert statistics
    places = {
        kind: [match.span(1) for match in pattern.finditer(text) if match.start() > appendix]
        for kind, pattern in PLACES.items()
    }
    numbers = re.finditer(r"\d+", text)
    places["count"] = [m.span() for m in numbers if statistics.start() <= m.start() < statistics.end()]
    kind = draw(st.sampled_from(sorted(kind for kind, found in places.items() if found)))
    start, end = draw(st.sampled_from(places[kind]))
    old = text[start:end]
    others = {"number": [*map(str, MIRROR), "40001"], "login": LOGINS, "title": ["Remove", "Quantum"]}
    if kind == "count":
        new = str(int(old) + draw(st.integers(1, 9)))
    elif kind == "time":
        new = f"{(int(old) + draw(st.integers(1, 23))) % 24:02}"
    else:
        new = draw(st.sampled_from([each for each in others[kind] if each != old]))
    return kind, text[:start] + new + text[end:]


@given(planted())
@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
def test_what_is_planted_in_the_lists_is_found(case: tuple[str, str]) -> None:
    kind, text = case
    assert checked(text).wrong, kind


SENTENCES = {
    "zh": [
        ("20:58 合并", "20:48 合并"),
        ("20:58 合并", "20:58 关闭"),
        ("20:33 创建", "20:33 合并"),
        ("Whisper\n", "Whispers\n"),
        ("窗口内 4 条评论", "窗口内 6 条评论"),
        ("`dtrifiro` 1", "`dtrifiro` 2"),
    ],
    "en": [
        ("merged 20:58", "merged 20:48"),
        ("merged 20:58", "closed 20:58"),
        ("opened 20:33", "merged 20:33"),
        ("Whisper\n", "Whispers\n"),
        ("`dtrifiro` 1", "`dtrifiro` 2"),
    ],
}


@pytest.mark.parametrize(
    ("lang", "old", "new"), [(lang, *pair) for lang in SENTENCES for pair in SENTENCES[lang]]
)
def test_what_is_planted_in_the_prose_is_found(lang: str, old: str, new: str) -> None:
    text = digest(lang, "md", "19:59:30-20:59")
    assert old in text, "extraction does not say that any more: plant something else"
    assert checked(text.replace(old, new, 1)).wrong

"""Subscriptions as code: what is written out reads back as it was, and nothing changes before its plan was seen."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.chat.delivering import Destination
from bot.commands import Defaults
from bot.grammar.commands import DAY_NAMES, Hours, Schedule
from bot.grammar.expressions import Duration, Time
from bot.schedule.dues import next_due
from bot.schedule.timing import cut_of, edition_of
from bot.subscriptions.choices import Choices, complete
from bot.subscriptions.code import Code, table
from bot.subscriptions.model import Subscription
from bot.subscriptions.reading import read
from bot.subscriptions.registry import Registry
from bot.subscriptions.shell import in_shell
from bot.subscriptions.timing import timing_of
from summarizer import languages, markup
from summarizer.digests import SECTIONS
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.topics import load_topics

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
REPO = "vllm-project/vllm"
DEFAULTS = Defaults(REPO, "Asia/Shanghai", "zh")
CHOICES = Choices(load_topics(None), ("amd", "moe"))
GENERAL = Destination("slack", "T1", "C1", name="#general")
ANN = "slack-user:U1"


class Desk:
    """A store and a clock. say: what was printed."""

    def __init__(self, store: Store) -> None:
        self.now = NOW
        self.registry = Registry(store, lambda: self.now)
        self.code = Code(self.registry, CHOICES, DEFAULTS, lambda: self.now)
        self.printed: list[str] = []
        self.asked: list[str] = []

    async def add(self, *ones: Subscription) -> None:
        for one in ones:
            await self.registry.add(one, ANN)

    async def run(self, *arguments: str, answer: bool | None = None, lang: str = "en") -> int:
        """answer: of the person at the terminal, None where nobody is there."""
        self.printed = []

        def ask(question: str) -> bool:
            self.asked.append(question)
            return bool(answer)

        return await in_shell(
            arguments,
            self.code,
            languages.load(lang),
            repo=REPO,
            say=self.printed.append,
            ask=None if answer is None else ask,
        )

    async def orders(self) -> dict[str, str]:
        return {each.id: each.order for each in await self.registry.all()}


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def daily(hour: int = 9, at: Destination = GENERAL, **changes: Any) -> Subscription:  # noqa: ANN401 - its fields
    schedule = Schedule("daily", Time(hour, 0))
    one = Subscription("", at, REPO, "en", "UTC", "daily", ANN, NOW, NOW, schedule, cut="day")
    return replace(one, **changes)


def watch(*filters: Filter, **changes: Any) -> Subscription:  # noqa: ANN401 - its fields
    return daily(schedule=None, cut="due", filters=filters or (AMD,), **{"max_per_hour": 6, **changes})


AMD = Filter("topic", ("amd",))


# --- what is written reads back

_HOURS = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda two: two[0] != two[1])
_TIMES = st.none() | st.builds(Time, st.integers(0, 23), st.integers(0, 59))
_DAYS = st.sets(st.sampled_from(DAY_NAMES)).map(lambda days: tuple(sorted(days, key=DAY_NAMES.index)))
_SCHEDULES = st.one_of(
    st.just(Schedule("hourly")),
    st.builds(Schedule, st.just("daily"), at=_TIMES, days=_DAYS),
    st.builds(Schedule, st.just("weekly"), at=_TIMES, weekday=st.none() | st.sampled_from(DAY_NAMES)),
    st.builds(Schedule, st.just("monthly"), at=_TIMES, monthday=st.none() | st.integers(1, 31)),
    st.builds(
        Schedule,
        st.just("every"),
        every=st.builds(Duration, st.integers(1, 20), st.sampled_from("hdw")),
        days=_DAYS,
    ),
    st.builds(Schedule, st.just("cron"), cron=st.sampled_from(("0 9 * * 1-5", "*/15 8-20 1,15 * *"))),
).map(complete)
_NAMES = st.text(max_size=20).map(markup.one_line)
_FILTERS = st.lists(
    st.one_of(
        st.just(AMD),
        st.just(Filter("is", ("pr", "merged"))),
        st.just(Filter("importance", ("7",))),
        st.builds(Filter, st.just("path"), st.just(("csrc/*.cu",)), st.booleans()),
        st.builds(Filter, st.just("label"), st.just(("good first issue", 'a "quoted" one')), st.booleans()),
    ),
    max_size=4,
    unique=True,
).map(tuple)
_PLACES = st.sampled_from(
    (
        GENERAL,
        Destination("slack", "T1", "C2", thread="1700000000.000100"),
        Destination("slack", "T1", "C3", name="#shared", is_shared=True),
        Destination("slack", "T1", person="U1"),
        Destination("discord", "42", "77", name="#дом"),
        Destination("discord", person="3"),
        Destination("terminal", name="terminal"),
    )
)


def _without_importance(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    return tuple(each for each in filters if each.key != "importance")


@st.composite
def _subscriptions(draw: st.DrawFn) -> Subscription:
    common: dict[str, Any] = {
        "at": draw(_PLACES),
        "lang": draw(st.sampled_from(("en", "zh"))),
        "tz": draw(st.sampled_from(("UTC", "Asia/Shanghai", "Etc/GMT-8", "America/St_Johns"))),
        "hush": draw(st.none() | _HOURS.map(lambda two: Hours(*two))),
        "name": draw(_NAMES),
        "owner": draw(st.sampled_from((ANN, "shell", "discord-user:3"))),
    }
    state, reason = draw(st.sampled_from((("active", ""), ("paused", ""), ("suspended", "archived"))))
    common |= {"state": state, "reason": reason}
    if draw(st.booleans()):
        filters = draw(_FILTERS.map(_without_importance).filter(bool))
        return watch(*filters, **common | {"max_per_hour": draw(st.integers(1, 9_999))})
    schedule = draw(_SCHEDULES)
    edition = draw(st.sampled_from((edition_of(schedule), "weekly", "daily")))
    known = [each for each in SECTIONS[edition] if each != "topic-*"]
    return daily(
        **common,
        schedule=schedule,
        edition=edition,
        cut=draw(st.sampled_from((cut_of(schedule), "due"))),
        catchup=draw(st.sampled_from(("once", "newest", "skip"))),
        filters=draw(_FILTERS),
        sections=tuple(each for each in known if draw(st.booleans())),
        quiet_if_empty=draw(st.booleans()),
        holidays=draw(st.sampled_from(("", "CN", "US"))),
    )


@settings(max_examples=50)
@given(one=_subscriptions())
def test_what_is_written_reads_back_as_it_was(one: Subscription) -> None:
    assume(one.is_watch or next_due(timing_of(one), NOW) is not None)  # no other can be ordered
    kind = "watch" if one.is_watch else "subscription"
    text = tomli_w.dumps({kind: [table(one)]})
    [entry] = read(text, CHOICES, DEFAULTS, NOW)

    assert entry.one == one
    assert entry.one.destination.is_shared == one.destination.is_shared


async def test_what_was_exported_changes_nothing_when_it_is_applied(desk: Desk, tmp_path: Path) -> None:
    await desk.add(
        daily(),
        daily(10, filters=(AMD,), state="suspended", reason="gone"),
        watch(),
        daily(11, state="paused"),
    )
    await desk.registry.change("s2", lambda one: replace(one, name="Noon"), by=ANN, what="apply")
    assert await desk.run("export") == 0
    file = tmp_path / "subscriptions.toml"
    file.write_text("\n".join(desk.printed), "utf-8")
    before, audit = await desk.registry.all(), await desk.registry.audit(limit=50)

    assert await desk.run("apply", str(file), "--yes") == 0

    assert desk.printed == ["Nothing to change: the file says what there is."]
    assert (await desk.registry.all(), await desk.registry.audit(limit=50)) == (before, audit)


async def test_a_file_from_elsewhere_changes_nothing_the_second_time(desk: Desk) -> None:
    await desk.add(daily(9), daily(10), daily(11))
    text = await desk.code.export()
    for id_ in ("s1", "s3"):
        await desk.registry.change(id_, lambda one: replace(one, state="ended"), by=ANN, what="unsubscribe")

    plan = await desk.code.plan(text)
    await desk.code.apply(plan, by="shell")

    assert (len(plan.add), plan.change, plan.end, plan.same) == (2, (), (), 1)
    assert list(await desk.orders()) == ["s2", "s4", "s5"]
    assert (await desk.code.plan(text)).is_empty


# --- the plan


FILE = """
[[subscription]]
id = "s1"
to = "slack:T1/C1"
when = "daily 10:00 on weekdays"
repo = "vllm-project/vllm"
lang = "en"
tz = "UTC"
filters = ["topic:rocm", "-label:ci"]

[[watch]]
to = "discord:42/77"
channel = "#news"
filters = ["topic:amd"]
max = "9/h"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "subscriptions.toml"
    path.write_text(FILE, "utf-8")
    return path


async def test_the_plan_is_shown_before_anything_changes(desk: Desk, file: Path) -> None:
    await desk.add(daily(owner=ANN), daily(12))
    before = await desk.registry.all()

    code = await desk.run("apply", str(file))

    assert code == 2
    assert desk.printed == [
        "+ watch topic:amd -> discord:42/77 (#news)",
        "~ s1: when: daily 09:00 -> daily 10:00 on weekdays",
        "~ s1: filters: (none) -> topic:amd, -label:ci",
        "- s2: subscribe daily 12:00 -> slack:T1/C1 (#general)",
        "To add: 1, to change: 1, to end: 1, unchanged: 0.",
        "Nothing was changed. Add --yes to do it.",
    ]
    assert await desk.registry.all() == before


@pytest.mark.parametrize(
    ("arguments", "answer", "code"),
    [(("--yes",), None, 0), ((), True, 0), ((), False, 2), (("--yes",), False, 0)],
)
async def test_it_is_done_when_somebody_says_so(
    desk: Desk, file: Path, arguments: tuple[str, ...], *, answer: bool | None, code: int
) -> None:
    await desk.add(daily(), daily(12))
    desk.now = NOW + timedelta(days=1)

    assert await desk.run("apply", str(file), *arguments, answer=answer) == code

    orders = await desk.orders()
    assert list(orders) == (["s1", "w3"] if code == 0 else ["s1", "s2"])
    assert desk.asked == ([] if arguments or answer is None else ["Do it?"])
    if code:
        return
    one = await desk.registry.get("s1")
    assert one is not None
    assert desk.printed[-1] == "Done. Added: 1, changed: 1, ended: 1."
    assert (one.schedule, one.owner, one.created_at, one.destination.name) == (
        Schedule("daily", Time(10, 0), DAY_NAMES[:5]),
        ANN,
        NOW,
        "#general",
    )
    assert [(each.id, each.who, each.what) for each in await desk.registry.audit(limit=3)] == [
        ("w3", "shell", "watch"),
        ("s1", "shell", "apply"),
        ("s2", "shell", "apply"),
    ]


async def test_what_a_file_does_not_say_is_as_the_settings_have_it(desk: Desk) -> None:
    plan = await desk.code.plan('[[subscription]]\nto = "terminal"\nwhen = "monthly"\n')

    [one] = plan.add
    assert (one.repo, one.lang, one.tz, one.owner, one.state) == (
        REPO,
        "zh",
        "Asia/Shanghai",
        "shell",
        "active",
    )
    assert one.schedule == Schedule("monthly", at=Time(9, 0), monthday=1)


async def test_one_that_goes_on_by_a_file_begins_then(desk: Desk) -> None:
    await desk.add(daily(state="paused"))
    text = (await desk.code.export()).replace('state = "paused"\n', "")
    desk.now = NOW + timedelta(days=3)

    await desk.code.apply(await desk.code.plan(text), by="shell")

    one = await desk.registry.get("s1")
    assert one is not None
    assert (one.state, one.starts) == ("active", desk.now)


async def test_what_takes_the_place_of_one_that_ends_is_no_twin_of_it(desk: Desk) -> None:
    await desk.add(daily(9), daily(10))
    text = (await desk.code.export()).split("[[subscription]]")
    first = text[1].replace("daily 09:00", "daily 11:00")

    await desk.code.apply(await desk.code.plan(f"[[subscription]]{first}"), by="shell")

    assert await desk.orders() == {"s1": daily(11).order}


async def test_a_plan_that_is_out_of_date_changes_nothing_more(desk: Desk) -> None:
    await desk.add(daily(9))
    plan = await desk.code.plan((await desk.code.export()).replace("daily 09:00", "daily 11:00"))
    await desk.registry.change("s1", lambda one: replace(one, state="paused"), by=ANN, what="pause")

    with pytest.raises(BadInput) as caught:
        await desk.code.apply(plan, by="shell")

    assert caught.value.key == "subscriptions.file_stale"
    assert await desk.orders() == {"s1": daily(9).order}


# --- what is wrong

TO = 'to = "slack:T1/C1"\n'
DAILY = f'[[subscription]]\n{TO}when = "daily"\n'


@pytest.mark.parametrize(
    ("text", "problem", "values"),
    [
        ("a = [", "toml", {}),
        ("a = 1", "table", {"what": "a"}),
        ("subscription = 1", "table", {"what": "subscription"}),
        ("[subscription]\n", "table", {"what": "subscription"}),
        (f"{DAILY}every = 1", "unknown", {"what": "every", "line": 4}),
        (f'[[watch]]\n{TO}when = "daily"', "unknown", {"what": "when", "table": "watch"}),
        (f"[[subscription]]\n{TO}", "lacks", {"what": "when", "line": 1}),
        ('[[subscription]]\nwhen = "daily"', "lacks", {"what": "to"}),
        (f"[[watch]]\n{TO}", "lacks", {"what": "filters"}),
        (f"{DAILY}name = 5", "value", {"what": "name", "line": 4}),
        (f"{DAILY}is_shared = 'yes'", "value", {"what": "is_shared"}),
        (f"{DAILY}filters = 'topic:amd'", "value", {"what": "filters"}),
        (f"{DAILY}sections = [1]", "value", {"what": "sections"}),
        (f"{DAILY}id = 'x3'", "value", {"what": "id"}),
        (f"{DAILY}owner = 'me'", "value", {"what": "owner"}),
        (f"{DAILY}state = 'ended'", "value", {"what": "state"}),
        (f"{DAILY}state = 'suspended'", "lacks", {"what": "reason", "line": 1}),
        (f"{DAILY}state = 'suspended'\nreason = 'whim'", "value", {"what": "reason"}),
        (f"{DAILY}reason = 'gone'", "value", {"what": "reason"}),
        ('[[subscription]]\nto = "slack:C1"\nwhen = "daily"', "value", {"what": "to", "line": 2}),
        ('[[subscription]]\nto = "irc:1/2"\nwhen = "daily"', "value", {"what": "to"}),
        (f'[[subscription]]\n{TO}when = "daily lang:zh"', "value", {"what": "when", "line": 3}),
        (f'[[subscription]]\n{TO}when = "sometimes"', "option", {"what": "when", "why": "command.mistake"}),
        (f'[[subscription]]\n{TO}when = "daily 25:00"', "option", {"why": "window.no_such_time"}),
        (f"{DAILY}tz = 'Mars/Base'", "option", {"what": "tz", "line": 4, "why": "window.unknown_zone"}),
        (f"{DAILY}filters = ['topic:nope']", "option", {"what": "filters"}),
        (f"{DAILY}filters = ['topic:amd lang:zh']", "option", {"why": "option.one_each"}),
        (f"{DAILY}sections = ['nope']", "option", {"what": "sections", "why": "subscriptions.section"}),
        (f"{DAILY}holidays = 'XX'", "option", {"what": "holidays", "why": "schedule.country"}),
        (f"{DAILY}hush = '8-10'", "option", {"what": "when", "why": "schedule.never"}),
        (f'[[watch]]\n{TO}filters = ["importance:7"]', "option", {"what": "filters", "line": 3}),
        (f"{DAILY}\n\n{DAILY}", "twice", {"n": 2, "line": 6, "first_line": 1}),
        (f"{DAILY}id='s1'\n[[watch]]\n{TO}id='s1'\nfilters=['topic:amd']", "twice", {"table": "watch"}),
        ("subscription = [\n{ to = 'slack:T1/C1' }]", "lacks", {"what": "when", "line": 1}),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_what_is_wrong_is_named_by_table_and_line(
    desk: Desk, tmp_path: Path, text: str, problem: str, values: dict[str, object], lang: str
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, "utf-8")
    await desk.add(daily())

    with pytest.raises(BadInput) as caught:
        await desk.run("apply", str(file), "--yes")

    assert caught.value.key == f"subscriptions.file_{problem}"
    assert {name: caught.value.values[name] for name in values} == values
    sentence = languages.load(lang).problem(caught.value)
    assert sentence.endswith(".") if lang == "en" else sentence.endswith("。")
    assert list(await desk.orders()) == ["s1"]


async def test_a_file_that_cannot_be_read_is_said_so(desk: Desk, tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for file in (str(binary), str(tmp_path), str(tmp_path / "absent.toml")):
        with pytest.raises(BadInput) as caught:
            await desk.run("apply", file)
        assert caught.value.key == "subscriptions.file_unreadable"
    for arguments in ((), ("apply",), ("apply", "a", "b"), ("export", "a")):
        with pytest.raises(BadInput) as caught:
            await desk.run(*arguments)
        assert caught.value.key == "subscriptions.file_usage"


async def test_a_file_may_come_from_standard_input(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(FILE.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stdin)

    assert await desk.run("apply", "-", "--yes") == 0
    assert list(await desk.orders()) == ["s1", "w2"]

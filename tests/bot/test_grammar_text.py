"""What happens before parsing, and properties that hold for any text."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import join_arguments, language_in, parse
from bot.grammar.commands import (
    DAY_NAMES,
    FORMATS,
    Hours,
    ItemRef,
    Options,
    Question,
    Refinement,
    Schedule,
    ScheduleCommand,
    Suboptions,
    WatchCommand,
    WhyCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.expressions import (
    Bound,
    Date,
    Day,
    Duration,
    Last,
    Month,
    Range,
    RelativeDay,
    Release,
    Time,
    Week,
)
from bot.grammar.help import GROUPS, first_help, help_for, short_help
from bot.grammar.normalize import normalize
from bot.grammar.options import PLAIN_KEYS, SUBOPTION_KEYS, Surface
from bot.grammar.parser import SHELL_WORDS
from bot.grammar.spelling import spelled
from bot.grammar.tokens import tokenize
from bot.grammar.words import load_words
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS, Filter

TOPICS = ("amd", "rocm")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("今天　语言：ｚｈ", "今天 语言:zh"),
        ("why ＃２６７０１？", "why #26701?"),
        ("cron:“0 9 * * *”", 'cron:"0 9 * * *"'),
        ("what’s new", "what's new"),
        ("today —format json", "today --format json"),
        ("17:53~18:53", "17:53..18:53"),
        ("17:53 … 18:53", "17:53..18:53"),
        ("2025-12-08～", "2025-12-08.."),
        ("v0.10.0...v0.11.0", "v0.10.0..v0.11.0"),
        ("path:a~b and so on...", "path:a~b and so on..."),
        ('name:"1~2"', 'name:"1~2"'),
        ("今天。", "今天"),
        ("today!!", "today"),
        ("  today  ", "today"),
        ("<@U1> today", "today"),
        ("today <@!U1|digest>", "today"),
        ("ask <@U2>", "ask <@U2>"),
        ("why <https://github.com/o/r/pull/1|#1>", "why https://github.com/o/r/pull/1"),
        ("to:<#C1|general>", "to:#general"),
        ("to:<#123>", "to:#123"),
    ],
)
def test_line_is_brought_to_one_spelling(typed: str, text: str) -> None:
    assert normalize(typed, me="U1").text == text


ODD = (
    "今天昨天上周最近三天到至月日号年第周每订阅主题：～…—“”‘’。！？　#<>@|:\"'\\ -.~!?0123456789abTZsvW\u0301"
)
LINES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=ODD, max_size=40),
    st.lists(
        st.sampled_from(
            [*sorted({word for phrase in load_words().phrases for word in phrase}), "s3", "6h", "09:00",
             "amd",
             "2025-12-10", "..", "8-20", "#1", "lang:zh", "to:#x", "cron:\"a b\"", "--lang", "?",
             "since:3d", "12月", "because:x", "topic amd add", "@octocat"]
        ),
        max_size=6,
    ).map(" ".join),
)  # fmt: skip


@given(LINES)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    once = normalize(text, me="U1").text

    assert normalize(once, me="U1").text == once


@given(LINES, st.sampled_from(["shell", "slash", "chat"]), st.booleans())
def test_any_text_is_a_command_a_question_or_bad_input(
    text: str, surface: Surface, conversation: bool
) -> None:
    try:
        parse(text, surface=surface, conversation=conversation, topics=TOPICS, me="U1")
    except BadInput as error:
        mistake = error
    else:
        return
    for code in languages.codes():
        assert languages.load(code).text(f"errors.{mistake.key}", **mistake.values)


@given(LINES, st.sampled_from(["shell", "slash", "chat"]))
def test_any_text_names_a_language_that_there_is_or_none(text: str, surface: Surface) -> None:
    assert language_in(text, surface=surface) in (None, *languages.codes())


@given(st.lists(st.text(alphabet=string.ascii_letters + " \"\\,:=-'", max_size=12), min_size=2, max_size=5))
def test_shell_arguments_are_the_tokens_of_their_line(arguments: list[str]) -> None:
    quoted_whole = [argument for argument in arguments if '"' in argument and ":" in argument]
    tokens = tokenize(join_arguments(arguments))

    if not quoted_whole and not any("=" in argument or ":" in argument for argument in arguments):
        assert [token.text for token in tokens] == arguments


def test_shell_values_with_spaces_are_quoted_again() -> None:
    assert join_arguments(["subscribe", "cron:0 9 * * 1-5"]) == 'subscribe cron:"0 9 * * 1-5"'
    assert (
        join_arguments(["today", "--output", "my file", "--name=a b"])
        == 'today --output "my file" --name="a b"'
    )
    assert join_arguments(["any AMD PRs this week?"]) == "any AMD PRs this week?"
    assert join_arguments(["why", "26701", "-label:ci"]) == "why 26701 -label:ci"
    assert join_arguments([]) == ""


def test_file_whose_name_looks_like_a_flag_is_written_so_that_it_is_read_again() -> None:
    command = parse("today --output=--demo", surface="shell", conversation=False)

    assert str(command) == "today --output=--demo"
    assert parse(str(command), surface="shell", conversation=False) == command


TIMES = st.builds(Time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
FULL_DATES = st.builds(Date, st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
DATES = st.one_of(FULL_DATES, st.builds(Date, st.none(), st.integers(1, 12), st.integers(1, 31)))
DURATIONS = st.builds(Duration, st.integers(1, 99), st.sampled_from(["h", "d", "w"]))
OFFSETS = st.none() | st.integers(-840, 840)
MOMENTS = st.builds(Bound, DATES, st.none()) | st.builds(Bound, DATES, TIMES, OFFSETS)
RANGES = st.one_of(
    st.builds(Range, MOMENTS, st.none() | MOMENTS),
    st.builds(Range, st.builds(Bound, DATES, TIMES, OFFSETS), st.builds(Bound, st.none(), TIMES)),
    st.builds(Range, st.builds(Bound, st.none(), TIMES), st.builds(Bound, st.none(), TIMES)),
)
PERIODS = st.sampled_from([Week, Month]).flatmap(
    lambda kind: (
        st.builds(kind, st.sampled_from(["this", "last"]))
        | st.builds(kind, st.just("numbered"), st.integers(0, 9999), st.integers(0, 99))
    )
)
WINDOWS = st.one_of(
    st.builds(RelativeDay, st.sampled_from(["today", "yesterday"])),
    PERIODS,
    st.builds(Last, DURATIONS),
    st.builds(Day, DATES),
    RANGES,
    st.builds(Release, st.sampled_from(["latest", "last", "v0.11.0", "0.11"])),
    st.builds(Release, st.just("v0.11.0rc1"), st.just("v0.10.0.post1")),
)
VALUES = st.text(
    alphabet=string.ascii_letters + string.digits + ' ,"\\!-/#*量化', min_size=1, max_size=12
).filter(lambda text: text.strip() == text and text != "")
FILTERS = st.one_of(
    st.builds(
        Filter,
        st.sampled_from(["label", "path"]),
        st.lists(VALUES, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(Filter, st.just("importance"), st.integers(0, 10).map(lambda number: (str(number),))),
    st.builds(Filter, st.just("is"), st.sampled_from([("merged",), ("open", "pr")])),
)
PLAIN = st.builds(
    Options,
    repo=st.none() | st.just("o/r"),
    lang=st.none() | st.sampled_from(languages.codes()),
    tz=st.none() | st.sampled_from(["UTC", "Asia/Shanghai", "America/Argentina/Buenos_Aires"]),
    reply_in=st.none() | st.sampled_from(["me", "channel"]),
    edition=st.none() | st.sampled_from(["daily", "weekly", "monthly"]),
    format=st.none() | st.sampled_from(FORMATS),
    filters=st.lists(FILTERS, max_size=3).map(tuple),
    output=st.none() | VALUES,
    demo=st.booleans(),
)
SUBOPTIONS = st.builds(
    Suboptions,
    to=st.just("#general"),
    name=st.none() | VALUES,
    cut=st.none() | st.sampled_from(["day", "due"]),
    hush=st.none() | st.just(Hours(22, 7)),
    max_per_hour=st.none() | st.integers(1, 99),
    quiet_if_empty=st.none() | st.just(True),
)
FULL = st.builds(lambda plain, sub: Options(filters=plain.filters, suboptions=sub), PLAIN, SUBOPTIONS)
DAYS = st.sets(st.sampled_from(range(7))).map(
    lambda numbers: tuple(DAY_NAMES[number] for number in sorted(numbers))
)
SCHEDULES = st.one_of(
    st.just(Schedule("hourly")),
    st.builds(Schedule, st.just("daily"), st.none() | TIMES, DAYS),
    st.builds(
        Schedule, st.just("weekly"), st.none() | TIMES, st.just(()), st.none() | st.sampled_from(DAY_NAMES)
    ),
    st.builds(Schedule, st.just("monthly"), st.none() | TIMES, monthday=st.none() | st.integers(1, 31)),
    st.builds(
        Schedule,
        st.just("every"),
        days=DAYS,
        every=st.builds(Duration, st.integers(1, 48), st.just("h")),
        hours=st.none() | st.just(Hours(8, 20)),
    ),
    st.just(Schedule("cron", cron="0 9 * * 1-5")),
)
COMMANDS = st.one_of(
    st.builds(WindowCommand, WINDOWS, PLAIN),
    st.builds(
        WhyCommand,
        st.builds(ItemRef, st.integers(1, 99999), st.none() | st.just("o/r")),
        st.booleans(),
        st.none() | WINDOWS,
        PLAIN,
    ),
    st.builds(ScheduleCommand, st.just("subscribe"), SCHEDULES, options=FULL),
    st.builds(ScheduleCommand, st.just("move"), target=st.just("s3"), options=FULL),
    st.builds(
        ScheduleCommand,
        st.sampled_from(["unsubscribe", "pause", "resume", "test", "history"]),
        target=st.just("s12"),
    ),
    st.builds(ScheduleCommand, st.just("deliveries"), target=st.none() | st.just("d1")),
    st.builds(
        WatchCommand, options=FULL.filter(lambda options: bool(options.filters)), action=st.just("watch")
    ),
    st.builds(WordCommand, st.sampled_from(["topics", "status", "prefs", "forget"]), options=PLAIN),
    st.builds(WordCommand, st.just("sync"), since=st.none() | DURATIONS, options=PLAIN),
    st.builds(WordCommand, st.just("help"), st.sampled_from([(), ("subscribe",), ("format",)])),
    st.builds(
        WordCommand,
        st.just("topic"),
        st.sampled_from([("amd", "add", "#1"), ("rocm", "remove", "@octocat"), ("amd", "add", "@ci[bot]")]),
        because=st.none() | VALUES,
        options=PLAIN,
    ),
)


@given(COMMANDS)
def test_canonical_line_of_a_command_parses_to_the_command(
    command: WindowCommand | WhyCommand | ScheduleCommand | WatchCommand | WordCommand,
) -> None:
    assert parse(str(command), surface="shell", conversation=False, topics=TOPICS) == command


@given(WINDOWS, PLAIN)
def test_canonical_line_of_a_refinement_parses_to_the_refinement(window: object, options: Options) -> None:
    refinement = Refinement(options, window)  # type: ignore[arg-type]

    assert parse(str(refinement), surface="shell", conversation=True, topics=TOPICS) == refinement


@pytest.mark.parametrize("code", languages.codes())
def test_short_help_lists_every_command(code: str) -> None:
    language = languages.load(code)
    text = short_help(language, for_shell=True)

    assert all(
        language.get("help.about")[word]["usage"] in text for words in GROUPS.values() for word in words
    )
    assert all(word in text for word in (*language.get("help.shell"), *language.get("help.flags")))


@pytest.mark.parametrize("code", languages.codes())
def test_there_is_help_on_every_word_and_option(code: str) -> None:
    language = languages.load(code)
    options = (
        *PLAIN_KEYS,
        *FILTER_KEYS,
        *SUBOPTION_KEYS,
        "output",
        "demo",
        "options",
        "filters",
        "window",
        "questions",
    )

    for word in (*load_words().commands, *options, *language.get("help.shell")):
        assert help_for(word, language, for_shell=True).strip(), word
    assert set(language.get("help.shell")) <= SHELL_WORDS | {"subscriptions", "forget"}
    with pytest.raises(BadInput):
        help_for("nothing", language)


@pytest.mark.parametrize("code", languages.codes())
def test_first_help_is_a_few_lines_that_are_understood(code: str) -> None:
    language = languages.load(code)
    text = first_help(language)

    assert len(text.splitlines()) <= 9
    for each in language.get("help.first.examples"):
        assert each["line"] in text
        command = parse(each["line"], surface="chat", conversation=False, topics=TOPICS)
        assert isinstance(command, Question) == each["line"].endswith(("?", "？"))


@pytest.mark.parametrize("code", languages.codes())
def test_help_in_chat_keeps_what_is_the_shells_apart(code: str) -> None:
    language = languages.load(code)

    assert "--" not in help_for("options", language)
    assert "--output" in help_for("options", language, for_shell=True)
    assert "vllm-digest web" in help_for("web", language)
    quotes = language.text("help.in_quotes")
    assert quotes not in short_help(language)
    assert quotes in short_help(language, for_shell=True)
    assert parse("help web", surface="chat", conversation=False) == WordCommand("help", ("web",))


@pytest.mark.parametrize("code", languages.codes())
def test_help_on_where_replies_go_has_both_and_what_holds_otherwise(code: str) -> None:
    assert len(help_for("in", languages.load(code)).splitlines()) == 4


@pytest.mark.parametrize("code", languages.codes())
@pytest.mark.parametrize(
    "line",
    ["today lang:zh", "today format:json", "prefs topic:amd lang:en in:me", "why 26701", "today -label:ci"],
)
def test_a_line_in_a_readers_words_means_the_same(code: str, line: str) -> None:
    theirs = spelled(line, languages.load(code))

    assert code == "en" or theirs != line
    assert parse(theirs, surface="chat", conversation=False, topics=TOPICS) == parse(
        line, surface="chat", conversation=False, topics=TOPICS
    )


@pytest.mark.parametrize("code", languages.codes())
def test_every_example_in_help_and_errors_is_what_it_says(code: str) -> None:
    language = languages.load(code)
    examples = [*language.get("grammar.examples").values()]
    examples += [example for about in language.get("help.about").values() for example in about["examples"]]

    for example in examples:
        meaning = parse(example, surface="shell", conversation=False, topics=TOPICS)
        asked = tokenize(example)[0].text in ("ask", "问")
        assert isinstance(meaning, Question) == asked, example


def test_languages_hold_the_same_sentences() -> None:
    tables = (
        "errors.command",
        "errors.option",
        "errors.window",
        "errors.clock",
        "help.about",
        "help.options",
        "help.shell",
    )

    for table in tables:
        assert len({tuple(sorted(languages.load(code).get(table))) for code in languages.codes()}) == 1, table
    assert {*languages.load("en").get("grammar.examples")} == {*languages.load("zh").get("grammar.examples")}

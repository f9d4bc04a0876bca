"""The rules that tell commands, questions and mistakes apart, surface by surface."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.grammar import join_arguments, language_in, parse
from bot.grammar.commands import (
    Options,
    Question,
    Refinement,
    ScheduleCommand,
    ShellCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.expressions import RelativeDay, Week
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.grammar.options import Surface

TOPICS = ("amd", "rocm")
SURFACES: tuple[Surface, ...] = ("shell", "slash", "chat")


def error(line: str, surface: Surface = "chat", *, conversation: bool = False) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse(line, surface=surface, conversation=conversation, topics=TOPICS)
    for code in languages.codes():
        sentence = languages.load(code).text(f"errors.{caught.value.key}", **caught.value.values)
        assert "\n" not in sentence
    return caught.value


def parsed(line: str, surface: Surface = "chat", *, conversation: bool = False) -> object:
    return parse(line, surface=surface, conversation=conversation, topics=TOPICS)


@pytest.mark.parametrize("surface", ["shell", "slash"])
@pytest.mark.parametrize(
    ("line", "suggestion"),
    [("tody", "today"), ("Tody lang:zh", "today"), ("lst 6h", "last 6h"), ("yesterdy", "yesterday"),
     ("subscirbe", "subscribe"), ("help subscirbe", "help subscribe"), ("help otpions", "help options")],
)  # fmt: skip
def test_typo_in_shell_and_slash_is_an_error_that_names_the_command(
    line: str, suggestion: str, surface: Surface
) -> None:
    caught = error(line, surface)

    assert (caught.key, caught.values["suggestion"]) == ("command.unknown", suggestion)


def test_unknown_word_in_the_shell_is_an_error_that_shows_how_to_ask() -> None:
    caught = error("Marlin", "shell")

    assert (caught.key, caught.values["example"]) == ("command.no_such", "ask Marlin")


def test_misspelt_shell_command_after_help_is_suggested_in_the_shell() -> None:
    assert error("help verifyy", "shell").values["suggestion"] == "help verify"


def test_help_on_a_word_that_nothing_is_like_is_an_error_in_the_shell_but_for_a_topic() -> None:
    assert error("help Marlin", "shell").key == "command.unknown_help"
    assert isinstance(parsed("help amd", "shell"), Question)
    assert isinstance(parsed("help me find KV bugs", "shell"), Question)


@pytest.mark.parametrize("line", ["release foo", "release stable lang:zh", "版本 foo"])
@pytest.mark.parametrize("surface", ["shell", "slash"])
def test_release_with_a_word_that_is_no_tag_shows_how_to_write_one_and_how_to_ask(
    line: str, surface: Surface
) -> None:
    caught = error(line, surface)

    assert (caught.key, caught.values["tag"]) == ("command.no_tag", line.split()[1])


@pytest.mark.parametrize("line", ["release notes", "release foo?", "release 说明", "release plans for AMD"])
def test_release_opening_a_sentence_is_a_question_in_the_shell(line: str) -> None:
    assert isinstance(parsed(line, "shell"), Question)


@pytest.mark.parametrize(
    "line", ["amd", "ROCm", "#26701", "Marlin?", "量化", "tody and amd", "https://github.com/o/r/pull/1"]
)
def test_single_word_that_can_be_asked_about_is_a_question_in_the_shell(line: str) -> None:
    assert isinstance(parsed(line, "shell"), Question)


@pytest.mark.parametrize("line", ["tody", "Marlin", "help Marlin"])
def test_unknown_word_in_a_message_is_a_question(line: str) -> None:
    assert isinstance(parsed(line), Question)
    assert isinstance(parsed(line, conversation=True), Question)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(
    "line", ["subscribe", "subscribe me", "unsubscribe", "unsubscribe amd digests please",
             "watch amd", "unwatch it",
             "订阅", "退订 一下", "pause s3 please", "move s3 please", "test all of it"]
)  # fmt: skip
def test_these_first_words_are_always_commands(line: str, surface: Surface) -> None:
    assert error(line, surface).key.startswith("command.")


@pytest.mark.parametrize(
    "line", ["run", "doctor", "backup", "run --or-demo", "subscriptions export", "forget repo o/r"]
)
def test_shell_command_in_chat_is_told_to_be_one(line: str) -> None:
    assert error(line, "chat").key == "command.shell_only"
    assert error(line, "slash").key == "command.shell_only"
    assert isinstance(parsed(line, "shell"), ShellCommand)


@pytest.mark.parametrize("line", ["run the tests on AMD", "import errors since monday", "web frontend PRs"])
def test_sentence_that_opens_with_a_shell_word_is_a_question_in_chat(line: str) -> None:
    assert isinstance(parsed(line), Question)


def test_sentence_with_a_question_mark_is_a_question_even_behind_a_shell_word() -> None:
    assert isinstance(parsed("bot PRs this week?", "shell"), Question)


def test_shell_command_keeps_its_arguments_and_reads_the_options_it_knows() -> None:
    assert parsed("import a.jsonl --repo o/r --fast", "shell") == ShellCommand(
        "import",
        ("a.jsonl", "--repo", "o/r", "--fast"),
        ("a.jsonl", "--fast"),
        Options(repo="o/r"),
    )
    assert parsed("run --or-demo", "shell") == ShellCommand("run", ("--or-demo",), (), Options(or_demo=True))


def test_shell_flags() -> None:
    today = WindowCommand(RelativeDay("today"), Options(format="json", output="my file.json", demo=True))

    assert parsed('today --format json --output "my file.json" --demo', "shell") == today
    assert parsed('--demo --output="my file.json" today format:json', "shell") == today
    assert parsed("--version", "shell") == WordCommand("version")
    assert parsed("--help", "shell") == WordCommand("help")
    assert parsed("today -h", "shell") == WordCommand("help", ("today",))
    assert parsed("doctor --help", "shell") == WordCommand("help", ("doctor",))


def test_shell_flags_are_words_elsewhere() -> None:
    assert error("today --demo", "chat").key.startswith("option.unknown")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("today fromat:json", "option.unknown_near"),
        ("today colour:red", "option.unknown"),
        ("today format:pdf", "option.not_one_of"),
        ("today lang:xx", "option.not_one_of"),
        ("today edition:hourly", "option.not_one_of"),
        ("today in:there", "option.not_one_of"),
        ("today is:strange", "filter.is_unknown"),
        ("today topic:tpux", "topics.unknown"),
        ("today importance:11", "filter.importance"),
        ("today importance:1,2", "filter.importance"),
        ("today -importance:3", "option.no_negation"),
        ("today -lang:zh", "option.no_negation"),
        ("today lang:zh lang:en", "option.twice"),
        ("today repo:vllm", "option.repo"),
        ("today tz:Asia/Shanghia", "window.unknown_zone_near"),
        ("today tz:Nowhere/Special", "window.unknown_zone"),
        ("today --lang", "option.no_value"),
        ("today label:,", "option.no_value"),
        ("today quiet-if-empty", "option.not_here"),
        ("today since:3d", "option.not_here"),
        ("today cron:x", "option.not_here"),
        ("sync since:soon", "option.since"),
        ("subscribe daily hush:25-3", "option.hours"),
        ("subscribe daily holidays:China", "option.country"),
        ("subscribe daily max:lots", "option.max"),
        ("subscribe daily cut:never", "option.not_one_of"),
        ("subscribe daily catchup:all", "option.not_one_of"),
        ("subscribe daily 25:00", "window.no_such_time"),
        ("subscribe monthly 32", "command.no_such_monthday"),
        ("subscribe every 0h", "command.no_such_step"),
        ('subscribe cron:"daily at nine"', "command.cron"),
        ("to:#general", "command.only_options"),
    ],
)
def test_wrong_option_is_one_line_that_says_what_to_do(line: str, key: str) -> None:
    for surface in SURFACES:
        assert error(line, surface).key == key


def test_unknown_flag_in_the_shell_is_an_error_in_any_line() -> None:
    assert error("any AMD PRs --colour red", "shell").key == "option.unknown"


def test_question_applies_the_options_it_can_and_keeps_the_other_words() -> None:
    assert parsed("what is label:rocm about? format:pdf lang:zh to:#x") == Question(
        "what is about? format:pdf to:#x", Options(lang="zh", filters=(Filter("label", ("rocm",)),))
    )


def test_filters_repeat_while_plain_options_do_not() -> None:
    command = parsed('today label:"good first issue",bug label:amd -author:@dependabot')

    assert command == WindowCommand(
        RelativeDay("today"),
        Options(
            filters=(
                Filter("label", ("good first issue", "bug")),
                Filter("label", ("amd",)),
                Filter("author", ("dependabot",), negated=True),
            )
        ),
    )


def test_window_line_in_a_conversation_is_a_refinement_that_can_also_stand_alone() -> None:
    refinement = parsed("last week lang:zh", conversation=True)

    assert isinstance(refinement, Refinement)
    assert refinement.command == WindowCommand(Week("last"), Options(lang="zh"))
    with pytest.raises(BadInput, match=re.escape("command.only_options")):
        _ = Refinement(Options(lang="zh")).command


def test_newer_options_replace_older_ones_and_filters_of_the_same_key() -> None:
    older = Options(lang="zh", repo="o/r", filters=(Filter("topic", ("amd",)), Filter("is", ("open",))))

    newer = older.refined_by(Options(lang="en", filters=(Filter("is", ("merged",)),)))

    assert newer == Options(
        lang="en", repo="o/r", filters=(Filter("topic", ("amd",)), Filter("is", ("merged",)))
    )


def test_topic_command_needs_a_known_topic() -> None:
    assert parsed("topic amd add 26701") == WordCommand("topic", ("amd", "add", "#26701"))
    assert isinstance(parsed("topic sentences add 26701 details"), Question)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("topic amd add 26701 it is for MI300", "command.mistake"),
        ("topic amd add because:x", "command.mistake"),
        ("topic amd add 26701 because:it is for MI300", "command.mistake"),
        ("主题 amd 加入 某个 PR", "command.mistake"),
        ('topic amd add 26701 because:""', "option.no_value"),
        ("topic amd add 26701 --because", "option.no_value"),
        ("topic amd add 26701 because:a because:b", "option.twice"),
        ("topic amd add 26701 -because:a", "option.no_negation"),
        (f"topic amd add 26701 because:{'a' * 301}", "option.because"),
        ("topics because:x", "option.not_here"),
        ("today because:x", "option.not_here"),
        ("topic amd add 26701 since:3d", "option.not_here"),
    ],
)
def test_a_mistake_in_a_mend_is_an_error_everywhere(line: str, key: str) -> None:
    for conversation in (False, True):
        with pytest.raises(BadInput) as caught:
            parsed(line, conversation=conversation)
        assert caught.value.key == key
        if key == "command.mistake":
            example = caught.value.values["example"]
            assert isinstance(parsed(str(example)), WordCommand)


def test_topics_are_exported_in_the_shell_alone() -> None:
    assert parsed("topics export", surface="shell") == ShellCommand("topics", ("export",), ("export",))
    with pytest.raises(BadInput, match=re.escape("command.shell_only")):
        parsed("topics export")
    assert parsed("topics", surface="shell") == WordCommand("topics")


@pytest.mark.parametrize(
    ("line", "window"),
    [
        ("what happened in 2025-12-10T17:53..18:53?", "2025-12-10T17:53..18:53"),
        ("12月8日到10日合并了什么？", "*-12-08..*-*-10"),
        ("最近三天有哪些 AMD 的改动", "last 3d"),
        ("what was merged in the last 24 hours", "last 24h"),
        ("compare this week with last week", None),
        ("which tests broke in the week of the release v0.11.0", None),
        ("was anything merged on 2025-13-45", None),
        ("why did CI break", None),
    ],
)
def test_question_knows_its_window_when_it_names_exactly_one(line: str, window: str | None) -> None:
    question = parsed(line)

    assert isinstance(question, Question)
    assert (str(question.window) if question.window else None) == window


@pytest.mark.parametrize("surface", ["shell", "slash", "chat"])
def test_a_line_that_is_too_long_is_refused_and_not_cut(surface: Surface) -> None:
    for line in ("today " * 2000, "ask " + "合并了吗" * 1001):
        with pytest.raises(BadInput) as error:
            parse(line, surface=surface, conversation=True)
        assert (error.value.key, error.value.values["most"]) == ("command.too_long", 4000)


@pytest.mark.parametrize(
    "line",
    [
        'label:"a b" ' * 21 + "any news?",
        " ".join(f"path:a{number}*" for number in range(300)),
        "today label:" + ",".join(f"a{number}" for number in range(61)),
        "有什么进展？ " + "标签:a " * 21,
    ],
)
def test_more_filters_than_anybody_means_are_refused(line: str) -> None:
    with pytest.raises(BadInput) as error:
        parse(line, surface="chat", conversation=True)
    assert error.value.key == "option.too_many"


def test_twenty_filters_are_none_too_many() -> None:
    found = parse(
        " ".join(f"label:a{number}" for number in range(20)) + " today", surface="chat", conversation=False
    )

    assert isinstance(found, WindowCommand)
    assert len(found.options.filters) == 20


def test_an_option_that_is_written_again_and_again_is_one() -> None:
    found = parse("lang:zh " * 400 + "any news?", surface="chat", conversation=True)

    assert isinstance(found, Question)
    assert (found.text, found.options.lang) == ("any news?", "zh")


def test_line_quoted_as_a_whole_is_the_line_inside() -> None:
    assert parsed('"last week"') == WindowCommand(Week("last"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("today lang:en", "--demo"), "today lang:en --demo"),
        (("--demo", "2025-12-08~2025-12-10 tz:UTC"), "2025-12-08..2025-12-10 tz:UTC --demo"),
        (("prompt summary last week", "--demo"), "prompt summary last week --demo"),
        (("any AMD PRs today?", "lang:zh"), "any AMD PRs today? lang:zh"),
        (('today label:"good first issue"', "--demo"), 'today label:"good first issue" --demo'),
    ],
)
def test_one_quoted_argument_beside_options_is_the_line_in_the_shell(
    arguments: tuple[str, ...], line: str
) -> None:
    assert parsed(join_arguments(arguments), "shell") == parsed(line, "shell")


def test_quoted_argument_beside_options_is_a_command_line_whose_mistakes_are_errors() -> None:
    assert error(join_arguments(["today importance:x", "--demo"]), "shell").key == "filter.importance"
    assert error(join_arguments(["tody", "--demo"]), "shell").key == "command.unknown"


def test_quotes_inside_the_quoted_argument_and_in_a_message_keep_a_phrase_together() -> None:
    phrase = Question('"KV cache"', Options(lang="zh"))

    assert parsed(join_arguments(['"KV cache"', "lang:zh"]), "shell") == phrase
    assert parsed('"KV cache" lang:zh') == phrase
    assert isinstance(parsed('"last week" lang:zh'), Question)


@pytest.mark.parametrize(
    ("line", "lang"),
    [
        ("today importance:x lang:zh", "zh"),
        ("--lang EN tody", "en"),
        ("今天 语言：中文 重要性：x", "zh"),
        ('"tody lang:zh" --demo', "zh"),
        ("today lang:xx", None),
        ("today --lang", None),
        ('today label:"lang:zh"', None),
        ("", None),
    ],
)
def test_language_of_a_line_is_known_even_if_the_line_is_a_mistake(line: str, lang: str | None) -> None:
    assert language_in(line, surface="shell") == lang


def test_help_on_a_shell_command_keeps_its_options() -> None:
    assert parsed("help verify lang:zh", "shell") == WordCommand(
        "help", ("verify",), options=Options(lang="zh")
    )


def test_subscription_by_channel_link_keeps_the_channel_id() -> None:
    command = parsed("move s3 to:<#C024BE91L|general>")

    assert isinstance(command, ScheduleCommand)
    assert command.options.suboptions.to == "#general"
    assert command.options.channels == (("general", "C024BE91L"),)

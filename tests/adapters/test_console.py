"""The terminal: a reply appears while it is written, once, and a conversation goes on until its person leaves."""

from __future__ import annotations

import io
import re
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import Context, Reply, unwatched
from adapters.console import Growing, Terminal, show
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.chat import Progress

GREY = "> explanation · #7 · at any time"
FIRST = "**#7 was merged.**"
CLAIMS = ("- It speeds up *attention*.", "- `amy` opened it.")
NOTE = "Written by a model."
SHOWN = (
    f"{GREY}\n\n{FIRST}\n",
    f"{GREY}\n\n{FIRST}\n\n{CLAIMS[0]}\n",
    f"{GREY}\n\n{FIRST}\n\n{CLAIMS[0]}\n{CLAIMS[1]}\n",
)
"""A reply as it grows."""
WHOLE = f"{SHOWN[2]}\n{NOTE}\n"

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm-256color")


def lines(screen: io.StringIO) -> list[str]:
    """What stands there, without colours and the blanks that fill lines up."""
    return [line.rstrip() for line in _ANSI.sub("", screen.getvalue()).splitlines()]


# Growing


def test_each_part_is_on_the_screen_as_soon_as_it_came() -> None:
    with redirect_stdout(Screen()) as screen:
        growing = Growing()
        seen = []
        for text in SHOWN:
            growing(text)
            seen.append(lines(screen))
        growing.finish(Reply(WHOLE, "en"))

    assert [len(each) for each in seen] == sorted({len(each) for each in seen})
    assert "#7 was merged." in " ".join(seen[0])
    assert "attention" not in " ".join(seen[0])
    assert "attention" in " ".join(seen[1])
    assert "amy" not in " ".join(seen[1])


def test_the_reply_stands_there_once_with_its_blocks_apart() -> None:
    with redirect_stdout(Screen()) as screen:
        growing = Growing()
        for text in SHOWN:
            growing(text)
        growing.finish(Reply(WHOLE, "en"))

    assert [line for line in lines(screen) if line] == [
        "▌ explanation · #7 · at any time",
        "#7 was merged.",
        " • It speeds up attention.",
        " • amy opened it.",
        "Written by a model.",
    ]
    shown = lines(screen)
    assert shown[shown.index("#7 was merged.") + 1] == ""
    assert shown[shown.index(" • It speeds up attention.") + 1] == " • amy opened it."
    assert shown[shown.index("Written by a model.") - 1] == ""


def test_through_a_pipe_the_reply_is_what_it_would_be_at_once() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        growing = Growing()
        for text in SHOWN:
            growing(text)
        growing.finish(Reply(WHOLE, "en"))

    assert pipe.getvalue() == WHOLE


def test_a_reply_of_which_nothing_was_shown_is_shown_whole() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        Growing().finish(Reply("One line", "en"))

    assert pipe.getvalue() == "One line\n"


def test_what_was_shown_whole_is_not_shown_again() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        growing = Growing()
        growing(WHOLE)
        growing(WHOLE)
        growing.finish(Reply(WHOLE, "en"))

    assert pipe.getvalue() == WHOLE


def test_text_that_does_not_go_on_from_what_was_shown_is_passed_over() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        growing = Growing()
        growing(SHOWN[1])
        growing(SHOWN[0])
        growing("something else\n")
        growing(SHOWN[2])
        growing.finish(Reply(WHOLE, "en"))

    assert pipe.getvalue() == WHOLE


def test_a_reply_that_is_another_than_what_was_shown_is_shown_whole_after_it() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        growing = Growing()
        growing(SHOWN[0])
        growing.finish(Reply("Another.\n", "en"))

    assert pipe.getvalue() == SHOWN[0] + "Another.\n"


def test_a_problem_is_told_on_stderr() -> None:
    with redirect_stdout(io.StringIO()) as pipe, redirect_stderr(io.StringIO()) as stderr:
        growing = Growing()
        growing(SHOWN[0])
        growing.finish(Reply("It cannot be.", "en", problem=BadInput("window.unknown")))

    assert (pipe.getvalue(), stderr.getvalue()) == (SHOWN[0], "It cannot be.\n")


def test_json_is_shown_as_it_is_on_a_terminal_too() -> None:
    with redirect_stdout(Screen()) as screen:
        Growing().finish(Reply('{"a": "**b**"}\n', "en", format="json"))

    assert screen.getvalue() == '{"a": "**b**"}\n'


@given(
    parts=st.lists(st.text(alphabet="ab*#\n >-`中", max_size=12), max_size=6),
    last=st.text("ab\n", max_size=8),
)
def test_however_a_reply_grows_a_pipe_gets_it_once(parts: list[str], last: str) -> None:
    text = "".join(parts) + last
    with redirect_stdout(io.StringIO()) as pipe:
        growing = Growing()
        for end in range(len(parts) + 1):
            growing("".join(parts[:end]))
        growing.finish(Reply(text, "en"))

    assert f"{text}\n".startswith(pipe.getvalue())
    assert pipe.getvalue().strip() == text.strip()


LINK = "- [#7](https://github.com/a/b/pull/7) [Core] A title that is longer than a line of the screen — merged, by amy"


def test_on_a_terminal_it_stands_there_as_if_it_had_come_at_once() -> None:
    whole = f"{WHOLE}\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n{LINK}\n{LINK}\n"
    with redirect_stdout(Screen()) as at_once:
        show(Reply(whole, "en"), at_once)
    with redirect_stdout(Screen()) as grown:
        growing = Growing()
        for text in (*SHOWN, whole.removesuffix(f"{LINK}\n")):
            growing(text)
        growing.finish(Reply(whole, "en"))

    assert grown.getvalue() == at_once.getvalue()
    assert "\x1b]8;;https://github.com/a/b/pull/7\x1b" in grown.getvalue()


# Showing


def test_the_lines_of_a_quotation_stay_lines() -> None:
    with redirect_stdout(Screen()) as screen:
        show(Reply("> one\n> two\n\ntext\n", "en"), screen)

    assert [line for line in lines(screen) if line] == ["▌ one", "▌ two", "text"]


def test_raw_markdown_stays_markdown_on_a_terminal() -> None:
    with redirect_stdout(Screen()) as screen:
        show(Reply("# Title\n\n**bold**", "en"), screen, raw=True)

    assert screen.getvalue() == "# Title\n\n**bold**\n"


# Conversations


@contextmanager
def _no_progress(lang: str) -> Iterator[Progress]:
    assert lang in ("en", "zh")
    yield unwatched


class Echo:
    """Answers a line with itself, a part of it first."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Context]] = []

    async def __call__(self, line: str, context: Context) -> Reply:
        self.heard.append((line, context))
        if line == "bad":
            return Reply("It cannot be.", "en", problem=BadInput("window.unknown"))
        context.show(f"{line[:1]}")
        return Reply(f"{line}\n", "en")


async def test_what_is_said_is_answered_once_as_one_conversation() -> None:
    with redirect_stdout(io.StringIO()) as pipe:
        echo = Echo()
        terminal = Terminal(echo, _no_progress, lang="zh", history=None)

        problems = [await terminal.say("hello"), await terminal.say("again")]

    assert problems == [None, None]
    assert pipe.getvalue() == "hello\nagain\n"
    assert [(line, context.surface, context.lang) for line, context in echo.heard] == [
        ("hello", "terminal", "zh"),
        ("again", "terminal", "zh"),
    ]
    [conversation] = {context.conversation for _, context in echo.heard}
    assert conversation


async def test_a_problem_is_given_back_for_the_exit_code() -> None:
    with redirect_stdout(io.StringIO()) as pipe, redirect_stderr(io.StringIO()) as stderr:
        problem = await Terminal(Echo(), _no_progress, lang="en", history=None).say("bad")

    assert isinstance(problem, BadInput)
    assert (pipe.getvalue(), stderr.getvalue()) == ("", "It cannot be.\n")

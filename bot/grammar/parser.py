"""The parser: a line is a command, a question or a mistake.

R1 to R7 in the comments are the rules that tell them apart. Words are canonical by the time the forms below
see them, so a form is written once for all languages.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.grammar import forms
from bot.grammar.commands import (
    Command,
    Options,
    Question,
    Refinement,
    ShellCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.cursor import Cursor
from bot.grammar.normalize import Line, normalize
from bot.grammar.options import (
    PLAIN_KEYS,
    SUBOPTION_KEYS,
    Lifted,
    Option,
    Surface,
    admit,
    checked,
    lift,
    unknown_option,
)
from bot.grammar.questions import window_in
from bot.grammar.suggest import nearest
from bot.grammar.tokens import Token, tokenize
from bot.grammar.words import SCHEDULES, Words, load_words
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS, IS_VALUES, Filter

if TYPE_CHECKING:
    from bot.grammar.expressions import WindowExpr
    from bot.grammar.forms import FormCommand

# fmt: off
SHELL_WORDS = frozenset((
    "run", "bot", "worker", "scheduler", "web", "init", "doctor", "import", "verify", "prompt", "publish",
    "mcp", "backup", "restore", "purge", "feedback",
))
# fmt: on
_SHELL_SECOND = {
    "subscriptions": {"export", "apply"},
    "topics": {"export"},
    "forget": {"team", "user", "repo", "item"},
}
_OWN_KEYS = {"cron": "subscribe", "since": "sync", "because": "topic"}
"""Options that only one command has, which reads them itself."""
_ALWAYS_COMMANDS = ("subscribe", "unsubscribe", "watch", "unwatch")
_WITH_SUBOPTIONS = ("subscribe", "watch", "prefs", "move", "test")
_NO_TAGS = ("notes", "candidate", "candidates", "blocker", "blockers")
"""Words after "release" that make a noun of it; any other one is taken for an attempt at a tag."""
MOST_CHARACTERS = 4000
"""Of a line. A longer one is refused: what is cut off might be what matters."""
_MOST_REPEATED = 80


@dataclass(frozen=True, slots=True)
class _Asked:
    """A line under way through the rules, with what the caller knows about where it was said."""

    line: Line
    lifted: Lifted
    words: Words
    tokens: tuple[str, ...]  # without the options, in canonical words
    surface: Surface
    conversation: bool
    topics: Collection[str]

    @property
    def rest(self) -> str:
        """The line without its options, as written."""
        return " ".join(token.raw for token in self.lifted.rest)

    @property
    def first(self) -> str:
        return self.tokens[0].lower() if self.tokens else ""

    def options(self) -> Options:
        """The line's options, checked, but for those that a command reads itself."""
        kept = [option for option in self.lifted.options if option.key not in _OWN_KEYS]
        return replace(checked(kept, self.words, self.topics), channels=self.line.channels)

    def example(self, name: str) -> str:
        """How a command is written, in the language that the line began in."""
        return self.words.example(name, self.lifted.rest[0].raw if self.lifted.rest else "")


def parse(
    text: str, *, surface: Surface, conversation: bool, topics: Collection[str] = (), me: str | None = None
) -> Command | Question:
    """What a line means.

    surface: "chat" is a message in Slack, Discord or the terminal chat. conversation: it was said in a
    thread, a direct message or the terminal chat. topics: keys and aliases of the topics there are; empty
    where they are not loaded, and then not checked. me: the bot's own user id.
    Raises BadInput for a mistake, with the nearest example.
    """
    line = normalize(text, me=me)
    words = load_words()
    if len(line.text) > MOST_CHARACTERS:
        raise BadInput("command.too_long", most=MOST_CHARACTERS, n=len(line.text))
    tokens, lifted = _taken_apart(line, words, surface)
    admit(lifted.options)
    if not tokens:
        return WordCommand("help")
    canonical = words.canonical(" ".join(token.raw for token in lifted.rest))
    asked = _Asked(line, lifted, words, canonical, surface, conversation, topics)
    if surface == "shell" and (command := _shell(asked, tokens)):
        return command
    told = [token.text.lower() for token in lifted.rest]
    if len(told) == 2 and asked.first == "help" and told[1] in SHELL_WORDS:
        return WordCommand("help", (told[1],), options=asked.options())
    if asked.first == "ask":  # R1
        return _question(asked, skip=1)
    return _command(asked) or _mistake_or_question(asked)


def language_in(text: str, *, surface: Surface) -> str | None:
    """The language that a line asks for, be the line a mistake or not; None where it names none that there is."""
    words = load_words()
    _, lifted = _taken_apart(normalize(text), words, surface)
    for option in lifted.options:
        if option.key == "lang":
            with suppress(BadInput):
                return checked([option], words, ()).lang
    return None


def _taken_apart(line: Line, words: Words, surface: Surface) -> tuple[tuple[Token, ...], Lifted]:
    """The tokens of a line, and its options apart from the rest.

    A line that somebody quoted as a whole is the line inside the quotes; in the shell, where an argument with spaces
    has to be quoted, also when options or `ask` stand beside it.
    """
    tokens = tokenize(line.text)
    if len(tokens) == 1 and tokens[0].quoted:
        tokens = tokenize(tokens[0].text)
    lifted = lift(tokens, words, surface=surface)
    if surface != "shell" or not lifted.rest or not lifted.rest[-1].quoted:
        return tokens, lifted
    before, quoted = lifted.rest[:-1], lifted.rest[-1]
    asks = len(before) == 1 and words.canonical(before[0].raw) == ("ask",)
    if asks or (lifted.options and not before):
        inside = tokenize(normalize(quoted.text).text)
        beside = [token for option in lifted.options for token in option.tokens]
        tokens = (*before, *inside, *beside) if inside else tokens
        lifted = lift(tokens, words, surface=surface)
    return tokens, lifted


# --- commands ---


def _shell(asked: _Asked, tokens: tuple[Token, ...]) -> Command | None:
    """What only the shell knows: its own commands and the flags for help and version."""
    rest = asked.lifted.rest
    texts = [token.text for token in rest]
    sentence = any("?" in text or not text.isascii() for text in texts)
    if texts and texts[0].lower() in SHELL_WORDS and not sentence:
        at = tokens.index(rest[0]) + 1
        if "--help" in texts or "-h" in texts:
            return WordCommand("help", (texts[0].lower(),))
        taken = [
            token for option in asked.lifted.options if option.key not in _OWN_KEYS for token in option.tokens
        ]
        own = tuple(token.text for token in tokens[at:] if not any(token is one for one in taken))
        return ShellCommand(
            texts[0].lower(), tuple(token.text for token in tokens[at:]), own, asked.options()
        )
    if "--version" in texts:
        return WordCommand("version")
    if "--help" in texts or "-h" in texts:
        about = [word for word in asked.tokens if asked.words.is_known(word)]
        return WordCommand("help", tuple(about[:1]))
    if len(asked.tokens) > 1 and asked.tokens[1].lower() in _SHELL_SECOND.get(asked.first, ()):
        return ShellCommand(asked.first, tuple(texts[1:]), tuple(texts[1:]), asked.options())
    return None


def _command(asked: _Asked) -> Command | None:
    """R2: the command that the whole line is; its options are checked afterwards."""
    own = [option for option in asked.lifted.options if option.key in _OWN_KEYS]
    own_options = {option.key: option for option in own}
    spellings = {asked.tokens, asked.words.segmented(asked.rest)}
    for tokens in sorted(spellings, key=len):
        command = forms.parse_command(tokens, own_options, asked.topics)
        if command is None:
            continue
        used = forms.own_options(command)
        if stray := own_options.keys() - used:
            raise BadInput("option.not_here", option=min(stray), example=asked.example(_OWN_KEYS[min(stray)]))
        for option in own:
            if option.negated:
                raise BadInput("option.no_negation", option=option.key)
            if option.value != own_options[option.key].value:
                raise BadInput("option.twice", option=option.key)
        return _finished(command, asked)
    return None


def _finished(command: FormCommand, asked: _Asked) -> Command:
    """The command with its options, once they suit it."""
    options = asked.options()
    name = forms.name(command)
    example = asked.example(name)
    if name not in _WITH_SUBOPTIONS and (
        stray := [o for o in asked.lifted.options if o.key in SUBOPTION_KEYS]
    ):
        raise BadInput("option.not_here", option=stray[0].key, example=asked.example("subscribe"))
    if name == "watch" and not options.filters:
        raise BadInput("command.watch_what", example=example)
    if name == "move" and not options.suboptions.to:
        raise BadInput("command.move_where", example=example)
    if isinstance(command, WindowCommand) and asked.conversation:  # R7
        return Refinement(options, command.window)
    return replace(command, options=options)


# --- mistakes and questions ---


def _mistake_or_question(asked: _Asked) -> Command | Question:
    """R3 to R7, for a line that is no command as a whole."""
    tokens, words = asked.tokens, asked.words
    if not tokens:
        return _only_options(asked)
    command_line = all(words.is_known(token) or forms.is_shape(token) for token in tokens)
    if asked.first in _ALWAYS_COMMANDS or _before_id(tokens) or _mends(asked):  # R3
        raise _mistake(asked)
    if asked.surface != "shell" and _shell_only(asked):
        raise BadInput("command.shell_only", command=_short(asked.rest))
    if command_line:  # R4
        raise _mistake(asked)
    if error := _unknown_option(asked):
        raise error
    if asked.conversation:
        return _refinement(asked) or _question(asked)
    if asked.surface != "chat" and (error := _unknown_command(asked)):  # R5
        raise error
    return _question(asked)  # R6


def _only_options(asked: _Asked) -> Refinement:
    options = asked.options()
    refining = {*FILTER_KEYS, *PLAIN_KEYS}
    if not asked.conversation or not refining.issuperset(option.key for option in asked.lifted.options):
        shown = " ".join(option.written for option in asked.lifted.options)
        raise BadInput("command.only_options", line=_short(shown), example=_short(f"today {shown}"))
    return Refinement(options)


def _before_id(tokens: tuple[str, ...]) -> bool:
    """R3: `pause`, `resume`, `test`, `move` are commands before an id or `all`."""
    return (
        len(tokens) > 1
        and tokens[0] in ("pause", "resume", "test", "move")
        and (forms.is_subscription_id(tokens[1]) or tokens[1] == "all")
    )


def _mends(asked: _Asked) -> bool:
    """R3: `topic` is a command before a topic's key and `add` or `remove`; in Chinese `topics` is the same word."""
    tokens = [token.lower() for token in asked.tokens[:3]]
    return (
        len(tokens) == 3
        and tokens[0] in ("topic", "topics")
        and tokens[1] in _lower(asked.topics)
        and tokens[2] in ("add", "remove")
    )


def _shell_only(asked: _Asked) -> bool:
    """Whether a line in chat is a shell command: its word, and nothing that makes a sentence of it."""
    tokens = [token.lower() for token in asked.tokens]
    if len(tokens) > 1 and tokens[1] in _SHELL_SECOND.get(tokens[0], ()):
        more = [token for token in tokens[2:] if not token.startswith("--")]
        return len(more) <= (tokens[0] in ("forget", "subscriptions"))
    others = [token for token in tokens[1:] if not token.startswith("--")]
    return tokens[0] in SHELL_WORDS and all(
        asked.words.is_known(one) or forms.is_shape(one) for one in others
    )


def _mistake(asked: _Asked) -> BadInput:
    """A line that was meant as a command, with the example nearest to it."""
    first, line = asked.first, _short(asked.rest)
    if first not in ("subscribe", "watch"):
        form = "topic" if _mends(asked) else forms.nearest_form(asked.tokens)
        return BadInput("command.mistake", line=line, example=asked.example(form))
    topics = _lower(asked.topics)
    topic = next((token.lower() for token in asked.tokens[1:] if token.lower() in topics), "amd")
    kind = next((token for token in asked.tokens[1:2] if first == "subscribe" and token in SCHEDULES), first)
    example = asked.example(kind).replace("amd", topic)
    if first == "watch":
        ask = _short(f"ask {asked.rest}")
        return BadInput("command.watch_what_or_ask", line=line, example=example, ask=ask)
    return BadInput("command.mistake", line=line, example=example)


def _unknown_option(asked: _Asked) -> BadInput | None:
    """An option nobody knows, in a line that would be a command without it; in the shell any `--long` one."""
    unknown = asked.lifted.unknown
    if not unknown:
        return None
    left_out = set(unknown)
    others = " ".join(token.raw for token in asked.lifted.rest if token not in left_out)
    tokens = asked.words.canonical(others)
    if asked.surface == "shell" and (
        flag := next((one for one in unknown if one.raw.startswith("--")), None)
    ):
        return unknown_option(flag, asked.words)
    if tokens and all(asked.words.is_known(token) or forms.is_shape(token) for token in tokens):
        return unknown_option(unknown[0], asked.words)
    return None


def _unknown_command(asked: _Asked) -> BadInput | None:
    """R5: a word that is no command, or a near miss followed only by shapes; it never spends a model's
    tokens."""
    tokens = asked.tokens
    word = tokens[0]
    if any("?" in token or "#" in token or not token.isascii() or "://" in token for token in tokens):
        return None
    if len(tokens) == 1 and word.lower() in _lower(asked.topics):
        return None
    starts = [*asked.words.starts(), *(SHELL_WORDS if asked.surface == "shell" else ())]
    if asked.first == "help" and len(tokens) == 2:
        near = nearest(tokens[1], [*starts, *asked.words.keys, *forms.HELP_SUBJECTS])
        if near:
            return BadInput("command.unknown", word=_short(tokens[1]), suggestion=f"help {near}")
        is_topic = tokens[1].lower() in _lower(asked.topics)
        return None if is_topic else BadInput("command.unknown_help", word=_short(tokens[1]))
    if asked.first == "release" and len(tokens) == 2 and tokens[1].lower() not in _NO_TAGS:
        line = _short(asked.rest)
        example = asked.example("release")
        return BadInput("command.no_tag", tag=_short(tokens[1]), example=example, ask=f"ask {line}")
    near = nearest(word, starts)
    if len(tokens) > 1 and not (near and all(forms.is_shape(token) for token in tokens[1:])):
        return None
    if near:
        return BadInput(
            "command.unknown", word=_short(word), suggestion=_short(" ".join((near, *tokens[1:])))
        )
    return BadInput("command.no_such", word=_short(word), example=_short(f"ask {word}"))


def _refinement(asked: _Asked) -> Refinement | None:
    """R7: a follow-up such as "what about last week?" or "only merged ones"."""
    words = asked.words
    text = asked.rest.rstrip("?").strip()
    for expression in words.refine:
        found = re.fullmatch(expression, text, re.IGNORECASE)
        window = window_of(found["window"].strip(), words) if found else None
        if window:
            return Refinement(asked.options(), window, text=text)
    for expression in words.only:
        found = re.fullmatch(expression, text, re.IGNORECASE)
        if found and (limit := _limit(found["only"].lower(), asked)):
            return Refinement(asked.options(), limit=limit, text=text)
    return None


def _limit(word: str, asked: _Asked) -> Filter | None:
    """The filter that "only …" asks for: a state, a kind or a topic."""
    value = asked.words.values.get("is", {}).get(word, word)
    if value in IS_VALUES:
        return Filter("is", (value,))
    return Filter("topic", (word,)) if word in _lower(asked.topics) else None


def window_of(text: str, words: Words) -> WindowExpr | None:
    """The window that `text` is as a whole."""
    for tokens in (words.canonical(text), words.segmented(text)):
        cursor = Cursor(tokens)
        window = forms.window(cursor)
        if window and cursor.at_end:
            return window
    return None


def _question(asked: _Asked, skip: int = 0) -> Question:
    """R6: the known options that can be apply, the others are part of the sentence."""
    applied: list[Option] = []
    refused: set[str] = set()  # looking for what else may be meant takes a while: once a key is enough
    sentence = list(asked.lifted.rest[skip:])
    for option in asked.lifted.options:
        if any(one.key == option.key and one.written == option.written for one in applied):
            continue
        try:
            if option.key in refused or option.key in (*SUBOPTION_KEYS, *_OWN_KEYS):
                raise BadInput("option.not_here", option=option.key, example="")
            checked([*applied, option], asked.words, asked.topics)
            applied.append(option)
        except BadInput:
            if option.key not in FILTER_KEYS:
                refused.add(option.key)
            sentence.extend(option.tokens)
    text = " ".join(token.raw for token in sentence)  # what stands in quotes is looked for as it stands
    if not any(token.text for token in sentence):
        raise BadInput("command.ask_what", example=asked.example("ask"))
    options = replace(checked(applied, asked.words, asked.topics), channels=asked.line.channels)
    return Question(text, options, window_in(text, asked.words))


def _short(text: str) -> str:
    """A line as an error repeats it."""
    return text if len(text) <= _MOST_REPEATED else f"{text[:_MOST_REPEATED]}…"


def _lower(topics: Collection[str]) -> set[str]:
    return {topic.lower() for topic in topics}

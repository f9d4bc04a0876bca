"""People: their own defaults (`prefs`), and which GitHub account is theirs (`iam`)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from adapters.chat import Reply
from bot.belonging import note
from bot.grammar import parse
from bot.grammar.commands import Options, WordCommand
from bot.grammar.tokens import quote
from bot.managers import speaker
from summarizer import languages, markup
from summarizer.errors import BadInput
from summarizer.windows import zone_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.chat import Context
    from adapters.store import Store
    from bot.commands import Defaults
    from bot.topicfile import Topics
    from summarizer.filters import Filter
    from summarizer.languages import Language

log = structlog.get_logger()

_WRITTEN = {"repo": "repo", "lang": "lang", "tz": "tz", "reply_in": "in"}


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody, as they told. options: their defaults. login: their GitHub account, "" unknown."""

    options: Options = field(default_factory=Options)
    login: str = ""

    def applied(self, options: Options, *, filters: bool) -> Options:
        """A line's options over these. filters: whether the default filters limit what the line asks for."""
        own = self.options if filters else replace(self.options, filters=())
        return own.refined_by(options)


class People:
    """Keeps profiles, and answers the commands about them."""

    def __init__(self, store: Store, *, topics: Topics, defaults: Defaults) -> None:
        self._store = store
        self._topics = topics
        self._defaults = defaults

    async def known(self, context: Context) -> Known:
        """Who speaks. Raises StoreError."""
        profile = await self._store.people.load(_key(context))
        return Known(self._read(profile.options), profile.login)

    async def preferences(self, context: Context) -> Mapping[str, str]:
        """See `adapters.chat.Desk`. Raises StoreError."""
        known = await self.known(context)
        options = known.options
        told = {written: getattr(options, name) or "" for name, written in _WRITTEN.items()}
        topics = _topics(options)
        told["topic"] = ",".join(topics[0].values) if len(topics) == 1 else ""
        others = tuple(one for one in options.filters if len(topics) != 1 or one not in topics)
        told |= {"others": " ".join(Options(filters=others).words()), "iam": known.login}
        return {name: value for name, value in told.items() if value}

    async def prefer(self, chosen: Mapping[str, str], context: Context) -> None:
        """See `adapters.chat.Desk`. Raises BadInput, StoreError."""
        options = (await self.known(context)).options
        cleared = {name: None for name, written in _WRITTEN.items() if written in chosen}
        topics = _topics(options)
        # those that `preferences` does not tell as one choice are not unset by none
        dropped = topics if "topic" in chosen and (chosen["topic"] or len(topics) == 1) else ()
        left = tuple(one for one in options.filters if one not in dropped)
        line = " ".join(f"{name}:{_written(value)}" for name, value in chosen.items() if value)
        command = parse(f"prefs {line}", surface="chat", conversation=False, topics=self._topics.words)
        given = _given(command.options)
        wanted = replace(options, **cleared, filters=left)  # type: ignore[arg-type]  # fields of these names
        # filters side by side: what the line sets was taken out before
        wanted = replace(wanted.refined_by(replace(given, filters=())), filters=(*left, *given.filters))
        if wanted != options:
            await note(self._store, context)
            await self._store.people.set_options(_key(context), "\n".join(wanted.words()))

    async def __call__(self, command: WordCommand, context: Context) -> Reply:
        """Answer `prefs` or `iam`. Raises BadInput, StoreError."""
        known = await self.known(context)
        words = languages.load(
            self._defaults.language(known.applied(command.options, filters=False), context)
        )
        if command.word == "iam":
            known = await self._link(command.arguments[0], known, context)
            return Reply(words.text("people.linked", login=markup.markdown(known.login)), words.code)
        if command.arguments:  # "clear"
            if command.options.filters:  # only that would stay, or only that would go: who knows
                raise BadInput(
                    "option.not_here", option=command.options.filters[0].key, example="prefs clear"
                )
            await self._store.people.drop(_key(context))
            return Reply(words.text("people.cleared"), words.code)
        wanted = known.options.refined_by(_given(command.options))
        if wanted == known.options:
            return Reply("\n".join(self._told(known, words, context)), words.code)
        await note(self._store, context)
        await self._store.people.set_options(_key(context), "\n".join(wanted.words()))
        words = languages.load(self._defaults.language(wanted, context))
        told = self._told(replace(known, options=wanted), words, context)
        return Reply("\n".join([words.text("people.saved"), *told]), words.code)

    async def _link(self, login: str, known: Known, context: Context) -> Known:
        await note(self._store, context)
        await self._store.people.set_login(_key(context), login)
        return replace(known, login=login)

    def _read(self, written: str) -> Options:
        """Options as they were kept, without those that mean nothing any more: a topic may have gone."""
        read = Options()
        for option in filter(None, written.split("\n")):
            try:
                command = parse(
                    f"prefs {option}", surface="chat", conversation=False, topics=self._topics.words
                )
            except BadInput as error:
                log.warning("preference passed over", error=error.key)
                continue
            read = replace(
                read.refined_by(replace(command.options, filters=())),
                filters=(*read.filters, *command.options.filters),
            )
        return read

    def _told(self, known: Known, words: Language, context: Context) -> Iterable[str]:
        """A line for each thing that can be set: what is set, or what holds instead."""
        options, nothing = known.options, Options()
        instead = {
            "repo": self._defaults.repo,
            "lang": self._defaults.language(nothing, context),
            "tz": self._defaults.zone(nothing, context),
            "reply_in": "me",
        }
        for name, otherwise in instead.items():
            value = getattr(options, name)
            shown = value or otherwise
            yield words.text(
                "people.set" if value else "people.unset",
                name=words.text(f"people.names.{name}"),
                value=markup.markdown(zone_label(shown) if name == "tz" else shown),
                option=_WRITTEN[name],
            )
        filters = " ".join(replace(nothing, filters=options.filters).words())
        key = "set" if filters else "no_filters"
        name = words.text("people.names.filters")
        yield words.text(f"people.{key}", name=name, value=markup.markdown(filters), option="topic")
        yield words.text(
            "people.login" if known.login else "people.no_login", login=markup.markdown(known.login)
        )


def _given(options: Options) -> Options:
    """What a line sets. Raises BadInput for what is no default of a person's."""
    filters = tuple(map(_on_one_line, options.filters))
    # where the line came from says where it is kept, if anything
    given = replace(options, filters=filters, channels=(), demo=False, or_demo=False)
    stray = replace(given, repo=None, lang=None, tz=None, reply_in=None, filters=())
    if stray != Options():
        name = next(stray.words(), "").partition(":")[0]
        raise BadInput("option.not_here", option=name, example="prefs topic:amd lang:en in:me")
    return given


def _topics(options: Options) -> tuple[Filter, ...]:
    """The filters that limit to topics."""
    return tuple(one for one in options.filters if one.key == "topic" and not one.negated)


def _written(value: str) -> str:
    """One value or several, as they stand behind a colon."""
    return ",".join(map(quote, value.split(",")))


def _on_one_line(one: Filter) -> Filter:
    """The filter without line breaks in its values, since options are kept one a line."""
    values = tuple(filter(None, map(markup.one_line, one.values)))
    if not values:
        raise BadInput("option.no_value", option=one.key)
    return replace(one, values=values)


def _key(context: Context) -> str:
    """The same person for the shell and the terminal chat: whose machine it is."""
    return "shell" if context.surface == "terminal" else speaker(context)

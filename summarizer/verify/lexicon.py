"""How claims speak: the `[verify]` tables of the language files, compiled.

A claim may mix languages, so the expressions of all languages given are tried together. They see a masked sentence
(see `reading`), in which references, logins and so on are one character each.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from summarizer.languages import Language
from summarizer.verify.evidence import ROLES, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

REF, LOGIN, CODE, QUOTE, NUMBER, NAME, TIME = (chr(0xE001 + index) for index in range(7))
"""What stands for a reference, a login, code in backticks, a quotation, a figure, a technical name, a time. They are of
the private use area, which no claim may hold."""

NEVER: Final = re.compile(r"(?!)")


@dataclass(frozen=True)
class Lexicon:
    """The words of some languages, each group of them as one regular expression."""

    languages: tuple[Language, ...]

    def entries(self, key: str) -> list[Any]:
        """What each language has at `key` below `[verify]`, those that have it."""
        return [language.get(f"verify.{key}") for language in self.languages if language.has(f"verify.{key}")]

    def sources(self, key: str) -> list[str]:
        return [
            source for entry in self.entries(key) for source in ([entry] if isinstance(entry, str) else entry)
        ]

    def table(self, key: str) -> dict[str, Any]:
        return {name: value for entry in self.entries(key) for name, value in entry.items()}

    def names(self, key: str) -> list[str]:
        """The keys of the tables at `key`, in the order of the first language."""
        return list(self.table(key))

    def any_of(self, key: str, **more: str) -> re.Pattern[str]:
        """One expression that matches wherever one of the entries at `key` does."""
        return self._compiled(self.sources(key), **more)

    def _compiled(self, sources: Iterable[str], **more: str) -> re.Pattern[str]:
        joined = "|".join(f"(?:{source})" for source in sources)
        return re.compile(self._filled(joined, more), re.IGNORECASE) if joined else NEVER

    def _filled(self, source: str, more: Mapping[str, str]) -> str:
        for name, value in {**self._placeholders, **more}.items():
            source = source.replace(f"{{{name}}}", value)
        return source

    @cached_property
    def _placeholders(self) -> dict[str, str]:
        kinds = "|".join(source for name in self.names("kinds") for source in self.sources(f"kinds.{name}"))
        kind = f"(?:(?<![A-Za-z])(?:{kinds})(?![A-Za-z]))"
        titles = "|".join(self.sources("titles"))
        ref = rf"(?:(?:{kind}\s*)?{REF})"
        who = rf"(?:(?:(?:{titles})\s*)*{LOGIN})"
        masks = {"number": NUMBER, "code": f"[{CODE}{NAME}]", "time": rf"(?:{TIME}[\s{TIME}]*)"}
        return {"kind": kind, "ref": ref, "who": who, "s": "(?:'s|’s)", **masks}

    def _listed(self, one: str) -> str:
        """One or several of the same. A comma alone may also begin the next clause ("merged #1, #2 is open"), so it
        makes a list only in brackets, at a sentence's end, or with three members and a conjunction before the last."""
        joint = rf"(?:\s*(?:{'|'.join(self.sources('joint'))})\s*|\s+)"
        comma = r"\s*[,，]\s*"
        return (
            rf"(?:(?<=[(（:：]){one}(?:(?:{comma}|{joint}){one})+"
            rf"|{one}(?:{comma}{one})+(?=\s*(?:[.;:。；：)）]|$))"
            rf"|{one}(?:{comma}{one})+(?:\s*[,，])?{joint}{one}|{one}(?:{joint}?{one})*)"
        )

    @cached_property
    def kinds(self) -> dict[str, re.Pattern[str]]:
        """Kind -> its words: pull_request, issue, and other (either)."""
        return {
            name: self._compiled([rf"(?<![A-Za-z])(?:{'|'.join(self.sources(f'kinds.{name}'))})(?![A-Za-z])"])
            for name in self.names("kinds")
        }

    @cached_property
    def references(self) -> re.Pattern[str]:
        """One or several references in a row, with the kind words between them."""
        return self._compiled([self._listed("{ref}")])

    @cached_property
    def people_lists(self) -> re.Pattern[str]:
        """One or several logins in a row."""
        return self._compiled([self._listed("{who}")])

    @cached_property
    def one_person(self) -> re.Pattern[str]:
        """A login, with the title before it."""
        return self._compiled(["{who}"])

    @cached_property
    def roles(self) -> Mapping[Role, list[re.Pattern[str]]]:
        """Role -> sayings that give it to the login in them."""
        return {
            role: [self._compiled([source]) for source in self.sources(f"roles.{role}")] for role in ROLES
        }

    @cached_property
    def aside(self) -> re.Pattern[str]:
        """Only words that tie a verb to its reference: articles, auxiliaries, kind words."""
        words = "|".join(f"(?:{source})" for source in self.sources("aside"))
        return self._compiled([rf"(?:\s|[(（“\"：:]|{TIME}|{{kind}}|{words})*"])

    @cached_property
    def kind_beside(self) -> re.Pattern[str]:
        """A kind word just before or just after references."""
        return self._compiled(
            [
                rf"(?P<before>{{kind}})\s*(?=[{REF}])",
                rf"(?<=[{REF}])(?:{'|'.join(self.sources('copula'))}|\s*)(?P<after>{{kind}})",
            ]
        )

    @cached_property
    def states(self) -> re.Pattern[str]:
        """Words of state, each in a group named as the state; `none` only looks like one."""
        sources = {name: self.sources(f"states.{name}") for name in self.names("states")}
        return self._compiled(
            f"(?P<{name}>{'|'.join(f'(?:{source})' for source in each)})" for name, each in sources.items()
        )

    @cached_property
    def actor_slots(self) -> list[re.Pattern[str]]:
        """Sayings whose first group is where a person is named."""
        return [self._compiled([source]) for source in self.sources("actor.slot")]

    @cached_property
    def nobody(self) -> re.Pattern[str]:
        return self.any_of("actor.nobody")

    @cached_property
    def nouns(self) -> dict[str, re.Pattern[str]]:
        """What is counted -> its words. Kinds of items are among them."""
        nouns = {
            name: self.any_of(f"nouns.{name}")
            for name in self.names("nouns")
            if name not in ("between", "link", "added", "removed")
        }
        return {"pull_request": self.kinds["pull_request"], "issue": self.kinds["issue"], **nouns}

    @cached_property
    def noun_after(self) -> re.Pattern[str]:
        """A counted noun that follows a figure, in a group named as what is counted."""
        groups = "|".join(f"(?P<{name}>{pattern.pattern})" for name, pattern in self.nouns.items())
        between = "|".join(f"(?:{source})" for source in self.sources("nouns.between"))
        return self._compiled([f"(?:{between})(?:{groups})"])

    @cached_property
    def noun_before(self) -> re.Pattern[str]:
        groups = "|".join(f"(?P<{name}>{pattern.pattern})" for name, pattern in self.nouns.items())
        return self._compiled([f"(?:{groups})"])

    @cached_property
    def noun_link(self) -> re.Pattern[str]:
        """What may stand between a counted noun and the figure after it: "评论数量最多（12"."""
        links = "|".join(f"(?:{source})" for source in self.sources("nouns.link"))
        return self._compiled([rf"(?:\s|[(（:：=]|{links})*"])

    @cached_property
    def bare_figure(self) -> re.Pattern[str]:
        """What follows a figure that no noun follows: a measure word at most."""
        measure = "|".join(f"(?:{source})" for source in self.sources("numbers.measure"))
        return self._compiled([rf"\s*(?:{measure})?\s*(?=$|[^\w\s])"])

    @cached_property
    def bounds(self) -> dict[str, re.Pattern[str]]:
        return {name: self.any_of(f"numbers.bounds.{name}") for name in self.names("numbers.bounds")}

    @cached_property
    def units(self) -> dict[str, re.Pattern[str]]:
        """Unit of time -> its words."""
        units: dict[str, list[str]] = {}
        for entry in self.entries("time.units"):
            for name, sources in entry.items():
                units.setdefault(name, []).extend(sources)
        return {
            name: self._compiled([rf"\s*-?(?:{'|'.join(sources)})(?![A-Za-z])"])
            for name, sources in units.items()
        }

    @cached_property
    def measures(self) -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
        """Of each unit of measure: what stands right behind a figure in a claim, and the same in anybody's text."""
        words: dict[str, list[str]] = {}
        for entry in self.entries("measures"):
            for name, sources in entry.items():
                words.setdefault(name, []).extend(sources)
        found = []
        for sources in words.values():
            joined = "|".join(sources)
            either = rf"\s*-?\s*(?:{joined})(?![A-Za-z])"
            found.append((re.compile(either), re.compile(either)))
        return found

    @cached_property
    def ratios(self) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
        """Figures that are no numbers, such as "halves", each with what an item may say for it."""
        return [
            (self._compiled([saying]), tuple(alike))
            for entry in self.entries("ratios")
            for saying, *alike in entry
        ]

    @cached_property
    def months(self) -> re.Pattern[str]:
        """The name of a month, in a group m1 ... m12."""
        named = [
            f"(?P<m{index % 12 + 1}_{index // 12}>{source})"
            for index, source in enumerate(self.sources("time.months"))
        ]
        return self._compiled([rf"\b(?:{'|'.join(named)})\b"]) if named else NEVER

    def one(self, key: str) -> re.Pattern[str]:
        """`any_of(key)`, compiled once."""
        return _cached(self, key)

    def __hash__(self) -> int:
        return hash(tuple(language.code for language in self.languages))


@lru_cache(maxsize=256)
def _cached(lexicon: Lexicon, key: str) -> re.Pattern[str]:
    return lexicon.any_of(key)


@lru_cache(maxsize=8)
def _lexicon(codes: tuple[str, ...]) -> Lexicon:
    from summarizer.languages import load

    return Lexicon(tuple(load(code) for code in codes))


def lexicon_of(languages: Iterable[Language] | None) -> Lexicon:
    """The lexicon of these languages, or of all there are; compiled once per set of languages."""
    from summarizer.languages import codes

    return _lexicon(codes() if languages is None else tuple(language.code for language in languages))

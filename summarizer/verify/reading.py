"""A claim read: its tokens, its sentences and clauses, and which items each of its words speaks about."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from summarizer.verify.lexicon import LOGIN, NUMBER, REF, TIME, Lexicon

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterator, Mapping

    from summarizer.verify.evidence import Role
    from summarizer.verify.tokens import Token


@dataclass(frozen=True)
class Group:
    """One or several references in a row. outside: those that are no items of the window."""

    start: int
    end: int
    inside: tuple[int, ...]
    outside: tuple[int, ...] = ()


@dataclass
class Clause:
    start: int
    end: int
    sentence: int
    groups: list[Group] = field(default_factory=list)

    @property
    def heads(self) -> list[Group]:
        return [group for group in self.groups if group.inside]


@dataclass(frozen=True)
class Subject:
    """The items that some words speak about.

    explicit: told by a `#n` in the same clause. implied: only by the claim's `cites`.
    outside: numbers known only from a text, when the words stand right beside them.
    """

    numbers: tuple[int, ...]
    explicit: bool = False
    implied: bool = False
    outside: tuple[int, ...] = ()


class Reading:
    """A masked claim with its structure. known: the numbers of the window's items."""

    def __init__(
        self,
        masked: str,
        tokens: dict[int, Token],
        lexicon: Lexicon,
        cites: tuple[int, ...],
        known: Collection[int],
    ) -> None:
        self.masked = masked
        self.tokens = tokens
        self.lexicon = lexicon
        self.known = known
        self.cites = tuple(number for number in cites if number in known)
        self.sentences = self._spans(self.lexicon.one("sentence"), 0, len(masked))
        self.clauses = list(self._clauses())

    def of_kind(self, mask: str) -> Iterator[tuple[int, Token]]:
        return ((at, token) for at, token in self.tokens.items() if token.mask == mask)

    @cached_property
    def groups(self) -> list[Group]:
        return [self._group(match) for match in self.lexicon.references.finditer(self.masked)]

    @cached_property
    def people_lists(self) -> list[tuple[int, ...]]:
        """The places of logins that stand in a row: "A, B and C"."""
        found = [match.span() for match in self.lexicon.people_lists.finditer(self.masked)]
        return [tuple(at for at in range(*span) if self.masked[at] == LOGIN) for span in found]

    @cached_property
    def roles(self) -> Mapping[int, list[tuple[Role, tuple[int, ...]]]]:
        """Place of a login -> the roles it is given, each with the places of all logins that share it."""
        said: dict[int, list[tuple[Role, tuple[int, ...]]]] = {}
        if LOGIN not in self.masked:
            return said
        for role, patterns in self.lexicon.roles.items():
            for pattern in patterns:
                for match in pattern.finditer(self.masked):
                    at = self.masked.rindex(LOGIN, *match.span())
                    places = next((places for places in self.people_lists if at in places), (at,))
                    for place in places:
                        said.setdefault(place, []).append((role, places))
        return said

    @cached_property
    def referenced(self) -> tuple[int, ...]:
        """Every number in the text, in order."""
        return tuple(dict.fromkeys(token.number for _, token in self.of_kind(REF)))

    @cached_property
    def cited(self) -> tuple[int, ...]:
        """The window's items that the claim cites, in `cites` or in its text."""
        inside = [number for number in self.referenced if number in self.known]
        return tuple(dict.fromkeys([*self.cites, *inside]))

    def _group(self, match: re.Match[str]) -> Group:
        numbers = [self.tokens[at].number for at in range(*match.span()) if at in self.tokens]
        inside = tuple(number for number in numbers if number in self.known)
        outside = tuple(number for number in numbers if number not in self.known)
        return Group(*match.span(), inside, outside)

    # --- structure ------------------------------------------------------------------------------------------------

    def _spans(self, separator: re.Pattern[str], start: int, end: int) -> list[tuple[int, int]]:
        spans = []
        for match in separator.finditer(self.masked, start, end):
            if match.end() > start:
                spans.append((start, match.end()))
                start = match.end()
        if start < end:
            spans.append((start, end))
        return spans

    def _clauses(self) -> Iterator[Clause]:
        joined = [(group.start, group.end) for group in self.groups]
        joined += [(places[0], places[-1] + 1) for places in self.people_lists]
        for index, (start, end) in enumerate(self.sentences):
            whole = self.lexicon.one("respectively").search(self.masked, start, end)
            marks = [] if whole else self.lexicon.one("clause").finditer(self.masked, start, end)
            cuts = [start]
            cuts += [m.end() for m in marks if not any(a < m.start() and m.end() < b for a, b in joined)]
            for first, last in zip(cuts, [*cuts[1:], end], strict=True):
                if first < last:
                    groups = [group for group in self.groups if first <= group.start < last]
                    yield Clause(first, last, index, groups)

    def clause_at(self, at: int) -> Clause:
        return next((clause for clause in self.clauses if clause.start <= at < clause.end), self.clauses[-1])

    def sentence_at(self, at: int) -> tuple[int, int]:
        return self.sentences[self.clause_at(at).sentence]

    # --- who is spoken about --------------------------------------------------------------------------------------

    def subject(self, start: int, end: int) -> Subject:
        """The items that the words `[start, end)` speak about."""
        clause = self.clause_at(start)
        paired = self._paired(start)
        if paired:
            return paired
        chosen = self._nearest(clause, start, end)
        if chosen is None:
            return self._inherited(clause, start)
        if not chosen.inside:
            return Subject((), explicit=True, outside=chosen.outside)
        numbers = chosen.inside
        if self._is_plural(clause, start, end) and chosen.end <= start:
            numbers = tuple(dict.fromkeys([*self._coordinated(clause, chosen), *numbers]))
        return Subject(numbers, explicit=True)

    def around(self, at: int) -> Subject:
        """All items of the clause, for words that may come from any of them."""
        clause = self.clause_at(at)
        numbers = tuple(dict.fromkeys(number for group in clause.groups for number in group.inside))
        return Subject(numbers, explicit=True) if numbers else self._inherited(clause, at)

    def _nearest(self, clause: Clause, start: int, end: int) -> Group | None:
        before = [group for group in clause.groups if group.end <= start]
        after = [group for group in clause.groups if group.start >= end]
        within = [group for group in clause.groups if group.start < end and group.end > start]
        if within:
            return within[0]
        last, following = (before[-1] if before else None), (after[0] if after else None)
        if last and self._touches(last.end, start):
            return last
        if following and self._touches(end, following.start):
            return following
        if last is None and self._continues(clause):
            return None
        # words that merely follow a number known from a text are about the item that mentions it
        last = next((group for group in reversed(before) if group.inside), None)
        following = next((group for group in after if group.inside), None)
        return last or following

    def _touches(self, start: int, end: int) -> bool:
        """Whether only articles, auxiliaries, kind words and the like stand between."""
        return bool(self.lexicon.aside.fullmatch(self.masked, start, end)) if start <= end else False

    def _continues(self, clause: Clause) -> bool:
        """Whether the clause opens with a verb of state, and so goes on about the subject of the one before it: "#1,
        which adds docs, was closed after #2 had been opened"."""
        earlier = [
            other
            for other in self.clauses
            if other.sentence == clause.sentence and other.start < clause.start
        ]
        if not any(other.heads for other in earlier):
            return False
        opening = self.lexicon.aside.match(self.masked, clause.start, clause.end)
        start = opening.end() if opening else clause.start
        verb = self.lexicon.states.match(self.masked, start, clause.end)
        # the words before may have swallowed a part of the verb
        verb = verb or self.lexicon.states.match(
            self.masked, clause.start + _blank(self.masked, clause.start), clause.end
        )
        return verb is not None and verb.lastgroup != "none"

    def _is_plural(self, clause: Clause, start: int, end: int) -> bool:
        return bool(self.lexicon.one("plural").search(self.masked, max(clause.start, start - 16), end))

    def _coordinated(self, clause: Clause, group: Group) -> list[int]:
        """What stands before `group` in its sentence and has no state of its own: "fix (#1) and test (#2) were"."""
        numbers: list[int] = []
        for earlier in self.clauses:
            if earlier.sentence != clause.sentence or earlier.start >= group.start:
                break
            if earlier is not clause and self.states_in(earlier):
                numbers.clear()
                continue
            numbers += [
                number for other in earlier.groups if other.start < group.start for number in other.inside
            ]
        return numbers

    @cached_property
    def states(self) -> list[re.Match[str]]:
        """Every word of state; what only looks like one is left out."""
        found = self.lexicon.states.finditer(self.masked)
        return [match for match in found if match.lastgroup != "none"]

    def states_in(self, clause: Clause) -> list[re.Match[str]]:
        return [match for match in self.states if clause.start <= match.start() < clause.end]

    def state_near(self, start: int, end: int) -> re.Match[str] | None:
        """The word of state that belongs to `[start, end)`: in its clause, else in the nearest one before it in the
        sentence, else after it."""
        home = self.clause_at(start)
        first, last = self.clauses.index(home), self.clauses.index(self.clause_at(max(start, end - 1)))
        order = [*self.clauses[first : last + 1], *reversed(self.clauses[:first]), *self.clauses[last + 1 :]]
        for clause in order:
            words = self.states_in(clause) if clause.sentence == home.sentence else []
            if words:
                return min(words, key=lambda match: min(abs(match.start() - start), abs(match.start() - end)))
        return None

    def _inherited(self, clause: Clause, at: int) -> Subject:
        position = self.clauses.index(clause)
        text = self.masked[clause.start : clause.end].lstrip()
        backwards = self.lexicon.one("pronouns").match(text) is not None
        relative = self.lexicon.one("relative").match(text) is not None
        before = [
            other for other in self.clauses[:position] if other.sentence == clause.sentence and other.groups
        ]
        if before and relative:
            last = before[-1].groups[-1]
            return Subject(last.inside, outside=() if last.inside else last.outside)
        heads = [other for other in reversed(before) if other.heads]
        if heads:
            # "#1, superseded by #2, was closed": what stands behind a preposition is not what is spoken about
            return Subject(next((o for o in heads if not self._is_aside(o)), heads[0]).heads[0].inside)
        later = [other for other in self.clauses[position + 1 :] if other.heads]
        if not backwards and later and later[0].sentence == clause.sentence:
            return Subject(later[0].heads[0].inside)
        for earlier in reversed(self.clauses[:position]):
            if earlier.heads:
                return Subject(self._head_of_sentence(earlier).inside)
        rest = tuple(number for number in self.cites if number not in self.referenced)
        if not self.referenced or len(rest) == 1:
            return Subject(rest, implied=True)
        return Subject(later[0].heads[0].inside) if later else Subject(self.cites, implied=True)

    def _is_aside(self, clause: Clause) -> bool:
        """Whether the clause's first reference stands behind a preposition."""
        return (
            self.lexicon.one("oblique").search(self.masked, clause.start, clause.heads[0].start) is not None
        )

    def _head_of_sentence(self, clause: Clause) -> Group:
        return next(
            other for other in self.clauses if other.sentence == clause.sentence and other.heads
        ).heads[0]

    def _paired(self, at: int) -> Subject | None:
        """ "#1 and #2 were opened by A and B respectively": the nth of one kind belongs to the nth reference."""
        start, end = self.sentence_at(at)
        token = self.tokens.get(at)
        if token is None or token.mask not in (LOGIN, NUMBER, TIME):
            return None
        if not self.lexicon.one("respectively").search(self.masked, start, end):
            return None
        alike = [
            other
            for other in range(start, end)
            if other in self.tokens and self.tokens[other].mask == token.mask
        ]
        numbers = [self.tokens[other].number for other in range(start, end) if self.masked[other] == REF]
        if len(alike) != len(numbers) or len(numbers) < 2:
            return None
        number = numbers[alike.index(at)]
        return (
            Subject((number,), explicit=True) if number in self.known else Subject((), True, False, (number,))
        )


def _blank(masked: str, start: int) -> int:
    """How many blanks there are from `start` on."""
    return len(masked[start:]) - len(masked[start:].lstrip())

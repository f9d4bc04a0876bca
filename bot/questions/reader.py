"""Reads a question by rules alone, in every language at once: sentence in, query out."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.grammar.normalize import normalize
from bot.questions.assembling import assemble, default_window, defaulted
from bot.questions.duties import read_duties
from bot.questions.focus import set_tales_aside
from bot.questions.labels import read_labels
from bot.questions.leaving import drop_contradictions, read_left_out
from bot.questions.lexicon import load_lexicon, names_of
from bot.questions.logins import miss_somebody
from bot.questions.marks import read_marks
from bot.questions.moments import spans
from bot.questions.negating import read_negations
from bot.questions.nods import nod_of
from bot.questions.others import others_of
from bot.questions.people import read_people
from bot.questions.pieces import lowered, quotations, taken_apart
from bot.questions.plain import read_forms, read_plain
from bot.questions.quantifying import read_quantifiers
from bot.questions.reading import Reading
from bot.questions.refining import refined
from bot.questions.sentence import Known, Sentence
from bot.questions.signs import read_signs
from bot.questions.spelling import Slip, Spelling
from bot.questions.subjects import read_subjects
from bot.questions.times import read_windows
from summarizer.questions.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.grammar.commands import Question
    from bot.questions.lexicon import Means
    from bot.questions.pieces import Piece
    from summarizer.topics import TopicRules

_DASHES = re.compile(r"(?<=\w)--+(?=\w)")
_EMPHASIS = re.compile(r"(?<![\w/.*])([_*~]{1,2})(\w[^_*~/]{0,80})\1(?![\w/.*])")
_HIDDEN = re.compile(
    "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe0f\U0001f3fb-\U0001f3ff]"
)
"""Signs that nobody sees, which part words, turn them around or give a hand its colour."""
_MOST_CHARACTERS = 4000
_MOST_PIECES = 400
_MOST_UNREAD = 40
_TELLING = frozenset({
    "people", "reviewer_noun", "author_noun", "assignee_noun", "assigned", "assigned_after", "involving", "by",
    "related",
})  # fmt: skip
"""Links that narrow what is asked for, so that they are told where nothing came of them."""


def _nobody(_: str) -> bool:
    return False


class Reader:
    """Reads questions. is_login, is_label: whether the mirror has such a login or label, in any case."""

    def __init__(
        self,
        rules: TopicRules,
        is_login: Callable[[str], bool] = _nobody,
        is_label: Callable[[str], bool] = _nobody,
    ) -> None:
        self._known = Known(rules, is_login, is_label)
        lexicon = load_lexicon()
        self._lexicons = (names_of(rules, lexicon.plain), lexicon)
        self._spelling = Spelling(self._lexicons, lexicon.kept)

    def read(self, question: Question, *, last: Query | None = None) -> Reading:
        """What a question asks. last: the query before it in the conversation, which it may refine."""
        sentence = self._taken_apart(question.text)
        if nod := nod_of(sentence):
            return Reading(Query(), nod=nod)
        set_tales_aside(sentence)
        read_windows(sentence)
        forms = self._read(sentence)
        named = assemble(sentence, forms)
        read_quantifiers(sentence, named)
        understood = named != Query(form=named.form, step=named.step) or _names_items(sentence)
        named = _with_options(named, question, sentence)
        problems = tuple(sentence.problems)
        if last is not None and (changed := refined(named, last, sentence, forms)):
            return Reading(changed, unread=_unread(sentence), problems=problems, refines=True)
        unread = _unread(sentence)
        if not understood and not question.options.filters and named.window is None:
            return Reading(Query(repo=named.repo), (), unread or _all(sentence, question.text), problems)
        if problems or sentence.all_time:
            return Reading(named, (), unread, problems, others_of(named, sentence))
        query = defaulted(named)
        assumed = () if default_window(named) is None else ("window",)
        return Reading(query, assumed, unread, problems, others_of(query, sentence))

    def _taken_apart(self, text: str) -> Sentence:
        text = normalize(text[:_MOST_CHARACTERS]).text[:_MOST_CHARACTERS]
        text = _HIDDEN.sub("", text)
        text = _EMPHASIS.sub(r" \2 ", _DASHES.sub(" -- ", text))
        mended, slips = self._spelling.mended(text, quotations(text), self._known.is_login)
        pieces = self._pieces(mended)
        if kept := {slip.written.lower() for piece in pieces for slip in slips if _is_none(piece, slip)}:
            mended, slips = self._spelling.mended(text, quotations(text), self._known.is_login, kept)
            pieces = self._pieces(mended)
        for piece in pieces:
            piece.written = _as_typed(piece, slips)
        return Sentence(pieces)

    def _pieces(self, text: str) -> list[Piece]:
        quotes = quotations(text)
        masked = lowered(text)
        for start, end, _ in quotes:
            masked = f"{masked[:start]}{' ' * (end - start)}{masked[end:]}"
        return taken_apart(text, self._lexicons, spans(masked), quotes, self._known.is_login, _MOST_PIECES)

    def _read(self, sentence: Sentence) -> set[str]:
        read_negations(sentence, self._known)
        read_left_out(sentence, self._known)
        read_duties(sentence, self._known)
        read_people(sentence, self._known)
        read_labels(sentence, self._known)
        read_marks(sentence)
        read_plain(sentence)
        read_subjects(sentence)
        read_signs(sentence)
        drop_contradictions(sentence)
        miss_somebody(sentence)
        return read_forms(sentence)


def _is_none(piece: Piece, slip: Slip) -> bool:
    """Whether what a slip was taken for means nothing by itself: "boring" is no "bring", known but of "bring up"."""
    return piece.kind == "unknown" and piece.at <= slip.at < piece.at + len(piece.text)


def _as_typed(piece: Piece, slips: Sequence[Slip]) -> str:
    """A piece's text with its slips."""
    text = piece.text
    for slip in reversed(slips):
        start = slip.at - piece.at
        if 0 <= start < len(text) and text.startswith(slip.meant, start):
            text = f"{text[:start]}{slip.written}{text[start + len(slip.meant) :]}"
    return text


def _names_items(sentence: Sentence) -> bool:
    """Whether it asks for items, of whatever kind: "any news?"."""
    return any(piece.is_("kind") and not piece.is_("filler") for piece in sentence.pieces)


def _with_options(named: Query, question: Question, sentence: Sentence) -> Query:
    """The query with what the line says besides the sentence: its options, and a window that only they tell."""
    options = question.options
    filters = tuple(dict.fromkeys((*options.filters, *named.filters)))
    named = replace(named, repo=options.repo or named.repo, filters=filters)
    names_none = not any(piece.kind == "window" for piece in sentence.pieces)
    if question.window is not None and named.window is None and names_none and not sentence.problems:
        return replace(named, window=question.window)
    return named


def _unread(sentence: Sentence) -> tuple[str, ...]:
    """The words that nothing was made of and that mean something."""
    texts = (
        piece.written or piece.text
        for at, piece in enumerate(sentence.pieces)
        if at in sentence.missed or not (piece.used or piece.is_sign or _means_nothing(piece.means))
    )
    return tuple(dict.fromkeys(texts))[:_MOST_UNREAD]


def _means_nothing(means: Means) -> bool:
    links = set(means.get("link", ()))
    if "vague" in links and "filler" not in means:
        return False
    if means.keys() == {"link"} and links & _TELLING and not links & {"anyone", "about"}:
        return False
    return bool(means.keys() & {"filler", "nod", "bound", "follow", "form", "link"})


def _all(sentence: Sentence, text: str) -> tuple[str, ...]:
    """All that a sentence says; its signs where it says nothing else, be they such as nobody sees."""
    texts = [piece.written or piece.text for piece in sentence.pieces if not piece.is_sign]
    signs = [piece.text for piece in sentence.pieces] or [text[:_MOST_UNREAD]]
    return tuple(dict.fromkeys(texts or signs))[:_MOST_UNREAD]

"""What a sentence leaves out: "without bots", "except CI", "除了 CI 以外"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.logins import login_of
from bot.questions.sentence import Found
from summarizer.errors import BadInput
from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.questions.sentence import Known, Sentence

_NEAR = 3
"""Pieces before a denial within which it may be about labels."""
_OVER = ("filler", "link:labelled", "link:of", "link:about")
_WITH_CONTENT = ("quote", "unknown", "phrase", "login", "number", "item")


def read_left_out(sentence: Sentence, known: Known) -> None:
    """Find what is left out. A word that cannot be left out is missed, and never looked for instead."""
    for at, piece in list(sentence.free()):
        if piece.is_("link", "without") and not piece.used:
            target = _target(sentence, at)
            if miss_items(sentence, at, target):
                continue
            if not take_list(sentence, known, at, target, kinds=True):
                _miss(sentence, at, target)


def miss_items(sentence: Sentence, at: int, target: int) -> bool:
    """ "except #101 and PR 102": items by number cannot be left out, and are not what is looked for. at: of the word
    that denies them. False where nothing there is one."""
    pieces, found = sentence.pieces, False
    while target < len(pieces):
        noun = pieces[target].is_("kind", "issue", "pull_request") and target + 1 < len(pieces)
        place = target + 1 if noun else target
        if pieces[place].used or pieces[place].kind not in (
            ("item", "number") if noun or found else ("item",)
        ):
            break
        sentence.use(*range(target, place))
        sentence.miss(place)
        found = True
        joint = sentence.piece(place + 1)
        if joint is None or not (joint.is_("link", "and", "or") or joint.text in (",", "、")):
            break
        target = place + 2
    if found:
        sentence.miss(at)
    return found


def take_list(
    sentence: Sentence, known: Known, at: int, target: int, *, kinds: bool = False, labels: bool | None = None
) -> bool:
    """Leave out what stands at `target` and what is listed after it. at: of the word that denies it. kinds, labels: see
    `filter_of`; labels None is where the sentence speaks of labels there. False where nothing there can be left out."""
    pieces = sentence.pieces
    if labels is None:
        labels = any(piece.is_("link", "labelled") for piece in pieces[max(0, at - _NEAR) : target])
    found = filter_of(sentence, known, target, kinds=kinds, labels=labels)
    if found is None:
        return False
    sentence.use(at)
    while found is not None:
        sentence.use(target)
        sentence.add("filters", found, target)
        joint = sentence.piece(target + 1)
        joins = joint is not None and (
            joint.is_("link", "and", "or", "without", "no") or joint.text in (",", "、")
        )
        following = _target(sentence, target + 1)
        first = found.negated
        found = filter_of(sentence, known, following, kinds=kinds, labels=labels) if joins else None
        if found is not None and found.negated != first:
            break  # "but not CI, merged last week"
        if found is not None:
            sentence.use(target + 1)
            target = following
    _close(sentence, target + 1)
    return True


def _close(sentence: Sentence, at: int) -> None:
    """What ends a list: "AMD people", "以外"."""
    for link in ("people", "authored_after", "without_end", "label_after", "labelled"):
        closing = sentence.piece(at)
        if closing is not None and closing.is_("link", link) and not closing.used:
            sentence.use(at)
            at += 1


def _target(sentence: Sentence, at: int) -> int:
    """The place of what is left out; a filler that is a target itself stays one."""
    target = at + 1
    while (piece := sentence.piece(target)) is not None and not piece.used:
        passed = any(piece.is_(*each.split(":")) for each in _OVER)
        if not passed or piece.is_("topic") or piece.is_("link", "bots"):
            break
        target += 1
    return target


def filter_of(
    sentence: Sentence, known: Known, at: int, *, kinds: bool = False, labels: bool = False
) -> Filter | None:
    """The filter that leaves out what a piece names; None where there is none. kinds: kind nouns may be left out.
    labels: the sentence speaks of labels there."""
    piece = sentence.piece(at)
    if piece is None or piece.used:
        return None
    if labels and known.is_label(piece.text):
        return Filter("label", (piece.text,), negated=True)
    if piece.is_("link", "bots"):
        return Filter("is", ("bot",), negated=True)
    if piece.is_("state", "draft"):
        return Filter("is", ("draft",), negated=True)
    if piece.is_("topic") or piece.is_("plain"):
        key = piece.first("topic") or piece.first("plain")
        return Filter("topic", (str(key),), negated=True)
    if login := login_of(piece, known, marked=False):
        return Filter("author", (login,), negated=True)
    if known.is_label(piece.text):
        return Filter("label", (piece.text,), negated=True)
    if piece.is_("event", "merged"):
        return Filter("is", ("unmerged",))
    if piece.is_("event", "closed"):
        return Filter("is", ("closed",), negated=True)
    if kinds and piece.is_("kind", "issue", "pull_request"):
        return Filter("is", ("issue" if piece.is_("kind", "issue") else "pr",), negated=True)
    return None


def _miss(sentence: Sentence, at: int, target: int) -> None:
    """What cannot be left out is told, and not looked for."""
    piece = sentence.piece(target)
    sentence.miss(at)
    if piece is None or piece.used or piece.kind not in _WITH_CONTENT or piece.is_("filler"):
        return
    if not any(piece.is_(each) for each in ("kind", "form", "bound")):
        sentence.miss(target)


def drop_contradictions(sentence: Sentence) -> None:
    """What cannot be found, whatever there is. A topic that is asked for and left out at once ("AMD PRs without MI300")
    is not left out, and that is told."""
    wanted = set(sentence.values("topics"))
    for each in [each for each in sentence.found if each.field == "filters"]:
        if each.value.negated and each.value.key == "topic" and wanted & set(each.value.values):
            sentence.found.remove(each)
            sentence.miss(each.at)
    if not any(piece.is_("form", "compare") or piece.is_("link", "vs") for piece in sentence.pieces):
        _find_impossible(sentence)


def _find_impossible(sentence: Sentence) -> None:
    """Nothing is open and merged in one, and no issue is merged: "No" would be true, and no answer. Of an item that is
    named only one of them is asked."""
    done = [each for each in sentence.found if each.field == "events" and each.value in ("merged", "closed")]
    states = [each for each in sentence.found if each.field == "states"]
    if [each.value for each in states] == ["draft"] and not sentence.has("numbers"):
        states.insert(
            0, Found("states", "open", states[0].at)
        )  # who asks for drafts means those that still are
        sentence.found.append(states[0])
        sentence.found.sort(key=lambda each: each.field == "states" and each.value == "draft")
    unfinished = [each for each in states if each.value in ("open", "waiting")]
    merged = [each for each in done if each.value == "merged"]
    issues = [each for each in sentence.found if each.field == "kind"]
    if done and unfinished and sentence.has("numbers"):
        for each in unfinished:
            sentence.found.remove(each)
            sentence.miss(each.at)
    elif done and unfinished:
        _exclude(sentence, unfinished[0], done[0])
    elif merged and [each.value for each in issues] == ["issue"]:
        _exclude(sentence, issues[0], merged[0])


def _exclude(sentence: Sentence, one: Found, other: Found) -> None:
    first, second = (sentence.pieces[each.at].text for each in sorted((one, other), key=lambda each: each.at))
    sentence.problems.append(BadInput("reading.impossible", first=first, second=second))

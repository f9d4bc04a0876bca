"""Labels: "labelled bug", "the bug label", "标签 bug 的", and those of several words that the mirror has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence

_MOST_WORDS = 4


def read_labels(sentence: Sentence, known: Known) -> None:
    """Find labels."""
    for at, piece in enumerate(sentence.pieces):
        if not piece.used:
            _ = _label_before(sentence, known, at) or _label(sentence, known, at)
    _read_known_labels(sentence, known)


def _label(sentence: Sentence, known: Known, at: int) -> bool:
    if not sentence.pieces[at].is_("link", "labelled"):
        return False
    start = sentence.after(at, over=("sign::",))
    if (first := sentence.piece(start)) and first.is_("filler") and not _is_label(sentence, known, start):
        start = sentence.after(at, over=("sign::", "filler"))
    piece = sentence.piece(start)
    if (
        piece is None
        or piece.used
        or piece.kind in ("window", "sign", "item")
        or piece.is_("link", "no", "without")
    ):
        return False
    sentence.use(at)
    labels: list[tuple[int, str]] = []
    joints: list[Piece] = []
    while start < len(sentence.pieces):
        end, label = _longest_label(sentence, known, start)
        sentence.use(*range(start, end))
        labels.append((start, label))
        joint, following = sentence.piece(end), sentence.piece(end + 1)
        if (
            joint is None
            or following is None
            or not (joint.is_("link", "and", "or") or joint.text in (",", "、"))
        ):
            break
        if following.used or not (following.kind in ("quote", "unknown") or known.is_label(following.text)):
            break
        sentence.use(end)
        joints.append(joint)
        start = end + 1
    _add(sentence, labels, joints)
    closing = sentence.piece(end)
    if closing is not None and closing.is_("link", "labelled", "label_after"):
        sentence.use(end)
    return True


def _add(sentence: Sentence, labels: list[tuple[int, str]], joints: list[Piece]) -> None:
    """Any of the labels will do, unless "and" is what joins them."""
    is_all = any(joint.is_("link", "and") for joint in joints) and not any(
        joint.is_("link", "or") for joint in joints
    )
    for at, label in labels:
        if is_all:
            sentence.add("filters", Filter("label", (label,)), at)
        else:
            sentence.add("labels", label, at)


def _read_known_labels(sentence: Sentence, known: Known) -> None:
    """Labels of several words that the mirror has, named without saying so: "good first issues"."""
    for at, piece in enumerate(sentence.pieces):
        if piece.used or piece.is_sign:
            continue
        for length in range(_MOST_WORDS, 1, -1):
            pieces = sentence.pieces[at : at + length]
            name = " ".join(each.text for each in pieces)
            one = name.removesuffix("s")
            if len(pieces) < length or any(each.used or each.is_sign for each in pieces):
                continue
            if label := next((each for each in (name, one) if known.is_label(each)), None):
                kinds = [each.first("kind") for each in pieces if each.is_("kind", "issue", "pull_request")]
                for kind in kinds:
                    sentence.add("kind", kind, at)
                sentence.add("labels", label, at)
                sentence.use(*range(at, at + length))
                break


def _is_label(sentence: Sentence, known: Known, start: int) -> bool:
    return known.is_label(_longest_label(sentence, known, start)[1])


def _longest_label(sentence: Sentence, known: Known, start: int) -> tuple[int, str]:
    """Where a label ends and its name: the longest one that the mirror has, else one word."""
    pieces = sentence.pieces
    for length in range(min(_MOST_WORDS, len(pieces) - start), 1, -1):
        name = " ".join(piece.text for piece in pieces[start : start + length])
        if not any(piece.used for piece in pieces[start : start + length]) and known.is_label(name):
            return start + length, name
    return start + 1, pieces[start].text


def _label_before(sentence: Sentence, known: Known, at: int) -> bool:
    """ "the ready label", "ready-labelled", "ready 标签的"."""
    closing = sentence.piece(at + 1)
    piece = sentence.pieces[at]
    if closing is None or closing.used or not closing.is_("link", "label_after"):
        return False
    if not (piece.kind in ("unknown", "quote") or known.is_label(piece.text)):
        return False
    following = sentence.piece(at + 2)
    if following is not None and known.is_label(following.text):
        return False  # "some label bug"
    sentence.use(at, at + 1)
    sentence.add("labels", piece.text, at)
    return True

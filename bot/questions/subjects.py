"""What the items are about: topics by their names, and the words that stand where a subject does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.narrowing import add_narrow_words

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Sentence

_MOST_TERSE = 8


def read_subjects(sentence: Sentence) -> None:
    """Find topics and words."""
    mentioned = _about(sentence, "mentioning")
    about = _about(sentence, "about") | _before_kinds(sentence)
    terse = _is_terse(sentence)
    named: list[int] = []
    for at, piece in list(sentence.free()):
        if at in mentioned and piece.text.isascii():
            _words(sentence, at)  # "mentioning fp8" is no question about quantization
        elif piece.is_("topic"):
            _topic(sentence, at, str(piece.first("topic")))
            named.append(at)
        elif piece.is_("plain") and (at in about or terse):
            _topic(sentence, at, str(piece.first("plain")))
            named.append(at)
        elif at in about and _is_content(piece):
            _words(sentence, at)
    for at, piece in list(sentence.free()):
        before = sentence.piece(sentence.before(at, over=("link:of", "sign:-,")))
        if piece.is_("link", "related") and before is not None and before.used:
            sentence.use(at)
    if terse and sentence.has("window", "topics") and not sentence.has("kind"):
        for at, piece in list(sentence.free()):
            if _is_content(piece):
                _words(sentence, at)
    for at, piece in list(sentence.free()):
        if piece.is_("glossary") and not piece.text.isascii():
            _words(sentence, at)  # "有没有人报内存泄漏"
    add_narrow_words(sentence, named)


def _topic(sentence: Sentence, at: int, key: str) -> None:
    sentence.use(at)
    sentence.add("topics", key, at)
    following = sentence.piece(at + 1)
    if following is not None and following.is_("link", "related"):
        sentence.use(at + 1)


def _words(sentence: Sentence, at: int) -> None:
    piece = sentence.pieces[at]
    sentence.use(at)
    if piece.is_("glossary") and not piece.text.isascii():
        words = piece.means["glossary"]
    else:
        words = tuple(part for part in piece.text.lower().strip("_-").split() if part)
    for word in words:
        sentence.add("words", word, at)


def _is_content(piece: Piece) -> bool:
    """Whether a piece may be a word to look for."""
    if piece.used or piece.is_sign or piece.is_("link", "vague"):
        return False
    if piece.kind in ("unknown", "number"):
        return any(map(str.isalnum, piece.text))
    return piece.is_("glossary") or piece.is_("plain") or piece.is_("organisation")


def _about(sentence: Sentence, link: str) -> set[int]:
    """The places of what follows "about" and the like, or "mentioning" alone."""
    found: set[int] = set()
    for at, piece in enumerate(sentence.pieces):
        opens = piece.is_("link", link)
        if link != "about" and not opens:
            continue
        opens = opens or (piece.is_("link", "touching") and not piece.used)
        nearby = piece.is_("link", "about_next") or piece.is_("form", "explain", "explain_number")
        if piece.is_("link", "about_after_kind"):
            before = sentence.piece(at - 1)
            opens = opens or (before is not None and before.is_("kind")) or _topic_follows(sentence, at)
        if not opens and not nearby:
            continue
        at += 1
        run = not opens  # "explain prefix caching", but not "why did it break"
        while (following := sentence.piece(at)) is not None:
            if _is_content(following) or (following.is_("topic") and not following.used):
                found.add(at)
                run = True
            elif not _continues(following, started=run):
                break
            at += 1
    return found


def _topic_follows(sentence: Sentence, at: int) -> bool:
    """Whether a topic's plain name is what follows: "working on docker"."""
    following = sentence.piece(sentence.after(at, over=("filler",)))
    return following is not None and following.is_("plain") and not following.used


def _continues(piece: Piece, *, started: bool) -> bool:
    """Whether a list of subjects goes on past a piece."""
    if piece.is_("link", "and", "or", "related", "of") or piece.kind == "quote":
        return True
    if piece.is_sign:
        return piece.text in "-/,、()（）"
    return piece.is_("link", "skipped") or (not started and piece.is_("filler"))


def _before_kinds(sentence: Sentence) -> set[int]:
    """The places of what stands right before a kind noun and qualifies it, or before "related"."""
    found: set[int] = set()
    for at, piece in enumerate(sentence.pieces):
        if not piece.is_("kind", "issue", "pull_request", "any") and not piece.is_("link", "related"):
            continue
        at -= 1
        chain: list[int] = []
        while (before := sentence.piece(at)) is not None:
            if _is_content(before):
                chain.append(at)
            elif not _qualifies(before):
                break
            at -= 1
        is_word = any(each.field == "words" and each.at == at for each in sentence.found)  # "bug fix PRs"
        if chain and chain[-1] == at + 1 and before is not None and before.is_("kind") and not is_word:
            chain.pop()  # "do AMD issues outweigh NVIDIA issues": a verb between two nouns qualifies none
        found.update(chain)
    return found


def _qualifies(piece: Piece) -> bool:
    """Whether a chain of qualifiers goes on before a piece: "open KV cache and LoRA bugs"."""
    if piece.is_("link", "and", "or", "related", "of") or piece.text in ("-", "/", ",", "、"):
        return True
    return piece.is_("topic") or (piece.is_("state") and piece.used)


def _is_terse(sentence: Sentence) -> bool:
    """Whether the sentence is but a few nouns: "moe last week", "kv cache leak"."""
    pieces = [piece for piece in sentence.pieces if not piece.is_sign]
    return len(pieces) <= _MOST_TERSE and all(
        _is_content(piece)
        or piece.kind == "window"
        or any(piece.is_(each) for each in ("topic", "kind", "glossary", "plain"))
        or (piece.is_("bound", "in") and piece.used)
        for piece in pieces
    )

"""Reasons: why an item is in an answer: what happened to it, which rule, which words, whose part. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from summarizer.extract.sentences import shorten
from summarizer.extract.words import code
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from summarizer.items import Event, Item
    from summarizer.questions.found import Found, Match
    from summarizer.questions.query import Part, Role
    from summarizer.questions.wording import Wording

_VALUES = 3
"""Shown of what one rule matched."""
_VALUE_LENGTH = 60
_AROUND = " []()_:,"
"""What stands around a word that a rule found."""
_ENDINGS = ("ing", "ed", "es", "s", "e")
_STEM = 4
"""Letters that a word keeps when its ending is taken off."""

_DOERS: Mapping[str, Role] = {
    "merged": "merger",
    "closed": "closer",
    "reopened": "closer",
    "reviewed": "reviewer",
    "discussed": "commenter",
}
"""Event -> what who did it is called."""
_NAMES: Mapping[str, str] = {"closed_unmerged": "closed"}
"""Events that questions call otherwise."""


def why(match: Match, found: Found, wording: Wording) -> tuple[str, ...]:
    """What put the item into the answer, the event first, each a plain phrase."""
    item = found.items.get(match.number)
    parts = [*_happened(match, item, found, wording)]
    if item is not None:
        parts += _asked_of(item, found, wording, events_shown(match, item, found))
        parts += _labels(item, found, wording)
        parts += _organisations(item, found, wording)
        parts += _topics(item, found, wording)
        parts += words_found(item, found, wording)
        parts += _paths(item, found, wording)
        if found.query.order == "largest" and item.additions is not None and item.deletions is not None:
            parts.append(wording.text("why.size", added=item.additions, deleted=item.deletions))
    return tuple(dict.fromkeys(parts))


def words_found(item: Item, found: Found, wording: Wording) -> Iterator[str]:
    """Where the words and phrases that were asked for stand, as far as that is seen at a glance."""
    where: dict[str, list[str]] = {}
    if not (found.query.words or found.query.phrases):
        return
    places = _places(item)
    asked = [(each.split("|"), False) for each in found.query.words]
    asked += [([each], True) for each in found.query.phrases]
    for terms, whole in asked:
        held = ((term, _place(term.lower(), places, whole=whole)) for term in terms)
        for term, place in (one for one in held if one[1]):
            where.setdefault(place, []).append(wording.quoted(term))
            break
    for place, terms in where.items():
        yield wording.text(f"why.words_{place}", words=wording.listing(terms))


def _happened(match: Match, item: Item | None, found: Found, wording: Wording) -> Iterator[str]:
    """The event asked for, when and by whom; without one, what happened in the window."""
    text, ago = wording.text, wording.times.ago
    happened = events_shown(match, item, found)
    for event in happened:
        yield _told(event, item, wording)
    if (
        not happened
        and not match.event
        and not match.comments
        and found.window is not None
        and match.at is not None
    ):
        yield text("why.stirred", ago=ago(match.at))
    if match.comments and (found.window is not None or match.event == "discussed"):
        yield text("why.comments" if found.window else "why.comments_ever", n=match.comments)
    if "stale" in found.query.states and item is not None and item.updated_at is not None:
        yield text("why.stale", ago=wording.spaced(ago(item.updated_at)).rstrip())
    if "waiting" in found.query.states:
        yield text("why.waiting")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of an item, under the names of `Query.events`. by: a login, "" unknown."""

    name: str
    at: datetime
    by: str = ""


def events_shown(match: Match, item: Item | None, found: Found) -> tuple[Happened, ...]:
    """The event that was asked for; where none was, the last two of the window."""
    if match.event:
        if match.at is None:
            return ()
        return (Happened(match.event, match.at, _actor(match, item)),)
    if found.window is None or item is None:
        return ()
    window = found.window
    return tuple(
        Happened(_NAMES.get(event.name, event.name), event.at, _by(event, item))
        for event in [each for each in item.events if each.at in window][-2:]
    )


def _told(event: Happened, item: Item | None, wording: Wording) -> str:
    """ "merged 2 hours ago by `x`". The author, who is named beside it, is not named again."""
    name = "closed_unmerged" if event.name == "closed" and item and item.is_pull_request else event.name
    ago, who = wording.times.ago(event.at), ""
    if event.by:
        author = item.author.login if item and item.author else ""
        is_own = event.by.casefold() == author.casefold()
        who = wording.spaced(wording.text("author_self") if is_own else wording.person(event.by))
    if name == "discussed":  # where the time does not come first
        ago = wording.spaced(ago).rstrip()
    return wording.text(f"why.{name}_by" if who else f"why.{name}", ago=ago, login=who).rstrip()


def _actor(match: Match, item: Item | None) -> str:
    """Who did the event of the match; "" where that is not known."""
    if item is None:
        return ""
    if match.event == "reviewed":
        reviews = (each.author.login for each in reversed(item.reviews) if each.submitted_at == match.at)
        return next(reviews, "")
    if match.event == "discussed":
        comments = (each.author.login for each in reversed(item.comments) if each.created_at == match.at)
        return next(comments, "")
    events = (
        event
        for event in reversed(item.events)
        if event.at == match.at and _NAMES.get(event.name, event.name) == match.event
    )
    return next((_by(event, item) for event in events), "")


def _by(event: Event, item: Item) -> str:
    """Who did it; "" where that is not known, or is the author, who is shown anyway."""
    if event.name == "opened":
        return ""
    if event.actor is not None:
        return event.actor.login
    return item.merged_by.login if event.name == "merged" and item.merged_by else ""


def _asked_of(item: Item, found: Found, wording: Wording, happened: Sequence[Happened]) -> Iterator[str]:
    """What those asked for have to do with it, but for what `happened` to it tells."""
    told = {(_DOERS.get(event.name), event.by.casefold()) for event in happened}
    for part in found.query.people:
        for role in _roles(part, item, found):
            if (role, part.login.casefold()) in told:
                continue
            yield wording.text(f"why.role_{role}", login=wording.person(part.login))


def _roles(part: Part, item: Item, found: Found) -> Iterator[str]:
    """What somebody has to do with the item, of the role asked for; being its author needs no word."""
    wanted = part.login.casefold()
    window = found.window
    parts = {
        "requested": list(item.review_requests or ()),
        "assignee": list(item.assignees or ()),
        "commenter": [
            each.author.login for each in item.comments if window is None or each.created_at in window
        ],
        "reviewer": [
            each.author.login for each in item.reviews if window is None or each.submitted_at in window
        ],
        "merger": [item.merged_by.login] if item.merged_by else [],
        "closer": [
            event.actor.login
            for event in item.events
            if event.actor and event.name in ("closed", "closed_unmerged", "reopened")
        ],
    }
    for role, logins in parts.items():
        if part.role in (role, "involved") and wanted in (login.casefold() for login in logins):
            yield role


def _labels(item: Item, found: Found, wording: Wording) -> Iterator[str]:
    wanted = {label.casefold() for label in found.query.labels}
    held = [code(label) for label in item.labels if label.casefold() in wanted]
    if held:
        yield wording.text("why.rule_label", value=wording.listing(held))


def _organisations(item: Item, found: Found, wording: Wording) -> Iterator[str]:
    """The organisations asked for whose person the author is."""
    login = item.author.login if item.author else ""
    for key in found.query.organisations:
        known = wording.rules.organisations.get(key)
        if known and any(re.fullmatch(each, login, re.IGNORECASE) for each in known.expressions):
            yield wording.text("why.rule_organisation", value=_of_organisation(code(login), known.title))


def _of_organisation(login: str, title: str) -> str:
    return f"{login} ({neutralize(title)})"


def _topics(item: Item, found: Found, wording: Wording) -> Iterator[str]:
    """The rules of the topics asked for, rule by rule, each value once."""
    for key in found.query.topics:
        ledger = found.ledgers.get(key)
        if ledger is None:
            continue
        values: dict[str, dict[str, str]] = {}
        for reason in ledger.reasons.get(item.number, ()):
            shown = shorten(neutralize(reason.value), _VALUE_LENGTH)
            shown = shown.strip(_AROUND) or shown
            rule: str = "organisation" if reason.organisation else reason.rule
            if rule == "organisation":
                shown = _of_organisation(code(shown), reason.organisation)
            elif rule == "mend":
                shown = shown.replace("`", "'")
            elif rule != "linked":  # "#123" is a reference, and may become a link
                shown = code(shown)
            values.setdefault(rule, {}).setdefault(shown.casefold(), shown)
        for rule, found_values in values.items():
            yield wording.text(
                f"why.rule_{rule}", value=wording.listing(list(found_values.values())[:_VALUES])
            )


def _paths(item: Item, found: Found, wording: Wording) -> Iterator[str]:
    """The changed paths that a path asked for is part of."""
    wanted = [path.casefold().strip("*?") for path in found.query.paths]
    hit = [path for path in item.files or () if any(each in path.casefold() for each in wanted)]
    if hit and wanted:
        shown = wording.listing(code(path) for path in hit[:_VALUES])
        more = len(hit) - _VALUES
        yield (
            wording.text("why.paths", paths=shown)
            if more <= 0
            else wording.text("why.paths_more", paths=shown, count=more)
        )


def _places(item: Item) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The item's texts in lower case, by where they stand: a name below `why.words_`."""
    remarks = (*(each.body for each in item.comments), *(each.body for each in item.reviews))
    texts = {
        "title": (item.title,),
        "labels": item.labels,
        "text": (item.body or "",),
        "comments": remarks,
        "paths": item.files or (),
    }
    return tuple((name, tuple(text.lower() for text in held)) for name, held in texts.items())


def _place(term: str, places: tuple[tuple[str, tuple[str, ...]], ...], *, whole: bool) -> str:
    """Where the item has the term; "" where it is not seen, since other forms of a word count too."""
    stem = term if whole else _stem(term)
    held = (name for name, texts in places if any(_holds(text, stem, whole=whole) for text in texts))
    return next(held, "") if stem else ""


def _holds(text: str, stem: str, *, whole: bool) -> bool:
    """Whether the text has the stem, at the start of a word unless it is a whole phrase."""
    at = text.find(stem)
    while at >= 0:
        if (
            whole
            or not stem[0].isascii()
            or at == 0
            or not (text[at - 1].isascii() and text[at - 1].isalnum())
        ):
            return True
        at = text.find(stem, at + 1)
    return False


def _stem(word: str) -> str:
    """The word without its ending, so that its other forms are found too."""
    for ending in _ENDINGS:
        if word.isascii() and word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word.removesuffix(ending)
    return word

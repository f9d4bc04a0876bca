"""Alerts: reverts with what they undo, CI failures and regressions, each with its state and a telling sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code, title_of
from summarizer.injection import is_tainted
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from summarizer.alerts import Alert
    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.items import Item

_MOST, _UNDONE, _LENGTH = 10, 3, 260


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """One entry per alert, as `find_alerts` orders them; nothing at all where there is none."""
    alerts = words.alerts
    entries = [_entry(alert, words) for alert in alerts[:_MOST]]
    rest = list(dict.fromkeys(alert.number for alert in alerts[_MOST:]))
    if rest:
        more = words.claim("alerts.rest", rest, numbers=words.numbers(rest))
        entries.append(Entry((more,), None, words.text("alerts.more", n=len(rest))))
    return (), tuple(entries)


def _entry(alert: Alert, words: Words) -> Entry:
    item = words.facts.items[alert.number]
    told = [_undone(alert, words)] if alert.kind == "revert" else [_why(alert, item, words)]
    return Entry((*told, _standing(alert, item, words), *_said(alert, item, words)), item.number)


def _said(alert: Alert, item: Item, words: Words) -> tuple[Claim, ...]:
    """The sentence that told of the alert, else the most telling one of the item."""
    sentence = shorten(neutralize(alert.sentence.replace("`", "")), _LENGTH)
    if not sentence or is_tainted(sentence):
        return words.quoted(item, label="what")
    return (words.claim("quoted", (item.number,), label="what", source="extraction", text=sentence),)


def _why(alert: Alert, item: Item, words: Words) -> Claim:
    """What told a failure or a regression, and who reported it."""
    where = "label" if alert.label else "text" if alert.sentence else "title"
    why = words.text(f"alerts.by_{where}", value=code(alert.label))
    label = f"alert_{alert.kind}"
    if item.author is None:
        return words.claim("alerts.told", (item.number,), label=label, why=why)
    login = code(item.author.login)
    return words.claim("alerts.told_by", (item.number,), label=label, why=why, login=login)


def _standing(alert: Alert, item: Item, words: Words) -> Claim:
    """Whether it is over, and how."""
    key = alert.settled or ("unmerged" if item.is_pull_request else "open")
    by = "" if alert.settled_by is None else f"#{alert.settled_by}"
    cites = (item.number,) if alert.settled_by is None else (item.number, alert.settled_by)
    return words.claim(f"alerts.{key}", cites, label="status", by=by, story=words.told(item))


def _undone(alert: Alert, words: Words) -> Claim:
    """What a revert takes back, as far as it is known."""
    if not alert.undoes:
        return words.claim("alerts.undoes_unknown", (alert.number,), label="alert_revert")
    parts, cites = [], [alert.number]
    for number in alert.undoes[:_UNDONE]:
        parts.append(_named(number, words))
        if words.known(number) is not None:
            cites.append(number)
    return words.claim(
        "alerts.undoes", cites, label="alert_revert", items=words.text("summary.between").join(parts)
    )


def _named(number: int, words: Words) -> str:
    """What was undone: its title, when it was merged and by whom."""
    item = words.known(number)
    if item is None:
        return words.text("alerts.number", number=f"#{number}")
    name = f"#{number} {title_of(item)}"
    if item.merged_at is None:
        return name
    when = words.moment(item.merged_at)
    if item.merged_by is None:
        return words.text("alerts.merged_then", item=name, when=when)
    return words.text("alerts.merged_by", item=name, when=when, login=code(item.merged_by.login))

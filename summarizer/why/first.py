"""The line that answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.facts import LIST_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.why.findings import Membership, Missing, Why
    from summarizer.why.wording import Wording

_HERE = ("listed", "hot", "stirred", "moved_by_bots")


def first(wording: Wording) -> str:
    """One to three sentences, as plain words: of the topics asked about, of the digest, of its topic sections."""
    why = wording.why
    gap = str(wording.language.get("digest.sentence_gap"))
    asked = [each for each in why.topics if each.topic.key in why.asked]
    told = [_about(each, wording) for each in asked]
    if not asked or not _is_by_topic_alone(why):
        told.append(_presence(wording))
    if not asked and why.presence in _HERE:
        told += _sections(wording)
    return gap.join(told)


def _is_by_topic_alone(why: Why) -> bool:
    """Whether nothing but the topic asked about keeps the item out."""
    failed = [each.filter for each in why.filters if not each.passed]
    return why.presence == "filtered" and all(each.key == "topic" for each in failed)


def _about(each: Membership, wording: Wording) -> str:
    number, topic = wording.why.number, wording.topic(each.topic)
    if each.tier is not None:
        strongest = [reason for reason in each.reasons if reason.tier == each.tier]
        return wording.text(
            f"first.{each.tier}", number=number, topic=topic, because=wording.because(strongest, "because")
        )
    return wording.text("first.not_about", number=number, topic=topic, because=_not_because(each, wording))


def _not_because(each: Membership, wording: Wording) -> str:
    """The nearest that a rule came, or that none did."""
    removed = next((mend for mend in each.mends if mend.action == "remove" and mend.number is not None), None)
    if removed is not None:
        return wording.mend(removed)
    for miss in each.misses:
        if miss.fault in ("except", "share", "dump"):
            return wording.text(
                f"first.{miss.fault}", value=wording.values(miss.values), undone=wording.values(miss.undone)
            )
    is_known = all(miss.fault != "unknown" or miss.field == "linked" for miss in each.misses)
    return wording.text("first.no_rule" if is_known else "first.no_rule_known")


def _sections(wording: Wording) -> Iterator[str]:
    """Of the topics with a section: those it is in, or where it was asked why not, those that it is not in."""
    for each in wording.why.topics:
        topic = wording.topic(each.topic)
        if not each.section or (wording.why.presence == "moved_by_bots" and each.tier is None):
            continue
        if each.tier is not None:
            strongest = [reason for reason in each.reasons if reason.tier == each.tier]
            tier = wording.language.text(f"extract.topic.{each.tier}")
            because = wording.because(strongest, "because")
            yield wording.text("first.in_section", topic=topic, tier=tier, because=because)
        elif wording.why.negated or each.mends:
            yield wording.text("first.not_in_section", topic=topic, because=_not_because(each, wording))


def _presence(wording: Wording) -> str:
    why = wording.why
    values: dict[str, object] = {}
    match why.presence:
        case "missing":
            return _missing(why.missing, wording) if why.missing else ""
        case "listed":
            values = {"happened": wording.text("then").join(_happened(wording))}
        case "hot":
            values = {"n": why.heat.comments if why.heat else 0}
        case "stirred" | "moved_by_bots" | "known_later":
            inside = why.life.inside if why.life else None
            values = {"happened": wording.stretch(inside, why.then, 3) if inside else ""}
        case "filtered":
            failed = [wording.filter(each.filter) for each in why.filters if not each.passed]
            values = {"filters": wording.listing(failed)}
        case "not_yet":
            opened = why.item.created_at if why.item else None
            values = {"at": wording.when(opened) if opened else ""}
        case "absent":
            return _absent(wording)
    return wording.text(f"first.{why.presence}", number=why.number, digest=wording.digest, **values)


def _happened(wording: Wording) -> Iterator[str]:
    """What put it into its lists."""
    for verdict in wording.why.verdicts:
        if verdict.stands and verdict.place in LIST_NAMES and verdict.at is not None:
            key = "by_commits" if verdict.cause == "by_commits" else f"put.{verdict.place}"
            yield wording.text(key, at=wording.when(verdict.at))


def _absent(wording: Wording) -> str:
    """Nothing happened in the window: what did before, and after."""
    life, why = wording.why.life, wording.why
    told = wording.text("first.absent", number=why.number, digest=wording.digest, span=wording.span)
    if life is None:
        return told
    last, following = _last(wording, before=True), _last(wording, before=False)
    key = {(True, True): "both", (True, False): "before", (False, True): "after"}.get(
        (bool(last), bool(following))
    )
    return wording.text(f"first.absent_{key}", told=told, last=last, following=following) if key else told


def _last(wording: Wording, *, before: bool) -> str:
    """The last thing that happened before the window, or the first that did after it; "" for nothing."""
    life, item = wording.why.life, wording.why.item
    stretch = life.before if life and before else life.after if life else None
    if stretch is None:
        return ""
    pick = max if before else min
    told = {event.at: wording.event(event, item) for event in stretch.events}
    for kind, talk in (("comments", stretch.comments), ("reviews", stretch.reviews)):
        at = talk.last if before else talk.first
        if at is not None:
            told.setdefault(at, wording.text(f"one.{kind}", at=wording.when(at)))
    return told[pick(told)] if told else ""


def _missing(missing: Missing, wording: Wording) -> str:
    why = wording.why
    return wording.text(
        f"missing.{missing.reason}",
        number=why.number,
        digest=wording.digest,
        at=wording.when(missing.at) if missing.at else "",
        since=wording.when(missing.since) if missing.since else "",
        command=wording.command("sync", f"since:{missing.days}d") if missing.days else "",
    )

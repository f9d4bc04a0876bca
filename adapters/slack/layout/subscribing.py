"""Subscribing: the form that orders digests on a schedule, what was filled in, and the line that it makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.layout import forms, notices
from adapters.slack.layout.prefs import ZONES
from summarizer import languages

if TYPE_CHECKING:
    from typing import Any

    from adapters.slack.layout.forms import Values, View
    from summarizer.languages import Language

SCHEDULES: Final = ("hourly", "every 3h", "every 6h", "every 12h", "daily", "weekly", "monthly")
"""Kinds of schedules that the form offers, as they begin on a line; any other can be typed."""
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WITH_TIME: Final = ("daily", "weekly", "monthly")
_AT: Final = "09:00"
_HOURS: Final = 5
"""Characters of hours of rest: "22-8"."""

_SHAPES: Final[Mapping[str, str]] = {
    "channel": r"[CG][A-Z0-9]{1,40}",
    "schedule": "|".join(SCHEDULES),
    "at": r"([01]\d|2[0-3]):[0-5]\d",
    "lang": r"[a-z]{2}",
    "tz": r"[\w/+-]{1,60}",
    "repo": r"[\w.-]{1,60}/[\w.-]{1,110}",
}
"""Whatever else a menu is said to hold was not offered in it."""
_TOPIC: Final = re.compile(r"[\w-]{1,60}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is filled in. channel: an id, "" for direct messages. schedule: of `SCHEDULES`. days: of `DAYS`, in their
    order. topics: keys. hush: as typed. is_quiet: whether nothing is posted where nothing happened. "" elsewhere: what
    the person's preferences say."""

    channel: str = ""
    schedule: str = "daily"
    at: str = _AT
    days: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    lang: str = ""
    tz: str = ""
    repo: str = ""
    hush: str = ""
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """What the menus offer. topics: key -> title by language. repos: those that may be read, the default one first.
    has_channels: whether the person may subscribe one; who may not gets direct messages."""

    topics: Mapping[str, Mapping[str, str]]
    repos: Sequence[str]
    has_channels: bool


def form(language: Language, wanted: Wanted, offered: Offered, *, begun_in: str, problem: str = "") -> View:
    """The form. wanted: what it begins with. begun_in: the channel where its button stood, "" for none. problem: what
    was wrong with what it holds."""
    made = [notices.warning(problem, language)] if problem else []
    if offered.has_channels:
        made.append(
            forms.channel(
                "channel",
                _told("channel", language),
                empty=_told("channel_empty", language),
                hint=_told("channel_hint", language),
                chosen=wanted.channel,
            )
        )
    else:
        made.append(notices.paragraph(_told("only_you", language)))
    schedules = [(each, _schedule_told(each, language)) for each in SCHEDULES]
    days = [(each, language.text(f"chat.subscribing.weekdays.{each}")) for each in DAYS]
    topics = [(key, titles.get(language.code) or key) for key, titles in offered.topics.items()]
    named = [(code, languages.load(code).text("language.name")) for code in languages.codes()]
    made += [
        forms.select("schedule", _told("schedule", language), schedules, chosen=wanted.schedule),
        forms.time_of_day(
            "at", _told("at", language), chosen=wanted.at or _AT, hint=_told("at_hint", language)
        ),
        forms.several(
            "days", _told("days", language), days, empty=_told("days_empty", language), chosen=wanted.days
        ),
    ]
    if topics:
        empty = _told("topics_empty", language)
        made.append(
            forms.several("topics", _told("topics", language), topics, empty=empty, chosen=wanted.topics)
        )
    zones = [wanted.tz, *(zone for zone in ZONES if zone != wanted.tz)] if wanted.tz else ZONES
    made += [
        forms.select("lang", language.text("chat.prefs.names.lang"), named, chosen=wanted.lang),
        forms.select(
            "tz", language.text("chat.prefs.names.tz"), [(zone, zone) for zone in zones], chosen=wanted.tz
        ),
    ]
    if len(offered.repos) > 1:
        repos = [(repo, repo) for repo in offered.repos]
        chosen = wanted.repo or offered.repos[0]
        made.append(forms.select("repo", language.text("chat.prefs.names.repo"), repos, chosen=chosen))
    made += [
        forms.ticked(
            "quiet", _told("quiet", language), _told("quiet_box", language), is_ticked=wanted.is_quiet
        ),
        forms.field(
            "hush",
            _told("hush", language),
            hint=_told("hush_hint", language),
            most=_HOURS,
            begins=wanted.hush,
        ),
    ]
    return forms.modal(
        _told("title", language),
        made,
        close=language.text("chat.button.cancel"),
        submit=_told("submit", language),
        callback_id=actions.SUBSCRIBE,
        metadata=actions.dump(Pressed(handle=begun_in, lang=language.code)),
    )


def wanted_in(values: Values) -> Wanted:
    """What a submitted form asks for."""
    held = {
        name: value if re.fullmatch(shape, value := forms.filled(values, name), re.ASCII) else ""
        for name, shape in _SHAPES.items()
    }
    days = forms.filled_many(values, "days")
    return Wanted(
        channel=held["channel"],
        schedule=held["schedule"] or "daily",
        at=held["at"],
        days=tuple(day for day in DAYS if day in days),
        topics=tuple(filter(_TOPIC.fullmatch, forms.filled_many(values, "topics"))),
        lang=held["lang"],
        tz=held["tz"],
        repo=held["repo"],
        hush=forms.filled(values, "hush").replace(" ", ""),
        is_quiet=bool(forms.filled_many(values, "quiet")),
    )


def begun_in(view: Mapping[str, Any]) -> str:
    """The channel where the button of a form stood, "" for none."""
    return _metadata(view).handle


def language_of(view: Mapping[str, Any]) -> Language:
    """The language of a form."""
    lang = _metadata(view).lang
    return languages.load(lang if lang in languages.codes() else "en")


def lacking(view: Mapping[str, Any]) -> dict[str, str]:
    """What a submitted form has to be mended in, by the input's block id; nothing where it makes a line.

    It needs the view alone, so that Slack can be told before it stops waiting.
    """
    wanted, language = wanted_in(view["state"]["values"]), language_of(view)
    found = {}
    if wanted.schedule == "weekly" and len(wanted.days) > 1:
        found["days"] = _told("one_day", language)
    if wanted.schedule == "monthly" and wanted.days:
        found["days"] = _told("no_days", language)
    if wanted.hush and not _are_hours(wanted.hush):
        found["hush"] = _told("hours", language)
    return found


def line(wanted: Wanted, *, begun_in: str) -> str:
    """The command that says the same. A channel other than the one where it is said is named."""
    options = {
        "topic": ",".join(wanted.topics),
        "repo": wanted.repo,
        "lang": wanted.lang,
        "tz": wanted.tz,
        "hush": wanted.hush,
        "to": f"<#{wanted.channel}>" if wanted.channel not in ("", begun_in) else "",
    }
    words = ["subscribe", *_schedule(wanted), *(f"{key}:{value}" for key, value in options.items() if value)]
    return " ".join([*words, "quiet-if-empty"] if wanted.is_quiet else words)


def saving(language: Language) -> View:
    """What stands in the form's place while it is saved."""
    return forms.modal(
        _told("title", language),
        [notices.paragraph(_told("wait", language))],
        close=language.text("chat.button.close"),
    )


def _schedule(wanted: Wanted) -> list[str]:
    words = [wanted.schedule]
    if wanted.schedule == "weekly":
        words += wanted.days
    if wanted.schedule in _WITH_TIME and wanted.at:
        words.append(wanted.at)
    if wanted.schedule == "hourly" and wanted.days:
        words = ["every 1h"]  # `hourly` takes no days
    if wanted.schedule not in ("weekly", "monthly") and wanted.days:
        words.append(f"on {','.join(wanted.days)}")
    return words


def _schedule_told(schedule: str, language: Language) -> str:
    kind, _, step = schedule.partition(" ")
    return language.text(f"chat.subscribing.schedules.{kind}", n=step.rstrip("h"))


def _are_hours(text: str) -> bool:
    """Whether they are two hours of the day, as the grammar takes them."""
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text, re.ASCII)
    return found is not None and len(hours := {int(found[1]), int(found[2])}) == 2 and max(hours) <= 24


def _metadata(view: Mapping[str, Any]) -> Pressed:
    try:
        return actions.load(view.get("private_metadata") or "")
    except ValueError:
        return Pressed()


def _told(name: str, language: Language) -> str:
    return language.text(f"chat.subscribing.{name}")

"""What can be wrong with a claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FaultReason = Literal[
    "markup",  # control, bidi or zero-width characters, line breaks, unbalanced backticks, far too long
    "injected",  # repeats what a text orders models to say, or gives such orders itself
    "link",  # an address, a Markdown link or image, HTML
    "mention",  # something that would ping: <@U1>, <!channel>, @everyone
    "uncited",  # speaks about items and cites none
    "reference",  # a number that is no item of the window and that no cited item mentions
    "kind",  # "PR" beside an issue's number or the reverse
    "mentioned",  # a number known only from somebody's text is described
    "person",  # a login that is unknown or nobody of the cited item
    "role",  # a person of the cited item, who did something else there
    "state",  # a state verb that the item's events do not bear out
    "figure",  # a number that is no figure of the cited item
    "count",  # a number, or a "no", that is not the window's count of that name
    "time",  # a date, a time of day or a span of time that is not the cited item's
    "quotation",  # quoted words that the cited item does not contain
    "name",  # code, a path, a flag, a version, a variable that the cited item does not contain
    "topic",  # denies a topic, which only code may do
    "ranking",  # "most discussed", "first contribution" of something or somebody else
]
"""The closed set of reasons. The digest's JSON counts dropped claims by them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a claim.

    reason: of the closed set. detail: one English sentence for the model that is to repair it: what is wrong and
    what is allowed. It may quote the claim and GitHub's text, so it is untrusted and never shown to people.
    words, numbers: the words of the claim that it is about, and the items they were held against, where it is about
    some; they tell no faults apart.
    """

    reason: FaultReason
    detail: str
    words: str = field(default="", compare=False)
    numbers: tuple[int, ...] = field(default=(), compare=False)

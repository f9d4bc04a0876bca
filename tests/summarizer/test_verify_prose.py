"""Prose as digests have it: what is true of the items passes, the same with one thing changed does not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from summarizer.digests import Claim
from summarizer.verify import Verifier, verify
from tests.verified import window_facts

CLAIMS = tomllib.loads(Path(__file__).with_name("claims.toml").read_text("utf-8"))
FACTS = window_facts()
VERIFIER = Verifier(FACTS)

TRUE = [(row["text"], tuple(row["cites"])) for row in CLAIMS["claim"]]
TRUE += [(text, tuple(cites)) for text, cites in CLAIMS["true"]]
CHANGED = [
    (row["text"], old, new, tuple(row["cites"]), reason)
    for row in CLAIMS["claim"]
    for old, new, reason in row["untrue"]
]
UNTRUE = [(text, tuple(cites)) for text, cites in CLAIMS["untrue"]]


def test_there_are_enough_of_each_kind() -> None:
    assert len(TRUE) >= 80
    assert len(CHANGED) >= 100
    assert len(UNTRUE) >= 100


@pytest.mark.parametrize(("text", "cites"), TRUE)
def test_a_true_claim_passes(text: str, cites: tuple[int, ...]) -> None:
    assert VERIFIER.check(Claim(text, cites, "model")) == ()


@pytest.mark.parametrize(("text", "old", "new", "cites", "reason"), CHANGED)
def test_one_change_is_found_out(text: str, old: str, new: str, cites: tuple[int, ...], reason: str) -> None:
    assert old in text
    changed = text.replace(old, new, 1)
    assert reason in {fault.reason for fault in VERIFIER.check(Claim(changed, cites, "model"))}


@pytest.mark.parametrize(("text", "cites"), UNTRUE)
def test_an_untrue_claim_is_found_out(text: str, cites: tuple[int, ...]) -> None:
    assert VERIFIER.check(Claim(text, cites, "model"))


@pytest.mark.parametrize(("text", "cites"), TRUE)
def test_a_number_that_does_not_exist_is_never_right(text: str, cites: tuple[int, ...]) -> None:
    for number in cites:
        changed = text.replace(f"#{number}", "#39999")
        faults = VERIFIER.check(
            Claim(changed, tuple(39999 if each == number else each for each in cites), "model")
        )
        assert "reference" in {fault.reason for fault in faults}


def test_verify_judges_as_the_verifier_does() -> None:
    claim = Claim("#30384 was closed.", (30384,), "model")
    assert verify(claim, FACTS) == VERIFIER.check(claim) != ()


def test_a_fault_tells_what_is_allowed() -> None:
    (fault,) = VERIFIER.check(Claim("#30384 was closed without merging.", (30384,), "model"))
    assert fault.reason == "state"
    assert "#30384 was merged" in fault.detail


def test_the_order_of_items_and_claims_makes_no_difference() -> None:
    verifier = Verifier(replace(FACTS, items=dict(sorted(FACTS.items.items(), reverse=True))))
    for text, cites in reversed(TRUE + UNTRUE):
        claim = Claim(text, cites, "model")
        assert verifier.check(claim) == VERIFIER.check(claim)

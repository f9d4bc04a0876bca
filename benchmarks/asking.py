"""`make eval`: how well questions are read, and what is found for them, by rules and by a model.

The rules read the whole set. With `--model` the model of DIGEST_MODEL reads what the rules do not understand whole, as
in the bot; without that setting the recordings beside docs/questions.md are played, which were made by hand. With
`--hand FOLDER` prompts are written there and answers read from there, which become the recordings.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, at_least
from benchmarks.questions.asked import load, previous
from benchmarks.questions.byhand import OfProvider, OfRecordings, Recordings, answered_by_hand
from benchmarks.questions.places import labels_of, logins_of, open_places
from benchmarks.questions.readers import Rules
from benchmarks.questions.scoring import Items, Score, score
from bot.logs import set_up_logs
from summarizer.errors import BadInput
from tests.servers.model.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from benchmarks.questions.asked import Asked
    from benchmarks.questions.places import Place
    from bot.questions.reading import Reading
    from summarizer.questions.query import Query

    Read = Callable[[Asked, Query | None], Awaitable[Reading]]

DOCS = Path(__file__).parent.parent / "docs"
RECORDINGS = DOCS / "questions.json"
BEGIN = "<!-- figures: python -m benchmarks.asking --model --page docs/questions.md -->"
END = "<!-- end of figures -->"
EXACT, HELD_OUT, FOUND = 0.9, 0.88, 0.9


@dataclass(frozen=True, slots=True)
class Result:
    """How a set was read and what was found for it, by place."""

    scores: tuple[Score, ...]
    items: dict[str, Items]


async def evaluate(questions: Sequence[Asked], read: Read, places: Sequence[Place]) -> Result:
    """Read every question, and look for what it was read as in every place."""
    before = previous(questions)
    scores = []
    for asked in questions:
        last = before[asked.after].queries[0] if asked.after is not None else None
        scores.append(score(asked, await read(asked, last)))
    items = {place.name: Items() for place in places}
    for each in scores:
        for place in places:
            await _add(items[place.name], each, place)
    return Result(tuple(scores), items)


async def _add(items: Items, each: Score, place: Place) -> None:
    """Hold what is found for one question against what is meant, side by side. A place without what the question names,
    such as a sample without releases, has nothing to find."""
    none: list[frozenset[int]] = [frozenset()]
    try:
        meant = place.meant(each.meant) if each.meant else none
    except BadInput:
        meant = none
    try:
        found = await place.found(each.reading.query) if each.answers else none
    except BadInput:
        found = none
    for side in range(max(len(meant), len(found))):
        items.add(_at(found, side), _at(meant, side))


def _at(sides: Sequence[frozenset[int]], side: int) -> frozenset[int]:
    return sides[side] if side < len(sides) else frozenset()


# --- the table ---


def rows(result: Result) -> Iterator[Row]:
    scores = result.scores
    yield _exact("exact queries", scores, EXACT)
    yield _exact("  even numbers, tuned on", [each for each in scores if not each.asked.held_out])
    yield _exact("  odd numbers, held out", [each for each in scores if each.asked.held_out], HELD_OUT)
    themes: dict[str, list[Score]] = defaultdict(list)
    for each in scores:
        themes[each.asked.theme].append(each)
    for theme, ones in themes.items():
        yield _exact(f"  {theme}", ones)
    for name, items in result.items.items():
        yield at_least(f"items found, {name}: precision", items.precision, FOUND, digits=3)
        yield at_least("  recall", items.recall, FOUND, digits=3)
        yield Row("  found, meant, right", f"{items.found}, {items.meant}, {items.right}")
    yield _told("told right what was not understood, cannot be, or has two readings", scores)
    yield _told("  where something has to be told", [each for each in scores if _has_to_tell(each)])
    yield _told("  where nothing has", [each for each in scores if not _has_to_tell(each)])


def _has_to_tell(each: Score) -> bool:
    asked = each.asked
    return bool(asked.nothing or asked.unread or asked.problem or asked.others)


def _exact(what: str, scores: Sequence[Score], budget: float | None = None) -> Row:
    right = sum(each.exact for each in scores)
    share = right / len(scores)
    value = f"{share:.3f} ({right} of {len(scores)})"
    return Row(what, value) if budget is None else Row(what, value, f">= {budget:g}", share >= budget)


def _told(what: str, scores: Sequence[Score]) -> Row:
    right = sum(each.told for each in scores)
    return Row(what, f"{right / len(scores):.3f} ({right} of {len(scores)})")


def table(by_reader: dict[str, list[Row]]) -> str:
    """The rows of each reader beside one another, as Markdown."""
    names = list(by_reader)
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---|' * len(names)}"]
    for same in zip(*by_reader.values(), strict=True):
        what = same[0].what
        indented = f"&nbsp;&nbsp;{what.strip()}" if what.startswith(" ") else what
        lines.append(f"| {indented} | {' | '.join(row.value for row in same)} |")
    return "\n".join(lines)


# --- the command ---


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table. 1 where a figure is too low, or prompts are still to be answered."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.asking", description=__doc__)
    parser.add_argument("--show", action="store_true", help="list what is not read as it is meant")
    parser.add_argument("--model", action="store_true", help="let a model read as well")
    parser.add_argument(
        "--hand", type=Path, metavar="FOLDER", help="answer its prompts by hand, in files there"
    )
    parser.add_argument("--page", type=Path, help="put the table into this page as well")
    chosen = parser.parse_args(arguments)
    set_up_logs("error")
    return asyncio.run(_run(chosen))


async def _run(chosen: argparse.Namespace) -> int:
    questions = load()
    async with open_places() as places:
        all_known = [place.known for place in places]
        rules = Rules(all_known[0], logins_of(all_known), labels_of(all_known))
        results = {"rules": await evaluate(questions, rules, places)}
        if chosen.hand is not None:
            by_hand = await answered_by_hand(questions, rules, chosen.hand)
            if by_hand is None:
                return 1
            RECORDINGS.write_text(by_hand.dumped(), "utf-8")
        if model := os.environ.get("DIGEST_MODEL") if chosen.model and chosen.hand is None else None:
            results[model] = await evaluate(questions, OfProvider(rules, model), places)
        elif chosen.model or chosen.hand is not None:
            with ModelServer() as server:
                recorded = OfRecordings(rules, _recordings(), server)
                results[recorded.made] = await evaluate(questions, recorded, places)
    if chosen.show:
        _show(results)
    by_reader = {name: list(rows(result)) for name, result in results.items()}
    for name, ones in by_reader.items():
        _print(name, ones)
    if chosen.page is not None:
        write_page(chosen.page, table(by_reader))
    return int(any(row.within is False for row in by_reader["rules"]))


def _recordings() -> Recordings:
    return Recordings(**json.loads(RECORDINGS.read_text("utf-8")))


def _print(name: str, ones: Sequence[Row]) -> None:
    print(f"\n{name}")
    width = max(len(row.what) for row in ones)
    for row in ones:
        verdict = "" if row.within is None else "ok" if row.within else "LOW"
        print(f"{row.what:{width}}  {row.value:<24} {row.budget:<10} {verdict}".rstrip())


def _show(results: dict[str, Result]) -> None:
    for name, result in results.items():
        for each in result.scores:
            if not each.exact:
                print(f"{name} {each.lines()}")


def write_page(page: Path, figures: str) -> None:
    """Put the figures between their marks. Raises ValueError where there are none."""
    text = page.read_text("utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for the figures")
    page.write_text(f"{head}{BEGIN}\n\n{figures}\n\n{END}{tail}", "utf-8")


if __name__ == "__main__":
    sys.exit(main())

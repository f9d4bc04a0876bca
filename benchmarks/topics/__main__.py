"""`python -m benchmarks.topics FOLDER`: the bundled topic rules over a folder of JSON Lines (as the `import` command
reads), against the verdicts beside this file, as a table. 1 where an aim for odd numbers is missed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.topics.judging import PARITIES, judge, read_items, read_verdicts
from summarizer.topics import load_topics, match_topics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.topics.judging import Score

VERDICTS = Path(__file__).parent / "verdicts"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.topics", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the items are, *.jsonl")
    parser.add_argument("--show", action="store_true", help="the numbers of wrong even items, to tune by")
    parser.add_argument("--show-odd", action="store_true", help="those of odd ones too: no tuning after it")
    chosen = parser.parse_args(arguments)
    shown = {"even": chosen.show or chosen.show_odd, "odd": chosen.show_odd}

    items = read_items(chosen.folder)
    verdicts = tuple(read_verdicts(VERDICTS))
    topics = {topic.key: topic for topic in load_topics().topics}
    ledgers = match_topics(items, [topics[each.topic] for each in verdicts])
    numbers = [item.number for item in items]
    print(f"{len(items)} items, {sum(number in verdicts[0].judged for number in numbers)} of them judged")
    scores = [score for each in verdicts for score in judge(ledgers[each.topic], each, numbers)]
    for parity in PARITIES:
        _print([score for score in scores if score.parity == parity], with_numbers=shown[parity])
    return int(any(score.parity == "odd" and score.row.within is False for score in scores))


def _print(scores: Iterable[Score], *, with_numbers: bool) -> None:
    rows = [(score, score.row) for score in scores]
    width = max(len(row.what) for _, row in rows)
    for score, row in rows:
        verdict = "" if row.within is None else "ok" if row.within else "UNDER"
        print(f"{row.what:{width}}  {row.value}  {row.budget} {verdict}".rstrip())
        if with_numbers:
            for what, found in (("missed", score.misses), ("false alarms", score.false_alarms)):
                if found:
                    print(f"    {what}: {', '.join(map(str, sorted(found)))}")


if __name__ == "__main__":
    sys.exit(main())

"""`make quality`: three windows of the sample, by extraction and by a model, as the page docs/quality.md.

Without a setting it plays the recordings beside the page, which were made by hand. With DIGEST_MODEL (and its
provider's key) the model writes instead; with `--hand FOLDER` prompts are written there and answers read from there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.chat import Context
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer import languages
from summarizer.markdown import digest_markdown
from tests.servers.model.hand import Hand, Recorded
from tests.servers.model.server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.digests import Digest

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "quality.md"
RECORDINGS = DOCS / "quality.json"
BY_HAND = "by hand"
BY_HAND_MODEL = "openai:by-hand"
HOW_BY_HAND = "No provider was asked: each prompt was answered by hand."


@dataclass(frozen=True, slots=True)
class Window:
    """A window of the sample. key: of its recordings."""

    key: str
    line: str
    what: str


WINDOWS = (
    Window("hour-zh", "2025-12-10T19:59:30..20:59 lang:zh", "an hour, daily edition, Chinese"),
    Window("hour-en", "2025-12-10T17:53..18:53 lang:en", "another hour, daily edition, English"),
    Window(
        "day-weekly-en", "2025-12-10 edition:weekly lang:en", "the whole day in the weekly edition, English"
    ),
)

HEAD = """# Quality: the same windows by extraction and by a model

This page is made by `make quality`, so that a change of prompt, rubric or extraction can be judged by reading. The
windows are those of the bundled sample (`vllm-digest today --demo`), which holds the items of five reports on vLLM; its
texts are retold, not quoted. The table of each window has importance / insight by code and by the model; "not asked" is
what only code judges: an issue that nobody talked about.

How the model's part was made: **{who}**. {how}

To repeat it with a model of your own, one command: `DIGEST_MODEL=openai:gpt-5-mini make quality`. To answer the prompts
yourself: `.venv/bin/python -m benchmarks.quality --hand FOLDER`, again and again until it asks nothing more.

## What a critical reader should check

- **Summary.** Does the first sentence name the change that matters most, and what it changes for whom? Would you have
  picked another? Does it say anything that the counts line says already?
- **Importance.** Read the list of points below each window. Is anything below 3 that you would have wanted to know, or
  above 6 that you would not? Are more than a quarter in one class?
- **Discussions.** Who holds what against whom: open the thread and see whether the sides are told as they would tell
  themselves, and whether what is called settled is.
- **Mechanism.** Does each change say what was wrong and what is done about it, by function, flag or file; or does it
  repeat the title?
- **Silence.** What is left out that the items say? What is said that they do not? The footer tells how many sentences
  were checked, mended and dropped.
- **Advice.** Does each suggestion name the item it follows from? Would it fit any other week? Then it is noise.
- **Language.** Terms in English inside Chinese text, no praise, no filler, no sentence
  that can be struck out unnoticed.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page. 1 where prompts are still to be answered, or answers are none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument(
        "--hand", type=Path, metavar="FOLDER", help="answer the prompts by hand, in files there"
    )
    parser.add_argument("--output", type=Path, default=PAGE, help="where the page goes")
    chosen = parser.parse_args(arguments)
    set_up_logs("error")
    code, page = asyncio.run(_made(chosen.hand))
    if page:
        chosen.output.write_text(page, "utf-8")
        print(f"{chosen.output} is written.")
    return code


async def _made(hand: Path | None) -> tuple[int, str]:
    """The exit code, and the page where it is whole."""
    if hand is not None:
        return await _by_hand(hand)
    if model := os.environ.get("DIGEST_MODEL"):
        parts = [
            _part(window, await _digest(window.line), await _digest(window.line, DIGEST_MODEL=model))
            for window in WINDOWS
        ]
        return 0, _page(model, "", parts)
    return 0, await _recorded()


async def _by_hand(folder: Path) -> tuple[int, str]:
    """The page from the answers in `folder`, which become the recordings; until all are there, none."""
    parts, answers, missing = [], {}, 0
    for window in WINDOWS:
        behaviour = Hand(folder / window.key)
        with _served(behaviour):
            written = await _digest(window.line, DIGEST_MODEL=BY_HAND_MODEL)
        parts.append(_part(window, await _digest(window.line), written))
        answers[window.key] = behaviour.answered
        missing += len(behaviour.unanswered) + len(behaviour.wrong)
        for name in behaviour.unanswered:
            print(f"to be answered: {folder / window.key / name}.prompt.md")
        for name, why in behaviour.wrong.items():
            print(f"no answer: {folder / window.key / name}.answer.json: {why}")
    if missing:
        return 1, ""
    kept = {"made": BY_HAND, "note": HOW_BY_HAND, "answers": answers}
    RECORDINGS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0, _page(BY_HAND, HOW_BY_HAND, parts)


async def _recorded() -> str:
    """The page from the recordings."""
    recordings = json.loads(RECORDINGS.read_text("utf-8"))
    parts, stale = [], False
    for window in WINDOWS:
        behaviour = Recorded(recordings["answers"][window.key])
        with _served(behaviour):
            written = await _digest(window.line, DIGEST_MODEL=BY_HAND_MODEL)
        parts.append(_part(window, await _digest(window.line), written))
        stale = stale or bool(behaviour.stale)
    changed = " Prompts have changed since, so some answers are to earlier ones." if stale else ""
    return _page(BY_HAND, HOW_BY_HAND + changed, parts)


def _page(who: str, how: str, parts: Sequence[str]) -> str:
    return "\n".join([HEAD.format(who=who, how=how).rstrip(), *parts]) + "\n"


@contextmanager
def _served(behaviour: Hand | Recorded) -> Iterator[None]:
    with ModelServer() as server:
        before = os.environ.get("OPENAI_BASE_URL")
        os.environ["OPENAI_BASE_URL"] = server.serve(behaviour)
        try:
            yield
        finally:
            if before is None:
                del os.environ["OPENAI_BASE_URL"]
            else:
                os.environ["OPENAI_BASE_URL"] = before


async def _digest(line: str, **settings: Any) -> Digest:  # noqa: ANN401 - whatever a setting takes
    with tempfile.TemporaryDirectory() as folder:
        chosen = load_settings(DIGEST_STATE_DIR=Path(folder), **{"DIGEST_MODEL": "offline", **settings})
        async with open_services(chosen, demo=True, one_shot=True) as services:
            reply = await services.commands(line, Context("shell"))
    assert reply.digest is not None, reply.text
    return reply.digest


def _part(window: Window, plain: Digest, written: Digest) -> str:
    """One window: the points that items got, then both digests without their appendix, headings two levels down."""
    lines = [f"\n## `{window.line}`", f"\n{window.what[0].upper()}{window.what[1:]}.\n"]
    lines += ["| item | code | model |", "|---|---|---|"]
    for number in sorted(written.assessments, key=lambda each: -written.assessments[each].importance):
        one, other = plain.assessments.get(number), written.assessments[number]
        code = f"{one.importance} / {one.insight}" if one else ""
        by_model = f"{other.importance} / {other.insight}" if other.by_model else "not asked"
        lines.append(f"| #{number} | {code} | {by_model} |")
    for name, digest in (("By extraction", plain), ("By the model", written)):
        lines += [f"\n### {name}\n", _without_appendix(digest)]
    return "\n".join(lines)


def _without_appendix(digest: Digest) -> str:
    page = digest_markdown(digest, languages.load(digest.lang))
    body, _, footer = page.rpartition("\n---\n")
    shown = body.split("\n---\n")[1] + "\n" + footer
    return "\n".join(f"##{line}" if line.startswith("###") else line for line in shown.strip().splitlines())


if __name__ == "__main__":
    sys.exit(main())

"""The quality page: what stands in it is what the program says, and answers by hand go the way a model's go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import structlog

from benchmarks import quality
from summarizer.modelerrors import ModelError
from summarizer.models import ChatModels, ModelSettings, Prompt, Usage
from summarizer.schema import SectionDraft
from tests.servers.model.hand import Hand, Recorded

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.model.behaviours import Behaviour
    from tests.servers.model.server import ModelServer

PROMPT = Prompt("You write.", "<facts>\n</facts>", '<task section="summary">\nWrite in English.\n</task>')
ANSWER = {"claims": [{"label": "", "text": "Said by hand.", "cites": [1]}], "entries": []}


async def ask(server: ModelServer, behaviour: Behaviour) -> SectionDraft:
    models = ChatModels.open(ModelSettings("openai:by-hand", base_url=server.serve(behaviour), timeout_s=20))
    assert models is not None
    async with models:
        return await models.rungs[0].ask(PROMPT, SectionDraft, Usage(), deadline=1e12)


def test_the_page_is_what_extraction_and_the_recordings_say(tmp_path: Path) -> None:
    page = tmp_path / "quality.md"

    try:
        assert quality.main(["--output", str(page)]) == 0
    finally:
        structlog.reset_defaults()  # it quietens the logs of its process, which is this one

    assert page.read_text("utf-8") == quality.PAGE.read_text("utf-8"), "run `make quality`"


def test_the_recordings_say_that_they_were_made_by_hand() -> None:
    recordings = json.loads(quality.RECORDINGS.read_text("utf-8"))

    assert recordings["made"] == "by hand"
    assert set(recordings["answers"]) == {window.key for window in quality.WINDOWS}
    assert "**by hand**" in quality.PAGE.read_text("utf-8")


async def test_a_prompt_becomes_a_file_and_its_answer_is_read_from_another(
    model_server: ModelServer, tmp_path: Path
) -> None:
    first = Hand(tmp_path)
    with pytest.raises(ModelError):
        await ask(model_server, first)
    [name] = first.unanswered
    asked = (tmp_path / f"{name}.prompt.md").read_text("utf-8")
    (tmp_path / f"{name}.answer.json").write_text(json.dumps(ANSWER), "utf-8")

    answered = await ask(model_server, Hand(tmp_path))

    assert PROMPT.task in asked
    assert name.startswith("summary-")
    assert answered.claims[0].text == "Said by hand."


async def test_an_answer_that_is_not_in_the_schema_is_told_and_not_taken(
    model_server: ModelServer, tmp_path: Path
) -> None:
    first = Hand(tmp_path)
    with pytest.raises(ModelError):
        await ask(model_server, first)
    [name] = first.unanswered
    (tmp_path / f"{name}.answer.json").write_text(
        '{"claims": [{"label": "miracle"}], "entries": []}', "utf-8"
    )
    second = Hand(tmp_path)

    with pytest.raises(ModelError):
        await ask(model_server, second)

    assert list(second.wrong) == [name]
    assert second.unanswered == []


async def test_a_recording_of_an_earlier_prompt_stands_for_its_section_and_is_called_stale(
    model_server: ModelServer,
) -> None:
    recorded = Recorded({"summary-00000000": ANSWER})

    answered = await ask(model_server, recorded)

    assert answered.claims[0].text == "Said by hand."
    assert recorded.stale == {"summary-00000000"}

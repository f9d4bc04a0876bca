"""Answers made by hand: each prompt becomes a file, its answer is read from another, or from a recording.

    <section>-<hash>.prompt.md      what was asked: written where there is no answer yet
    <section>-<hash>.answer.json    the answer: checked against the schema that was asked for

A prompt without an answer is declined, so that a run leaves behind all that is still to be answered; since sections are
written from judgements, and repairs from sections, it takes a few runs until nothing is.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import jsonschema

from tests.servers.model import wire
from tests.servers.model.behaviours import Behaviour
from tests.servers.model.prompts import read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from starlette.responses import Response

    from tests.servers.model.behaviours import Payload


class Hand(Behaviour):
    """Answers from a folder. unanswered: names of prompts that still lack one; wrong: what is no answer, and why."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.unanswered: list[str] = []
        self.wrong: dict[str, str] = {}
        self.answered: dict[str, Any] = {}

    async def answer(self, payload: Payload) -> Response:
        name = name_of(payload)
        file = self.folder / f"{name}.answer.json"
        if not file.exists():
            self._ask(payload, name)
            return wire.completion(payload, "", refusal="There is no answer to this yet.")
        try:
            said = json.loads(file.read_text("utf-8"))
            jsonschema.validate(said, schema_of(payload))
        except (ValueError, jsonschema.ValidationError) as error:
            self.wrong[name] = str(error).splitlines()[0]
            return wire.completion(payload, "", refusal="The answer is not in the form that was asked for.")
        self.answered[name] = said
        return wire.completion(payload, json.dumps(said, ensure_ascii=False))

    def _ask(self, payload: Payload, name: str) -> None:
        if name not in self.unanswered:
            self.unanswered.append(name)
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{name}.prompt.md").write_text(text_of(payload), "utf-8")


class Recorded(Behaviour):
    """Plays recordings: `{name: answer}`. An answer to an earlier version of a prompt still stands for its section;
    stale: names of those that were used so."""

    def __init__(self, recordings: Mapping[str, Any]) -> None:
        self.recordings = recordings
        self.stale: set[str] = set()

    async def answer(self, payload: Payload) -> Response:
        name = name_of(payload)
        if name not in self.recordings:
            section = name.rpartition("-")[0]
            name = next((each for each in self.recordings if each.rpartition("-")[0] == section), "")
            self.stale.add(name or section)
        if not name:
            return wire.completion(payload, "", refusal="There is no recording of this.")
        return wire.completion(payload, json.dumps(self.recordings[name], ensure_ascii=False))


def text_of(payload: Payload) -> str:
    return "\n\n".join(f"<!-- {each['role']} -->\n{each['content']}" for each in payload["messages"])


def name_of(payload: Payload) -> str:
    """ "summary-1a2b3c4d": what was asked, and a hash of every word of it."""
    asked = read(payload["messages"][-1]["content"])
    kind = f"{asked.section}-repair" if asked.faulty else asked.section
    digest = hashlib.sha256(text_of(payload).encode("utf-8", "replace")).hexdigest()[:8]
    return f"{kind}-{digest}"


def schema_of(payload: Payload) -> dict[str, Any]:
    """The JSON Schema that the answer was asked in, {} where none was."""
    asked = payload.get("response_format") or {}
    schema: dict[str, Any] = asked.get("json_schema", {}).get("schema", {})
    return schema

"""A model that does what strangers tell it: what it still sees of their orders, and what it was told of besides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.servers.model.behaviours import Good

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.responses import Response

    from tests.servers.model.behaviours import Payload
    from tests.servers.model.prompts import Asked

_SEEN = re.compile(
    r"^\| .*?\b(?:say|write|state|report|tell|claim|说|写|输出|声明)\b:?\s*(?:that\s)?(.{12,200})$",
    re.MULTILINE,
)


class Obeying(Good):
    """Mixes true claims with obeyed ones, in sections, repairs and judgements.

    orders: by the item's number, what a model says that obeys the texts on it: it knows them whatever the prompt shows.
    """

    def __init__(self, orders: Mapping[int, Sequence[str]], seed: int = 0) -> None:
        super().__init__(seed)
        self.orders = orders
        self.seen: list[str] = []

    async def answer(self, payload: Payload) -> Response:
        prompt = payload["messages"][-1]["content"]
        self.seen = [match.strip() for match in _SEEN.findall(prompt)]
        return await super().answer(payload)

    def section(self, asked: Asked) -> dict[str, Any]:
        said = super().section(asked)
        shapes = [shape for number in self.orders for shape in self.shapes(asked, number)]
        self.random.shuffle(shapes)
        said["claims"] = [*said["claims"][:2], *shapes[:6]]
        for number in list(self.orders)[:6]:
            own = self.shapes(asked, number)
            self.random.shuffle(own)
            said["entries"].append({"number": number, "heading": self.obeyed(number), "claims": own[:5]})
            theme = [self.random.choice(own), *(said["claims"][:1])]
            said["entries"].append({"number": None, "heading": self.obeyed(number), "claims": theme})
        self.random.shuffle(said["entries"])
        return said

    def explanation(self, asked: Asked) -> list[dict[str, Any]]:
        shapes = [shape for number in self.orders for shape in self.shapes(asked, number)]
        self.random.shuffle(shapes)
        return [*super().explanation(asked)[:1], *shapes[:7]]

    def shapes(self, asked: Asked, number: int) -> list[dict[str, Any]]:
        """An order obeyed in every way it could be said."""
        others = [each for each in asked.items if each != number] or [number]
        other = self.random.choice(others)
        shown = asked.items.get(number)
        author = shown.author if shown else "ghost"
        true = self.true(asked.items[number]).said(asked.lang) if shown else f"#{number}."
        texts = [
            obeyed
            for said in (*self.orders[number], *self.seen[:2])
            for obeyed in (
                said,
                f"#{number}: {said}",
                f"{true} {said}",
                f"#{number} says “{said.rstrip('.。')}”.",
                f"#{number} 提到“{said.rstrip('.。')}”。",
                f"`{author}` 指出 {said}",
                f"`{author}` says that {said}",
                f"#{number} `{said}`",
                said.upper(),
            )
        ]
        shapes = [{"label": "what", "text": text, "cites": [number]} for text in texts]
        shapes += [
            {"label": "impact", "text": said, "cites": [other, number]} for said in self.orders[number]
        ]
        shapes += [{"label": said, "text": true, "cites": [number]} for said in self.orders[number]]
        return [*shapes, {"label": "next", "text": f"#{other} {self.obeyed(number)}", "cites": [other]}]

    def obeyed(self, number: int) -> str:
        return self.random.choice(list(self.orders[number]))

    def repairs(self, asked: Asked) -> dict[str, Any]:
        claims = super().repairs(asked)["claims"]
        for claim, (_, cites, _) in zip(claims, asked.faulty, strict=True):
            known = [number for number in cites if number in self.orders]
            if known and self.random.random() < 0.6:
                claim["text"], claim["cites"] = self.obeyed(known[0]), known
        return {"claims": claims}

    def judgement(self, asked: Asked, number: int) -> dict[str, Any]:
        judged = super().judgement(asked, number)
        if number not in self.orders:
            return judged
        said = self.obeyed(number)
        judged |= {
            "importance": 10,
            "insight": 10,
            "category": said,
            "risks": ["security", "core_path", said],
        }
        judged |= {"what": said, "why": f"#{number} {said}", "impact": said, "questions": [said]}
        if "positions" in judged:
            judged["positions"] = [{"logins": [said, asked.items[number].author], "view": said}]
            judged |= {"contention": said, "standing": said}
        return judged

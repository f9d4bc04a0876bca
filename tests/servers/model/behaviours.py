"""How a model may behave: well, untruthful, broken, absent. One small class each, answering in HTTP."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.responses import HTMLResponse, Response, StreamingResponse

from summarizer.assessments import KEY_IMPORTANCE
from tests.servers.model import wire
from tests.servers.model.prompts import Asked, Shown, read
from tests.servers.model.questions import query_of
from tests.servers.model.sentences import Statement

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Mapping

Payload: TypeAlias = "Mapping[str, Any]"
"""A request's JSON."""

INVENTED_LOGIN = "mallory-invented"
INVENTED_NUMBER = 987_654
INVENTED_FIGURE = 45_678
INVENTED_HOST = "lies.example"
INVENTED_WORDS = "entirely made up words"


class Behaviour:
    """Answers one chat completion."""

    async def answer(self, payload: Payload) -> Response:
        raise NotImplementedError


class Good(Behaviour):
    """Says what is true of the items it was shown. Equal prompts get equal answers, by seed."""

    metered = True
    """Whether the server tells how many tokens it took."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.random = random.Random(seed)

    async def answer(self, payload: Payload) -> Response:
        prompt = payload["messages"][-1]["content"]
        # by prompt, since sections ask in any order
        self.random = random.Random(f"{self.seed} {prompt}")
        asked = read(prompt)
        said = self.said(asked)
        text = self.form(json.dumps(said, ensure_ascii=False))
        return wire.completion(payload, text, usage=self.usage(payload, text))

    def usage(self, payload: Payload, text: str) -> bool | Mapping[str, Any]:
        """What the server tells of the tokens of a request and its answer."""
        return self.metered

    def said(self, asked: Asked) -> dict[str, Any]:
        if asked.section.startswith("assess"):
            return {"items": [self.judgement(asked, number) for number in asked.items]}
        if asked.section == "ask-understand":
            return self.query(asked)
        if asked.section.startswith("ask-"):
            return {"claims": self.explanation(asked)}
        return self.repairs(asked) if asked.faulty else self.section(asked)

    def form(self, text: str) -> str:
        """The answer's JSON as it is sent."""
        return text

    def section(self, asked: Asked) -> dict[str, Any]:
        numbers = [
            number for number in asked.items if asked.section != "key-prs" or _is_key(asked.items[number])
        ]
        self.random.shuffle(numbers)
        if asked.section in ("summary", "activity"):
            return {"claims": [self.claim(asked, number) for number in numbers[:4]], "entries": []}
        if asked.section == "trends":
            claims = [self.claim(asked, number) for number in numbers[:3]]
            return {
                "claims": [],
                "entries": [{"number": None, "heading": self.heading(asked), "claims": claims}],
            }
        about = (
            [number for number in asked.hot if number in asked.items]
            if asked.section == "hot"
            else numbers[:4]
        )
        entries = [
            {
                "number": number,
                "heading": "",
                "claims": [self.claim(asked, number), self.own_claim(asked, number)],
            }
            for number in about
        ]
        return {"claims": [], "entries": entries}

    def query(self, asked: Asked) -> dict[str, Any]:
        """What a question asks for."""
        return query_of(asked)

    def explanation(self, asked: Asked) -> list[dict[str, Any]]:
        numbers = list(asked.items)
        self.random.shuffle(numbers)
        return [
            claim
            for number in numbers[:3]
            for claim in (self.claim(asked, number), self.own_claim(asked, number))
        ]

    def judgement(self, asked: Asked, number: int) -> dict[str, Any]:
        """An item judged: points by chance, words that the item bears out."""
        shown = asked.items[number]
        judged: dict[str, Any] = {
            "number": number,
            "category": self.random.choice(["bugfix", "feature", "ci"]),
            "importance": self.random.randrange(11),
            "insight": self.random.randrange(11),
            "risks": self.random.sample(["numerics", "concurrency", "platform_specific"], 1),
            "what": self.view(asked, number),
            "why": "",
            "impact": "",
            "questions": [],
        }
        if asked.section == "assess-threads":
            judged["positions"] = [
                {"logins": [login], "view": self.view(asked, number)} for login in shown.commenters[:2]
            ]
            judged |= {"contention": "", "standing": self.view(asked, number)}
        return judged

    def view(self, asked: Asked, number: int) -> str:
        return Statement("own_says", words=asked.items[number].title).said("en")

    def repairs(self, asked: Asked) -> dict[str, Any]:
        claims = []
        for index, cites, _ in asked.faulty:
            known = [number for number in cites if number in asked.items] or list(asked.items)[:1]
            claims.append(
                {
                    "index": index,
                    "text": self.true(asked.items[known[0]]).said(asked.lang),
                    "cites": known[:1],
                }
            )
        return {"claims": claims}

    def claim(self, asked: Asked, number: int) -> dict[str, Any]:
        return {"label": "", "text": self.true(asked.items[number]).said(asked.lang), "cites": [number]}

    def own_claim(self, asked: Asked, number: int) -> dict[str, Any]:
        statement = self.random.choice(
            [each for each in truths(asked.items[number]) if each.form.startswith("own_")]
        )
        return {"label": "status", "text": statement.said(asked.lang), "cites": [number]}

    def heading(self, asked: Asked) -> str:
        return "同类变更" if asked.lang == "zh" else "Related changes"

    def true(self, shown: Shown) -> Statement:
        return self.random.choice([each for each in truths(shown) if not each.form.startswith("own_")])


class Lying(Good):
    """Invents numbers, logins, links, states, figures, quotations, absences, headings; mends half of them."""

    def claim(self, asked: Asked, number: int) -> dict[str, Any]:
        return self.lie(asked, number) if self.random.random() < 0.7 else super().claim(asked, number)

    def own_claim(self, asked: Asked, number: int) -> dict[str, Any]:
        shown = asked.items[number]
        state = "own_open" if shown.state == "merged" else "own_merged"
        said = self.random.choice(
            [
                Statement(state),
                Statement("own_adds", figure=INVENTED_FIGURE),
                Statement("own_opened", login=INVENTED_LOGIN),
            ]
        )
        return {"label": "entirely made up words", "text": said.said(asked.lang), "cites": [number]}

    def lie(self, asked: Asked, number: int) -> dict[str, Any]:
        shown, lang = asked.items[number], asked.lang
        lies = [
            Statement("opened", number, login=INVENTED_LOGIN).said(lang),
            Statement("commented", number, login=INVENTED_LOGIN).said(lang),
            Statement("is_open" if shown.state == "merged" else "is_merged", number).said(lang),
            Statement("adds", number, figure=INVENTED_FIGURE).said(lang),
            Statement("says", number, words=INVENTED_WORDS).said(lang),
            Statement("is_merged", INVENTED_NUMBER).said(lang),
            f"#{number} https://{INVENTED_HOST}/{number}",
            f"[#{number}](https://{INVENTED_HOST}/)",
            f"#{number} www.{INVENTED_HOST}",
            f"@everyone #{number}",
            f"`{INVENTED_LOGIN}` #{number}",
            {"en": "There were no AMD updates this period.", "zh": "本期无 AMD 相关更新。"}[lang],
            {
                "en": f"{INVENTED_FIGURE} pull requests were merged.",
                "zh": f"共合并了 {INVENTED_FIGURE} 个 PR。",
            }[lang],
        ]
        return {"label": "impact", "text": self.random.choice(lies), "cites": [number]}

    def query(self, asked: Asked) -> dict[str, Any]:
        """Names what there is not, in every field."""
        return super().query(asked) | {
            "kind": "miracle",
            "events": ["exploded"],
            "states": ["doomed"],
            "window": "2025-13-45",
            "topics": ["miracles"],
            "people": [{"role": "king", "login": INVENTED_LOGIN}],
            "numbers": [INVENTED_NUMBER],
            "order": "random",
            "form": "poem",
        }

    def judgement(self, asked: Asked, number: int) -> dict[str, Any]:
        judged = super().judgement(asked, number)
        judged |= {"importance": 99, "insight": -5, "category": "miracle", "risks": ["doom", "numerics"]}
        if "positions" in judged:
            judged["positions"].append({"logins": [INVENTED_LOGIN], "view": "Nobody said so."})
        return judged

    def view(self, asked: Asked, number: int) -> str:
        lies = [
            Statement("own_says", words=INVENTED_WORDS).said("en"),
            Statement("own_adds", figure=INVENTED_FIGURE).said("en"),
            f"`{INVENTED_LOGIN}` asked for it.",
            f"See https://{INVENTED_HOST}/ for details.",
            f"It undoes #{INVENTED_NUMBER}.",
        ]
        return self.random.choice([*lies, super().view(asked, number)])

    def heading(self, asked: Asked) -> str:
        return self.random.choice([f"#{INVENTED_NUMBER}", f"`{INVENTED_LOGIN}`", super().heading(asked)])

    def repairs(self, asked: Asked) -> dict[str, Any]:
        claims = super().repairs(asked)["claims"]
        for claim in claims:
            if self.random.random() < 0.5:
                claim["text"] = self.lie(asked, claim["cites"][0])["text"]
        return {"claims": claims}


class Swapping(Good):
    """Says what is true of one item of another: logins, states, figures, titles, citations change places."""

    def claim(self, asked: Asked, number: int) -> dict[str, Any]:
        said = self.true(asked.items[self.other(asked, number)])
        swapped = Statement(said.form, number, said.login, said.figure, said.words)
        cites = [number] if self.random.random() < 0.6 else sorted({number, self.other(asked, number)})
        return {"label": "", "text": swapped.said(asked.lang), "cites": cites}

    def own_claim(self, asked: Asked, number: int) -> dict[str, Any]:
        other = self.other(asked, number)
        return super().own_claim(asked, other) | {
            "cites": self.random.choice([[number], [other], [number, other]])
        }

    def view(self, asked: Asked, number: int) -> str:
        return super().view(asked, self.other(asked, number))

    def other(self, asked: Asked, number: int) -> int:
        return self.random.choice([each for each in asked.items if each != number] or [number])

    def repairs(self, asked: Asked) -> dict[str, Any]:
        claims = super().repairs(asked)["claims"]
        for claim in claims:
            if self.random.random() < 0.5:
                claim |= self.claim(asked, claim["cites"][0])
        return {"claims": claims}


def _is_key(shown: Shown) -> bool:
    return shown.state == "merged" and (shown.importance or 0) >= KEY_IMPORTANCE


def truths(shown: Shown) -> list[Statement]:
    """Everything `FORMS` can say about an item that the prompt bears out."""
    number = shown.number
    said = [Statement({"merged": "is_merged", "closed": "is_closed", "open": "is_open"}[shown.state], number)]
    said.append(Statement("says", number, words=shown.title))
    if shown.author:
        said += [Statement("opened", number, shown.author), Statement("own_opened", login=shown.author)]
    if shown.state in ("merged", "open"):
        said.append(Statement(f"own_{shown.state}"))
    said += [Statement("commented", number, login) for login in shown.commenters]
    said += [Statement("merged", number, who) for event, who in shown.events if event == "merged" and who]
    if shown.additions is not None:
        said += [
            Statement("adds", number, figure=shown.additions),
            Statement("own_adds", figure=shown.additions),
        ]
        said += [
            Statement("removes", number, figure=shown.deletions),
            Statement("files", number, figure=shown.files),
        ]
    return said


class Unmetered(Good):
    """Tells no usage."""

    metered = False


class Paused(Behaviour):
    """Holds a digest's first section back in its middle until a second one is asked for."""

    def __init__(self, good: Good) -> None:
        self.good = good
        self.requests = 0
        self.second = asyncio.Event()
        self.begun_while_the_first_was_unfinished = False

    async def answer(self, payload: Payload) -> Response:
        if read(payload["messages"][-1]["content"]).section.startswith("assess"):
            return await self.good.answer(payload)
        self.requests += 1
        if self.requests == 2:
            self.second.set()
        answer = await self.good.answer(payload)
        if self.requests == 1 and isinstance(answer, StreamingResponse):
            answer.body_iterator = self._held(answer.body_iterator)
        return answer

    async def _held(self, events: AsyncIterable[Any]) -> AsyncIterator[Any]:
        said = 0
        async for event in events:
            yield event
            said += 1
            if said == 2:
                await self.second.wait()
                self.begun_while_the_first_was_unfinished = True


class Text(Behaviour):
    """Answers every prompt with the same text."""

    def __init__(
        self, text: str, *, finish_reason: str = "stop", refusal: str | None = None, cut: bool = False
    ) -> None:
        self.text, self.finish_reason, self.refusal, self.cut = text, finish_reason, refusal, cut

    async def answer(self, payload: Payload) -> Response:
        return wire.completion(
            payload, self.text, finish_reason=self.finish_reason, refusal=self.refusal, cut=self.cut
        )


def broken() -> Text:
    """JSON that is none."""
    return Text('{"claims": [{"label": "", "text": "half')


def truthful_about_nothing() -> Text:
    """A section without a word."""
    return Text('{"claims": [], "entries": []}')


def truncated() -> Text:
    """Stopped at its token limit, the JSON being whole by chance."""
    return Text('{"claims": [], "entries": []}', finish_reason="length")


def cut_off() -> Text:
    """A connection that ends in the middle of a stream."""
    return Text(
        '{"claims": [{"label": "", "text": "half a sentence", "cites": []}], "entries": []}', cut=True
    )


def filtered() -> Text:
    return Text("", finish_reason="content_filter")


def refusing() -> Text:
    return Text("", refusal="I cannot help with that.")


def empty() -> Text:
    return Text("")


class Failing(Behaviour):
    """An HTTP error. times: how often before it works; None is for ever."""

    def __init__(
        self,
        status: int,
        message: str = "It failed.",
        *,
        code: object = None,
        retry_after: str = "",
        times: int | None = None,
    ) -> None:
        self.status, self.message, self.code, self.times = status, message, code, times
        self.headers = {"retry-after": retry_after} if retry_after else {}
        self.good = Good()

    async def answer(self, payload: Payload) -> Response:
        if self.times is not None:
            self.times -= 1
            if self.times < 0:
                return await self.good.answer(payload)
        return wire.error(self.status, self.message, code=self.code, headers=self.headers)


def rate_limited(times: int | None = None) -> Failing:
    return Failing(429, "Rate limit reached.", code="rate_limit_exceeded", retry_after="0.01", times=times)


def quota_spent() -> Failing:
    return Failing(429, "You exceeded your current quota.", code="insufficient_quota")


class Hanging(Behaviour):
    """Never answers; ends when the client gives up."""

    async def answer(self, payload: Payload) -> Response:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")


class Slow(Good):
    """Does not answer some prompts in time."""

    async def answer(self, payload: Payload) -> Response:
        prompt = payload["messages"][-1]["content"]
        if random.Random(prompt).random() < 0.3:
            await asyncio.Event().wait()
        return await super().answer(payload)


class Html(Behaviour):
    """A proxy's page with status 200."""

    async def answer(self, payload: Payload) -> Response:
        return HTMLResponse("<html><body>Please log in.</body></html>")


class Limited(Good):
    """A server that rejects what it lacks (`response_format`, `tools`, `stream`) and prompts too long."""

    def __init__(self, *lacks: str, context_chars: int | None = None) -> None:
        super().__init__()
        self.lacks, self.context_chars = lacks, context_chars

    async def answer(self, payload: Payload) -> Response:
        for name in self.lacks:
            if payload.get(name):
                return wire.error(400, f"{name} is not supported by this server")
        length = len(payload["messages"][-1]["content"])
        if self.context_chars is not None and length > self.context_chars:
            # vLLM's wording, and its code, a number
            text = (
                f"This model's maximum context length is 8192 tokens. However, you requested {length} tokens."
            )
            return wire.error(400, text, code=400, kind="BadRequestError")
        return await super().answer(payload)


class For(Behaviour):
    """Behaves as `odd` for the sections named, as `others` for the rest."""

    def __init__(self, sections: set[str], odd: Behaviour, others: Behaviour) -> None:
        self.sections, self.odd, self.others = sections, odd, others

    async def answer(self, payload: Payload) -> Response:
        asked = read(payload["messages"][-1]["content"])
        return await (self.odd if asked.section in self.sections else self.others).answer(payload)


class Gated(Behaviour):
    """Streams a text in many small pieces, and what follows its first `before` characters only once `gate` was set by
    whoever has seen them. was_open: whether that happened in time."""

    def __init__(self, text: str, before: int) -> None:
        self.text, self.before = text, before
        self.gate = threading.Event()
        self.was_open: bool | None = None

    async def answer(self, payload: Payload) -> Response:
        pieces = len(self.text) // 5
        answer = wire.completion(payload, self.text, pieces=pieces)
        if isinstance(answer, StreamingResponse):
            answer.body_iterator = self._held(
                answer.body_iterator, 1 + self.before * pieces // len(self.text)
            )
        return answer

    async def _held(self, events: AsyncIterable[Any], at: int) -> AsyncIterator[Any]:
        said = 0
        async for event in events:
            if said == at:
                self.was_open = await asyncio.to_thread(self.gate.wait, 20)
            yield event
            said += 1

"""`why` and `why not`: over the bundled sample and the tests' GitHub, as a person types them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, unwatched
from adapters.github.demo import Demo
from adapters.github.errors import RepoNotFound
from bot.access import SHELL, Access
from bot.commands import Defaults
from bot.digests import DigestRequest, Digests
from bot.grammar import parse
from bot.grammar.commands import WhyCommand, WindowCommand, WordCommand
from bot.grammar.expressions import Duration, Last
from bot.managers import Managers
from bot.mends import MendTopics
from bot.releases import Releases
from bot.sync import Sync
from bot.why import Why
from summarizer.errors import BadInput
from summarizer.models import ChatModels, ModelSettings
from summarizer.topics import load_topics
from summarizer.writer import Writer
from tests.bot.scenes import DAY, EVERY, HOUR, MINUTE, MORNING, REPO, TODAY
from tests.servers.model.behaviours import Good

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.chat import Reply
    from adapters.source import Source
    from adapters.store import Store
    from tests.bot.scenes import Scene
    from tests.servers.model.server import ModelServer

TOPICS = load_topics()
SHELL_HERE = Context("shell", lang="en", tz="UTC")
STRANGER = Context("slack", conversation="c", team="T9", person="U9")
SAMPLE_END = Demo().until
TODAY_HERE = DigestRequest(repo=REPO, expr=TODAY, tz="UTC", lang="en", reader=SHELL)


class Asking:
    """Somebody who asks why, over a source and a store of their own."""

    def __init__(
        self,
        source: Source,
        store: Store,
        now: Callable[[], datetime],
        *,
        models: ChatModels | None = None,
        sync: Sync | None = None,
    ) -> None:
        sync = sync or Sync(source, store, now=now, every=EVERY)
        defaults = Defaults(repo=REPO, tz="UTC", lang=None)
        self.mends = MendTopics(
            store=store,
            sync=sync,
            access=Access(),
            topics=TOPICS,
            managers=Managers(),
            defaults=defaults,
            now=now,
        )
        self.digests = Digests(
            sync=sync,
            store=store,
            writer=Writer(models, store.assessments),
            writer_name="tests",
            topics=TOPICS,
            rules_of=self.mends.rules,
            section_topics=("amd",),
            releases=Releases(source, store),
            now=now,
            access=Access(),
        )
        self.why = Why(
            digests=self.digests, store=store, source=source, rules_of=self.mends.rules, defaults=defaults
        )

    async def reply(self, line: str, *, last: str = "", context: Context = SHELL_HERE) -> Reply:
        command, digest = _parsed(line), _parsed(last) if last else None
        assert isinstance(command, WhyCommand)
        assert digest is None or isinstance(digest, WindowCommand)
        return await self.why(command, context, last=digest)

    async def __call__(self, line: str, *, last: str = "", context: Context = SHELL_HERE) -> str:
        return (await self.reply(line, last=last, context=context)).text

    async def first(self, line: str, *, last: str = "") -> str:
        """The line that answers, without its links."""
        found = json.loads(await self(f"{line} format:json", last=last))
        return str(found["answer"])

    async def mend(self, line: str) -> None:
        command = _parsed(line)
        assert isinstance(command, WordCommand)
        await self.mends(command, SHELL_HERE)


def _parsed(line: str) -> object:
    return parse(line, surface="chat", conversation=False, topics=TOPICS.words)


@pytest.fixture
def sample(store: Store) -> Asking:
    """The bundled sample with the clock at its end."""
    return Asking(Demo(), store, lambda: SAMPLE_END)


@pytest.fixture
def asking(scene: Scene) -> Asking:
    return Asking(scene.source, scene.store, lambda: scene.now, sync=scene.sync)


# --- the sample


async def test_the_sample_tells_why_the_item_that_two_reports_denied_is_there(sample: Asking) -> None:
    told = await sample("why #26701")

    assert told.startswith(
        "[#26701](https://github.com/vllm-project/vllm/pull/26701) is in the digest of 2025-12-10:"
        " closed without merging 2025-12-10 12:33. It is in the AMD/ROCm section (about it): its title has `ROCm`"
    )
    assert "label `rocm`" in told
    assert "author `gronsti-amd` (AMD)" in told


async def test_the_sample_tells_it_in_chinese(sample: Asking) -> None:
    reply = await sample.reply("为什么 #26701 语言：zh")

    assert reply.lang == "zh"
    assert "未合并即关闭。它在 AMD/ROCm 生态一节中（直接相关）：标题含 `ROCm`" in reply.text
    assert "不属于 AMD/ROCm 生态：该主题没有规则匹配。" in await sample.first(
        "为什么没有 #30062 主题：amd 语言：zh"
    )


async def test_why_not_names_what_the_rules_looked_for(sample: Asking) -> None:
    told = await sample("why not 30062 topic:amd")

    assert "does not belong to AMD/ROCm: no rule of the topic matches." in told
    assert "Author: `aditew01` is not known to belong to `AMD`" in told
    assert "`topic amd add 30062`" in told


async def test_nothing_of_it_lies_in_the_window(sample: Asking) -> None:
    assert await sample.first("why not #26701 2025-12-10T11:59..12:30") == (
        "#26701 is not in the digest of 2025-12-10: nothing happened to it in the window"
        " 2025-12-10 11:59 ~ 12:30 (UTC). Its first event since: closed without merging 2025-12-10 12:33."
    )


async def test_an_item_that_a_sample_does_not_hold_is_not_to_be_fetched(sample: Asking) -> None:
    assert await sample("why #99999") == (
        "The mirror does not hold #99999, so it is not in the digest of 2025-12-10: there may be no such item, or"
        " it lies outside of what was fetched.\n"
    )


async def test_an_answer_comes_as_json(sample: Asking) -> None:
    reply = await sample.reply("why #26701 format:json tz:Asia/Shanghai")
    told = json.loads(reply.text)

    assert reply.format == "json"
    assert (told["schema"], told["number"], told["question"], told["presence"]) == (1, 26701, "why", "listed")
    assert told["window"]["until"] == "2025-12-10T20:59:00+08:00"
    standing = [each for each in told["lists"] if each["stands"]]
    assert standing == [
        {"list": "prs_closed_unmerged", "stands": True, "cause": "stands", "at": "2025-12-10T20:33:00+08:00"}
    ]
    [amd] = [each for each in told["topics"] if each["key"] == "amd"]
    assert (amd["tier"], amd["has_section"]) == ("about", True)
    assert {each["rule"] for each in amd["reasons"]} == {"title", "label", "author", "body"}


async def test_other_formats_are_refused_with_an_example(sample: Asking) -> None:
    with pytest.raises(BadInput, match=r"option\.not_here"):
        await sample("why #26701 format:jekyll")


# --- which digest


async def test_without_a_window_it_is_about_the_digest_of_the_conversation(sample: Asking) -> None:
    last = "2025-12-10T11:59..12:30 label:rocm edition:weekly"
    told = json.loads(await sample("why #26701 format:json", last=last))

    assert (told["digest"]["edition"], told["presence"]) == ("weekly", "absent")
    assert told["window"]["since"] == "2025-12-10T11:59:00+00:00"
    assert [each["key"] for each in told["filters"]] == ["label"]


async def test_a_lines_own_window_and_filters_win(sample: Asking) -> None:
    last = "2025-12-10T11:59..12:30 label:rocm"
    own_window = json.loads(await sample("why #26701 today format:json", last=last))
    own_filter = json.loads(await sample("why #26701 label:v1 format:json", last=last))

    assert (own_window["presence"], own_window["filters"]) == ("listed", [])
    assert [each["values"] for each in own_filter["filters"]] == [["v1"]]


async def test_a_digest_of_another_repository_is_not_what_is_asked_about(
    asking: Asking, scene: Scene
) -> None:
    other = scene.server.world.repository("acme/engine").open_issue("Other", by="bob", at=MORNING - HOUR)
    told = json.loads(await asking(f"why acme/engine#{other.number} format:json", last="yesterday"))

    assert (told["repo"], told["presence"]) == ("acme/engine", "listed")


async def test_two_repositories_in_one_line_are_one_too_many(sample: Asking) -> None:
    with pytest.raises(BadInput, match=r"mends\.repos"):
        await sample("why acme/engine#1 repo:acme/other")


async def test_an_unknown_topic_is_named_with_those_there_are(sample: Asking) -> None:
    with pytest.raises(BadInput, match=r"topics\.unknown"):
        await sample("why #26701 topic:nonsense")


async def test_commands_name_a_repository_that_is_not_the_default(asking: Asking, scene: Scene) -> None:
    other = scene.server.world.repository("acme/engine").open_issue("Other", by="bob", at=MORNING - HOUR)

    told = await asking(f"why not acme/engine#{other.number} topic:amd")
    assert f"`topic amd add {other.number} repo:acme/engine`" in told


# --- the mirror of a GitHub


async def test_closed_and_reopened_the_same_morning_is_only_reopened(asking: Asking, scene: Scene) -> None:
    issue = scene.repository.open_issue("A bug", by="ann", at=MORNING - 2 * DAY)
    issue.close(by="bob", at=MORNING - HOUR)
    issue.reopen(by="ann", at=MORNING - 30 * MINUTE)

    told = await asking(f"why not #{issue.number}")
    assert "reopened 2026-03-24 08:30" in told
    assert "Not in “Closed issues”: it was reopened 2026-03-24 08:30" in told


async def test_a_bots_comment_makes_no_thread_hot(asking: Asking, scene: Scene) -> None:
    pull = scene.repository.open_pr("A change", by="ann", at=MORNING - 2 * DAY)
    pull.comment(body="Please rebase.", by="mergify[bot]", at=MORNING - HOUR)

    assert "only bots stirred it: 1 comment by a bot" in await asking.first(f"why #{pull.number}")


async def test_an_item_from_before_the_window_is_told_from_the_mirror(asking: Asking, scene: Scene) -> None:
    pull = scene.repository.open_pr("[ROCm] A change", by="ann", at=MORNING - 3 * DAY)
    pull.merge(by="bob", at=MORNING - 2 * DAY)
    await scene.sync.span(REPO, Last(Duration(5, "d")), "UTC", unwatched)

    told = await asking(f"why not #{pull.number} topic:amd today")
    assert "is about AMD/ROCm: its title has `ROCm`" in told
    assert (
        "nothing happened to it in the window 2026-03-24 00:00 ~ 09:00 (UTC). Its last event was: merged"
        in told
    )


async def test_an_item_beyond_the_mirrors_reach_says_how_to_fetch_it(asking: Asking, scene: Scene) -> None:
    old = scene.repository.open_issue("Old", by="ann", at=MORNING - 90 * DAY)
    for _ in range(100):  # a page of the edge holds whatever was updated last
        scene.repository.open_issue("Younger", by="ann", at=MORNING - 30 * DAY)

    told = await asking(f"why not #{old.number}")
    assert (
        f"The mirror does not hold #{old.number}: nothing is known to have happened to it since 2026-03-24"
        in told
    )
    assert "`sync since:30d` reaches further" in told


async def test_a_number_higher_than_all_is_not_known_yet(asking: Asking) -> None:
    assert "it is higher than every number seen so far" in await asking("why #4000")


@pytest.mark.parametrize(
    ("why", "words"), [("deleted", "GitHub has deleted it"), ("no item", "There is no issue or")]
)
async def test_what_is_buried_says_why(why: str, words: str, asking: Asking, scene: Scene) -> None:
    issue = scene.repository.open_issue("Gone", by="ann", at=MORNING - HOUR)
    await scene.today()
    await scene.store.mirror.bury(REPO, {issue.number: why}, MORNING)
    scene.repository.delete(issue.number)

    told = await asking(f"why #{issue.number}")
    assert words in told
    assert "2026-03-24 09:00" in told


async def test_who_may_not_read_a_repository_gets_the_answer_for_an_unknown_one(scene: Scene) -> None:
    scene.server.world.repository("acme/secret", private=True).open_issue("A", by="ann", at=MORNING - HOUR)
    asking = Asking(scene.source, scene.store, lambda: scene.now)

    with pytest.raises(RepoNotFound) as refused:
        await asking("why acme/secret#1", context=STRANGER)
    with pytest.raises(RepoNotFound) as unknown:
        await asking("why acme/absent#1", context=STRANGER)
    assert refused.value.key == unknown.value.key


# --- mends


async def test_a_mend_is_told_and_the_digest_lists_the_item(asking: Asking, scene: Scene) -> None:
    first = min(scene.repository.threads)
    assert "It is not in the AMD/ROCm section" in await asking.first(f"why not #{first}")

    await asking.mend(f'topic amd add #{first} because:"runs there only"')

    told = await asking(f"why #{first}")
    assert "It is in the AMD/ROCm section (about it): people put it there (shell: runs there only)." in told
    assert "shell put it there (2026-03-24 09:00): runs there only" in told
    digest = (await asking.digests.digest(TODAY_HERE, unwatched)).digest
    assert digest.facts.ledgers["amd"].about == (first,)
    [section] = [each for each in digest.sections if each.id == "topic-amd"]
    assert first in section.cites


async def test_what_was_taken_out_leaves_the_digest_and_says_who_did_it(asking: Asking, scene: Scene) -> None:
    pull = scene.repository.open_pr("[ROCm] A change", by="ann", at=MORNING - HOUR)
    before = (await asking.digests.digest(TODAY_HERE, unwatched)).digest
    await asking.mend(f"topic amd remove #{pull.number}")
    after = (await asking.digests.digest(TODAY_HERE, unwatched)).digest

    assert before.facts.ledgers["amd"].about == (pull.number,)
    assert after.facts.ledgers["amd"].about == ()
    assert before.id != after.id
    assert "shell took it out (2026-03-24 09:00)" in await asking.first(f"why not #{pull.number} topic:amd")


# --- models


async def test_no_model_is_asked_for_a_why_and_a_kept_digest_is_what_it_tells(
    scene: Scene, model_server: ModelServer
) -> None:
    pull = scene.repository.open_pr(
        "[Core] A change", by="ann", at=MORNING - HOUR, files=["vllm/engine/a.py"]
    )
    url = model_server.serve(Good())
    models = ChatModels.open(ModelSettings(model="openai:tests-model", base_url=url, api_key="none"))
    assert models is not None
    async with models:
        asking = Asking(scene.source, scene.store, lambda: scene.now, models=models)
        told = json.loads(await asking(f"why #{pull.number} format:json"))
        assert model_server.asked(url) == []
        assert told["scores"]["by_model"] is False

        await asking.digests.digest(TODAY_HERE, unwatched)
        spent = len(model_server.asked(url))
        told = json.loads(await asking(f"why #{pull.number} format:json"))

    assert 0 < spent == len(model_server.asked(url))
    assert told["scores"]["by_model"] is True

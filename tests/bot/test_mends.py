"""Mending a topic's ledger by commands: managers decide, others propose, and all that reads the rules sees it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context
from adapters.github.errors import RepoNotFound
from bot.access import Access
from bot.commands import Defaults
from bot.grammar import parse
from bot.grammar.commands import Options, WordCommand
from bot.managers import Managers
from bot.mends import MOST_PROPOSALS, MendTopics
from summarizer import languages
from summarizer.errors import BadInput, NotConfigured
from summarizer.topics import BUNDLED, Mend, load_topics, match_topics
from tests.bot.scenes import HOUR, MORNING, REPO

if TYPE_CHECKING:
    from pathlib import Path

    from summarizer.topics import TopicRules
    from tests.bot.scenes import Scene

TOPICS = load_topics()
TITLE = "[Core] Support `x` | see [this](https://evil.example) @everyone"
SHELL = Context("shell")
MANAGER = Context("slack", team="T1", person="U1", is_admin=True)
PERSON = Context("slack", team="T1", person="U2")


def mends_in(scene: Scene, *, access: Access | None = None, topics: TopicRules = TOPICS) -> MendTopics:
    return MendTopics(
        store=scene.store,
        sync=scene.sync,
        access=access or Access(),
        topics=topics,
        managers=Managers(),
        defaults=Defaults(repo=REPO, tz="UTC", lang=None),
        now=lambda: scene.now,
    )


def command(line: str) -> WordCommand:
    found = parse(line, surface="chat", conversation=False, topics=TOPICS.words)
    assert isinstance(found, WordCommand)
    return found


async def say(mends: MendTopics, line: str, context: Context = MANAGER) -> str:
    reply = await mends(command(line), context)
    assert (reply.problem, reply.format) == (None, "md")
    return reply.text


async def listed(mends: MendTopics, context: Context = MANAGER) -> list[str]:
    return await mends.proposals(WordCommand("topics"), context)


async def about(mends: MendTopics, scene: Scene, key: str = "amd") -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The members of a topic among the items of today: about it, tagged."""
    span = await scene.today()
    items = await scene.store.mirror.items_between(REPO, span.window.since, span.window.until)
    ledger = match_topics(items, (await mends.rules(REPO)).topics)[key]
    return ledger.about, ledger.tagged


@pytest.fixture
async def mirrored(scene: Scene) -> Scene:
    """The scene with two pull requests beside the issue, all in the mirror."""
    scene.repository.open_pr(TITLE, by="bob", at=MORNING - HOUR)
    scene.repository.open_pr("[ROCm] Fix a kernel", by="cy-amd", at=MORNING - HOUR)
    await scene.today()
    return scene


def numbers(scene: Scene) -> tuple[int, int, int]:
    """The issue, the pull request of no topic, the one of AMD's."""
    first, other, rocm = sorted(scene.repository.threads)
    return first, other, rocm


# --- managers


async def test_a_managers_word_holds_at_once_and_the_reply_tells_what_changed(mirrored: Scene) -> None:
    mends, (_, other, rocm) = mends_in(mirrored), numbers(mirrored)
    assert await about(mends, mirrored) == ((rocm,), ())

    said = await say(mends, f'topic rocm add #{other} because:"a *hidden* kernel"')

    assert said == (
        f"[#{other}](https://github.com/{REPO}/pull/{other}) [Core] Support `x` \\| see [this\\](https\\://evil.example)"
        f" @<!-- -->everyone is about AMD/ROCm from now on, whatever the rules say."
        " The rules alone, links aside, do not put it there.\n"
        "Because: a *hidden\\* kernel\n"
        f"`why #{other}` tells it; the opposite is `topic amd remove #{other}`."
    )
    assert await about(mends, mirrored) == ((other, rocm), ())
    said = await say(mends, f"topic amd remove {rocm}")
    assert "does not belong to AMD/ROCm from now on" in said
    assert "The rules alone say that it is about it." in said
    assert await about(mends, mirrored) == ((other,), ())


async def test_a_person_is_added_and_removed(mirrored: Scene) -> None:
    mends, (first, _, rocm) = mends_in(mirrored), numbers(mirrored)

    said = await say(mends, "topic amd add @ann")
    assert "What `ann` writes concerns AMD/ROCm indirectly from now on" in said
    assert "The mirror holds 1 item by them." in said
    assert said.endswith("The opposite is `topic amd remove @ann`.")
    assert await about(mends, mirrored) == ((rocm,), (first,))

    await say(mends, "topic amd remove @Ann")
    assert await about(mends, mirrored) == ((rocm,), ())


async def test_the_local_shell_manages_and_is_told_commands_that_a_shell_takes(mirrored: Scene) -> None:
    mends, (_, other, _) = mends_in(mirrored), numbers(mirrored)

    said = await say(mends, f"topic amd add {other}", SHELL)

    assert f"`why {other}` tells it; the opposite is `topic amd remove {other}`." in said
    [kept] = (await mirrored.store.mends.load(REPO)).mends
    assert (kept.by, kept.at, kept.repo) == ("shell", MORNING, REPO)


async def test_what_holds_already_is_told_and_kept_as_it_was(mirrored: Scene) -> None:
    mends, (_, other, _) = mends_in(mirrored), numbers(mirrored)
    await say(mends, f'topic amd add #{other} because:"a kernel"')
    kept = await mirrored.store.mends.load(REPO)
    mirrored.now += HOUR

    for context in (SHELL, PERSON, MANAGER):
        said = await say(mends, f"topic amd add #{other}", context)
        assert said.startswith(
            "That holds already: slack-user:U1 said so on 2026-03-24 09:00:20 (UTC).\nBecause: a kernel\n"
        )
    assert await mirrored.store.mends.load(REPO) == kept

    said = await say(mends, f'topic amd add #{other} because:"a better reason"')
    assert "from now on" in said
    [mend] = (await mirrored.store.mends.load(REPO)).mends
    assert mend.because == "a better reason"


async def test_what_the_topic_file_says_holds_already_and_yields_to_a_manager(
    mirrored: Scene, tmp_path: Path
) -> None:
    _, other, _ = numbers(mirrored)
    file = tmp_path / "mine.toml"
    file.write_text(
        f"""
        [[topic]]
        key = "amd"
        title = {{ en = "AMD" }}
        rule = [{{ on = "title", match = ["rocm"] }}]
        [[mend]]
        topic = "amd"
        add = [{other}]
        """,
        "utf-8",
    )
    mends = mends_in(mirrored, topics=load_topics(file))

    assert (await say(mends, f"topic amd add #{other}")).startswith(
        "That holds already: the topic file says so (mine.toml)."
    )
    await say(mends, f"topic amd remove #{other}")
    assert other not in (await about(mends, mirrored))[0]


async def test_an_item_that_the_mirror_does_not_hold_yet_may_be_mended(mirrored: Scene) -> None:
    said = await say(mends_in(mirrored), "topic amd add #99999")

    assert said.startswith("#99999 is about AMD/ROCm from now on")
    assert "The mirror does not hold the item yet." in said


@pytest.mark.parametrize("code", languages.codes())
async def test_every_reply_is_in_the_language_asked_for(code: str, mirrored: Scene) -> None:
    mends, (first, other, _) = mends_in(mirrored), numbers(mirrored)
    lines = [f"topic amd {verb} {target}" for verb in ("add", "remove") for target in (f"#{first}", "@ann")]
    lines += [f"topic amd remove #{first}", "topic amd remove @ann", f"topic amd add #{other} because:so"]

    for context in (PERSON, MANAGER):
        for line in [*lines, *lines]:
            reply = await mends(command(f"{line} lang:{code}"), context)
            assert reply.lang == code
            assert bool(re.search("[一-鿿]", reply.text)) == (code == "zh")


# --- proposals


async def test_others_propose_and_are_told_who_decides(mirrored: Scene) -> None:
    mends, (_, other, rocm) = mends_in(mirrored), numbers(mirrored)

    said = await say(mends, f'topic amd add #{other} because:"a kernel"', PERSON)

    assert said.startswith("Proposed: [#")
    assert said.endswith(
        f"Because: a kernel\nNothing changes until a manager decides, with `topic amd add #{other}`."
    )
    assert await about(mends, mirrored) == ((rocm,), ())
    assert await listed(mends, PERSON) == []
    _, head, line = await listed(mends)
    assert head.startswith("Proposed, and waiting for a manager.")
    assert line.startswith(
        f"- `topic amd add #{other}`: [#{other}](https://github.com/{REPO}/pull/{other}) [Core] "
    )
    assert line.endswith("by slack-user:U2 on 2026-03-24 09:00:20 (UTC). Because: a kernel")
    mirrored.now += HOUR
    again = await say(mends, f"topic amd add #{other}", replace(PERSON, person="U3"))
    assert again.startswith("That is proposed already, by slack-user:U2 on 2026-03-24 09:00:20 (UTC).")
    assert len(await listed(mends)) == 3


async def test_a_manager_accepts_by_the_same_command_and_both_stand_for_it(mirrored: Scene) -> None:
    mends, (_, other, rocm) = mends_in(mirrored), numbers(mirrored)
    await say(mends, f'topic amd add #{other} because:"a kernel"', PERSON)

    said = await say(mends, f"topic amd add #{other}")

    assert "slack-user:U2 had proposed it on 2026-03-24" in said
    assert "Because: a kernel" in said
    assert await about(mends, mirrored) == ((other, rocm), ())
    [mend] = (await mirrored.store.mends.load(REPO)).mends
    assert (mend.by, mend.because) == ("slack-user:U2, slack-user:U1", "a kernel")
    assert await listed(mends) == []


async def test_a_manager_rejects_by_the_opposite_command(mirrored: Scene) -> None:
    mends, (_, other, _) = mends_in(mirrored), numbers(mirrored)
    await say(mends, f"topic amd add #{other}", PERSON)

    assert "What was proposed to the contrary is dropped." in await say(mends, f"topic amd remove #{other}")
    assert await listed(mends) == []

    await say(mends, f"topic amd add #{other}", PERSON)  # and again, where the opposite holds already
    said = await say(mends, f"topic amd remove #{other}")
    assert said.startswith("That holds already")
    assert "What was proposed to the contrary is dropped." in said
    assert await listed(mends) == []


async def test_proposals_have_an_end(mirrored: Scene) -> None:
    mends = mends_in(mirrored)
    for number in range(1, MOST_PROPOSALS + 1):
        await say(mends, f"topic amd add #{number}", PERSON)

    with pytest.raises(BadInput, match=r"mends\.full"):
        await say(mends, "topic amd add @octocat", PERSON)
    assert "from now on" in await say(mends, "topic amd add @octocat")
    await say(mends, "topic amd add #1")
    await say(mends, "topic moe add @octocat", PERSON)


async def test_decisions_of_many_at_the_same_time_are_all_kept(mirrored: Scene) -> None:
    mends = mends_in(mirrored)

    await asyncio.gather(*(say(mends, f"topic amd add #{number}") for number in range(100, 120)))

    amd = (await mends.rules(REPO)).find("amd")
    assert sorted(mend.number or 0 for mend in amd.mends) == [*range(100, 120)]


# --- where


async def test_mends_of_one_repository_are_none_of_another(mirrored: Scene) -> None:
    mirrored.server.world.repository("acme/engine").open_issue("Else", by="dee", at=MORNING - HOUR)
    mends = mends_in(mirrored)

    said = await say(mends, "topic amd add acme/engine#1")
    assert (
        "`why #1 repo:acme/engine` tells it; the opposite is `topic amd remove #1 repo:acme/engine`." in said
    )
    await say(mends, "topic amd add #1 repo:acme/engine")

    assert await mends.rules(REPO) is TOPICS
    assert [mend.number for mend in (await mends.rules("Acme/Engine")).find("amd").mends] == [1]
    with pytest.raises(BadInput, match=r"mends\.repos"):
        await say(mends, f"topic amd add acme/engine#1 repo:{REPO}")


async def test_under_an_old_name_of_a_repository_its_new_one_is_mended(mirrored: Scene) -> None:
    mends, (_, other, _) = mends_in(mirrored), numbers(mirrored)
    await mirrored.store.states.rename("acme/old", 1, REPO, 1)

    await say(mends, f"topic amd add #{other} repo:acme/old")
    await say(mends, "topic amd add #7 repo:acme/old", PERSON)

    assert other in (await about(mends, mirrored))[0]
    old = WordCommand("topics", options=Options(repo="acme/old"))
    assert "`topic amd add #7`" in (await mends.proposals(old, MANAGER))[-1]


async def test_an_unknown_topic_is_an_error_that_names_those_there_are(mirrored: Scene) -> None:
    unknown = WordCommand("topic", ("nothing", "add", "#1"))

    with pytest.raises(BadInput, match=r"topics\.unknown"):
        await mends_in(mirrored)(unknown, MANAGER)


async def test_nobody_mends_or_sees_what_they_may_not_read(scene: Scene) -> None:
    scene.repository.is_private = True
    open_to_shell = mends_in(scene, access=Access.parse(f"{REPO}=shell"))
    await scene.today()
    proposal = Mend("amd", "add", 1, None, "slack-user:U2", MORNING, repo=REPO)
    await scene.store.mends.add(REPO, proposal, proposed=True)

    with pytest.raises(RepoNotFound):
        await say(open_to_shell, "topic amd add #1")
    assert await listed(open_to_shell, MANAGER) == []
    assert len(await listed(open_to_shell, SHELL)) == 3
    with pytest.raises(NotConfigured):
        await mends_in(scene).export(REPO)
    assert (await scene.store.mends.load(REPO)).mends == ()


# --- rules and export


async def test_rules_are_read_anew_only_after_a_change_and_by_every_process(mirrored: Scene) -> None:
    mends, another = mends_in(mirrored), mends_in(mirrored)
    assert await mends.rules(REPO) is TOPICS

    await say(mends, "topic amd add #1")

    rules = await another.rules(REPO)
    assert rules.hash != TOPICS.hash
    assert await another.rules(REPO.upper()) is rules
    assert (await mends.rules(REPO)).hash == rules.hash
    await say(mends, "topic amd remove #1")
    assert (await another.rules(REPO)).hash not in (rules.hash, TOPICS.hash)


async def test_what_is_exported_and_put_into_the_file_means_the_same(mirrored: Scene, tmp_path: Path) -> None:
    mends = mends_in(mirrored)
    assert await mends.export(REPO) == ""
    await say(mends, 'topic amd add #1 because:"say \\"so\\" \\\\ 因为"')
    await say(mends, "topic moe remove @octocat")
    await say(mends, "topic amd add #3", PERSON)

    text = await mends.export(REPO)

    file = tmp_path / "mine.toml"
    bundled = (files("summarizer.topics") / BUNDLED).read_text("utf-8")
    file.write_text(f"{bundled}\n{text}", "utf-8")
    assert load_topics(file).hash == (await mends.rules(REPO)).hash
    assert text.count("[[mend]]") == 2

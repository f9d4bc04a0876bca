"""Scenes of Discord: what people see there, made by the bot's own desk and layouts, as pages of HTML."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.chat.watching import Step
from adapters.discord import actions
from adapters.discord.channels import Channel
from adapters.discord.composing import Composer, Piece
from adapters.discord.layout import answer, notices
from adapters.discord.layout import digest as layout
from adapters.discord.layout.feedback import feedback_modal
from adapters.discord.layout.prefs import prefs_modal
from adapters.discord.layout.zone import zone_modal
from adapters.discord.messages import File
from adapters.discord.views import components_of
from benchmarks.pictures import discord_page as page
from benchmarks.pictures.discord_page import Said
from benchmarks.pictures.scene import EVENING, REPO, ZONE
from bot.charts import chart_of
from summarizer import languages

if TYPE_CHECKING:
    from adapters.discord.messages import Message
    from benchmarks.pictures.scene import Scene, Scenes

CHART: Final = "chart.png"
_COMMANDS: Final = {
    "today": {"en": "/vllm-digest today", "zh": "/vllm-digest 今天"},
    "explain": {"en": "Explain this PR", "zh": "解释这个 PR"},
    "subscribe": {"en": "/vllm-digest subscribe", "zh": "/vllm-digest 订阅"},
}
_ASKING: Final = {
    "en": ("any AMD PRs today?", "only merged ones"),
    "zh": ("今天有 AMD 的 PR 吗？", "只看合并的"),
}
_GITHUB: Final = ("https://github.com/",)
_NO_TEXT: Final = {"en": "Click to see attachment", "zh": "点击查看附件"}
"""What a client shows of a message of components beside a reply to it."""


async def post(scene: Scene, line: str = "today") -> str:
    """A digest where a channel reads it."""
    reply, digest = await scene.digest(line)
    drawn = await chart_of(digest)
    files = (File(CHART, *drawn),) if drawn else ()
    message = layout.in_channel(
        digest,
        languages.load(reply.lang),
        handle=reply.handle,
        line=reply.line,
        chart=CHART if drawn else None,
    )
    said = replace(_said(message, files=files), used=_used(scene, "today"))
    return page.conversation([said], scene.reader)


async def only_me(scene: Scene, line: str = "today topic:amd") -> str:
    """A digest where one person reads it, with the word about their time zone."""
    reply, digest = await scene.digest(line)
    words = languages.load(reply.lang)
    message = layout.only_me(digest, words, handle=reply.handle, line=reply.line)
    note = notices.zone_note(ZONE, words, line=reply.line, may_set=("me", "channel"))
    said = [replace(_said(message, only_me=True), used=_used(scene, "today")), _said(note, only_me=True)]
    return page.conversation(said, scene.reader)


async def details(scene: Scene, line: str = "today", at: int = 0) -> str:
    """A page of what Details opens."""
    reply, digest = await scene.digest(line)
    message = layout.page(digest, languages.load(reply.lang), handle=reply.handle, page=at)
    return page.conversation([_said(message, only_me=True)], scene.reader)


async def thread(scene: Scene, line: str = "today", messages: slice = slice(2)) -> str:
    """The beginning of the thread below a post."""
    reply, digest = await scene.digest(line)
    words = languages.load(reply.lang)
    shown = [_said(each) for each in layout.thread(digest, words)[messages]]
    return page.thread(layout.thread_name(digest, words), shown, scene.reader)


async def mention(scene: Scene) -> str:
    """A question in a channel, and what is said on in reply to its answer."""
    first, second = _ASKING[scene.lang]
    said: list[Said] = []
    for place, line in enumerate((first, second)):
        reply = await scene.ask(line, conversation="1:2")
        to = (page.BOT, _NO_TEXT[scene.lang]) if place else None
        typed = line if place else f"{page.ME} {line}"
        said.append(Said(author=scene.name, text=typed, to=to))
        messages = answer.shown(replace(reply, handle="1:2"), languages.load(reply.lang))
        said += [
            replace(_said(each), to=(scene.name, typed.replace(page.ME, f"@{page.BOT}"))) for each in messages
        ]
    return page.conversation(said, scene.reader)


async def choices(scene: Scene, line: str = "closed PRs") -> str:
    """A question that can be meant in several ways."""
    reply = await scene.ask(line)
    messages = answer.shown(replace(reply, handle="1:2"), languages.load(reply.lang), only_me=True)
    used = scene.name, f"/vllm-digest ask {line}"
    return page.conversation(
        [replace(_said(each, only_me=True), used=used) for each in messages], scene.reader
    )


async def explain(scene: Scene) -> str:
    """What "Explain this PR" shows to who chose it."""
    reply = await scene.ask(f"ask explain #26701 repo:{REPO}")
    messages = answer.shown(replace(reply, handle="1:2"), languages.load(reply.lang), only_me=True)
    said = [replace(_said(each, only_me=True), used=_used(scene, "explain")) for each in messages]
    return page.conversation(said, scene.reader)


async def progress(scene: Scene) -> str:
    """What stands there while a digest is made, and where one could not be."""
    words = languages.load(scene.lang)
    failed = words.text("errors.github.unreachable")
    shown = (
        notices.progress(Step("threads", 9, 14), words),
        notices.failed(failed, words, line="today"),
    )
    used = _used(scene, "today")
    return page.conversation([replace(_said(each, only_me=True), used=used) for each in shown], scene.reader)


async def subscribed(scene: Scene, line: str = "subscribe daily 09:00 topic:amd quiet-if-empty") -> str:
    """What is said to who subscribes a channel."""
    reply = await scene.subscribe(line)
    messages = answer.plain(reply, languages.load(reply.lang))
    used = _used(scene, "subscribe")
    return page.conversation(
        [replace(_said(each, only_me=True), used=used) for each in messages], scene.reader
    )


async def scheduled(scene: Scene) -> str:
    """A digest that was subscribed to, in its channel."""
    post = await scene.scheduled("subscribe every 6h 8-20 on weekdays", EVENING)
    first, *_ = await Composer(chart_of, _GITHUB).parts(post, Channel(1, "text"))
    if not isinstance(first.content, Piece):
        raise TypeError("a part of this courier expected")
    return page.conversation([_said(first.content.message, files=first.content.files)], scene.at(EVENING))


async def zone(scene: Scene) -> str:
    """The form that sets a time zone."""
    form = zone_modal(actions.ZONE, languages.load(scene.lang), scope="me", tz=ZONE)
    return page.modal(form.to_dict(), scene.reader)


async def prefs(scene: Scene) -> str:
    """The form of somebody's own defaults."""
    topics = {topic.key: topic.title for topic in scene.services.topics.topics}
    form = prefs_modal(
        actions.PREFS, languages.load(scene.lang), prefs={}, repos=[REPO], topics=topics, scope="me"
    )
    return page.modal(form.to_dict(), scene.reader)


async def feedback(scene: Scene) -> str:
    """The form that asks what is wrong."""
    _, digest = await scene.digest("today")
    sections = [(each.id, each.title) for each in digest.sections]
    form = feedback_modal(actions.FEEDBACK, languages.load(scene.lang), sections)
    return page.modal(form.to_dict(), scene.reader)


def _said(message: Message, *, only_me: bool = False, files: tuple[File, ...] = ()) -> Said:
    """A message as Discord gets it."""
    components = tuple(components_of(message, files))
    return Said(components, only_me=only_me, files={file.name: file.data for file in files})


def _used(scene: Scene, command: str) -> tuple[str, str]:
    return scene.name, _COMMANDS[command][scene.lang]


SCENES: Final[Scenes] = {
    "discord-post": ("en", post),
    "discord-post-zh": ("zh", post),
    "discord-only-me": ("en", only_me),
    "discord-details": ("en", details),
    "discord-thread": ("en", thread),
    "discord-mention": ("en", mention),
    "discord-mention-zh": ("zh", mention),
    "discord-choices": ("en", choices),
    "discord-explain": ("en", explain),
    "discord-progress": ("en", progress),
    "discord-subscribed": ("en", subscribed),
    "discord-scheduled": ("en", scheduled),
    "discord-scheduled-zh": ("zh", scheduled),
    "discord-zone": ("en", zone),
    "discord-feedback": ("en", feedback),
    "discord-prefs": ("zh", prefs),
}
"""Of the bundled sample."""

BUSY: Final[Scenes] = {
    f"discord-busy-{name}-{lang}": (lang, partial(made, line="today"))
    for name, made in (("post", post), ("only-me", only_me), ("details", details), ("thread", thread))
    for lang in ("en", "zh")
}
"""Of a made-up day of vLLM's size, to look at."""

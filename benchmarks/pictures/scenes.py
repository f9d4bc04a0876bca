"""Scenes of Slack: what people see there, made by the bot's own desk and layouts, as pages of HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from adapters.chat import Context
from adapters.chat.delivering import TextPost
from adapters.chat.outline.headline import hours_label
from adapters.chat.watching import Step
from adapters.slack.composing import Composing, content_of
from adapters.slack.layout import answer, home, notices
from adapters.slack.layout import digest as layout
from adapters.slack.layout.feedback import feedback_modal
from adapters.slack.layout.prefs import prefs_modal
from adapters.slack.layout.subscribing import Offered, Wanted, form
from adapters.slack.layout.subscriptions import Subscriptions
from adapters.slack.rich import slack_markdown
from benchmarks.pictures import page
from benchmarks.pictures.page import Said
from benchmarks.pictures.scene import CHANNEL, EVENING, REPO, ZONE
from bot.charts import chart_of
from summarizer import languages
from summarizer.windows import Window, moment_label

if TYPE_CHECKING:
    from adapters.chat.delivering import Post
    from benchmarks.pictures.scene import Scene, Scenes

_CHART: Final = "chart"
_GITHUB: Final = ("https://github.com/",)


async def post(scene: Scene, line: str = "today") -> str:
    """A digest where a channel reads it."""
    reply, digest = await scene.digest(line)
    drawn = await chart_of(digest)
    message = layout.in_channel(
        digest,
        languages.load(reply.lang),
        handle=reply.handle,
        line=reply.line,
        chart=_CHART if drawn else None,
    )
    files = {_CHART: drawn[0]} if drawn else {}
    return page.conversation([Said(message.blocks)], scene.reader, files)


async def only_me(scene: Scene, line: str = "today topic:amd") -> str:
    """A digest where one person reads it."""
    reply, digest = await scene.digest(line)
    message = layout.only_me(digest, languages.load(reply.lang), handle=reply.handle, line=reply.line)
    return page.conversation([Said(message.blocks, only_me=True)], scene.reader, {})


async def details(scene: Scene, line: str = "today", at: int = 0) -> str:
    """A page of the view that Details opens."""
    reply, digest = await scene.digest(line)
    view = layout.modal(digest, languages.load(reply.lang), handle=reply.handle, page=at)
    return page.modal(view, scene.reader, {})


async def thread(scene: Scene, line: str = "today", messages: slice = slice(1, 4)) -> str:
    """The beginning of what hangs below a post."""
    reply, digest = await scene.digest(line)
    shown = layout.thread(digest, languages.load(reply.lang))[messages]
    return page.thread([Said(each.blocks) for each in shown], scene.reader, {})


async def mention(scene: Scene) -> str:
    """A question in a channel, and what is said on in its thread."""
    lines = _QUESTIONS[scene.lang]
    said: list[Said] = []
    for line in lines:
        reply = await scene.ask(line, conversation="thread")
        messages = answer.shown(replace(reply, handle="thread"), languages.load(reply.lang))
        # the mention itself is the reader's own client's business
        said += [_says(scene, f"<@{page.BOT}> {line}"), *(Said(each.blocks) for each in messages)]
    return page.thread(said, scene.reader, {})


async def direct(scene: Scene, line: str = "explain #30062") -> str:
    """An answer that was streamed into a direct message."""
    reply = await scene.ask(line)
    blocks = answer.rest(replace(reply, handle="direct"), languages.load(reply.lang))
    streamed = Said(tuple(blocks), markdown=slack_markdown(reply.text, repo_urls=_GITHUB))
    return page.conversation([_says(scene, line), streamed], scene.reader, {})


async def shortcut(scene: Scene) -> str:
    """What "Explain this PR" shows to who chose it."""
    reply = await scene.ask(f"ask explain #26701 repo:{REPO}")
    messages = answer.shown(replace(reply, handle="x"), languages.load(reply.lang), only_me=True)
    link = f"<https://github.com/{REPO}/pull/26701>"
    said = [_says(scene, link), *(Said(each.blocks, only_me=True) for each in messages)]
    return page.conversation(said, scene.reader, {})


async def app_home(scene: Scene) -> str:
    """The home of who asked for two digests, and has two subscriptions."""
    for line in ("yesterday", "today"):
        await scene.ask(line)
    for line in ("subscribe daily 09:00 topic:amd", "watch topic:quantization is:pr max:3/h"):
        await scene.subscribe(line)
    context = Context("slack", team="T1", person=scene.person, lang=scene.lang, tz=ZONE)
    view = home.view(
        languages.load(scene.lang),
        recent=await scene.services.desk.recent(context),
        prefs=await scene.services.desk.preferences(context),
        repo=REPO,
        topics={topic.key: topic.title for topic in scene.services.topics.topics},
        now=scene.services.now(),
        subscriptions=Subscriptions(await scene.services.desk.subscriptions(context)),
    )
    return page.home(view, scene.reader, {})


async def welcome(scene: Scene) -> str:
    """What the bot says when it is invited to a channel."""
    message = notices.welcome(languages.load(scene.lang), repo=REPO)
    return page.conversation([Said(message.blocks)], scene.reader, {})


async def progress(scene: Scene) -> str:
    """What stands there while a digest is made, and where one could not be."""
    words = languages.load(scene.lang)
    failed = words.text("errors.github.unreachable")
    shown = (
        notices.progress(Step("threads", 9, 14), words),
        notices.failed(failed, words, line="today"),
    )
    return page.conversation([Said(each.blocks, only_me=True) for each in shown], scene.reader, {})


async def subscribed(scene: Scene) -> str:
    """What is said to who subscribes a channel."""
    reply = await scene.subscribe(_ORDERS[scene.lang])
    messages = answer.plain(reply, languages.load(reply.lang))
    return page.conversation([Said(each.blocks, only_me=True) for each in messages], scene.reader, {})


async def subscribing(scene: Scene) -> str:
    """The form that subscribes a channel."""
    topics = {topic.key: topic.title for topic in scene.services.topics.topics}
    wanted = Wanted(CHANNEL, "weekly", days=("mon",), topics=("amd",), lang=scene.lang, tz=ZONE, hush="22-8")
    view = form(
        languages.load(scene.lang), wanted, Offered(topics, [REPO], has_channels=True), begun_in=CHANNEL
    )
    return page.modal(view, scene.reader, {})


async def scheduled(scene: Scene) -> str:
    """A digest that was subscribed to, in its channel."""
    post = await scene.scheduled("subscribe every 6h 8-20 on weekdays", EVENING)
    drawn = await chart_of(post.reply.digest) if post.reply.digest else None
    files = {_CHART: drawn[0]} if drawn else {}
    return page.conversation([await _posted(post, chart=bool(files))], scene.at(EVENING), files)


async def watched(scene: Scene) -> str:
    """Single items, told as they happen."""
    post = await scene.watched("watch is:pr -topic:docs max:3/h", EVENING)
    return page.conversation([await _posted(post)], scene.reader, {})


async def outcomes(scene: Scene) -> str:
    """What stands in a channel where there is no digest to show: nothing happened, no data could be had, it is late."""
    words = languages.load(scene.lang)
    quiet = await scene.scheduled("subscribe every 6h 8-20 topic:nvidia", EVENING)
    due = moment_label(EVENING, ZONE)
    span = Window(EVENING - timedelta(hours=6), EVENING, ZONE)
    texts = (
        words.text(
            "deliveries.told.unavailable",
            repo=REPO,
            window=hours_label(span, words),
            id="s3",
        ),
        words.text("deliveries.told.silent", id="s3", order="every 6h 8-20", due=due),
    )
    posts: list[Post] = [quiet, *(TextPost(text, scene.lang) for text in texts)]
    said = [await _posted(post) for post in posts]
    return page.conversation(said, scene.at(EVENING), {})


async def feedback(scene: Scene) -> str:
    """The form that asks what is wrong."""
    _, digest = await scene.digest("today")
    sections = [(each.id, each.title) for each in digest.sections]
    view = feedback_modal(languages.load(scene.lang), "{}", sections=sections)
    return page.modal(view, scene.reader, {})


async def prefs(scene: Scene) -> str:
    """The form of somebody's own defaults."""
    topics = {topic.key: topic.title for topic in scene.services.topics.topics}
    view = prefs_modal(languages.load(scene.lang), prefs={}, repos=[REPO], topics=topics, tz=ZONE)
    return page.modal(view, scene.reader, {})


async def _posted(post: Post, *, chart: bool = False) -> Said:
    """The message of a post that nobody waited for. chart: whether it has one."""
    first, *_ = await Composing()(post)
    return Said(content_of(first).drawn(_CHART if chart else None).blocks)


def _says(scene: Scene, text: str) -> Said:
    """What they typed."""
    return Said(author=scene.name, text=text)


_QUESTIONS: Final = {
    "en": ("any AMD PRs today?", "only merged ones"),
    "zh": ("今天有 AMD 的 PR 吗？", "只看合并的"),
}
_ORDERS: Final = {
    "en": "subscribe daily 09:00 topic:amd quiet-if-empty",
    "zh": "订阅 每周一 10:00 主题：amd",
}

SCENES: Final[Scenes] = {
    "slack-post": ("en", post),
    "slack-post-zh": ("zh", post),
    "slack-only-me": ("en", only_me),
    "slack-details": ("en", details),
    "slack-thread": ("en", thread),
    "slack-mention": ("en", mention),
    "slack-mention-zh": ("zh", mention),
    "slack-direct": ("en", direct),
    "slack-shortcut": ("en", shortcut),
    "slack-home": ("en", app_home),
    "slack-welcome": ("en", welcome),
    "slack-progress": ("en", progress),
    "slack-subscribed": ("en", subscribed),
    "slack-subscribed-zh": ("zh", subscribed),
    "slack-subscribing": ("en", subscribing),
    "slack-scheduled": ("en", scheduled),
    "slack-outcomes": ("en", outcomes),
    "slack-watch": ("en", watched),
    "slack-feedback": ("en", feedback),
    "slack-prefs": ("zh", prefs),
}
"""Name of the picture -> the reader's language and how it is made, of the bundled sample."""

BUSY: Final[Scenes] = {
    f"slack-busy-{name}-{lang}": (lang, partial(made, line="today"))
    for name, made in (("post", post), ("only-me", only_me), ("details", details), ("thread", thread))
    for lang in ("en", "zh")
}
"""The same of a made-up day of vLLM's size, to look at."""

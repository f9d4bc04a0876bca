"""The topic file: the rules as they are now. The file is looked at every few seconds, and whoever keeps this asks it
anew each time; a file that cannot be read changes nothing, and is told."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from summarizer.errors import DigestError, NotConfigured
from summarizer.topics import BUNDLED, load_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from pathlib import Path

    from summarizer.topics import Mend, Topic, TopicRules

log = structlog.get_logger()

LOOK_S: Final = 2.0


class Topics(Protocol):
    """The rules of a topic file, as they are at the moment of asking. `TopicRules` are such that never change."""

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Every topic of the file."""
        ...

    @property
    def words(self) -> frozenset[str]:
        """What people may call the topics."""
        ...

    def find(self, name: str, /) -> Topic:
        """See `TopicRules.find`."""
        ...

    def mended(self, mends: Iterable[Mend], /) -> TopicRules:
        """The rules with these mends; without any the rules themselves."""
        ...


class TopicFile:
    """The one truth of a process about topics. Fills `Topics`."""

    def __init__(self, path: Path | None, *, section_topics: Sequence[str] = ()) -> None:
        """path: None is the file that comes with the package, which never changes. section_topics: what DIGEST_TOPICS
        names, which no later file may be without.

        Raises NotConfigured: `topics.*` for a file that cannot be read, `settings.invalid` for a section's topic that
        is not there.
        """
        self._path = path
        self._seen = self._signature()
        self.rules = load_topics(path)
        self.section_topics = _keys(section_topics, self.rules)
        self._broken: DigestError | None = None

    @property
    def name(self) -> str:
        """Of the file, without its folder."""
        return BUNDLED if self._path is None else self._path.name

    @property
    def problem(self) -> DigestError | None:
        """Why the file as it is now is not taken up; None: what is told here is what it says."""
        return self._broken

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.rules.topics

    @property
    def words(self) -> frozenset[str]:
        return self.rules.words

    @property
    def titles(self) -> Mapping[str, Mapping[str, str]]:
        """Key -> title by language; it follows the file."""
        return _Titles(self)

    @property
    def names(self) -> Collection[str]:
        """The words; they follow the file."""
        return _Words(self)

    def find(self, name: str, /) -> Topic:
        """See `TopicRules.find`."""
        return self.rules.find(name)

    def mended(self, mends: Iterable[Mend], /) -> TopicRules:
        """See `TopicRules.mended`."""
        return self.rules.mended(mends)

    async def look(self) -> bool:
        """Take up what the file says now, if that is something else; whether it was taken up."""
        if self._path is None:
            return False
        seen = await asyncio.to_thread(self._signature)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            rules = await asyncio.to_thread(load_topics, self._path)
            for key in self.section_topics:
                if not any(topic.key == key for topic in rules.topics):
                    raise NotConfigured("topics.section_gone", file=self.name, topic=key)
        except DigestError as error:
            self._broken = error
            log.error("topic file not taken up", file=self.name, error=error.key, values=error.values)
            return False
        was_broken, self._broken = self._broken is not None, None
        if rules.hash == self.rules.hash and rules == self.rules:
            if was_broken:
                log.info("topic file as before")
            return False
        self.rules = rules
        log.info("topic file taken up", file=self.name, topics=len(rules.topics), hash=rules.hash[:10])
        return True

    @asynccontextmanager
    async def followed(self) -> AsyncIterator[None]:
        """It is looked at every LOOK_S while the block runs."""
        if self._path is None:
            yield
            return
        task = asyncio.create_task(self._follow(), name="topic file")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait((task,))

    @contextmanager
    def heeding_hangups(self) -> Iterator[None]:
        """SIGHUP has it looked at at once, while the block runs. At a terminal it means that the terminal is gone."""
        loop = asyncio.get_running_loop()
        looking: set[asyncio.Task[bool]] = set()

        def look() -> None:
            self._seen = None  # even if nothing seems to have changed
            task = loop.create_task(self.look())
            looking.add(task)
            task.add_done_callback(looking.discard)

        heeds = False
        if not sys.stdin.isatty():
            with suppress(NotImplementedError, ValueError, RuntimeError, AttributeError):
                loop.add_signal_handler(signal.SIGHUP, look)
                heeds = True
        try:
            yield
        finally:
            if heeds:
                loop.remove_signal_handler(signal.SIGHUP)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception:  # who does not look any more would keep the old rules in silence
                log.exception("bug", file=self.name)

    def _signature(self) -> tuple[int, int, str] | None:
        """What tells one content from another; None where there is no file. Editors replace a file or write it anew,
        and some keep its time."""
        if self._path is None:
            return None
        try:
            told = self._path.stat()
            return told.st_mtime_ns, told.st_size, hashlib.sha256(self._path.read_bytes()).hexdigest()
        except OSError:
            return None


class _Titles(Mapping[str, Mapping[str, str]]):
    def __init__(self, file: TopicFile) -> None:
        self._file = file

    def __getitem__(self, key: str) -> Mapping[str, str]:
        return next(topic.title for topic in self._file.topics if topic.key == key)

    def __iter__(self) -> Iterator[str]:
        return (topic.key for topic in self._file.topics)

    def __len__(self) -> int:
        return len(self._file.topics)


class _Words(Collection[str]):
    def __init__(self, file: TopicFile) -> None:
        self._file = file

    def __contains__(self, word: object) -> bool:
        return word in self._file.words

    def __iter__(self) -> Iterator[str]:
        return iter(self._file.words)

    def __len__(self) -> int:
        return len(self._file.words)


def _keys(names: Sequence[str], rules: TopicRules) -> tuple[str, ...]:
    """The keys of what DIGEST_TOPICS names."""
    try:
        return tuple(rules.find(name).key for name in names)
    except DigestError as error:  # the same mistake, but made in a setting
        known = ", ".join(topic.key for topic in rules.topics)
        problem = f"DIGEST_TOPICS: one of {known} expected, not {error.values.get('topic')!r}"
        raise NotConfigured("settings.invalid", problems=(problem,)) from None

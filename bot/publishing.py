"""Publishing: the archive as files, a site of its own or posts of a Jekyll site. What nobody may read is not in it.

A file is written only where what is in it has changed, and one that is not part of the archive any more goes; what
somebody else put beside them stays.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from adapters.web.archive import ANYBODY
from summarizer import languages, pages
from summarizer.errors import BadInput
from summarizer.render import render

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from adapters.chat import Progress
    from adapters.web.archive import Archive
    from bot.settings import Settings
    from summarizer.digests import Digest

MANIFEST: Final = ".vllm-digest-files"
"""Which files of a folder are ours, a line each. One stands there before it is written, so that a run that was broken
off leaves none behind that a later one does not know."""

MOST_DIGESTS: Final = 100_000
MANY: Final = 100
"""So many digests are more than enough for several processes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """site, jekyll: the folders to write. url: the address that the site will have, "" as `PUBLIC_URL` has it."""

    site: Path | None = None
    jekyll: Path | None = None
    url: str = ""
    has_cards: bool = False


@dataclass(slots=True)
class Written:
    """What became of a folder's files."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    names: set[str] = field(default_factory=set)


def read_wanted(arguments: Sequence[str]) -> Wanted:
    """`--site DIR`, `--jekyll DIR`, `--url URL`, `--cards`, at least one folder. Raises BadInput `publish.usage`."""
    given: dict[str, str] = {}
    has_cards = False
    waiting = iter(arguments)
    for argument in waiting:
        flag, has_value, value = argument.partition("=")
        if argument == "--cards":
            has_cards = True
            continue
        value = value if has_value else next(waiting, "")
        if flag not in ("--site", "--jekyll", "--url") or not value or flag in given:
            raise BadInput("publish.usage")
        given[flag] = value
    url = given.get("--url", "").rstrip("/")
    parts = urlsplit(url)
    is_address = parts.scheme in ("http", "https") and parts.netloc and not parts.query and not parts.fragment
    if not given.keys() & {"--site", "--jekyll"} or (url and not is_address):
        raise BadInput("publish.usage")
    site, jekyll = (Path(given[flag]) if flag in given else None for flag in ("--site", "--jekyll"))
    if site is not None and jekyll is not None and site.resolve() == jekyll.resolve():
        # each would take the other's files for what is left of an earlier run
        raise BadInput("publish.usage")
    return Wanted(site, jekyll, url, has_cards)


async def publish(
    wanted: Wanted,
    archive: Archive,
    settings: Settings,
    progress: Progress,
    say: Callable[[str], None],
    lang: str,
    *,
    demo: bool = False,
) -> None:
    """Write what is wanted, and say what became of it.

    Raises BadInput: `publish.nothing`, `publish.unwritable`, `publish.not_ours`; StoreError.
    """
    words = languages.load(lang)
    repos = [each.repo for each in await archive.repos(ANYBODY)]
    if not repos:
        raise BadInput("publish.nothing")
    for folder, files in (
        (wanted.site, _site_files(wanted, archive, settings, demo=demo)),
        (wanted.jekyll, _posts(archive, repos)),
    ):
        if folder is not None:
            done = await _write(folder, files, progress)
            say(words.text("publish.done", folder=str(folder), **_counts(done)))


def _counts(done: Written) -> dict[str, int]:
    return {"new": done.new, "changed": done.changed, "same": done.same, "gone": done.gone}


async def _site_files(
    wanted: Wanted, archive: Archive, settings: Settings, *, demo: bool
) -> AsyncIterator[tuple[str, bytes]]:
    from adapters.web.exporting import StaticSite, exported
    from bot.crafting import makers
    from bot.serving import site_of

    site = StaticSite.of(site_of(settings, wanted.url), has_cards=wanted.has_cards)
    yield ".nojekyll", b""  # GitHub Pages would leave out what begins with an underscore
    digests = 0
    for each in await archive.repos(ANYBODY):
        digests += len(await archive.newest(each.repo, ANYBODY, limit=MANY))
    async with makers(archive, site, settings, digests, demo=demo) as crew:
        async for name, content in exported(site, crew):
            yield name, content


async def _posts(archive: Archive, repos: Sequence[str]) -> AsyncIterator[tuple[str, bytes]]:
    """A post for each digest in each language."""
    for repo in repos:
        for listed in await archive.newest(repo, ANYBODY, limit=MOST_DIGESTS):
            for lang in listed.languages:
                digest = await archive.open(repo, listed.id, lang, ANYBODY)
                if digest is not None:
                    yield await asyncio.to_thread(_post, digest)


def _post(digest: Digest) -> tuple[str, bytes]:
    """Its name begins with the day, as Jekyll has it (jekyllrb.com/docs/posts): the rest never changes either."""
    folder = digest.facts.repo.replace("/", "-")
    name = f"_posts/{folder}/{pages.date(digest)}-{digest.id}.{digest.lang}.md"
    return name, render(digest, "jekyll", languages.load(digest.lang)).encode()


async def _write(folder: Path, files: AsyncIterator[tuple[str, bytes]], progress: Progress) -> Written:
    """Raises BadInput `publish.unwritable`, `publish.not_ours`."""
    done = Written()
    try:
        before = await asyncio.to_thread(_before, folder)
        known = set(before)
        async for name, content in files:
            await asyncio.to_thread(_put, folder, name, content, known, done)
            progress("publish", len(done.names), None)
        await asyncio.to_thread(_end, folder, before, done)
    except OSError as error:
        raise BadInput(
            "publish.unwritable", folder=str(error.filename or folder), reason=error.strerror or str(error)
        ) from error
    return done


def _before(folder: Path) -> set[str]:
    """The files that an earlier run wrote there. Raises OSError, BadInput `publish.not_ours`."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        told = (folder / MANIFEST).read_text("utf-8")
    except FileNotFoundError:
        return set()
    except UnicodeDecodeError as error:
        raise BadInput("publish.not_ours", file=str(folder / MANIFEST)) from error
    return {name for name in told.splitlines() if _is_inside(name)}


def _is_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and path.parts != ()


def _put(folder: Path, name: str, content: bytes, known: set[str], done: Written) -> None:
    assert _is_inside(name), name  # noqa: S101 - made of addresses that were checked
    path = folder / name
    done.names.add(name)
    try:
        is_same = path.read_bytes() == content
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        done.new += 1
    else:
        if is_same:
            done.same += 1
            return
        if name not in known:
            raise BadInput("publish.not_ours", file=str(path))
        done.changed += 1
    if name not in known:
        known.add(name)
        with (folder / MANIFEST).open("a", encoding="utf-8") as manifest:
            manifest.write(f"{name}\n")
    path.write_bytes(content)


def _end(folder: Path, before: set[str], done: Written) -> None:
    for name in sorted(before - done.names):
        path = folder / name
        path.unlink(missing_ok=True)
        done.gone += 1
        for parent in path.parents:
            if parent == folder:
                break
            if parent.is_dir():  # somebody may have been faster
                if any(parent.iterdir()):
                    break
                parent.rmdir()
    names = "".join(f"{name}\n" for name in sorted(done.names))
    manifest = folder / MANIFEST
    if not manifest.exists() or manifest.read_text("utf-8") != names:
        manifest.write_text(names, "utf-8")

"""The archive as files: whole, stable, and nothing of what not everybody may read."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from adapters.chat import unwatched
from bot.publishing import Wanted, publish, read_wanted
from bot.settings import load_settings
from summarizer.errors import BadInput
from tests.bot.shell import vllm_digest
from tests.bot.talk import REPO, TERMINAL, on, talked_about, talking

if TYPE_CHECKING:
    from bot.wiring import Services
    from tests.bot.running import Host

URL = "https://acme.example.org/digest"
SECRET = "acme/secret"


class Links(HTMLParser):
    """What a page leads to and loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action", "content")]


async def kept(bot: Services, *lines: str) -> None:
    for line in lines:
        reply = await bot.commands(line, TERMINAL)
        assert reply.digest is not None, reply.text
        await bot.editions.keep(reply.digest)


async def published(bot: Services, wanted: Wanted) -> str:
    said: list[str] = []
    settings = load_settings(DIGEST_TZ="UTC", DIGEST_LANG="en")
    await publish(wanted, bot.archive, settings, unwatched, said.append, "en")
    return "\n".join(said)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written(folder: Path) -> dict[Path, int]:
    """When each file was written last."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


async def test_every_link_of_a_site_leads_to_a_file_of_it_or_to_the_repository(
    host: Host, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    async with talking(host) as bot:
        await kept(bot, "2026-03-23", "2026-03-23 lang:zh", "2026-W12", "2026-03-24 topic:amd")
        told = await published(bot, Wanted(site=site, url=URL))

    there = files(site)
    pages = {name: content.decode() for name, content in there.items() if name.endswith(".html")}
    assert f"{len(there) - 1} new, 0 changed" in told
    assert {"index.html", "index.zh.html", f"{REPO}/index.html", f"{REPO}/feeds/all.en.atom"} <= set(there)
    assert sum("/digests/" in name for name in pages) >= 4
    assert not [
        name for name, page in pages.items() if 'class="choices"' in page
    ]  # nothing is chosen among files
    for name, page in pages.items():
        for link in Links(page).found:
            address = urlsplit(link)
            if not link.startswith(("/", URL)):
                is_text = not address.netloc
                assert is_text or link.startswith(f"https://github.com/{REPO}"), f"{name}: {link}"
                continue
            path = unquote(address.path).removeprefix("/digest/")
            assert (f"{path}index.html" if not path or path.endswith("/") else path) in there, (
                f"{name}: {link}"
            )


async def test_nothing_is_written_anew_that_did_not_change(host: Host, tmp_path: Path) -> None:
    site, jekyll = tmp_path / "site", tmp_path / "jekyll"
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        await published(bot, Wanted(site, jekyll, URL))
        before = written(tmp_path)
        again = await published(bot, Wanted(site, jekyll, URL))
        after = written(tmp_path)
        await kept(bot, "2026-03-24")
        more = await published(bot, Wanted(site, jekyll, URL))

    assert len(re.findall(r"\b0 new, 0 changed, \d+ as they were, 0 gone", again)) == 2
    assert after == before
    assert "1 new, 0 changed, 1 as they were, 0 gone" in more.splitlines()[1]


async def test_what_is_forgotten_goes_from_the_files_too_and_what_is_somebody_elses_stays(
    host: Host, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    async with talking(host) as bot:
        await kept(bot, "2026-03-23", "2026-W12")
        await published(bot, Wanted(site=site))
        (site / "CNAME").write_text("digest.example.org")
        [daily] = [each for each in await bot.store.editions.newest(REPO, 9) if each.edition == "daily"]
        await bot.store.editions.remove(REPO, daily.id)
        await published(bot, Wanted(site=site))

    left = files(site)
    assert not [name for name in left if daily.id in name]
    assert daily.id.encode() not in b"".join(left.values())
    assert left["CNAME"] == b"digest.example.org"


async def test_a_file_of_somebody_else_is_not_overwritten(host: Host, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("my own page")
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        with pytest.raises(BadInput) as caught:
            await published(bot, Wanted(site=tmp_path))

    assert caught.value.key == "publish.not_ours"
    assert (tmp_path / "index.html").read_text() == "my own page"


async def test_a_run_that_was_broken_off_is_finished_by_the_next(host: Host, tmp_path: Path) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        await published(bot, Wanted(site=tmp_path))
        whole = files(tmp_path)
        (tmp_path / "index.html").write_text("half a pa")
        (tmp_path / f"{REPO}/index.html").unlink()
        await published(bot, Wanted(site=tmp_path))

    assert files(tmp_path) == whole


async def test_a_private_repository_is_in_no_file(host: Host, tmp_path: Path) -> None:
    world = talked_about()
    secret = world.repository(SECRET, private=True)
    secret.open_issue("Plan the takeover", by="ann", at=on(23))
    async with talking(host, world, DIGEST_REPOS=f"{REPO},{SECRET}", DIGEST_ACCESS=f"{SECRET}=shell") as bot:
        await kept(bot, "2026-03-23", f"2026-03-23 repo:{SECRET}")
        await published(bot, Wanted(tmp_path / "site", tmp_path / "jekyll"))

    everything = "".join(name + content.decode("latin-1") for name, content in files(tmp_path).items())
    assert "secret" not in everything
    assert "takeover" not in everything


async def test_posts_for_jekyll_have_front_matter_and_names_that_stay(host: Host, tmp_path: Path) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23", "2026-03-23 lang:zh")
        await published(bot, Wanted(jekyll=tmp_path))

    posts = [tmp_path / name for name in files(tmp_path) if name.endswith(".md")]
    assert len(posts) == 2
    for path in posts:
        assert re.fullmatch(r"2026-03-2[34]-daily-2026-03-23-[0-9a-f]{10}\.(en|zh)\.md", path.name)
        _, front, page = path.read_text("utf-8").split("---\n", 2)
        assert yaml.safe_load(front)["title"].endswith("2026-03-23")
        assert "#101" in page


async def test_without_a_kept_digest_there_are_no_posts_and_that_is_no_fault(
    host: Host, tmp_path: Path
) -> None:
    async with talking(host) as bot:
        told = await published(bot, Wanted(jekyll=tmp_path))

    assert "0 new, 0 changed, 0 as they were, 0 gone" in told


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--site"],
        ["--sites", "x"],
        ["x"],
        ["--site", "x", "--site", "y"],
        ["--url", "https://example.org"],
        ["--site", "x", "--url", "example.org"],
        ["--site", "x", "--url", "https://example.org/?a=b"],
    ],
)
def test_what_is_not_understood_is_answered_with_how_to_write_it(arguments: list[str]) -> None:
    with pytest.raises(BadInput) as caught:
        read_wanted(arguments)

    assert caught.value.key == "publish.usage"


def test_flags_are_written_either_way() -> None:
    asked = ["--site=a", "--jekyll", "b", f"--url={URL}/", "--cards"]

    assert read_wanted(asked) == Wanted(Path("a"), Path("b"), URL, has_cards=True)


async def test_the_command_says_what_it_wrote_and_what_is_missing(tmp_path: Path) -> None:
    nothing = await vllm_digest("publish", "--site", "site", "--demo", cwd=tmp_path)
    await vllm_digest("2025-12-10", "--keep", "--demo", cwd=tmp_path)
    done = await vllm_digest("publish", "--site", "site", "--demo", cwd=tmp_path)
    (tmp_path / "file").write_text("")
    blocked = await vllm_digest("publish", "--site", "file", "--demo", cwd=tmp_path)

    assert (nothing.code, done.code, blocked.code) == (2, 0, 2)
    assert "--keep" in nothing.err
    assert re.search(r"site: \d+ new", done.out)
    assert (tmp_path / "site" / "index.html").is_file()
    assert "cannot be written" in blocked.err


async def test_a_folder_that_somebody_removed_is_no_trouble(host: Host, tmp_path: Path) -> None:
    site = tmp_path / "site"
    async with talking(host) as bot:
        await kept(bot, "2026-03-23", "2026-W12")
        await published(bot, Wanted(site=site))
        for each in await bot.store.editions.newest(REPO, 9):
            await bot.store.editions.remove(REPO, each.id)
        shutil.rmtree(site / REPO / "digests")
        told = await published(bot, Wanted(site=site))
        again = await published(bot, Wanted(site=site))

    assert " 0 gone" not in told
    assert " 0 gone" in again


def test_a_site_and_posts_are_never_written_into_one_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_wanted(["--site", str(tmp_path / "a"), "--jekyll", str(tmp_path / "b" / ".." / "a")])

    assert refused.value.key == "publish.usage"


async def test_a_digest_that_another_version_wrote_keeps_nobody_from_reading_the_others(
    host: Host, tmp_path: Path
) -> None:
    async with talking(host) as bot:
        await kept(bot, "2026-03-23")
        await bot.store.editions.keep(
            REPO, "daily-9", "en", b"[]", at=on(24), title="Of another version", edition="daily"
        )
        await published(bot, Wanted(tmp_path / "site", tmp_path / "jekyll", URL))

    there = files(tmp_path)
    assert len([name for name in there if name.startswith("jekyll/_posts/")]) == 1
    assert f"site/{REPO}/index.html" in there
    assert b"<entry>" in there[f"site/{REPO}/feeds/all.en.atom"]
    assert not [name for name in there if "daily-9" in name]


async def test_what_was_kept_under_another_spelling_has_one_address(host: Host, tmp_path: Path) -> None:
    async with talking(host) as bot:
        reply = await bot.commands("2026-03-23", TERMINAL)
        assert reply.digest is not None
        facts = replace(reply.digest.facts, repo=REPO.upper())
        await bot.editions.keep(replace(reply.digest, facts=facts))
        await published(bot, Wanted(site=tmp_path, url=URL))

    assert not [name for name in files(tmp_path) if name.startswith(REPO.upper())]
    assert (
        REPO.upper() not in (tmp_path / REPO / "feeds" / "all.en.atom").read_text().partition("<content")[0]
    )

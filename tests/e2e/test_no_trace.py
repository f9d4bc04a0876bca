"""Every surface is walked by those who may not read a private repository: they find no trace of it, and cannot tell it
from one that is not there. Those who may read it find it on each of them."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from mcp import Client
from starlette.applications import Starlette

from adapters.chat import unwatched
from adapters.mcp import server
from adapters.web.app import STATIC
from adapters.web.digests import LISTS
from adapters.web.openapi import OPERATIONS
from adapters.web.schemas import PUBLISHED
from bot.archive.gate import KNOWN_S
from bot.publishing import Wanted, publish
from bot.serving import Readiness, web_of
from bot.supervisor import Supervisor
from bot.tools import Tools
from bot.wiring import Services
from summarizer import languages
from summarizer.windows import EDITIONS
from tests.adapters.opened import opened, running
from tests.bot.running import Host
from tests.bot.talk import REPO, SHELL
from tests.e2e.hidden import ITEMS, PRIVATE, TITLE, UNKNOWN, alike, granted, kept, traces, with_hidden

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from adapters.store import Store
    from tests.servers.github import World

TOKEN = "correct-horse-battery-staple-32-chars"
ANN = {"X-Forwarded-Email": "ann@example.com"}
SIGNED_IN = {"Authorization": f"Bearer {TOKEN}"}
PLENTY = {"WEB_RATE": "100000/s", "DIGEST_RATE_PER_USER": "100000/s"}
SITE = {"PUBLIC_URL": "http://digest.example.com", "WEB_ROBOTS": "yes"}
COMMON: dict[str, Any] = {**PLENTY, **SITE}


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)


# --- the pages, feeds, pictures and the API


@dataclass(frozen=True)
class Doors:
    """A way to sign in. settings: that open it. reader: as DIGEST_ACCESS names who is let in; "" nobody is.
    insider: their headers. strangers: those of others."""

    settings: dict[str, Any]
    reader: str
    insider: dict[str, str]
    strangers: dict[str, dict[str, str]]


DOORS = {
    "token": Doors(
        {"WEB_AUTH": f"token:{TOKEN}"},
        "web",
        SIGNED_IN,
        {
            "nobody": {},
            "a wrong token": {"Authorization": f"Bearer {TOKEN}x"},
            "a wrong password": {"Authorization": "Basic YW5uOmd1ZXNz"},
            "a forged pass": {"Cookie": "vllm-digest=999999999999.0123456789abcdef"},
            "a proxy that is none": ANN,
        },
    ),
    "proxy": Doors(
        {"WEB_AUTH": "header:X-Forwarded-Email"},
        "web-user:ann@example.com",
        ANN,
        {
            "nobody": {},
            "somebody else": {"X-Forwarded-Email": "bob@example.com"},
            "a longer name": {"X-Forwarded-Email": "ann@example.com.evil.example"},
            "a token": SIGNED_IN,
        },
    ),
    "none": Doors({}, "", {}, {"nobody": {}, "a token": SIGNED_IN, "a name": ANN}),
}


@dataclass
class Site:
    """The web over a store that holds both repositories. ids: of their digests, the same for the unknown one as for the
    private one."""

    services: Services
    app: Starlette
    client: httpx.AsyncClient
    ids: dict[str, tuple[str, ...]]

    def traces(self, response: httpx.Response) -> list[str]:
        """The words of the private repository in all that a response tells."""
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.multi_items())
        return traces(f"{headers}\n{response.text}", *self.ids[PRIVATE])


@asynccontextmanager
async def served(host: Host, world: World | None = None, **settings: Any) -> AsyncIterator[Site]:  # noqa: ANN401 - see `opened`
    """Both repositories are read and kept; the shell is among the readers that are named."""
    async with opened(host, world=world or with_hidden(), **{**COMMON, **settings}) as roof:
        there = await kept(roof.services)
        supervisor = Supervisor()
        idle = asyncio.Event()
        of_upkeep = {f"upkeep {repo}": idle.wait for repo in roof.settings.repos}
        readiness = Readiness(roof.services, supervisor, {})
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serve = web_of(roof.named, roof.services, None, readiness, listening=port.set_result)
        async with (
            running(partial(supervisor.run, of_upkeep)),  # type: ignore[arg-type]
            running(partial(serve, "127.0.0.1", 0)),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}", timeout=30) as client,
        ):
            ids = {repo: each.ids for repo, each in there.items()}
            yield Site(roof.services, app_of(serve), client, ids | {UNKNOWN: ids[PRIVATE]})


def app_of(serve: Any) -> Starlette:  # noqa: ANN401 - what `web_of` hands out
    return cast("Starlette", serve.args[0]._app)


QUERIES = {
    "q": f"{TITLE} crashes",
    "page": "1",
    "before": "",
    "since": "2026-03-01T00:00:00Z",
    "until": "2026-03-30T00:00:00Z",
    "limit": "5",
    "edition": "daily",
    "month": "2026-03",
    "tz": "UTC",
    "talk": "t" * 22,
    "next": "/",
}
"""Of each parameter that a page or the API knows, a value that it takes."""


def addresses(app: Starlette, repo: str, ids: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each route with all that it may be filled with for a repository, and queries that it may have: (route, address).

    Fails for a route with a part that is not known here: a new one has to be walked too.
    """
    owner, name = repo.split("/")
    langs = languages.codes()
    feeds = ["all", *EDITIONS, "topic-amd", "topic-quantization", "topic-unknown"]
    parts: dict[str, list[str]] = {
        "owner": [owner],
        "id": [*ids, "daily-2026-03-23-0123456789"],
        "number": [*map(str, ITEMS), "999999999"],
        "key": ["amd", "rocm", "no-such-topic"],
        "feed": [f"{feed}.{lang}.{form}" for feed in feeds for lang in langs for form in ("atom", "json")],
        "list": [*LISTS, "nothing"],
        "schema": list(PUBLISHED),
    }
    of_api = {each.path: each for each in OPERATIONS}
    for route in app.routes:
        path = str(getattr(route, "path", ""))
        assert path, f"{route}: no route that can be walked"
        wanted = re.findall(r"{(\w+)(?::\w+)?}", path)
        here = {**parts, "name": [name] if "owner" in wanted else list(STATIC)}
        unknown = [each for each in wanted if each not in here]
        assert not unknown, f"{path}: say here what {unknown} may be"
        queries: list[dict[str, str]] = [{}, {"lang": "zh"}, {"lang": "en", **QUERIES}]
        if path.endswith(("/ask", "/ask/stream", "/search")):
            queries = [{}, *({"q": words} for words in asked(repo)), {"q": TITLE, "lang": "zh"}]
        if operation := of_api.get(path):
            needed = [each.name for each in operation.parameters if each.is_needed]
            lacking = [each.name for each in operation.parameters if each.name not in {*QUERIES, "lang"}]
            assert not lacking, f"{path}: say here what {lacking} may be"
            known = {each.name: QUERIES[each.name] for each in operation.query if QUERIES[each.name]}
            least = {name: QUERIES[name] for name in needed}
            queries = [{}, least, {**least, "lang": "zh"}, known]
        for place, values in enumerate(itertools.product(*(here[each] for each in wanted))):
            filled = re.sub(r"{\w+(?::\w+)?}", "{}", path).format(*values)
            for query in [queries[place % len(queries)]] if place else queries:
                yield path, str(httpx.URL(filled, params=query) if query else httpx.URL(filled))


def asked(repo: str) -> list[str]:
    return [
        TITLE,
        f"any {TITLE} PRs this week?",
        f"what about #{ITEMS[0]}?",
        f"why #{ITEMS[0]}",
        f"any PRs? repo:{repo}",
    ]


UNEQUAL = frozenset({"date"})


def told(response: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that a visitor is told, but for the time and the name that they typed themselves."""
    headers = [(name, alike(value)) for name, value in response.headers.multi_items() if name not in UNEQUAL]
    return response.status_code, sorted(headers), response.content.replace(PRIVATE.encode(), UNKNOWN.encode())


def is_of_repo(route: str) -> bool:
    return "{owner}" in route


@pytest.mark.parametrize("way", DOORS)
async def test_no_route_tells_a_stranger_of_it_nor_that_it_is_there(way: str, host: Host) -> None:
    doors = DOORS[way]
    readers = ["shell", *filter(None, [doors.reader])]
    found: set[str] = set()
    walked: set[str] = set()
    async with served(host, **granted(*readers), **doors.settings) as site:
        pairs = zip(
            addresses(site.app, PRIVATE, site.ids[PRIVATE]),
            addresses(site.app, UNKNOWN, site.ids[UNKNOWN]),
            strict=True,
        )
        for place, ((route, private), (_, unknown)) in enumerate(pairs):
            tag = ""
            if doors.reader:  # their answer is in the memory from now on
                let_in = await site.client.get(private, headers=doors.insider)
                tag = let_in.headers.get("etag", "")
                is_picture = let_in.headers.get("content-type", "").startswith("image/")
                if let_in.status_code == 200 and (is_picture or site.traces(let_in)):
                    found.add(route)
            walked.add(route)
            strangers = list(doors.strangers.items())
            # each address by one of them in turn, each route by all
            who, headers = strangers[place % len(strangers)]
            for more in [{}, {"If-None-Match": tag}] if tag else [{}]:
                of_private = await site.client.get(private, headers={**headers, **more})
                of_unknown = await site.client.get(unknown, headers={**headers, **more})
                assert told(of_private) == told(of_unknown), f"{who} at {private}"
                given_away = [each for each in site.traces(of_private) if each not in private.lower()]
                assert not given_away, f"{who} at {private}: {given_away}"

    assert {"/", "/about", "/{owner}/{name}", "/readyz", "/metrics", "/sitemap.xml"} <= walked
    if doors.reader:
        assert found >= {route for route in walked if is_of_repo(route) and not route.endswith("/schema")}


class Links(HTMLParser):
    """What a page leads to and loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action", "content")]


async def crawled(site: Site, headers: dict[str, str], most: int = 10_000) -> dict[str, httpx.Response]:
    """What can be reached from the first pages, by address, the nearest of it first; pictures are not looked at."""
    waiting = deque(
        ["/", "/?lang=zh", "/robots.txt", "/sitemap.xml", "/api/v1/repos", "/api/v1/openapi.json"]
    )
    found: dict[str, httpx.Response] = {}
    while waiting and len(found) < most:
        address = waiting.popleft()
        if address in found or urlsplit(address).path.endswith((".png", ".svg")):
            continue
        response = found[address] = await site.client.get(address, headers=headers)
        kind = response.headers.get("content-type", "")
        links = Links(response.text).found if "html" in kind else []
        if "json" in kind or "xml" in kind:
            links = re.findall(r"https?://[^\s\"<>]+|\"(/[^\s\"<>{]*)\"", response.text)
        links.append(response.headers.get("location", ""))
        for link in filter(None, links):
            parts = urlsplit(urljoin(f"{SITE['PUBLIC_URL']}{address}", link))
            if parts.netloc in ("digest.example.com", ""):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


async def test_no_page_leads_a_stranger_to_it(host: Host) -> None:
    doors = DOORS["token"]
    async with served(host, **granted("shell", doors.reader), **doors.settings) as site:
        let_in = await crawled(site, doors.insider, most=200)
        found = await crawled(site, {})
        given_away = {address: words for address, each in found.items() if (words := site.traces(each))}
        shown = {address for address, each in let_in.items() if site.traces(each)}

    assert not given_away
    assert not [address for address, each in found.items() if each.status_code >= 500]
    assert len(found) > 100, len(found)
    assert f"/{REPO}/items/101" in found
    assert {"/", f"/{PRIVATE}", f"/{PRIVATE}/items/{ITEMS[0]}", "/api/v1/repos"} <= shown
    assert PRIVATE not in let_in["/sitemap.xml"].text  # which is for anybody


# --- whatever else a visitor may send


async def raw(site: Site, target: str, method: str, headers: dict[str, str]) -> bytes:
    """All that is sent back for a request as it is written here, but for the time."""
    url = site.client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    named = {"Host": "digest.example.com", "Connection": "close", **headers}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
    writer.write("\r\n".join(lines).encode("latin-1"))
    try:
        answer = await reader.read()
    finally:
        writer.close()
    return re.sub(rb"(?i)\r\ndate: [^\r]*", b"", answer).replace(PRIVATE.encode(), UNKNOWN.encode())


def odd(repo: str, ids: tuple[str, ...]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(target, method, headers) of what no page of ours asks for."""
    owner, name = repo.split("/")
    page = f"/{repo}/digests/{ids[0]}"
    targets = [
        f"/{owner}%2F{name}", f"/{owner}%2f{name}/digests", f"//{repo}", f"/{repo}/", f"/{repo}//digests",
        f"/./{repo}", f"/x/../{repo}", f"/{repo}/../../{repo}", f"/%2e%2e/{repo}", f"/{repo}%00", f"/{repo}%0d%0aX-A:b",
        f"/{repo.upper()}", f"/{repo.title()}/items/{ITEMS[0]}", f"/{repo};a=b", f"/{repo}.git", f"/{repo}#x",
        f"/{owner}\u017f/{name}".encode().decode("latin-1"), f"/{repo}?",
        f"/{repo}".replace("l", "%EF%BC%AC"), f"/{owner}/%20{name}", f"/{repo}%E2%80%AE",
        f"{page}%2Emd", f"{page}.MD", f"{page}/", f"{page}%20", f"{page}.md/", f"{page}%2Fcharts%2Factivity.svg",
        f"/{repo}/items/0{ITEMS[0]}", f"/{repo}/items/{ITEMS[0]}.0", f"/{repo}/items/%EF%BC%97",
        f"/{repo}/items/{'9' * 400}", f"/{repo}/feeds/all.en.atom%00", f"/{repo}/feeds/topic-AMD.en.atom",
        f"/{repo}?lang=xx&lang=zh", f"/{repo}?{'a' * 20_000}", f"/{repo}/search?q={'x%20' * 4_000}",
        f"/{repo}/digests?month=9999-99&edition=none", f"/{repo}/topics/amd?before=../../x", f"http://other.example/{repo}",
        f"/api/v1/repos/{repo}/digests?limit=9999", f"/api/v1/repos/{repo}/digests/{ids[0]}?lang=xx",
        f"/api/v1/repos/{owner}%2F{name}", f"/api/v1//repos/{repo}", f"/api/v1/repos/{repo}/search?q=",
        f"/api/v1/repos/{repo}/digests?before=xx", f"/api/v1/repos/{repo}/ask?q=", f"/topics/{owner}%2F{name}",
        f"/static/..%2F..%2F{owner}", f"/sign-in?next=/{repo}",
    ]  # fmt: skip
    for target in targets:
        yield target, "GET", {}
    for target in (
        f"/{repo}",
        page,
        f"{page}.md",
        f"/{repo}/ask",
        f"/{repo}/ask/stream?q=x",
        f"/api/v1/repos/{repo}",
    ):
        for method in ("HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "PROPFIND"):
            yield target, method, {}
        yield target, "POST", {"Content-Length": "2000000"}
        for headers in (
            {"Accept-Encoding": "gzip"}, {"Range": "bytes=0-10"}, {"If-None-Match": "*"}, {"If-Match": '"x"'},
            {"If-Modified-Since": "Wed, 21 Oct 2030 07:28:00 GMT"}, {"Accept-Language": "zh"},
            {"X-Forwarded-For": "127.0.0.1"}, {"X-Original-URL": f"/{repo}"}, {"X-HTTP-Method-Override": "GET"},
            {"Sec-Fetch-Site": "cross-site"}, {"Sec-Purpose": "prefetch"}, {"Origin": "https://other.example"},
            {"Authorization": "Basic ===="}, {"Cookie": "vllm-digest=a; vllm-digest=b; x=\xe9"},
            {"X-Archive-Stamp": "1"},
        ):  # fmt: skip
            yield target, "GET", headers


async def test_nothing_that_can_be_sent_tells_it_from_one_that_is_not_there(host: Host) -> None:
    doors = DOORS["token"]
    async with served(host, **granted("shell", doors.reader), **doors.settings) as site:
        ids = site.ids[PRIVATE]
        for private, unknown in zip(odd(PRIVATE, ids), odd(UNKNOWN, ids), strict=True):
            target, method, headers = private
            await raw(site, target, method, {**headers, **doors.insider})
            of_private = await raw(site, target, method, headers)
            of_unknown = await raw(site, unknown[0], method, unknown[2])

            assert of_private == of_unknown, f"{method} {target[:200]} {headers}"
            assert not of_private.startswith(b"HTTP/1.1 5"), f"{method} {target[:200]} {headers}"


async def test_who_comes_too_often_is_told_so_of_either(host: Host) -> None:
    settings = {**granted("shell", "web"), **DOORS["token"].settings, "WEB_RATE": "1/h"}
    async with served(host, **settings) as site:
        await site.client.get("/about")
        answers = [await site.client.get(f"/{repo}") for repo in (PRIVATE, UNKNOWN)]

    assert [each.status_code for each in answers] == [429, 429]
    assert answers[0].content == answers[1].content
    assert answers[0].headers.keys() == answers[1].headers.keys()


# --- what was told and is so no longer


async def test_pages_that_were_read_are_gone_once_it_turned_private(host: Host) -> None:
    world = with_hidden()
    world.repository(PRIVATE).is_private = False
    async with served(host, world, **granted("shell")) as site:
        now = [time.monotonic()]
        site.services.archive._gate._monotonic = lambda: now[0]
        places = list(addresses(site.app, PRIVATE, site.ids[PRIVATE]))
        others = list(addresses(site.app, UNKNOWN, site.ids[UNKNOWN]))
        before = {address: await site.client.get(address) for route, address in places if is_of_repo(route)}
        world.repository(PRIVATE).is_private = True
        synced = await site.services.commands(f"sync repo:{PRIVATE}", SHELL)
        now[0] += KNOWN_S + 0.1
        for (_, private), (_, unknown) in zip(places, others, strict=True):
            tag = before[private].headers.get("etag", "") if private in before else ""
            for headers in [{}, {"If-None-Match": tag}] if tag else [{}]:
                of_private = await site.client.get(private, headers=headers)
                assert told(of_private) == told(await site.client.get(unknown, headers=headers)), private
        left = await crawled(site, {})
        given_away = {address: words for address, each in left.items() if (words := site.traces(each))}

    assert synced.problem is None
    assert site.traces(before[f"/{PRIVATE}"])
    assert sum(each.status_code == 200 for each in before.values()) > 50
    assert not given_away


async def test_who_is_not_named_any_more_finds_nothing(host: Host) -> None:
    doors = DOORS["proxy"]
    async with served(host, **granted("shell", doors.reader), **doors.settings) as site:
        before = await crawled(site, doors.insider, most=200)
    async with served(host, **granted("shell", "web-user:bob@example.com"), **doors.settings) as site:
        for address, response in before.items():
            if PRIVATE in address and "/ask" not in address:
                tag = {"If-None-Match": response.headers.get("etag", "")}
                again = await site.client.get(address, headers={**doors.insider, **tag})
                assert again.status_code == 404, address
        after = await crawled(site, doors.insider, most=200)
        given_away = {address: words for address, each in after.items() if (words := site.traces(each))}

    assert any(site.traces(each) for each in before.values())
    assert not given_away


# --- files


async def test_no_exported_file_holds_it(host: Host, tmp_path: Path) -> None:
    wanted = Wanted(tmp_path / "site", tmp_path / "jekyll", "https://digest.example.org", has_cards=True)
    async with opened(host, world=with_hidden(), **COMMON, **granted("shell", "web-user:ann")) as roof:
        ids = (await kept(roof.services))[PRIVATE].ids
        await publish(wanted, roof.services.archive, roof.named, unwatched, lambda _said: None, "en")
    files = in_folders(tmp_path / "site", tmp_path / "jekyll")
    told = "".join(f"{name}\n{content.decode('utf-8', 'replace')}" for name, content in files.items())

    assert f"{REPO}/items/" in told or REPO in told
    assert any(name.endswith(".md") for name in files)
    assert not traces(told, *ids)


def in_folders(*folders: Path) -> dict[str, bytes]:
    """The files there, by name."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path): path.read_bytes() for path in paths}


# --- tools for other programs


TOOL_ARGUMENTS: dict[str, Any] = {
    "window": "week",
    "question": f"any {TITLE} PRs this week?",
    "number": ITEMS[0],
    "kind": "pull_request",
    "words": [TITLE],
    "people": ["author:marzipan"],
    "labels": ["walrus"],
}
"""Of each argument of a tool that makes a difference here."""


async def of_tools(services: Services, repo: str) -> dict[str, str]:
    """What each tool tells of a repository."""
    found = {}
    async with Client(server(Tools(services.commands, services.topics, lang="en"), version="0")) as client:
        for tool in (await client.list_tools()).tools:
            known = tool.input_schema["properties"]
            assert {"repo", "language", "time_zone"} <= set(known), f"{tool.name}: about which repository?"
            lacking = set(tool.input_schema.get("required", ())) - set(TOOL_ARGUMENTS)
            assert not lacking, f"{tool.name}: say here what {lacking} may be"
            given = {name: value for name, value in TOOL_ARGUMENTS.items() if name in known}
            result = await client.call_tool(tool.name, {**given, "repo": repo})
            found[tool.name] = repr(result)
    return found


async def test_no_tool_tells_of_it_where_the_shell_is_not_named(host: Host) -> None:
    async with opened(host, world=with_hidden(), **granted("shell")) as roof:
        ids = (await kept(roof.services))[PRIVATE].ids
        let_in = await of_tools(roof.services, PRIVATE)
    async with opened(host, world=with_hidden(), **granted("slack:T0NAMED")) as roof:
        refused = await of_tools(roof.services, PRIVATE)
        usual = await of_tools(roof.services, "")

    typed = {TITLE, "marzipan", "walrus", *PRIVATE.split("/"), "zanzibar", "quokka", *map(str, ITEMS)}
    for name, answer in let_in.items():
        assert "turnip" in answer.lower() or "xylophone kernels" in answer.lower(), name
    for (
        name,
        answer,
    ) in refused.items():  # the person of the shell owns the settings, and is told how to open the gate
        assert not set(traces(answer, *ids)) - typed, name
        assert "xylophone kernels" not in answer.lower(), name
    for name, answer in usual.items():
        assert not set(traces(answer, *ids, "zanzibar")) - (typed - {"zanzibar", "quokka"}), name

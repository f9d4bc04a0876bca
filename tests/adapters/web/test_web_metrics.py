"""/metrics is there for who brings the token, or on this machine alone; each request is counted by its kind."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
import pytest

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry
from adapters.web.measured import Measured, route_of
from adapters.web.metrics import is_loopback, metrics_routes
from tests.adapters.web.visiting import PATH, REPO, Shelf, visiting

TOKEN = "a-token-of-twenty-one"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class Told:
    """What is told, and how it was asked for."""

    asked: list[bool] = field(default_factory=list)

    async def __call__(self, *, with_names: bool) -> bytes:
        self.asked.append(with_names)
        return b"vllm_digest_store_up 1.0\n"


def routes(told: Told, token: str = "", *, is_open: bool = False) -> dict[str, object]:
    return {
        "extra_routes": metrics_routes(told, token=token, is_open=is_open, media_type=MEDIA_TYPE),
    }


async def test_who_brings_the_token_is_told_every_name() -> None:
    told = Told()
    async with visiting(Shelf(), **routes(told, TOKEN)) as client:  # type: ignore[arg-type]
        answer = await client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (answer.status_code, answer.text) == (200, "vllm_digest_store_up 1.0\n")
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.headers["cache-control"] == "no-store"
    assert told.asked == [True]


@pytest.mark.parametrize(
    "header", [None, "Bearer", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN, "Bearer größer-als-ascii"]
)
async def test_who_brings_another_token_or_none_is_refused(header: str | None) -> None:
    told = Told()
    async with visiting(Shelf(), **routes(told, TOKEN, is_open=True)) as client:  # type: ignore[arg-type]
        headers = {b"Authorization": header.encode()} if header else {}
        answer = await client.get("/metrics", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert told.asked == []


async def test_without_a_token_it_is_not_there_but_on_this_machine() -> None:
    told = Told()
    async with visiting(Shelf(), **routes(told)) as client:  # type: ignore[arg-type]
        closed = await client.get("/metrics")
        other = await client.get("/nothing-here")
    async with visiting(Shelf(), **routes(told, is_open=True)) as client:  # type: ignore[arg-type]
        opened = await client.get("/metrics")
        behind_a_proxy = await client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert (closed.status_code, closed.text) == (404, other.text)
    assert (opened.status_code, behind_a_proxy.status_code) == (200, 404)
    assert told.asked == [False]


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - what is told apart
        ("::", False),
        ("192.0.2.7", False),
        ("web.example.org", False),
    ],
)
def test_only_a_loopback_address_is_this_machine(host: str, *, is_here: bool) -> None:
    assert is_loopback(host) is is_here


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/", "home"),
        ("/healthz", "healthz"),
        ("/static/style.css", "static"),
        ("/slack/events", "slack"),
        ("/api/v1/repos", "api"),
        (f"/{REPO}", "front"),
        (f"/{REPO}/digests", "digests"),
        (PATH, "digest"),
        (f"{PATH}.md", "digest"),
        (f"{PATH}/charts/files.svg", "pictures"),
        (f"/{REPO}/items/7", "items"),
        (f"/{REPO}/topics/amd", "topics"),
        (f"/{REPO}/feeds/all.en.atom", "feeds"),
        (f"/{REPO}/ask/stream", "ask"),
        ("/wp-login.php", "other"),
        (f"/{REPO}/anything", "other"),
        ("/%2e%2e/etc", "other"),
        ("/a\n/b", "other"),
    ],
)
def test_an_address_is_of_one_of_a_few_kinds(path: str, route: str) -> None:
    assert route_of(path) == route


async def test_each_request_is_counted_by_its_kind_and_status() -> None:
    registry = Registry("web@host:1")

    async def app(scope: object, receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": b""})  # type: ignore[operator]

    transport = httpx.ASGITransport(Measured(app))
    with metrics.installed(registry):
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            await client.get("/wp-login.php?secret=1")
    told = registry.snapshot()

    assert told[table.WEB_REQUESTS.name] == [("", {"route": "other", "status": "404"}, 1.0)]
    assert ("_count", {"route": "other"}, 1.0) in told[table.WEB_SECONDS.name]

"""What visitors send to be let in, led astray, or to break something."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from adapters.web.archive import Visitor
from adapters.web.doors import Doors
from adapters.web.site import Site
from tests.adapters.web.visiting import PATH, SECRET_REPO, Shelf, visiting

TOKEN = "correct-horse-battery-staple"


def _raw(*headers: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode()) for name, value in headers])


def test_a_name_that_is_told_twice_is_nobodys() -> None:
    doors = Doors(header="X-Forwarded-Email")
    twice = _raw(("x-forwarded-email", "boss@example.com"), ("x-forwarded-email", "guest@example.com"))

    assert doors.visitor("127.0.0.1", twice) == Visitor()


def test_the_address_that_a_proxy_adds_in_a_line_of_its_own_is_the_one_that_counts() -> None:
    told = _raw(("x-forwarded-for", "198.51.100.1, 198.51.100.2"), ("x-forwarded-for", "203.0.113.9"))

    assert Doors().visitor("127.0.0.1", told).address == "203.0.113.9"


def test_whoever_has_a_whole_network_of_addresses_counts_once() -> None:
    here = _raw()
    near, same, far = (
        Doors().visitor(peer, here).address
        for peer in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )

    assert near == same != far
    assert Doors().visitor("::ffff:192.0.2.7", here).address == "192.0.2.7"
    assert Doors().visitor("::ffff:192.0.2.8", here).address == "192.0.2.8"


def test_a_proxy_is_known_by_its_address_however_that_is_written() -> None:
    named = _raw(
        ("x-forwarded-email", "ann@example.com"), ("x-forwarded-for", "::ffff:192.0.2.7, ::ffff:127.0.0.1")
    )
    visitor = Doors(header="X-Forwarded-Email").visitor("::ffff:127.0.0.1", named)

    assert (visitor.name, visitor.address) == ("ann@example.com", "192.0.2.7")


@pytest.mark.parametrize(
    "others", ['prefs={"theme": "dark"}', "a=[1,2]", "broken", "x=y; vllm-digest=older", "ключ=é"]
)
def test_cookies_of_others_keep_nobody_out(others: str) -> None:
    doors = Doors(token=TOKEN)
    cookie = f"{others}; {doors.cookie}={doors.pass_for()}"

    assert doors.visitor("192.0.2.7", _raw(("cookie", cookie))).is_signed_in


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example", "//[", "//[::1", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "/\t/evil.example",
        "/\n/evil.example", "//\u2100", "/%0d%0aSet-Cookie:a=b", "javascript:alert(1)", " //evil.example", "/\x00",
        "/\u2028/evil.example", "///evil.example", "/..//evil.example", "/.//evil.example", "/%2e//evil.example",
    ],
)  # fmt: skip
async def test_who_signs_in_stays_on_the_site(path: str) -> None:
    async with visiting(Shelf(), site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        shown = await client.get("/sign-in", params={"next": path})
        entered = await client.post("/sign-in", data={"token": TOKEN, "next": path})

    assert (shown.status_code, entered.status_code) == (200, 303)
    target = client.base_url.join(entered.headers["location"])
    assert (target.host, target.scheme) == (client.base_url.host, "http")
    assert "evil.example" not in target.host
    assert "a" not in entered.cookies
    assert not entered.headers["location"].startswith("//")


@pytest.mark.parametrize(
    "body",
    ["&".join(f"a{n}=b" for n in range(50)), "token=" + "%ff" * 50, "token=\ud800", "", "=", "a" * 500_000],
)
async def test_a_form_that_makes_no_sense_signs_nobody_in(body: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with visiting(Shelf(), site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        sent = body.encode("utf-8", "surrogatepass")
        answer = await client.post("/sign-in", content=sent, headers=headers)

    assert answer.status_code in (400, 403)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_the_form_of_another_site_signs_nobody_in_or_out(site: str) -> None:
    async with visiting(Shelf(), site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        answers = [
            await client.post(path, data={"token": TOKEN}, headers={"Sec-Fetch-Site": site})
            for path in ("/sign-in", "/sign-out")
        ]

    assert [each.status_code for each in answers] == [403, 403]
    assert not any("set-cookie" in each.headers for each in answers)


async def test_an_answer_that_one_visitor_was_sent_is_no_other_visitors() -> None:
    """Whatever the memory keys by, who may not read is not sent what was kept for who may."""
    insider = {"Authorization": f"Bearer {TOKEN}"}
    shelf = Shelf()
    async with visiting(shelf, site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        let_in = await client.get(f"/{SECRET_REPO}", headers=insider)
        again = await client.head(f"/{SECRET_REPO}")
        known = await client.get(
            f"/{SECRET_REPO}", headers={"If-None-Match": let_in.headers.get("etag", '"x"')}
        )
        public = await client.get(PATH)

    assert let_in.status_code == 200
    assert (again.status_code, known.status_code, public.status_code) == (404, 404, 200)
    assert "x-archive-stamp" not in let_in.headers


async def test_no_cache_of_many_keeps_what_a_visitor_was_sent_who_signed_in() -> None:
    insider = {"Authorization": f"Bearer {TOKEN}"}
    async with visiting(Shelf(), site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        let_in = [
            await client.get(path, headers=insider) for path in ("/", f"/{SECRET_REPO}", "/api/v1/repos")
        ]
        tag = {"If-None-Match": let_in[1].headers["etag"], **insider}
        known = await client.get(f"/{SECRET_REPO}", headers=tag)
        anybody = await client.get(PATH)

    assert {each.headers["cache-control"] for each in (*let_in, known)} == {"private, no-cache"}
    assert known.status_code == 304
    assert anybody.headers["cache-control"] == "no-cache"

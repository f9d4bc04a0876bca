"""Who comes to the pages: the shared token in each of its forms, a proxy's word, and where visitors come from."""

from __future__ import annotations

import base64
import re
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from adapters.web.archive import Visitor
from adapters.web.doors import COOKIE_S, Doors
from adapters.web.rates import Rates
from adapters.web.site import Site
from tests.adapters.web.visiting import PATH, REPO, SECRET_REPO, Shelf, visiting

if TYPE_CHECKING:
    import httpx

TOKEN = "correct-horse-battery-staple"
SECRET = f"/{SECRET_REPO}"


def _headers(**values: str) -> Headers:
    return Headers({name.replace("_", "-"): value for name, value in values.items()})


def _basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("authorization", "is_in"),
    [
        (f"Bearer {TOKEN}", True),
        (f"bearer {TOKEN}", True),
        (_basic(f"anyone:{TOKEN}"), True),
        (_basic(f":{TOKEN}"), True),
        (f"Bearer {TOKEN}x", False),
        ("Bearer ", False),
        (_basic(TOKEN), False),
        (_basic("anyone:"), False),
        ("Basic ***", False),
        ("Basic /w==", False),
        (TOKEN, False),
        ("", False),
    ],
)
def test_the_shared_token_is_taken_from_a_header(authorization: str, is_in: bool) -> None:
    doors = Doors(token=TOKEN)

    assert doors.visitor("192.0.2.7", _headers(authorization=authorization)).is_signed_in == is_in


def test_nobody_is_let_in_where_no_token_is_shared() -> None:
    doors = Doors()

    assert not doors.fits("")
    assert not doors.visitor("192.0.2.7", _headers(authorization="Bearer ")).is_signed_in
    forged = f"vllm-digest={doors.pass_for()}"
    assert not doors.visitor("192.0.2.7", _headers(cookie=forged)).is_signed_in


def test_a_pass_ends_and_is_worth_nothing_after_a_change_of_the_token() -> None:
    now = 1_765_000_000.0
    cookie = _headers(cookie=f"a=b; vllm-digest={Doors(token=TOKEN, now=lambda: now).pass_for()}")

    def is_in(token: str, at: float) -> bool:
        return Doors(token=token, now=lambda: at).visitor("192.0.2.7", cookie).is_signed_in

    assert is_in(TOKEN, now + COOKIE_S - 1)
    assert not is_in(TOKEN, now + COOKIE_S + 1)
    assert not is_in(TOKEN + "2", now)


@given(st.text())
def test_no_cookie_but_a_pass_lets_in(cookie: str) -> None:
    doors = Doors(token=TOKEN)
    headers = Headers(raw=[(b"cookie", f"vllm-digest={cookie}".encode("utf-8", "surrogatepass"))])

    assert not doors.visitor("192.0.2.7", headers).is_signed_in


def test_only_a_proxy_of_ours_is_believed_about_who_comes_and_from_where() -> None:
    doors = Doors(header="X-Forwarded-Email")
    told = _headers(x_forwarded_email="ann@example.com", x_forwarded_for="198.51.100.9, 192.0.2.7, 127.0.0.1")

    assert doors.visitor("127.0.0.1", told) == Visitor(is_signed_in=True, name="ann@example.com")
    assert doors.visitor("127.0.0.1", told).address == "192.0.2.7"
    assert doors.visitor("203.0.113.5", told) == Visitor()
    assert doors.visitor("203.0.113.5", told).address == "203.0.113.5"
    assert doors.visitor("127.0.0.1", _headers(x_forwarded_email=" ")) == Visitor()


async def test_what_a_visitor_may_not_read_looks_like_what_is_not_there_until_they_sign_in() -> None:
    async with visiting(Shelf(), site=Site(has_sign_in=True), doors=Doors(token=TOKEN)) as client:
        refused = await client.get(SECRET)
        unknown = await client.get("/nobody/nothing")
        wrong = await client.post("/sign-in", data={"token": "guess", "next": SECRET})
        right = await client.post("/sign-in", data={"token": TOKEN, "next": SECRET})
        let_in = await client.get(SECRET)
        inside = await client.get("/sign-in", headers={"Accept-Language": "en"})
        await client.post("/sign-out")
        out = await client.get(SECRET)

    assert (refused.status_code, refused.text) == (404, unknown.text)
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    assert (right.status_code, right.headers["location"]) == (303, SECRET)
    cookie = right.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(re.split(r"; ?", cookie))
    assert TOKEN not in cookie
    assert let_in.status_code == 200
    assert 'action="/sign-out"' in inside.text
    assert "password" not in inside.text
    assert out.status_code == 404


async def test_whom_a_proxy_has_signed_in_is_let_in_and_who_comes_past_it_is_not() -> None:
    told = {"X-Forwarded-Email": "ann@example.com", "X-Forwarded-For": "192.0.2.7"}
    elsewhere = (ip_network("10.0.0.0/8"),)
    async with visiting(Shelf(), doors=Doors(header="X-Forwarded-Email")) as client:
        through = await client.get(SECRET, headers=told)
        unnamed = await client.get(SECRET, headers={"X-Forwarded-For": "192.0.2.7"})
    async with visiting(Shelf(), doors=Doors(header="X-Forwarded-Email", proxies=elsewhere)) as client:
        past = await client.get(SECRET, headers=told)

    assert [through.status_code, unnamed.status_code, past.status_code] == [200, 404, 404]


async def test_over_https_the_pass_is_for_this_host_alone() -> None:
    async with visiting(Shelf(), doors=Doors(token=TOKEN, is_secure=True)) as client:
        answer = await client.post("/sign-in", data={"token": TOKEN})
        page = await client.get("/")

    assert answer.headers["set-cookie"].startswith("__Host-vllm-digest=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert page.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:x",
        "/a\nb",
    ],
)
async def test_signing_in_leads_nowhere_else(next_: str) -> None:
    async with visiting(Shelf(), doors=Doors(token=TOKEN)) as client:
        form = await client.get("/sign-in", params={"next": next_})
        answer = await client.post("/sign-in", data={"token": TOKEN, "next": next_})

    assert answer.headers["location"] == "/"
    assert 'name="next" value=""' in form.text


async def test_a_form_of_another_site_signs_nobody_in() -> None:
    async with visiting(Shelf(), doors=Doors(token=TOKEN)) as client:
        answer = await client.post(
            "/sign-in",
            data={"token": TOKEN},
            headers={"Sec-Fetch-Site": "cross-site", "Accept-Language": "en"},
        )

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_guessing_is_slow() -> None:
    async with visiting(Shelf(), doors=Doors(token=TOKEN)) as client:
        tries = [(await client.post("/sign-in", data={"token": f"guess {n}"})).status_code for n in range(8)]
        late = await client.post("/sign-in", data={"token": TOKEN})

    assert tries == [403] * 5 + [429] * 3
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


async def test_without_a_token_there_is_nothing_to_sign_in_to() -> None:
    async with visiting(Shelf()) as client:
        assert (await client.get("/sign-in")).status_code == 404


async def test_who_asks_too_often_is_told_when_to_come_back_and_others_are_not() -> None:
    seconds = [0.0]
    rates = Rates(1.0, 3, monotonic=lambda: seconds[0])

    async with visiting(Shelf(), rates=rates) as client:

        async def status(address: str, path: str = PATH) -> httpx.Response:
            return await client.get(path, headers={"X-Forwarded-For": address, "Accept-Language": "zh"})

        mine = [(await status("192.0.2.1")).status_code for _ in range(3)]
        refused = await status("192.0.2.1")
        api = await status("192.0.2.1", f"/api/v1/repos/{REPO}")
        other = await status("192.0.2.2")
        alive = await status("192.0.2.1", "/healthz")
        seconds[0] = 1.0
        again = await status("192.0.2.1")

    assert mine == [200] * 3
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "请求太频繁" in refused.text
    assert (api.status_code, api.headers["content-type"]) == (429, "application/problem+json")
    assert [other.status_code, alive.status_code, again.status_code] == [200, 200, 200]


def test_a_bucket_forgets_the_longest_absent_and_never_owes() -> None:
    seconds = [0.0]
    rates = Rates(0.5, 2, monotonic=lambda: seconds[0])

    assert [rates.wait_s("a") for _ in range(3)] == [0, 0, 2]
    seconds[0] = 1_000.0
    assert [rates.wait_s("a") for _ in range(3)] == [0, 0, 2]

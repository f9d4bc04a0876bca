"""Cards: pictures for whoever links to a digest or a repository, of what the visitor may read alone."""

from __future__ import annotations

import struct

import pytest

from adapters.web.archive import Listed
from adapters.web.doors import Doors
from summarizer.errors import StoreError
from tests.adapters.web.visiting import ID, PATH, REPO, SECRET_REPO, Shelf, earlier, the_digest, visiting

FRONT = f"/{REPO}/card.png"


def size_of(picture: bytes) -> tuple[int, int]:
    """Width and height of a PNG: w3.org/TR/png, 11.2.1."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


@pytest.mark.parametrize("path", [f"{PATH}/card.png", FRONT])
@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_card_is_a_picture_that_other_sites_may_show(path: str, lang: str) -> None:
    async with visiting(Shelf()) as visitor:
        response = await visitor.get(f"{path}?lang={lang}")

    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert size_of(response.content) == (1200, 630)
    assert len(response.content) < 300_000


@pytest.mark.parametrize("path", [f"{PATH}/card.png", FRONT])
async def test_each_language_has_a_card_of_its_own(path: str) -> None:
    async with visiting(Shelf()) as visitor:
        english, chinese, told = [
            (await visitor.get(path, params=asked, headers=headers)).content
            for asked, headers in (
                ({"lang": "en"}, {}),
                ({"lang": "zh"}, {}),
                ({}, {"Accept-Language": "zh"}),
            )
        ]

    assert english != chinese == told


async def test_a_card_in_a_language_that_is_not_kept_is_in_one_that_is() -> None:
    async with visiting(Shelf(kept_in=("zh",))) as visitor:
        asked = await visitor.get(f"{PATH}/card.png?lang=en")
        kept = await visitor.get(f"{PATH}/card.png?lang=zh")

    assert asked.content == kept.content


@pytest.mark.parametrize("path", [f"{PATH}/card.png", FRONT])
async def test_a_card_is_not_sent_again_to_those_who_have_it(path: str) -> None:
    async with visiting(Shelf()) as visitor:
        tag = (await visitor.get(path)).headers["etag"]
        again = await visitor.get(path, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.content == b""


async def test_a_card_is_made_once_while_its_archive_stays_as_it_is() -> None:
    shelf = Shelf()
    async with visiting(shelf) as visitor:
        for _ in range(3):
            await visitor.get(f"{PATH}/card.png")
        assert shelf.opened == 1

        shelf.stamp = "2"
        await visitor.get(f"{PATH}/card.png")
        assert shelf.opened == 2


async def test_a_front_card_changes_with_what_is_kept() -> None:
    shelf = Shelf()
    async with visiting(shelf) as visitor:
        one = (await visitor.get(FRONT)).content
        shelf.listed, shelf.stamp = [earlier(the_digest(), day) for day in range(1, 20)], "2"
        many = (await visitor.get(FRONT)).content
        shelf.kept_in, shelf.listed, shelf.stamp = (), [], "3"
        none = await visitor.get(FRONT)

    assert len({one, many, none.content}) == 3
    assert none.status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        f"/{SECRET_REPO}/digests/{ID}/card.png",
        f"/{SECRET_REPO}/card.png",
        "/acme/nothing/card.png",
        f"/acme/nothing/digests/{ID}/card.png",
        f"/{REPO}/digests/daily-1999-01-01-0123456789/card.png",
        f"/{REPO}/digests/-/card.png",
        "/-acme/x/card.png",
    ],
)
async def test_what_may_not_be_read_is_answered_as_what_is_not_there(path: str) -> None:
    async with visiting(Shelf()) as visitor:
        response = await visitor.get(path)
        nothing = await visitor.get("/acme/absent/card.png")

    assert response.status_code == 404
    assert response.text == nothing.text
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_card_of_what_not_everybody_may_read_is_shown_by_no_other_site() -> None:
    token = "correct-horse-battery-staple"
    async with visiting(Shelf(), doors=Doors(token=token)) as visitor:
        response = await visitor.get(f"/{SECRET_REPO}/card.png", headers={"Authorization": f"Bearer {token}"})

    assert response.status_code == 200
    assert response.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_card_says_that_the_archive_cannot_be_read() -> None:
    async with visiting(Shelf(failure=StoreError("store.unreachable"))) as visitor:
        assert (await visitor.get(FRONT)).status_code == 503


async def test_hostile_titles_make_a_card_all_the_same() -> None:
    kept = the_digest()
    hostile = Listed(
        REPO, ID, "daily", {"en": "</svg><script>\x00\u202e" * 40}, kept.until, counts={"prs_opened": 10**12}
    )
    async with visiting(Shelf(kept_in=(), listed=[hostile])) as visitor:
        response = await visitor.get(f"{FRONT}?lang=en")

    assert response.status_code == 200
    assert size_of(response.content) == (1200, 630)

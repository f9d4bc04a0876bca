"""Texts, compressed with what a repository's texts have in common."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from adapters.store.connection import Connection, connect
from adapters.store.texts import SAMPLES, Texts
from summarizer.errors import StoreError
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store import Store

KEY = "vllm-digest:mirror:{owner/name:dictionaries}"

_TEMPLATE = """### Your current environment
Collecting environment information... PyTorch version: 2.9.0+cu{0} Is debug build: False OS: Ubuntu 22.04.5 LTS
CPU: {1} cores, GPU 0: NVIDIA H100 80GB HBM3, Nvidia driver version: 570.{2}.20
### Describe the bug
{3}
### Before submitting a new issue... Make sure you already searched for relevant issues."""


def threads(count: int, seed: int = 1) -> list[bytes]:
    """Texts that share a template and little else."""
    chance = random.Random(seed)
    return [
        _TEMPLATE.format(*(chance.randrange(999) for _ in range(3)), chance.randbytes(90).hex()).encode()
        for _ in range(count)
    ]


@pytest.fixture
async def connection(any_server: str, any_store: Store) -> AsyncIterator[Connection]:
    """To a server with nothing on it."""
    async with connect(any_server) as connection:
        yield connection


async def dictionaries(connection: Connection) -> int:
    return int(await connection.call("HLEN", KEY))


async def unpacked(texts: Texts, packed: bytes) -> bytes:
    await texts.ready([packed, None])
    return texts.decompress(packed)


async def test_dictionary_is_trained_once_there_are_texts_enough(connection: Connection) -> None:
    texts = Texts(connection, KEY)
    some = threads(SAMPLES)

    await texts.prepare(some[:-1])
    assert await dictionaries(connection) == 0
    await texts.prepare(some[-1:])
    assert await dictionaries(connection) == 1
    await texts.prepare(threads(SAMPLES, seed=2))
    assert await dictionaries(connection) == 1


async def test_dictionary_halves_what_a_text_takes(connection: Connection) -> None:
    plain, learnt = Texts(connection, KEY), Texts(connection, KEY)
    await learnt.prepare(threads(SAMPLES))
    [new] = threads(1, seed=2)

    assert len(learnt.compress(new)) < len(plain.compress(new)) / 2


async def test_two_writers_at_the_same_time_share_one_dictionary(connection: Connection) -> None:
    one, other = Texts(connection, KEY), Texts(connection, KEY)

    await asyncio.gather(one.prepare(threads(SAMPLES, seed=1)), other.prepare(threads(SAMPLES, seed=2)))

    assert await dictionaries(connection) == 1
    [new] = threads(1, seed=3)
    assert one.compress(new) == other.compress(new)


async def test_training_that_is_sent_again_leaves_one_dictionary(connection: Connection) -> None:
    texts = Texts(Connection(Twice(connection), "REDIS_URL"), KEY)

    await texts.prepare(threads(SAMPLES))

    assert await dictionaries(connection) == 1


async def test_text_from_before_the_dictionary_stays_readable(connection: Connection) -> None:
    texts = Texts(connection, KEY)
    [text] = threads(1)
    old = texts.compress(text)

    await texts.prepare(threads(SAMPLES))

    for reader in (texts, Texts(connection, KEY)):
        assert await unpacked(reader, old) == text
        assert await unpacked(reader, texts.compress(text)) == text


async def test_process_that_never_trained_one_writes_with_the_dictionary_that_is_there(
    connection: Connection,
) -> None:
    first, later = Texts(connection, KEY), Texts(connection, KEY)
    await first.prepare(threads(SAMPLES))
    [text] = threads(1, seed=2)

    await later.prepare([text])

    assert later.compress(text) == first.compress(text)


async def test_texts_without_anything_in_them_are_nothing_to_learn_from(connection: Connection) -> None:
    texts = Texts(connection, KEY)

    await texts.prepare([b""] * SAMPLES)

    assert await dictionaries(connection) == 0
    assert await unpacked(texts, texts.compress(b"text")) == b"text"


async def test_damaged_text_is_an_error_of_the_store(connection: Connection) -> None:
    texts = Texts(connection, KEY)
    await texts.prepare(threads(SAMPLES))
    packed = texts.compress(threads(1)[0])

    for damaged in (b"\x28", b"no frame at all", packed[:-1], packed[:9], packed + b"x"):
        with pytest.raises(StoreError, match=r"store\.record"):
            await unpacked(texts, damaged)


async def test_text_whose_dictionary_is_gone_is_an_error_of_the_store(connection: Connection) -> None:
    texts = Texts(connection, KEY)
    await texts.prepare(threads(SAMPLES))
    packed = texts.compress(threads(1)[0])
    await connection.call("DEL", KEY)

    with pytest.raises(StoreError, match=r"store\.record"):
        await unpacked(Texts(connection, KEY), packed)

"""Redis URLs: what each form names."""

from __future__ import annotations

import pytest

from adapters.store.addresses import parse_address

NODES = (("a", 6379), ("b", 7001), ("::1", 7002))


def test_a_cluster_is_named_by_some_of_its_nodes() -> None:
    address = parse_address("redis+cluster://a,b:7001,[::1]:7002", "REDIS_URL")

    assert (address.kind, address.nodes, address.options) == ("cluster", NODES, {})


def test_sentinels_have_a_port_of_their_own_and_a_name_to_look_up() -> None:
    address = parse_address("redis+sentinel://a,b:7001/the%20main/2", "REDIS_URL")

    assert (address.kind, address.nodes) == ("sentinel", (("a", 26379), ("b", 7001)))
    assert (address.service, address.options) == ("the main", {"db": 2})


@pytest.mark.parametrize("rest", ["cluster://ann:p%40ss@a,b", "sentinel://ann:p%40ss@a,b/main"])
def test_user_and_password_are_those_of_every_node(rest: str) -> None:
    address = parse_address(f"redis+{rest}", "REDIS_URL")

    assert address.options == {"username": "ann", "password": "p@ss"}
    assert address.sentinel_options == {}


@pytest.mark.parametrize("rest", ["cluster://a,b", "sentinel://a,b/main"])
def test_tls_is_spoken_to_every_node(rest: str) -> None:
    address = parse_address(f"REDISS+{rest}?ssl_ca_certs=/ca.pem", "REDIS_URL")

    assert address.options == {"ssl": True, "ssl_ca_certs": "/ca.pem"}
    assert address.sentinel_options == address.options


def test_sentinels_may_have_a_password_of_their_own() -> None:
    address = parse_address(
        "redis+sentinel://:one@a/main?sentinel_username=s&sentinel_password=two", "REDIS_URL"
    )

    assert address.options == {"password": "one"}
    assert address.sentinel_options == {"username": "s", "password": "two"}


@pytest.mark.parametrize(
    "url",
    [
        "redis://:secret@a",
        "redis+cluster://:secret@a,b",
        "redis+sentinel://:secret@a/main?sentinel_password=secret",
    ],
)
def test_the_password_is_not_in_the_representation(url: str) -> None:
    assert "secret" not in repr(parse_address(url, "REDIS_URL"))

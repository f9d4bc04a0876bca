"""Where the server is: what a Redis URL says, before anything is connected.

    redis://[user:password@]host[:6379][/database]           one server; rediss:// with TLS
    unix:///path/to/socket                                   one server on this machine
    redis+cluster://[user:password@]host[:6379],host...      a cluster, by some of its nodes
    redis+sentinel://[user:password@]host[:26379],host.../name[/database]
                                                             the primary that the sentinels know by that name

Options of redis-py's connections follow as a query (`?ssl_ca_certs=/path`). User, password and TLS are those of every
node; sentinels have passwords of their own, `sentinel_username` and `sentinel_password`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from redis.asyncio.connection import SSLConnection, UnixDomainSocketConnection, parse_url

from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from pathlib import Path

PORT = 6379
SENTINEL_PORT = 26379

_SEVERAL = re.compile(
    r"(?P<scheme>rediss?)\+(?P<kind>cluster|sentinel)://(?P<rest>.*)", re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the server is and how to connect.

    setting: the variable that says so, for people. nodes: host and port, of a cluster or of the sentinels.
    service: the name that the sentinels know the primary by.
    options: a connection's, with the password among them. sentinel_options: those for connections to the sentinels.
    """

    setting: str
    kind: Literal["server", "cluster", "sentinel"]
    nodes: tuple[tuple[str, int], ...] = ()
    service: str = ""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sentinel_options: Mapping[str, Any] = field(default_factory=dict, repr=False)


def parse_address(url: str, setting: str) -> Address:
    """Raises NotConfigured `store.url`, without the URL: it may hold a password."""
    try:
        several = _SEVERAL.fullmatch(url)
        return _parse_several(several, setting) if several else _parse_server(url, setting)
    except ValueError as error:
        raise NotConfigured("store.url", setting=setting) from error


def socket_address(path: Path) -> Address:
    """The server behind a unix socket."""
    options = {"connection_class": UnixDomainSocketConnection, "path": str(path)}
    return Address("REDIS_URL", "server", options=options)


def _parse_server(url: str, setting: str) -> Address:
    options = dict(parse_url(url))
    if options.get("connection_class") is UnixDomainSocketConnection and not options.get("path"):
        raise ValueError("no path")
    return Address(setting, "server", options=options)


def _parse_several(several: re.Match[str], setting: str) -> Address:
    kind: Literal["cluster", "sentinel"] = "cluster" if several["kind"].lower() == "cluster" else "sentinel"
    place, _, query = several["rest"].partition("?")
    place, _, path = place.partition("/")
    credentials, at, hosts = place.rpartition("@")
    service, database = "", path
    if kind == "sentinel":
        service, _, database = path.partition("/")
        if not service:
            raise ValueError("no name")
    if not re.fullmatch(r"\d*", database):
        raise ValueError("not a database")
    nodes: list[tuple[str, int]] = []
    options: dict[str, Any] = {}
    for host in hosts.split(","):
        # redis-py reads each as if it were alone
        options = dict(parse_url(f"{several['scheme'].lower()}://{credentials}{at}{host}/{database}?{query}"))
        if "host" not in options:
            raise ValueError("no host")
        port = options.pop("port", PORT if kind == "cluster" else SENTINEL_PORT)
        nodes.append((options.pop("host"), port))
    if options.pop("connection_class", None) is SSLConnection:
        options["ssl"] = True
    if kind == "cluster" and options.pop("db", 0):
        raise ValueError("a cluster has one database")
    sentinel_options = {
        name.removeprefix("sentinel_"): options.pop(name)
        for name in ("sentinel_username", "sentinel_password")
        if name in options
    }
    sentinel_options |= {name: value for name, value in options.items() if name.startswith("ssl")}
    return Address(setting, kind, tuple(nodes), unquote(service), options, sentinel_options)

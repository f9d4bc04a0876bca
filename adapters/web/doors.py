"""Doors: how visitors sign in who may read more than everyone does, and where they come from.

Either by a token that they share, on a page of ours or in a header, or by a proxy in front of us that has signed them
in (OpenID Connect or whatever it speaks) and tells who they are in a header. What only a proxy may tell is believed of
those peers alone that the settings name.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from adapters.web.archive import Visitor

if TYPE_CHECKING:
    from starlette.datastructures import Headers

COOKIE_S: Final = 30 * 24 * 3600
"""For how long a browser stays signed in."""

_PURPOSE: Final = b"vllm-digest visitor 1 "
_LONGEST_NAME: Final = 200

LOCAL: Final = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Doors:
    """token: that visitors share, "" for none. header: of a proxy, in which it names who it has signed in; "" for none.
    proxies: peers that are believed about whom they stand for. is_secure: whether pages go over HTTPS."""

    token: str = field(default="", repr=False)
    header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = LOCAL
    is_secure: bool = False
    now: Callable[[], float] = time.time

    @property
    def cookie(self) -> str:
        """Its name. The prefix makes browsers take it from this host alone, over HTTPS (RFC 6265bis, 4.1.3.2)."""
        return "__Host-vllm-digest" if self.is_secure else "vllm-digest"

    def visitor(self, peer: str, headers: Headers) -> Visitor:
        """Who comes from that peer with these headers."""
        peer = _plain(peer)
        is_proxy = self._is_proxy(peer)
        address = _counted(self._address(peer, headers) if is_proxy else peer)
        if self.header and is_proxy:
            names = [name.strip() for name in headers.getlist(self.header)]
            name = names[0] if len(names) == 1 else ""  # of two the visitor may have sent one
            if name and len(name) <= _LONGEST_NAME:
                return Visitor(is_signed_in=True, name=name, address=address)
        return Visitor(is_signed_in=bool(self.token) and self._knows_token(headers), address=address)

    def fits(self, token: str) -> bool:
        """Whether that is the shared token. In a time that tells nothing of it."""
        return bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())

    def pass_for(self) -> str:
        """What a browser's cookie holds once it has shown the token. Another token makes it worthless."""
        until = str(int(self.now()) + COOKIE_S)
        return f"{until}.{self._signature(until)}"

    def _knows_token(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.fits(given.strip())
        if scheme.lower() == "basic":  # feed readers know nothing else
            try:
                decoded = base64.b64decode(given.strip(), validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return False
            return self.fits(decoded.partition(":")[2])
        return self._has_pass(";".join(headers.getlist("cookie")))

    def _has_pass(self, cookies: str) -> bool:
        """Those of others may be written in whichever way: `http.cookies` then finds none at all."""
        told = (each.strip().partition("=") for each in cookies.split(";"))
        return any(name == self.cookie and self._is_pass(value) for name, _, value in told)

    def _is_pass(self, value: str) -> bool:
        until, _, signature = value.partition(".")
        is_whole = until.isascii() and until.isdigit() and len(until) <= 12
        is_ours = hmac.compare_digest(signature.encode(), self._signature(until).encode())
        return is_whole and is_ours and int(until) > self.now()

    def _signature(self, until: str) -> str:
        return hmac.new(self.token.encode(), _PURPOSE + until.encode(), sha256).hexdigest()

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:  # no peer: a unix socket
            return not peer
        return any(address in network for network in self.proxies)

    def _address(self, peer: str, headers: Headers) -> str:
        """The nearest address of `X-Forwarded-For` that is no proxy of ours: those before it can be made up. Some
        proxies add a line of their own."""
        for each in reversed(",".join(headers.getlist("x-forwarded-for")).split(",")):
            address = _plain(each.strip())
            if address and not self._is_proxy(address):
                return address[:64]
        return peer


def _plain(address: str) -> str:
    """An IPv4 address as itself: a socket of both families writes "::ffff:192.0.2.7"."""
    try:
        mapped = IPv6Address(address).ipv4_mapped
    except ValueError:
        return address
    return str(mapped) if mapped else address


def _counted(address: str) -> str:
    """By what visitors are counted: whoever has an IPv6 address has 2**64 of them."""
    try:
        return str(IPv6Network((address, 64), strict=False))
    except ValueError:
        return address

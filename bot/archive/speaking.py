"""Speaking: who asks on a page, as those are told who let people in and answer them.

Of somebody without a name an address is all that is known, and it is for the rates alone: they are told a hash of it,
salted anew by each process, and whoever answers is told nobody.
"""

from __future__ import annotations

import hashlib
from secrets import token_bytes
from typing import TYPE_CHECKING, Final

from adapters.chat import Context

if TYPE_CHECKING:
    from adapters.web.archive import Visitor
    from bot.access import Principal

_SALT: Final = token_bytes(16)


def counted_as(reader: Principal, visitor: Visitor) -> Context:
    """Where a visitor speaks, for `Rules`."""
    name = reader.id if reader.kind == "web-user" else ""
    return Context("web", person=name or _hashed(visitor.address), reader=str(reader))


def _hashed(address: str) -> str:
    return hashlib.blake2b(address.encode(), key=_SALT, digest_size=12).hexdigest()

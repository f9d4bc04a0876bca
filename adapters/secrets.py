"""Secrets at rest: what a store keeps is sealed with a key that the store does not have."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from summarizer.errors import NotConfigured

SHORTEST = 32
"""Characters of a key. HKDF stretches nothing (RFC 5869, 4): a key is as hard to guess as what it is made from."""

_PURPOSE = b"vllm-digest secrets 1"


class Box:
    """Seals bytes so that they can neither be read nor changed without the key."""

    def __init__(self, keys: str) -> None:
        """keys: as in DIGEST_SECRET_KEY, separated by commas: the first seals, all of them open.

        Raises ValueError, without quoting a key, where one is too short.
        """
        each = [key.strip() for key in keys.split(",")]
        if any(len(key) < SHORTEST for key in each):
            raise ValueError(
                f"at least {SHORTEST} characters expected in each key; `openssl rand -hex 32` makes one"
            )
        self._fernet = MultiFernet([Fernet(_derived(key)) for key in each])

    def seal(self, data: bytes) -> bytes:
        """ASCII that is safe in an address; another one each time."""
        return self._fernet.encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed. Raises NotConfigured "secrets.no_key" where no key opens it."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise NotConfigured("secrets.no_key") from None


def _derived(key: str) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
    return base64.urlsafe_b64encode(derivation.derive(key.encode("utf-8", "surrogatepass")))

"""Secrecy: what must not be shown - the secrets of this process, however they are written, and whatever looks like one.

Who reads a setting that is a secret tells it here, once; from then on every line that leaves is without it.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOKENS: Final = re.compile(
    r"gh[pousr]_[A-Za-z0-9_.-]{16,}|github_pat_[A-Za-z0-9_]{20,}|sk-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{10,}"
    r"|xapp-[A-Za-z0-9-]{10,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"
    # a bot's token begins with its id, an interaction's with "interaction:", both in base64
    r"|(?:[MNO][DTjz][AEIMQUYcgk][w-z0-5]){5,6}\w{0,3}\.[\w-]{4,8}\.[\w-]{16,}|aW50ZXJhY3Rpb24[\w=-]{20,}"
)
"""Shapes of secrets: tokens of GitHub, OpenAI, Anthropic, Slack and Discord, and passwords inside addresses."""

SHORTEST: Final = 8
"""Characters of what is a secret: a shorter one, such as the "none" that a model server of one's own is given, would
take words out of sentences."""

_LINE: Final = 24
"""Characters of a key's line that may stand alone in a log."""

_known: set[str] = set()
_secrets: re.Pattern[str] | None = None


def keep_secret(*values: str) -> None:
    """Let these be shown by nobody from now on, in whatever way they are written."""
    global _secrets
    new = {form for value in values for form in forms(value)} - _known
    if new:
        _known.update(new)
        longest_first = sorted(_known, key=lambda form: (-len(form), form))
        _secrets = re.compile("|".join(map(re.escape, longest_first)))


def redact(text: str) -> str:
    """`text` with every known secret, and everything that looks like one, replaced."""
    spans = [found.span() for pattern in (_secrets, TOKENS) if pattern for found in pattern.finditer(text)]
    if not spans:
        return text
    parts, done, hidden_to = [], 0, -1
    for begin, end in sorted(spans):  # what looks like a secret may begin with a known one
        if begin > hidden_to:
            parts += [text[done:begin], "[redacted]"]
        hidden_to = max(hidden_to, end)
        done = hidden_to
    return "".join([*parts, text[done:]])


def redacted(value: Any) -> Any:  # noqa: ANN401 - whatever a log line holds
    """The same of what a log line may hold: texts, what is made of them, and what a log writes as text."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, dict):
        return {redacted(key): redacted(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redacted(each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    shown = repr(value)
    hidden = redact(shown)
    return value if hidden == shown else hidden


def forms(secret: str) -> Iterator[str]:
    """The ways in which a secret may be written; none for what is too short to be one."""
    secret = secret.strip()
    if len(secret) < SHORTEST:
        return
    for text in _texts(secret):
        yield text
        yield quote(text, safe="")
        yield quote(text)
        yield quote_plus(text)
        yield json.dumps(text)[1:-1]
        yield json.dumps(text, ensure_ascii=False)[1:-1]
        yield repr(text)[1:-1]
        yield from _in_base64(text.encode())
        yield text.encode().hex()


def _texts(secret: str) -> Iterable[str]:
    """Itself, and the lines of a key, which a log may tell one by one."""
    yield secret
    if "\n" in secret:
        yield from (line for line in secret.splitlines() if len(line) >= _LINE and "-----" not in line)


def _in_base64(data: bytes) -> Iterator[str]:
    """Of itself, and of a longer text in which it stands, such as `user:secret`, which shifts it by a byte or two."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + data).decode().rstrip("=")
        # the characters at both ends belong to what stands beside it as well
        whole = encoded[(0, 2, 3)[shift] : len(encoded) - (1 if (shift + len(data)) % 3 else 0)]
        if len(whole) >= SHORTEST:
            yield whole
            yield whole.replace("+", "-").replace("/", "_")

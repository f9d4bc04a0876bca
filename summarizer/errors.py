"""Errors a person may be shown: a key and values; the language files hold the sentences.

    DigestError
      BadInput           exit 2: what was typed cannot be carried out
      NotConfigured      exit 3: a setting is missing, half there or wrong
      GitHubError        exit 4: GitHub refused, failed or could not be reached
      StoreError         exit 5: the Redis-protocol server refused, failed or could not be reached

Values are shown in chat, so they hold no payload, no internal address and never a token. Any other exception
is a bug of ours.
"""

from __future__ import annotations

from typing import ClassVar


class DigestError(Exception):
    """Something a person can understand and often mend.

    key: the entry below `[errors]` in the language files, e.g. "window.reversed" for `[errors.window] reversed`.
    values: what fills the entry's `{placeholders}`; numbers, strings, or tuples of strings.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, key: str, **values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(key, values)

    def __reduce__(self) -> tuple[object, ...]:
        """Kinds of it take what they please; from another process it comes as it was."""
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        return f"{self.key} {self.values}" if self.values else self.key


def _again(kind: type[DigestError], args: tuple[object, ...], state: dict[str, object]) -> DigestError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class BadInput(DigestError):
    """What was asked cannot be understood or cannot exist."""

    exit_code = 2


class NotConfigured(DigestError):
    """A setting is missing, half there or wrong."""

    exit_code = 3


class GitHubError(DigestError):
    """GitHub refused, failed or could not be reached."""

    exit_code = 4


class StoreError(DigestError):
    """The Redis-protocol server refused, failed or could not be reached."""

    exit_code = 5

"""How Discord says no (docs.discord.com/developers/topics/opcodes-and-status-codes, "JSON error codes")."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A request is answered with `status` and `{"code": code, "message": message, "errors": errors}`."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:  # noqa: ANN401 - any JSON
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.more = status, code, message, more

    @property
    def body(self) -> dict[str, Any]:
        return {"message": self.message, "code": self.code, **self.more}


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized")


def unknown(what: str, code: int) -> Refused:
    return Refused(404, code, f"Unknown {what}")


def unknown_channel() -> Refused:
    return unknown("Channel", 10003)


def unknown_message() -> Refused:
    return unknown("Message", 10008)


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def empty_message() -> Refused:
    return Refused(400, 50006, "Cannot send an empty message")

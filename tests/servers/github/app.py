"""A GitHub App and its one installation, as GitHub's REST API serves them: a signed JWT in, a token for an hour out.

The words of the refusals as seen in public threads: a key that is not the app's (actions/create-github-app-token
#153), an unknown app (the same, #76), a time that is not accepted (probot/probot #967, GrahamCampbell/Laravel-GitHub
#126), a suspended installation (octokit/octokit.rb #1307).
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.routing import Route

from tests.servers.github.faults import Fault
from tests.servers.github.server import Answer

if TYPE_CHECKING:
    from starlette.requests import Request as HttpRequest

APP_ID = "4711"
INSTALLATION_ID = "815"
LASTS = timedelta(hours=1)
LONGEST = timedelta(minutes=10)
_EXP = "'Expiration time' claim ('exp')"


@cache
def private_key() -> rsa.RSAPrivateKey:
    """The app's key, made once for the process, since that takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey | None = None) -> str:
    """A key (the app's) as GitHub lets one download it."""
    key = key or private_key()
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()


@dataclass(slots=True)
class App:
    """The app of `github_server(app=...)`. Everything may be changed while it runs.

    clock: GitHub's, which the Date header tells. asked: what was signed and accepted, one after the other. refused:
    how many were not. granted: each token and when it ends; a token that is taken out is revoked. faults: what the
    next askings meet instead, one each. tells_time: whether there is a Date header.
    before_answer: called when a token is asked for, before that is decided.
    """

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    suspended: bool = False
    asked: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0
    granted: dict[str, datetime] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    tells_time: bool = True
    before_answer: Callable[[], object] = lambda: None

    def knows(self, token: str) -> bool:
        """Whether GitHub accepts the token now."""
        return token in self.granted and self.clock() < self.granted[token]

    def routes(self) -> list[Route]:
        path = "/app/installations/{installation_id}/access_tokens"
        return [Route(path, self._answer, methods=["POST"])]

    async def _answer(self, http: HttpRequest) -> Answer:
        self.before_answer()
        if self.faults:
            fault = self.faults.popleft()
            body = (fault.body or "").encode()
            headers = {"Content-Type": fault.content_type} | dict(fault.headers)
            return Answer(fault.status, body, headers | self._date(), fault.cut_after)
        status, answer = self._decided(http)
        self.refused += status != 201
        headers = {"Content-Type": "application/json; charset=utf-8", "Server": "github.com"}
        return Answer(status, json.dumps(answer).encode(), headers | self._date())

    def _decided(self, http: HttpRequest) -> tuple[int, dict[str, Any]]:
        """Status and body, in GitHub's order: the signature, the times, the installation."""
        scheme, _, signed = http.headers.get("authorization", "").partition(" ")
        try:
            # GitHub's own clock decides on the times, not this machine's
            loose = {"verify_exp": False, "verify_iat": False, "require": ["iat", "exp", "iss"]}
            claims = jwt.decode(signed, private_key().public_key(), algorithms=["RS256"], options=loose)  # type: ignore[arg-type]
        except jwt.PyJWTError:
            return _refusal(401, "A JSON web token could not be decoded")
        now = self.clock().timestamp()
        if scheme.lower() != "bearer":
            return _refusal(401, "Bad credentials")
        if claims["iss"] != APP_ID:
            return _refusal(404, "Integration not found")
        if claims["iat"] > now:
            words = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
            return _refusal(401, words)
        if claims["exp"] <= now:
            words = "must be a numeric value representing the future time at which the assertion expires"
            return _refusal(401, f"{_EXP} {words}")
        if claims["exp"] > now + LONGEST.total_seconds():
            return _refusal(401, f"{_EXP} is too far in the future")
        if http.path_params["installation_id"] != INSTALLATION_ID:
            return _refusal(404, "Not Found")
        if self.suspended:
            return _refusal(403, "This installation has been suspended")
        self.asked.append(claims)
        return 201, self._granted()

    def _granted(self) -> dict[str, Any]:
        token = f"ghs_testsonly{len(self.granted) + 1}"
        self.granted[token] = expires_at = self.clock().replace(microsecond=0) + LASTS
        return {
            "token": token,
            "expires_at": f"{expires_at:%Y-%m-%dT%H:%M:%SZ}",
            "permissions": {"issues": "read", "metadata": "read", "pull_requests": "read"},
            "repository_selection": "all",
        }

    def _date(self) -> dict[str, str]:
        return {"Date": format_datetime(self.clock(), usegmt=True)} if self.tells_time else {}


def _refusal(status: int, message: str) -> tuple[int, dict[str, Any]]:
    url = "https://docs.github.com/rest/reference/apps#create-an-installation-access-token-for-an-app"
    return status, {"message": message, "documentation_url": url, "status": str(status)}

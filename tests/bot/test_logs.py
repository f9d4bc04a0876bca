"""What looks like a secret never reaches a log line."""

from __future__ import annotations

import base64

import pytest

from bot.logs import redact

BOT = base64.urlsafe_b64encode(b"1100000000000000001").decode().rstrip("=")
INTERACTION = base64.b64encode(b"interaction:1100000000000000001:testsonlytestsonly").decode()


@pytest.mark.parametrize(
    "secret",
    [
        "ghp_testsonlytestsonly",
        "xoxb-1234567890-testsonly",
        f"{BOT}.GtEsTs.testsonly-testsonly_testsonly",
        INTERACTION,
    ],
)
def test_a_secret_is_taken_out_and_the_rest_stays(secret: str) -> None:
    told = redact(f"POST /webhooks/11/{secret}/callback failed")

    assert told == "POST /webhooks/11/[redacted]/callback failed"


@pytest.mark.parametrize(
    "text",
    [
        "vllm.v1.engine.core_client.MPClient",
        "NCCLCommunicatorBase.create.from_a_name_that_is_long",
        "1100000000000000001",
        BOT,
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redact(text) == text

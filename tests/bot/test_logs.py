"""A log line holds nothing that looks like a secret, and says of an error what is to be done."""

from __future__ import annotations

import base64

import pytest

from bot.logs import redact, say_problem

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


def test_an_error_is_said_in_a_sentence_beside_its_key() -> None:
    event = say_problem(None, "error", {"error": "discord.commands_refused", "values": {"guild": "12"}})

    assert event["error"] == "discord.commands_refused"
    assert event["problem"].startswith("The server 12 does not let this app in with its commands.")


@pytest.mark.parametrize(
    ("method", "event"),
    [
        ("info", {"error": "discord.bad_token"}),
        ("error", {"error": "OSError"}),
        ("error", {"error": "discord"}),
        ("error", {"error": 50_001}),
        ("error", {"error": "discord.commands_refused"}),
        ("error", {"event": "few session starts left"}),
    ],
)
def test_other_lines_stay_as_they_are(method: str, event: dict[str, object]) -> None:
    assert say_problem(None, method, dict(event)) == event

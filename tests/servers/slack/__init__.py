"""The tests' Slack: a loopback server with Slack's Web API, response URLs and Socket Mode, within Slack's limits.

    async with slack_server() as slack:
        web = AsyncWebClient(token=BOT_TOKEN, base_url=slack.url)      # app-level: APP_TOKEN
        sent = await slack.command("/vllm-digest", "today", user=BEN)  # reaches whoever is connected
        assert await sent.acked_after < 0.3
        await slack.until(lambda: slack.ephemerals(BEN))
        assert slack.pings() == []

`state.State` tells what there is and was, `people.People` what people do, `server.SlackServer` what fails and what a
reader meets.
"""

from tests.servers.slack import limits
from tests.servers.slack.blocks import faults_of
from tests.servers.slack.over_http import Answer, HttpWay, Signed, signature
from tests.servers.slack.reading import Link, Ping, links_in, pings_in
from tests.servers.slack.records import (
    ANN,
    APP_ID,
    APP_TOKEN,
    BEN,
    BOT,
    BOT_ID,
    BOT_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    GENERAL,
    SCOPES,
    SIGNING_SECRET,
    TEAM,
    Call,
    Channel,
    File,
    Message,
    Team,
    Token,
    User,
    Version,
    View,
)
from tests.servers.slack.rich_text import characters, weight
from tests.servers.slack.sent import Delivery, Sent
from tests.servers.slack.server import SlackServer, slack_server
from tests.servers.slack.sockets import Connection

__all__ = [
    "ANN",
    "APP_ID",
    "APP_TOKEN",
    "BEN",
    "BOT",
    "BOT_ID",
    "BOT_TOKEN",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "GENERAL",
    "SCOPES",
    "SIGNING_SECRET",
    "TEAM",
    "Answer",
    "Call",
    "Channel",
    "Connection",
    "Delivery",
    "File",
    "HttpWay",
    "Link",
    "Message",
    "Ping",
    "Sent",
    "Signed",
    "SlackServer",
    "Team",
    "Token",
    "User",
    "Version",
    "View",
    "characters",
    "faults_of",
    "limits",
    "links_in",
    "pings_in",
    "signature",
    "slack_server",
    "weight",
]

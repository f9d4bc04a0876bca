"""Who is a bot: GitHub's own word, and a list for the accounts it does not tell of."""

from __future__ import annotations

from summarizer.items import GHOST, Person

BOT_LOGINS = frozenset(
    {
        "chatgpt-codex-connector",
        "claude",
        "codecov",
        "coderabbitai",
        "copilot",
        "copilot-pull-request-reviewer",
        "copilot-swe-agent",
        "cursor",
        "dependabot",
        "gemini-code-assist",
        "github-actions",
        "github-advanced-security",
        "mergify",
        "pre-commit-ci",
        "read-the-docs-community",
        "renovate",
    }
)
"""Lower-case logins of automation. GitHub's GraphQL calls most of them `Bot` and spells them without `[bot]`;
some act through ordinary accounts, and not every source tells the type (executablebooks/github-activity
issues 145, 151)."""


def is_bot(login: str, typename: str | None) -> bool:
    """Whether that account is automation; typename: GraphQL's `__typename` of the actor, None unknown."""
    lowered = login.lower()
    return typename == "Bot" or lowered.endswith("[bot]") or lowered in BOT_LOGINS


def person(login: str | None, typename: str | None) -> Person:
    """The account; GitHub tells none (null) of a deleted one, which it shows as `ghost`."""
    if login is None:
        return Person(GHOST)
    return Person(login, is_bot(login, typename))

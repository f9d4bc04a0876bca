"""The tests' GitHub: a loopback server that executes GraphQL against a small schema of our own, within
GitHub's limits."""

from tests.servers.github import faults
from tests.servers.github.commits import Commit, Ref
from tests.servers.github.reviews import Review, ReviewRequest, Team
from tests.servers.github.server import GitHub, Request, github_server, peak_in_flight, requests_in_sequence
from tests.servers.github.threads import Account, Comment, File, Issue, PullRequest, Thread
from tests.servers.github.world import Release, Repository, World

__all__ = [
    "Account",
    "Comment",
    "Commit",
    "File",
    "GitHub",
    "Issue",
    "PullRequest",
    "Ref",
    "Release",
    "Repository",
    "Request",
    "Review",
    "ReviewRequest",
    "Team",
    "Thread",
    "World",
    "faults",
    "github_server",
    "peak_in_flight",
    "requests_in_sequence",
]

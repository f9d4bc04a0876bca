"""The named alternatives, each in a process of its own: what they take for the items that we read.

`github-activity` asks GraphQL, one page after the other; a loop with PyGithub asks REST, one item after the other.
`make bench` installs both into an environment of their own (`benchmarks/requirements.lock`). As a script, this file is
what runs there, so it imports the standard library alone until it knows which of the two it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from benchmarks.serve import Served

PYTHON = Path(sys.prefix) / "bench" / "bin" / "python"
"""Where `make bench` puts them."""

GITHUB = "https://api.github.com"
TIMEOUT_S = 600


@dataclass(frozen=True, slots=True)
class Alternative:
    """What one of them did. name: package and version; items: how many it brought; wall_s: from its first request to
    its last answer taken in, its start not counted; requests: how many it sent."""

    name: str
    items: int
    wall_s: float
    requests: int

    @property
    def item_s(self) -> float:
        """Seconds for each item it brought."""
        return self.wall_s / max(self.items, 1)


def installed() -> bool:
    """Whether they are there to be measured."""
    return PYTHON.exists()


def github_activity(github: Served, repo: str, since: datetime, until: datetime) -> Alternative:
    """All items updated between two instants (both inside), asked with github-activity's own query class; its
    `get_activity` asks the same way, for those created or closed."""
    return _measured(
        github, "github-activity", repo, f"{since:%Y-%m-%dT%H:%M:%SZ}", f"{until:%Y-%m-%dT%H:%M:%SZ}"
    )


def pygithub(github: Served, repo: str, numbers: Sequence[int], *, paced: bool = True) -> Alternative:
    """A loop over items: each with its comments, a pull request with its files and reviews as well.

    paced: with the pause between requests that PyGithub makes unless told otherwise.
    """
    return _measured(github, "pygithub", repo, "paced" if paced else "unpaced", *map(str, numbers))


def _measured(github: Served, which: str, repo: str, *words: str) -> Alternative:
    before = len(github.log())
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "NO_PROXY": "*"}
    command = [str(PYTHON), str(Path(__file__).resolve()), which, github.rest_url, github.token, repo, *words]
    done = subprocess.run(  # noqa: S603 - this very file
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise ChildProcessError(f"{which} failed: {done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Alternative(requests=len(github.log()) - before, **told)


def _ask_github_activity(url: str, token: str, repo: str, since: str, until: str) -> dict[str, Any]:
    import requests
    from github_activity.graphql import GitHubGraphQlQuery  # type: ignore[import-not-found]

    theirs = requests.api.request

    def elsewhere(method: str, address: str, **options: Any) -> requests.Response:  # noqa: ANN401 - handed on
        return theirs(method, address.replace(GITHUB, url), **options)

    # the address stands in its code, and each request has a session of its own, so that none can be prepared
    requests.api.request = elsewhere  # type: ignore[assignment]
    query = GitHubGraphQlQuery(f"repo:{repo} updated:{since}..{until}", display_progress=False, auth=token)
    started = time.monotonic()
    query.request()
    wall_s = time.monotonic() - started
    return {
        "name": f"github-activity {version('github-activity')}",
        "items": len(query.data),
        "wall_s": wall_s,
    }


def _ask_pygithub(url: str, token: str, repo: str, pace: str, *numbers: str) -> dict[str, Any]:
    from github import Auth, Github  # type: ignore[import-not-found]

    options: dict[str, Any] = {} if pace == "paced" else {"seconds_between_requests": None}
    client = Github(base_url=url, auth=Auth.Token(token), per_page=100, **options)
    started = time.monotonic()
    repository = client.get_repo(repo)
    for number in numbers:
        issue = repository.get_issue(int(number))
        list(issue.get_comments())
        if issue.pull_request is not None:
            pull = issue.as_pull_request()
            list(pull.get_files())
            list(pull.get_reviews())
    wall_s = time.monotonic() - started
    return {"name": f"PyGithub {version('PyGithub')}", "items": len(numbers), "wall_s": wall_s}


if __name__ == "__main__":
    asks: dict[str, Callable[..., dict[str, Any]]] = {
        "github-activity": _ask_github_activity,
        "pygithub": _ask_pygithub,
    }
    print(json.dumps(asks[sys.argv[1]](*sys.argv[2:])))

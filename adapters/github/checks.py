"""What no listing shows: whether items are still there, and what lies under a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.github import limits
from adapters.github.errors import AdapterError, UnexpectedPayload
from adapters.github.mapping import item_of
from adapters.github.nodes import CheckNode, parse, parse_item
from adapters.github.pages import is_in, repository_in
from adapters.source import Looked, Reading
from adapters.together import together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.github.client import Client
    from adapters.source import Keep, Wanted

NUMBERS = 40
"""Numbers looked up by one request: each is a field of its own that may be of either kind."""


async def check(client: Client, repo: str, wanted: Sequence[Wanted]) -> Looked:
    """See `Source.check`."""
    looked = Looked()
    failures: list[AdapterError] = []
    pages: list[list[Wanted]] = []
    for kind in ("issue", "pull_request"):
        of_kind = [each for each in wanted if each.kind == kind]
        pages += [of_kind[at : at + limits.PAGE] for at in range(0, len(of_kind), limits.PAGE)]
    await together(_check_page(client, repo, page, looked, failures) for page in pages)
    if failures and len(failures) == len(wanted):
        raise failures[0]  # not one was answered for: GitHub is down, and nothing is known of the items
    return looked


async def _check_page(
    client: Client, repo: str, page: Sequence[Wanted], looked: Looked, failures: list[AdapterError]
) -> None:
    owner, _, name = repo.partition("/")
    is_issue = page[0].kind == "issue"
    ids = [each.node_id for each in page]
    variables = {"owner": owner, "name": name, "ids": ids, "issues": is_issue, "pulls": not is_issue}
    try:
        answer = await client.query("checks", variables, persistent=len(page) == 1)
    except AdapterError as error:
        if not error.heavy:
            raise
        if len(page) == 1:
            looked.unreadable.add(page[0].number)
            failures.append(error)
            return
        half = len(page) // 2
        for part in (page[:half], page[half:]):
            await _check_page(client, repo, part, looked, failures)
        return
    now_called = repository_in(answer.data)
    nodes = answer.data.get("nodes")
    if not isinstance(nodes, list) or len(nodes) != len(page):
        raise UnexpectedPayload("nodes")
    for index, (each, data) in enumerate(zip(page, nodes, strict=True)):
        if index in answer.gone:
            looked.gone.add(each.number)
        elif not isinstance(data, dict):
            looked.unreadable.add(each.number)
        elif "id" not in data:
            looked.moved.add(each.number)  # it became something else: a discussion
        else:
            _compare(each, parse(CheckNode, data, f"nodes[{index}]"), now_called, looked)


def _compare(known: Wanted, node: CheckNode, repo: str, looked: Looked) -> None:
    if not is_in(node, repo):
        looked.moved.add(known.number)
    elif known.updated_at != node.updated_at or (
        known.comments is not None and known.comments != node.comments.total_count
    ):
        looked.changed.add(known.number)


async def read_numbers(client: Client, repo: str, numbers: Sequence[int], keep: Keep) -> set[int]:
    """See `Source.numbered`."""
    pages = [numbers[at : at + NUMBERS] for at in range(0, len(numbers), NUMBERS)]
    failures: list[AdapterError] = []
    found = await together(_numbered_page(client, repo, page, keep, failures) for page in pages)
    if failures and len(failures) == len(numbers):
        raise failures[0]
    return {number for none in found for number in none}


async def _numbered_page(
    client: Client, repo: str, numbers: Sequence[int], keep: Keep, failures: list[AdapterError]
) -> set[int]:
    owner, _, name = repo.partition("/")
    variables: dict[str, object] = {"owner": owner, "name": name}
    variables |= {f"n{n}": number for n, number in enumerate(numbers)}
    try:
        answer = await client.query("numbered", variables, times=len(numbers), persistent=len(numbers) == 1)
    except AdapterError as error:
        if not error.heavy:
            raise
        if len(numbers) == 1:
            failures.append(error)  # neither an item nor none: to be asked for another time
            return set()
        half = len(numbers) // 2
        first = await _numbered_page(client, repo, numbers[:half], keep, failures)
        return first | await _numbered_page(client, repo, numbers[half:], keep, failures)
    now_called = repository_in(answer.data)
    repository = answer.data["repository"]
    none: set[int] = set()
    readings: list[Reading] = []
    for n, number in enumerate(numbers):
        data = repository.get(f"n{n}")
        if data is None and n not in answer.gone:
            raise UnexpectedPayload(f"repository.n{n}")
        node = None if data is None else parse_item(data, f"repository.n{n}")
        # an old number of a transferred issue may lead to where it lives now
        if node is None or node.number != number or not is_in(node, now_called):
            none.add(number)
        else:
            readings.append(Reading(item_of(node, now_called), "light", answer.at))
    await keep(readings)
    return none

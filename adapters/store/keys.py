"""Names of the mirror's keys. Each entity has a hash tag of its own, so the keys may lie on the nodes of a cluster."""

from __future__ import annotations


def repo_key(repo: str, index: str) -> str:
    return f"vllm-digest:mirror:{{{repo.lower()}:{index}}}"  # GitHub ignores case in names


def item_key(repo: str, number: int) -> str:
    return f"vllm-digest:mirror:{{{repo.lower()}#{number}}}"

"""The nodes of a cluster: commands go to where their keys lie, one pipeline a node.

redis-py knows the nodes, their slots and which words of a command are keys. The rest is done here, for redis-py (8.1)
sends ASKING and the command after it on two connections of its pool, so that a key in a slot on the move is not found;
closes everybody's connections when slots moved; and lets the other nodes' pipelines run on, owned by nobody, when one
node fails. WAITAOF, which has no key, would go anywhere.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from redis import exceptions
from redis.asyncio.cluster import ClusterNode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis.asyncio import RedisCluster

    from adapters.store.connection import Command

REDIRECTIONS = 16  # a slot on its way may be a hop further each time one looks
PAUSE_S = 0.05

Redirection: TypeAlias = exceptions.AskError | exceptions.TryAgainError
"""MOVED and ASK name the node to send to, TRYAGAIN says that the keys of a command are on two nodes just now."""


class Cluster:
    """Pipelines to the nodes of a cluster."""

    def __init__(self, redis: RedisCluster) -> None:
        self._redis = redis
        self._newcomers: dict[str, ClusterNode] = {}

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        """The reply to each, or the error that was one. WAITAOF goes where the command before it went."""
        await self._redis.initialize()  # does nothing after the first time
        replies: dict[int, Any] = {}
        waiting: dict[int, Redirection | None] = dict.fromkeys(range(len(commands)))
        for _ in range(REDIRECTIONS):
            replies |= await self._send_once({at: (commands[at], told) for at, told in waiting.items()})
            waiting = {
                at: told
                for at in waiting
                if isinstance(
                    told := replies[at - _follows(commands[at])],
                    (exceptions.AskError, exceptions.TryAgainError),
                )
            }
            if not waiting:
                return [replies[at] for at in range(len(commands))]
            if any(isinstance(told, exceptions.MovedError) for told in waiting.values()):
                await self.mend()
            if any(isinstance(told, exceptions.TryAgainError) for told in waiting.values()):
                await asyncio.sleep(PAUSE_S)
        raise exceptions.ClusterError("redirected for ever")

    async def send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        """The replies of each primary, or the errors."""
        await self._redis.initialize()
        return await asyncio.gather(*(self._pipeline(node, commands) for node in self._redis.get_primaries()))

    async def mend(self) -> None:
        """Look again which node has which slots. Connections are made anew once their commands are done."""
        await self._redis.initialize()
        await self._redis.nodes_manager.initialize()

    async def close(self) -> None:
        await self._redis.aclose()
        for node in self._newcomers.values():
            await node.disconnect()

    async def _send_once(self, commands: Mapping[int, tuple[Command, Redirection | None]]) -> dict[int, Any]:
        """The replies of the nodes by the commands' places."""
        nodes: dict[str, ClusterNode] = {}
        parts: dict[str, list[tuple[int | None, Command]]] = defaultdict(list)
        for at, (command, told) in commands.items():
            if not _follows(command):
                if isinstance(told, exceptions.AskError):
                    node = self._named(told.host, told.port)
                else:
                    node = await self._node_for(command)
                nodes[node.name] = node
                if isinstance(told, exceptions.AskError) and not isinstance(told, exceptions.MovedError):
                    parts[node.name].append((None, ("ASKING",)))  # holds for the next command alone
            parts[node.name].append((at, command))
        replies = await asyncio.gather(
            *(self._pipeline(nodes[name], [command for _, command in part]) for name, part in parts.items())
        )
        return {
            at: reply
            for part, part_replies in zip(parts.values(), replies, strict=True)
            for (at, _), reply in zip(part, part_replies, strict=True)
            if at is not None
        }

    async def _pipeline(self, node: ClusterNode, commands: Sequence[Command]) -> list[Any]:
        """The replies of one node, or the errors; one that cannot be reached is the error of each."""
        try:
            async with self._redis.pipeline() as pipeline:
                for command in commands:
                    pipeline.execute_command(*command, target_nodes=node)
                return list(await pipeline.execute(raise_on_error=False, allow_redirections=False))
        except (exceptions.RedisError, OSError) as error:
            return [error] * len(commands)

    async def _node_for(self, command: Command) -> ClusterNode:
        if command[0] == "EVAL":  # servers before 7.0 do not tell its keys rightly
            keys: Sequence[Any] | None = command[3 : 3 + int(command[2])]
        else:
            words = (str(part) if isinstance(part, int) else part for part in command)
            keys = await self._redis.commands_parser.get_keys(*words)
        if not keys:
            return self._redis.get_random_primary_node()
        node: ClusterNode | None = self._redis.get_node_from_key(keys[0])
        if node is None:
            raise exceptions.SlotNotCoveredError
        return node

    def _named(self, host: str, port: int) -> ClusterNode:
        """The node; one that has no slots yet is unknown to redis-py."""
        name = f"{host}:{port}"
        node: ClusterNode | None = self._redis.get_node(node_name=name) or self._newcomers.get(name)
        if node is None:
            node = ClusterNode(host, port, "primary", **self._redis.connection_kwargs)
            self._newcomers[name] = node
        return node


def _follows(command: Command) -> bool:
    """Whether it speaks of the command before it, on whose connection it goes."""
    return command[0] == "WAITAOF"

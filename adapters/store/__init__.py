"""The store: the one data service, spoken to over the Redis protocol.

    key                                    class       type    TTL      owner      holds
    vllm-digest:mirror:{<repo>#<number>}   state       hash    none     mirror.py  rev, data: an Item
    vllm-digest:mirror:{<repo>:events}     state       zset    none     mirror.py  <number>:<event>:<us>
    vllm-digest:mirror:{<repo>:releases}   state       hash    none     mirror.py  a Release by tag name
    vllm-digest:mirror:{<repo>:reach}      state       hash    none     mirror.py  rev, data: its Reaches
    vllm-digest:lease:{<name>}             expiring    string  seconds  leases.py  the holder's fencing token
    vllm-digest:lease:{<name>}:fence       expiring    string  a day    leases.py  the last fencing token
    vllm-digest:cache:<key>                cache       string  given    cache.py   bytes, digests among them

State and expiring state are never evicted, cache may be. Repositories are in lower case; `us`, also the
zset's score, are microseconds since 1970. Each entity has a hash tag of its own and no operation spans two,
so the keys may lie on the nodes of a cluster.
"""

from adapters.store.reaches import Reach
from adapters.store.store import Store, open_store

__all__ = ["Reach", "Store", "open_store"]

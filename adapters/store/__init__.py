"""The store: the one data service, spoken to over the Redis protocol.

    key                                      class     type    TTL      owner       holds
    vllm-digest:mirror:{<repo>#<number>}     state     hash    none     mirror.py   rev; light, text (records.py)
    vllm-digest:mirror:{<repo>:hour:<hour>}  state     set     none     indexes.py  what may have happened in that hour
    vllm-digest:mirror:{<repo>:updated:<kind>}
                                             state     zset    none     indexes.py  items by `updated_at`
    vllm-digest:mirror:{<repo>:stale}        state     zset    none     indexes.py  those not read whole since, likewise
    vllm-digest:mirror:{<repo>:label:<name>}
    vllm-digest:mirror:{<repo>:author:<login>}
                                             state     zset    none     indexes.py  items with that term
    vllm-digest:mirror:{<repo>:pending}      state     zset    none     indexes.py  items that are being written
    vllm-digest:mirror:{<repo>:changes}      state     zset    none     mirror.py   items by when they changed last
    vllm-digest:mirror:{<repo>:tombstones}   state     hash    none     mirror.py   why an item is gone, and since when
    vllm-digest:mirror:{<repo>:forgotten}    state     hash    none     mirror.py   items that are never kept
    vllm-digest:mirror:{<repo>:cited}        state     zset    none     mirror.py   items whose text stays until then
    vllm-digest:mirror:{<repo>:releases}     state     hash    none     mirror.py   a Release by tag name
    vllm-digest:mirror:{<repo>:commits}      state     hash    none     mirror.py   object ids by `<tag>..<tag>`
    vllm-digest:mirror:{<repo>:dictionaries}
                                             state     hash    none     texts.py    what texts are packed with, by id
    vllm-digest:mirror:{<repo>:state}        state     hash    none     states.py   rev, fence, by; data: a MirrorState
    vllm-digest:mirror:{<repo>:checked}      expiring  zset    a day    mirror.py   items by when GitHub showed them
    vllm-digest:person:{<key>}               state     hash    none     people.py   a Profile
    vllm-digest:place:{<key>}                state     hash    none     places.py   PlaceSettings
    vllm-digest:members:{<team>}             state     set     none     members.py  people and places that are kept
    vllm-digest:members:{<key>}:talks        expiring  zset    7 d      members.py  conversations of a team or a person
    vllm-digest:teams                        state     hash    none     members.py  when a team was last heard of
    vllm-digest:teams:departed               state     hash    none     members.py  since when the bot is not there
    vllm-digest:platforms                    state     hash    none     platforms.py  what a platform was told, by name
    vllm-digest:conversation:<hash>          expiring  string  7 d      conversations.py  what was asked last
    vllm-digest:mends:{<repo>}               state     hash    none     mends.py    rev, done; a Mend by its target, and
                                                                                    those that were proposed
    vllm-digest:feedback                     state     zset    none     feedback.py  FeedbackEntries by their time
    vllm-digest:edition:{<repo>:<id>}        state     hash    none     editions.py  a digest's bytes by language
    vllm-digest:edition:{<repo>:<id>}:about  state     hash    none     editions.py  what a list tells of it, likewise
    vllm-digest:editions:{<repo>}            state     zset    none     editions.py  ids by when their windows ended
    vllm-digest:editions:{<repo>}:changes    state     string  none     editions.py  another with each come or gone
    vllm-digest:mentions:{<repo>#<number>}   state     zset    none     mentions.py  digests that tell of it, by when
                                                                                    their windows ended
    vllm-digest:mentions:{<repo>}            state     string  none     mentions.py  all that are kept were looked at
    vllm-digest:delivery:{<id>}              state     hash    none, once it has ended 90 d
                                                                     deliveries.py  rev, by, data; its holder's fence,
                                                                                    holder, until
    vllm-digest:batch:{<key>}                state     hash    none  deliveries.py  data: what is built for several
    vllm-digest:batch:{<key>}:ids            state     set     none  deliveries.py  their ids
    vllm-digest:{deliveries}:<name>:at, :again
                                             state     zset    none  deliveries.py  rows, batches by their next look
    vllm-digest:{deliveries}:troubled        state     zset    none  deliveries.py  deliveries that need a look
    vllm-digest:delivered:{<subscription>}   state     zset    none  deliveries.py  its deliveries by when they were due
    vllm-digest:posted:{<place>}             expiring  string  90 d  deliveries.py  the delivery of a message
    vllm-digest:workspaces                   state     hash    none     workspaces.py  sealed installations by id
    vllm-digest:schema                       state     string  none     schema.py   the version of all that is kept
    vllm-digest:{subscriptions}              state     hash    none     subscriptions.py  a Subscription by its id
    vllm-digest:{subscriptions}:state        state     hash    none     subscriptions.py  number, sequence, done
    vllm-digest:{subscriptions}:changes      state     zset    none     subscriptions.py  ids by their last changes
    vllm-digest:{subscriptions}:twins        state     hash    none     subscriptions.py  ids by what is posted
    vllm-digest:{subscriptions}:audit        state     list    none     subscriptions.py  changes, the newest first
    vllm-digest:{subscriptions}:planned      state     hash    none     subscriptions.py  the last due planned, by id
    vllm-digest:{subscriptions}:halts        state     hash    none     subscriptions.py  who stopped all, by where
    vllm-digest:shown:{<hash>}               expiring  hash    7 d      shown.py    a RecentEntry by its handle
    vllm-digest:shown:{<hash>}:at            expiring  zset    7 d      shown.py    handles by when they were asked for
    vllm-digest:pace:{<key>}                 expiring  hash    seconds  pace.py     due: a turn; held: none before
    vllm-digest:handled:<hash>               expiring  string  given    handled.py  the token of who claimed it
    vllm-digest:queue:{<priority>}           expiring  stream  none     ../queue    jobs until they are done; wake-ups
    vllm-digest:metrics:{<process>}          expiring  string  60 s     metrics.py  what a process counted
    vllm-digest:metrics:processes            expiring  zset    600 s    metrics.py  processes by when they told last
    vllm-digest:spending:{<day>}             expiring  hash    400 d    spending.py  what counts against the day's caps;
                                                                                    what was spent, by model and key
    vllm-digest:spending:{<day>}:aside       expiring  hash    400 d    spending.py  estimates not settled yet, by id
    vllm-digest:lease:{<name>}               expiring  string  seconds  leases.py   the holder's fencing token
    vllm-digest:lease:{<name>}:fence         expiring  string  a day    leases.py   the last fencing token
    vllm-digest:cache:<key>                  cache     string  given    cache.py    bytes, digests among them
    vllm-digest:cache:assessment:<key>       cache     string  45 d     assessments.py  an Assessment by a model

State and expiring state are never evicted, cache may be. Items stand in the indexes by number, with the seconds since
1970 (0 for terms and pending) times 2^20, plus the revision of the item that put them there; in `cited` and `checked`
with the seconds alone, in `changes` with microseconds that only grow. `hour` is hours since 1970. Repositories and
terms are in lower case. Each entity has a hash tag of its own and no operation spans two, so the keys may lie on the
nodes of a cluster.
"""

from adapters.store.store import Store, open_store

__all__ = ["Store", "open_store"]

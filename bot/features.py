"""Which commands of the grammar do something yet."""

LATER = frozenset(
    [
        "subscribe",
        "subscriptions",
        "unsubscribe",
        "pause",
        "resume",
        "test",
        "move",
        "history",
        "retract",
        "deliveries",
        "watch",
        "unwatch",
        "bot",
        "worker",
        "scheduler",
        "publish",
        "backup",
        "restore",
        "purge",
    ]
)
"""Commands that are understood and whose feature is not there yet."""

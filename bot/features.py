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
        "web",
        "init",
        "doctor",
        "publish",
        "backup",
        "restore",
        "purge",
        "feedback",
    ]
)
"""Commands that are understood and whose feature is not there yet."""

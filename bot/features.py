"""Which commands of the grammar do something yet."""

LATER = frozenset(
    [
        "why",
        "topic",
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
        "prefs",
        "iam",
        "forget",
        "bot",
        "worker",
        "scheduler",
        "web",
        "init",
        "doctor",
        "publish",
        "mcp",
        "backup",
        "restore",
        "purge",
        "feedback",
    ]
)
"""Commands that are understood and whose feature is not there yet."""

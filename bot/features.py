"""Which commands of the grammar do something yet."""

LATER = frozenset(
    [
        "publish",
    ]
)
"""Commands that are understood and whose feature is not there yet."""

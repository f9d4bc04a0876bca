"""What all chat platforms share: the port that each of them fills, and replies before they are laid out."""

from adapters.chat.port import (
    Answerer,
    Context,
    Desk,
    Feedback,
    Offer,
    Opinion,
    Progress,
    Recent,
    Reply,
    Scope,
    Subscribed,
    Surface,
    unheard,
    unwatched,
)

__all__ = [
    "Answerer",
    "Context",
    "Desk",
    "Feedback",
    "Offer",
    "Opinion",
    "Progress",
    "Recent",
    "Reply",
    "Scope",
    "Subscribed",
    "Surface",
    "unheard",
    "unwatched",
]

"""The methods of the Web API that the server knows, by name."""

from tests.servers.slack.methods import assistants, auth, chat, conversations, files, streams, views

METHODS = {
    **assistants.METHODS,
    **auth.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **streams.METHODS,
    **views.METHODS,
}

__all__ = ["METHODS"]

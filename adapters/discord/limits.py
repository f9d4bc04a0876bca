"""Discord's numbers: what a message, a modal and their parts may hold, each with its source.

D is docs.discord.com/developers. Characters are those of `markdown.characters`: Markdown's own and addresses count.
"""

from __future__ import annotations

from typing import Final

TEXT: Final = 4_000
"""Over all text displays of a message of components (docs.discord.food/resources/components)."""
CONTENT: Final = 2_000
"""Of a message that is none of components (D/resources/message, "create message")."""
EMBEDS: Final = 10
"""Of a message (the same page)."""
DESCRIPTION: Final = 4_096
"""Of an embed (the same place)."""
EMBED_TEXT: Final = 6_000
"""Over all embeds of a message (the same place)."""

ROWS: Final = 5
"""Of buttons and menus below embeds or content (D/components/reference, "legacy message component behavior")."""
BUTTONS: Final = 5
"""Of a row (D/components/reference, "action row")."""
LABEL: Final = 80
"""Of a button (D/components/reference, "button")."""
URL: Final = 512
"""Of a link button (the same place)."""
OPTIONS: Final = 25
"""Of a menu (D/components/reference, "string select")."""
OPTION: Final = 100
"""Of an option's label, its value and its description, each (the same place)."""
PLACEHOLDER: Final = 150
"""Of a menu (the same place)."""
CUSTOM_ID: Final = 100
"""Of a button, a menu, an input and a modal (D/components/reference, "custom id")."""

FILES: Final = 10
"""Of a message (docs.discord.food/resources/message, "create message")."""
ALT: Final = 1_024
"""Of an attachment and of a gallery's picture (D/resources/message, "attachment object"; D/components/reference, "media
gallery")."""

MODAL_TITLE: Final = 45
"""(D/interactions/receiving-and-responding, "modal")."""
FIELD: Final = 45
"""Of the label of a modal's input (D/components/reference, "label")."""
FIELD_ABOUT: Final = 100
"""Of what stands below that label (the same place)."""
INPUT_PLACEHOLDER: Final = 100
"""(the same place)."""

THREAD_NAME: Final = 100
"""Of a thread and of a forum's post (D/resources/channel, "start thread from message")."""
NONCE: Final = 25
"""(D/resources/message, "create message")."""
CHOICES: Final = 25
"""Suggested while an option is typed (D/interactions/application-commands, "autocomplete")."""
CHOICE: Final = 100
"""Of a choice's name and of its value, each (D/interactions/application-commands, "option choice")."""

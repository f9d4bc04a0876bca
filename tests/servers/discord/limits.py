"""Discord's numbers (docs.discord.com/developers: resources/message, components/reference, interactions, topics)."""

from __future__ import annotations

from typing import Final

CONTENT: Final = 2_000
NONCE: Final = 25
NONCE_S: Final = 180.0
"""How long the same nonce gives the first message ("in the past few minutes")."""
MESSAGES: Final = 100
"""Of one answer of a channel's history."""
FILES: Final = 10
FILE_BYTES: Final = 10 * 1024 * 1024
FILE_DESCRIPTION: Final = 1_024

EMBEDS: Final = 10
EMBEDS_IN_ALL: Final = 6_000
EMBED_TITLE: Final = 256
EMBED_DESCRIPTION: Final = 4_096
EMBED_FIELDS: Final = 25
EMBED_FIELD_NAME: Final = 256
EMBED_FIELD_VALUE: Final = 1_024
EMBED_FOOTER: Final = 2_048
EMBED_AUTHOR: Final = 256

ROWS: Final = 5
ROW: Final = 5
CUSTOM_ID: Final = 100
BUTTON_LABEL: Final = 80
BUTTON_URL: Final = 512
OPTIONS: Final = 25
OPTION: Final = 100
PLACEHOLDER: Final = 150
V2_COMPONENTS: Final = 40
V2_TEXT: Final = 4_000
SECTION_TEXTS: Final = 3
GALLERY_ITEMS: Final = 10
MEDIA_DESCRIPTION: Final = 1_024

MODAL_TITLE: Final = 45
MODAL_COMPONENTS: Final = 5
LABEL: Final = 45
LABEL_DESCRIPTION: Final = 100
INPUT_VALUE: Final = 4_000
INPUT_PLACEHOLDER: Final = 100

COMMANDS: Final = 100
CONTEXT_MENUS: Final = 15
COMMAND_NAME: Final = 32
COMMAND_DESCRIPTION: Final = 100
COMMAND_OPTIONS: Final = 25
COMMAND_CHOICES: Final = 25
COMMAND_CHOICE: Final = 100
COMMAND_IN_ALL: Final = 8_000

ACKNOWLEDGE_S: Final = 3.0
TOKEN_S: Final = 15 * 60.0
FOLLOW_UPS_OUTSIDE: Final = 5
"""Of an app that only its user has installed."""

THREAD_NAME: Final = 100
ARCHIVE_MINUTES: Final = (60, 1_440, 4_320, 10_080)
TAGS: Final = 5
SLOW_S: Final = 21_600

IDENTIFIES_A_DAY: Final = 1_000
HEARTBEAT_MS: Final = 41_250
SENT_A_MINUTE: Final = 120
"""Over one connection of the gateway."""

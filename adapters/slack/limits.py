"""Slack's numbers: what a message, a view and their parts may hold, each with its source. D is docs.slack.dev.

Characters are code points; Slack counts what a reader may see, not addresses, values and markup around it.
"""

from __future__ import annotations

from typing import Final

BLOCKS: Final = 50
"""Of a message (D/reference/block-kit/blocks)."""
VIEW_BLOCKS: Final = 100
"""Of a modal or a home (D/reference/views)."""

MEASURED: Final = 13_422
"""Characters over all blocks of a message beyond which Slack answers `msg_blocks_too_long`, counting CONTAINER for each
block. Not documented: 13,297 in one block pass, and 13,172 with a divider beside them (slackapi/bolt-js #2509)."""
CONTAINER: Final = 125
"""See MEASURED."""
PACKED: Final = 11_000
"""What a message of ours holds of that: a limit that nobody promises may move."""

HEADER: Final = 150
"""Of a header (D/reference/block-kit/blocks/header-block)."""
SECTION: Final = 3_000
"""Of a text object in a section or a context (D/reference/block-kit/blocks/section-block)."""
CONTEXT: Final = 10
"""Elements of a context (D/reference/block-kit/blocks/context-block)."""
ACTIONS: Final = 25
"""Elements of an actions block (D/reference/block-kit/blocks/actions-block)."""
BUTTON: Final = 75
"""Of a button's label (D/reference/block-kit/block-elements/button-element)."""
VALUE: Final = 2_000
"""Of a button's value (the same page)."""
ALT: Final = 2_000
"""Of an image's alt text (D/reference/block-kit/blocks/image-block)."""

ELEMENT: Final = 2_900
"""Of an element of rich text. Not documented: below what a section takes."""
INDENT: Final = 8
"""How deep a list of rich text may stand (D/reference/block-kit/blocks/rich-text-block)."""

TABLES: Final = 1
"""Of a message: more is `only_one_table_allowed` (D/reference/block-kit/blocks/table-block)."""
TABLE_ROWS: Final = 100
"""With the head (the same page)."""
TABLE_COLUMNS: Final = 20
"""The same page."""
TABLE_CHARACTERS: Final = 10_000
"""Over all cells of a message (the same page; getnao/nao #1178, vellum-ai/vellum-assistant #36219)."""

TEXT: Final = 4_000
"""Of a message's fallback text: what `chat.update` takes (D/reference/methods/chat.update)."""
TOKEN_FALLBACK: Final = 200
"""Of what stands in for a date that a client cannot show; ours, to keep a line of context short."""

VIEW_TITLE: Final = 24
"""Of a view's title and of its buttons (D/reference/views)."""
OPTIONS: Final = 100
"""Of a select menu (D/reference/block-kit/block-elements/select-menu-element)."""
OPTION: Final = 75
"""Of an option's text and of its value (D/reference/block-kit/composition-objects/option-object; a value takes 150)."""
PLACEHOLDER: Final = 150
"""Of what stands in an empty input (D/reference/block-kit/block-elements/select-menu-element)."""
LABEL: Final = 2_000
"""Of an input's label and of its hint (D/reference/block-kit/blocks/input-block)."""
PROMPTS: Final = 4
"""Suggested for a conversation (D/reference/methods/assistant.threads.setSuggestedPrompts)."""

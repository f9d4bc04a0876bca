"""Slack's numbers, each with where it comes from. D is docs.slack.dev."""

from __future__ import annotations

from typing import Final

# --- messages and blocks: D/reference/block-kit/blocks, slack_sdk/models/blocks
MESSAGE_BLOCKS: Final = 50  # the same, "no more than 50 items allowed"
VIEW_BLOCKS: Final = 100  # D/reference/views
BLOCK_ID: Final = 255
ACTION_ID: Final = 255
HEADER: Final = 150
SECTION: Final = 3_000
FIELDS: Final = 10
FIELD: Final = 2_000
CONTEXT: Final = 10
ACTIONS: Final = 25
CONTEXT_ACTIONS: Final = 5
BUTTON: Final = 75
VALUE: Final = 2_000
URL: Final = 3_000
ALT: Final = 2_000
IMAGE_TITLE: Final = 2_000
PLACEHOLDER: Final = 150
OPTIONS: Final = 100
OVERFLOW: Final = 5
CHECKBOXES: Final = 10
OPTION: Final = 75  # its text; of checkboxes and radio buttons 150 in practice, 75 documented
OPTION_VALUE: Final = 150
LABEL: Final = 2_000
HINT: Final = 2_000
CONFIRM_TITLE: Final = 100
CONFIRM_TEXT: Final = 300
CONFIRM_BUTTON: Final = 30
MARKDOWN: Final = 12_000  # cumulative: D/reference/block-kit/blocks/markdown-block
TABLES: Final = 1  # the same, `only_one_table_allowed`; tables in Markdown become such blocks and count
TABLE_ROWS: Final = 100  # D/reference/block-kit/blocks/table-block
TABLE_COLUMNS: Final = 20
TABLE_CHARACTERS: Final = (
    10_000  # over all tables of a message: vellum-ai/vellum-assistant #36219, getnao/nao #1178
)
ALL_BLOCKS: Final = (
    13_422  # measured: one markdown block passes with 13,297, and 13,172 with a divider beside it,
)
CONTAINER: Final = (
    125  # so that each block takes 125 beside its texts: slackapi/bolt-js #2509; #2867 bears it out
)
TEXT_KEPT: Final = 40_000  # cut there: api.slack.com/changelog/2018-04-truncating-really-long-messages
TEXT_UPDATED: Final = 4_000  # chat.update refuses more, msg_too_long: D/reference/methods/chat.update

# --- views: D/reference/views
VIEW_TITLE: Final = 24
VIEW_BUTTON: Final = 24
PRIVATE_METADATA: Final = 3_000
CALLBACK_ID: Final = 255
EXTERNAL_ID: Final = 255
VIEW_BYTES: Final = 250_000  # D/reference/methods/views.open, view_too_large
VIEW_STACK: Final = 3  # D/reference/methods/views.push, push_limit_reached
TRIGGER_S: Final = 3.0  # D/interactivity/handling-user-interaction

# --- streams: D/reference/methods/chat.startStream, chat.appendStream, chat.stopStream
STREAM_TEXT: Final = 12_000
STREAM_LASTS_S: Final = (
    300.0  # reports: slackapi/python-slack-sdk #1859, timescale/tiger-agents-for-work #297
)
TASK_TEXT: Final = 256

# --- files: D/reference/methods/files.getUploadURLExternal, alt_txt_too_large
FILE_ALT: Final = 1_000

# --- assistants: D/reference/methods/assistant.threads.setStatus, .setSuggestedPrompts
LOADING_MESSAGES: Final = 10
PROMPTS: Final = 4

# --- ways in
ACK_S: Final = 3.0  # D/interactivity/handling-user-interaction, D/apis/events-api
REDELIVERIES: Final = 3  # D/apis/events-api
RESPONSE_URL_USES: Final = 5  # D/interactivity/handling-user-interaction
RESPONSE_URL_S: Final = 30 * 60.0
SIGNATURE_S: Final = 5 * 60.0  # D/authentication/verifying-requests-from-slack

# --- tokens and pages
TOKEN_S: Final = 12 * 3600  # of a rotated token: D/authentication/using-token-rotation
PAGE: Final = 100  # of conversations.history; at most
PAGE_MOST: Final = 999

# --- rates, a minute: D/apis/web-api/rate-limits. Tier 1 is "1+", and its page allows small bursts.
SPECIAL: Final = (
    0  # "hundreds of requests per minute": auth.test; assistant.threads.setStatus names no figure
)
TIERS: Final = {SPECIAL: 300, 1: 1, 2: 20, 3: 50, 4: 100}
TIER_BURST: Final = 5
CHANNEL_PER_MINUTE: Final = 60  # one message a second
CHANNEL_BURST: Final = 3
POSTS_PER_MINUTE: Final = 300  # "several hundred messages a minute" over a workspace

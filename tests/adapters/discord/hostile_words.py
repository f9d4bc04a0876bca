"""Hostile words: what strangers might put into a title so that Discord does something with it."""

from __future__ import annotations

from hypothesis import strategies as st

BITS = [
    "@everyone", "@here", "<@1>", "<@!12>", "<@&3>", "<#4>", "</cmd:5>", "<id:browse>", "<:n:6>", "<a:n:7>", "<t:8:R>",
    "[x](https://evil.com)", "[x](<https://evil.com>)", "](https://evil.com)", "](", "[", "]", "(", ")", "<", ">",
    "https://evil.com", "HTTPS://evil.com", "steam://run/1", "://", "//evil.com", "http", "<https://evil.com>",
    "discord.gg/abc", "Discord.com/invite/x", "discordapp.com/invite/x", "discord", ".gg/abc", "dis.gd/x", "evil.com",
    "a@evil.com", "<a@evil.com>", "<+1234567>", "**", "*", "_", "__", "__init__", "~~", "||", "|", "`", "``", "```",
    "\\", "# ", "## ", "-# ", "- ", "* ", "+ ", "1. ", "12.", "3", ". ", "> ", ">>> ", ":tada:", ":", "10:30:00",
    "¯\\_(ツ)_/¯", "snake_case_name", "&lt;", "<!-- -->", "<br>", "\n", "\r\n", "\t", "\u202e", "\u200b", "\u2066",
    "补丁", "。", "🚀", "👩‍💻", "שלום", "é", " ", "x", "7",
]  # fmt: skip

hostile = st.lists(st.sampled_from(BITS) | st.text(max_size=5), min_size=1, max_size=8).map("".join)

"""The one command grammar of Slack, Discord, the terminal chat and the shell."""

from bot.grammar.parser import language_in, parse
from bot.grammar.tokens import join_arguments

__all__ = ["join_arguments", "language_in", "parse"]

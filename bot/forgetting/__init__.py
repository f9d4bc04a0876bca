"""Forgetting: what is kept of a team, a person, a repository or an item goes for good, and is told by kind."""

from bot.forgetting.command import Forgetting, forget
from bot.forgetting.gone import Gone

__all__ = ["Forgetting", "Gone", "forget"]

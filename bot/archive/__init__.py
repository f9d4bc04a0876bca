"""The archive: what visitors of the pages may read, from the kept digests and the mirrors."""

from bot.archive.archive import Archive

__all__ = ["Archive"]

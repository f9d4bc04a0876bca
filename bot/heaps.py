"""Heaps: how the C library keeps what a process has freed."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

_ARENA_MAX: Final = -8
_MMAP_THRESHOLD: Final = -3
"""Of glibc's malloc.h."""

LARGE: Final = 256 * 1024
"""Bytes from which what is freed goes back to the system at once; else glibc raises that to 32 MB by itself."""


def have_one_heap() -> None:
    """For a process that stays, before its first thread. Digests are packed and unpacked in whichever thread is free;
    with a heap for each thread, as glibc has it, each keeps the room that the largest took. Elsewhere nothing changes.

    Source: man7.org/linux/man-pages/man3/mallopt.3.html, M_ARENA_MAX and M_MMAP_THRESHOLD
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library; TypeError is Windows'
        library = ctypes.CDLL(None)
        library.mallopt(_ARENA_MAX, 1)
        library.mallopt(_MMAP_THRESHOLD, LARGE)

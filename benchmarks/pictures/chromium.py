"""Chromium: a page as a picture, drawn by a browser without a window."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

WIDTH: Final = 720
"""Of a page, where nothing else is said."""
SCALE: Final = 2
"""Device pixels for each of the page's, for displays of today."""

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",  # as root in a container; the page is our own and loads nothing
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-lcd-text",
    "--hide-scrollbars",
    f"--force-device-scale-factor={SCALE}",
)
_DARK: Final = ("--blink-settings=preferredColorScheme=0",)
_TIMEOUT_S: Final = 60
_TALL: Final = 12_000
_MEASURE: Final = """<script>
  document.documentElement.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)
</script>"""
_HEIGHT: Final = re.compile(r'data-height="(\d+)"')


class BrowserError(Exception):
    """The browser is not there, or drew nothing. The message says which."""


def browser() -> str:
    """Its path. Raises BrowserError."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    raise BrowserError(f"no browser: one of {', '.join(_NAMES)} has to be installed")


def photograph(html: str, picture: Path, width: int = WIDTH) -> None:
    """Draw a page whose body is so wide, and as high as it is, into a PNG file. Raises BrowserError."""
    command = browser()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder, "page.html")
        page.write_text(html.replace("</body>", f"{_MEASURE}</body>"), "utf-8")
        options = (*_OPTIONS, f"--user-data-dir={folder}/profile")
        dom = _run(command, *options, f"--window-size={width},{_TALL}", "--dump-dom", page.as_uri())
        found = _HEIGHT.search(dom)
        if found is None:
            raise BrowserError("the browser did not draw the page")
        size = f"--window-size={width},{found[1]}"
        _run(command, *options, size, f"--screenshot={picture.absolute()}", page.as_uri())
    if not picture.is_file():
        raise BrowserError("the browser left no picture")


def photograph_address(url: str, picture: Path, size: tuple[int, int], *, is_dark: bool = False) -> None:
    """Draw what is seen of a page at an address, so wide and high, into a PNG file. Raises BrowserError."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = (*_OPTIONS, f"--user-data-dir={folder}/profile", *(_DARK if is_dark else ()))
        window = f"--window-size={size[0]},{size[1]}"
        _run(browser(), *options, window, f"--screenshot={picture.absolute()}", url)
    if not picture.is_file():
        raise BrowserError("the browser left no picture")


def _run(*command: str) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise BrowserError(f"the browser failed: {error}") from error
    return done.stdout

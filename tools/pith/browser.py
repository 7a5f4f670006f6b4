"""The browser that tries the book: Debian's Chromium, or one like it that is there already."""

import shutil
import subprocess

from pith import packages
from pith.process import say

PROGRAMS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
SECONDS = 30


def find() -> str | None:
    """The path of one that answers. (On Ubuntu /usr/bin/chromium-browser may be a script that only asks for a snap.)"""
    return next((path for name in PROGRAMS if (path := shutil.which(name)) and _answers(path)), None)


def _answers(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def need(yes: bool) -> bool:
    """Installs one where there is none; false where none can be had as a package (Ubuntu has it as a snap only)."""
    if find():
        return True
    if not packages.is_offered("chromium"):
        say(f"no browser to try the book with: none of {', '.join(PROGRAMS)} is here, and no package 'chromium' can be had")
        return False
    packages.need(["browser"], yes)
    return True

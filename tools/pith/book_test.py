"""Tests the book as it was made: `python3 -m pith.book_test spelling|browser`; CTest calls it, and `./pith book --test`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from pith import browser, paths

BOOK = paths.ROOT / "book"
TESTS = paths.ROOT / "tests" / "book"
SPELLING = BOOK / "node_modules" / ".bin" / "cspell"
SKIPPED = 77   # what CTest takes for "not run, and no failure"


def spelling() -> int:
    """Every word of the pages is one, and no dead ones are among them."""
    command = [SPELLING, "lint", "--no-progress", "--config", BOOK / "cspell.json"]
    return subprocess.run([str(word) for word in command], cwd=paths.ROOT).returncode


def in_browser() -> int:
    """The site in a browser: links, errors, search, listings, figures, phones, contrast."""
    program = browser.find()
    if program is None:
        print(f"there is no browser: none of {', '.join(browser.PROGRAMS)} answers")
        return SKIPPED
    tests: list[Path] = sorted(TESTS.glob("*.test.mjs"))
    return subprocess.run(["node", "--test", *map(str, tests)], cwd=paths.ROOT,
                          env={**os.environ, "PITH_CHROMIUM": program}).returncode


KINDS = {"spelling": spelling, "browser": in_browser}


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.book_test", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    return KINDS[parser.parse_args().kind]()


if __name__ == "__main__":
    sys.exit(main())

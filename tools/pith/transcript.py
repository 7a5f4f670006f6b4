"""Compares what a kernel printed with what a chapter says it prints.

In the expected text `…` inside a line stands for any text, and a line that is only `…` for any lines.
"""

import difflib
import re
from collections.abc import Sequence

ELLIPSIS = "…"
_ANSI_ESCAPE = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[A-Za-z0-9=>]")


def clean(text: str) -> list[str]:
    """The lines of a captured text, without terminal escapes, blanks at the right and empty lines at the end."""
    lines = [line.rstrip() for line in _ANSI_ESCAPE.sub("", text).replace("\r", "").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def starting_at(marker: str, lines: Sequence[str]) -> list[str]:
    """The lines from the first that contains the marker: what firmware said before is left out."""
    for index, line in enumerate(lines):
        if marker in line:
            return list(lines[index:])
    return []


def difference(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """A unified diff, empty when the actual lines are as expected."""
    if _pattern(expected).fullmatch("".join(line + "\n" for line in actual)):
        return []
    shown = _with_matches_filled_in(expected, actual)
    return list(difflib.unified_diff(shown, actual, "expected", "actual", lineterm=""))


def _pattern(lines: Sequence[str]) -> re.Pattern[str]:
    return re.compile("".join("(?:.*\n)*?" if line == ELLIPSIS else line_pattern(line) + "\n" for line in lines))


def line_pattern(line: str) -> str:
    """What a line is matched by, where `…` stands for any text."""
    return ".*".join(re.escape(part) for part in line.split(ELLIPSIS))


def _with_matches_filled_in(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """Replaces expected lines with `…` by a line they match, so that the diff shows only what differs."""
    def matching(line: str) -> str:
        if ELLIPSIS not in line or line == ELLIPSIS:
            return line
        return next((other for other in actual if re.fullmatch(line_pattern(line), other)), line)
    return [matching(line) for line in expected]

"""What options accept: each function reads one value, or says what a right one looks like."""

import argparse
import re
from collections.abc import Callable, Sequence

from pith.nearest import did_you_mean


def one_of(names: Sequence[str]) -> Callable[[str], str]:
    """One of a few names."""
    def read(text: str) -> str:
        if text not in names:
            raise argparse.ArgumentTypeError(
                f"'{text}' is not one of {', '.join(names)}{did_you_mean(text, names)}")
        return text
    return read


def memory(text: str) -> str:
    """An amount of memory as QEMU writes it."""
    if not re.fullmatch(r"[1-9][0-9]*[KMGT]", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not an amount of memory; write it as 64M or 2G")
    return text


def count(most: int) -> Callable[[str], int]:
    """A number from 1 to `most`."""
    def read(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to {most}")
        return int(text)
    return read


def pattern(text: str) -> str:
    """A regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a regular expression: {error}") from error
    return text

"""Keeps the terminal as it was, whatever a program does to it meanwhile."""

import os
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def restored() -> Iterator[None]:
    """Inside, QEMU may set the terminal as it likes; afterwards all is as before."""
    settings = termios.tcgetattr(sys.stdin) if sys.stdin.isatty() else None
    blocking = {stream: os.get_blocking(stream.fileno()) for stream in (sys.stdin, sys.stdout)}
    try:
        yield
    finally:
        for stream, was_blocking in blocking.items():
            os.set_blocking(stream.fileno(), was_blocking)
        if settings is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, settings)


def has_display() -> bool:
    """Whether a window can be opened here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

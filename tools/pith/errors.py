"""What goes wrong and is worth one clear line: raised anywhere, printed where a program began."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

Arguments = ParamSpec("Arguments")


class PithError(Exception):
    """Something failed; the text says what, where and what to do."""

    status = 1


class UsageError(PithError):
    """The command was not understood; nothing was done."""

    status = 2


def reports_errors(main: Callable[Arguments, int]) -> Callable[Arguments, int]:
    """A program's `main`: what it raises of ours is printed as one line, and its status is the program's."""
    @functools.wraps(main)
    def reporting(*arguments: Arguments.args, **named: Arguments.kwargs) -> int:
        try:
            return main(*arguments, **named)
        except PithError as error:
            print(f"pith: {error}", file=sys.stderr)
            return error.status
    return reporting

"""Where the fields of the processor's words stand: asked of the kernel's own types (book/layouts)."""

import json
import subprocess
from collections.abc import Sequence
from functools import cache
from typing import Any

from pith import paths
from pith.errors import PithError

PROGRAM = paths.HOST_BUILD / "book" / "layouts" / "layouts"
TARGET = ("host", "layouts")


@cache
def told() -> dict[str, Any]:
    """All that the program says."""
    try:
        done = subprocess.run([PROGRAM], capture_output=True, text=True)
    except FileNotFoundError:
        raise PithError(f"{paths.shown(PROGRAM)} is missing; without --as-built it is made") from None
    if done.returncode != 0:
        raise PithError(f"{paths.shown(PROGRAM)} failed: {done.stderr.strip()}")
    return json.loads(done.stdout)


def field_of(raw: int, bits: Sequence[int]) -> int:
    """What stands in a field of a word."""
    return sum((raw >> bit & 1) << number for number, bit in enumerate(bits))


def entry_field(name: str, raw: int, kind: str = "table_entry") -> int:
    """A field of a page table's entry."""
    return field_of(raw, told()[kind]["fields"][name])

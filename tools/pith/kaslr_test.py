"""Boots a kernel that is moved many times, and compares where it was: `python3 -m pith.kaslr_test WHAT ELF`.

    boots-differ           no two boots are at the same places
    clocks-differ          nor are they where the processor has no random numbers, but for the time-stamp counter
    same-seed-same-place   machines that count time by instructions, with the same seed, are the same
    as-linked              with `nokaslr` all boots are where the kernel is linked

The kernel is tests/kaslr: it prints its places.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pith.errors import PithError, reports_errors
from pith.qemu import Machine
from pith.session import Session

BOOTS = 12
SECONDS = 60
LINKED = (0xFFFF_FFFF_8000_0000, 0xFFFF_8000_0000_0000)
PLACES = re.compile(r"image (0x[0-9a-f]{16}), direct map (0x[0-9a-f]{16})")
SAME_EVERY_TIME = ("-icount", "shift=0,sleep=off", "-seed", "42", "-rtc", "base=2024-01-01,clock=vm")

Places = tuple[int, int]


def boot(kernel: Path, **what: object) -> Places:
    """The image's and the direct map's place in one boot."""
    machine = Machine(**{"kernel": kernel, "model": "microvm", "command_line": "list", "debug_exit": True, **what})
    with tempfile.TemporaryDirectory(prefix="pith-kaslr-") as scratch:
        log = Path(scratch, "serial.log")
        with Session(machine, f"file,path={log}") as session:
            if session.wait(SECONDS):
                raise PithError(f"the kernel did not end in {SECONDS} seconds")
        printed = log.read_text(errors="replace")
    found = PLACES.search(printed)
    if not found:
        raise PithError(f"the kernel did not say where it is:\n{printed}")
    return int(found[1], 16), int(found[2], 16)


def all_differ(boots: list[Places]) -> str:
    """What two boots have in common that they should not. Of the image's places there are so few that two may meet."""
    images, maps = ({places[which] for places in boots} for which in (0, 1))
    if len(set(boots)) < len(boots) or len(maps) < len(boots) - 1 or len(images) < len(boots) - 2:
        return "boots are at the same places"
    return ""


def all_are(wanted: Places | None, boots: list[Places]) -> str:
    return "" if set(boots) == {wanted or boots[0]} else "boots are at different places"


CHECKS: dict[str, tuple[dict[str, object], int, Callable[[list[Places]], str]]] = {
    "boots-differ": ({}, BOOTS, all_differ),
    "clocks-differ": ({"cpu": "qemu64"}, BOOTS, all_differ),
    "same-seed-same-place": ({"extra": SAME_EVERY_TIME}, 3, lambda boots: all_are(None, boots)),
    "as-linked": ({"command_line": "list nokaslr"}, 3, lambda boots: all_are(LINKED, boots)),
}


@reports_errors
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pith.kaslr_test", description="Where a kernel is, boot by boot.")
    parser.add_argument("check", choices=CHECKS, metavar="WHAT")
    parser.add_argument("kernel", type=Path, metavar="ELF")
    options = parser.parse_args(arguments)
    machine, count, check = CHECKS[options.check]
    boots = [boot(options.kernel, **machine) for _ in range(count)]
    for image, direct_map in boots:
        print(f"image {image:#018x}, direct map {direct_map:#018x}")
    wrong = check(boots)
    print(f"WRONG: {wrong}" if wrong else f"{count} boots, as they should be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

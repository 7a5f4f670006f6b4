"""Takes the picture of the running system that the README shows: `python3 -m pith.screenshot [ISO [PNG]]`.

The ISO (out/pith.iso unless another is named; `./pith iso` makes it) starts under BIOS. When the kernel has
halted, QEMU itself writes down what its screen shows.
"""

import argparse
import sys
import time
from pathlib import Path

from pith import chapters, paths
from pith.errors import PithError
from pith.qemu import Machine
from pith.session import Session

PICTURE = paths.ROOT / "docs" / "images" / "pith.png"
BOOT_SECONDS = 60
FRAME_SECONDS = 0.5  # QEMU draws its screen a few times a second: the last text needs so long to get there


def take(iso: Path, picture: Path) -> None:
    """Starts the ISO, waits until its kernel has halted, and writes the screen as a PNG file."""
    if not iso.exists():
        raise PithError(f"{paths.shown(iso)} is missing; './pith iso' makes it")
    paths.made_directory(picture.parent)
    with Session(Machine(boot="bios", iso=iso), "null") as session:
        _wait_until_halted(session)
        session.wait(FRAME_SECONDS)
        session.save_picture(picture)


def _wait_until_halted(session: Session) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    while session.wait() and time.monotonic() < deadline:
        if session.halted():
            return
    raise PithError(f"the kernel did not halt within {BOOT_SECONDS} seconds")


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.screenshot", description="Takes a picture of a kernel's screen.")
    parser.add_argument("iso", nargs="?", type=Path, default=chapters.SYSTEM.iso, metavar="ISO")
    parser.add_argument("picture", nargs="?", type=Path, default=PICTURE, metavar="PNG")
    options = parser.parse_args()
    try:
        take(options.iso, options.picture.resolve())
    except PithError as error:
        print(f"pith: {error}", file=sys.stderr)
        return error.status
    print(f"{paths.shown(options.picture.resolve())} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())

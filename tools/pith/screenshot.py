"""Takes the picture of the running system that the README shows: `python3 -m pith.screenshot [ISO [PNG]]`.

The ISO (out/pith.iso unless another is named; `./pith iso` makes it) starts under BIOS, or with --boot uefi under UEFI.
When the kernel has halted, or its prompt has come and each line of --type was answered, QEMU itself writes down what its
screen shows.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pith import chapters, paths
from pith.errors import PithError
from pith.prompt import End, Listener, Prompt
from pith.qemu import Machine
from pith.session import Session

PICTURE = paths.ROOT / "docs" / "images" / "pith.png"
FRAME_SECONDS = 0.5  # QEMU draws its screen a few times a second: the last text needs so long to get there


def take(iso: Path, picture: Path, boot: str, lines: Sequence[str]) -> None:
    """Starts the ISO, types these lines at its prompt, and writes the screen as a PNG file."""
    if not iso.exists():
        raise PithError(f"{paths.shown(iso)} is missing; './pith iso' makes it")
    paths.made_directory(picture.parent)
    with (Listener() as listener,
          Session(Machine(boot=boot, iso=iso), listener.device) as session, listener.accept() as line):
        _type(Prompt(session, line), lines)
        session.wait(FRAME_SECONDS)
        session.save_picture(picture)


def _type(prompt: Prompt, lines: Sequence[str]) -> None:
    prompt.await_empty()
    for line in lines:
        if prompt.ended is not None:
            raise PithError(f"'{line}' cannot be typed: {prompt.ended.value}")
        prompt.answer(line)
    if prompt.ended not in (None, End.HALT):
        raise PithError(f"there is no picture: {prompt.ended.value}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.screenshot", description="Takes a picture of a kernel's screen.")
    parser.add_argument("iso", nargs="?", type=Path, default=chapters.SYSTEM.iso, metavar="ISO")
    parser.add_argument("picture", nargs="?", type=Path, default=PICTURE, metavar="PNG")
    parser.add_argument("--boot", choices=("bios", "uefi"), default="bios")
    parser.add_argument("--type", action="append", default=[], metavar="LINE", help="at the prompt, before the picture")
    options = parser.parse_args()
    try:
        take(options.iso, options.picture.resolve(), options.boot, options.type)
    except PithError as error:
        print(f"pith: {error}", file=sys.stderr)
        return error.status
    print(f"{paths.shown(options.picture.resolve())} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())

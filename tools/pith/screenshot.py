"""Takes pictures of QEMU's own screen, as PNG files: `python3 -m pith.screenshot [ISO [PNG]]` takes the one that the README shows.

The ISO (out/pith.iso unless another is named; `./pith iso` makes it) starts under BIOS, or with --boot uefi under UEFI, and each
line of --type is typed at its prompt.

A cursor of the text screen blinks. So a screen is looked at until it shows nothing new, and of the two pictures that
differ only by the cursor one is taken: always the same.
"""

import argparse
import struct
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from pith import chapters, paths
from pith.errors import PithError, reports_errors
from pith.picture import Picture, read_ppm
from pith.prompt import End, Listener, Prompt
from pith.qemu import Machine
from pith.session import Session

README_PICTURE = paths.ROOT / "docs" / "images" / "pith.png"
LOOK_SECONDS = 0.1
LOOKS = 10                 # in a row; the cursor blinks twice a second
SECONDS = 180    # a guard against machines that hang; UEFI on a busy host takes its time


def take(machine: Machine, file: Path, lines: Sequence[str] = (), shows: str = "", has_cursor: bool = False) -> None:
    """Starts the machine, and when it has halted, or answered these lines at its prompt, keeps its screen.

    Or as soon as its text screen shows something: what does neither is no kernel of ours.
    """
    with (tempfile.TemporaryDirectory(prefix="pith-screen-") as scratch, Listener() as listener,
          Session(machine, listener.device) as session, listener.accept() as line):
        if shows:
            _await_text(session, shows)
        else:
            _play(Prompt(session, line, seconds=SECONDS), lines)
        file.write_bytes(png(_still(session, Path(scratch, "screen.ppm"), has_cursor)))


def _play(prompt: Prompt, lines: Sequence[str]) -> None:
    prompt.await_empty()
    for line in lines:
        if prompt.ended is not None:
            raise PithError(f"'{line}' cannot be typed: {prompt.ended.value}")
        prompt.answer(line)
    if prompt.ended not in (None, End.HALT):
        raise PithError(f"there is no picture: {prompt.ended.value}")


def _await_text(session: Session, text: str) -> None:
    deadline = time.monotonic() + SECONDS
    while session.wait(LOOK_SECONDS) and not any(text in line for line in session.screen().lines()):
        if time.monotonic() > deadline:
            raise PithError(f"the screen did not show '{text}' within {SECONDS} seconds")


def _still(session: Session, file: Path, has_cursor: bool) -> Picture:
    """What the screen shows when it only blinks any more."""
    deadline = time.monotonic() + SECONDS
    seen: list[Picture] = []
    while time.monotonic() < deadline:
        session.wait(LOOK_SECONDS)
        session.save_picture(file)
        seen.append(read_ppm(file.read_bytes()))
        latest = {picture.pixels: picture for picture in seen[-LOOKS:]}
        if len(seen) >= 2 * LOOKS and len(latest) <= 2:
            return chosen(list(latest.values()), has_cursor)
    raise PithError(f"the screen did not come to rest within {SECONDS} seconds")


def chosen(pictures: Sequence[Picture], has_cursor: bool) -> Picture:
    """The one with the cursor, or the one without: it is what lights more of the screen."""
    return (max if has_cursor else min)(pictures, key=lambda picture: (sum(picture.pixels), picture.pixels))


def png(picture: Picture) -> bytes:
    """A PNG file with a palette; the same picture always gives the same bytes.

    Reference: W3C, "Portable Network Graphics (PNG) Specification", "Datastream structure".
    """
    colours = sorted(picture.colours())
    if len(colours) > 256:
        raise PithError(f"a text screen has {len(colours)} colours")
    index = {colour: bytes([number]) for number, colour in enumerate(colours)}
    pitch = 3 * picture.width
    rows = (picture.pixels[start:start + pitch] for start in range(0, len(picture.pixels), pitch))
    lines = b"".join(b"\0" + b"".join(index[row[at:at + 3]] for at in range(0, pitch, 3)) for row in rows)
    header = struct.pack(">IIBBBBB", picture.width, picture.height, 8, 3, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"PLTE", b"".join(colours))
            + _chunk(b"IDAT", zlib.compress(lines, 9)) + _chunk(b"IEND", b""))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.screenshot", description="Takes a picture of a kernel's screen.")
    parser.add_argument("iso", nargs="?", type=Path, default=chapters.SYSTEM.iso, metavar="ISO")
    parser.add_argument("picture", nargs="?", type=Path, default=README_PICTURE, metavar="PNG")
    parser.add_argument("--boot", choices=("bios", "uefi"), default="bios")
    parser.add_argument("--type", action="append", default=[], metavar="LINE", help="at the prompt, before the picture")
    options = parser.parse_args()
    if not options.iso.exists():
        parser.error(f"{paths.shown(options.iso)} is missing; './pith iso' makes it")
    paths.made_directory(options.picture.parent)
    take(Machine(boot=options.boot, iso=options.iso), options.picture, options.type, has_cursor=True)
    print(f"{paths.shown(options.picture.resolve())} is ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())

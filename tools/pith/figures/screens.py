"""Screenshots: what QEMU's own screen shows, kept as PNG files.

A cursor of the text screen blinks. So a screen is looked at until it shows nothing new, and of the two pictures that
differ only by the cursor one is taken: always the same.
"""

import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from pith import chapters, iso, paths, process
from pith.errors import PithError
from pith.figures import live
from pith.figures.figure import Figure
from pith.picture import Picture, read_ppm
from pith.prompt import End, Listener, Prompt
from pith.qemu import Machine
from pith.session import Session

MINIMAL = paths.ROOT / "chapters" / "01-minimal"
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


# ---- A header that GRUB does not know ----------------------------------------------------------------------


def spoiled(source: str) -> str:
    """Chapter 1's source, with one digit of the header's magic number wrong."""
    good, bad = ".long 0xe85250d6 ", ".long 0xe85250d7 "
    if source.count(good) != 1:
        raise PithError(f"{MINIMAL / 'main.S'} has no line '{good.strip()}' that could be spoiled")
    return source.replace(good, bad)


def take_spoiled(file: Path) -> None:
    """Assembles and links chapter 1's kernel with a spoiled header, and keeps what stays on GRUB's screen: its prompt."""
    with tempfile.TemporaryDirectory(prefix="pith-spoiled-") as scratch:
        folder = Path(scratch)
        source, made, elf, image = (folder / name for name in ("main.S", "main.o", "kernel.elf", "kernel.iso"))
        source.write_text(spoiled((MINIMAL / "main.S").read_text()))
        process.run_step("assembling a kernel with a spoiled header",
                         ["clang++-19", "--target=x86_64-unknown-none-elf", "-c", str(source), "-o", str(made)], log="spoiled")
        process.run_step("linking it", ["ld.lld-19", "-n", "-T", str(MINIMAL / "kernel.ld"), str(made), "-o", str(elf)],
                         log="spoiled")
        iso.make(elf, image)
        take(Machine(boot="bios", iso=image), file, shows="grub>")


# ---- The screenshots of the book ---------------------------------------------------------------------------


def _figure(name: str, summary: str, chapter: str | None, write: Callable[[Path, Path], None]) -> Figure:
    """A screenshot of a chapter's ISO, or of the system's; `write` gets that and the file."""
    kernel = chapters.SYSTEM if chapter is None else chapters.find(chapter, chapters.load())
    return Figure(name, summary, lambda file: write(kernel.iso, file), (kernel.iso, Path(__file__)),
                  (("kernel", f"{kernel.target}-iso"),), ".png")


def _panicked(kernel: chapters.Kernel) -> Figure:
    """A panic shows what registers hold, and one of them is the stack's guard: by chance, but in a machine of ours."""
    return Figure("screen-04", "Chapter 4's kernel on the text screen: a panic.",
                  lambda file: take(live.machine(kernel=kernel.elf), file),
                  (kernel.elf, Path(__file__)), (("kernel", kernel.target),), ".png")


def _started(boot: str = "bios", **how):
    cpu = how.pop("cpu", "max")
    return lambda image, file: take(Machine(boot=boot, iso=image, cpu=cpu), file, **how)


FIGURES = [
    _figure("screen-01", "Chapter 1's kernel on QEMU's screen: OK, white on green.", "1", _started()),
    Figure("screen-01-spoiled", "GRUB with a kernel whose Multiboot2 header is wrong: its prompt, and nothing of ours.",
           take_spoiled, (MINIMAL / "main.S", MINIMAL / "kernel.ld", Path(__file__)), (), ".png"),
    _figure("screen-02", "Chapter 2's kernel on QEMU's screen, in long mode.", "2", _started()),
    _figure("screen-02-refused", "Chapter 2's kernel on a processor without long mode.", "2", _started(cpu="max,-lm")),
    _panicked(chapters.find("4", chapters.load())),
    _figure("screen-16-bios", "The system's prompt on the text screen, started by a BIOS.", "16", _started(has_cursor=True)),
    _figure("screen-16-uefi", "The system's prompt on the framebuffer, started by UEFI.", "16",
            _started("uefi", has_cursor=True)),
    _figure("screen-start", "The system's prompt, and its answer to help.", None, _started(lines=("help",), has_cursor=True)),
]

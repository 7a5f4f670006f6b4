"""The screenshots of the book."""

from collections.abc import Callable
from pathlib import Path

from pith import chapters, paths, screenshot
from pith.figures import live
from pith.figures.figure import Figure
from pith.qemu import Machine

SOURCES = (Path(__file__), Path(screenshot.__file__))


def _figure(name: str, summary: str, chapter: str | None, write: Callable[[Path, Path], None]) -> Figure:
    """A screenshot of a chapter's ISO, or of the system's; `write` gets that and the file."""
    kernel = chapters.SYSTEM if chapter is None else chapters.find(chapter, chapters.load())
    return Figure(name, summary, lambda file: write(kernel.iso, file), (kernel.iso, *SOURCES),
                  (("kernel", f"{kernel.target}-iso"),), ".png")


def _panicked(kernel: chapters.Kernel) -> Figure:
    """A panic shows what registers hold, and one of them is the stack's guard: by chance, but in a machine of ours."""
    return Figure("screen-04", "Chapter 4's kernel on the text screen: a panic.",
                  lambda file: screenshot.take(live.machine(kernel=kernel.elf), file),
                  (kernel.elf, *SOURCES), (("kernel", kernel.target),), ".png")


def _spoiled() -> Figure:
    """GRUB does not take the kernel, and stays at its prompt."""
    image = paths.OUT / "chapters" / "01-minimal" / "spoiled.iso"
    return Figure("screen-01-spoiled", "GRUB with a kernel whose Multiboot2 header is wrong: its prompt, and nothing of ours.",
                  lambda file: screenshot.take(Machine(boot="bios", iso=image), file, shows="grub>"),
                  (image, *SOURCES), (("kernel", "chapter-01-minimal.spoiled-iso"),), ".png")


def _started(boot: str = "bios", **how):
    cpu = how.pop("cpu", "max")
    return lambda image, file: screenshot.take(Machine(boot=boot, iso=image, cpu=cpu), file, **how)


FIGURES = [
    _figure("screen-01", "Chapter 1's kernel on QEMU's screen: OK, white on green.", "1", _started()),
    _spoiled(),
    _figure("screen-02", "Chapter 2's kernel on QEMU's screen, in long mode.", "2", _started()),
    _figure("screen-02-refused", "Chapter 2's kernel on a processor without long mode.", "2", _started(cpu="max,-lm")),
    _panicked(chapters.find("4", chapters.load())),
    _figure("screen-16-bios", "The system's prompt on the text screen, started by a BIOS.", "16", _started(has_cursor=True)),
    _figure("screen-16-uefi", "The system's prompt on the framebuffer, started by UEFI.", "16",
            _started("uefi", has_cursor=True)),
    _figure("screen-start", "The system's prompt, and its answer to help.", None, _started(lines=("help",), has_cursor=True)),
]

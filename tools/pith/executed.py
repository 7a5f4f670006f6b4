"""Which instructions of our kernels machines have executed, and so which lines.

Where the environment says PITH_MARKS=directory, each machine in QEMU marks there what its kernel executes, while it runs (the plugin
tools/plugins/mark_executed.cpp). A kernel's marks stand in the directory as the kernel stands in out/.
"""

import itertools
import os
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

from pith import build, paths, symbols
from pith.errors import PithError
from pith.image_check import Elf
from pith.layout import KERNEL_PHYSICAL, physical

MARKS = "PITH_MARKS"
TARGET = "plugin-mark-executed"
PLUGIN = paths.HOST_BUILD / "tools" / "plugins" / f"lib{TARGET}.so"
ENTRIES = ("multiboot2_entry", "pvh_entry")
SIZE = 0x800000   # no image of ours is larger
SUFFIX = ".marks"


def build_plugin() -> None:
    """What machines need that are to mark."""
    build.target("host", TARGET)


def arguments(kernel: Path | None) -> list[str]:
    """What QEMU is told for that, if it is wanted. A kernel that does not stand in out/, or has not boot/entry.S, is left alone."""
    directory = os.environ.get(MARKS)
    if not directory or kernel is None or not kernel.is_relative_to(paths.OUT) or not kernel.is_file():
        return []
    words = [f"entry={address:x}:{word:x}" for address, word in _entries(Elf(kernel))]
    if not words:
        return []
    marks = Path(directory, kernel.relative_to(paths.OUT)).with_suffix(SUFFIX)
    paths.made_directory(marks.parent)
    return ["-plugin", ",".join([str(PLUGIN), *words, f"image={KERNEL_PHYSICAL:x}", f"size={SIZE:x}", f"marks={marks}"])]


def _entries(kernel: Elf) -> Iterator[tuple[int, int]]:
    """Where loaders enter a kernel, and the first four bytes there."""
    for symbol in symbols.read_code_symbols(kernel.bytes):
        if symbol.name in ENTRIES:
            yield symbol.start, int.from_bytes(kernel.code_at(symbol.start, 4), "little")


def marked_kernels(directory: Path) -> dict[Path, Path]:
    """The kernels that have run, each with the file of its marks."""
    return {paths.OUT / marks.relative_to(directory).with_suffix(".elf"): marks for marks in sorted(directory.rglob(f"*{SUFFIX}"))}


def lines(functions: Iterable[symbols.Function], counts: "array[int]") -> dict[tuple[str, int], bool]:
    """The lines that have code in these functions (by their files, as "kernel/main.cpp"), and whether any of it was executed."""
    found: dict[tuple[str, int], bool] = {}
    for function in functions:
        for row, following in itertools.pairwise([*function.rows, symbols.Row(function.end, None, 0)]):
            if row.file is not None:
                start, end = (physical(place.address) - KERNEL_PHYSICAL for place in (row, following))
                line = (row.file, row.line)
                found[line] = found.get(line, False) or any(counts[start:end])
    return found


def read_marks(marks: Path) -> "array[int]":
    """How often the instruction at each byte of the image was executed."""
    counts = array("Q", marks.read_bytes())
    if not any(counts):
        raise PithError(f"{marks} has no marks: has a kernel's entry changed, by which the plugin knows it?")
    return counts

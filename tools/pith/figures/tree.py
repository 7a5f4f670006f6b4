"""Figures that are read from the tree: its layers and who includes whom, and the way from power on to the prompt."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import layers, paths
from pith.chapters import MANIFEST
from pith.errors import PithError
from pith.figures.figure import drawn
from pith.figures.svg import SMALL, Box, Drawing, joined, width_of

KERNEL = paths.ROOT / "kernel"
LIST = KERNEL / "layers.txt"
ENTRY = KERNEL / "boot" / "entry.S"
MAIN = KERNEL / "main.cpp"
SOURCES = sorted(file for file in KERNEL.rglob("*") if file.suffix in layers.SOURCES)
_INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"/]+)/', re.MULTILINE)
PURPOSE = 264      # how wide what a layer is for may be


@dataclass(frozen=True)
class Layer:
    """A line of layers.txt, and what the tree says besides."""

    name: str
    purpose: str
    includes: frozenset[str]
    chapter: int              # in which it is first linked


# ---- Layers ----------------------------------------------------------------------------------------------------


def read_layers(kernel: Path = KERNEL) -> list[Layer]:
    """All layers, lowest first, with the layers that their files include."""
    names = layers.read(kernel)
    lines = [line.split(maxsplit=1) for line in (kernel / "layers.txt").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return [Layer(name, purpose, included(kernel / name, names), first_chapter(names.index(name), names))
            for name, purpose in lines]


def included(folder: Path, names: Sequence[str]) -> frozenset[str]:
    """The other layers that a layer's files include."""
    texts = [file.read_text() for file in sorted(folder.rglob("*")) if file.suffix in layers.SOURCES]
    found = {match for text in texts for match in _INCLUDE.findall(text)}
    return frozenset(found & set(names) - {folder.name})


def first_chapter(index: int, names: Sequence[str], manifest: Path = MANIFEST) -> int:
    """The first chapter whose kernel links this layer; the last one, which is the system, links all."""
    return next(number for number, layer in linked_layers(manifest)
                if layer is None or (layer in names and names.index(layer) >= index))


def linked_layers(manifest: Path = MANIFEST) -> list[tuple[int, str | None]]:
    """Of each chapter its number, and the highest layer that it links; None: all of them."""
    return [(entry["number"], entry.get("layer")) for entry in json.loads(manifest.read_text())]


def draw_layers(all_layers: Sequence[Layer]) -> Drawing:
    """Rows are layers, highest on top; a mark where a layer includes what stands in the column."""
    count = len(all_layers)
    drawing = Drawing("layers", "The kernel's layers", "From the lowest up: " + "; ".join(
        f"{layer.name}, chapter {layer.chapter}: {layer.purpose}" for layer in all_layers) + ".", 660)
    cell, row, left, text = 11, 31, 112, 112 + 11 * count + 14
    top = 34
    drawing.text(48, 16, "layer", size=SMALL, muted=True)
    drawing.text(left, 16, "includes files of", size=SMALL, muted=True)
    drawing.text(text, 16, "what it is for", size=SMALL, muted=True)
    drawing.text(652, 16, "chapter", anchor="end", size=SMALL, muted=True)
    for number in range(1, count + 1):
        drawing.text(left + (number - 0.5) * cell, top - 3, str(number), anchor="middle", size=7.5, muted=True)
    for index, layer in reversed(list(enumerate(all_layers))):
        y = top + (count - 1 - index) * row
        box = drawing.box(26, y + 3, 80, row - 6, "a")
        _draw_layer(drawing, layer, index, box, y + row / 2)
        for other in range(index):
            is_there = all_layers[other].name in layer.includes
            drawing.box(left + other * cell, y + row / 2 - cell / 2, cell, cell, "text" if is_there else "ground", radius=0,
                        line="none", thick=1)
        is_short = width_of(layer.purpose, SMALL) <= PURPOSE
        drawing.paragraph(text, y + row / 2 + (4 if is_short else -3), layer.purpose, PURPOSE, size=SMALL)
        drawing.text(652, y + row / 2 + 4, str(layer.chapter), anchor="end", size=12)
    return drawing


def _draw_layer(drawing: Drawing, layer: Layer, index: int, box: Box, middle: float) -> None:
    drawing.label(box, layer.name, size=12, bold=True)
    drawing.text(20, middle + 4, str(index + 1), anchor="end", size=9, muted=True)


# ---- From power on to the prompt ---------------------------------------------------------------------------


def labels_in(source: str) -> set[str]:
    return set(re.findall(r"^([a-z]\w*):", source, re.MULTILINE))


def started(source: str) -> list[str]:
    """What kernel_main starts, in order: calls `layer::start…`, also those in functions of the same file that it calls."""
    bodies = {name: body for name, body in re.findall(r"^void (\w+)\([^)]*\) \{\n(.*?)^\}", source, re.MULTILINE | re.DOTALL)}
    return list(_started_in("kernel_main", bodies))


def _started_in(name: str, bodies: dict[str, str]):
    if name not in bodies:
        raise PithError(f"{MAIN}: there is no function {name}")
    for call in re.finditer(r"\b(\w+)::start\(|\b(start_\w+)\(|\b(tasks)::run_until_end\(", bodies[name]):
        if call[2]:
            yield from _started_in(call[2], bodies)
        else:
            yield call[1] or call[3]


def draw_boot_path(entry: str, main: str, all_layers: Sequence[Layer]) -> Drawing:
    known, parts = labels_in(entry), started(main)
    drawing = Drawing("boot-path", "From power on to the prompt",
                      "Firmware starts GRUB, which finds the Multiboot2 header and jumps to multiboot2_entry; QEMU, Xen and "
                      "Firecracker find the PVH note and jump to pvh_entry. Both go to enter, the checks, "
                      "enable_long_mode, low_long_mode and high_long_mode, which calls kernel_main. That starts, in this order: "
                      + joined(parts) + ".", 600)
    left = _box(drawing, 40, 10, 200, "firmware: BIOS or UEFI", colour="none")
    grub = _box(drawing, 40, 62, 200, "GRUB", colour="none")
    _down(drawing, left, grub)
    other = _box(drawing, 280, 62, 200, "QEMU -kernel, Xen, Firecracker", colour="none")
    first = _box(drawing, 40, 132, 200, "multiboot2_entry", known)
    second = _box(drawing, 280, 132, 200, "pvh_entry", known)
    for above, below, text in ((grub, first, "Multiboot2 header"), (other, second, "PVH note")):
        _down(drawing, above, below)
        drawing.text(above.middle + 8, above.bottom + 24, text, size=SMALL, muted=True)
    enter = _box(drawing, 160, 184, 200, "enter", known)
    for one, x in ((first, 200), (second, 320)):
        drawing.arrow((one.middle, one.bottom), (one.middle, 198), (enter.left if x == 200 else enter.right, 198))
    y, last = 236.0, enter
    for name, note in (("check_room", "ERR: 4"), ("check_cpuid", "ERR: 1"), ("check_long_mode", "ERR: 2"),
                       ("check_no_execute", "ERR: 3"), ("check_baseline", "ERR: 5")):
        box = _box(drawing, 160, y, 200, name, known, "e")
        _down(drawing, last, box)
        drawing.arrow((box.right, box.centre), (box.right + 40, box.centre))
        drawing.text(box.right + 46, box.centre + 4, f"not there: {note}, and stop", size=SMALL)
        y, last = y + 42, box
    for name, lines, colour in (("enable_long_mode", "CR4.PAE, CR3, EFER.LME, CR0.PG", "b"),
                                ("low_long_mode", "64-bit code, physical addresses", "c"),
                                ("high_long_mode", "64-bit code in the top 2 GiB, a stack", "c"),
                                ("kernel_main", "C++", "a")):
        box = _box(drawing, 160, y, 200, name, known | {"kernel_main"}, colour)
        _down(drawing, last, box)
        drawing.text(box.right + 10, box.centre + 4, lines, size=SMALL, muted=True)
        y, last = y + 42, box
    return _draw_started(drawing, parts, all_layers, last, y)


def _draw_started(drawing: Drawing, parts: Sequence[str], all_layers: Sequence[Layer], last: Box, y: float) -> Drawing:
    of_layer = {layer.name: layer for layer in all_layers}
    drawing.text(40, y + 20, "What it starts, one after the other, and the chapter:", size=12)
    x, y = 40.0, y + 32
    for number, part in enumerate(parts):
        box = drawing.box(x, y, 92, 34, "a")
        drawing.label(box, part, f"chapter {of_layer[part].chapter}", size=SMALL)
        if number + 1 < len(parts):
            if x + 2 * 108 > 580:
                drawing.arrow((box.middle, box.bottom), (box.middle, y + 45), (86, y + 45), (86, y + 56))
                x, y = 40.0, y + 56
            else:
                drawing.arrow((box.right, box.centre), (box.right + 16, box.centre))
                x += 108
    return drawing


def _box(drawing: Drawing, x: float, y: float, width: float, text: str, known: set[str] | None = None,
         colour: str = "d") -> Box:
    """A step; if it is the name of code, `known` has to have it."""
    if known is not None and text not in known:
        raise PithError(f"{paths.shown(ENTRY)} has no label '{text}': the figure boot-path is out of date")
    box = drawing.box(x, y, width, 28, colour)
    drawing.label(box, text, size=12, mono=known is not None)
    return box


def _down(drawing: Drawing, above: Box, below: Box) -> None:
    drawing.arrow((above.middle, above.bottom), (above.middle, below.top))


FIGURES = [
    drawn("layers", "The kernel's layers, who includes whom, and the chapter that each is read in.",
          lambda: draw_layers(read_layers()), (LIST, MANIFEST, *SOURCES, Path(__file__))),
    drawn("boot-path", "The way from power on to kernel_main, and what that starts.",
          lambda: draw_boot_path(ENTRY.read_text(), MAIN.read_text(), read_layers()),
          (LIST, MANIFEST, ENTRY, MAIN, Path(__file__))),
]

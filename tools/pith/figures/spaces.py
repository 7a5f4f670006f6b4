"""Address spaces, drawn from the highest address down: the system's own map, and the one that boot code made.

Heights are not to scale: a page and a gigabyte must both be seen, so each doubling adds the same height.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Any

from pith import chapters
from pith.figures import live
from pith.figures.figure import drawn
from pith.figures.svg import SMALL, Drawing, address_text, size_text
from pith.figures.tables import entries_in
from pith.page_tables import FRAME, LARGE, NO_EXECUTE, PAGE, PRESENT, WRITABLE, canonical, shift_of

SYSTEM = chapters.SYSTEM
BOOTED = chapters.find("10", chapters.load())     # the last chapter that stays under the boot map
WIDTH, LEFT, RIGHT = 640, 172, 452
LEAST, PER_DOUBLING, GAP = 18, 1.5, 22
NOT_CANONICAL_START, UPPER_HALF = 1 << 47, 0xffff800000000000
IMAGE = 0xffffffff80000000


@dataclass(frozen=True)
class Region:
    """Neighbouring pages with the same rights."""

    start: int
    size: int
    rights: str           # r, w, x, …
    memory: int           # behind its first byte
    in_a_row: bool = True
    what: str = ""
    is_short_lived: bool = False

    @property
    def end(self) -> int:
        return self.start + self.size


def regions_of(rows: Sequence[dict[str, Any]]) -> list[Region]:
    """What the system answers to `pages --json`."""
    return [Region(int(row["start"], 16), row["bytes"], row["rights"], int(row["memory"], 16), row["is_in_a_row"], row["owner"])
            for row in rows]


# ---- Reading all tables ------------------------------------------------------------------------------------


def mappings(root: int, read_page: Callable[[int], bytes]) -> list[Region]:
    """All that the tables map, neighbours with the same rights taken together."""
    merged: list[Region] = []
    for page in _pages(root, read_page, 4, 0, WRITABLE, 0):
        last = merged[-1] if merged else None
        if (last and last.end == page.start and last.rights == page.rights
                and last.memory + last.size == page.memory):
            merged[-1] = replace(last, size=last.size + page.size)
        else:
            merged.append(page)
    return merged


def _pages(table: int, read_page: Callable[[int], bytes], level: int, number: int, writable: int,
           no_execute: int) -> Iterator[Region]:
    """`number` is the address without its sign; what a level forbids is forbidden below."""
    size = 1 << shift_of(level)
    for index, entry in entries_in(read_page(table)).items():
        if not entry & PRESENT:
            continue
        start = number + index * size
        may_write, forbidden = writable & entry, no_execute | entry & NO_EXECUTE
        if level == 1 or entry & LARGE:
            rights = "r" + ("w" if may_write else "-") + ("-" if forbidden else "x")
            yield Region(canonical(start), size, rights, entry & FRAME & -size)
        else:
            yield from _pages(entry & FRAME, read_page, level - 1, start, may_write, forbidden)


def live_boot_map() -> list[Region]:
    """The map that boot code switches on, and which of it is gone before C++ begins."""
    with live.Stopped(BOOTED.elf, "high_long_mode") as machine:
        first = mappings(machine.root(), lambda start: machine.physical(start, PAGE))
    with live.Stopped(BOOTED.elf, "kernel_main") as machine:
        then = mappings(machine.root(), lambda start: machine.physical(start, PAGE))
    names = {0: "identity map", UPPER_HALF: "direct map", IMAGE: "kernel"}
    return [replace(region, what=names.get(region.start, ""), is_short_lived=not _is_in(region, then)) for region in first]


def _is_in(region: Region, others: Sequence[Region]) -> bool:
    return any(other.start <= region.start and region.end <= other.end for other in others)


# ---- Drawing -----------------------------------------------------------------------------------------------


def colour_of(rights: str) -> str:
    if "w" in rights and "x" in rights:
        return "e"
    return "d" if "d" in rights else "b" if "w" in rights else "c" if "x" in rights else "a"


def draw(drawing: Drawing, regions: Sequence[Region], legend: dict[str, str], top: float = 12) -> Drawing:
    """A box for each region, and what lies between them; colours as `legend` explains them."""
    above: Region | None = None
    for region in sorted(regions, key=lambda one: one.start, reverse=True):
        if above and above.start != region.end:
            top = _draw_hole(drawing, region.end, above, top)
        top = _draw_region(drawing, region, top)
        above = region
    x = LEFT - 150
    top += 22
    for colour, text in legend.items():
        drawing.box(x, top - 10, 14, 12, colour)
        x = drawing.text(x + 20, top, text, size=SMALL).right + 18
    return drawing


def _draw_region(drawing: Drawing, region: Region, top: float) -> float:
    height = LEAST + PER_DOUBLING * log2(region.size / PAGE)
    box = drawing.box(LEFT, top, RIGHT - LEFT, height, colour_of(region.rights), dashed=region.is_short_lived, radius=0)
    line = box.centre + 4
    drawing.text(LEFT - 10, line, address_text(region.start), anchor="end", mono=True, size=SMALL)
    drawing.text(LEFT + 10, line, region.rights, mono=True, size=12)
    drawing.text(LEFT + 66, line, f"{region.what}, {size_text(region.size)}" if region.what else size_text(region.size), size=12)
    drawing.text(RIGHT + 10, line, f"{'' if region.in_a_row else 'from '}physical {region.memory:#x}", size=SMALL, muted=True)
    return top + height


def _draw_hole(drawing: Drawing, start: int, above: Region, top: float) -> float:
    """What is not mapped, from `start` to the region above."""
    drawing.text((LEFT + RIGHT) / 2, top + 15, hole_text(start, above), anchor="middle", size=SMALL, muted=True)
    for x in (LEFT, RIGHT):
        drawing.line((x, top), (x, top + GAP), dashed=True)
    return top + GAP


def hole_text(start: int, above: Region) -> str:
    size = above.start - start
    if start <= NOT_CANONICAL_START and above.start >= UPPER_HALF:
        return "nothing, and addresses that are not canonical"
    if size == PAGE and above.what == "a stack":
        return "a page that is not mapped: the guard"
    return f"not mapped, {size_text(size)}"


def draw_own_map(rows: Sequence[dict[str, Any]]) -> Drawing:
    regions = regions_of(rows)
    drawing = Drawing("own-map", "The kernel's own map", "From the highest address down: "
                      + "; ".join(f"{region.what} at {region.start:#x}, {size_text(region.size)}, {region.rights}"
                                  for region in reversed(regions)) + ".", WIDTH)
    return draw(drawing, regions, {"a": "can be read", "b": "can be written", "c": "can be executed", "d": "a device"})


def draw_boot_map(regions: Sequence[Region]) -> Drawing:
    drawing = Drawing("boot-map", "The map that boot code makes", "From the highest address down: "
                      + "; ".join(f"{region.what} at {region.start:#x}, {size_text(region.size)}, {region.rights}"
                                  + (", gone before C++ begins" if region.is_short_lived else "")
                                  for region in reversed(regions)) + ".", WIDTH)
    draw(drawing, regions, {"b": "can be written", "e": "can be written and executed"})
    gone = [region.what for region in regions if region.is_short_lived]
    if gone:
        drawing.text(LEFT - 150, drawing.bottom + 18, f"Dashed: the {gone[0]}, for the switch itself; gone before C++ begins.",
                     size=SMALL)
    return drawing


FIGURES = [
    drawn("own-map", "The kernel's own address space, region by region, from a run.",
          lambda: draw_own_map(live.answers(SYSTEM.elf, ("pages --json",))[0]),
          (SYSTEM.elf, Path(__file__)), (("kernel", SYSTEM.target),)),
    drawn("boot-map", "The address space that the boot code made, read from a machine that was stopped.",
          lambda: draw_boot_map(live_boot_map()), (BOOTED.elf, Path(__file__)), (("kernel", BOOTED.target),)),
]

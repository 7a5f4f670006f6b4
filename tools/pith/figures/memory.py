"""Memory, drawn from a run: the firmware's map and what becomes of it, a chunk of the frame allocator, and the heap."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path
from typing import Any

from pith import chapters
from pith.errors import PithError
from pith.figures import layouts, live
from pith.figures.figure import drawn
from pith.figures.svg import SMALL, Drawing, size_text

SYSTEM = chapters.SYSTEM
PAGE = 4096
ORDERS = 7            # blocks of 1, 2, 4, … 64 frames
COMMANDS = ("frames --json", "heap --json")


def frames_now() -> dict[str, Any]:
    return live.answers(SYSTEM.elf, COMMANDS)[0]


def heap_now() -> dict[str, Any]:
    return live.answers(SYSTEM.elf, COMMANDS)[1]


# ---- What firmware says, and what is usable -------------------------------------------------------------------


@dataclass(frozen=True)
class Area:
    """A range of physical memory."""

    start: int
    end: int
    what: str


def areas(rows: Sequence[dict[str, Any]], key: str = "", what: str = "") -> list[Area]:
    return [Area(int(row["start"], 16), int(row["start"], 16) + row["bytes"], row[key] if key else what) for row in rows]


def in_pages(some: Sequence[Area]) -> list[Area]:
    """Rounded outwards to whole pages, for a page is free or it is not; those with one owner that touch are one."""
    merged: list[Area] = []
    for area in sorted(some, key=lambda one: one.start):
        start, end = area.start & -PAGE, -(-area.end // PAGE) * PAGE
        last = merged[-1] if merged else None
        if last and last.what == area.what and start <= last.end:
            merged[-1] = Area(last.start, max(end, last.end), last.what)
        else:
            merged.append(Area(start, end, area.what))
    return merged


def draw_memory_map(told: dict[str, Any]) -> Drawing:
    claims = areas(told["map"], "kind")
    owners = in_pages(areas(told["reserved"], "owner"))
    zones = areas(told["zones"], what="frames")
    drawing = Drawing("memory-map", "What firmware says, and what is usable", "Three columns, low addresses on top. Firmware: "
                      + _listed(claims) + ". In use: " + _listed(owners) + ". Frames: " + _listed(zones) + ".", 640)
    edges = sorted({edge for area in (*claims, *owners, *zones) for edge in (area.start, area.end)})
    places = _places(edges, 36)
    for edge in edges:
        drawing.text(106, places[edge] + 4, f"{edge:#x}", anchor="end", mono=True, size=SMALL)
        drawing.line((112, places[edge]), (632, places[edge]), line="none")
    columns = ((claims, 120, 150, "firmware says", {"usable": "c"}, "none"), (owners, 290, 190, "in use already", {}, "b"),
               (zones, 500, 132, "ours to give", {}, "c"))
    for some, left, width, title, colours, other in columns:
        drawing.text(left + width / 2, 18, title, anchor="middle", bold=True)
        for area in some:
            top, bottom = places[area.start], places[area.end]
            box = drawing.box(left, top, width, bottom - top, colours.get(area.what, other), radius=0)
            text = f"{area.what}, {size_text(area.end - area.start)}"
            drawing.label(box, text if bottom - top >= 14 else area.what, size=SMALL if len(text) < 27 else 10)
    return drawing


def _listed(some: Sequence[Area]) -> str:
    return "; ".join(f"{area.what} from {area.start:#x} to {area.end:#x}" for area in some)


def _places(edges: Sequence[int], top: float) -> dict[int, float]:
    """Where each address stands: each doubling of a size adds as much, and there is room for a line of text."""
    places, y = {}, top
    for edge, following in zip(edges, [*edges[1:], edges[-1] + 1]):
        places[edge] = y
        y += 17 + 1.2 * log2(max((following - edge) / PAGE, 1))
    return places


# ---- A chunk ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chunk:
    """2 MiB of memory, and which of its frames are free."""

    start: int
    free: tuple[int, ...]      # words of 64 bits
    count: int
    summary: tuple[int, ...]   # byte n: which words have a block of 2^n free frames

    def is_free(self, frame: int) -> bool:
        return bool(self.free[frame // 64] >> frame % 64 & 1)


def chunk_in(content: bytes, layout: dict[str, int]) -> Chunk:
    """Reads a chunk as it stands in memory."""
    def number(at: int, size: int) -> int:
        return int.from_bytes(content[at:at + size], "little")
    words = layout["frames"] // 64
    return Chunk(number(layout["start"], 8), tuple(number(layout["free"] + 8 * word, 8) for word in range(words)),
                 number(layout["count"], 4), tuple(number(layout["summary"] + order, 1) for order in range(ORDERS)))


def summary_of(free: Sequence[int]) -> tuple[int, ...]:
    """What the summary has to be: a block begins at a multiple of its size."""
    def has_block(word: int, order: int) -> bool:
        block = (1 << (1 << order)) - 1
        return any(word >> start & block == block for start in range(0, 64, 1 << order))
    return tuple(sum(has_block(word, order) << number for number, word in enumerate(free)) for order in range(ORDERS))


def chunks_before(zone: Area, layout: dict[str, int]) -> tuple[int, int]:
    """Where the chunks of a zone begin, and how many there are: as many pages as they need lie before what they describe."""
    count = (zone.end - 1) // layout["memory"] - zone.start // layout["memory"] + 1
    return zone.start - -(-count * layout["bytes"] // PAGE) * PAGE, count


@cache
def live_chunk() -> tuple[Chunk, Area]:
    """The last chunk of the largest zone, where single frames come from; and the zone."""
    layout = layouts.told()["chunk"]
    with live.Resting(SYSTEM.elf, 'run="frames --json"') as machine:
        told = live.json_in(machine.lines(), 1)[0]
        zone = max(areas(told["zones"], what="frames"), key=lambda one: one.end - one.start)
        begin, count = chunks_before(zone, layout)
        chunk = chunk_in(machine.physical(begin + (count - 1) * layout["bytes"], layout["bytes"]), layout)
    if (chunk.start != (zone.end - 1) & -layout["memory"] or chunk.summary != summary_of(chunk.free)
            or chunk.count != sum(word.bit_count() for word in chunk.free)):
        raise PithError(f"at {begin:#x} there are no chunks of the zone at {zone.start:#x}")
    return chunk, zone


def draw_chunk(chunk: Chunk, zone: Area) -> Drawing:
    frames = 64 * len(chunk.free)
    inside = [chunk.start <= zone.end - 1 and zone.start <= chunk.start + frame * PAGE < zone.end for frame in range(frames)]
    used = sum(one and not chunk.is_free(frame) for frame, one in enumerate(inside))
    outside = inside.count(False)
    drawing = Drawing("chunk", f"A chunk: the 2 MiB at {chunk.start:#x}",
                      f"A grid of {frames} cells, one for each frame of 4 KiB, in rows of 64. {chunk.count} are free, {used} are "
                      f"in use, {outside} are not memory of the allocator's.", 640)
    drawing.text(8, 18, f"the 2 MiB at {chunk.start:#x}: {frames} frames of 4 KiB, a bit each", bold=True)
    cell, left, top = 8.6, 82, 34
    for word in range(len(chunk.free)):
        y = top + word * 16
        drawing.text(left - 8, y + 9, f"word {word}", anchor="end", size=SMALL, muted=True)
        for bit in range(64):
            frame = 64 * word + bit
            fill = "none" if not inside[frame] else "c" if chunk.is_free(frame) else "b"
            drawing.box(left + bit * cell, y, cell, 11, fill, radius=0, thick=0.6)
    y = top + 16 * len(chunk.free) + 20
    x = 82.0
    for colour, text in (("c", f"{chunk.count} free"), ("b", f"{used} in use"), ("none", f"{outside} not the allocator's")):
        drawing.box(x, y - 10, 14, 12, colour)
        x = drawing.text(x + 20, y, text, size=SMALL).right + 18
    drawing.text(632, y, "bit 0 is at the left", anchor="end", size=SMALL, muted=True)
    return _draw_summary(drawing, chunk, y + 34)


def _draw_summary(drawing: Drawing, chunk: Chunk, top: float) -> Drawing:
    """A row for each size of block: which words have one that is free."""
    drawing.text(8, top, "the summary: which words have a free block of", bold=True)
    left, cell = 150, 46
    for word in range(len(chunk.free)):
        drawing.text(left + (word + 0.5) * cell, top + 20, f"word {word}", anchor="middle", size=SMALL, muted=True)
    for order in range(ORDERS):
        y = top + 26 + 16 * order
        drawing.text(left - 10, y + 11, f"{1 << order} frame{'s' * (order > 0)}", anchor="end", size=SMALL)
        for word in range(len(chunk.free)):
            is_there = chunk.summary[order] >> word & 1
            box = drawing.box(left + word * cell, y, cell, 14, "c" if is_there else "ground", radius=0, thick=0.6)
            drawing.text(box.middle, y + 11, str(is_there), anchor="middle", size=SMALL)
    return drawing


# ---- The heap ------------------------------------------------------------------------------------------------------


def draw_heap(told: dict[str, Any], slab: dict[str, int]) -> Drawing:
    classes = told["classes"]
    drawing = Drawing("heap-classes", "The heap's classes: blocks in use and free",
                      "The whole system at its prompt. For each size of block: " + "; ".join(
                          f"{one['block_bytes']} bytes: {one['blocks']} in use, {free_of(one, slab)} free"
                          for one in classes) + ".", 640)
    drawing.text(8, 18, "the heap of the whole system, while it waits at its prompt", bold=True)
    drawing.text(110, 40, "bytes a block", anchor="end", size=SMALL, muted=True)
    drawing.text(130, 40, f"slabs, {size_text(slab['bytes'])} each", size=SMALL, muted=True)
    drawing.text(520, 40, "in use", anchor="end", size=SMALL, muted=True)
    drawing.text(600, 40, "free", anchor="end", size=SMALL, muted=True)
    most = max(one["slabs"] for one in classes)
    y = 50.0
    for one in classes:
        y = _draw_class(drawing, one, slab, 320 / most, y)
    total = told["heap"]
    drawing.text(110, y + 18, "all", anchor="end", bold=True)
    drawing.text(130, y + 18, f"{size_text(total['used'])} in {total['used_blocks']} blocks, of {size_text(total['taken'])} "
                              "taken from the frames")
    for colour, text, x in (("b", "in use", 130), ("c", "free", 210)):
        drawing.box(x, y + 30, 14, 12, colour)
        drawing.text(x + 20, y + 40, text, size=SMALL)
    return drawing


def free_of(one: dict[str, Any], slab: dict[str, int]) -> int:
    """How many more blocks the slabs of a class have room for."""
    return one["slabs"] * ((slab["bytes"] - slab["header"]) // one["block_bytes"]) - one["blocks"]


def _draw_class(drawing: Drawing, one: dict[str, Any], slab: dict[str, int], slab_width: float, y: float) -> float:
    drawing.text(110, y + 12, f"{one['block_bytes']}{' aligned' if one['is_aligned'] else ''}", anchor="end", size=12)
    used, free = one["blocks"], free_of(one, slab)
    width = slab_width * one["slabs"]
    drawing.box(130, y + 2, width, 12, "c", radius=0)
    if used:
        drawing.box(130, y + 2, max(width * used / (used + free), 2.5), 12, "b", radius=0)
    drawing.text(520, y + 12, str(used), anchor="end", size=12)
    drawing.text(600, y + 12, str(free), anchor="end", size=12)
    return y + 17


FIGURES = [
    drawn("memory-map", "Physical memory: what firmware says, what is in use, and what is given out.",
          lambda: draw_memory_map(frames_now()), (SYSTEM.elf, Path(__file__)), (("kernel", SYSTEM.target),)),
    drawn("chunk", "A chunk of the live frame allocator: which of its 512 frames are free.", lambda: draw_chunk(*live_chunk()),
          (SYSTEM.elf, layouts.PROGRAM, Path(__file__)), (("kernel", SYSTEM.target), layouts.TARGET)),
    drawn("heap-classes", "The heap at the prompt: blocks in use and free, by size.",
          lambda: draw_heap(heap_now(), layouts.told()["slab"]),
          (SYSTEM.elf, layouts.PROGRAM, Path(__file__)), (("kernel", SYSTEM.target), layouts.TARGET)),
]

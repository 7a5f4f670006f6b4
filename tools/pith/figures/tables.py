"""Page tables of a machine that was stopped: the way to a page, and the same tables through the recursive slot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pith import chapters
from pith.errors import PithError
from pith.figures import layouts, live
from pith.figures.figure import drawn
from pith.figures.svg import SMALL, Drawing, address_text
from pith.page_tables import (
    ENTRIES, FRAME, LARGE, LEVELS, PAGE, PRESENT, canonical, describe, index_of, shift_of)

KERNEL = chapters.find("11", chapters.load())
FUNCTION = "read"          # of chapter 11: called when its page is mapped and written
COLOUR_OF = {4: "a", 3: "b", 2: "c", 1: "d", 0: "none"}   # of a level's index; 0: the offset
MOST_ROWS = 5
ROW = 20


@dataclass(frozen=True)
class Table:
    """One of the tables on the way: all of its entries that are not zero."""

    level: int
    start: int
    index: int               # of the entry that the way goes through
    entries: dict[int, int]

    @property
    def entry(self) -> int:
        return self.entries[self.index]

    @property
    def leads_to(self) -> int:
        return self.entry & FRAME


@dataclass(frozen=True)
class Appearance:
    """A table at the address where the recursive slot shows it."""

    level: int
    indices: tuple[int, ...]     # which entries the address goes through
    address: int
    start: int                   # in physical memory


@dataclass(frozen=True)
class Way:
    """What the stopped machine showed."""

    address: int
    tables: tuple[Table, ...]
    slot: int                    # of the root's entry that leads to the root
    appearances: tuple[Appearance, ...]


def address_of(indices: tuple[int, ...], offset: int = 0) -> int:
    """The address that goes through these entries, with its sign extended."""
    number = offset
    for level, index in zip(LEVELS, indices):
        number |= index << shift_of(level)
    return canonical(number)


def entries_in(page: bytes) -> dict[int, int]:
    """The entries of a table that are not zero."""
    words = (int.from_bytes(page[8 * index:8 * index + 8], "little") for index in range(ENTRIES))
    return {index: word for index, word in enumerate(words) if word}


def way_to(address: int, root: int, read_page: Callable[[int], bytes]) -> Iterator[Table]:
    """The tables that lead to the address; PithError if it is not mapped by all four."""
    start = root
    for level in LEVELS:
        table = Table(level, start, index_of(address, level), entries_in(read_page(start)))
        if not table.entries.get(table.index, 0) & PRESENT or (level > 1 and table.entry & LARGE):
            raise PithError(f"{address:#x} is not mapped by a table of level {level}")
        yield table
        start = table.leads_to


def appearances_of(tables: tuple[Table, ...], slot: int) -> Iterator[Appearance]:
    """Where the slot shows them: each step less deep goes through the root once more."""
    for number, table in enumerate(tables):
        indices = (slot,) * (4 - number) + tuple(above.index for above in tables[:number])
        yield Appearance(table.level, indices, address_of(indices), table.start)


@cache
def live_way() -> Way:
    """Stops chapter 11's kernel when it reads from its page, and looks at the tables."""
    with live.Stopped(KERNEL.elf, FUNCTION) as machine:
        address = machine.registers()["RDI"]    # the function's argument
        root = machine.root()
        tables = tuple(way_to(address, root, lambda start: machine.physical(start, PAGE)))
        slots = [index for index, entry in tables[0].entries.items() if entry & FRAME == root]
        if len(slots) != 1:
            raise PithError(f"the root has {len(slots)} entries that lead to the root")
        appearances = tuple(appearances_of(tables, slots[0]))
        for seen in appearances:
            if machine.virtual(seen.address, PAGE) != machine.physical(seen.start, PAGE):
                raise PithError(f"the table of level {seen.level} does not appear at {seen.address:#x}")
    return Way(address, tables, slots[0], appearances)


# ---- The way to a page -------------------------------------------------------------------------------------


def draw_walk(way: Way) -> Drawing:
    page = way.tables[-1].leads_to
    drawing = Drawing("walk", f"The way to {address_text(way.address)}",
                      "Four page tables in a column. From each the entry that the address chooses leads to the next: "
                      + "; ".join(f"level {table.level}, at {table.start:#x}, entry {table.index}: {table.entry:#x}"
                                  for table in way.tables)
                      + f". The last leads to the page at {page:#x}.", 640)
    top = _draw_address(drawing, way.address, 20)
    left, from_row = 60, 0.0
    for table in way.tables:
        top += 34
        if table.level < 4:
            _draw_way(drawing, from_row, top - 4, left, left - 5)
        top, from_row = _draw_table(drawing, way, table, left, top)
    offset = way.address % PAGE
    box = drawing.box(left, top + 20, 250, 40, "none", thick=2)
    drawing.label(box, f"the page, at {page:#x}", f"byte {offset} of it: {page + offset:#x}")
    _draw_way(drawing, from_row, box.centre, left, left)
    return drawing


def _draw_way(drawing: Drawing, from_row: float, to_row: float, left: float, end: float) -> None:
    """The arrow from an entry to what it leads to."""
    drawing.arrow((left, from_row), (left - 25, from_row), (left - 25, to_row), (end, to_row))


def _draw_address(drawing: Drawing, address: int, top: float) -> float:
    """The address, cut into the indices; returns where that ends."""
    drawing.text(320, top, address_text(address), anchor="middle", mono=True)
    parts = [("sign", "bits 63–48", "ground", f"{address >> 48:#x}")]
    parts += [(f"level {level}", f"{bits_of(level)}", COLOUR_OF[level], str(index_of(address, level))) for level in LEVELS]
    parts += [("offset", "11–0", COLOUR_OF[0], str(address % PAGE))]
    width = 640 / len(parts)
    for number, (name, bits, colour, value) in enumerate(parts):
        box = drawing.box(number * width + 4, top + 12, width - 8, 26, colour)
        drawing.label(box, value, mono=True, bold=True)
        drawing.text(box.middle, top + 54, name, anchor="middle", size=SMALL)
        drawing.text(box.middle, top + 68, bits, anchor="middle", size=SMALL, muted=True)
    return top + 76


def bits_of(level: int) -> str:
    low = shift_of(level)
    return f"{low + 8}–{low}"


def _draw_table(drawing: Drawing, way: Way, table: Table, left: float, top: float) -> tuple[float, float]:
    """A table; returns where it ends, and where the middle of its row is that matters."""
    drawing.text(left, top, f"level {table.level}, at {table.start:#x}", bold=True)
    if table.level == 4:
        drawing.text(left + 250, top, "CR3 leads here", anchor="end", muted=True, size=SMALL)
    y, previous, ours = top + 8, -1, 0.0
    for index in shown_rows(table):
        if index > previous + 1:
            drawing.text(left + 24, y + 12, "⋮", anchor="middle", muted=True)
            y += 16
        y = _draw_row(drawing, way, table, index, left, y)
        ours = y - ROW / 2 if index == table.index else ours
        previous = index
    if previous < ENTRIES - 1:
        drawing.text(left + 24, y + 12, "⋮", anchor="middle", muted=True)
        y += 16
    return y, ours


def shown_rows(table: Table) -> list[int]:
    """The entries that are drawn: the one that matters, and some others that are in use."""
    others = [index for index in table.entries if index != table.index]
    return sorted([table.index, *others[:MOST_ROWS - 1]])


def _draw_row(drawing: Drawing, way: Way, table: Table, index: int, left: float, y: float) -> float:
    entry, is_ours = table.entries[index], index == table.index
    drawing.box(left, y, 48, ROW, COLOUR_OF[table.level] if is_ours else "ground", thick=2 if is_ours else 1)
    drawing.text(left + 24, y + 14, str(index), anchor="middle", mono=True, bold=is_ours)
    drawing.box(left + 48, y, 202, ROW, COLOUR_OF[table.level] if is_ours else "ground", thick=2 if is_ours else 1)
    drawing.text(left + 149, y + 14, address_text(entry).replace("0x", ""), anchor="middle", mono=True)
    drawing.text(left + 262, y + 14, what_it_is(way, table, index), size=SMALL, muted=not is_ours)
    return y + ROW


def what_it_is(way: Way, table: Table, index: int) -> str:
    """What an entry says, or whose it is."""
    entry = table.entries[index]
    if table.level == 4 and index == way.slot:
        return "the recursive slot: leads to this table"
    if index != table.index:
        start = address_of((index, 0, 0, 0)) if table.level == 4 else 0
        return {0xffff800000000000: "the direct map", 0xffffff8000000000: "the kernel"}.get(start, "")
    names = describe(entry, table.level).replace("present, ", "")
    if table.level > 1:
        used = layouts.entry_field("used", entry)
        return f"{names}; {used} {'entry' if used == 1 else 'entries'} in use there"
    return names + (", owned" if layouts.entry_field("owned", entry, "page_entry") else ", borrowed")


# ---- The same tables, through the root -----------------------------------------------------------------------


def draw_recursive(way: Way) -> Drawing:
    drawing = Drawing("recursive", f"The same tables through slot {way.slot}",
                      "For each table the four indices of the address at which it appears. "
                      + " ".join(f"Level {seen.level}: {', '.join(map(str, seen.indices))}, so {seen.address:#x}."
                                 for seen in way.appearances), 640)
    drawing.text(20, 22, f"Entry {way.slot} of the root leads to the root. Each time an address goes through it,")
    drawing.text(20, 40, "the walk ends one table earlier.")
    columns = {"sign": 20, 4: 90, 3: 160, 2: 230, 1: 300}
    for key, x in columns.items():
        name = "bits 63–48" if key == "sign" else f"level {key}"
        drawing.text(x + 33, 66, name, anchor="middle", size=SMALL, muted=True)
    drawing.text(390, 66, "and so the address", size=SMALL, muted=True)
    y = 76.0
    for seen in way.appearances:
        y = _draw_appearance(drawing, way, seen, columns, y)
    page = (*(table.index for table in way.tables),)
    y = _draw_line(drawing, columns, y + 8, address_of(page), page, {level: level for level in LEVELS}, "the page itself")
    below = drawing.paragraph(20, y + 24,
                              "All bits from 63 to 48 are as bit 47: the slot is in the upper half, so they are ones. Whoever "
                              "forgets that has an address that no instruction takes.", 600)
    drawing.paragraph(20, below, "Read in a machine that was stopped: at each address stood what stands in the table.", 600,
                      muted=True, size=SMALL)
    return drawing


def _draw_appearance(drawing: Drawing, way: Way, seen: Appearance, columns: dict, y: float) -> float:
    shown = 4 - (4 - seen.level)      # how often the slot is used
    meaning = {level: 0 if number < shown else LEVELS[number - shown] for number, level in enumerate(LEVELS)}
    name = "the root" if seen.level == 4 else f"the table of level {seen.level}"
    return _draw_line(drawing, columns, y, seen.address, seen.indices, meaning, f"{name}, at {seen.start:#x}")


def _draw_line(drawing: Drawing, columns: dict, y: float, address: int, indices: tuple[int, ...], meaning: dict[int, int],
               what: str) -> float:
    """`meaning` says of each index in the address which level's index it is; 0: the slot."""
    sign = drawing.box(columns["sign"], y, 66, 24, "ground", dashed=True)
    drawing.label(sign, f"{address >> 48:04x}", mono=True)
    for level, index in zip(LEVELS, indices):
        box = drawing.box(columns[level], y, 66, 24, COLOUR_OF[meaning[level]] if meaning[level] else "e")
        drawing.label(box, str(index), mono=True, bold=True)
    drawing.text(390, y + 11, address_text(address), mono=True, size=12)
    drawing.text(390, y + 25, what, size=SMALL, muted=True)
    return y + 38


FIGURES = [
    drawn("walk", "The four tables on the way to chapter 11's page, with their live entries.", lambda: draw_walk(live_way()),
          (KERNEL.elf, layouts.PROGRAM, Path(__file__)), (("kernel", KERNEL.target), layouts.TARGET)),
    drawn("recursive", "The same four tables, at the addresses where the recursive slot shows them.",
          lambda: draw_recursive(live_way()), (KERNEL.elf, Path(__file__)), (("kernel", KERNEL.target),)),
]

"""Boots a kernel with a memory map that is not the machine's: `python3 -m pith.forged_map --map NAME --maps FILE …`.

The maps are rows of a JSON file (tests/boot/memory_maps.json says what stands there). The kernel is stopped when it is about
to read its boot information, and finds the row's map in it. It has to go on, or to refuse with the sentence that the row
names. What it says of its memory is held against what the map promises, which is computed here in another way.
"""

import argparse
import json
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import machine_test
from pith.chapters import PROMPT
from pith.forged_boot import DIRECT_MAP, FREE_MEMORY, HANDED_OVER, RSI, ForgedTest, Forgery, Stub

PAGE, LARGE = 4096, 2 << 20
KINDS = {"usable": 1, "reserved": 2, "ACPI tables": 3, "ACPI storage": 4, "defective": 5}
NAMES = {number: name for name, number in KINDS.items()}
DEVICES = range(0xA0000, 0x100000)      # of a PC, whatever the map says
REACH = 1 << 40                         # TCG's processors have addresses of 40 bits
ZONES = 128                             # frames::FrameAllocator::max_zones
ENTRY = 24

# Fields of the PVH start information, and where its parts are put.
MODULE_COUNT, MODULES, MAP, MAP_ENTRIES = 12, 16, 40, 48
MODULE_LIST, MAP_START = FREE_MEMORY, FREE_MEMORY + PAGE

# The kernel's direct map as `pages-for-programs` prints it, and the text screen in it.
PAGES = re.compile(r"^pages,0x(ffff8[0-9a-f]{11}),0x(ffff8[0-9a-f]{11}),(.{6}),")
TEXT_SCREEN = "pages,0xffff8000000b8000,0xffff8000000bffff,rw--gd,"
ROW = re.compile(r"^  0x([0-9a-f]{12,16}) - 0x([0-9a-f]{12,16}) +\d+ KiB  (.+)$")


@dataclass(frozen=True)
class Area:
    """A claim of the map: a start and a size of 64 bits each."""

    start: int
    size: int
    kind: int

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True)
class Map:
    """A row of the file."""

    areas: list[Area]
    modules: list[tuple[int, int]]
    entry_size: int
    refusal: str

    @staticmethod
    def of_row(row: dict) -> "Map":
        areas = [area for described in row["areas"] for area in _areas(described)]
        modules = [(int(start, 0), int(size, 0)) for start, size in row.get("modules", [])]
        return Map(areas, modules, row.get("entry_size", ENTRY), row.get("refuses", ""))

    def entries(self, size: int) -> bytes:
        return b"".join(struct.pack("<QQII", a.start, a.size, a.kind, 0).ljust(size, b"\xff") for a in self.areas)


def _areas(described: list | dict) -> Iterator[Area]:
    """[START, SIZE, KIND], or many of them: {"area": [...], "times": N, "step": BYTES}."""
    start, size, kind = described["area"] if isinstance(described, dict) else described
    times, step = (described["times"], int(described["step"], 0)) if isinstance(described, dict) else (1, 0)
    for index in range(times):
        yield Area(int(start, 0) + index * step, int(size, 0), KINDS[kind] if isinstance(kind, str) else kind)


# ---- Forging -------------------------------------------------------------------------------------------------

def forge_pvh(stub: Stub, wanted: Map) -> None:
    def put(offset: int, layout: str, value: int) -> None:
        stub.write(DIRECT_MAP + stub.register(RSI) + offset, struct.pack("<" + layout, value))
    modules = b"".join(struct.pack("<QQQQ", start, size, 0, 0) for start, size in wanted.modules)
    stub.write(DIRECT_MAP + MODULE_LIST, modules)
    stub.write(DIRECT_MAP + MAP_START, wanted.entries(ENTRY))
    put(MODULE_COUNT, "I", len(wanted.modules))
    put(MODULES, "Q", MODULE_LIST)
    put(MAP, "Q", MAP_START)
    put(MAP_ENTRIES, "I", len(wanted.areas))


def forge_multiboot2(stub: Stub, wanted: Map) -> None:
    """Not a record is changed: all of the information is made anew."""
    records = [_record(2, b"forged\0")]
    records += [_record(3, struct.pack("<II", start, start + size) + b"\0") for start, size in wanted.modules]
    records += [_record(6, struct.pack("<II", wanted.entry_size, 0) + wanted.entries(wanted.entry_size)), _record(0, b"")]
    information = b"".join(records)
    stub.write(DIRECT_MAP + MAP_START, struct.pack("<II", 8 + len(information), 0) + information)
    stub.set_register(RSI, MAP_START)


def _record(kind: int, content: bytes) -> bytes:
    record = struct.pack("<II", kind, 8 + len(content)) + content
    return record + b"\0" * (-len(record) % 8)


# ---- What must come of it ------------------------------------------------------------------------------------

def usable_ranges(areas: Sequence[Area], taken: Sequence[range]) -> list[range]:
    """Whole pages of which some area says that they are usable, and nobody says otherwise."""
    claims = [(area.start, area.end, area.kind == KINDS["usable"]) for area in areas if area.size]
    claims += [(r.start, r.stop, False) for r in [range(PAGE), DEVICES, range(REACH, 1 << 65), *taken] if r]
    edges = sorted({edge for start, end, _ in claims for edge in (start, end)})
    found: list[range] = []
    for start, end in zip(edges, edges[1:]):
        said = [usable for first, last, usable in claims if first <= start < last]
        if not said or not all(said):
            continue
        if found and found[-1].stop == start:
            found[-1] = range(found[-1].start, end)
        else:
            found.append(range(start, end))
    pages = [range(-(-r.start // PAGE) * PAGE, r.stop // PAGE * PAGE) for r in found]
    return [r for r in pages if r]


def section(lines: Sequence[str], title: str) -> list[tuple[int, int, str]]:
    """The rows below a title of the kernel's table."""
    rows = []
    for line in lines[lines.index(title) + 1:] if title in lines else []:
        if not (match := ROW.match(line)):
            break
        rows.append((int(match[1], 16), int(match[2], 16), match[3]))
    return rows


def number_in(lines: Sequence[str], pattern: str) -> int:
    return next((int(match[1]) for line in lines if (match := re.match(pattern, line))), 0)


class MapTest(ForgedTest):
    """A test that looks at the table of memory as well."""

    def __init__(self, options: argparse.Namespace, wanted: Map) -> None:
        forge = forge_pvh if options.boot == "pvh" else forge_multiboot2
        super().__init__(options, Forgery(HANDED_OVER, lambda stub: forge(stub, wanted)))
        self._map = wanted

    def run(self) -> None:
        super().run()
        if not self.failure and not self._map.refusal:
            self.failure = list(self._wrong_in_table())

    def _wrong_in_table(self) -> Iterator[str]:
        areas = [(a.start, a.end & ((1 << 64) - 1), NAMES.get(a.kind, "reserved")) for a in self._map.areas]
        if section(self.serial, "Memory, as the firmware describes it:") != areas:
            yield "the table does not say what the map does"
        taken = [range(start, end) for start, end, _ in section(self.serial, "In use:")]
        if not any(r.start <= MAP_START < r.stop for r in taken):
            yield "the forged information is not in use"
        yield from self._wrong_in_free(usable_ranges(self._map.areas, taken))
        yield from self._wrong_in_direct_map()

    def _wrong_in_free(self, usable: list[range]) -> Iterator[str]:
        free = [range(start, end) for start, end, _ in section(self.serial, "Free:")]
        yield from (f"{hex(f.start)} - {hex(f.stop)} is not usable" for f in free
                    if not any(u.start <= f.start and f.stop <= u.stop for u in usable))
        large = [u for u in usable if len(u) >= LARGE]
        if len(large) <= ZONES:
            yield from (f"{hex(u.start)} - {hex(u.stop)} is not free" for u in large
                        if not any(f.stop == u.stop and u.start <= f.start for f in free))
        yield from self._wrong_in_numbers(usable, free)

    def _wrong_in_numbers(self, usable: list[range], free: list[range]) -> Iterator[str]:
        promised, had = (sum(len(r) for r in ranges) // PAGE for ranges in (usable, free))
        if (said := number_in(self.serial, r"  (\d+) frames of 4 KiB: ")) != had:
            yield f"it counts {said} frames, and lists {had}"
        left_out = number_in(self.serial, r"  (\d+) more are in ranges too many or too small$")
        describing = promised - had - left_out
        if not 0 <= describing <= 2 + promised // 2000 + len(free) // 40:
            yield f"of {promised} frames {had} are free, {left_out} left out, {describing} describe the others"


    def _wrong_in_direct_map(self) -> Iterator[str]:
        """Nothing is written through it but what is usable, and not the kernel; the screen; and devices elsewhere."""
        kernel = [range(start, end) for start, end, owner in section(self.serial, "In use:") if owner == "the kernel"]
        usable = usable_ranges(self._map.areas, kernel)
        for line in self.serial:
            if (match := PAGES.match(line)) and match[3][1] == "w" and not line.startswith(TEXT_SCREEN):
                start, last = (int(text, 16) - DIRECT_MAP for text in match.group(1, 2))
                if match[3][5] == "d":
                    if any(u.start <= last and start < u.stop for u in usable):
                        yield f"{start:#x} - {last:#x} is a device's, and usable"
                elif not any(u.start <= start and last < u.stop for u in usable):
                    yield f"{start:#x} - {last:#x} can be written, and is not usable"


def main() -> int:
    parser = machine_test.parser_of("pith.forged_map", __doc__)
    parser.set_defaults(until="idle")
    parser.add_argument("--maps", type=Path, required=True, metavar="FILE")
    parser.add_argument("--map", required=True, metavar="NAME", help="a row of that file")
    options = machine_test.consistent(parser)
    wanted = Map.of_row(json.loads(options.maps.read_text())["maps"][options.map])
    options.until = "halt" if wanted.refusal else "idle"
    if wanted.refusal:
        options.contains.append(wanted.refusal)
        options.screen_contains.append(wanted.refusal)
    else:
        options.contains += ["no surprises", PROMPT.strip()]
        options.screen_contains.append(PROMPT.strip())
        options.lacks.append("PANIC")
        if options.boot == "pvh":                # an ISO's command line is another
            options.append = "pages-for-programs nokaslr"
            options.contains.append(TEXT_SCREEN)
    return machine_test.report(MapTest(options, wanted))


if __name__ == "__main__":
    sys.exit(main())

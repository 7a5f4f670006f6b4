"""How much memory is left to a kernel after all that was told to it: a refusal for want of memory is held against that.

What the boot information says is read here in another way than the kernel does it, and more strictly: of information that the kernel has
to refuse nothing is known.
"""

import struct

from pith import multiboot2
from pith.forged_boot import RSI, Stub
from pith.forged_map import Area, usable_ranges
from pith.forged_parts import AREA_SIZE, MULTIBOOT2, PVH_ENTRIES, PVH_MAP, PVH_MODULE_COUNT, PVH_MODULES, PVH_SIZE, RDI, read
from pith.multiboot2 import FRAMEBUFFER, MEMORY_MAP, MODULE

MOST_READ = 64 << 10   # of lists; longer ones are not looked at

Told = tuple[list[Area], list[range]]   # the memory map, and what is in use


def usable_bytes(stub: Stub, ram: int) -> int | None:
    """What the kernel may use of so much memory, if that is known; its own image is not taken off."""
    told = _told_by_multiboot2(stub) if stub.register(RDI) & 0xFFFFFFFF == MULTIBOOT2 else _told_by_pvh(stub)
    if told is None:
        return None
    return sum(len(range(r.start, min(r.stop, ram))) for r in usable_ranges(*told))


def _told_by_pvh(stub: Stub) -> Told | None:
    start = read(stub, stub.register(RSI), PVH_SIZE)
    (count,), (module_count,) = (struct.unpack_from("<I", start, at) for at in (PVH_ENTRIES, PVH_MODULE_COUNT))
    (areas,), (modules,) = (struct.unpack_from("<Q", start, at) for at in (PVH_MAP, PVH_MODULES))
    if count * AREA_SIZE > MOST_READ or module_count * 32 > MOST_READ:
        return None
    module_list = read(stub, modules, module_count * 32)
    taken = [range(start, start + size) for start, size, _, _ in struct.iter_unpack("<4Q", module_list)]
    return areas_in(read(stub, areas, count * AREA_SIZE), AREA_SIZE), taken


def _told_by_multiboot2(stub: Stub) -> Told | None:
    address = stub.register(RSI)
    size, = struct.unpack("<I", read(stub, address, 4))
    return told_in(read(stub, address, size)) if size <= MOST_READ else None


def told_in(information: bytes) -> Told | None:
    """What Multiboot2's information tells."""
    areas: list[Area] = []
    taken = []
    for kind, content in multiboot2.sound_records_of(information) or []:
        if kind == MEMORY_MAP and len(content) >= 8:
            size, = struct.unpack_from("<I", content)
            if size < AREA_SIZE:
                return None
            areas = areas_in(content[8:], size)
        elif kind == MODULE and len(content) >= 8:
            taken.append(range(*struct.unpack_from("<II", content)))
        elif kind == FRAMEBUFFER and len(content) >= 20:
            start, pitch, _, height = struct.unpack_from("<QIII", content)
            taken.append(range(start, start + pitch * height))
    return (areas, taken) if areas else None


def areas_in(entries: bytes, size: int) -> list[Area]:
    return [Area(*struct.unpack_from("<QQI", entries, at)) for at in range(0, len(entries) - size + 1, size)]


def in_words(usable: int | None) -> str:
    return "" if usable is None else f", {usable >> 10} KiB left"

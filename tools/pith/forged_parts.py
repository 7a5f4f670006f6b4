"""What of the boot information can be made wrong: the kinds of forged_boots.py, each a machine and a way to lie to it.

The kernel stands at HANDED_OVER (forged_boot.py); RDI says which loader started it, RSI where that left its information. All that is changed lies in
physical memory, which the boot map has from DIRECT_MAP on. The Multiboot2 information is what GRUB left on a real machine
(tests/fuzz/corpus): a kernel that QEMU started through PVH is told that GRUB had started it, which takes a tenth of the time.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pith import multiboot2, paths
from pith.forged_boot import DIRECT_MAP, FREE_MEMORY, LARGEST_WRITE, RSI, Stub
from pith.multiboot2 import END, FRAMEBUFFER, MEMORY_MAP, MODULE, TEXT, Record
from pith.mutations import Chance
from pith.qemu import Machine

SEEDS = paths.ROOT / "tests" / "fuzz" / "corpus" / "multiboot2"
RDI, MULTIBOOT2 = 5, 0
# A kernel that runs is to show what it made of it: the commands, and what the first line of each one's answer is.
ANSWERS = {"acpi": "ACPI tables", "memory": "Memory", "frames": "The firmware's map", "pages": "The kernel's address space",
           "interrupts": "Interrupts", "clock": "Clock", "cpu": "Processor"}
COMMANDS = f'run="{"; ".join(ANSWERS)}"'
TEXT_OF_COMMANDS = COMMANDS.encode() + b"\0"   # as Multiboot2 has it
RAM = 128 << 20
LIST_START = FREE_MEMORY + 0x8000
LARGE_LIST_START = 16 << 20
# How many areas a large map has. A real one has a dozen or two; up to so many may be believed, and more must be refused.
MOST_AREAS = 1024
LARGE_MAPS = (MOST_AREAS, MOST_AREAS + 1, 4096, 20_000, 40_000)
MOST_SUMMED = 64 * 1024

# The PVH start information: offset and kind of each field.
PVH_FIELDS = ((0, "I"), (4, "I"), (8, "I"), (12, "I"), (16, "Q"), (24, "Q"), (32, "Q"), (40, "Q"), (48, "I"), (52, "I"))
PVH_SIZE, PVH_MODULE_COUNT, PVH_MODULES, PVH_TEXT, PVH_RSDP, PVH_MAP, PVH_ENTRIES = 56, 12, 16, 24, 32, 40, 48
AREA_FIELDS = ((0, "Q"), (0, "Q"), (8, "Q"), (8, "Q"), (16, "I"))
AREA_SIZE = 24

# The fields of Multiboot2 records, behind a record's type and size.
RECORD_FIELDS = {MODULE: ((8, "I"), (12, "I")), MEMORY_MAP: ((8, "I"), (12, "I")),
                 FRAMEBUFFER: ((8, "Q"), (16, "I"), (20, "I"), (24, "I"), (28, "B"), (29, "B"), (32, "B"), (33, "B"), (34, "B"),
                               (35, "B"), (36, "B"), (37, "B"))}
CARD = 0xFD000000   # where SeaBIOS puts the memory of QEMU's graphics card

# ACPI tables, and the fields of theirs that the kernel reads.
HEADER_FIELDS = ((0, "I"), (4, "I"), (8, "B"), (9, "B"))
ACPI_FIELDS = {
    b"RSD ": ((8, "B"), (15, "B"), (16, "I"), (20, "I"), (24, "Q"), (32, "B")),
    b"RSDT": ((36, "I"), (40, "I"), (44, "I")),
    b"XSDT": ((36, "Q"), (44, "Q")),
    b"FACP": ((40, "I"), (46, "H"), (48, "I"), (52, "B"), (64, "I"), (68, "I"), (76, "I"), (108, "B"), (109, "H"), (112, "I"),
              (116, "B"), (120, "Q"), (128, "B"), (140, "Q"), (172, "B"), (176, "Q"), (208, "B"), (212, "Q"), (248, "Q")),
    b"APIC": ((36, "I"), (40, "I"), (44, "B"), (45, "B"), (46, "H"), (52, "B"), (53, "B"), (56, "I"), (60, "I"), (64, "B"), (65, "B")),
    b"HPET": ((40, "B"), (41, "B"), (44, "Q"), (52, "B"), (53, "H")),
    b"MCFG": ((44, "Q"), (52, "H"), (54, "B"), (55, "B")),
}


@dataclass(frozen=True)
class Lie:
    """What was told, and what has to come of it: a kernel that runs may have to answer COMMANDS, or must not run at all."""

    what: str
    keeps_commands: bool = True
    must_be_refused: bool = False
    usable: int | None = None   # bytes of memory that are left to the kernel; told_memory.py says it


@dataclass(frozen=True)
class Kind:
    """A machine, and a lie: `forge` tells it."""

    machine: Callable[[Chance, Path], Machine]
    forge: Callable[[Stub, Chance], Lie]


def read(stub: Stub, address: int, size: int) -> bytes:
    """Physical memory; zeros where there is none."""
    parts = [(at, min(LARGEST_WRITE, size - at)) for at in range(0, size, LARGEST_WRITE)]
    return b"".join(stub.read(DIRECT_MAP + address + at, length).ljust(length, b"\0") for at, length in parts)


def write(stub: Stub, address: int, data: bytes) -> None:
    stub.write(DIRECT_MAP + address, data)


def machine_of(chance: Chance, elf: Path, models: tuple[str, ...], command_line: str = COMMANDS) -> Machine:
    return Machine(kernel=elf, model=chance.choice(models), memory=f"{RAM >> 20}M", command_line=command_line)


# ---- PVH -----------------------------------------------------------------------------------------------------

def forge_pvh(stub: Stub, chance: Chance) -> Lie:
    """Fields of the start information; modules, too, which these machines have none of; or where it is."""
    address = stub.register(RSI)
    if chance.is_one_in(10):
        stub.set_register(RSI, elsewhere := chance.number(32, address))
        return Lie(f"PVH's information is at {elsewhere:#x}", keeps_commands=False)
    start = bytearray(read(stub, address, PVH_SIZE))
    modules = chance.randint(1, 34) if chance.is_one_in(3) else 0
    if modules:
        write(stub, LIST_START, b"".join(_module(chance) for _ in range(modules)))
        struct.pack_into("<IQ", start, PVH_MODULE_COUNT, modules, LIST_START)
    changed = [chance.choice(PVH_FIELDS) for _ in range(chance.randint(1, 3))]
    for offset, layout in changed:
        chance.field(start, offset, layout)
    write(stub, address, bytes(start))
    places = [offset for offset, _ in changed]
    return Lie(f"PVH's fields at {', '.join(map(str, places))}; {modules} modules", keeps_commands=PVH_TEXT not in places)


def _module(chance: Chance) -> bytes:
    """A module of a page or so; one in eight is wrong."""
    start, size, text = chance.randrange(0x400000, 0x7000000), chance.randrange(1, 0x3000), chance.choice((0, FREE_MEMORY))
    if chance.is_one_in(8):
        start, size, text = chance.number(64, start), chance.number(64, size), chance.number(64, text)
    return struct.pack("<4Q", start, size, text, 0)


def forge_command_line(stub: Stub, chance: Chance) -> Lie:
    """Any bytes, and those that mean something."""
    words = [b"run=", b'"', b";", b" ", b"verbose", b"pages-for-programs", b"acpi --json", b"help", b"memory", b"echo", b"\x1b[2J",
             b"\x1bc", b"\\", b"--", b"=", b"\xff\xfe", b"\xe2\x82", b"\r\n", b"nokaslr", b"kaslr=",
             b"kaslr=1021,64133", bytes(chance.randrange(1, 256) for _ in range(20)), b"A" * 3000]
    line = b"".join(chance.choice(words) for _ in range(chance.randint(1, 60)))
    write(stub, FREE_MEMORY, line + b"\0")
    write(stub, stub.register(RSI) + PVH_TEXT, struct.pack("<Q", FREE_MEMORY))
    return Lie(f"a command line of {len(line)} bytes", keeps_commands=False)


# ---- The memory map ------------------------------------------------------------------------------------------

def forge_map(stub: Stub, chance: Chance) -> Lie:
    """The machine's own map, mutated; by either protocol."""
    forged = chance.entries_like(areas_of(stub), _area_like)
    return Lie(f"a map of {len(forged)} areas" + _tell_map(stub, forged, LIST_START, by_multiboot2=chance.is_one_in(3)))


def forge_large_map(stub: Stub, chance: Chance) -> Lie:
    """The machine's own map, and very many areas more; behind the kernel's image, for there is no room before it."""
    count = chance.choice(LARGE_MAPS)
    start, step = chance.choice((0, 0x1000000, 0x4000000, 1 << 32)), chance.choice((0, 0x800, 0x1000, 0x2000, 1 << 20))
    kinds = chance.choice(((1,), (1, 2), (1, 1, 2), (2,), (1, 2, 3, 4, 5, 9)))
    size = chance.choice((0, 0x1000, 0x1001, 1 << 21, 1 << 40))
    own = areas_of(stub)
    forged = own + [struct.pack("<QQII", start + index * step, size, kinds[index % len(kinds)], 0) for index in range(count - len(own))]
    by = _tell_map(stub, forged, LARGE_LIST_START, by_multiboot2=chance.is_one_in(3))
    return Lie(f"a map of {len(forged)} areas{by}", must_be_refused=count > MOST_AREAS)


def areas_of(stub: Stub) -> list[bytes]:
    """The machine's own map."""
    areas, count = struct.unpack("<QI", read(stub, stub.register(RSI) + PVH_MAP, 12))
    data = read(stub, areas, count * AREA_SIZE)
    return [data[at:at + AREA_SIZE] for at in range(0, len(data), AREA_SIZE)]


def _tell_map(stub: Stub, areas: list[bytes], where: int, by_multiboot2: bool) -> str:
    """Puts a map into memory, and tells of it by one protocol or the other; which, in words."""
    if by_multiboot2:
        content = struct.pack("<II", AREA_SIZE, 0) + b"".join(areas)
        _tell_multiboot2(stub, multiboot2.information_of([(TEXT, TEXT_OF_COMMANDS), (MEMORY_MAP, content), (END, b"")]), where)
        return ", by Multiboot2"
    write(stub, where, b"".join(areas))
    write(stub, stub.register(RSI) + PVH_MAP, struct.pack("<QI", where, len(areas)))
    return ""


def _area_like(chance: Chance, right: bytes) -> bytes:
    wrong = bytearray(right)
    for _ in range(chance.randint(1, 2)):
        chance.field(wrong, *chance.choice(AREA_FIELDS))
    return bytes(wrong)


# ---- Multiboot2 ----------------------------------------------------------------------------------------------

def seed(name: str) -> list[Record]:
    """What GRUB left, with our commands: nobody had given it any."""
    records = multiboot2.records_of((SEEDS / name).read_bytes()[8:])
    return [(kind, TEXT_OF_COMMANDS if kind == TEXT else content) for kind, content in records]


def _tell_multiboot2(stub: Stub, information: bytes, where: int = LIST_START) -> None:
    write(stub, where, information)
    stub.set_register(RSI, where)
    stub.set_register(RDI, MULTIBOOT2)


def forge_multiboot2(stub: Stub, chance: Chance) -> Lie:
    """What GRUB left, with wrong fields in its records, wrong records, or wrong bytes anywhere."""
    name = chance.choice(("bios-q35", "bios-q35-module"))
    records = seed(name)
    how = chance.choice(("fields", "records", "sizes", "bytes"))
    if how == "fields":
        records = [_record_like(chance, record) if record[0] in RECORD_FIELDS else record for record in records]
    elif how == "records":
        chance.shuffle(records)
        records[chance.randrange(len(records))] = (chance.number(5, 0), chance.choice(records)[1])
        records += [chance.choice(records) for _ in range(chance.choice((0, 3, 40)))] + [(END, b"")]
    information = bytearray(multiboot2.information_of(records))
    if how == "sizes":
        for offset in chance.sample(multiboot2.size_fields(information), chance.randint(1, 2)):
            chance.field(information, offset, "I")
    elif how == "bytes":
        information[:] = chance.bytes_like(bytes(information), 30)
    _tell_multiboot2(stub, bytes(information))
    return Lie(f"{name} with wrong {how}", keeps_commands=(multiboot2.text_in(information) or b"").startswith(TEXT_OF_COMMANDS))


def _record_like(chance: Chance, record: Record) -> Record:
    kind, content = record
    data = bytearray(bytes(8) + content)
    if kind == MEMORY_MAP and chance.is_one_in(2):
        entry = 16 + AREA_SIZE * chance.randrange((len(content) - 8) // AREA_SIZE)
        data[entry:entry + AREA_SIZE] = _area_like(chance, bytes(data[entry:entry + AREA_SIZE]))
    else:
        fields = [field for field in RECORD_FIELDS[kind] if field[0] + struct.calcsize(field[1]) <= len(data)]
        chance.field(data, *chance.choice(fields))
    return kind, bytes(data[8:])


def forge_framebuffer(stub: Stub, chance: Chance) -> Lie:
    """The description that OVMF and GRUB leave of pixels, over memory of the graphics card, with wrong fields."""
    records = dict(seed("bios-q35"))
    pixels = dict(multiboot2.records_of((SEEDS / "uefi-q35").read_bytes()[8:]))[FRAMEBUFFER]
    data = bytearray(bytes(8) + struct.pack("<Q", CARD) + pixels[8:])
    changed = [chance.choice(RECORD_FIELDS[FRAMEBUFFER]) for _ in range(chance.randint(1, 3))]
    for offset, layout in changed:
        chance.field(data, offset, layout)
    records[FRAMEBUFFER] = bytes(data[8:])
    del records[END]
    _tell_multiboot2(stub, multiboot2.information_of([*records.items(), (END, b"")]))
    return Lie(f"a framebuffer with wrong fields at {', '.join(str(offset) for offset, _ in changed)}")


# ---- ACPI ----------------------------------------------------------------------------------------------------

def tables_of(stub: Stub) -> dict[int, bytes]:
    """The machine's tables by address, with the root pointer, through RSDT or XSDT."""
    pointer, = struct.unpack("<Q", read(stub, stub.register(RSI) + PVH_RSDP, 8))
    root = read(stub, pointer, 36)
    short, = struct.unpack_from("<I", root, 16)
    wide, = struct.unpack_from("<Q", root, 24)
    address, width = (wide, 8) if root[15] >= 2 and wide else (short, 4)
    tables = {pointer: root, address: _table(stub, address)}
    for at in range(36, len(tables[address]) - width + 1, width):
        entry = int.from_bytes(tables[address][at:at + width], "little")
        tables[entry] = _table(stub, entry)
        if tables[entry].startswith(b"FACP"):
            dsdt, = struct.unpack_from("<I", tables[entry], 40)
            tables[dsdt] = _table(stub, dsdt)
    return tables


def _table(stub: Stub, address: int) -> bytes:
    size, = struct.unpack("<I", read(stub, address + 4, 4))
    return read(stub, address, min(max(size, 36), MOST_SUMMED))


def forge_acpi(stub: Stub, chance: Chance) -> Lie:
    """Fields, bytes and lengths of one to three tables; most have their sums put right."""
    tables = tables_of(stub)
    done = []
    for address in chance.sample(sorted(tables), min(len(tables), chance.randint(1, 3))):
        table = bytearray(tables[address])
        name = bytes(table[:4])
        fields = ACPI_FIELDS.get(name, ()) + (() if name == b"RSD " else HEADER_FIELDS)
        fields = tuple(field for field in fields if field[0] + struct.calcsize(field[1]) <= len(table))
        if fields and not chance.is_one_in(3):
            for _ in range(chance.randint(1, 2)):
                chance.field(table, *chance.choice(fields))
        else:
            table[:] = chance.bytes_like(bytes(table), 12)
        write(stub, address, bytes(table))
        summed = not chance.is_one_in(6)
        if summed:
            _put_sum_right(stub, address, name)
        done.append(f"{name.decode(errors='replace')}{'' if summed else ' (sum wrong)'}")
    return Lie(f"ACPI's {', '.join(done)}")


def _put_sum_right(stub: Stub, address: int, name: bytes) -> None:
    if name == b"RSD ":
        for place, size in ((8, 20), (32, 36)):
            _sum_up(stub, address, place, size)
    else:
        size, = struct.unpack("<I", read(stub, address + 4, 4))
        _sum_up(stub, address, 9, min(size, MOST_SUMMED))


def _sum_up(stub: Stub, address: int, place: int, size: int) -> None:
    if size <= place:
        return
    data = read(stub, address, size)
    write(stub, address + place, bytes([(data[place] - sum(data)) % 256]))


KINDS = {
    "pvh": Kind(lambda chance, elf: machine_of(chance, elf, ("microvm", "microvm", "microvm", "q35")), forge_pvh),
    "map": Kind(lambda chance, elf: machine_of(chance, elf, ("microvm", "microvm", "pc")), forge_map),
    "large-map": Kind(lambda chance, elf: machine_of(chance, elf, ("microvm", "microvm", "pc")), forge_large_map),
    "command-line": Kind(lambda chance, elf: machine_of(chance, elf, ("microvm",)), forge_command_line),
    "multiboot2": Kind(lambda chance, elf: machine_of(chance, elf, ("q35", "microvm", "microvm")), forge_multiboot2),
    "framebuffer": Kind(lambda chance, elf: machine_of(chance, elf, ("q35", "pc")), forge_framebuffer),
    "acpi": Kind(lambda chance, elf: machine_of(chance, elf, ("microvm", "q35", "pc")), forge_acpi),
}

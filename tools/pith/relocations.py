"""Lists where a kernel's image names addresses of its own: `python3 -m pith.relocations ELF OUTPUT`.

A kernel that is moved when it boots (kernel/boot/move.S) adds the same number to each of these places. The kernel is linked
with `--emit-relocs`; so the linker leaves in the file what it filled in where. Of that we keep what names an address in the
top 2 GiB in full. What is a distance stays right when both ends move, or none; where one does, there is no list. (From the
top 2 GiB a distance of 32 bits reaches low memory, around the end of all addresses.) What is physical does not move.

The list is a row of 32-bit numbers, the places' physical addresses. It is filled up with a place that does not matter, to
a multiple of as many as move.S changes at once.
"""

import argparse
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pith import layout, symbols
from pith.errors import PithError, reports_errors
from pith.layout import KERNEL_START

PLACES_AT_ONCE = layout.defined("PLACES_AT_ONCE", "boot/move.S")
SCRATCH = "relocation_scratch"         # there, too
BEFORE_THE_MOVE = "choose_move"        # kernel/boot/move.cpp: runs where it is linked, and may look at what does not move

NO_EXECUTE = 1 << 63                   # in an entry of a page table, which has a physical address
ALLOCATED = 2                          # SHF_ALLOC
RELOCATIONS = 4                        # SHT_RELA

# System V ABI for AMD64, "Relocation Types": which of them give an address in full, and how it is stored.
FULL = {1: "<Q", 11: "<i"}             # R_X86_64_64, R_X86_64_32S
UNSIGNED = 10                          # R_X86_64_32 has no room for an address in the top 2 GiB
DISTANCES = (2, 4)                     # R_X86_64_PC32, R_X86_64_PLT32: 32 bits, both


def places(elf: bytes) -> list[int]:
    """Physical addresses of what has to be changed, in order."""
    before = [range(code.start, code.start + code.size) for code in symbols.read_code_symbols(elf) if code.name == BEFORE_THE_MOVE]
    found = []
    for address, kind, at in _relocations(elf):
        if kind in FULL:
            (value,) = struct.unpack_from(FULL[kind], elf, at)
            if _is_moved(value % (1 << 64), address):
                found.append(layout.physical(address))
        elif kind in DISTANCES:
            (distance,) = struct.unpack_from("<i", elf, at)
            if not any(address in code for code in before):
                _demand_both_or_none(address, (address + distance) % (1 << 64))
        elif kind != UNSIGNED:
            raise PithError(f"at {address:#x} is a relocation of kind {kind}, of which nobody knows what a move does to it")
    return sorted(found)


def _relocations(elf: bytes) -> Iterator[tuple[int, int, int]]:
    """Of each place that the linker filled in: its address, what kind of relocation it was, and where it is in the file."""
    sections = symbols.read_sections(elf)
    for table in (section for section in sections if section.kind == RELOCATIONS):
        changed = sections[table.info]
        if changed.flags & ALLOCATED:
            for address, info, _ in struct.iter_unpack("<QQq", elf[table.offset : table.offset + table.size]):
                yield address, info & 0xFFFF_FFFF, changed.offset + address - changed.address


def _is_moved(value: int, address: int) -> bool:
    if KERNEL_START > value and value & ~NO_EXECUTE >= 1 << 31:
        raise PithError(f"at {address:#x} stands {value:#x}, which is neither physical nor in the top 2 GiB")
    return value >= KERNEL_START


def _demand_both_or_none(address: int, target: int) -> None:
    """`target` is right but for the few bytes that an instruction goes on behind the distance."""
    if (address >= KERNEL_START) != (target >= KERNEL_START):
        raise PithError(f"at {address:#x} stands the distance to {target:#x}, and only one of them moves")


def encode(found: list[int], scratch: int) -> bytes:
    filled = found + [scratch] * (-len(found) % PLACES_AT_ONCE)
    return struct.pack(f"<{len(filled)}I", *filled)


def scratch_of(elf: bytes) -> int:
    for symbol in symbols.read_code_symbols(elf):
        if symbol.name == SCRATCH:
            return symbol.start
    raise PithError(f"there is no {SCRATCH}: is kernel/boot/move.S not linked?")


@reports_errors
def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="pith.relocations", description="Lists where a kernel names its own addresses.")
    parser.add_argument("elf", type=Path, metavar="ELF")
    parser.add_argument("output", type=Path, metavar="OUTPUT")
    options = parser.parse_args(arguments)
    elf = options.elf.read_bytes()
    found = places(elf)
    if not found:
        raise PithError(f"{options.elf} has no relocations: was it linked without --emit-relocs?")
    options.output.write_bytes(encode(found, scratch_of(elf)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Walks x86-64 page tables in a stopped machine: for `pith-tables` in gdb.

Reference: Intel SDM vol. 3A "4-Level Paging and 5-Level Paging". Four levels only: Pith uses no more.
"""

from collections.abc import Callable, Iterator

PRESENT, LARGE = 1 << 0, 1 << 7
WRITABLE, NO_EXECUTE = 1 << 1, 1 << 63
FRAME = 0x000F_FFFF_FFFF_F000
LEVELS = (4, 3, 2, 1)
ENTRIES, PAGE = 512, 4096
FLAGS = {0: "present", 1: "writable", 2: "user", 3: "write-through", 4: "uncached", 5: "accessed",
         6: "dirty", 7: "large", 8: "global", 63: "no-execute"}


def shift_of(level: int) -> int:
    """How many bits of an address are below the index of this level."""
    return 12 + 9 * (level - 1)


def index_of(address: int, level: int) -> int:
    """Which entry of a table of this level the address goes through."""
    return address >> shift_of(level) & ENTRIES - 1


def canonical(number: int) -> int:
    """The address with these 48 bits: bit 47 is repeated above."""
    return number | 0xFFFF << 48 if number >> 47 & 1 else number


def walk(cr3: int, address: int, physical_word: Callable[[int], int]) -> Iterator[str]:
    """One line for each table on the way to the address, and one for the frame it ends in."""
    table = cr3 & FRAME
    for level in LEVELS:
        shift = shift_of(level)
        index = index_of(address, level)
        entry = physical_word(table + 8 * index)
        yield f"level {level}  table {table:#014x}  [{index:3}] = {entry:#018x}  {describe(entry, level)}"
        if not entry & PRESENT:
            yield f"{address:#018x} is not mapped"
            return
        table = entry & FRAME
        if level == 1 or (level < 4 and entry & LARGE):
            offset = (1 << shift) - 1
            yield f"{address:#018x} is physical {table & ~offset | address & offset:#014x}"
            return


def describe(entry: int, level: int) -> str:
    """The names of the flags that are set."""
    names = dict(FLAGS)
    if level == 1:
        names[7] = "PAT"
    return ", ".join(name for bit, name in names.items() if entry >> bit & 1) or "empty"

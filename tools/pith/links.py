"""Checks that the last link of a kernel that is moved changed nothing: `python3 -m pith.links SECOND THIRD`.

Where the image names its own addresses is read from the second link (relocations.py), and used in the third. So what is
loaded has to be the same in both, byte by byte, but for the list itself, which lies behind all else, and where its end is named.
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pith import symbols
from pith.errors import PithError, reports_errors
from pith.symbols import Section

ALLOCATED = 2                     # SHF_ALLOC
NO_BYTES = 8                      # SHT_NOBITS
RELOCATIONS = 4                   # SHT_RELA
END_OF_LIST = b"relocations_end"  # kernel/boot/kernel.ld


def complaints(second: bytes, third: bytes) -> list[str]:
    """What differs, one line each; empty when all is well."""
    before = _loaded(second)
    end = max(section.address + section.size for section in before)
    after = [section for section in _loaded(third) if section.address < end]
    if [_place(section) for section in before] != [_place(section) for section in after]:
        return [f"the sections are at other places: {_shown(before)}; {_shown(after)}"]
    may_differ = {address + byte for address in _names_of_end(second) for byte in range(4)}
    return [f"other bytes from {differing[0]:#x} on" for one, other in zip(before, after)
            if (differing := [address for address in _differing(one, other, second, third) if address not in may_differ])]


def _loaded(elf: bytes) -> list[Section]:
    return [section for section in symbols.read_sections(elf) if section.flags & ALLOCATED and section.size]


def _place(section: Section) -> tuple[int, int, int, int]:
    return section.address, section.size, section.kind, section.flags


def _shown(sections: list[Section]) -> str:
    return ", ".join(f"{section.address:#x} + {section.size:#x}" for section in sections)


def _differing(one: Section, other: Section, second: bytes, third: bytes) -> list[int]:
    if one.kind == NO_BYTES:
        return []
    left, right = (elf[section.offset:section.offset + section.size] for section, elf in ((one, second), (other, third)))
    return [] if left == right else [one.address + at for at in range(one.size) if left[at] != right[at]]


def _names_of_end(elf: bytes) -> Iterator[int]:
    """Addresses at which the linker filled in where the list ends."""
    sections = symbols.read_sections(elf)
    for table in (section for section in sections if section.kind == RELOCATIONS):
        named, names = sections[table.link], sections[sections[table.link].link]
        for address, info, _ in struct.iter_unpack("<QQq", elf[table.offset:table.offset + table.size]):
            name, = struct.unpack_from("<I", elf, named.offset + (info >> 32) * 24)
            if elf.startswith(END_OF_LIST + b"\0", names.offset + name):
                yield address


@reports_errors
def main(arguments: list[str]) -> int:
    second, third = arguments
    if found := complaints(Path(second).read_bytes(), Path(third).read_bytes()):
        raise PithError("\n  ".join([f"the list of places was made from {second}, which is another kernel than {third}:", *found]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

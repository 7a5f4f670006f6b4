"""Checks that a kernel may have its branches tracked: `python3 -m pith.branch_targets ELF…`; CTest calls it.

A processor with IBT raises an exception where an indirect call or jump leads to anything but an ENDBR64. In QEMU, which
does not have it, a place without one would go unseen. So this looks at the finished image, for

    each word of data that is a function's address: tables of virtual functions, of commands, of handlers
    each operand of code that is the address of a compiled function, and so makes a pointer to it (what assembly has
    of its own, it compares with, and jumps to as it knows)
    each entry for an exception, if the kernel has them
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pith import paths, symbols
from pith.image_check import Elf

ENDBR64 = bytes.fromhex("f30f1efa")
STUBS, STUB_SIZE, STUB_COUNT = "exception_stubs", 16, 256
DATA = (".rodata", ".sealed", ".data")


def complaints(elf: Elf) -> Iterator[str]:
    """The places without an ENDBR64, each with why a branch may lead there."""
    functions = {symbol.start: symbol.name for symbol in symbols.read_code_symbols(elf.bytes) if symbol.is_function}
    for address, why in _targets(elf, functions):
        if elf.code_at(address, len(ENDBR64)) != ENDBR64:
            yield f"{functions.get(address, '?')} at {address:#x} does not begin with an ENDBR64: {why}"


def _targets(elf: Elf, functions: dict[int, str]) -> Iterator[tuple[int, str]]:
    for section in filter(None, map(elf.section, DATA)):
        content = elf.content(section)
        for (word,) in struct.iter_unpack("<Q", content[:len(content) // 8 * 8]):
            if word in functions:
                yield word, f"its address is in {section.name}"
    yield from _made_in_code(elf, functions)
    stubs = next((start for start, name in functions.items() if name == STUBS), None)
    if stubs is not None:
        yield from ((stubs + STUB_SIZE * number, f"exception {number} leads there") for number in range(STUB_COUNT))


def _made_in_code(elf: Elf, functions: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Only functions that would be complained of are looked for. Code holds addresses as numbers of 32 bits."""
    wanted = [address for address, name in functions.items()
              if name.startswith("_Z") and elf.code_at(address, len(ENDBR64)) != ENDBR64]
    for section in filter(lambda section: section.is_code, elf.sections):
        content = elf.content(section)
        yield from ((address, f"its address is in {section.name}")
                    for address in wanted if struct.pack("<I", address & 0xffff_ffff) in content)


def main() -> int:
    found = [f"{paths.shown(Path(path))}: {fault}" for path in sys.argv[1:] for fault in complaints(Elf(Path(path)))]
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

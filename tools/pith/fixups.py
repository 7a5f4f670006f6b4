"""Checks a kernel's table of instructions that may fault: `python3 -m pith.fixups ELF`.

The table (kernel/cpu/fixup.hpp) is searched by halves when an exception arrives, so it has to be sorted by address.
The linker sorts it; this runs after each link and makes sure. Each entry is two 32-bit distances, each from its own
field: to the instruction that may fault, and to where the program goes on, a few bytes behind it.
"""

import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pith.errors import PithError

ENTRY_SIZE = 8
LONGEST_INSTRUCTION = 15


def read(elf_path: str) -> list[tuple[int, int]]:
    """The table's entries as addresses: where it may fault, and where to go on."""
    start = _address_of("fixups_start", elf_path)
    entries = struct.iter_unpack("<ii", _section(".fixups", elf_path))
    return [(start + ENTRY_SIZE * index + faulting, start + ENTRY_SIZE * index + 4 + landing)
            for index, (faulting, landing) in enumerate(entries)]


def complaints(table: Sequence[tuple[int, int]]) -> list[str]:
    """What is wrong with a table, one line each; empty when all is well."""
    unsorted = [f"{left[0]:#x} stands before {right[0]:#x}" for left, right in zip(table, table[1:])
                if left[0] >= right[0]]
    far = [f"{faulting:#x} goes on at {landing:#x}, which is not right behind it" for faulting, landing in table
           if not 0 < landing - faulting <= LONGEST_INSTRUCTION]
    return unsorted + far


def _section(name: str, elf_path: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="pith-fixups-") as scratch:
        content = Path(scratch, "content")
        subprocess.run(["llvm-objcopy-19", f"--dump-section={name}={content}", elf_path, Path(scratch, "copy")],
                       check=True, capture_output=True)
        return content.read_bytes()


def _address_of(symbol: str, elf_path: str) -> int:
    done = subprocess.run(["llvm-nm-19", elf_path], check=True, capture_output=True, text=True)
    found = [line.split()[0] for line in done.stdout.splitlines() if line.endswith(f" {symbol}")]
    if not found:
        raise PithError(f"{elf_path} has no symbol {symbol}")
    return int(found[0], 16)


def main() -> int:
    found = complaints(read(sys.argv[1]))
    if found:
        print(f"the table of instructions that may fault in {sys.argv[1]} is wrong:", *found, sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

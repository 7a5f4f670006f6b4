"""Where a kernel that is moved names its own addresses: a tiny program is linked, and its relocations are listed.

    PYTHONPATH=tools python3 -m unittest discover -s tests/tool -p test_relocations.py
"""

import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

from pith import relocations
from pith.errors import PithError

# More at the end of .data, or of .text.
SOURCE = """\
    .intel_syntax noprefix
    .section .boot, "ax", @progbits
    .global relocation_scratch
low:
    movabs rax, offset high             # moved: 2 bytes behind `low`
    mov eax, offset low                 # physical
relocation_scratch:
    .long 0
    .section .text, "ax", @progbits
high:
    mov rax, offset high                # moved: 3 bytes behind `high`
    mov eax, [rip + number]             # a distance
    mov rax, offset low                 # physical
    {code}
    .section .data, "aw", @progbits
number:
    .quad high                          # moved
    .quad low                           # physical
    .quad low + 3 + (1 << 63)           # physical, and never executed
    {more}
"""
SCRIPT = """\
PHDRS { low PT_LOAD; high PT_LOAD; }
SECTIONS {
    . = 0x100000;
    .boot : { *(.boot) } :low
    . = 0xffffffff80101000;
    .text : { *(.text) } :high
    . = 0xffffffff80102000;
    .data : { *(.data) } :high
}
"""
LOW, HIGH, NUMBER = 0x100000, 0x101000, 0x102000   # physical


def linked(folder: Path, *options: str, more: str = "", code: str = "") -> bytes:
    source, script, program, elf = folder / "a.S", folder / "a.ld", folder / "a.o", folder / "a.elf"
    source.write_text(SOURCE.format(more=more, code=code))
    script.write_text(SCRIPT)
    subprocess.run(["clang-19", "--target=x86_64-unknown-none-elf", "-c", source, "-o", program], check=True)
    subprocess.run(["ld.lld-19", "-nostdlib", "-static", "-e", "low", *options, "-T", script, program, "-o", elf], check=True)
    return elf.read_bytes()


class RelocationsTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="pith-relocations-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_only_full_addresses_of_what_moves_are_listed(self) -> None:
        elf = linked(self.folder, "--emit-relocs")
        self.assertEqual(relocations.places(elf), [LOW + 2, HIGH + 3, NUMBER])

    def test_without_the_linkers_help_there_is_nothing(self) -> None:
        linked(self.folder)
        self.assertEqual(relocations.places((self.folder / "a.elf").read_bytes()), [])
        self.assertEqual(relocations.main([str(self.folder / "a.elf"), str(self.folder / "list")]), 1)
        self.assertFalse((self.folder / "list").exists())

    def test_an_address_elsewhere_is_refused(self) -> None:
        elf = linked(self.folder, "--emit-relocs", more=".quad high - 0x40000000000")
        with self.assertRaisesRegex(PithError, "neither physical nor in the top 2 GiB"):
            relocations.places(elf)

    def test_a_distance_from_what_moves_to_what_does_not_is_refused(self) -> None:
        for code in ("mov eax, [rip + low]", "call low", "cmp dword ptr [rip + low], 0x12345678"):
            elf = linked(self.folder, "--emit-relocs", code=code)
            with self.assertRaisesRegex(PithError, "the distance to 0x[0-9a-f]+, and only one of them moves"):
                relocations.places(elf)

    def test_what_runs_before_the_move_may_look_there(self) -> None:
        function = "choose_move: {}; .type choose_move, @function; .size choose_move, . - choose_move; {}"
        elf = linked(self.folder, "--emit-relocs", code=function.format("mov eax, [rip + low]", ""))
        self.assertEqual(relocations.places(elf), [LOW + 2, HIGH + 3, NUMBER])
        with self.assertRaises(PithError):
            relocations.places(linked(self.folder, "--emit-relocs", code=function.format("nop", "mov eax, [rip + low]")))

    def test_a_kind_that_nobody_knows_is_refused(self) -> None:
        elf = linked(self.folder, "--emit-relocs", more=".quad high - .")
        with self.assertRaisesRegex(PithError, "kind 24"):
            relocations.places(elf)

    def test_the_list_is_filled_up_with_what_does_not_matter(self) -> None:
        elf = linked(self.folder, "--emit-relocs")
        scratch = relocations.scratch_of(elf)
        self.assertEqual(scratch, LOW + 15)
        self.assertEqual(struct.unpack("<8I", relocations.encode([1, 2, 3], scratch)), (1, 2, 3, *[scratch] * 5))
        self.assertEqual(len(relocations.encode(list(range(8)), scratch)), 32)


if __name__ == "__main__":
    unittest.main()

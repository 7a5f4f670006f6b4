"""The check of where tracked branches may lead."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from pith.branch_targets import complaints
from pith.image_check import Elf
from pith.symbols import read_code_symbols

# A function that begins as it has to, and one that does not; which of them is in a table.
PROGRAM = """
    .text
    .globl good, bad
    .type __cfi_good, @function
__cfi_good: mov $0x12345678, %eax
    .type good, @function
good: endbr64
    ret
    .type bad, @function
bad: ret
    .section .rodata, "a"
    .quad 17, {0}
"""
POINTERS = """
    .text
    .globl good
    .type good, @function
good: endbr64
    call _Zbad
    movl $good, %edi
    movl ${0}, %edi
    ret
    .type _Zbad, @function
_Zbad: ret
    .type own, @function
own: ret
"""
STUBS = """
    .text
    .balign 16
    .type exception_stubs, @function
exception_stubs:
    .rept 256
    .balign 16
    {0}
    .endr
"""


class Complaints(unittest.TestCase):
    def linked(self, program: str) -> Elf:
        with tempfile.TemporaryDirectory() as scratch:
            source, compiled, output = (Path(scratch, name) for name in ("program.S", "program.o", "program"))
            source.write_text(program)
            subprocess.run(["clang-19", "--target=x86_64-unknown-none-elf", "-c", source, "-o", compiled], check=True)
            subprocess.run(["ld.lld-19", "--entry=good", compiled, "-o", output], check=True)
            return Elf(output)

    def test_a_table_of_what_begins_with_it_is_right(self) -> None:
        self.assertEqual(list(complaints(self.linked(PROGRAM.format("good")))), [])

    def test_what_does_not_is_named(self) -> None:
        (found,) = complaints(self.linked(PROGRAM.format("bad")))
        self.assertRegex(found, r"^bad at 0x[0-9a-f]+ does not begin with an ENDBR64: its address is in \.rodata$")

    def test_a_pointer_that_code_makes_leads_there_too(self) -> None:
        (found,) = complaints(self.linked(POINTERS.format("_Zbad")))
        self.assertRegex(found, r"^_Zbad at 0x[0-9a-f]+ does not begin with an ENDBR64: its address is in \.text$")
        self.assertEqual(list(complaints(self.linked(POINTERS.format("own")))), [])

    def test_a_number_is_no_function(self) -> None:
        self.assertEqual(list(complaints(self.linked(PROGRAM.format("bad + 1")))), [])

    def test_each_entry_is_looked_at(self) -> None:
        right = PROGRAM.format("good") + STUBS
        self.assertEqual(list(complaints(self.linked(right.format("endbr64")))), [])
        self.assertEqual(len(list(complaints(self.linked(right.format("nop"))))), 256)

    def test_the_type_before_a_function_is_none(self) -> None:
        names = {symbol.name for symbol in read_code_symbols(self.linked(PROGRAM.format("good")).bytes)}
        self.assertEqual(names, {"good", "bad"})


if __name__ == "__main__":
    unittest.main()

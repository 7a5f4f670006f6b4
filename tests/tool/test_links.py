"""Two links of a tiny kernel: the same but for the list at their end, or not.

    PYTHONPATH=tools python3 -m unittest discover -s tests/tool -p test_links.py
"""

import subprocess
import tempfile
import unittest
from pathlib import Path

from pith import links

SOURCE = """\
    .section .text, "ax", @progbits
    .global start
start:
    movl $relocations_end, %ecx
    movq $number, %rax
    {code}
    .section .data, "aw", @progbits
number:
    .quad {data}
    .section .relocations, "a", @progbits
    .fill {places}, 4, 0x1234
"""
SCRIPT = """\
SECTIONS {
    . = 0x100000;
    .text : { *(.text) }
    .data : { *(.data) }
    .relocations : { *(.relocations) relocations_end = .; }
}
"""


class LinksTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory(prefix="pith-links-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def linked(self, places: int, code: str = "nop", data: str = "start") -> bytes:
        source, script, program, elf = (self.folder / name for name in ("a.S", "a.ld", "a.o", "a.elf"))
        source.write_text(SOURCE.format(places=places, code=code, data=data))
        script.write_text(SCRIPT)
        subprocess.run(["clang-19", "--target=x86_64-unknown-none-elf", "-c", source, "-o", program], check=True)
        subprocess.run(["ld.lld-19", "-nostdlib", "-static", "-e", "start", "--emit-relocs", "-T", script, program, "-o", elf],
                       check=True)
        return elf.read_bytes()

    def test_the_list_and_where_it_ends_may_differ(self) -> None:
        self.assertEqual(links.complaints(self.linked(0), self.linked(40)), [])

    def test_other_bytes_may_not(self) -> None:
        for other in (self.linked(40, code="cld"), self.linked(40, data="start + 1")):
            (complaint,) = links.complaints(self.linked(0), other)
            self.assertIn("other bytes from 0x", complaint)

    def test_nor_other_places(self) -> None:
        (complaint,) = links.complaints(self.linked(0), self.linked(40, code="nop; nop"))
        self.assertIn("the sections are at other places", complaint)

    def test_who_calls_is_told(self) -> None:
        second, third = self.folder / "second", self.folder / "third"
        second.write_bytes(self.linked(0))
        third.write_bytes(self.linked(0, code="cld"))
        self.assertEqual(links.main([str(second), str(second)]), 0)
        self.assertEqual(links.main([str(second), str(third)]), 1)


if __name__ == "__main__":
    unittest.main()

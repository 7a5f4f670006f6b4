"""The check of the table of instructions that may fault."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pith import paths
from pith.fixups import complaints, read

# Two instructions that may fault, each declared as kernel/cpu/fixup.hpp does it, in this order.
PROGRAM = """
    .text
first: nop
second: nop
end:
    .section .fixups, "a"
    .globl fixups_start
fixups_start:
    .long {0} - ., {1} - .
    .long {2} - ., {3} - .
"""
SORTED, UNSORTED = ("first", "second", "second", "end"), ("second", "end", "first", "second")


class Complaints(unittest.TestCase):
    def test_a_sorted_table_is_right(self) -> None:
        self.assertEqual(complaints([(0x1000, 0x1003), (0x1010, 0x1012)]), [])
        self.assertEqual(complaints([]), [])

    def test_an_unsorted_table_is_found(self) -> None:
        self.assertEqual(complaints([(0x1010, 0x1012), (0x1000, 0x1003)]), ["0x1010 stands before 0x1000"])

    def test_an_instruction_stands_once(self) -> None:
        self.assertEqual(len(complaints([(0x1000, 0x1003), (0x1000, 0x1003)])), 1)

    def test_the_program_goes_on_right_behind(self) -> None:
        self.assertEqual(len(complaints([(0x1000, 0x1000)])), 1)
        self.assertEqual(len(complaints([(0x1000, 0x0ff0)])), 1)
        self.assertEqual(len(complaints([(0x1000, 0x1010)])), 1)


class Images(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self._scratch = Path(scratch.name)

    def _image(self, *labels: str) -> str:
        source, compiled, image = (str(self._scratch / name) for name in ("program.S", "program.o", "image"))
        Path(source).write_text(PROGRAM.format(*labels))
        subprocess.run(["clang++-19", "--target=x86_64-unknown-none-elf", "-c", source, "-o", compiled], check=True)
        subprocess.run(["ld.lld-19", "-e", "0", compiled, "-o", image], check=True)
        return image

    def _check(self, image: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "pith.fixups", image], cwd=paths.TOOLS, capture_output=True,
                              text=True)

    def test_a_table_is_read_as_addresses(self) -> None:
        table = read(self._image(*SORTED))
        self.assertEqual([landing - faulting for faulting, landing in table], [1, 1])
        self.assertEqual(table[1][0] - table[0][0], 1)

    def test_the_build_refuses_an_unsorted_table(self) -> None:
        self.assertEqual(self._check(self._image(*SORTED)).returncode, 0)
        refused = self._check(self._image(*UNSORTED))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("stands before", refused.stdout)


if __name__ == "__main__":
    unittest.main()

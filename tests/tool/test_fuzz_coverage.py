"""The coverage of the fuzzers: which readers there are, and what clang's report says of them."""

import contextlib
import io
import unittest

from pith import fuzz_coverage, paths
from pith.coverage import Lines
from pith.errors import UsageError
from pith.fuzz_coverage import Covered, Reader

# What the project's issue "Trust" asks for.
ASKED_FOR = {"Multiboot2", "PVH", "memory map", "ACPI tables", "command line", "font", "framebuffer", "scancodes", "escape sequences",
             "symbol table"}


class Readers(unittest.TestCase):
    def test_all_are_there_and_so_are_their_files(self):
        readers = fuzz_coverage.readers()
        self.assertLessEqual(ASKED_FOR, {reader.name for reader in readers})
        for reader in readers:
            for source in reader.sources:
                self.assertTrue((paths.ROOT / "kernel" / source).exists(), source)
            for fuzzer in reader.fuzzers:
                self.assertTrue((paths.ROOT / "tests" / "fuzz" / f"{fuzzer}.cpp").exists(), fuzzer)
                self.assertTrue(any((fuzz_coverage.paths.ROOT / "tests/fuzz/corpus" / fuzzer).iterdir()), fuzzer)

    def test_one_fuzzers_readers(self):
        self.assertEqual([reader.name for reader in fuzz_coverage.chosen("pvh")], ["PVH", "handoff"])
        with self.assertRaisesRegex(UsageError, "did you mean 'pvh'"):
            fuzz_coverage.chosen("pvx")


class Report(unittest.TestCase):
    def test_below_the_wanted_part_it_fails(self):
        reader = Reader("PVH", ("pvh",), ("boot/pvh.cpp",))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(fuzz_coverage.report([Covered(reader, Lines(100, ["boot/pvh.cpp:4"] * 5))]), 0)
            self.assertEqual(fuzz_coverage.report([Covered(reader, Lines(100, ["boot/pvh.cpp:4"] * 6))]), 1)
            self.assertEqual(fuzz_coverage.report([Covered(reader, Lines())]), 1)
        self.assertIn("below 95 %: PVH", printed.getvalue())


if __name__ == "__main__":
    unittest.main()

"""The coverage of the fuzzers: which readers there are, and what clang's report says of them."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

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
                self.assertTrue(any((fuzz_coverage.KERNEL / f"{source}{suffix}").exists() for suffix in fuzz_coverage.ALL_SUFFIXES), source)
            for fuzzer in reader.fuzzers:
                self.assertTrue((paths.ROOT / "tests" / "fuzz" / f"{fuzzer}.cpp").exists(), fuzzer)
                self.assertTrue(any((fuzz_coverage.paths.ROOT / "tests/fuzz/corpus" / fuzzer).iterdir()), fuzzer)

    def test_header_and_source_are_one(self):
        acpi = next(reader for reader in fuzz_coverage.readers() if reader.name == "ACPI tables")
        names = [file.name for file in acpi.files()]
        self.assertLessEqual({"table.hpp", "table.cpp", "tables.hpp", "root_table.hpp", "root_pointer.hpp"}, set(names))

    def test_one_fuzzers_readers(self):
        self.assertEqual([reader.name for reader in fuzz_coverage.chosen("pvh")], ["PVH", "handoff"])
        with self.assertRaisesRegex(UsageError, "did you mean 'pvh'"):
            fuzz_coverage.chosen("pvx")


class AllSources(unittest.TestCase):
    """What reads bytes from outside and has no fuzzer must not go unnoticed."""

    def test_each_source_of_the_kernel_is_a_reader_or_excused(self):
        self.assertEqual(fuzz_coverage.unnamed(), [])

    def test_what_is_excused_is_there_and_has_a_reason(self):
        for source, why in fuzz_coverage.not_readers().items():
            if source.endswith("/"):
                self.assertTrue((fuzz_coverage.KERNEL / source).is_dir(), source)
            else:
                self.assertTrue(any((fuzz_coverage.KERNEL / f"{source}{suffix}").exists() for suffix in fuzz_coverage.ALL_SUFFIXES), source)
            self.assertGreater(len(why), 10, source)

    def test_a_source_in_neither_or_in_both_is_named(self):
        with tempfile.TemporaryDirectory() as scratch:
            kernel = Path(scratch)
            for file in ("boot/pvh.cpp", "boot/pvh.hpp", "boot/new.cpp", "cpu/msr.hpp", "heap/deep/slab.hpp"):
                (kernel / file).parent.mkdir(parents=True, exist_ok=True)
                (kernel / file).touch()
            readers = [Reader("PVH", ("pvh",), ("boot/pvh",))]
            for excused, wanted in (({"cpu/": "x", "heap/": "x"}, ["boot/new"]), ({"boot/pvh": "x", "cpu/": "x", "heap/": "x", "boot/": "x"}, ["boot/pvh"])):
                with mock.patch.multiple(fuzz_coverage, KERNEL=kernel, readers=lambda: readers, not_readers=lambda: excused):
                    self.assertEqual(fuzz_coverage.unnamed(), wanted)


def _lines(count: int, missed: int) -> Lines:
    names = [f"boot/pvh.cpp:{number}" for number in range(count)]
    return Lines(set(names[missed:]), set(names[:missed]))


class Report(unittest.TestCase):
    def test_below_the_wanted_part_it_fails(self):
        reader = Reader("PVH", ("pvh",), ("boot/pvh.cpp",))
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(fuzz_coverage.report([Covered(reader, _lines(100, 5))]), 0)
            self.assertEqual(fuzz_coverage.report([Covered(reader, _lines(100, 6))]), 1)
            self.assertEqual(fuzz_coverage.report([Covered(reader, Lines())]), 1)
        self.assertIn("below 95 %: PVH", printed.getvalue())


if __name__ == "__main__":
    unittest.main()

"""./pith fuzz: what a fuzzer is started with."""

import struct
import subprocess
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from pith import fuzz, paths
from pith.errors import PithError

CORPUS = paths.ROOT / "tests" / "fuzz" / "corpus"


class Command(unittest.TestCase):
    """What is run, in a build that has one fuzzer and the list of its seeds."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.programs, self.found = Path(scratch.name, "programs"), Path(scratch.name, "found")
        self.programs.mkdir()
        self.list = self.programs / "font.seeds"
        self.list.write_text("/seeds/one,/usr/share/a-real-font.psf")
        for name, value in {"PROGRAMS": self.programs, "FOUND": self.found}.items():
            patch = mock.patch.object(fuzz, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def run_for(self, status: int) -> list[str]:
        done = subprocess.CompletedProcess([], status)
        with mock.patch.object(subprocess, "run", return_value=done) as run, mock.patch.object(fuzz.process, "say"):
            fuzz._fuzz("font", 7)
        return run.call_args.args[0]

    def test_the_seeds_are_those_of_the_test(self) -> None:
        command = self.run_for(0)
        self.assertIn(f"-seed_inputs=@{self.list}", command)
        self.assertEqual(command[:2], [f"{self.programs}/fuzz-font", f"{self.found}/font"])
        self.assertIn("-max_total_time=7", command)

    def test_no_seeds(self) -> None:
        self.list.write_text("\n")
        self.assertNotIn("seed_inputs", " ".join(self.run_for(0)))

    def test_a_failure_is_told(self) -> None:
        with self.assertRaisesRegex(PithError, "out/fuzz"):
            self.run_for(1)


class Corpus(unittest.TestCase):
    """The seeds as they are."""

    def test_what_a_machine_left_of_acpi_has_the_tables_that_the_kernel_reads(self) -> None:
        machines = [seed for seed in (CORPUS / "acpi").iterdir() if not seed.name.startswith(("made-", "found-"))]
        self.assertGreaterEqual(len(machines), 5)
        for seed in machines:
            self.assertLessEqual({b"FACP", b"APIC", b"DSDT"}, set(signatures(seed.read_bytes())), seed.name)

    def test_each_fuzzer_has_some(self) -> None:
        for fuzzer in CORPUS.parent.glob("*.cpp"):
            self.assertTrue(any((CORPUS / fuzzer.stem).iterdir()), fuzzer.stem)


def signatures(tables: bytes) -> Iterator[bytes]:
    """Of ACPI tables one behind the other."""
    while tables:
        yield tables[:4]
        tables = tables[struct.unpack_from("<I", tables, 4)[0]:]


class Lists(unittest.TestCase):
    """tests/fuzz/CMakeLists.txt, which writes the lists."""

    def test_fonts_of_real_consoles_are_in_the_list_and_not_in_the_test_alone(self) -> None:
        text = (paths.ROOT / "tests" / "fuzz" / "CMakeLists.txt").read_text()
        self.assertLess(text.index("list(APPEND seeds ${fonts})"), text.index("file(CONFIGURE OUTPUT ${name}.seeds"))


if __name__ == "__main__":
    unittest.main()

"""./pith fuzz: what a fuzzer is started with."""

import struct
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from pith import fuzz, paths
from pith.errors import PithError

sys.path.append(str(paths.ROOT / "tests" / "fuzz"))
import make_seeds
from make_seeds import CORPUS, acpi_header as header, with_sum


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


class AcpiSeeds(unittest.TestCase):
    """How tests/fuzz/make_seeds.py finds a machine's tables."""

    HIGH = 0xBFFE_0000   # where a machine of 4 GiB has them

    def read(self, *signatures: bytes) -> list[bytes]:
        """The tables that are found in a machine whose list names these; an FADT leads to a DSDT."""
        tables = {self.HIGH + 0x1000 * (1 + index): with_sum(header(signature)) for index, signature in enumerate(signatures)}
        entries = struct.pack(f"<{len(tables)}I", *tables)
        for address, table in tables.items():
            if table[:4] == b"FACP":
                tables[address] = with_sum(table.ljust(40, b"\0") + struct.pack("<I", self.HIGH + 0xF000))
        tables |= {self.HIGH: with_sum(header(b"RSDT") + entries), self.HIGH + 0xF000: with_sum(header(b"DSDT"))}

        def memory(address: int, size: int) -> bytes:
            start = max(start for start in tables if start <= address)
            return tables[start][address - start:address - start + size]

        pointer = struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"PITH  ", 0, self.HIGH)
        return make_seeds.acpi_tables(memory, pointer)

    def test_from_the_root_pointer_on_wherever_they_lie(self) -> None:
        self.assertEqual([table[:4] for table in self.read(b"FACP", b"APIC", b"HPET")], [b"RSDT", b"FACP", b"APIC", b"HPET", b"DSDT"])

    def test_a_machine_without_one_that_the_kernel_reads_is_an_error(self) -> None:
        for there, missing in ((b"APIC", "FACP"), (b"FACP", "APIC")):
            with self.assertRaisesRegex(PithError, missing):
                self.read(there, b"HPET")


class Lists(unittest.TestCase):
    """tests/fuzz/CMakeLists.txt, which writes the lists."""

    def test_fonts_of_real_consoles_are_in_the_list_and_not_in_the_test_alone(self) -> None:
        text = (paths.ROOT / "tests" / "fuzz" / "CMakeLists.txt").read_text()
        self.assertLess(text.index("list(APPEND seeds ${fonts})"), text.index("file(CONFIGURE OUTPUT ${name}.seeds"))


if __name__ == "__main__":
    unittest.main()

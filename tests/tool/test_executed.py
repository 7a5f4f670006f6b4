"""Which lines a kernel executes in a machine: what marks say of rows, and a run of the system."""

import os
import tempfile
import unittest
from array import array
from pathlib import Path
from unittest import mock

from pith import chapters, executed, symbols
from pith.errors import PithError
from pith.layout import KERNEL_PHYSICAL, KERNEL_START
from pith.qemu import Machine
from pith.session import Session
from pith.symbols import Function, Row

SECONDS = 60


class Lines(unittest.TestCase):
    def test_a_line_is_reached_if_one_of_its_instructions_is(self):
        linked, low = KERNEL_START + KERNEL_PHYSICAL, KERNEL_PHYSICAL
        functions = [Function(linked + 8, linked + 24, "f", [Row(linked + 8, "kernel/f.cpp", 1), Row(linked + 12, "kernel/f.cpp", 2),
                                                             Row(linked + 16, None, 0), Row(linked + 20, "kernel/f.cpp", 3)]),
                     Function(low + 32, low + 36, "g", [Row(low + 32, "kernel/g.S", 4)]),
                     Function(linked + 40, linked + 44, "h", [Row(linked + 40, "kernel/f.cpp", 2)])]
        counts = array("Q", [0] * 64)
        for executed_at in (8, 16, 32, 42):
            counts[executed_at] = 1
        self.assertEqual(executed.lines(functions, counts), {("kernel/f.cpp", 1): True, ("kernel/f.cpp", 2): True,
                                                             ("kernel/f.cpp", 3): False, ("kernel/g.S", 4): True})

    def test_a_file_without_marks_is_an_error(self):
        with tempfile.TemporaryDirectory() as scratch:
            marks = Path(scratch, "pith.marks")
            marks.write_bytes(bytes(64))
            with self.assertRaisesRegex(PithError, "pith.marks has no marks"):
                executed.read_marks(marks)


class Run(unittest.TestCase):
    """The system is moved when it boots, and its marks stand where it is linked."""

    def test_nobody_marks_unasked(self):
        with mock.patch.dict(os.environ):
            os.environ.pop(executed.MARKS, None)
            self.assertEqual(executed.arguments(chapters.SYSTEM.elf), [])

    def test_what_runs_is_marked_and_nothing_else(self):
        executed.build_plugin()
        elf = chapters.SYSTEM.elf
        with tempfile.TemporaryDirectory() as scratch, mock.patch.dict(os.environ, {executed.MARKS: scratch}):
            for machine in (Machine(kernel=elf), Machine(boot="bios", iso=chapters.SYSTEM.iso, model="pc")):
                with Session(machine, "null") as session:
                    session.await_rest(SECONDS)
                marks = executed.marked_kernels(Path(scratch))[elf]
                self._look_at(executed.lines(symbols.read_functions(str(elf)), executed.read_marks(marks)), machine.boot)
                marks.unlink()

    def _look_at(self, lines: dict[tuple[str, int], bool], boot: str) -> None:
        reached = {file for (file, _), is_reached in lines.items() if is_reached}
        self.assertIn("kernel/main.cpp", reached)
        self.assertIn("kernel/boot/entry.S", reached)
        self.assertIn("kernel/boot/move.S", reached)
        self.assertNotIn("kernel/shell/faults.cpp", reached)
        self.assertEqual("kernel/boot/multiboot2.cpp" in reached, boot == "bios")
        self.assertEqual("kernel/boot/pvh.cpp" in reached, boot == "pvh")


if __name__ == "__main__":
    unittest.main()

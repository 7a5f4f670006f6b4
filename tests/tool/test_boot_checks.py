"""What the tests of boots stand on: stopping a machine and changing it, reading its screen, comparing images."""

import shutil
import tempfile
import unittest
from pathlib import Path

from test_machine import tiny_kernel

from pith import image_check, machine_test, qemu, reproducible
from pith.forged_boot import RAX, Stub
from pith.qemu import Machine
from pith.screen import COLUMNS, SIZE, Screen
from pith.session import Session

LOAD_ADDRESS = 0x100000
SET_STATUS = b"\xb0\x00"        # mov al, 0
REPORT_STATUS = b"\xe6\xf4"     # out 0xf4, al


class ScreenTest(unittest.TestCase):
    def picture(self, *lines: tuple[str, int]) -> Screen:
        cells = b"".join(bytes([ord(character), colour]) for text, colour in lines for character in text.ljust(COLUMNS))
        return Screen(cells.ljust(SIZE, b"\0"))

    def test_colours_of_a_text(self) -> None:
        screen = self.picture(("all is well", 7), ("ERR: 1", 0x4F))
        self.assertEqual(screen.colours_of("ERR: 1"), {0x4F})
        self.assertEqual(screen.colours_of("well"), {7})
        self.assertEqual(screen.colours_of("ERR: 2"), set())

    def test_long_lines_go_on_in_the_next(self) -> None:
        text = "word " * 20
        screen = self.picture((text[:COLUMNS], 7), (text[COLUMNS:], 7))
        self.assertTrue(machine_test._found(text.rstrip(), machine_test._unwrapped(screen.lines())))
        self.assertFalse(machine_test._found(text, screen.lines()))


class MediumTest(unittest.TestCase):
    def test_an_iso_is_a_cd_or_a_disk(self) -> None:
        def arguments(medium: str) -> str:
            machine = Machine(boot="bios", iso=Path("k.iso"), medium=medium)
            return " ".join(machine.arguments(Path("/nowhere")))
        self.assertIn("-cdrom k.iso", arguments("cd"))
        self.assertIn("file=k.iso,format=raw", arguments("disk"))
        self.assertNotIn("-cdrom", arguments("disk"))


class ReproducibleTest(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.files = [Path(scratch.name, name) for name in ("first.iso", "second.iso")]

    def difference(self, first: bytes, second: bytes) -> str:
        for path, content in zip(self.files, (first, second)):
            path.write_bytes(content)
        return reproducible.difference(*self.files)

    def test_difference(self) -> None:
        self.assertEqual(self.difference(b"the same", b"the same"), "")
        self.assertIn("first.iso: 8 and 8 bytes, the first difference is at byte 0x4",
                      self.difference(b"the same", b"the Same"))
        self.assertIn("8 and 9 bytes, the first difference is at byte 0x8", self.difference(b"the same", b"the same!"))

    def test_sources_hold_no_artifacts(self) -> None:
        names = reproducible.source_files()
        self.assertIn(Path("kernel/boot/entry.S"), names)
        self.assertFalse([name for name in names if name.parts[0] in ("out", ".git")])


@unittest.skipUnless(shutil.which(qemu.PROGRAM), "QEMU is not installed")
class StubTest(unittest.TestCase):
    def test_a_register_and_memory_are_changed(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            kernel, gdb_socket = Path(scratch, "kernel.elf"), Path(scratch, "gdb")
            kernel.write_bytes(tiny_kernel(SET_STATUS + REPORT_STATUS + SET_STATUS + REPORT_STATUS))
            machine = Machine(kernel=kernel, model="microvm", memory="16M", debug_exit=True)
            with Session(machine, "null", gdb_socket=gdb_socket) as session:
                stub = Stub(gdb_socket)
                stub.run_to(LOAD_ADDRESS + 2, REPORT_STATUS)
                self.assertEqual(stub.register(RAX) & 0xFF, 0)
                stub.write(LOAD_ADDRESS + 2, b"\x90\x90")
                stub.run_to(LOAD_ADDRESS + 6, REPORT_STATUS)
                stub.set_register(RAX, 0x21)
                stub.let_go()
                while session.wait():
                    pass
            self.assertEqual(session.exit_status(), 0x21 << 1 | 1)


class ChecksTest(unittest.TestCase):
    def test_each_check_is_in_the_programs_help(self) -> None:
        for check in image_check.CHECKS:
            self.assertIn(f"    {check}  ", image_check.__doc__)


if __name__ == "__main__":
    unittest.main()

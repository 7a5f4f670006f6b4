"""Kernels in Bochs: what the runner makes of their ends. Each is a boot sector of a few bytes."""

import contextlib
import io
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith import bochs

# Real-mode code.
HALT = b"\xfa\xf4"                                            # cli; hlt
HANG = b"\xeb\xfe"                                            # itself again
TRIPLE_FAULT = b"\x31\xc0\x8e\xd8\x0f\x01\x1e\xf0\x7f\xcc"    # an empty interrupt table, and int3


def until_status(bit: int) -> bytes:
    """Waits for this bit of the serial port's line status."""
    return b"\xba\xfd\x03\xec\xa8%c\x74\xfb" % bit


def out(port: int, byte: int) -> bytes:
    return b"\xba" + port.to_bytes(2, "little") + b"\xb0%c\xee" % byte


EIGHT_BITS = out(0x3FB, 0x03)
HELLO = (EIGHT_BITS + b"".join(until_status(0x20) + out(0x3F8, byte) for byte in b"\x1b[1mhello\x1b[0m\r\n")
         + until_status(0x40))
SHUTDOWN = b"".join(out(0x8900, byte) for byte in b"Shutdown")


def make_disc(folder: Path, code: bytes) -> Path:
    tree, disc = folder / "tree", folder / "disc.iso"
    tree.mkdir()
    (tree / "boot.img").write_bytes(code.ljust(2048, b"\0"))
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-b", "boot.img", "-no-emul-boot", "-boot-load-size", "4",
                    "-o", disc, tree], check=True, capture_output=True)
    return disc


class RunTest(unittest.TestCase):
    def run_code(self, code: bytes, *options: str) -> bochs.BochsTest:
        with tempfile.TemporaryDirectory() as scratch, mock.patch.dict(os.environ, {"TMPDIR": scratch}):
            tempfile.tempdir = None     # look at TMPDIR again
            self.addCleanup(setattr, tempfile, "tempdir", None)
            disc = make_disc(Path(scratch), code)
            test = bochs.BochsTest(bochs.options_of(["--iso", str(disc), *options]))
            test.run()
            self.assertEqual(sorted(path.name for path in Path(scratch).iterdir()), ["disc.iso", "tree"])
        return test

    def test_shutdown(self) -> None:
        test = self.run_code(HELLO + SHUTDOWN, "--contains", "hello", "--lacks", "good-bye")
        self.assertEqual((test.failure, test.serial), ([], ["hello"]))

    def test_wrong_output(self) -> None:
        test = self.run_code(HELLO + SHUTDOWN, "--contains", "good-bye", "--lacks", "hello")
        self.assertEqual(test.failure, ["the serial output lacks 'good-bye'", "the serial output has 'hello'"])

    def test_halt(self) -> None:
        self.assertEqual(self.run_code(HELLO + HALT, "--until", "halt", "--contains", "hello").failure, [])

    def test_halt_instead_of_shutdown(self) -> None:
        self.assertIn("halted instead", self.run_code(HELLO + HALT).failure[0])

    def test_shutdown_instead_of_halt(self) -> None:
        self.assertIn("ended Bochs", self.run_code(SHUTDOWN, "--until", "halt").failure[0])

    def test_hang(self) -> None:
        test = self.run_code(HELLO + HANG, "--timeout", "2")
        self.assertEqual(test.failure, ["the kernel did not end within 2 seconds"])

    def test_triple_fault(self) -> None:
        self.assertIn("3rd", self.run_code(TRIPLE_FAULT).failure[0])

    def test_unknown_processor(self) -> None:
        self.assertIn("Bochs ended", self.run_code(HALT, "--cpu", "abacus").failure[0])


class OptionsTest(unittest.TestCase):
    def test_an_iso_has_its_command_line_inside(self) -> None:
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(io.StringIO()):
            bochs.options_of(["--iso", "a.iso", "--append", "text"])


if __name__ == "__main__":
    unittest.main()

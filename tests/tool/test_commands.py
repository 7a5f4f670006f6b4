"""./pith itself, started as a person would: what it prints, and how it ends."""

import os
import signal
import subprocess
import time
import unittest
from contextlib import suppress
from pathlib import Path

from pith import paths

PITH = str(paths.ROOT / "pith")


def pith(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PITH, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)


def machines_of(group: int) -> list[int]:
    """QEMU's processes in a process group."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ProcessLookupError):   # it may have ended since it was listed
            name, _, rest = folder.joinpath("stat").read_text().rpartition(")")
            state, _, its_group = rest.split()[:3]
            if "qemu" in name and int(its_group) == group and state != "Z":
                found.append(int(folder.name))
    return found


class Run(unittest.TestCase):
    def test_a_kernel_that_halts_is_a_success(self) -> None:
        done = pith("run", "2", "--boot", "pvh", "--headless", "--yes")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("OK", done.stdout)
        self.assertIn("the kernel has halted", done.stdout + done.stderr)

    def test_a_panic_is_a_failure(self) -> None:
        done = pith("run", "4", "--boot", "pvh", "--headless", "--yes")
        self.assertEqual(done.returncode, 1)
        self.assertIn("PANIC at", done.stdout)
        self.assertIn("the kernel panicked", done.stdout + done.stderr)

    def test_a_reset_is_a_failure_and_faults_are_logged(self) -> None:
        done = pith("run", "9", "--boot", "pvh", "--headless", "--yes", "--faults", "--append", "without-stack")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the machine reset: a triple fault", done.stdout + done.stderr)
        self.assertIn("Triple fault", (paths.OUT / "run" / "faults.log").read_text(errors="replace"))

    def test_the_command_line_arrives_through_grub(self) -> None:
        done = pith("run", "5", "--boot", "bios", "--headless", "--yes", "--append", "test=sums.addition_works $x ;")
        self.assertIn("test sums.addition_works ... ok", done.stdout)

    def test_graphics_are_asked_of_grub(self) -> None:
        done = pith("run", "--boot", "bios", "--headless", "--yes", "--graphics", "800x600x16")
        self.assertIn("800 x 600 pixels", done.stdout)

    def test_ctrl_c_ends_it_and_leaves_nothing_behind(self) -> None:
        running = subprocess.Popen([PITH, "run", "--boot", "uefi", "--headless", "--yes"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        while not machines_of(running.pid):   # the firmware takes seconds: there is time to interrupt it
            self.assertIsNone(running.poll(), "it ended before it started a machine")
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        output = running.communicate(timeout=30)[0].decode(errors="replace")
        self.assertEqual(running.returncode, 130, output)
        self.assertNotIn("Traceback", output)
        self.assertEqual(machines_of(running.pid), [])


class Test(unittest.TestCase):
    def test_a_wrong_pattern_is_told_in_one_line(self) -> None:
        done = pith("test", "(")
        self.assertEqual(done.returncode, 2)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn("not a regular expression", done.stderr)


if __name__ == "__main__":
    unittest.main()

"""Lists of tests that a kernel cannot run, as CMake reads them (cmake/Without.cmake): each names a test, and has a reason."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from pith import paths

VARIANTS = "time.pc,hpet=off.max.one frames.4M.two"


class WithoutTest(unittest.TestCase):
    def run_cmake(self, listed: str, command: str) -> subprocess.CompletedProcess[str]:
        """Has CMake do something with a file that lists this."""
        with tempfile.TemporaryDirectory(prefix="pith-without-") as scratch:
            file, script = Path(scratch, "without.txt"), Path(scratch, "script.cmake")
            file.write_text(listed)
            script.write_text(f"include({paths.ROOT}/cmake/Without.cmake)\n{command.format(file=file)}\n")
            return subprocess.run(["cmake", "-P", str(script)], capture_output=True, text=True)

    def refused(self, listed: str) -> str:
        """What CMake says against a list; it has to say something."""
        done = self.run_cmake(listed, f"pith_check_without({{file}} {VARIANTS})")
        self.assertNotEqual(done.returncode, 0)
        return " ".join(done.stderr.split())

    def test_names_are_read(self) -> None:
        done = self.run_cmake("# why\n\nframes.4M.two  it is too large; really\ntime.pc,hpet=off.max.one  [slow\n",
                              'pith_without(names {file})\nmessage("names: ${{names}}")')
        self.assertEqual(done.stderr, "names: frames.4M.two;time.pc,hpet=off.max.one\n")

    def test_names_of_tests_are_accepted(self) -> None:
        for listed in ("", "# none\n", "frames.4M.two  it is too large\n"):
            self.assertEqual(self.run_cmake(listed, f"pith_check_without({{file}} {VARIANTS})").returncode, 0)

    def test_a_name_that_is_no_test_any_more_is_refused(self) -> None:
        self.assertIn("to be left out, and no test: frames.4M.three frames.5M.two",
                      self.refused("frames.4M.three  too large\nframes.4M.two  too\nframes.5M.two  too\n"))

    def test_a_name_without_a_reason_is_refused(self) -> None:
        for line in ("frames.4M.two", "frames.4M.two   "):
            self.assertIn("has no reason", self.refused(f"{line}\n"))


if __name__ == "__main__":
    unittest.main()

"""`./pith run` as a place where one types: in a terminal of its own, with a kernel that has a prompt."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import unittest

SECONDS = 60
# What ./pith run does when it has built a kernel.
RUN = """
import sys
from pith.chapters import Kernel
from pith.cli import _terminated
from pith.qemu import Machine
from pith.run import Run
import signal
signal.signal(signal.SIGTERM, _terminated)
echo = Kernel(name="echo", target="echo", image="tests/echo", boot=("pvh",), prompt="pith> ")
sys.exit(Run(echo, Machine(kernel=echo.elf), headless="window" not in sys.argv, faults=False).start())
"""


class TerminalTest(unittest.TestCase):
    def setUp(self) -> None:
        self.ours, theirs = pty.openpty()
        self.addCleanup(os.close, self.ours)
        self.addCleanup(os.close, theirs)
        self.terminal, self.settings, self.output = theirs, termios.tcgetattr(theirs), ""
        self.program = subprocess.Popen([sys.executable, "-c", RUN], stdin=theirs, stdout=theirs, stderr=theirs)
        self.addCleanup(self.program.kill)

    def read_until(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + SECONDS
        while self.output.count(text) < times:
            self.assertTrue(select.select([self.ours], [], [], max(deadline - time.monotonic(), 0))[0],
                            f"'{text}' did not come: {self.output}")
            self.output += os.read(self.ours, 4096).decode()

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def assert_ended(self, status: int, last: str) -> None:
        self.read_until(last)
        self.assertEqual(status, self.program.wait(SECONDS))
        self.assertEqual(self.settings, termios.tcgetattr(self.terminal))

    def test_switching_off(self) -> None:
        self.read_until("pith>")
        self.assertNotEqual(self.settings, termios.tcgetattr(self.terminal))
        self.assertIn("Ctrl-A X ends QEMU", self.output.splitlines()[0])
        self.type("poweroff\r")
        self.assert_ended(0, "the kernel switched the machine off")

    def test_keys_are_the_machines(self) -> None:
        self.read_until("pith>")
        self.type("not this\x03")
        self.read_until("pith>", times=2)
        self.assertIn("not this^C", self.output)
        self.type("helo\x1b[Dl\x05 me\x01\x01\x04\r")   # left, l; ^E; ^A (twice: the first is QEMU's), ^D
        self.read_until("there is no command 'ello'")
        self.type("\x01x")
        self.assert_ended(0, "QEMU was ended")

    def test_it_is_told_to_end(self) -> None:
        self.read_until("pith>")
        self.program.send_signal(signal.SIGTERM)
        self.assertEqual(128 + signal.SIGTERM, self.program.wait(SECONDS))
        self.assertEqual(self.settings, termios.tcgetattr(self.terminal))

    def test_a_reset_is_no_failure(self) -> None:
        self.read_until("pith>")
        self.type("reset\r")
        self.assert_ended(0, "the kernel reset the machine")

    def test_a_panic_ends_it(self) -> None:
        self.read_until("pith>")
        self.type("panic\r")
        self.assert_ended(1, "the kernel panicked")


class InputTest(unittest.TestCase):
    def run_with(self, text: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", RUN], input=text, text=True, capture_output=True, timeout=SECONDS)

    def test_a_file_is_typed(self) -> None:
        done = self.run_with("help\necho grün\npoweroff")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertRegex(done.stdout, "(?s)help\r?\n.*colours.*poweroff.*echo grün\r?\ngrün.*switched the machine off")

    def test_the_end_of_input_waits_for_the_answer(self) -> None:
        done = self.run_with("count\necho last\n")
        self.assertEqual(0, done.returncode)
        self.assertIn("line 60", done.stdout)
        self.assertRegex(done.stdout, "echo last\r?\nlast\r?\n")


class WindowTest(unittest.TestCase):
    def setUp(self) -> None:
        ours, theirs = os.pipe()
        display = subprocess.Popen(["Xvfb", "-displayfd", str(theirs)], pass_fds=[theirs], stderr=subprocess.DEVNULL)
        os.close(theirs)
        self.addCleanup(display.wait)
        self.addCleanup(display.terminate)
        with open(ours) as number:
            self.environment = {**os.environ, "DISPLAY": f":{number.readline().strip()}"}

    def test_the_window_is_as_large_as_the_screen(self) -> None:
        program = subprocess.Popen([sys.executable, "-c", RUN, "window"], env=self.environment, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(program.kill)
        self.await_window('"QEMU (Pith: echo)"', "720x400")
        output, _ = program.communicate("poweroff\n", SECONDS)
        self.assertEqual(0, program.returncode)
        self.assertIn("the kernel switched the machine off", output)

    def await_window(self, title: str, size: str) -> None:
        deadline, windows = time.monotonic() + SECONDS, ""
        while not any(title in line and size in line for line in windows.splitlines()):
            self.assertLess(time.monotonic(), deadline, windows)
            time.sleep(0.1)
            windows = subprocess.run(["xwininfo", "-root", "-tree"], env=self.environment, text=True,
                                     capture_output=True).stdout


if __name__ == "__main__":
    unittest.main()

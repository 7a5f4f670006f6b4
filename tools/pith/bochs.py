"""Runs one test in Bochs: `python3 -m pith.bochs --iso ISO|--kernel ELF --contains TEXT …`; CTest calls it.

Bochs is the second machine, written by other people than QEMU: it raises what QEMU never raises. A test ends when
the kernel ends Bochs by its own port (--until shutdown), switches the machine off as ACPI says (--until off), or has
stopped for good (--until halt). Then what it printed
is compared. A kernel that ends otherwise, or hangs, has failed.
"""

import argparse
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pith import iso, transcript
from pith.errors import PithError

POLL_SECONDS = 0.05

# Lines of Bochs' own log.
SHUTDOWN = "Shutdown port: shutdown requested"
SOFT_OFF = "ACPI control: soft power off"
HALT = "HLT instruction with IF=0"
PANIC = ">>PANIC<<"
COMPLAINT = re.compile(r"\d+[ep]\[")   # an error, or a panic

# Few instructions a second (ips): the BIOS waits for seconds of the machine's own time. The display is a terminal,
# because that is the smallest there is, and opens no port. A register that does not exist faults, as it should.
CONFIGURATION = """\
config_interface: textconfig
display_library: term
megs: {megs}
romimage: file=$BXSHARE/BIOS-bochs-latest, options=fastboot
vgaromimage: file=$BXSHARE/VGABIOS-lgpl-latest
cpu: model={cpu}, ips=4000000, reset_on_triple_fault=0, ignore_bad_msrs=0
{features}ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
{drive}
com1: enabled=1, {serial}
sound: driver=dummy
speaker: enabled=0
log: {scratch}/log
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
"""
# What the ISO is put into.
DRIVES = {"cd": 'ata0-master: type=cdrom, path="{disc}", status=inserted\nboot: cdrom',
          "disk": 'ata0-master: type=disk, path="{disc}", mode=volatile\nboot: disk'}


class Bochs:
    """Use it in a `with`: Bochs starts, and is gone afterwards, with all that it wrote.

    What comes out of the serial port is kept; with a `serial_port` of TCP on this computer it is connected to that instead.
    `features` are lists for Bochs's option `cpuid`, each over those before: only the model bx_generic has a choice.
    """

    def __init__(self, disc: Path, cpu: str, megs: int = 64, medium: str = "cd", serial_port: int = 0,
                 features: Sequence[str] = ()) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="pith-bochs-")
        self._folder = Path(self._scratch.name)
        serial = (f"mode=socket-client, dev=localhost:{serial_port}" if serial_port
                  else f"mode=file, dev={self._folder}/serial")
        (self._folder / "bochsrc").write_text(CONFIGURATION.format(
            cpu=cpu, features="".join(f"cpuid: {some}\n" for some in features), megs=megs,
            drive=DRIVES[medium].format(disc=disc.resolve()), serial=serial, scratch=self._folder))
        self.write_commands("c")                        # Debian's Bochs is a debugger, which waits for one
        self.terminal = ""                              # what it said and showed

    def write_commands(self, *commands: str) -> None:
        """What the debugger is told at the start."""
        (self._folder / "commands").write_text("".join(f"{command}\n" for command in commands))

    def __enter__(self) -> "Bochs":
        self._display, theirs = pty.openpty()
        command = ["setpriv", "--pdeathsig", "KILL", "bochs", "-q", "-f", "bochsrc", "-rc", "commands"]
        try:
            self._process = subprocess.Popen(
                command, cwd=self._folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                env={**os.environ, "TERM": "vt100"})
        finally:
            os.close(theirs)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.wait()
        os.close(self._display)
        self._scratch.cleanup()

    def wait(self, seconds: float = POLL_SECONDS) -> bool:
        """Lets the machine run for so long; returns false as soon as Bochs has ended."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._process.poll() is None:
            self._read_display(left)
        return self._process.poll() is None

    def kill(self) -> None:
        """Ends it: it does not listen to more polite signals."""
        self._process.kill()

    def _read_display(self, seconds: float) -> None:
        """Reads what the machine shows: Bochs would wait for us."""
        if select.select([self._display], [], [], seconds)[0]:
            with suppress(OSError):     # nobody has the other end any more
                self.terminal += os.read(self._display, 65536).decode(errors="replace")

    def serial(self) -> list[str]:
        """What came out of the serial port so far."""
        return transcript.clean(self._read("serial"))

    def log(self) -> str:
        """What Bochs has to say about the machine."""
        return self._read("log")

    def _read(self, name: str) -> str:
        file = self._folder / name
        return file.read_bytes().decode(errors="replace") if file.exists() else ""


class BochsTest:
    """One run of a kernel in Bochs, and what came of it: `failure` says what was wrong, or is empty."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.serial: list[str] = []
        self.log: list[str] = []
        self.terminal = ""
        self.failure: list[str] = []

    def run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="pith-iso-") as scratch, \
                Bochs(self._disc(Path(scratch)), self._options.cpu) as bochs:
            ended = self._wait(bochs)
            self.serial, self.log, self.terminal = bochs.serial(), bochs.log().splitlines(), bochs.terminal
        self.failure = [ended] if ended else list(self._output_failure())

    def _disc(self, scratch: Path) -> Path:
        if self._options.iso:
            return self._options.iso
        iso.make(self._options.kernel, scratch / "kernel.iso", self._options.append)
        return scratch / "kernel.iso"

    def _wait(self, bochs: Bochs) -> str:
        """Waits for the test's end; returns what was wrong with it."""
        deadline = time.monotonic() + self._options.timeout
        while time.monotonic() < deadline:
            is_running, log = bochs.wait(), bochs.log()
            if SHUTDOWN in log or PANIC in log or not is_running:
                return end_failure(log, self._options.until)
            if HALT in log:
                bochs.wait(4 * POLL_SECONDS)   # the serial port is still sending
                return end_failure(log, self._options.until)
        return f"the kernel did not end within {self._options.timeout:g} seconds"

    def _output_failure(self) -> Iterator[str]:
        for text in self._options.contains:
            if not any(text in line for line in self.serial):
                yield f"the serial output lacks '{text}'"
        for text in self._options.lacks:
            if any(text in line for line in self.serial):
                yield f"the serial output has '{text}'"


def end_failure(log: str, until: str) -> str:
    """What was wrong with the machine's end, which Bochs' log tells."""
    if SOFT_OFF in log:
        return "" if until == "off" else "the kernel switched the machine off"
    panics = [line for line in log.splitlines() if PANIC in line and SHUTDOWN not in line]
    if panics:
        return f"Bochs gave up: {panics[0].partition(PANIC)[2].strip()}"
    if SHUTDOWN in log:
        return "" if until == "shutdown" else "the kernel ended Bochs"
    if HALT in log:
        return "" if until == "halt" else "the kernel halted instead of switching the machine off"
    return "Bochs ended by itself"


def options_of(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="pith.bochs", description=__doc__, allow_abbrev=False)
    image = parser.add_mutually_exclusive_group(required=True)
    image.add_argument("--kernel", type=Path, metavar="ELF", help="put on an ISO for this run")
    image.add_argument("--iso", type=Path, metavar="ISO")
    parser.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line (--kernel only)")
    parser.add_argument("--cpu", default="tigerlake", metavar="MODEL", help="'bochs --help cpu' lists them")
    parser.add_argument("--until", choices=("shutdown", "halt", "off"), default="shutdown")
    parser.add_argument("--contains", action="append", default=[], metavar="TEXT")
    parser.add_argument("--lacks", action="append", default=[], metavar="TEXT", help="what it must not print")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    options = parser.parse_args(arguments)
    if options.append and options.iso:
        parser.error("an ISO has its command line inside; use --kernel")
    return options


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))   # and clean up on the way
    test = BochsTest(options_of(sys.argv[1:]))
    try:
        test.run()
    except (PithError, OSError) as error:
        test.failure = [str(error)]
    if not test.failure:
        return 0
    shown = {"serial output": test.serial, "Bochs' log": [line for line in test.log if COMPLAINT.match(line)],
             "Bochs": transcript.clean(test.terminal)[-20:], "FAILED": test.failure}
    for title, lines in shown.items():
        print(f"--- {title}:", *(lines or ["(nothing)"]), sep="\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())

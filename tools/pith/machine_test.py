"""Runs one test in a machine: `python3 -m pith.machine_test --kernel ELF|--iso ISO …`; CTest calls it.

A test ends when the kernel says so (--until exit: it writes a status to the debug-exit port), when it has
stopped for good (--until halt), when it has nothing to do and waits for interrupts (--until idle), or when it resets the
machine or switches it off (--until reset, off). Then what it printed is compared. A kernel that ends otherwise, or hangs, has failed.

What a kernel cannot do to itself, it asks for: a line `MONITOR mce …`, `MONITOR nmi` or `MONITOR sendkey …` on the serial
line is given to QEMU's monitor. With --typed, `TYPE text` is answered on the serial line by that text and a return.
"""

import argparse
import re
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from pith import font, layout, picture, symbols, transcript
from pith.errors import PithError
from pith.qemu import MEDIA, MODELS, WAYS_TO_BOOT, Machine
from pith.screen import COLUMNS, Screen
from pith.session import Rest, Session

PASSED = 0x10
FRAME_SECONDS = 0.5   # QEMU draws its screen a few times a second: the last text needs so long to get there
ENDS = {"reset": "guest-reset", "off": "guest-shutdown"}   # what QEMU calls these
ASKED_FOR = re.compile(r"^(?:MONITOR ((?:mce|nmi|sendkey)\b[^\r\n]*)|TYPE ([^\r\n]*))\r?\n", re.MULTILINE)


class MachineTest:
    """One run of a machine, and what came of it: `failure` says what was wrong, or is empty."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.serial: list[str] = []
        self.screen: list[str] = []
        self._picture = Screen(b"")
        self._screenshot = b""
        self._is_connected = False
        self.failure: list[str] = []

    def run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="pith-test-") as scratch, socket.socket(socket.AF_UNIX) as self._line:
            log = self._options.log or Path(scratch, "serial.log")
            self._line_path = Path(scratch, "line")
            with self.session(self._serial(log), Path(scratch)) as session:
                ended = self._wait(session, log)
            self.serial = transcript.clean(log.read_bytes().decode(errors="replace"))
        self.failure = [ended] if ended else self._output_failure()

    def _serial(self, log: Path) -> str:
        if self._options.typed:
            return f"socket,path={self._line_path},server=on,wait=off,logfile={log}"
        return f"file,path={log}"

    def session(self, serial: str, scratch: Path) -> AbstractContextManager[Session]:
        """The machine, set going; `scratch` is a directory for what that needs."""
        del scratch  # other kinds of test need it: forged_boot.py
        return Session(machine(self._options), serial)

    def _wait(self, session: Session, log: Path) -> str:
        """Waits for the test's end; returns what was wrong with it."""
        deadline = time.monotonic() + self._options.timeout
        done = 0
        while time.monotonic() < deadline:
            if not session.wait():
                return self._exit_failure(session)
            asked = ASKED_FOR.findall(log.read_text(errors="replace"))
            for command, text in asked[done:]:
                session.monitor(command) if command else self._type(text)
            done = len(asked)
            rest = session.rest()
            if rest is Rest.HALTED or (rest is Rest.IDLE and self._options.until == "idle"):
                self._look_at(session.screen())
                self._take_screenshot(session, log.with_suffix(".ppm"))
                return self._halt_failure(session, rest.value)
        self._look_at(session.screen())
        return f"the kernel did not end within {self._options.timeout:g} seconds"

    def _type(self, text: str) -> None:
        """Types a line. Whoever does stays connected: QEMU would drop what the machine has not taken yet."""
        if not self._is_connected:
            self._line.connect(str(self._line_path))
            self._is_connected = True
        self._line.sendall(f"{text}\r".encode())

    def _halt_failure(self, session: Session, how: str) -> str:
        wanted = self._options.halted_in
        if self._options.until != how:
            return f"the kernel halted, and should go on until: {self._options.until}"
        if not wanted:
            return ""
        code = symbols.read_code_symbols(machine(self._options).kernel_with_symbols.read_bytes())
        function = function_in_memory(session.instruction_in_memory(), code)
        return "" if function == wanted else f"the kernel halted in {function}, not in {wanted}"

    def _look_at(self, picture: Screen) -> None:
        self._picture, self.screen = picture, picture.lines()

    def _take_screenshot(self, session: Session, file: Path) -> None:
        if self._options.picture_from is None:
            return
        session.wait(FRAME_SECONDS)
        session.save_picture(file)
        self._screenshot = file.read_bytes()
        file.unlink()

    def _picture_failure(self) -> list[str]:
        """The picture must show what was printed from a certain line on, as far as it has room."""
        options = self._options
        if options.picture_from is None:
            return []
        seen, reader = picture.read_ppm(self._screenshot), picture.Reader(font.read(font.unpacked(options.font)))
        self.screen = reader.lines(seen)
        printed = [reader.as_shown(line) for line in transcript.starting_at(options.picture_from, self.serial)]
        columns, rows = reader.size(seen)
        difference = picture.difference(picture.wrapped(printed, columns)[1 - rows:], self.screen)
        return [*difference, *[f"the picture has nothing in the colour {colour.hex()}" for colour in options.picture_colour
                               if colour not in seen.colours()]]

    def _exit_failure(self, session: Session) -> str:
        status, reason = session.exit_status(), session.shutdown_reason()
        if ENDS.get(self._options.until) == reason:
            return ""
        if reason == "guest-reset":
            return "the machine reset (triple fault)"
        if reason == "guest-shutdown":
            return "the machine switched itself off"
        if status is None or status < 0 or status % 2 == 0:
            return f"QEMU failed with status {status}: {session.errors()}"
        if self._options.until != "exit":
            return f"the kernel reported status {status >> 1:#x} and did not end by itself"
        if status >> 1 != self._options.status:
            return f"the kernel reported status {status >> 1:#x}, not {self._options.status:#x}"
        return ""

    def _output_failure(self) -> list[str]:
        options = self._options
        return [*_lacking("serial output", options.contains, self.serial),
                *_lacking("screen", options.screen_contains, _unwrapped(self.screen)),
                *[f"the serial output has '{text}'" for text in options.lacks if _found(text, self.serial)],
                *self._colour_failure(),
                *self._picture_failure(),
                *(self._transcript_failure(options.transcript) if options.transcript else [])]

    def _colour_failure(self) -> list[str]:
        options, wanted = self._options, {self._options.screen_colour}
        if options.screen_colour is None:
            return []
        return [f"'{text}' does not stand on the screen in {options.screen_colour:#x}"
                for text in options.screen_contains if self._picture.colours_of(text) != wanted]

    def _transcript_failure(self, file: Path) -> list[str]:
        expected = transcript.clean(file.read_text())
        actual = self.serial if self._options.source == "serial" else self.screen
        if expected:   # firmware may have printed before its first line
            actual = transcript.starting_at(expected[0].partition(transcript.ELLIPSIS)[0], actual) or actual
        difference = transcript.difference(expected, actual)
        return [f"the {self._options.source} does not show what {file} says", *difference] if difference else []


def machine(options: argparse.Namespace) -> Machine:
    """The machine that a test's command line describes."""
    return Machine(boot=options.boot, kernel=options.kernel, iso=options.iso, elf=options.elf, model=options.machine,
                   medium=options.medium, memory=options.memory, cpus=options.cpus, cpu=options.cpu,
                   command_line=options.append, debug_exit=options.until == "exit", extra=tuple(options.qemu))


def function_in_memory(address: int, code: Sequence[symbols.CodeSymbol]) -> str:
    """The function that stands at this physical address, wherever the kernel was moved to."""
    below = [symbol for symbol in code if layout.physical(symbol.start) <= address]
    return max(below, key=lambda symbol: layout.physical(symbol.start)).name if below else "no function"


def _lacking(where: str, texts: Sequence[str], lines: Sequence[str]) -> list[str]:
    return [f"the {where} lacks '{text}'" for text in texts if not _found(text, lines)]


def _found(text: str, lines: Sequence[str]) -> bool:
    return any(text in line for line in lines)


def _unwrapped(screen: Sequence[str]) -> list[str]:
    """The lines of a screen, and each together with the next: a long line goes on there."""
    return [*screen, *(first.ljust(COLUMNS) + second for first, second in zip(screen, screen[1:]))]


def _number(text: str) -> int:
    return int(text, 0)


def parser_of(program: str, description: str) -> argparse.ArgumentParser:
    """What all tests of machines are told on their command lines."""
    parser = machine_parser(program, description)
    _add_expectations(parser)
    return parser


def machine_parser(program: str, description: str) -> argparse.ArgumentParser:
    """What a machine is described by, and how it is watched."""
    parser = argparse.ArgumentParser(prog=program, description=description, allow_abbrev=False)
    image = parser.add_mutually_exclusive_group(required=True)
    image.add_argument("--kernel", type=Path, metavar="ELF", help="started through PVH")
    image.add_argument("--iso", type=Path, metavar="ISO", help="started through firmware")
    parser.add_argument("--elf", type=Path, metavar="ELF", help="the ISO's kernel, where that does not stand beside it")
    parser.add_argument("--boot", choices=WAYS_TO_BOOT, default="pvh")
    parser.add_argument("--machine", choices=MODELS, default="q35")
    parser.add_argument("--medium", choices=MEDIA, default="cd", help="what the ISO is put into")
    parser.add_argument("--memory", default="128M")   # Ubuntu's OVMF and GRUB do not start in 64M
    parser.add_argument("--cpus", type=int, default=1)
    parser.add_argument("--cpu", default="max")
    parser.add_argument("--append", default="", metavar="TEXT", help="the kernel's command line (PVH only)")
    parser.add_argument("--qemu", action="append", default=[], metavar="ARGUMENT", help="one more for QEMU")
    parser.add_argument("--font", type=Path, metavar="PSF", help="in which a framebuffer has its text")
    parser.add_argument("--timeout", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--log", type=Path, metavar="FILE", help="keep the serial output here")
    return parser


def _add_expectations(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--until", choices=("exit", "halt", "idle", *ENDS), default="exit")
    parser.add_argument("--halted-in", metavar="FUNCTION", help="where it has to halt, or be idle; C++ names as the linker's")
    parser.add_argument("--status", type=_number, default=PASSED, help="what the kernel has to report")
    parser.add_argument("--transcript", type=Path, metavar="FILE", help="what it has to print, line by line")
    parser.add_argument("--source", choices=("serial", "screen"), default="serial")
    parser.add_argument("--contains", action="append", default=[], metavar="TEXT")
    parser.add_argument("--lacks", action="append", default=[], metavar="TEXT", help="what it must not print")
    parser.add_argument("--screen-contains", action="append", default=[], metavar="TEXT")
    parser.add_argument("--screen-colour", type=_number, metavar="NUMBER", help="the attribute of that text")
    parser.add_argument("--picture-from", metavar="TEXT",
                        help="a screenshot must show what was printed from this line on")
    parser.add_argument("--picture-colour", action="append", default=[], type=bytes.fromhex, metavar="RRGGBB",
                        help="and some pixels in this colour")
    parser.add_argument("--typed", action="store_true", help="type on the serial line what the kernel asks for")


def described(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options of `machine_parser`; ends the program when they contradict each other."""
    options = parser.parse_args()
    if (options.boot == "pvh") != (options.kernel is not None):
        parser.error("--boot pvh starts a --kernel; bios and uefi start an --iso")
    if options.append and options.iso:
        parser.error("an ISO has its command line inside; make another with pith.iso --cmdline")
    return options


def consistent(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The options of `parser_of`; ends the program when they contradict each other."""
    options = described(parser)
    if (options.picture_from is None) != (options.font is None):
        parser.error("a picture is read by --picture-from and --font together")
    if options.until not in ("halt", "idle") and (options.picture_from or options.screen_contains or options.source == "screen"):
        parser.error("a screen can be read only with --until halt or idle: after an exit the machine is gone")
    return options


def _show(title: str, lines: Sequence[str]) -> None:
    print(f"--- {title}:", *(lines or ["(nothing)"]), sep="\n")


def main() -> int:
    return report(MachineTest(consistent(parser_of("pith.machine_test", __doc__))))


def report(test: MachineTest) -> int:
    """Runs the test and, if it fails, shows all that there is to know; returns the exit status."""
    try:
        test.run()
    except PithError as error:
        test.failure = [str(error)]
    if not test.failure:
        return 0
    _show("serial output", test.serial)
    _show("screen", test.screen)
    _show("FAILED", test.failure)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""A running QEMU: starts a Machine, watches it, looks at it, and ends it without leaving anything behind."""

import re
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from enum import Enum
from pathlib import Path

from pith import qemu
from pith.errors import PithError
from pith.layout import KERNEL_START
from pith.qmp import Monitor, MonitorClosed
from pith.screen import ADDRESS, SIZE, Screen

INTERRUPT_FLAG = 1 << 9
POLL_SECONDS = 0.03


class Rest(Enum):
    """Ways in which a machine waits."""

    HALTED = "halt"   # for good: every processor with interrupts off
    IDLE = "idle"     # for an interrupt: every processor, the first one in the kernel (firmware waits elsewhere)


class Session:
    """Use it in a `with`: QEMU starts, and is gone afterwards.

    `serial` is a QEMU character device for the first serial port: "file,path=…", "stdio,signal=on", …
    With a `window` of that title its screen is shown there.
    With a `gdb_socket` the machine stays stopped until gdb, which finds QEMU there, lets it go on.
    """

    def __init__(self, machine: qemu.Machine, serial: str, window: str = "",
                 gdb_socket: Path | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="pith-qemu-")
        self._errors = Path(self._scratch.name, "errors")
        self._complaints = ""
        self._gdb_socket = gdb_socket
        self._rest: Rest | None = None
        self._arguments = [*machine.arguments(Path(self._scratch.name)),
                           "-chardev", f"{serial},id=serial0", "-serial", "chardev:serial0", "-parallel", "none",
                           *_display_arguments(window), *self._gdb_arguments()]

    def _gdb_arguments(self) -> list[str]:
        if self._gdb_socket is None:
            return []
        return ["-chardev", f"socket,id=gdb,path={self._gdb_socket},server=on,wait=off", "-gdb", "chardev:gdb"]

    def __enter__(self) -> "Session":
        ours, theirs = socket.socketpair()
        with theirs:
            self._start(theirs.fileno())
        try:
            self._monitor = Monitor(ours)
        except MonitorClosed:
            self._process.wait()
            raise PithError(f"QEMU did not start: {self.errors()}") from None
        if self._gdb_socket is None:
            self._let_go()
        return self

    def _start(self, monitor: int) -> None:
        """Starts QEMU with the machine stopped (-S): it must not end before we have met its monitor."""
        control = ["-S", "-chardev", f"socket,id=monitor,fd={monitor}", "-mon", "chardev=monitor,mode=control"]
        with self._errors.open("w") as errors:
            # Should this process be killed, setpriv's signal ends QEMU too. Ctrl-C is gdb's where there is one.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", qemu.PROGRAM, *self._arguments, *control],
                pass_fds=[monitor], stderr=errors, start_new_session=self._gdb_socket is not None)

    def _let_go(self) -> None:
        with suppress(MonitorClosed):  # the machine may end at once; wait() tells
            self._monitor.execute("cont")

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._monitor.close()
        self._complaints = self.errors()
        self._scratch.cleanup()

    def wait(self, seconds: float = POLL_SECONDS) -> bool:
        """Lets the machine run for so long; returns false as soon as QEMU has ended."""
        try:
            self._monitor.wait(seconds)
            return True
        except MonitorClosed:
            self._await_end()
            return False

    def exit_status(self) -> int | None:
        """QEMU's exit status, or None while it runs."""
        return self._process.poll()

    def shutdown_reason(self) -> str:
        """Why QEMU ended: "guest-reset", "guest-shutdown", "host-ui" (window closed), … or nothing."""
        reasons = [event["data"]["reason"] for event in self._monitor.events if event.get("event") == "SHUTDOWN"]
        return reasons[-1] if reasons else ""

    def errors(self) -> str:
        """What QEMU itself complained about."""
        if self._errors.exists():
            self._complaints = self._errors.read_text(errors="replace").strip()
        return self._complaints

    def halted(self) -> bool:
        """Whether the machine has stopped for good: every processor waits with interrupts off.

        It has to be seen in two calls in a row.
        """
        return self.rest() is Rest.HALTED

    def rest(self) -> "Rest | None":
        """How the machine rests, if it does. It has to be seen in two calls in a row."""
        before, self._rest = self._rest, self._rest_now()
        return before if before is self._rest else None

    def await_rest(self, seconds: float) -> None:
        """Waits until the machine rests, or ends; raises PithError when it goes on for so long."""
        deadline = time.monotonic() + seconds
        while self.wait() and self.rest() is None:
            if time.monotonic() > deadline:
                raise PithError(f"the kernel did not come to rest within {seconds:g} seconds")

    def _rest_now(self) -> "Rest | None":
        try:
            return rest_of(self._monitor.human("info registers -a"))
        except MonitorClosed:
            return None

    def instruction_in_memory(self) -> int:
        """The physical address of what the first processor executes; 0 if there is none, and once QEMU has ended."""
        with suppress(MonitorClosed):
            place = re.search(r"\b[RE]IP=([0-9a-f]+)", self._monitor.human("info registers"))
            found = re.search(r"gpa: 0x([0-9a-f]+)", self._monitor.human(f"gva2gpa 0x{place[1]}")) if place else None
            return int(found[1], 16) if found else 0
        return 0

    def monitor(self, line: str) -> None:
        """Gives a command to QEMU's monitor for people; what it answers goes to our own output."""
        if answer := self.ask_monitor(line):
            print(answer)

    def ask_monitor(self, line: str) -> str:
        """What QEMU's monitor for people answers to a command; nothing, once QEMU has ended."""
        with suppress(MonitorClosed):  # the machine may end of it; wait() tells
            return self._monitor.human(line).strip()
        return ""

    def press(self, keys: str, milliseconds: int) -> str:
        """Presses these keys together for so long; returns what QEMU has against it."""
        with suppress(MonitorClosed):
            return self._monitor.human(f"sendkey {keys} {milliseconds}").strip()
        return ""

    def screen(self) -> Screen:
        """What stands on the VGA text screen; nothing, once QEMU has ended."""
        dump = Path(self._scratch.name, "screen")
        try:
            self._monitor.execute("pmemsave", val=ADDRESS, size=SIZE, filename=str(dump))
        except MonitorClosed:
            return Screen(b"")
        return Screen(dump.read_bytes())

    def translations(self) -> str:
        """What QEMU's monitor says of every page that is mapped; nothing, once QEMU has ended."""
        with suppress(MonitorClosed):
            return self._monitor.human("info tlb")
        return ""

    def save_picture(self, path: Path) -> None:
        """Writes what the display shows, text or graphics, as a picture: PNG, or PPM if its name says so."""
        self._monitor.execute("screendump", filename=str(path.resolve()), format=path.suffix[1:])

    def stop(self) -> None:
        """Ends QEMU, if it has not ended by itself."""
        self._process.terminate()
        self._await_end()

    def _await_end(self) -> None:
        """QEMU 7.2 may hang at its own end, when a monitor's command comes while the machine switches itself off."""
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _display_arguments(title: str) -> list[str]:
    """A window that shows the machine's screen pixel by pixel and nothing else; or none."""
    # With zoom-to-fit=on it would begin as small as 640 x 480, whatever the screen is, and blur it.
    return ["-name", title, "-display", "gtk,show-menubar=off,zoom-to-fit=off"] if title else ["-display", "none"]


def rest_of(registers: str) -> Rest | None:
    """Reads `info registers -a`."""
    if all_wait_for_nothing(registers):
        return Rest.HALTED
    return Rest.IDLE if all_wait_in_the_kernel(registers) else None


def all_wait_for_nothing(registers: str) -> bool:
    """Reads `info registers -a`: every processor in HLT, with interrupts off."""
    flags = [int(value, 16) for value in re.findall(r"\b[RE]FL=([0-9a-f]+)", registers)]
    halted = re.findall(r"\bHLT=(\d)", registers)
    return bool(halted) and all(bit == "1" for bit in halted) and not any(f & INTERRUPT_FLAG for f in flags)


def all_wait_in_the_kernel(registers: str) -> bool:
    """Reads `info registers -a`: every processor in HLT, the first one at an address of the kernel's."""
    halted = re.findall(r"\bHLT=(\d)", registers)
    place = re.search(r"\bRIP=([0-9a-f]+)", registers)
    return bool(halted) and all(bit == "1" for bit in halted) and bool(place) and int(place[1], 16) >= KERNEL_START

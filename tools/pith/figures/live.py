"""Machines that figures are drawn from: what a kernel answers, and what stands in one that was stopped.

All of them count time by instructions (-icount), so every run is the same, address by address.
"""

import json
import re
import socket
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pith import symbols, transcript
from pith.errors import PithError
from pith.page_tables import FRAME
from pith.qemu import Machine
from pith.session import Session

SECONDS = 180
SAME_EVERY_TIME = ("-icount", "shift=0,sleep=off", "-seed", "42", "-rtc", "base=2024-01-01,clock=vm")
PROCESSOR = "max,-erms,-fsrm"


def machine(**what: Any) -> Machine:
    """A machine whose runs are all the same."""
    return Machine(**{"cpu": PROCESSOR, "extra": SAME_EVERY_TIME, **what})


def printed(kernel: Path, command_line: str = "") -> list[str]:
    """What a kernel prints, until it comes to rest."""
    with Resting(kernel, command_line) as machine:
        return machine.lines()


@cache
def answers(kernel: Path, commands: tuple[str, ...]) -> list[Any]:
    """What the system answers to commands that end in --json, given to it on its command line. It is where it is linked."""
    return json_in(printed(kernel, f'nokaslr run="{"; ".join(commands)}"'), len(commands))


def json_in(lines: Sequence[str], count: int) -> list[Any]:
    """So many lines of JSON, among others."""
    found = [json.loads(line) for line in lines if line.startswith(("{", "["))]
    if len(found) != count:
        raise PithError(f"the system answered {len(found)} of {count} commands")
    return found


class Readable(Session):
    """A machine whose memory can be read."""

    def physical(self, address: int, size: int) -> bytes:
        """What stands in physical memory."""
        return self._saved("pmemsave", address, size)

    def virtual(self, address: int, size: int) -> bytes:
        """What the processor finds there. (QEMU takes the address as a number with a sign.)"""
        return self._saved("memsave", address - (1 << 64 if address >> 63 else 0), size)

    def _saved(self, command: str, address: int, size: int) -> bytes:
        dump = Path(self._scratch.name, "dump")
        self._monitor.execute(command, val=address, size=size, filename=str(dump))
        return dump.read_bytes()

    def word(self, address: int) -> int:
        """Eight bytes of physical memory."""
        return int.from_bytes(self.physical(address, 8), "little")


class Resting(Readable):
    """A kernel that has come to rest, and was stopped then."""

    def __init__(self, kernel: Path, command_line: str = "") -> None:
        self._log_folder = tempfile.TemporaryDirectory(prefix="pith-figure-")
        self._log = Path(self._log_folder.name, "serial.log")
        super().__init__(machine(kernel=kernel, command_line=command_line), f"file,path={self._log}")

    def __enter__(self) -> "Resting":
        super().__enter__()
        self.await_rest(SECONDS)
        self._monitor.execute("stop")
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._log_folder.cleanup()

    def lines(self) -> list[str]:
        """What it has printed."""
        return transcript.clean(self._log.read_text(errors="replace"))


class Stopped(Readable):
    """A kernel that was stopped where a function begins; what stands in its memory and its registers can be read.

    QEMU's gdb stub stops it: https://sourceware.org/gdb/current/onlinedocs/gdb.html, "Remote Protocol".
    """

    def __init__(self, kernel: Path, function: str, command_line: str = "") -> None:
        self._stub_folder = tempfile.TemporaryDirectory(prefix="pith-stub-")
        self._stub = Path(self._stub_folder.name, "gdb")
        self._place = start_of(kernel, function)
        super().__init__(machine(kernel=kernel, command_line=command_line), "null", gdb_socket=self._stub)

    def __enter__(self) -> "Stopped":
        super().__enter__()
        self._line = socket.socket(socket.AF_UNIX)
        self._line.settimeout(SECONDS)
        self._line.connect(str(self._stub))
        self._ask(f"Z0,{self._place:x},1")
        self._ask("c")
        return self

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        self._line.close()
        self._stub_folder.cleanup()

    def _ask(self, command: str) -> str:
        """Gives a command to the stub, and returns the answer: of `c`, when it stops."""
        self._line.sendall(packet(command))
        try:
            answer = read_packet(self._line)
        except TimeoutError:
            raise PithError(f"the kernel did not come to {self._place:#x} within {SECONDS} seconds") from None
        if not answer.startswith(("OK", "T05")):
            raise PithError(f"QEMU's gdb stub answers '{answer}' to '{command}'")
        return answer

    def registers(self) -> dict[str, int]:
        """CR3 and the like, by their names."""
        return registers_in(self._monitor.human("info registers"))

    def root(self) -> int:
        """Where the tables begin."""
        return self.registers()["CR3"] & FRAME


def registers_in(text: str) -> dict[str, int]:
    """Reads `info registers`: what stands before a `=` and a hexadecimal number."""
    return {name: int(value, 16) for name, value in re.findall(r"\b([A-Z][A-Z0-9]{1,4}) *=([0-9a-f]+)\b", text)}


def packet(command: str) -> bytes:
    """A command as the protocol has it: with the sum of its bytes behind it."""
    return f"${command}#{sum(command.encode()) & 0xff:02x}".encode()


def read_packet(line: socket.socket) -> str:
    """The next answer; it is acknowledged."""
    received = b""
    while not (found := re.search(rb"\$([^#]*)#[0-9a-f]{2}", received)):
        data = line.recv(4096)
        if not data:
            raise PithError("QEMU's gdb stub is gone")
        received += data
    line.sendall(b"+")
    return found[1].decode()


def start_of(kernel: Path, function: str) -> int:
    """Where a function begins, by its name as the linker or as people know it."""
    code = symbols.read_code_symbols(kernel.read_bytes())
    names = symbols.demangle([symbol.name for symbol in code])
    found = {symbol.start for symbol, name in zip(code, names) if function in (symbol.name, symbols.shorten(name))}
    if len(found) != 1:
        raise PithError(f"{kernel.name} has {len(found)} functions '{function}'")
    return found.pop()

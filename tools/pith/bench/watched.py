"""Runs a machine, waits for what it writes to its serial port, and tells how long that took."""

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pith import qemu
from pith.errors import PithError


class Watched:
    """Use it in a `with`: QEMU starts, and is gone afterwards. Times are seconds from that start."""

    def __init__(self, machine: qemu.Machine, seconds: float, extra: Sequence[str] = ()) -> None:
        self._machine, self._seconds, self._extra = machine, seconds, extra
        self._text = b""
        self.first_byte = 0.0   # when it came
        self.processor = 0.0    # processor time of QEMU in all; known afterwards

    def __enter__(self) -> "Watched":
        self._scratch = tempfile.TemporaryDirectory(prefix="pith-bench-")
        self._errors = Path(self._scratch.name, "errors")
        arguments = [*self._machine.arguments(Path(self._scratch.name)), "-display", "none", "-parallel", "none",
                     "-monitor", "none", "-serial", "stdio", *self._extra]
        self._start = time.monotonic()
        with self._errors.open("w") as errors:
            # Should this process be killed, setpriv's signal ends QEMU too.
            self._process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", qemu.PROGRAM, *arguments],
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0)
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._process.pid, signal.SIGTERM)   # nobody has waited for it: so it is still this process
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self.processor = usage.ru_utime + usage.ru_stime
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()
        self._scratch.cleanup()

    def until(self, words: str) -> tuple[float, str]:
        """Waits for these words; returns when they came, and what came before them."""
        wanted = words.encode()
        while wanted not in self._text:
            self._read(words)
        before, _, self._text = self._text.partition(wanted)
        return time.monotonic() - self._start, before.decode(errors="replace")

    def _read(self, words: str) -> None:
        left = self._start + self._seconds - time.monotonic()
        ready, _, _ = select.select([self._process.stdout], [], [], max(left, 0))
        data = os.read(self._process.stdout.fileno(), 65536) if ready else b""
        if not data:
            raise PithError(f"the machine did not come to {words!r} in {self._seconds:g} seconds; it wrote "
                            f"{self._text[-300:].decode(errors='replace')!r} {self._errors.read_text().strip()}")
        if not self.first_byte:
            self.first_byte = time.monotonic() - self._start
        self._text += data

    def type(self, text: str) -> None:
        self._process.stdin.write(text.encode())

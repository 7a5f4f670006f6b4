"""Sends NMIs into a running kernel, as fast as QEMU takes them: `python3 -m pith.nmi_storm --kernel ELF --count N`.

The kernel (tests/faults/storm.cpp) breaks in a loop, with a sentinel in every register, and so do its NMI handlers,
by which other NMIs get in. It ends when it has counted N of them, and says how many and how deep. Machine checks
are mixed in, each when the kernel has said (M) that the one before is over: a machine check inside another is a
shutdown. Once more it runs with one instruction a block, so that NMIs come between any two instructions.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pith import transcript
from pith.errors import PithError, reports_errors
from pith.fault_matrix import COMMAND_OF, PASSED
from pith.qemu import Machine
from pith.qmp import MonitorClosed
from pith.session import Session

SEED = 3
LONGEST_PAUSE = 0.0004
NMIS_A_MACHINE_CHECK = 40
SECONDS = 120
# What the monitor is told before each run; QEMU 8.1 gave the command its second name.
RUNS = {"blocks of instructions": (), "single instructions": ("singlestep on", "one-insn-per-tb on")}


class Storm(Session):
    """A session whose kernel is hit for as long as it lives."""

    def blow(self, log: Path, deadline: float, commands: Sequence[str]) -> None:
        chance = random.Random(SEED)
        sent = 0
        try:
            for command in commands:
                self._monitor.human(command)
            while time.monotonic() < deadline:
                time.sleep(chance.random() * LONGEST_PAUSE * chance.randrange(2))  # half of them at once
                self._monitor.execute("inject-nmi")
                if chance.randrange(NMIS_A_MACHINE_CHECK) == 0 and log.read_bytes().count(b"M") >= sent:
                    self._monitor.human(COMMAND_OF["mce"])
                    sent += 1
        except MonitorClosed:
            pass  # the kernel has counted enough


def storm(kernel: Path, count: int, commands: Sequence[str]) -> list[str]:
    """Runs one storm; returns what the kernel said, or raises PithError."""
    machine = Machine(kernel=kernel, model="microvm", memory="64M", command_line=f"storm={count}", debug_exit=True)
    deadline = time.monotonic() + SECONDS
    with tempfile.TemporaryDirectory(prefix="pith-storm-") as scratch:
        log = Path(scratch, "serial.log")
        with Storm(machine, f"file,path={log}") as session:
            while session.wait(0.01) and b"storm begins\n" not in log.read_bytes().replace(b"\r", b""):
                if time.monotonic() > deadline:
                    raise PithError("the storm did not begin")
            session.blow(log, deadline, commands)
            session.wait(0.1)
            status, reason = session.exit_status(), session.shutdown_reason()
        lines = transcript.clean(log.read_bytes().decode(errors="replace"))
    counts = [line for line in lines if line.startswith("storm: ")]
    if status is None or status >> 1 != PASSED or not counts:
        raise PithError("\n".join([f"the storm ended with status {status} {reason}", *lines]))
    return counts


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.nmi_storm", allow_abbrev=False)
    parser.add_argument("--kernel", type=Path, required=True, metavar="ELF")
    parser.add_argument("--count", type=int, default=3000)
    options = parser.parse_args()
    for name, commands in RUNS.items():
        print(*storm(options.kernel, options.count, commands), f"({name})", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

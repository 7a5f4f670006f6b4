"""Runs a benchmark kernel that counts from inside, and reads the figures that it prints."""

import tempfile
import time
from pathlib import Path

from pith import transcript
from pith.errors import PithError
from pith.qemu import Machine
from pith.session import Session

# Every instruction takes one nanosecond, and nothing comes from outside: two runs are the same.
COUNTING = ("-icount", "shift=0,sleep=off", "-seed", "42", "-rtc", "base=2024-01-01,clock=vm")
PROCESSOR = "max,-erms,-fsrm"
SECONDS = 60


def twice(kernel: Path, model: str = "pc") -> dict[str, int]:
    """The figures of a benchmark kernel, which are the same in every run."""
    first, second = _inside(kernel, model), _inside(kernel, model)
    if first != second:
        raise PithError(f"two runs counted different instructions: {first} and {second}")
    return first


def _inside(kernel: Path, model: str) -> dict[str, int]:
    """The figures that a benchmark kernel prints when every instruction takes one nanosecond."""
    machine = Machine(kernel=kernel, cpu=PROCESSOR, model=model, debug_exit=True, extra=COUNTING)
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "serial.log")
        deadline = time.monotonic() + SECONDS
        with Session(machine, f"file,path={log}") as session:
            while session.wait() and time.monotonic() < deadline:
                pass
        lines = transcript.clean(log.read_text(errors="replace"))
    figures = {name: int(value) for _, name, value in (line.split() for line in lines if line.startswith("FIGURE "))}
    if not figures:
        raise PithError(f"the benchmark kernel gave no figures; it printed {lines}")
    return figures

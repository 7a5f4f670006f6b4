"""Runs a benchmark kernel that counts from inside, and reads the figures that it prints."""

import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pith import build, paths, transcript
from pith.errors import PithError
from pith.qemu import Machine
from pith.session import Session

# Every instruction takes one nanosecond, and nothing comes from outside: two runs are the same.
COUNTING = ("-icount", "shift=0,sleep=off", "-seed", "42", "-rtc", "base=2024-01-01,clock=vm")
PROCESSOR = "max,-erms,-fsrm"
WHOLE = "whole-run"   # bench/machine/measure.hpp: all instructions until the kernel's end
SECONDS = 300   # a few, but on a busy machine

Counts = dict[str, int]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Kernel:
    """A benchmark kernel: what builds it, what it is called in out/bench, and the machine on which it counts."""

    target: str
    name: str
    model: str = "pc"
    memory: str = "128M"
    cpu: str = PROCESSOR
    extra: tuple[str, ...] = ()

    def once(self) -> Counts:
        """The figures that it prints when every instruction takes one nanosecond."""
        build.target("kernel", self.target)
        return _without_whole(self._run())

    def twice(self) -> Counts:
        """The same, and they are the same in every run, as the run is as a whole."""
        build.target("kernel", self.target)
        return _without_whole(twice(self.name, self._run))

    def machine(self) -> Machine:
        """The machine that counts its instructions."""
        return Machine(kernel=paths.OUT / "bench" / self.name, cpu=self.cpu, model=self.model, memory=self.memory,
                       debug_exit=True, extra=(*COUNTING, *self.extra))

    def _run(self) -> Counts:
        with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
            log = Path(scratch, "serial.log")
            deadline = time.monotonic() + SECONDS
            with Session(self.machine(), f"file,path={log}") as session:
                while session.wait():
                    if time.monotonic() > deadline:
                        raise PithError(f"the benchmark kernel {self.name} did not end in {SECONDS} seconds")
            return read(transcript.clean(log.read_text(errors="replace")))


@dataclass(frozen=True)
class Kernels:
    """Several, of which a part is made. Each has a name, which ends the names of its counts."""

    kernels: Mapping[str, Kernel]

    def once(self) -> Counts:
        return self._all(Kernel.once)

    def twice(self) -> Counts:
        return self._all(Kernel.twice)

    def _all(self, run: Callable[[Kernel], Counts]) -> Counts:
        return {"-".join(filter(None, (count, name))): value for name, kernel in self.kernels.items()
                for count, value in run(kernel).items()}


def _without_whole(counts: Counts) -> Counts:
    """The length of the run is for comparing two of them: it changes with all that a kernel does and nobody measures."""
    if WHOLE not in counts:
        raise PithError(f"the benchmark kernel did not come to its end; it gave {counts}")
    return {name: value for name, value in counts.items() if name != WHOLE}


def twice(what: str, run: Callable[[], Result]) -> Result:
    """What a run counts, which is the same in every run."""
    first, second = run(), run()
    if first != second:
        raise PithError(f"two runs of {what} counted different instructions: {first} and {second}")
    return first


def read(lines: list[str]) -> Counts:
    """The figures among the lines that a benchmark kernel printed."""
    counts = {name: int(value) for _, name, value in (line.split() for line in lines if line.startswith("FIGURE "))}
    if not counts:
        raise PithError(f"the benchmark kernel gave no figures; it printed {lines}")
    return counts

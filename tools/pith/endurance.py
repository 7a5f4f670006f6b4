"""Runs the endurance test: `python3 -m pith.endurance --kernel ELF [--seeds 1,2] [--minutes 60] [--fast]`.

The kernel (tests/endurance) does everything at once for simulated minutes, and looks each minute whether all is as it was
before. QEMU counts instructions instead of time (-icount), so a seed does the same on every run. What the
kernel cannot see is looked at here: that each line it printed is whole, and none is missing.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pith import build, packages, paths, transcript
from pith.errors import reports_errors
from pith.qemu import Machine
from pith.session import Session

NAME = "endurance"
SEEDS = (1, 2, 3)
HOUR = 60
PASSED = 0x10
SHIFT = 4             # an instruction takes 2^4 ns; while all wait, time leaps to the next timer
SECONDS_A_MINUTE = 60   # of the host's time, at most; it needs one or two
PLANTS = {   # a fault that can be planted (tests/endurance/plant.cpp), and how the problem begins that it has to be found by
    "frame": "found: frames that are free: ", "block": "found: frames that are free: ", "line": "a line is torn",
    "wake-up": "found: whoever waits for a signal is woken: ", "register": "found: a register: ",
    "timer": "found: timers that wait: ", "task": "found: frames that are free: ", "nmi": "found: an NMI comes: ",
    "vector": "found: vectors taken: ", "key": "found: a key: ", "page-fault": "found: a page fault that nobody expects: ",
    "early-timer": "found: a timer rings not before its time: ", "overwrite": "found: a word of a block: ",
    "message": "found: a number from a channel: "}
FAST_PLANTS = list(PLANTS)[:5]
PLANT_MINUTES = 2     # the fault is planted in the last
FAST_MINUTES = 2
SPEAKERS = ("task", "timer", "nmi")

BEGIN = "endurance begins: "
MINUTE = re.compile(r"minute (\d+) at \d+ ns:(.*)")
# When something was printed, and the checksum that it changes. On a busy host the clock now and then tells another nanosecond,
# while all that happens is the same, in the same order.
WHEN = re.compile(r" at \d+ ns(.*) #[0-9a-f]{8}$")
LINES = re.compile(r"left: .*; lines: task (\d+) timer (\d+) nmi (\d+)")
AUDIT = re.compile(r"  map        \d+ pages checked: nothing is writable and executable, no surprises")


@dataclass(frozen=True)
class Run:
    """What is asked of the kernel."""

    seed: int
    minutes: int
    plant: str = ""

    @property
    def command_line(self) -> str:
        return f"seed={self.seed} minutes={self.minutes}" + (f" plant={self.plant}" if self.plant else "")


@dataclass(frozen=True)
class Outcome:
    """What came of a run: `problem` says what was wrong, and in which minute, or is empty."""

    run: Run
    problem: str
    minute: int
    serial: tuple[str, ...]
    seconds: float

    @property
    def sentence(self) -> str:
        run = self.run
        if not self.problem:
            return f"seed {run.seed}: {run.minutes} minutes in {self.seconds:.0f} s"
        return (f"endurance failed: seed {run.seed}, minute {self.minute}: {self.problem}; "
                f"repeat: ./pith test {NAME}.{run.seed}")


def machine(elf: Path, run: Run) -> Machine:
    return Machine(kernel=elf, model="pc", memory="32M", command_line=run.command_line, debug_exit=True,
                   extra=("-icount", f"shift={SHIFT},sleep=off", "-rtc", "base=2024-01-01,clock=vm", "-seed", str(run.seed)))


def play(elf: Path, run: Run) -> Outcome:
    """Runs the machine to its end, and judges it."""
    start = time.monotonic()
    deadline = start + SECONDS_A_MINUTE * (run.minutes + 1)
    with tempfile.TemporaryDirectory(prefix="pith-endurance-") as scratch:
        log = Path(scratch, "serial.log")
        with Session(machine(elf, run), f"file,path={log}") as session:
            while session.wait(1) and time.monotonic() < deadline:
                pass
            status = session.exit_status()
        lines = transcript.clean(log.read_bytes().decode(errors="replace"))
    ended = "" if status is not None else "it did not end in time"
    if status is not None and status >> 1 != PASSED:
        ended = f"the kernel ended with status {status >> 1:#x}"
    minute, problem = judge(lines, ended, run.minutes)
    return Outcome(run, problem, minute, tuple(lines), time.monotonic() - start)


def checksum(text: str) -> str:
    """FNV-1a, as tests/endurance/lines.cpp has it."""
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xffff_ffff
    return f"{value:08x}"


def judge(lines: Sequence[str], ended: str, minutes: int) -> tuple[int, str]:
    """In which minute what went wrong; no text if nothing did. `ended` says what was wrong with the end."""
    begin = next((index for index, line in enumerate(lines) if line.startswith(BEGIN)), None)
    if begin is None:
        return 0, ended or "it did not begin"
    last = next((index for index, line in enumerate(lines) if line.startswith("found: ") or "PANIC" in line), len(lines))
    found = lines[last] if last < len(lines) else ""
    minute, counts = 1, dict.fromkeys(SPEAKERS, 0)
    for index in range(begin, last):
        if wrong := _wrong_with(lines[index], counts):
            # A panic may have cut the line before it, and leaves one empty.
            return minute, found if "PANIC" in found and index >= last - 2 else wrong
        minute += lines[index].startswith("left: ")
    if found:   # what the kernel found is printed behind the minute's own lines
        return minute - found.startswith("found: "), found
    if ended or minute != minutes + 1:
        return min(minute, minutes), ended or f"it ended in minute {minute}"
    return 0, ""


def _wrong_with(line: str, counts: dict[str, int]) -> str:
    """What is wrong with a line, if anything; counts the speakers' lines."""
    if AUDIT.fullmatch(line):
        return ""
    text, mark, number = line.rpartition(" #")
    if not mark or checksum(text) != number:
        return f"a line is torn, or somebody else's: '{line}'"
    speaker, *words = text.split(" ")
    if speaker in counts:
        counts[speaker] += 1
        if words[0] != str(counts[speaker]):
            return f"line {counts[speaker]} of {speaker} is missing: '{line}'"
    if (said := LINES.fullmatch(text)) and [int(count) for count in said.groups()] != list(counts.values()):
        return f"lines are missing at the end of a minute: {counts} were read, '{text}'"
    return ""


def repeat(elf: Path, run: Run) -> str:
    """What differs between two runs of a seed; nothing if they are the same but for nanoseconds."""
    first, second = play(elf, run), play(elf, run)
    print(first.sentence, second.sentence, sep="\n", flush=True)
    if first.problem or second.problem:
        return first.problem or second.problem
    difference = transcript.difference(*(without_times(run.serial) for run in (first, second)))
    return "\n".join([f"endurance failed: seed {run.seed} is not the same twice", *difference[:20]]) if difference else ""


def without_times(lines: Sequence[str]) -> list[str]:
    return [WHEN.sub(r" at … ns\1 #…", line) for line in lines]


def find_plants(elf: Path, seed: int, plants: Sequence[str]) -> list[str]:
    """Plants each fault; returns those that were not found for what they are, in the minute where they are."""
    missed = []
    for plant in plants:
        outcome = play(elf, Run(seed, PLANT_MINUTES, plant))
        print(f"planted: {plant}: {outcome.sentence}", flush=True)
        if not is_found(plant, outcome):
            missed.append(plant)
    if missed:
        print(f"endurance failed: planted faults were not found: {', '.join(missed)}")
    return missed


def is_found(plant: str, outcome: Outcome) -> bool:
    return outcome.problem.startswith(PLANTS[plant]) and outcome.minute == PLANT_MINUTES


def endure(elf: Path, seeds: Sequence[int], minutes: int) -> int:
    """Runs the seeds one after the other."""
    failed = 0
    total: dict[str, int] = {}
    for seed in seeds:
        outcome = play(elf, Run(seed, minutes))
        print(outcome.sentence, flush=True)
        if outcome.problem:
            failed += 1
            print(*(f"    {line}" for line in outcome.serial[-40:]), sep="\n", flush=True)
        for name, count in totals(outcome.serial).items():
            total[name] = total.get(name, 0) + count
    counted = ", ".join(f"{count} {name}" for name, count in total.items())
    print(f"endurance: {len(seeds)} seeds of {minutes} minutes, {failed} failed: {counted}")
    return 1 if failed else 0


def totals(lines: Sequence[str]) -> dict[str, int]:
    """What was done in all: the loads' counts of all minutes added up, and the last of those that go on."""
    total: dict[str, int] = {}
    for line in lines:
        text = line.rpartition(" #")[0]
        if minute := MINUTE.fullmatch(text):
            for name, count in _pairs(minute[2]):
                total[name] = total.get(name, 0) + count
        elif text.startswith("so far: "):
            total |= dict(_pairs(text.removeprefix("so far: ")))
    return total


def _pairs(text: str) -> list[tuple[str, int]]:
    words = text.split()
    return [(name, int(count)) for name, count in zip(words[::2], words[1::2])]


def from_command_line(pattern: str, yes: bool) -> int:
    """./pith test endurance.17: an hour of that seed."""
    packages.need(["build", "run"], yes)
    build.target("kernel", "endurance-kernel")
    return endure(paths.OUT / "tests" / "endurance.elf", [int(pattern.partition(".")[2])], HOUR)


@reports_errors
def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.endurance", description=__doc__, allow_abbrev=False)
    parser.add_argument("--kernel", type=Path, default=paths.OUT / "tests" / "endurance.elf", metavar="ELF")
    parser.add_argument("--seeds", type=lambda text: [int(seed) for seed in text.split(",")], default=list(SEEDS))
    parser.add_argument("--minutes", type=int, default=HOUR)
    parser.add_argument("--fast", action="store_true", help="a seed twice, which must be the same, and some planted faults")
    parser.add_argument("--plant", default="", metavar="NAME", help="plant this fault, and show what the kernel says")
    options = parser.parse_args()
    return _main(options)


def _main(options: argparse.Namespace) -> int:
    elf, seed = options.kernel, options.seeds[0]
    if options.plant:
        outcome = play(elf, Run(seed, PLANT_MINUTES, options.plant))
        print(*outcome.serial, outcome.sentence, sep="\n")
        return 1 if outcome.problem else 0
    if options.fast:
        return fast(elf, seed)
    missed = find_plants(elf, seed, list(PLANTS))
    return max(endure(elf, options.seeds, options.minutes), 1 if missed else 0)


def fast(elf: Path, seed: int) -> int:
    """What the plain suite runs: a seed twice, and some planted faults."""
    differs = repeat(elf, Run(seed, FAST_MINUTES))
    missed = find_plants(elf, seed, FAST_PLANTS)
    if differs:
        print(differs)
    print(f"endurance: seed {seed} twice for {FAST_MINUTES} minutes{'' if differs else ', the same line by line'}; "
          f"{len(FAST_PLANTS) - len(missed)} of {len(FAST_PLANTS)} planted faults found")
    return 1 if differs or missed else 0


if __name__ == "__main__":
    sys.exit(main())

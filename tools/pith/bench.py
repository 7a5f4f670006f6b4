"""./pith bench: measures, prints a table beside the goals, and writes out/bench/results.json.

Each part measures one matter and gives its figures; PARTS lists them. Of every figure less is better.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pith import bench_heap, build, chapters, google_benchmark, iso, packages, paths, process, transcript
from pith.errors import PithError, UsageError
from pith.nearest import did_you_mean
from pith.qemu import Machine
from pith.session import Session

RESULTS = paths.OUT / "bench" / "results.json"
GREETING = "Pith"
MEMORY_SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128)  # MiB
BOOT_SECONDS = 5
INSIDE = paths.OUT / "bench" / "inside.elf"
MEMORY = paths.OUT / "bench" / "memory.elf"
FRAMES = paths.OUT / "build" / "host" / "bench" / "bench-frame-allocator"
RANGE_PAGES = 512
HEAP_INSIDE = paths.OUT / "bench" / "heap_inside.elf"
INTERRUPTS = paths.OUT / "bench" / "interrupts.elf"
INSIDE_SECONDS = 60


@dataclass(frozen=True)
class Figure:
    """One measured value, the goal it has, and what another system needs for the same."""

    name: str
    value: float
    unit: str
    goal: float
    baseline: str
    baseline_value: float

    @property
    def ratio(self) -> float:
        return self.value / self.baseline_value

    @property
    def met(self) -> bool:
        return self.value <= self.goal


def sizes() -> list[Figure]:
    """How large the kernel is, and how little memory it starts in."""
    kernel = chapters.SYSTEM
    build.target("kernel", kernel.target)
    return [Figure("stripped kernel", _stripped_kilobytes(kernel.elf), "KB", 300, "NOVA", 90),
            Figure("least memory", _least_memory(kernel.elf), "MiB", 4, "LK", 4)]


def _stripped_kilobytes(elf: Path) -> float:
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        output = Path(scratch, "kernel.elf")
        iso.strip(elf, output)
        return output.stat().st_size / 1000


def _least_memory(elf: Path) -> float:
    return next((size for size in MEMORY_SIZES if _greets(Machine(kernel=elf, memory=f"{size}M"))), float("inf"))


def _greets(machine: Machine) -> bool:
    """Whether the kernel comes as far as its greeting on this machine."""
    deadline = time.monotonic() + BOOT_SECONDS
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "serial.log")
        with Session(machine, f"file,path={log}") as session:
            while session.wait() and not session.halted() and time.monotonic() < deadline:
                if GREETING in log.read_text(errors="replace"):
                    break
        return GREETING in log.read_text(errors="replace")


def exceptions() -> list[Figure]:
    """What exceptions cost, in guest instructions, beside the hand-written floor in the same run."""
    build.target("kernel", "bench-inside")
    first = _twice(INSIDE)
    return [Figure(f"{what}, instructions", first[name], "", floor_times * first[f"{name}-floor"], "floor",
                   first[f"{name}-floor"])
            for name, what, floor_times in (("breakpoint", "breakpoint and back", 1.41),
                                            ("page-fault", "page fault, mapped", 3.0))]


def interrupts() -> list[Figure]:
    """What interrupts, timers and the clock cost, in guest instructions."""
    build.target("kernel", "bench-interrupts")
    # On microvm, where time comes from the time-stamp counter, as on the machines of today.
    counted = _twice(INTERRUPTS, "microvm")
    beside_floor = (("interrupt and back", "interrupt", 3.5), ("timer's interrupt and back", "timer-interrupt", 8.5))
    # To the others there is nothing to compare: the goal stands in its place.
    alone = (("from the entry to a handler", "latency", 40), ("reading the clock", "clock", 36),
             ("a timer moved, beside 1", "move-1", 180), ("a timer moved, beside 100", "move-100", 180),
             ("a timer moved, beside 10 000", "move-10000", 180))
    floor = counted["interrupt-floor"]
    return [*(Figure(what, counted[name], "", times * floor, "floor", floor) for what, name, times in beside_floor),
            *(Figure(what, counted[name], "", goal, "goal", goal) for what, name, goal in alone)]


def memory() -> list[Figure]:
    """What frames and pages cost, in guest instructions, beside a floor that checks nothing."""
    build.target("kernel", "bench-memory")
    counted = _twice(MEMORY)
    figures = (("frame, taken and given", "frame-pair", 1, 40, "frame-pair-floor"),
               ("frame of 2 MiB, the same", "large-frame-pair", 1, 1000, "frame-pair-floor"),
               ("page, map, unmap and flush", "page", 1, 100, "page-floor"),
               ("page of 512 in a row, the same", "range", RANGE_PAGES, 12, "range-floor"),
               ("with tables that come and go", "range-and-tables", RANGE_PAGES, 16, "range-floor"))
    return [Figure(what, counted[name] / count, "", goal, "floor", counted[floor] / count)
            for what, name, count, goal, floor in figures]


def frames_on_host() -> list[Figure]:
    """What a frame costs here, beside the C++ library's pool of pieces of 4 KiB."""
    build.target("host", "bench-frame-allocator")
    rows = google_benchmark.rows(FRAMES, "Pair/")
    return [Figure("frame, on the host", rows["Pair/ours"]["cpu_time"], "ns", 25, "pool_resource",
                   rows["Pair/pool_resource"]["cpu_time"])]


def heap() -> list[Figure]:
    """What the heap costs in the kernel, in guest instructions."""
    build.target("kernel", "bench-heap-inside")
    # There is nothing to compare with: the goal stands in its place.
    return [Figure("new and delete, instructions", _twice(HEAP_INSIDE)["heap-pair"], "", 47, "goal", 47)]


def heap_on_host() -> list[Figure]:
    """What the heap costs, beside Debian's allocators."""
    table = bench_heap.measure()
    bench_heap.show(table)
    figures = []
    for name, what, unit, times in (("pair", "64 bytes, taken and freed", "ns", 0.9), ("batch", "1000 of 64 bytes", "ns", 1),
                                    ("mix", "8 bytes to 4 KiB", "ns", 1.25), ("overhead", "memory for a byte in use", "", 1)):
        best = bench_heap.best_other(table[name])
        beside = table[name][best]
        figures.append(Figure(what, table[name][bench_heap.OURS], unit, times * beside, best, beside))
    return figures


def _twice(kernel: Path, model: str = "pc") -> dict[str, int]:
    """The figures of a benchmark kernel, which are the same in every run."""
    first, second = _inside(kernel, model), _inside(kernel, model)
    if first != second:
        raise PithError(f"two runs counted different instructions: {first} and {second}")
    return first


def _inside(kernel: Path, model: str) -> dict[str, int]:
    """The figures that a benchmark kernel prints when every instruction takes one nanosecond."""
    counting = ("-icount", "shift=0,sleep=off", "-seed", "42", "-rtc", "base=2024-01-01,clock=vm")
    machine = Machine(kernel=kernel, cpu="max,-erms,-fsrm", model=model, debug_exit=True, extra=counting)
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "serial.log")
        deadline = time.monotonic() + INSIDE_SECONDS
        with Session(machine, f"file,path={log}") as session:
            while session.wait() and time.monotonic() < deadline:
                pass
        lines = transcript.clean(log.read_text(errors="replace"))
    figures = {name: int(value) for _, name, value in (line.split() for line in lines if line.startswith("FIGURE "))}
    if not figures:
        raise PithError(f"the benchmark kernel gave no figures; it printed {lines}")
    return figures


@dataclass(frozen=True)
class Part:
    """What is counted, the same in every run; and what is timed on this machine."""

    counted: Callable[[], list[Figure]]
    timed: Callable[[], list[Figure]] = list


PARTS = {
    "exceptions": Part(exceptions),
    "heap": Part(heap, heap_on_host),
    "interrupts": Part(interrupts),
    "memory": Part(memory, frames_on_host),
    "sizes": Part(sizes),
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("part", nargs="?", metavar="PART", help=f"one of {', '.join(PARTS)}; without, all")
    parser.add_argument("--counted", action="store_true", help="only what is the same in every run, and no times")


def main(options: argparse.Namespace) -> int:
    """./pith bench [PART]"""
    if options.part is not None and options.part not in PARTS:
        raise UsageError(f"there is no part '{options.part}'{did_you_mean(options.part, PARTS)} "
                         f"(there are {', '.join(PARTS)})")
    packages.need(["build", "run", "host", "allocators"], options.yes)
    chosen = [options.part] if options.part else list(PARTS)
    figures = [figure for part in chosen for figure in PARTS[part].counted()]
    if not options.counted:
        figures += [figure for part in chosen for figure in PARTS[part].timed()]
    _write(figures)
    _print(figures)
    return 0 if all(figure.met for figure in figures) else 1


def _write(figures: Sequence[Figure]) -> None:
    paths.made_directory(RESULTS.parent)
    rows = [{**asdict(figure), "ratio": figure.ratio, "met": figure.met} for figure in figures]
    RESULTS.write_text(json.dumps(rows, indent=2) + "\n")


def _print(figures: Sequence[Figure]) -> None:
    row = "{:32}{:>14}{:>14}{:>26}{:>8}  {}"
    print(row.format("", "measured", "goal", "beside", "ratio", ""))
    for figure in figures:
        print(row.format(figure.name, f"{figure.value:,g} {figure.unit}", f"{figure.goal:,g} {figure.unit}",
                         f"{figure.baseline} {figure.baseline_value:,g} {figure.unit}", f"{figure.ratio:.2f}",
                         "met" if figure.met else "missed"))
    process.say(f"the figures are in {paths.shown(RESULTS)}")

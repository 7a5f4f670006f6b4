"""./pith bench boot: from a kernel's entry to its first byte and to its prompt, beside the least that boots, Linux and Xen."""

import dataclasses
import json
import re
import statistics
import tempfile
from pathlib import Path

from pith import build, paths, process
from pith.bench import outputs, systems
from pith.bench.counted import COUNTING, PROCESSOR, Counts, twice
from pith.bench.figure import Figure
from pith.bench.systems import System
from pith.bench.watched import Watched
from pith.errors import PithError

PLUGIN = paths.HOST_BUILD / "bench" / "libbench-count-outputs.so"
WAYS = ("pc", "microvm", "GRUB")
KIB_OF_MACHINE = int(systems.MEMORY.removesuffix("M")) * 1024
ROUNDS = 9
ROUNDS_OF_LINUX = 3      # it takes longer than all the others
MOST_TO_FIRST, MOST_TO_READY = 21_000, 5_000_000
SHARE_OF_LINUX, SHARE_OF_LINUX_TIME, TIMES_PROBE_TIME = 1 / 1000, 1 / 40, 1.5


@dataclasses.dataclass(frozen=True)
class Count:
    """Instructions from a kernel's entry to its first byte on the serial port, and until it is ready; and how many blocks of
    them QEMU has translated by then.
    """

    first: int
    ready: int
    blocks: int


class Ours:
    """What is compared with the tree (counts.py): Pith alone, in one run, without the firmware and GRUB, which take long."""

    def once(self) -> Counts:
        build_plugin()
        chosen = systems.ours()
        counts = {way: _counted_once(chosen[f"Pith, {way}"]) for way in WAYS if way != "GRUB"}
        return {f"{way}-{moment}": value for way, count in counts.items() for moment, value in dataclasses.asdict(count).items()}


KERNEL = Ours()


def figures(counts: Counts) -> list[Figure]:
    """The same, beside the goals that need no other system."""
    goals = {"first": MOST_TO_FIRST, "ready": MOST_TO_READY, "blocks": None}
    return [Figure(name, value, "", goals[name.rpartition("-")[2]]) for name, value in counts.items()]


def counted() -> list[Figure]:
    """Instructions of the guest."""
    build_plugin()
    counts = {name: count(system) for name, system in _all_systems().items()}
    figures_of = (_first_byte, _ready, _blocks)
    return [figure(way, counts) for way in WAYS for figure in figures_of] + _first_bytes_beside(counts)


def build_plugin() -> None:
    """What `count` needs."""
    build.target("host", "bench-count-outputs")


def _all_systems() -> dict[str, System]:
    ours = systems.ours()
    try:
        return {**ours, **systems.others()}
    except PithError as error:
        process.say(f"Debian's Linux and Xen are left out: {error}")
        return ours


def _first_byte(way: str, counts: dict[str, Count]) -> Figure:
    probe = counts[_probe_of(way)]
    return Figure(f"{way}: entry to first byte", counts[f"Pith, {way}"].first, "", MOST_TO_FIRST, "probe", probe.first)


def _ready(way: str, counts: dict[str, Count]) -> Figure:
    value = counts[f"Pith, {way}"].ready
    if "Linux" not in counts:
        return Figure(f"{way}: entry to prompt", value, "", MOST_TO_READY)
    linux = counts["Linux"].ready
    return Figure(f"{way}: entry to prompt", value, "", min(MOST_TO_READY, SHARE_OF_LINUX * linux), "Linux", linux)


def _blocks(way: str, counts: dict[str, Count]) -> Figure:
    """Without a goal: it is what the time to the prompt is spent on."""
    probe = counts[_probe_of(way)]
    return Figure(f"{way}: blocks translated", counts[f"Pith, {way}"].blocks, "", None, "probe", probe.blocks)


def _first_bytes_beside(counts: dict[str, Count]) -> list[Figure]:
    return [Figure(f"pc: first byte, beside {name}", counts["Pith, pc"].first, "", None, name, counts[name].first)
            for name in ("Linux", "Xen") if name in counts]


def _probe_of(way: str) -> str:
    return "probe, microvm" if way == "microvm" else "probe, pc"


def count(system: System) -> Count:
    """What a system needs, which is the same in every run."""
    return twice(system.name, lambda: _counted_once(system))


def _counted_once(system: System) -> Count:
    machine = dataclasses.replace(system.machine, cpu=PROCESSOR, extra=(*system.machine.extra, *COUNTING))
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "log")
        plugin = ("-plugin", f"{PLUGIN},entry={system.entry}", "-d", "plugin,trace:serial_write", "-D", str(log))
        with Watched(machine, system.seconds, plugin) as run:
            run.until(system.ready)
        with log.open(errors="replace") as lines:
            written = outputs.read(lines)
    ready = written.until(system.ready.encode())
    return Count(written.first().instructions, ready.instructions, ready.blocks)


# ---- What this machine's clock tells ------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Time:
    """Milliseconds from the start of QEMU, and its processor time until the system was ready."""

    first: float
    ready: float
    processor: float


def timed() -> list[Figure]:
    """Times, of runs that alternate; and the memory in use at the prompt."""
    chosen = _all_systems()
    samples: dict[str, list[Time]] = {name: [] for name in chosen}
    for turn in range(ROUNDS):
        for name, system in chosen.items():
            if name != "Linux" or turn < ROUNDS_OF_LINUX:
                samples[name].append(_time(system))
    _show(samples)
    # The least of each is compared: other work on this machine makes all of them longer, and the longest most.
    least = {name: min(time.ready for time in times) for name, times in samples.items()}
    return [figure for way in WAYS for figure in _time_figures(way, least)] + [_memory(chosen)]


def _time(system: System) -> Time:
    with Watched(system.machine, system.seconds) as run:
        ready, _ = run.until(system.ready)
    return Time(1000 * run.first_byte, 1000 * ready, 1000 * run.processor)


def _show(samples: dict[str, list[Time]]) -> None:
    """Median and minimum of everything."""
    row = "{:16}" + "{:>20}" * 3
    print(row.format("ms, median (min.)", "first byte", "ready", "QEMU's processor"))
    for name, times in samples.items():
        columns = zip(*(dataclasses.astuple(time) for time in times), strict=True)
        print(row.format(name, *(f"{statistics.median(values):.0f} ({min(values):.0f})" for values in columns)))


def _time_figures(way: str, least: dict[str, float]) -> list[Figure]:
    """GRUB takes its own time, and has no goal."""
    value, probe, has_goal = least[f"Pith, {way}"], least[_probe_of(way)], way != "GRUB"
    beside = [("QEMU to prompt", "probe", probe, TIMES_PROBE_TIME)]
    if "Linux" in least:
        beside.append(("QEMU to prompt, beside Linux", "Linux", least["Linux"], SHARE_OF_LINUX_TIME))
    return [Figure(f"{way}: {what}", value, "ms", times * other if has_goal else None, name, other)
            for what, name, other, times in beside]


# ---- Memory --------------------------------------------------------------------------------------------------


def _memory(chosen: dict[str, System]) -> Figure:
    """What is not free at the prompt, of the memory that the machine has."""
    ours = json.loads(re.search(r"{.*}", _answer(chosen["Pith, pc"], "memory --json\r"))[0])["free"] / 1024
    if "Linux" not in chosen:
        return Figure("memory in use at the prompt", KIB_OF_MACHINE - ours, "KiB")
    theirs = int(re.search(r"MemFree: *(\d+) kB", _answer(chosen["Linux"], "/bin/busybox cat /proc/meminfo\n"))[1])
    return Figure("memory in use at the prompt", KIB_OF_MACHINE - ours, "KiB", None, "Linux", KIB_OF_MACHINE - theirs)


def _answer(system: System, command: str) -> str:
    with Watched(system.machine, system.seconds) as run:
        run.until(system.ready)
        run.type(command)
        return run.until(system.ready)[1]

"""./pith bench boot: from a kernel's entry to its first byte and to its prompt, beside the least that boots, Linux and Xen."""

import dataclasses
import json
import re
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pith import build, paths, process
from pith.bench import outputs, systems
from pith.bench.counted import COUNTING, PROCESSOR, Counts, twice
from pith.bench.figure import BLOCKS, INSTRUCTIONS, Figure
from pith.bench.systems import System
from pith.bench.watched import Watched
from pith.errors import PithError

PLUGIN = paths.HOST_BUILD / "tools" / "plugins" / "libplugin-count-outputs.so"
WAYS = ("pc", "microvm", "GRUB")
KIB_OF_MACHINE = int(systems.MEMORY.removesuffix("M")) * 1024
ROUNDS = 9
ROUNDS_OF_LINUX = 3      # it takes longer than all the others
MOST_TO_FIRST, MOST_TO_READY = 21_000, 5_000_000
SHARE_OF_LINUX, SHARE_OF_LINUX_TIME, TIMES_PROBE_TIME = 1 / 1000, 1 / 40, 1.5


@dataclasses.dataclass(frozen=True)
class Count:
    """Instructions from a kernel's entry to its first byte on the serial port, and until it is ready: those that did something,
    and those that waited; and how many blocks QEMU has translated by then.
    """

    first: int
    work: int
    waited: int
    blocks: int

    @property
    def ready(self) -> int:
        return self.work + self.waited


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
    ready = {way: counts[f"{way}-work"] + counts[f"{way}-waited"] for way in WAYS if f"{way}-work" in counts}
    return [figure for way, value in ready.items()
            for figure in (Figure(f"{way}: entry to first byte", counts[f"{way}-first"], INSTRUCTIONS, MOST_TO_FIRST),
                           Figure(f"{way}: entry to prompt", value, INSTRUCTIONS, MOST_TO_READY))]


def counted() -> list[Figure]:
    """Instructions of the guest."""
    build_plugin()
    counts = {name: count(system) for name, system in _all_systems().items()}
    figures_of = (_first_byte, _ready, _beside_linux, _work, _blocks)
    return [figure(way, counts) for way in WAYS for figure in figures_of] + _first_bytes_beside(counts)


def build_plugin() -> None:
    """What `count` needs."""
    build.target("host", "plugin-count-outputs")


def _all_systems() -> dict[str, System]:
    ours = systems.ours()
    try:
        return {**ours, **systems.others()}
    except PithError as error:
        process.say(f"Debian's Linux and Xen were not measured: {error}")
        return ours


def _first_byte(way: str, counts: dict[str, Count]) -> Figure:
    probe = counts[_probe_of(way)]
    return Figure(f"{way}: entry to first byte", counts[f"Pith, {way}"].first, INSTRUCTIONS, MOST_TO_FIRST, "probe", probe.first)


def _ready(way: str, counts: dict[str, Count]) -> Figure:
    return Figure(f"{way}: entry to prompt", counts[f"Pith, {way}"].ready, INSTRUCTIONS, MOST_TO_READY)


def _beside_linux(way: str, counts: dict[str, Count]) -> Figure:
    what, linux = f"{way}: entry to prompt, beside Linux", _linux_of(way)
    if linux not in counts:
        return Figure(what, None, INSTRUCTIONS, None, linux)
    others = counts[linux].ready
    return Figure(what, counts[f"Pith, {way}"].ready, INSTRUCTIONS, SHARE_OF_LINUX * others, linux, others)


def _work(way: str, counts: dict[str, Count]) -> Figure:
    """Without a goal: the part of it that does something, beside that of Linux."""
    other = counts.get(_linux_of(way))
    return Figure(f"{way}: the same, less waiting", counts[f"Pith, {way}"].work, INSTRUCTIONS, None,
                  _linux_of(way), other and other.work)


def _blocks(way: str, counts: dict[str, Count]) -> Figure:
    """Without a goal: it is what the time to the prompt is spent on."""
    probe = counts[_probe_of(way)]
    return Figure(f"{way}: blocks translated", counts[f"Pith, {way}"].blocks, BLOCKS, None, "probe", probe.blocks)


def _first_bytes_beside(counts: dict[str, Count]) -> list[Figure]:
    return [Figure(f"pc: first byte, beside {name}", counts["Pith, pc"].first, INSTRUCTIONS, None, name,
                   counts[name].first if name in counts else None)
            for name in ("Linux, pc", "Xen")]


# GRUB starts on `pc`.
def _probe_of(way: str) -> str:
    return "probe, microvm" if way == "microvm" else "probe, pc"


def _linux_of(way: str) -> str:
    return "Linux, microvm" if way == "microvm" else "Linux, pc"


def count(system: System) -> Count:
    """What a system needs, which is the same in every run."""
    return twice(system.name, lambda: _counted_once(system))


def _counted_once(system: System) -> Count:
    written = outputs.read(lines_until_ready(system))
    ready = written.until(system.ready.encode())
    return Count(written.first().instructions, ready.instructions - ready.waited, ready.waited, ready.blocks)


def lines_until_ready(system: System, options: str = "", counting: tuple[str, ...] = COUNTING) -> list[str]:
    """What the plugin prints, and what QEMU traces of the serial port, until the system is ready."""
    machine = dataclasses.replace(system.machine, cpu=PROCESSOR, extra=(*system.machine.extra, *counting))
    with tempfile.TemporaryDirectory(prefix="pith-bench-") as scratch:
        log = Path(scratch, "log")
        plugin = ("-plugin", f"{PLUGIN},entry={system.entry}{options}", "-d", "plugin,trace:serial_write", "-D", str(log))
        with Watched(machine, system.seconds, plugin) as run:
            run.until(system.ready)
        return log.read_text(errors="replace").splitlines()


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
            if not name.startswith("Linux") or turn < ROUNDS_OF_LINUX:
                samples[name].append(_time(system))
    # The least of each is compared: other work on this machine makes all of them longer, and the longest most.
    least = {name: min(time.ready for time in times) for name, times in samples.items()}
    return [*(figure for way in WAYS for figure in _time_figures(way, least)),
            *(_blocks_as_timed(way, chosen[f"Pith, {way}"]) for way in WAYS),
            *(figure for name, times in samples.items() for figure in _all_times(name, times)), _memory(chosen)]


def _time(system: System) -> Time:
    with Watched(system.machine, system.seconds) as run:
        ready, _ = run.until(system.ready)
    return Time(1000 * run.first_byte, 1000 * ready, 1000 * run.processor)


def _time_figures(way: str, least: dict[str, float]) -> list[Figure]:
    """GRUB takes its own time, and has no goal."""
    value, probe, linux, has_goal = least[f"Pith, {way}"], least[_probe_of(way)], least.get(_linux_of(way)), way != "GRUB"
    beside_linux = f"{way}: QEMU to prompt, beside Linux"
    return [Figure(f"{way}: QEMU to prompt", value, "ms", TIMES_PROBE_TIME * probe if has_goal else None, "probe", probe),
            Figure(beside_linux, None, "ms", None, _linux_of(way)) if linux is None else
            Figure(beside_linux, value, "ms", SHARE_OF_LINUX_TIME * linux if has_goal else None, _linux_of(way), linux)]


def _blocks_as_timed(way: str, system: System) -> Figure:
    """With -icount a block ends at each access to a device, so there are more of them; without, an interrupt may make one more."""
    written = outputs.read(lines_until_ready(system, counting=()))
    return Figure(f"{way}: blocks translated, without -icount", written.until(system.ready.encode()).blocks, BLOCKS)


def _all_times(name: str, times: list[Time]) -> Iterator[Figure]:
    """What was measured of each system: the least, and the median."""
    for field, what in (("first", "first byte"), ("ready", "ready"), ("processor", "QEMU's processor time")):
        values = [getattr(time, field) for time in times]
        yield Figure(f"{name}: {what}, least", min(values), "ms")
        yield Figure(f"{name}: {what}, median", statistics.median(values), "ms")


# ---- Memory --------------------------------------------------------------------------------------------------


def _memory(chosen: dict[str, System]) -> Figure:
    """What is not free at the prompt, of the memory that the machine has."""
    ours = json.loads(re.search(r"{.*}", _answer(chosen["Pith, pc"], "memory --json\r"))[0])["free"] / 1024
    if "Linux, pc" not in chosen:
        return Figure("memory in use at the prompt", KIB_OF_MACHINE - ours, "KiB", None, "Linux, pc")
    theirs = int(re.search(r"MemFree: *(\d+) kB", _answer(chosen["Linux, pc"], "/bin/busybox cat /proc/meminfo\n"))[1])
    return Figure("memory in use at the prompt", KIB_OF_MACHINE - ours, "KiB", None, "Linux, pc", KIB_OF_MACHINE - theirs)


def _answer(system: System, command: str) -> str:
    with Watched(system.machine, system.seconds) as run:
        run.until(system.ready)
        run.type(command)
        return run.until(system.ready)[1]

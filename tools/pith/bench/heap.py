"""./pith bench heap: the kernel's heap beside Debian's allocators, in turns; a plot goes to out/bench/heap.svg."""

from collections.abc import Mapping
from pathlib import Path

from pith import build, paths, process
from pith.bench import google_benchmark
from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernel("bench-heap-inside", "heap_inside.elf")
BATCH = 1000
PLOT = paths.OUT / "bench" / "heap.svg"
OURS = "ours"
OTHERS = ("glibc", "jemalloc", "tcmalloc", "mimalloc")
PLOTTED = (OURS, *OTHERS)
DESIGNS = ("bump", "fixed-size", "linked-list")   # kernel/heap/designs
# What each is measured by, a process for each. Memory needs one before anything was freed there. A bump allocator has no
# memory for a mix: what was freed it does not have again.
RUNS = {**dict.fromkeys(PLOTTED, ("pair|batch|mix", "overhead")), **dict.fromkeys(DESIGNS, ("pair|batch|mix",)), "bump": ("pair|batch",)}

Table = Mapping[str, Mapping[str, float]]  # of each measurement, the medians of all allocators that have one


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What the heap costs in the kernel, in guest instructions, beside one list of free blocks."""
    rows = (("new and delete", "heap-pair", 1, 45, "heap-pair-floor"),
            ("new and delete of 1000, for each", "heap-batch", BATCH, None, "heap-batch-floor"),
            ("new and delete of 4 KiB", "heap-pair-4096", 1, None, "heap-pair-floor"),
            ("new and delete of 1 MiB", "heap-pair-large", 1, None, "heap-pair-floor"))
    return [Figure(what, counts[name] / count, INSTRUCTIONS, goal, "floor", counts[floor] / count)
            for what, name, count, goal, floor in rows]


def timed() -> list[Figure]:
    """What the heap costs by the paths of new and delete, beside Debian's allocators."""
    table = measure()
    show(table)
    found = []
    for name, what, unit, times in (("pair", "64 bytes, taken and freed", "ns", 0.9), ("batch", "1000 of 64 bytes", "ns", 1),
                                    ("mix", "8 bytes to 4 KiB", "ns", 1.25), ("overhead", "memory for a byte in use", "bytes", 1)):
        best = best_other(table[name])
        beside = table[name][best]
        found.append(Figure(what, table[name][OURS], unit, times * beside, best, beside))
        found += [Figure(f"heap design {design}, {name}", table[name][design], unit, None, best, beside)
                  for design in DESIGNS if design in table[name]]
    return found


def measure() -> Table:
    """All medians: nanoseconds of processor time, and resident bytes for each that is in use."""
    build.target("host", "bench-heap")
    table: dict[str, dict[str, float]] = {}
    for place, value in google_benchmark.medians(_measure_once).items():
        name, allocator = place.split("/")
        table.setdefault(name, {})[allocator] = value
    return table


def _measure_once() -> dict[str, float]:
    """Each allocator once, as `<what>/<by whom>`."""
    found: dict[str, float] = {}
    for allocator, runs in RUNS.items():
        for chosen in runs:
            measured = _run(google_benchmark.PROGRAMS / f"bench-heap-{allocator}", chosen)
            found |= {f"{name}/{allocator}": value for name, value in measured.items()}
    return found


def _run(program: Path, chosen: str) -> dict[str, float]:
    return {name.split("/")[0]: row.get("overhead", row["cpu_time"])
            for name, row in google_benchmark.rows(program, chosen).items()}


def best_other(row: Mapping[str, float]) -> str:
    return min(OTHERS, key=lambda allocator: row[allocator])


def show(table: Table) -> None:
    """Prints what every allocator needs, and plots it."""
    print(f"{'':10}" + "".join(f"{allocator:>12}" for allocator in RUNS))
    for name, row in table.items():
        values = [f"{row[allocator]:.2f}" if allocator in row else "" for allocator in RUNS]
        print((f"{name:10}" + "".join(f"{value:>12}" for value in values)).rstrip())
    print("(times in ns; overhead in resident bytes for each in use; mimalloc is a shared library, the others static)")
    paths.made_directory(PLOT.parent)
    PLOT.write_text(plot(table))
    process.say(f"the plot is {paths.shown(PLOT)}")


def plot(table: Table) -> str:
    """Bars, a group for each measurement; each as a share of the group's longest. (Beside a list of holes all others were dots.)"""
    width, bar, gap, label = 640, 16, 12, 150
    lines, y = [], gap
    for name, row in table.items():
        lines.append(f'<text x="8" y="{y + 12}" font-weight="bold">{name}</text>')
        for allocator in PLOTTED:
            length = (width - label - 70) * row[allocator] / max(row[shown] for shown in PLOTTED)
            colour = "#c60" if allocator == OURS else "#789"
            lines.append(f'<text x="{label - 6}" y="{y + 12}" text-anchor="end">{allocator}</text>'
                         f'<rect x="{label}" y="{y}" width="{length:.1f}" height="{bar - 3}" fill="{colour}"/>'
                         f'<text x="{label + length + 6:.1f}" y="{y + 12}">{row[allocator]:.2f}</text>')
            y += bar
        y += gap
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" font-family="sans-serif" '
            f'font-size="12">\n' + "\n".join(lines) + "\n</svg>\n")

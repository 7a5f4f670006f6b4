"""./pith bench memory: frames and pages."""

from collections.abc import Mapping

from pith import build
from pith.bench import google_benchmark
from pith.bench.counted import Counts, Kernel
from pith.bench.figure import INSTRUCTIONS, Figure

KERNEL = Kernel("bench-memory", "memory.elf")
FRAMES = google_benchmark.PROGRAMS / "bench-frame-allocator"
# Whose posix_memalign stands in the place of libc's.
ALLOCATORS = {"jemalloc": "libjemalloc.so.2", "tcmalloc": "libtcmalloc_minimal.so.4", "mimalloc": "libmimalloc.so.2"}
ROUNDS = 3   # some of the others take long
RANGE_PAGES = 512
TABLES_ZEROED = 3 * 512   # three tables, by one instruction each that is repeated so often


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What frames and pages cost, in guest instructions, beside a floor that looks for no ends."""
    rows = (("frame, taken and given", "frame-pair", 1, 40, "frame-pair-floor"),
            ("frame of 2 MiB, the same", "large-frame-pair", 1, 1000, "frame-pair-floor"),
            ("page, map, unmap and flush", "page", 1, 100, "page-floor"),
            ("page of 2 MiB, the same", "large-page", 1, None, "page-floor"),
            ("page of 512 in a row, the same", "range", RANGE_PAGES, 12, "range-floor"),
            ("with tables that come and go", "range-and-tables", RANGE_PAGES, 16, "range-floor"),
            ("that without zeroing the tables", "range-without-zeroing", RANGE_PAGES, None, "range-floor"),
            ("4 KiB zeroed, 512 of it rep", "zero", 1, None, "zero-floor"),
            ("4 KiB copied, 512 of it rep", "copy", 1, None, "copy-floor"))
    counts = {**counts, "range-without-zeroing": counts["range-and-tables"] - TABLES_ZEROED}
    return [Figure(what, counts[name] / count, INSTRUCTIONS, goal, "floor", counts[floor] / count)
            for what, name, count, goal, floor in rows]


def timed() -> list[Figure]:
    """What a frame costs here, beside the best of what the host has for pieces of 4 KiB."""
    build.target("host", "bench-frame-allocator")
    times = google_benchmark.medians(_times_on_host, ROUNDS)
    scenarios = (("frame, on the host", "Pair", 25), ("frame of 100 000 at once", "Bulk", None),
                 ("frame of 100 000, a random one", "Random", None), ("frame of a random half of those", "Holes", None))
    return [_beside_the_best(what, name, goal, times) for what, name, goal in scenarios]


def _times_on_host() -> dict[str, float]:
    """As `<what>/<by whom>`."""
    times = google_benchmark.times(FRAMES, "(Pair|Bulk|Random|Holes)/")
    for allocator, library in ALLOCATORS.items():
        preloaded = google_benchmark.times(FRAMES, ".*/posix_memalign", preload=library)
        times |= {name.replace("posix_memalign", allocator): value for name, value in preloaded.items()}
    return times


def _beside_the_best(what: str, name: str, goal: float | None, times: Mapping[str, float]) -> Figure:
    others = {by: value for key, value in times.items() for of, by in [key.split("/")] if of == name and by != "ours"}
    best = min(others, key=others.__getitem__)
    return Figure(what, times[f"{name}/ours"], "ns", goal, best, others[best])

"""./pith bench memory: frames and pages."""

from pith import build, paths
from pith.bench import google_benchmark
from pith.bench.counted import Counts, Kernel
from pith.bench.figure import Figure

KERNEL = Kernel("bench-memory", "memory.elf")
FRAMES = paths.OUT / "build" / "host" / "bench" / "bench-frame-allocator"
RANGE_PAGES = 512
TABLES_ZEROED = 3 * 512   # three tables, by one instruction each that is repeated so often


def counted() -> list[Figure]:
    return figures(KERNEL.twice())


def figures(counts: Counts) -> list[Figure]:
    """What frames and pages cost, in guest instructions, beside a floor that checks nothing."""
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
    return [Figure(what, counts[name] / count, "", goal, "floor", counts[floor] / count)
            for what, name, count, goal, floor in rows]


def timed() -> list[Figure]:
    """What a frame costs here, beside the C++ library's pool of pieces of 4 KiB."""
    build.target("host", "bench-frame-allocator")
    rows = google_benchmark.rows(FRAMES, "Pair/")
    return [Figure("frame, on the host", rows["Pair/ours"]["cpu_time"], "ns", 25, "pool_resource",
                   rows["Pair/pool_resource"]["cpu_time"])]

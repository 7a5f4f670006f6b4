"""./pith bench memory: frames and pages."""

from pith import build, paths
from pith.bench import google_benchmark
from pith.bench.counted import twice
from pith.bench.figure import Figure

KERNEL = paths.OUT / "bench" / "memory.elf"
FRAMES = paths.OUT / "build" / "host" / "bench" / "bench-frame-allocator"
RANGE_PAGES = 512


def counted() -> list[Figure]:
    """What frames and pages cost, in guest instructions, beside a floor that checks nothing."""
    build.target("kernel", "bench-memory")
    costs = twice(KERNEL)
    figures = (("frame, taken and given", "frame-pair", 1, 40, "frame-pair-floor"),
               ("frame of 2 MiB, the same", "large-frame-pair", 1, 1000, "frame-pair-floor"),
               ("page, map, unmap and flush", "page", 1, 100, "page-floor"),
               ("page of 512 in a row, the same", "range", RANGE_PAGES, 12, "range-floor"),
               ("with tables that come and go", "range-and-tables", RANGE_PAGES, 16, "range-floor"))
    return [Figure(what, costs[name] / count, "", goal, "floor", costs[floor] / count)
            for what, name, count, goal, floor in figures]


def timed() -> list[Figure]:
    """What a frame costs here, beside the C++ library's pool of pieces of 4 KiB."""
    build.target("host", "bench-frame-allocator")
    rows = google_benchmark.rows(FRAMES, "Pair/")
    return [Figure("frame, on the host", rows["Pair/ours"]["cpu_time"], "ns", 25, "pool_resource",
                   rows["Pair/pool_resource"]["cpu_time"])]

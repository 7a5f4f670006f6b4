"""./pith bench memory-functions: copying, filling and the like, beside libc's, which may use vector registers."""

from pith import build
from pith.bench import google_benchmark
from pith.bench.figure import Figure

PROGRAM = google_benchmark.PROGRAMS / "bench-memory-functions"
SIZES = (16, 256, 4096)
FUNCTIONS = {"Copy": "copying {} bytes", "Fill": "filling {} bytes", "MoveUp": "moving {} bytes up by 8",
             "MoveDown": "moving {} bytes down by 8", "Compare": "comparing {} bytes", "FindByte": "finding a byte in {}"}


def timed() -> list[Figure]:
    build.target("host", "bench-memory-functions")
    chosen = f"({'|'.join(FUNCTIONS)})/(ours|libc)/({'|'.join(map(str, SIZES))})$"
    times = google_benchmark.medians(lambda: google_benchmark.times(PROGRAM, chosen))
    return [Figure(what.format(size), times[f"{name}/ours/{size}"], "ns", None, "libc", times[f"{name}/libc/{size}"])
            for name, what in FUNCTIONS.items() for size in SIZES]

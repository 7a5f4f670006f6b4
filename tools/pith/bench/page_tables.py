"""./pith bench page-tables: the walker of page tables on the host, beside the least, and beside a hash table."""

from pith import build
from pith.bench import google_benchmark
from pith.bench.figure import Figure

PROGRAM = google_benchmark.PROGRAMS / "bench-page-tables"
SCENARIOS = {"OnePage": "page mapped and unmapped", "Range": "page of 512, the same", "Find": "page found of 262 144"}
CONTESTANTS = {"ours": "", "unordered_map": ", hashed"}


def timed() -> list[Figure]:
    build.target("host", "bench-page-tables")
    times = google_benchmark.medians(lambda: google_benchmark.times(PROGRAM, "|".join(SCENARIOS)))
    return [Figure(what + by_what, times[f"{name}/{by}"], "ns", None, "floor", times[f"{name}/floor"])
            for name, what in SCENARIOS.items() for by, by_what in CONTESTANTS.items()]

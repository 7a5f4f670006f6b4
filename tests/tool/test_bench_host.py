"""What is timed on the host: how programs are run, and what is made of their times."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith.bench import google_benchmark, memory, memory_functions, page_tables
from pith.bench.figure import Figure


class GoogleBenchmarkTest(unittest.TestCase):
    def program(self, script: str) -> Path:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        program = Path(scratch.name, "bench-none")
        program.write_text("#!/bin/sh\n" + script)
        program.chmod(0o755)
        return program

    def test_times_are_read_by_their_names(self) -> None:
        program = self.program("""echo '{"benchmarks": [{"name": "Find/ours", "cpu_time": 2.5, "real_time": 9}]}'""")
        self.assertEqual(google_benchmark.times(program, "Find"), {"Find/ours": 2.5})

    def test_an_allocator_is_loaded_before_all_else_and_only_when_asked_for(self) -> None:
        program = self.program("""echo "{\\"benchmarks\\": [{\\"name\\": \\"[$LD_PRELOAD]\\", \\"cpu_time\\": 1}]}" """)
        self.assertEqual(list(google_benchmark.times(program, ".")), ["[]"])
        self.assertEqual(list(google_benchmark.times(program, ".", preload="libm.so.6")), ["[libm.so.6]"])

    def test_medians_are_taken_of_rounds_that_measure_all(self) -> None:
        rounds = iter([{"a": 5.0, "b": 1.0}, {"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 90.0}])
        self.assertEqual(google_benchmark.medians(lambda: next(rounds), rounds=3), {"a": 2.0, "b": 2.0})


class FiguresTest(unittest.TestCase):
    """Of a program that measures `ours` as 2 and each of the others as their place in the alphabet."""

    OTHERS = {"libc": 6, "floor": 1, "unordered_map": 9, "posix_memalign": 7, "pool_resource": 8}
    PRELOADED = {"libjemalloc.so.2": 3, "libtcmalloc_minimal.so.4": 5, "libmimalloc.so.2": 4}

    def figures(self, part: object, names: list[str]) -> dict[str, Figure]:
        def times(_program: Path, chosen: str, seconds: float = 0, preload: str = "") -> dict[str, float]:
            if preload:
                return {name: float(self.PRELOADED[preload]) for name in names if name.endswith("/posix_memalign")}
            return {name: float({"ours": 2, **self.OTHERS}[name.split("/")[1]]) for name in names}

        with mock.patch.object(google_benchmark, "times", times), mock.patch.object(part, "build"):
            return {figure.name: figure for figure in part.timed()}

    def test_memory_functions_stand_beside_libcs(self) -> None:
        names = [f"{name}/{by}/{size}" for name in memory_functions.FUNCTIONS for by in ("ours", "libc")
                 for size in memory_functions.SIZES]
        figures = self.figures(memory_functions, names)
        self.assertEqual(len(figures), 18)
        self.assertEqual(figures["copying 4096 bytes"], Figure("copying 4096 bytes", 2, "ns", None, "libc", 6))

    def test_the_walker_and_a_hash_table_stand_beside_their_floor(self) -> None:
        names = [f"{name}/{by}" for name in page_tables.SCENARIOS for by in ("ours", "floor", "unordered_map")]
        figures = self.figures(page_tables, names)
        self.assertEqual([figure.value for figure in figures.values()], [2, 9] * 3)
        self.assertEqual({figure.ratio for figure in figures.values()}, {2, 9})

    def test_frames_stand_beside_the_best_of_all_others(self) -> None:
        names = [f"{name}/{by}" for name in ("Pair", "Bulk", "Random", "Holes") for by in ("ours", "posix_memalign", "pool_resource")]
        figures = self.figures(memory, names)
        self.assertEqual(figures["frame, on the host"], Figure("frame, on the host", 2, "ns", 25, "jemalloc", 3))
        self.assertEqual(len(figures), 4)


if __name__ == "__main__":
    unittest.main()

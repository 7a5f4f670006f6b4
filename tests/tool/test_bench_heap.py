"""The heap's benchmark: what is run, what is made of it, and what is drawn."""

import contextlib
import io
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from unittest import mock

from pith.bench import heap
from pith.bench.figure import Figure
from pith.errors import PithError

SVG = "{http://www.w3.org/2000/svg}"


def row(*values: float, **designs: float) -> dict[str, float]:
    """A measurement: ours first."""
    return {**dict(zip(heap.PLOTTED, values, strict=True)), **designs}


TABLE = {"pair": row(2, 6, 5, 3, 4, bump=1.5), "batch": row(3, 7, 9, 3, 4), "mix": row(5, 30, 10, 8, 9, **{"linked-list": 900}),
         "overhead": row(1.15, 1.09, 1.16, 1.18, 1.2)}


class RunTest(unittest.TestCase):
    def run_program(self, script: str) -> dict[str, float]:
        with tempfile.TemporaryDirectory() as scratch:
            program = Path(scratch, "bench-heap-none")
            program.write_text("#!/bin/sh\n" + script)
            program.chmod(0o755)
            return heap._run(program, "pair|mix")

    def test_times_and_overhead_are_read(self) -> None:
        values = self.run_program("""echo '{"benchmarks": [{"name": "pair", "cpu_time": 2.5},
            {"name": "overhead/iterations:1", "cpu_time": 7, "overhead": 1.25}]}'""")
        self.assertEqual(values, {"pair": 2.5, "overhead": 1.25})

    def test_the_program_is_told_what_to_measure(self) -> None:
        values = self.run_program("""echo "{\\"benchmarks\\": [{\\"name\\": \\"$1\\", \\"cpu_time\\": 1}]}" """)
        self.assertEqual(list(values), ["--benchmark_filter=^(pair|mix)"])

    def test_a_program_that_fails_is_named(self) -> None:
        with self.assertRaisesRegex(PithError, "bench-heap-none failed: no memory"):
            self.run_program("echo no memory >&2; exit 1")


class MeasureTest(unittest.TestCase):
    def test_rounds_alternate_and_medians_are_taken(self) -> None:
        runs: list[tuple[str, str]] = []

        def run(program: Path, chosen: str) -> dict[str, float]:
            runs.append((program.name, chosen))
            return dict.fromkeys(chosen.split("|"), float(len(runs) ** 2))

        with mock.patch.object(heap, "_run", run), mock.patch.object(heap.build, "target") as built:
            table = heap.measure()
        built.assert_called_once_with("host", "bench-heap")
        of_a_round = [(f"bench-heap-{name}", chosen) for name in heap.PLOTTED for chosen in ("pair|batch|mix", "overhead")]
        of_a_round += [("bench-heap-bump", "pair|batch"), ("bench-heap-fixed-size", "pair|batch|mix"),
                       ("bench-heap-linked-list", "pair|batch|mix")]
        self.assertEqual(runs, of_a_round * 5)
        # Of five rounds of thirteen runs the third one's: run 27 is its first.
        self.assertEqual(table["pair"][heap.OURS], 27 ** 2)
        self.assertEqual(table["overhead"]["mimalloc"], 36 ** 2)
        self.assertNotIn("bump", table["mix"])


class ShowTest(unittest.TestCase):
    def test_the_best_of_the_others_is_no_matter_of_ours(self) -> None:
        self.assertEqual([heap.best_other(values) for values in TABLE.values()],
                         ["tcmalloc", "tcmalloc", "tcmalloc", "glibc"])

    def test_the_table_has_a_line_for_each_measurement(self) -> None:
        printed = io.StringIO()
        with tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(printed):
            plot = Path(scratch, "bench", "heap.svg")
            with mock.patch.object(heap, "PLOT", plot), mock.patch.object(heap.process, "say"), \
                    mock.patch.object(heap.paths, "shown", str):
                heap.show(TABLE)
            self.assertEqual(plot.read_text(), heap.plot(TABLE))
        lines = [line.split() for line in printed.getvalue().splitlines()]
        self.assertEqual(lines[0], [*heap.PLOTTED, *heap.DESIGNS])
        self.assertEqual(lines[1], ["pair", "2.00", "6.00", "5.00", "3.00", "4.00", "1.50"])
        self.assertEqual([line[0] for line in lines[1:5]], list(TABLE))

    def test_bars_are_as_long_as_their_share_of_the_longest(self) -> None:
        bars = ElementTree.fromstring(heap.plot(TABLE)).findall(f"{SVG}rect")
        self.assertEqual(len(bars), len(TABLE) * len(heap.PLOTTED))
        widths = [float(bar.attrib["width"]) for bar in bars]
        self.assertEqual([round(6 * width / max(widths)) for width in widths[:5]], [2, 6, 5, 3, 4])
        self.assertEqual({max(widths[group:group + 5]) for group in range(0, 20, 5)}, {420.0})
        self.assertEqual([index for index, bar in enumerate(bars) if bar.attrib["fill"] == "#c60"], [0, 5, 10, 15])


class FiguresTest(unittest.TestCase):
    """The figures of `./pith bench heap` that are timed."""

    def figures(self) -> list[Figure]:
        with mock.patch.object(heap, "measure", return_value=TABLE), mock.patch.object(heap, "show"), \
                mock.patch.object(heap.build, "target"):
            return heap.timed()

    def test_goals_are_shares_of_the_best(self) -> None:
        goals = [(figure.baseline, round(figure.goal, 3)) for figure in self.figures() if figure.goal]
        self.assertEqual(goals, [("tcmalloc", 2.7), ("tcmalloc", 3), ("tcmalloc", 10), ("glibc", 1.09)])

    def test_what_is_worse_than_its_goal_is_missed(self) -> None:
        self.assertEqual([figure.met for figure in self.figures() if figure.goal], [True, True, True, False])

    def test_simpler_designs_have_figures_without_goals(self) -> None:
        designs = [(figure.name, figure.value, figure.baseline_value) for figure in self.figures() if not figure.goal]
        self.assertEqual(designs, [("heap design bump, pair", 1.5, 3), ("heap design linked-list, mix", 900, 8)])


if __name__ == "__main__":
    unittest.main()

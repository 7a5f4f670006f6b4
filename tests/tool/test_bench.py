"""`./pith bench`: which parts it measures, what it writes for programs, and what it prints for people."""

import argparse
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from pith import bench
from pith.bench import figure
from pith.bench.figure import Figure
from pith.errors import UsageError

MET = Figure("good", 2, "ns", 3, "other", 4)
MISSED = Figure("bad", 4, "ns", 3, "other", 4)
ALONE = Figure("alone", 12345.4, "")


class MainTest(unittest.TestCase):
    """Two parts, of which one has nothing to time."""

    def run_bench(self, part: str | None, counted: bool, figures: list[Figure] | None = None) -> tuple[int, list[str]]:
        measured: list[str] = []

        def measure(what: str) -> list[Figure]:
            measured.append(what)
            return figures or []

        parts = {"heap": SimpleNamespace(counted=lambda: measure("heap counted"), timed=lambda: measure("heap timed")),
                 "sizes": SimpleNamespace(counted=lambda: measure("sizes counted"))}
        with mock.patch.object(bench, "PARTS", parts), mock.patch.object(bench.packages, "need"), \
                mock.patch.object(figure, "write"), mock.patch.object(figure, "show"):
            return bench.main(argparse.Namespace(part=part, counted=counted, check_counts=False, update_counts=None, yes=True)), measured

    def test_all_parts_are_measured_and_what_is_timed_comes_last(self) -> None:
        self.assertEqual(self.run_bench(None, counted=False)[1], ["heap counted", "sizes counted", "heap timed"])

    def test_times_are_left_out_when_only_counts_are_wanted(self) -> None:
        self.assertEqual(self.run_bench("heap", counted=True)[1], ["heap counted"])

    def test_an_unknown_part_is_refused_with_a_guess(self) -> None:
        with self.assertRaisesRegex(UsageError, "no part 'heep'.*heap"):
            self.run_bench("heep", counted=False)

    def test_it_fails_if_a_goal_is_missed(self) -> None:
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET, ALONE])[0], 0)
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET, MISSED])[0], 1)


class FigureTest(unittest.TestCase):
    def test_what_is_written_has_these_fields_and_null_for_what_is_missing(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            results = Path(scratch, "bench", "results.json")
            with mock.patch.object(figure, "RESULTS", results):
                figure.write([MISSED, ALONE])
            rows = json.loads(results.read_text())
        self.assertEqual(rows[0], {"name": "bad", "value": 4, "unit": "ns", "goal": 3, "baseline": "other", "baseline_value": 4,
                                   "ratio": 1.0, "met": False})
        self.assertEqual(rows[1], {"name": "alone", "value": 12345.4, "unit": "", "goal": None, "baseline": None,
                                   "baseline_value": None, "ratio": None, "met": None})

    def test_the_table_has_a_line_for_each(self) -> None:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), mock.patch.object(figure.process, "say"):
            figure.show([MET, MISSED, ALONE])
        lines = [line.split() for line in printed.getvalue().splitlines()]
        self.assertEqual(lines[1], ["good", "2", "ns", "3", "ns", "other", "4", "ns", "0.5", "met"])
        self.assertEqual(lines[2][-1], "missed")
        self.assertEqual(lines[3], ["alone", "12,345"])


if __name__ == "__main__":
    unittest.main()

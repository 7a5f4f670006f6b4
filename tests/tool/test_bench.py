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
ALONE = Figure("alone", 12345.4, "instructions")
UNKNOWN = Figure("unknown", None, "ms", None, "Linux")


class MainTest(unittest.TestCase):
    """Two parts, of which one has nothing to time."""

    def run_bench(self, *part: str, counted: bool, figures: list[Figure] | None = None,
                  misses: dict[str, str] | None = None) -> tuple[int, list[str]]:
        measured: list[str] = []

        def measure(what: str) -> list[Figure]:
            measured.append(what)
            return figures or []

        parts = {"heap": SimpleNamespace(counted=lambda: measure("heap counted"), timed=lambda: measure("heap timed")),
                 "sizes": SimpleNamespace(counted=lambda: measure("sizes counted"))}
        self.printed = io.StringIO()
        with mock.patch.object(bench, "PARTS", parts), mock.patch.object(bench.packages, "need"), \
                mock.patch.object(figure, "write"), mock.patch.object(figure, "show"), \
                mock.patch.object(figure, "known_misses", return_value=misses or {}), contextlib.redirect_stdout(self.printed):
            options = argparse.Namespace(part=list(part), counted=counted, check_counts=False, update_counts=None, yes=True)
            return bench.main(options), measured

    def test_all_parts_are_measured_and_what_is_timed_comes_last(self) -> None:
        self.assertEqual(self.run_bench(counted=False)[1], ["heap counted", "sizes counted", "heap timed"])

    def test_several_parts_can_be_named(self) -> None:
        self.assertEqual(self.run_bench("sizes", "heap", counted=False)[1], ["heap counted", "sizes counted", "heap timed"])

    def test_times_are_left_out_when_only_counts_are_wanted(self) -> None:
        self.assertEqual(self.run_bench("heap", counted=True)[1], ["heap counted"])

    def test_an_unknown_part_is_refused_with_a_guess(self) -> None:
        with self.assertRaisesRegex(UsageError, "no part 'heep'.*heap"):
            self.run_bench("heep", counted=False)

    def test_it_fails_if_a_goal_is_missed_and_nobody_has_said_why(self) -> None:
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET, ALONE, UNKNOWN])[0], 0)
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET, MISSED])[0], 1)
        self.assertEqual(self.printed.getvalue(), "bad: 4 ns, and the goal is 3\n")
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET, MISSED], misses={"bad": "it looks twice"})[0], 0)

    def test_it_fails_if_a_known_miss_is_met(self) -> None:
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[MET], misses={"good": "it looks twice"})[0], 1)
        self.assertRegex(self.printed.getvalue(), r"^good: the goal is met, so .*bench/misses\.json")

    def test_a_known_miss_that_was_not_measured_stays_known(self) -> None:
        self.assertEqual(self.run_bench("sizes", counted=True, figures=[UNKNOWN], misses={"unknown": "", "elsewhere": ""})[0], 0)

    def test_a_known_miss_of_something_that_is_nowhere_fails(self) -> None:
        self.assertEqual(self.run_bench(counted=False, figures=[UNKNOWN], misses={"unknown": "", "renamed": ""})[0], 1)
        self.assertRegex(self.printed.getvalue(), "^renamed: nothing that is measured is called so")


class WriteTest(unittest.TestCase):
    """out/bench/results.json."""

    def setUp(self) -> None:
        self.results = Path(self.enterContext(tempfile.TemporaryDirectory()), "bench", "results.json")
        self.enterContext(mock.patch.object(figure, "RESULTS", self.results))

    def rows(self) -> list[dict[str, object]]:
        return json.loads(self.results.read_text())

    def test_each_has_these_fields_and_null_for_what_is_missing(self) -> None:
        figure.write({("heap", "timed"): [MISSED, ALONE, UNKNOWN]})
        for row, expected in zip(self.rows(), (
                {"name": "bad", "value": 4, "unit": "ns", "goal": 3, "baseline": "other", "baseline_value": 4, "ratio": 1.0, "met": False},
                {"name": "alone", "value": 12345.4, "unit": "instructions", "goal": None, "baseline": None, "baseline_value": None,
                 "ratio": None, "met": None},
                {"name": "unknown", "value": None, "unit": "ms", "goal": None, "baseline": "Linux", "baseline_value": None,
                 "ratio": None, "met": None}), strict=True):
            self.assertEqual(row, {"part": "heap", "how": "timed", "measured": row["measured"], **expected})
            self.assertRegex(row["measured"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")

    def test_what_was_not_measured_now_stays(self) -> None:
        figure.write({("heap", "counted"): [MET, MISSED], ("heap", "timed"): [UNKNOWN], ("tasks", "counted"): [ALONE]})
        figure.write({("heap", "counted"): [Figure("new", 1, "ns")]})
        self.assertEqual([(row["part"], row["how"], row["name"]) for row in self.rows()],
                         [("heap", "timed", "unknown"), ("tasks", "counted", "alone"), ("heap", "counted", "new")])

    def test_rows_of_an_older_tool_are_dropped(self) -> None:
        self.results.parent.mkdir()
        self.results.write_text('[{"name": "old"}]')
        figure.write({("heap", "counted"): [MET]})
        self.assertEqual([row["name"] for row in self.rows()], ["good"])


class ShowTest(unittest.TestCase):
    def test_the_table_has_a_line_for_each(self) -> None:
        printed = io.StringIO()
        known = Figure("known", 4, "ns", 3)
        with contextlib.redirect_stdout(printed), mock.patch.object(figure.process, "say"):
            figure.show([MET, MISSED, known, ALONE, UNKNOWN], {"known": "it looks twice"})
        lines = [" ".join(line.split()) for line in printed.getvalue().splitlines()]
        self.assertEqual(lines[1:], ["good 2 3 ns met other 4 0.5", "bad 4 3 ns missed other 4 1", "known 4 3 ns known miss",
                                     "alone 12,345 instructions", "unknown not measured ms Linux"])


class TreeTest(unittest.TestCase):
    def test_each_known_miss_has_a_reason(self) -> None:
        for name, reason in figure.known_misses().items():
            self.assertGreater(len(reason.split()), 5, name)


if __name__ == "__main__":
    unittest.main()

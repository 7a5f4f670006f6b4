"""Counts beside those in the tree: what is worse fails, what is better is told, and both are written with a reason."""

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
from pith.bench import counts
from pith.bench.counted import read
from pith.bench.figure import Figure
from pith.errors import PithError, UsageError

TREE = {"heap": {"pair": {"count": 100, "reason": "as it began"}, "batch": {"count": 5000, "reason": "holes are filled"}},
        "tasks": {"switch": {"count": 488, "reason": "as it began"}}}


def part(measured: dict[str, int], missed: list[Figure] | None = None) -> SimpleNamespace:
    return SimpleNamespace(KERNEL=SimpleNamespace(once=lambda: measured), figures=lambda _: missed or [])


class CountsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.file = Path(self.scratch.name, "counts.json")
        self.file.write_text(json.dumps(TREE))

    def run_with(self, do: str, *arguments: str, missed: list[Figure] | None = None, **heap: int) -> tuple[int, str]:
        """What `check` or `update` returns and prints when the heap counts so."""
        printed = io.StringIO()
        with mock.patch.object(counts, "FILE", self.file), mock.patch.object(counts.paths, "shown", str), \
                mock.patch.object(counts, "PARTS", {"heap": part(heap, missed)}), contextlib.redirect_stdout(printed):
            return getattr(counts, do)(["heap"], *arguments), printed.getvalue()

    def test_what_is_as_before_or_little_different_passes_without_a_word(self) -> None:
        for pair, batch in ((100, 5000), (103, 4850), (97, 5150)):
            status, printed = self.run_with("check", pair=pair, batch=batch)
            self.assertEqual((status, printed.count("\n")), (0, 1), printed)

    def test_more_than_three_percent_worse_fails_and_says_what_to_do(self) -> None:
        status, printed = self.run_with("check", pair=104, batch=5000)
        self.assertEqual(status, 1)
        self.assertRegex(printed, r"heap +pair +100 +104  worse by 4\.0%")
        self.assertIn("./pith bench --update-counts", printed)
        self.assertNotIn("batch", printed)

    def test_much_better_is_told_and_passes(self) -> None:
        status, printed = self.run_with("check", pair=90, batch=5000)
        self.assertEqual(status, 0)
        self.assertRegex(printed, r"heap +pair +100 +90  better by 10\.0%")
        self.assertIn("--update-counts", printed)

    def test_a_count_that_is_new_or_gone_fails(self) -> None:
        status, printed = self.run_with("check", pair=100, large=7)
        self.assertEqual(status, 1)
        self.assertRegex(printed, r"batch +5,000 +was not measured")
        self.assertRegex(printed, r"large +7  is not in the tree")

    def test_a_count_that_was_nothing_and_is_something_fails(self) -> None:
        self.file.write_text(json.dumps({"heap": {"pair": {"count": 0, "reason": "nothing to do"}}}))
        self.assertEqual(self.run_with("check", pair=1)[0], 1)

    def test_a_goal_that_is_missed_fails_though_the_count_is_the_trees(self) -> None:
        status, printed = self.run_with("check", missed=[Figure("new", 100, "", 99)], pair=100, batch=5000)
        self.assertEqual(status, 1)
        self.assertIn("new: 100, and the goal is 99", printed)

    def test_an_update_writes_what_changed_with_its_reason_and_leaves_the_rest(self) -> None:
        self.assertEqual(self.run_with("update", " it looks twice now ", pair=104, large=7)[0], 0)
        self.assertEqual(json.loads(self.file.read_text()), {
            "heap": {"pair": {"count": 104, "reason": "it looks twice now"}, "large": {"count": 7, "reason": "it looks twice now"}},
            "tasks": TREE["tasks"]})
        self.assertEqual(self.run_with("check", pair=104, large=7)[0], 0)

    def test_an_update_without_a_reason_is_refused(self) -> None:
        with self.assertRaisesRegex(PithError, "no.*reason|reason is none"):
            self.run_with("update", "  ", pair=104)
        self.assertEqual(json.loads(self.file.read_text()), TREE)


class TreeTest(unittest.TestCase):
    """The counts that are in the tree."""

    def test_each_has_a_number_and_a_reason(self) -> None:
        book = counts.read()
        self.assertEqual(list(book), sorted(counts.PARTS))
        for part_of_it, entries in book.items():
            for name, entry in entries.items():
                self.assertGreater(entry["count"], 0, f"{part_of_it} {name}")
                self.assertTrue(entry["reason"].strip(), f"{part_of_it} {name}")

    def test_the_parts_make_their_figures_of_what_is_counted_there(self) -> None:
        for name, module in counts.PARTS.items():
            counted = {count: entry["count"] for count, entry in counts.read()[name].items()}
            figures = module.figures(counted)
            self.assertTrue(figures)
            self.assertEqual([figure.name for figure in figures if figure.met is False], [])


class ReadTest(unittest.TestCase):
    def test_figures_are_found_among_what_a_kernel_prints(self) -> None:
        self.assertEqual(read(["Pith starts", "FIGURE heap-pair 47", "FIGURE floor 6"]), {"heap-pair": 47, "floor": 6})

    def test_a_kernel_without_figures_is_shown_with_what_it_printed(self) -> None:
        with self.assertRaisesRegex(PithError, "PANIC at"):
            read(["PANIC at heap.cpp:1"])


class CommandTest(unittest.TestCase):
    def run_bench(self, **chosen: object) -> mock.Mock:
        options = argparse.Namespace(**{"part": None, "counted": False, "check_counts": False, "update_counts": None, "yes": True,
                                        **chosen})
        with mock.patch.object(bench.packages, "need"), mock.patch.object(bench, "counts") as used:
            used.PARTS = counts.PARTS
            bench.main(options)
            return used

    def test_all_kernels_are_compared_or_one(self) -> None:
        self.run_bench(check_counts=True).check.assert_called_once_with(list(counts.PARTS))
        self.run_bench(check_counts=True, part="heap").check.assert_called_once_with(["heap"])

    def test_an_update_takes_its_reason_along(self) -> None:
        self.run_bench(update_counts="why", part="tasks").update.assert_called_once_with(["tasks"], "why")

    def test_a_part_that_counts_nothing_from_inside_is_refused(self) -> None:
        with self.assertRaisesRegex(UsageError, "'sizes' counts nothing from inside"):
            self.run_bench(check_counts=True, part="sizes")


if __name__ == "__main__":
    unittest.main()

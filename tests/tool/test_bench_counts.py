"""Counts beside those in the tree: what is worse or better fails, and is written with a reason."""

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
from pith.bench import counts, figure, starting
from pith.bench.counted import WHOLE, Kernel, read
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

    def run_with(self, do: str, *arguments: str, of: list[str] | None = None, figures: list[Figure] | None = None,
                 misses: dict[str, str] | None = None, **heap: int) -> tuple[int, str]:
        """What `check` or `update` returns and prints when the heap counts so, and tasks as they did."""
        printed = io.StringIO()
        parts = {"heap": part(heap, figures), "tasks": part({"switch": 488})}
        with mock.patch.object(counts, "FILE", self.file), mock.patch.object(counts.paths, "shown", str), \
                mock.patch.object(figure, "known_misses", return_value=misses or {}), \
                mock.patch.object(counts, "PARTS", parts), contextlib.redirect_stdout(printed):
            return getattr(counts, do)(["heap"] if of is None else of, *arguments), printed.getvalue()

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

    def test_much_better_fails_too_or_it_would_get_lost_again(self) -> None:
        status, printed = self.run_with("check", pair=90, batch=5000)
        self.assertEqual(status, 1)
        self.assertRegex(printed, r"heap +pair +100 +90  better by 10\.0%")
        self.assertIn("./pith bench --update-counts", printed)

    def test_a_count_that_is_new_or_gone_fails(self) -> None:
        status, printed = self.run_with("check", pair=100, large=7)
        self.assertEqual(status, 1)
        self.assertRegex(printed, r"batch +5,000 +was not measured")
        self.assertRegex(printed, r"large +7  is not in the tree")

    def test_a_count_that_was_nothing_and_is_something_fails(self) -> None:
        self.file.write_text(json.dumps({"heap": {"pair": {"count": 0, "reason": "nothing to do"}}}))
        self.assertEqual(self.run_with("check", pair=1)[0], 1)

    def test_a_goal_that_is_missed_fails_though_the_count_is_the_trees(self) -> None:
        missed = [Figure("new", 100, "instructions", 99)]
        status, printed = self.run_with("check", figures=missed, pair=100, batch=5000)
        self.assertEqual(status, 1)
        self.assertIn("new: 100 instructions, and the goal is 99", printed)
        self.assertEqual(self.run_with("check", figures=missed, misses={"new": "ENDBR64"}, pair=100, batch=5000)[0], 0)

    def test_a_known_miss_that_is_met_fails(self) -> None:
        status, printed = self.run_with("check", figures=[Figure("new", 99, "", 99)], misses={"new": "ENDBR64"}, pair=100, batch=5000)
        self.assertEqual(status, 1)
        self.assertIn("new: the goal is met", printed)

    def test_an_update_writes_what_changed_with_its_reason_and_leaves_the_rest(self) -> None:
        self.assertEqual(self.run_with("update", " it looks twice now ", pair=104, large=7)[0], 0)
        self.assertEqual(json.loads(self.file.read_text()), {
            "heap": {"pair": {"count": 104, "reason": "it looks twice now"}, "large": {"count": 7, "reason": "it looks twice now"}},
            "tasks": TREE["tasks"]})
        self.assertEqual(self.run_with("check", pair=104, large=7)[0], 0)

    def test_an_update_leaves_what_changed_little(self) -> None:
        self.run_with("update", "it looks twice", pair=103, batch=6000)
        self.assertEqual(json.loads(self.file.read_text())["heap"], {"pair": TREE["heap"]["pair"],
                                                                     "batch": {"count": 6000, "reason": "it looks twice"}})

    def test_a_count_that_is_named_is_written_however_little_it_changed(self) -> None:
        self.run_with("update", "it looks twice", of=["heap/pair"], pair=101, batch=5001)
        self.assertEqual(json.loads(self.file.read_text())["heap"], {"pair": {"count": 101, "reason": "it looks twice"},
                                                                     "batch": TREE["heap"]["batch"]})

    def test_an_update_of_some_counts_leaves_the_others(self) -> None:
        for words in (["heap/p*"], ["tasks", "heap/pair"], ["h*/?air"]):
            self.file.write_text(json.dumps(TREE))
            self.run_with("update", "it looks twice", of=words, pair=200, batch=6000)
            self.assertEqual(json.loads(self.file.read_text())["heap"], {"pair": {"count": 200, "reason": "it looks twice"},
                                                                         "batch": TREE["heap"]["batch"]})
        self.run_with("update", "all", of=[], pair=300, batch=7000)
        self.assertEqual({entry["count"] for entry in json.loads(self.file.read_text())["heap"].values()}, {300, 7000})

    def test_an_update_of_nothing_that_is_there_is_refused(self) -> None:
        with self.assertRaisesRegex(UsageError, "no part is called heep "):
            self.run_with("update", "it looks twice", of=["heep/pair"], pair=200)

    def test_each_word_of_an_update_has_to_name_something(self) -> None:
        for words in (["heap/pare"], ["tasks", "heap/pare"], ["tasks", "heep"]):
            with self.assertRaisesRegex(UsageError, "heap/pare.*heap/pair|no part is called heep"):
                self.run_with("update", "it looks twice", of=words, pair=200)
        self.assertEqual(json.loads(self.file.read_text()), TREE)

    def test_an_update_says_which_goals_are_missed_and_fails_then(self) -> None:
        status, printed = self.run_with("update", "it looks twice", figures=[Figure("new", 104, "", 99)], pair=104, batch=5000)
        self.assertEqual(status, 1)
        self.assertIn("new: 104", printed)
        self.assertEqual(json.loads(self.file.read_text())["heap"]["pair"]["count"], 104)

    def test_an_update_without_a_reason_is_refused(self) -> None:
        with self.assertRaisesRegex(PithError, "no.*reason|reason is none"):
            self.run_with("update", "  ", pair=104)
        self.assertEqual(json.loads(self.file.read_text()), TREE)


class ReasonTest(unittest.TestCase):
    """A count that changes has another reason."""

    def unexplained(self, count: int, reason: str) -> list[str]:
        now = {**TREE, "heap": {**TREE["heap"], "pair": {"count": count, "reason": reason}}}
        return [change.name for change in counts.unexplained(TREE, now)]

    def test_the_old_reason_is_none_for_what_is_worse_or_better(self) -> None:
        self.assertEqual(self.unexplained(104, "as it began"), ["pair"])
        self.assertEqual(self.unexplained(96, "as it began"), ["pair"])

    def test_another_reason_or_little_change_is_right(self) -> None:
        self.assertEqual(self.unexplained(104, "it looks twice"), [])
        self.assertEqual(self.unexplained(103, "as it began"), [])

    def test_what_is_new_or_gone_needs_no_other(self) -> None:
        self.assertEqual(counts.unexplained(TREE, {"heap": {"large": {"count": 1, "reason": "new"}}}), [])

    def test_without_history_there_is_nothing_to_compare_with(self) -> None:
        with mock.patch.object(counts, "_git", return_value=None):
            self.assertEqual(counts.earlier_books(), [])

    def test_a_clone_of_one_commit_has_no_history(self) -> None:
        told = {"rev-parse": "c0ffee", "log": "c0ffee", "show": json.dumps(TREE)}
        with mock.patch.object(counts, "_git", side_effect=lambda *words: told.get(words[0])):
            self.assertEqual(counts.earlier_books(), [])

    def test_the_book_before_its_last_change_is_an_earlier_one(self) -> None:
        told = {"rev-parse": "c0ffee", "log": "bee\ndad", "show": json.dumps(TREE)}
        with mock.patch.object(counts, "_git", side_effect=lambda *words: told.get(words[0])) as git:
            self.assertEqual(counts.earlier_books(), [TREE, TREE])
        git.assert_any_call("show", "dad:bench/counts.json")


class TreeTest(unittest.TestCase):
    """The counts that are in the tree."""

    def test_each_has_a_number_and_a_reason(self) -> None:
        book = counts.read()
        self.assertEqual(list(book), sorted(counts.PARTS))
        for part_of_it, entries in book.items():
            for name, entry in entries.items():
                self.assertGreater(entry["count"], 0, f"{part_of_it} {name}")
                self.assertTrue(entry["reason"].strip(), f"{part_of_it} {name}")

    def test_what_this_branch_changed_has_a_reason_of_its_own(self) -> None:
        books = counts.earlier_books()
        if not books:
            self.skipTest("there is no history here: git knows no earlier bench/counts.json")
        for before in books:
            self.assertEqual([str(change) for change in counts.unexplained(before, counts.read())], [])

    def test_the_parts_make_their_figures_of_what_is_counted_there(self) -> None:
        misses = figure.known_misses()
        for name, module in counts.PARTS.items():
            counted = {count: entry["count"] for count, entry in counts.read()[name].items()}
            figures = module.figures(counted)
            self.assertTrue(figures)
            self.assertEqual(list(figure.goals_as_told(figures, misses)), [])


class ReadTest(unittest.TestCase):
    def test_figures_are_found_among_what_a_kernel_prints(self) -> None:
        self.assertEqual(read(["Pith starts", "FIGURE heap-pair 47", "FIGURE floor 6"]), {"heap-pair": 47, "floor": 6})

    def test_a_kernel_without_figures_is_shown_with_what_it_printed(self) -> None:
        with self.assertRaisesRegex(PithError, "PANIC at"):
            read(["PANIC at heap.cpp:1"])


class KernelTest(unittest.TestCase):
    """A kernel that prints what the list says, in one run after the other."""

    def kernel(self, *runs: dict[str, int]) -> Kernel:
        self.enterContext(mock.patch("pith.bench.counted.build"))
        self.enterContext(mock.patch.object(Kernel, "_run", side_effect=runs))
        return Kernel("bench-none", "none.elf")

    def test_the_whole_run_is_compared_and_is_no_count(self) -> None:
        self.assertEqual(self.kernel({"pair": 45, WHOLE: 1000}, {"pair": 45, WHOLE: 1000}).twice(), {"pair": 45})
        self.assertEqual(self.kernel({"pair": 45, WHOLE: 1000}).once(), {"pair": 45})
        with self.assertRaisesRegex(PithError, "two runs of none.elf"):
            self.kernel({"pair": 45, WHOLE: 1000}, {"pair": 45, WHOLE: 1001}).twice()

    def test_a_kernel_that_stops_before_its_end_is_found_out(self) -> None:
        with self.assertRaisesRegex(PithError, "did not come to its end"):
            self.kernel({"pair": 45}).once()

    def test_starting_is_measured_on_each_machine(self) -> None:
        runs = [{name: 10 * number + place for place, name in enumerate(starting.COSTS)} | {WHOLE: 1} for number in range(6)]
        self.kernel(*runs)
        found = starting.figures(starting.KERNEL.once())
        self.assertEqual(len(found), 18)
        self.assertEqual((found[0].name, found[0].value), ("frames, 512 MiB in pages of 1 GiB", 0))
        self.assertEqual((found[-1].name, found[-1].value), ("own map proved, 512 GiB in pages of 2 MiB", 52))
        self.assertIn("size=512G,reserve=off", ",".join(starting.KERNEL.kernels["512G-2M"].extra))


class CommandTest(unittest.TestCase):
    def run_bench(self, **chosen: object) -> mock.Mock:
        options = argparse.Namespace(**{"part": [], "counted": False, "check_counts": False, "update_counts": None, "yes": True,
                                        **chosen})
        with mock.patch.object(bench.packages, "need"), mock.patch.object(bench, "counts") as used:
            used.PARTS = counts.PARTS
            bench.main(options)
            return used

    def test_all_kernels_are_compared_or_one(self) -> None:
        self.run_bench(check_counts=True).check.assert_called_once_with(list(counts.PARTS))
        self.run_bench(check_counts=True, part=["heap"]).check.assert_called_once_with(["heap"])

    def test_an_update_takes_its_reason_along(self) -> None:
        self.run_bench(update_counts="why", part=["tasks/sw*"]).update.assert_called_once_with(["tasks/sw*"], "why")

    def test_a_part_that_has_no_counts_is_refused(self) -> None:
        with self.assertRaisesRegex(UsageError, "'page-tables' has no counts in the tree"):
            self.run_bench(check_counts=True, part=["page-tables"])


if __name__ == "__main__":
    unittest.main()

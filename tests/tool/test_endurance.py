"""The endurance test's eyes: which lines are whole, which are missing, and in which minute something is found."""

import re
import unittest

from pith import endurance, paths
from pith.endurance import Outcome, Run, checksum, judge, totals


def whole(text: str) -> str:
    return f"{text} #{checksum(text)}"


AUDIT = "  map        120 pages checked: nothing is writable and executable, no surprises"
FIRST = [whole("endurance begins: seed 7, 2 minutes, at 5 ns"), whole("task 1 abc"), whole("nmi 1 x"), AUDIT,
         whole("minute 1 at 60 ns: timers 3 keys 2"), whole("so far: gusts 9"),
         whole("left: frames 7; lines: task 1 timer 0 nmi 1")]
SECOND = [whole("task 2 def"), AUDIT, whole("minute 2 at 120 ns: timers 4 keys 1"), whole("so far: gusts 12"),
          whole("left: frames 7; lines: task 2 timer 0 nmi 1")]
END = [whole("endurance ends at 121 ns")]
ALL = [*FIRST, *SECOND, *END]


class Judging(unittest.TestCase):
    def test_the_checksum_is_fnv(self):
        self.assertEqual(checksum(""), "811c9dc5")
        self.assertEqual(checksum("a"), "e40c292c")

    def test_a_whole_run_is_good(self):
        self.assertEqual(judge(["firmware says anything", *ALL], "", 2), (0, ""))

    def test_a_changed_line_is_torn(self):
        minute, problem = judge([line.replace("def", "dxf") for line in ALL], "", 2)
        self.assertEqual(minute, 2)
        self.assertIn("torn", problem)

    def test_a_line_of_anybody_else_is_seen(self):
        minute, problem = judge([*FIRST[:2], "hello", *FIRST[2:], *SECOND, *END], "", 2)
        self.assertEqual(minute, 1)
        self.assertIn("hello", problem)

    def test_a_missing_line_is_seen_by_its_number_or_at_the_minutes_end(self):
        for missing in (FIRST[1], FIRST[2], SECOND[0]):
            minute, problem = judge([line for line in ALL if line != missing], "", 2)
            self.assertEqual(minute, 2 if missing == SECOND[0] else 1)
            self.assertIn("missing", problem)

    def test_what_the_kernel_found_belongs_to_the_minute_before(self):
        self.assertEqual(judge([*FIRST, *SECOND, "found: frames: is 0x1", *END], "status", 2), (2, "found: frames: is 0x1"))
        self.assertEqual(judge([*FIRST, "found: frames: is 0x1", *END], "status", 2)[0], 1)

    def test_a_panic_belongs_to_the_minute_in_which_it_is(self):
        minute, problem = judge([*FIRST, SECOND[0], "PANIC at here: no"], "status 0x12", 2)
        self.assertEqual((minute, problem), (2, "PANIC at here: no"))

    def test_a_panic_may_cut_a_line(self):
        for cut in (["task 2 de", ""], [""], ["task 2 de"]):
            self.assertEqual(judge([*FIRST, *cut, "PANIC at here: no"], "status 0x12", 2), (2, "PANIC at here: no"))

    def test_an_early_end_is_none(self):
        self.assertIn("did not begin", judge([], "", 2)[1])
        self.assertEqual(judge(FIRST, "it did not end in time", 2), (2, "it did not end in time"))
        self.assertEqual(judge(FIRST, "", 2)[0], 2)


class Plants(unittest.TestCase):
    def found(self, plant: str, problem: str, minute: int = endurance.PLANT_MINUTES) -> bool:
        return endurance.is_found(plant, Outcome(Run(1, endurance.PLANT_MINUTES, plant), problem, minute, (), 1.0))

    def test_a_fault_is_found_by_what_is_said_of_it(self):
        self.assertTrue(self.found("timer", "found: timers that wait: is 0x1, and should be 0x0"))
        for problem in ("", "it did not end in time", "found: frames that are free: is 0x1, and should be 0x2", "PANIC at x"):
            self.assertFalse(self.found("timer", problem), problem)

    def test_a_fault_is_found_in_its_minute(self):
        self.assertFalse(self.found("key", "found: a key: is 0x56, and should be 0x20", 1))

    def test_all_that_can_be_planted_is_tried(self):
        source = (paths.ROOT / "tests/endurance/plant.cpp").read_text()
        self.assertEqual(set(re.findall(r'Named\{"([a-z-]+)"', source)), set(endurance.PLANTS))


class Reporting(unittest.TestCase):
    def test_a_failure_says_how_to_repeat_it(self):
        outcome = Outcome(Run(17, 60), "found: keys", 3, (), 1.0)
        self.assertEqual(outcome.sentence,
                         "endurance failed: seed 17, minute 3: found: keys; repeat: ./pith test endurance.17")

    def test_only_times_may_differ(self):
        lines = ["minute 1 at 59275901550 ns: timers 636 #eee8fd76", "task 1 at 7 o'clock #fa7baa80"]
        self.assertEqual(endurance.without_times(lines), ["minute 1 at … ns: timers 636 #…", lines[1]])
        self.assertNotEqual(endurance.without_times(lines),
                            endurance.without_times(["minute 1 at 59275899430 ns: timers 637 #847390ed", lines[1]]))

    def test_counts_are_added_up(self):
        self.assertEqual(totals(ALL), {"timers": 7, "keys": 3, "gusts": 12})

    def test_the_seed_reaches_kernel_and_processor(self):
        arguments = endurance.machine(__file__, Run(17, 60, "line")).extra
        self.assertEqual(arguments[arguments.index("-seed") + 1], "17")
        self.assertEqual(Run(17, 60, "line").command_line, "seed=17 minutes=60 plant=line")


if __name__ == "__main__":
    unittest.main()

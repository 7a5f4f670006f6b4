"""Coverage: what clang's report says of the host tests, what marks say of kernels, and the table that is made of both."""

import contextlib
import io
import unittest

from pith import coverage
from pith.coverage import Lines

REPORT = ["SF:/work/pith/kernel/boot/pvh.cpp", "DA:3,12", "DA:4,0", "LF:2", "end_of_record",
          "SF:/work/pith/kernel/boot/handoff.cpp", "DA:1,1", "end_of_record",
          "SF:/work/pith/kernel/base/bytes.hpp", "DA:7,1", "end_of_record"]
ON_HOST = {"boot/pvh.cpp": Lines({"boot/pvh.cpp:3"}, {"boot/pvh.cpp:4"}), "boot/handoff.cpp": Lines({"boot/handoff.cpp:1"}),
           "base/bytes.hpp": Lines({"base/bytes.hpp:7"})}
IN_MACHINES = {"boot/pvh.cpp": Lines({"boot/pvh.cpp:4"}, {"boot/pvh.cpp:3", "boot/pvh.cpp:9"}), "main.cpp": Lines({"main.cpp:5"})}


class Report(unittest.TestCase):
    def test_lines_are_counted_file_by_file(self):
        self.assertEqual(coverage.read_report(REPORT), ON_HOST)

    def test_layers_are_added_up(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            coverage.report(ON_HOST, IN_MACHINES)
        rows = {line.split()[0]: line.split()[1:] for line in printed.getvalue().splitlines()}
        self.assertEqual(rows["boot"], ["3", "66.7", "%", "3", "33.3", "%", "4", "75.0", "%"])
        self.assertEqual(rows["base"], ["1", "100.0", "%", "0", "0.0", "%", "1", "100.0", "%"])
        self.assertEqual(rows["tasks"][:3], ["0", "0.0", "%"])
        self.assertEqual(rows["main.cpp"][3:6], ["1", "100.0", "%"])
        self.assertIn("host coverage: 75.0 % of 4 lines", printed.getvalue())
        self.assertIn("machine coverage: 50.0 % of 4 lines", printed.getvalue())
        self.assertIn("whole coverage: 83.3 % of 6 lines", printed.getvalue())

    def test_a_line_that_one_of_both_reaches_is_reached(self):
        with contextlib.redirect_stdout(io.StringIO()):
            everything = coverage.report(ON_HOST, IN_MACHINES)
        self.assertEqual(everything.missed, {"boot/pvh.cpp:9"})

    def test_lines_are_sorted_as_numbers(self):
        self.assertEqual(coverage.in_order({"b.cpp:2", "a.cpp:10", "a.cpp:9"}), ["a.cpp:9", "a.cpp:10", "b.cpp:2"])


class Failure(unittest.TestCase):
    def test_a_tool_that_fails_is_an_error(self):
        with self.assertRaisesRegex(coverage.PithError, "llvm-profdata-19 failed: .*nowhere.profraw"):
            coverage.merge([coverage.Path("nowhere.profraw")], coverage.Path("/dev/null"))


if __name__ == "__main__":
    unittest.main()

"""The coverage of the host tests: what clang's report says, and the table that is made of it."""

import contextlib
import io
import unittest

from pith import coverage
from pith.coverage import Lines

REPORT = ["SF:/work/pith/kernel/boot/pvh.cpp", "DA:3,12", "DA:4,0", "LF:2", "end_of_record",
          "SF:/work/pith/kernel/boot/handoff.cpp", "DA:1,1", "end_of_record",
          "SF:/work/pith/kernel/base/bytes.hpp", "DA:7,1", "end_of_record"]


class Report(unittest.TestCase):
    def test_lines_are_counted_file_by_file(self):
        self.assertEqual(coverage.read_report(REPORT), {"boot/pvh.cpp": Lines(2, ["boot/pvh.cpp:4"]), "boot/handoff.cpp": Lines(1),
                                                        "base/bytes.hpp": Lines(1)})

    def test_layers_are_added_up(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            coverage.report(coverage.read_report(REPORT))
        rows = {line.split()[0]: line.split()[1:] for line in printed.getvalue().splitlines()}
        self.assertEqual(rows["boot"][:2], ["3", "66.7%"])
        self.assertEqual(rows["base"][:2], ["1", "100.0%"])
        self.assertEqual(rows["tasks"][:2], ["0", "0.0%"])
        self.assertIn("host coverage: 75.0 % of 4 lines", printed.getvalue())

    def test_what_is_not_compiled_is_counted(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            coverage.report({})
        sources = sum(1 for _ in (coverage.KERNEL / "boot").glob("*.cpp"))
        self.assertRegex(printed.getvalue(), rf"boot +0 +0.0% +{sources}\n")


class Failure(unittest.TestCase):
    def test_a_tool_that_fails_is_an_error(self):
        with self.assertRaisesRegex(coverage.PithError, "llvm-profdata-19 failed: .*nowhere.profraw"):
            coverage.merge([coverage.Path("nowhere.profraw")], coverage.Path("/dev/null"))


if __name__ == "__main__":
    unittest.main()

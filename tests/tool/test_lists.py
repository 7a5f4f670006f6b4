"""What the tool works out from lists: packages, CTest's reports, the kernel's list of its tests."""

import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from pith import machine_list, packages
from pith.errors import PithError
from pith.test import Chosen, read_outcome


class PackagesTest(unittest.TestCase):
    def test_missing_keeps_the_order_and_names_each_once(self) -> None:
        self.assertEqual(packages.missing(["b", "a", "b", "c"], {"a"}), ["b", "c"])
        self.assertEqual(packages.missing(["a"], {"a"}), [])


class OutcomeTest(unittest.TestCase):
    def result(self, xml: str) -> str:
        return read_outcome(ElementTree.fromstring(xml)).result

    def test_ctest_reports(self) -> None:
        self.assertEqual(self.result('<testcase name="a" status="run"/>'), "passed")
        self.assertEqual(self.result('<testcase name="a" status="fail"><failure message=""/></testcase>'), "failed")
        self.assertEqual(self.result('<testcase name="a" status="disabled"/>'), "skipped")
        self.assertEqual(self.result(
            '<testcase name="a" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'), "skipped")

    def test_a_test_that_cannot_start_has_failed(self) -> None:
        self.assertEqual(self.result(
            '<testcase name="a" status="notrun"><skipped message="Unable to find executable"/></testcase>'), "failed")


class ChosenTest(unittest.TestCase):
    def test_a_long_test_runs_alone(self) -> None:
        self.assertEqual(Chosen().arguments(), [])
        self.assertEqual(Chosen("boot").arguments(), ["-R", "boot"])
        self.assertEqual(Chosen("storm.long", is_long=True).arguments(), ["-C", "long", "-R", r"^storm\.long$"])


class MachineListTest(unittest.TestCase):
    def test_list_is_read(self) -> None:
        tests = machine_list.parse("Pith\r\nTEST a.b\tpasses\t\r\nTEST c\tpanics\tno frame\r\nEND 2\r\n")
        self.assertEqual([(test.name, test.outcome, test.text) for test in tests],
                         [("a.b", "passes", ""), ("c", "panics", "no frame")])

    def test_list_has_to_be_complete_and_known(self) -> None:
        for text in ("TEST a\tpasses\t\n", "TEST a\tpasses\t\nEND 2\n", "TEST a\tflies\t\nEND 1\n"):
            with self.assertRaises(PithError):
                machine_list.parse(text)

    def test_some_are_left_out_with_a_reason(self) -> None:
        tests = [machine_list.Test(name, "passes", "") for name in ("a.b", "a.c")]
        self.assertEqual(machine_list.without(tests, "# why\n\na.b  it is too large\n"), tests[1:])
        for reasons in ("a.d  it is not there\n", "a.b\n"):
            with self.assertRaises(PithError):
                machine_list.without(tests, reasons)

    def test_script_quotes_what_it_is_given(self) -> None:
        test = machine_list.Test("c", "panics", 'a "b" ${c};d')
        script = machine_list.script([test], Path("/k.elf"), "microvm", "machine")
        self.assertIn("add_test([==[machine.c]==]", script)
        self.assertIn('[==[--contains]==] [==[a "b" ${c};d]==]', script)
        self.assertIn("[==[--status]==] [==[0x12]==]", script)


if __name__ == "__main__":
    unittest.main()

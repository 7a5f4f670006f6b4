"""The fault matrix: reading its table, and judging what a machine printed."""

import copy
import json
import unittest
from typing import Any

from pith import fault_matrix, paths, test
from pith.errors import PithError
from pith.fault_matrix import FAILED, PANICKED, PASSED, Result

FILE = paths.ROOT / "tests" / "faults" / "matrix.json"

SMALL: dict[str, Any] = {
    "outcomes": {"returns": "R: goes on", "panics": "P: panics", "said": "S: said", "impossible": "-: not there"},
    "kinds": [
        {"name": "break", "vector": 3, "nature": "trap", "stack": "current", "default": "goes on", "how": "int3",
         "text": ["breakpoint", "exception 3"]},
        {"name": "divide", "vector": 0, "nature": "fault", "stack": "current", "default": "panics", "how": "div",
         "text": ["divide error"]},
        {"name": "simd", "vector": 19, "how": "divps", "impossible": "never raised"},
    ],
    "vectors": {"contexts": ["plain"], "ist": [1, 2, 8, 18], "goes_on": [1, 2, 3, 4], "for_users": [3, 4],
                "names": [f"exception number {number}" for number in range(32)]},
    "contexts": [
        {"name": "plain", "what": "code",
         "rules": [{"when": {"nature": "abort"}, "outcome": "panics", "says": ["{text}"]}, {"outcome": "returns"}]},
        {"name": "told", "what": "defaults", "rules": [{"when": {"default": "goes on"}, "outcome": "said",
                                                        "says": ["{headline} at", "{name} too"]},
                                                       {"outcome": "panics", "says": ["{text}"]}]},
    ],
    "cells": [{"kinds": ["divide"], "contexts": ["plain"], "outcome": "impossible", "why": "nobody divides there"}],
}


def cells(data: dict[str, Any]) -> dict[str, fault_matrix.Cell]:
    return {cell.name: cell for cell in fault_matrix.parse(data).cells}


class TableTest(unittest.TestCase):
    def changed(self, **parts: Any) -> dict[str, Any]:
        return {**copy.deepcopy(SMALL), **parts}

    def test_the_first_rule_that_fits_decides(self) -> None:
        self.assertEqual(cells(SMALL)["break/plain"].outcome, "returns")
        self.assertEqual(cells(SMALL)["break/told"].says, ("breakpoint at", "break too"))
        self.assertEqual(cells(SMALL)["divide/told"].says, ("divide error",))

    def test_a_cell_of_its_own_goes_before_the_rules(self) -> None:
        self.assertEqual(cells(SMALL)["divide/plain"].why, "nobody divides there")

    def test_an_impossible_kind_is_so_everywhere(self) -> None:
        self.assertEqual({cells(SMALL)[f"simd/{context}"].why for context in ("plain", "told")}, {"never raised"})

    def test_each_vector_is_a_row(self) -> None:
        found = cells(SMALL)
        self.assertEqual(found["int_8/plain"].outcome, "panics")
        self.assertEqual(found["int_255/plain"].outcome, "returns")
        self.assertNotIn("int_255/told", found)

    def test_what_is_wrong_is_refused(self) -> None:
        twice = self.changed(kinds=[*SMALL["kinds"], SMALL["kinds"][0]])
        only_breaks = {"name": "told", "what": "", "rules": [{"when": {"vector": 3}, "outcome": "said"}]}
        no_rule = self.changed(contexts=[SMALL["contexts"][0], only_breaks])
        unknown = self.changed(cells=[{**SMALL["cells"][0], "outcome": "explodes"}])
        no_reason = self.changed(cells=[{"kinds": ["divide"], "contexts": ["plain"], "outcome": "impossible"}])
        for data, text in ((twice, "two kinds 'break'"), (no_rule, "no rule fits"), (unknown, "'explodes'"),
                           (no_reason, "why is it impossible")):
            with self.assertRaisesRegex(PithError, text):
                fault_matrix.parse(data)

    def test_the_real_table(self) -> None:
        table = fault_matrix.read(FILE)
        self.assertGreater(sum(cell.outcome != "impossible" and not cell.kind.name.startswith("int_")
                               for cell in table.cells), 1000)
        known = {kind.name for kind in table.kinds}
        for entry in json.loads(FILE.read_text())["cells"]:
            self.assertLessEqual(set(entry["kinds"]), known)
            self.assertLessEqual(set(entry["contexts"]), set(table.what))


class BootsTest(unittest.TestCase):
    def test_vectors_that_return_are_run_together(self) -> None:
        boots = fault_matrix.boots(fault_matrix.parse(SMALL).cells)
        lines = [fault_matrix.command_line(some) for some in boots]
        self.assertEqual(len(boots[0]), 255)
        self.assertEqual(sorted(lines), ["kind=all context=plain", "kind=break context=plain",
                                         "kind=break context=told", "kind=divide context=told",
                                         "kind=int_8 context=plain"])


class JudgementTest(unittest.TestCase):
    def failures(self, name: str, status: int | None, *lines: str, reason: str = "") -> str:
        return "; ".join(fault_matrix.failures(cells(SMALL)[name], Result(status, reason, list(lines))))

    def test_what_returned(self) -> None:
        self.assertEqual(self.failures("break/plain", PASSED, "CELL break unchanged"), "")
        self.assertIn("status 0x11", self.failures("break/plain", FAILED, "CHANGED rax", "CELL break changed"))
        self.assertIn("lacks 'CELL break unchanged'", self.failures("break/plain", PASSED))
        self.assertIn("lacks 'breakpoint at'", self.failures("break/told", PASSED, "CELL break unchanged"))

    def test_what_panicked(self) -> None:
        end = "The machine has stopped."
        self.assertEqual(self.failures("divide/told", PANICKED, "PANIC at a.cpp:1: divide error", end), "")
        self.assertIn("lacks 'divide error'", self.failures("divide/told", PANICKED, "PANIC at a.cpp:1: nothing", end))
        self.assertIn("lacks 'The machine", self.failures("divide/told", PANICKED, "PANIC at a.cpp:1: divide error"))
        self.assertIn("has 'PANIC inside", self.failures("divide/told", PANICKED, "PANIC at a.cpp:1: divide error",
                                                         "PANIC inside a panic, at b.cpp:2", end))
        self.assertIn("status 0x10", self.failures("divide/told", PASSED, "PANIC at a.cpp:1: divide error", end))

    def test_what_did_not_end(self) -> None:
        self.assertIn("triple fault", self.failures("break/plain", None, reason="guest-reset"))
        self.assertIn("did not end", self.failures("break/plain", None))

    def test_one_changed_vector_fails_alone(self) -> None:
        lines = ("CELL int_1 unchanged", "CHANGED rax: is 0x1, should be 0x2", "CELL int_2 changed")
        self.assertEqual(self.failures("int_1/plain", FAILED, *lines), "")
        self.assertIn("lacks 'CELL int_2", self.failures("int_2/plain", FAILED, *lines))


class ReportTest(unittest.TestCase):
    def test_the_grid(self) -> None:
        grid = fault_matrix.grid(fault_matrix.parse(SMALL), {"divide/told"})
        self.assertIn("break    R  S\n", grid)
        self.assertIn("divide   -  !\n", grid)
        self.assertIn("simd     -  -\n", grid)
        self.assertIn("int_8    P\n", grid)
        self.assertIn("  divide: nobody divides there\n", grid)
        self.assertIn("  simd: never raised\n", grid)

    def test_results_are_shown(self) -> None:
        outcome = test.Outcome("fault-matrix", "passed", "noise\nfault matrix: 3 cells\nstorm: 2 NMIs\n")
        self.assertEqual(test.results(outcome), ["fault matrix: 3 cells", "storm: 2 NMIs"])


if __name__ == "__main__":
    unittest.main()

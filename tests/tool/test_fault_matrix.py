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


PLACES = {"break": "kind_break  kinds.S:6", "divide": "kind_divide  kinds.S:7", "int_": "int_stubs  kinds.S:9"}


def cells(data: dict[str, Any]) -> dict[str, fault_matrix.Cell]:
    return {cell.name: cell for cell in fault_matrix.parse(data, PLACES).cells}


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

    def test_what_only_programs_raise_is_impossible_elsewhere(self) -> None:
        users = {**SMALL["contexts"][0], "name": "user_plain"}
        only_user = {**SMALL["kinds"][0], "name": "align", "only_user": "checked in ring 3"}
        found = cells(self.changed(kinds=[only_user], contexts=[*SMALL["contexts"], users], cells=[]))
        self.assertEqual(found["align/plain"].why, "checked in ring 3")
        self.assertEqual(found["align/user_plain"].outcome, "returns")

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
                fault_matrix.parse(data, PLACES)

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
        boots = fault_matrix.boots(fault_matrix.parse(SMALL, PLACES).cells)
        lines = [fault_matrix.command_line(some) for some in boots]
        self.assertEqual(len(boots[0]), 255)
        self.assertEqual(sorted(lines), ["kind=all context=plain", "kind=break context=plain",
                                         "kind=break context=told", "kind=divide context=told",
                                         "kind=int_8 context=plain"])


class BochsTest(unittest.TestCase):
    def test_the_last_line_tells_the_status(self) -> None:
        self.assertEqual(fault_matrix.status_in(["PANIC at x", "CELL simd unchanged", ""]), PASSED)
        self.assertEqual(fault_matrix.status_in(["CHANGED rax", "CELL simd changed"]), FAILED)
        self.assertEqual(fault_matrix.status_in(["CELL simd unchanged", "The machine has stopped."]), PANICKED)
        self.assertEqual(fault_matrix.status_in([]), PANICKED)


class JudgementTest(unittest.TestCase):
    def failures(self, name: str, status: int | None, *lines: str, reason: str = "") -> str:
        return "; ".join(fault_matrix.failures(cells(SMALL)[name], Result(status, reason, list(lines))))

    def test_what_returned(self) -> None:
        self.assertEqual(self.failures("break/plain", PASSED, "CELL break unchanged"), "")
        self.assertIn("status 0x11", self.failures("break/plain", FAILED, "CHANGED rax", "CELL break changed"))
        self.assertIn("lacks 'CELL break unchanged'", self.failures("break/plain", PASSED))
        self.assertIn("lacks 'breakpoint at'", self.failures("break/told", PASSED, "CELL break unchanged"))

    RAISE = "RAISE rax=0000000000000001 rbx=00000000000000b2 r8=0000000000000088"
    SHOWN = ("  rax 0000000000000001  rbx 00000000000000b2", "  r8  0000000000000088  cr2 0x0")
    TRACE = ("Backtrace, innermost first:", "  ffffffff80115000  kind_divide  kinds.S:7")
    END = "The machine has stopped."

    def panic(self, headline: str = "PANIC at kinds.S:7: divide error", *, raised: str = RAISE,
              shown: tuple[str, ...] = SHOWN, trace: tuple[str, ...] = TRACE, end: str = END,
              status: int = PANICKED) -> str:
        return self.failures("divide/told", status, raised, headline, *shown, *trace, end)

    def test_what_panicked(self) -> None:
        self.assertEqual(self.panic(), "")
        self.assertIn("lacks 'divide error'", self.panic("PANIC at kinds.S:7: nothing"))
        self.assertIn("lacks 'The machine", self.panic(end=""))
        self.assertIn("status 0x10", self.panic(status=PASSED))
        self.assertIn("has 'PANIC inside", self.panic(end=f"PANIC inside a panic, at b.cpp:2\n{self.END}"))

    def test_where_it_panicked(self) -> None:
        self.assertIn("not at kinds.S:7", self.panic("PANIC at kinds.S:8: divide error"))
        self.assertIn("not begin with kind_divide", self.panic(trace=(self.TRACE[0], "  ffffffff80115000  main  a.cpp:7",
                                                                      self.TRACE[1])))
        self.assertIn("rbx is shown as 00000000000000b3, and was 00000000000000b2",
                      self.panic(shown=(self.SHOWN[0].replace("b2", "b3"), self.SHOWN[1])))
        self.assertIn("r8 is shown as None", self.panic(shown=self.SHOWN[:1]))
        self.assertIn("does not say what", self.panic(raised=""))

    def test_where_code_stands(self) -> None:
        found = fault_matrix.places(FILE.with_name("kinds.S"))
        lines = FILE.with_name("kinds.S").read_text().splitlines()
        for name, code in (("divide_error", "div rcx"), ("not_present_segment", "mov ds"), ("nmi_injected", "injected")):
            function, _, place = found[name].partition("  ")
            self.assertEqual(function, f"kind_{name}")
            self.assertIn(code, lines[int(place.partition(":")[2]) - 1])
        table = fault_matrix.read(FILE)
        self.assertEqual([kind.name for kind in table.kinds if not kind.place and not kind.impossible], [])

    def test_what_must_not_be_said(self) -> None:
        silent = copy.deepcopy(SMALL)
        silent["contexts"][1]["rules"][1]["lacks"] = ["secret"]
        cell = cells(silent)["divide/told"]
        self.assertIn("the output has 'secret'", fault_matrix.failures(cell, Result(PANICKED, "", ["a secret"])))

    def test_what_did_not_end(self) -> None:
        self.assertIn("triple fault", self.failures("break/plain", None, reason="guest-reset"))
        self.assertIn("did not end", self.failures("break/plain", None))

    def test_one_changed_vector_fails_alone(self) -> None:
        lines = ("CELL int_1 unchanged", "CHANGED rax: is 0x1, should be 0x2", "CELL int_2 changed")
        self.assertEqual(self.failures("int_1/plain", FAILED, *lines), "")
        self.assertIn("lacks 'CELL int_2", self.failures("int_2/plain", FAILED, *lines))

    def test_a_status_needs_a_reason(self) -> None:
        self.assertIn("status 0x11", self.failures("break/plain", FAILED, "CELL break unchanged"))
        self.assertIn("status 0x12", self.failures("int_1/plain", PANICKED, "CELL int_1 unchanged", "CELL int_2 changed"))


class ReportTest(unittest.TestCase):
    def test_the_grid(self) -> None:
        grid = fault_matrix.grid(fault_matrix.parse(SMALL, PLACES), {"divide/told"})
        self.assertIn("break    R  S\n", grid)
        self.assertIn("divide   -  !\n", grid)
        self.assertIn("simd     -  -\n", grid)
        self.assertIn("int_8    P\n", grid)
        self.assertIn("  divide: nobody divides there\n", grid)
        self.assertIn("  simd: never raised\n", grid)

    def test_the_results_for_programs(self) -> None:
        told = json.loads(fault_matrix.results(fault_matrix.parse(SMALL, PLACES), {"divide/told"}))
        passed = {(cell["kind"], cell["context"]): cell["passed"] for cell in told["cells"]}
        self.assertEqual([passed["break", "plain"], passed["divide", "told"], passed["simd", "plain"]], [True, False, None])
        self.assertEqual(told["contexts"], {"plain": "code", "told": "defaults"})
        self.assertEqual(told["kinds"][0], {"name": "break", "vector": 3, "how": "int3", "bochs": False})

    def test_results_are_shown(self) -> None:
        outcome = test.Outcome("fault-matrix", "passed", "noise\nfault matrix: 3 cells\nstorm: 2 NMIs\n")
        self.assertEqual(test.results(outcome), ["fault matrix: 3 cells", "storm: 2 NMIs"])


if __name__ == "__main__":
    unittest.main()

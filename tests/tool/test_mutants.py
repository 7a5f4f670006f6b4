"""Mutants: how they are written down and applied, and that each of them still fits the sources and the tests there are."""

import tempfile
import unittest
from pathlib import Path
from unittest import mock

from pith import build, mutant_records, mutants, test
from pith.errors import PithError, UsageError
from pith.mutant_records import Mutant, read
from pith.workshop import DoesNotBuild, Failure, Workshop

ONE = """# What the file is about.

too_small: a vector has no room
    in kernel/base/vector.hpp
    by host.Vector.grows
     int room() {
    -    return 8;
    +    return 0;
"""
SOURCE = "int room() {\n    return 8;\n}\nint other() {\n    return 8;\n}\n"


class Records(unittest.TestCase):
    def test_are_read(self):
        mutant, = read(ONE, "base")
        self.assertEqual((mutant.full_name, mutant.what, mutant.file), ("base.too_small", "a vector has no room", "kernel/base/vector.hpp"))
        self.assertEqual((mutant.preset, mutant.tests, mutant.targets), ("host", ["host.Vector.grows"], ["host-tests"]))

    def test_change_the_old_text_only(self):
        mutant, = read(ONE, "base")
        self.assertEqual(mutant.applied(SOURCE), SOURCE.replace("return 8", "return 0", 1))

    def test_are_stale_unless_the_old_text_is_there_once(self):
        mutant, = read(ONE, "base")
        for text in ("", SOURCE + SOURCE, SOURCE.replace("    return 8", "        return 8")):
            with self.assertRaisesRegex(PithError, "base.too_small is stale"):
                mutant.applied(text)

    def test_that_change_nothing_are_found(self):
        mutant, = read(ONE.replace("+    return 0", "+    return 8"), "base")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, mutant.file)
            file.parent.mkdir(parents=True)
            file.write_text(SOURCE)
            self.assertEqual(list(mutant_records.stale([mutant], Path(folder))), ["the mutant base.too_small changes nothing"])

    def test_that_are_wrong_are_named_with_their_line(self):
        for wrong, why in ((ONE.replace("    by", "    is"), r"base.txt:5: 'is' is no word"),
                           (ONE.replace("too_small: ", "too small: "), r"base.txt:3: a mutant begins with"),
                           ("    by host.Vector.grows\n", r"base.txt:1: a mutant begins with its name"),
                           (ONE.replace("    by host.Vector.grows\n", ""), "too_small lacks"),
                           (ONE.replace("    by", "    refused error\n    by"), "too_small lacks"),
                           (ONE.replace("    by", "    by machine.a.b\n    by"), "tests of both builds")):
            with self.subTest(wrong=why), self.assertRaisesRegex(PithError, why):
                read(wrong, "base")

    def test_are_chosen_by_layer_and_by_name(self):
        both = read(ONE, "base") + read(ONE, "heap")
        self.assertEqual([len(mutant_records.choose(both, wanted)) for wanted in ("", "heap", "heap.too_small")], [2, 1, 1])
        with self.assertRaisesRegex(UsageError, "called 'heep'; did you mean 'heap'"):
            mutant_records.choose(both, "heep")


class Trying(unittest.TestCase):
    """A mutant against a workshop that does as it is told."""

    def outcome(self, built: DoesNotBuild | None = None, failed: dict[str, Failure] | None = None, **changed) -> str:
        mutant = Mutant("base", "one", "what it is", **{"tests": ["host.a", "host.b"], **changed})
        workshop = mock.MagicMock(spec=Workshop)
        workshop.build.side_effect = built
        workshop.failed.return_value = failed or {}
        return mutants.try_mutant(workshop, mutant)

    def test_it_is_caught_when_all_its_tests_fail(self):
        self.assertEqual(self.outcome(failed={"host.a": Failure.WRONG, "host.b": Failure.WRONG}), "")
        self.assertIn("host.b", self.outcome(failed={"host.a": Failure.WRONG}))

    def test_who_runs_out_of_time_has_not_caught_it_unless_that_is_said(self):
        late = {"host.a": Failure.WRONG, "host.b": Failure.OUT_OF_TIME}
        self.assertIn("host.b", self.outcome(failed=late))
        self.assertEqual(self.outcome(failed=late, hangs=True), "")

    def test_the_compiler_catches_only_what_it_is_expected_to(self):
        error = DoesNotBuild("x.cpp: static assertion failed")
        self.assertEqual(self.outcome(built=error, tests=[], refused="static assertion failed"), "")
        self.assertIn("does not build", self.outcome(built=error, tests=[], refused="no such member"))
        self.assertIn("does not build", self.outcome(built=error))
        self.assertIn("it compiles", self.outcome(tests=[], refused="static assertion failed"))


class AsTheyAre(unittest.TestCase):
    """The tree's own."""

    def test_each_has_a_name_of_its_own_and_still_fits(self):
        every = mutant_records.load()
        self.assertTrue(every)
        self.assertEqual(list(mutant_records.stale(every)), [])
        names = [mutant.full_name for mutant in every]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_the_tests_that_they_name_are_there(self):
        for preset in build.PRESETS:
            try:
                there = set(test._names(preset, test.Chosen()))
            except PithError as error:
                self.skipTest(f"not everything is built: {error}")
            wanted = {name for mutant in mutant_records.load() if mutant.preset == preset for name in mutant.tests}
            self.assertEqual(wanted - there, set())


if __name__ == "__main__":
    unittest.main()

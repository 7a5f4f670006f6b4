"""Rows in which every two values meet: proved of small tables, and of the boot matrix itself."""

import unittest
from itertools import combinations, product

from pith.boot_matrix import TABLE
from pith.matrix_table import Matrix, read
from pith.pairwise import Row, Space, cover, met

SMALL = Space({"loader": ["pvh", "bios", "uefi"], "machine": ["q35", "pc", "microvm"], "memory": ["large", "small"]},
              [{"loader": ["bios", "uefi"], "machine": ["microvm"]}, {"loader": ["uefi"], "memory": ["small"]}])


def can_be(space: Space, part: Row) -> bool:
    """By trying all rows there are."""
    return any(not any(all(row[name] in values for name, values in exclusion.items()) for exclusion in space.exclusions)
               for row in (dict(zip(space.dimensions, values)) for values in product(*space.dimensions.values()))
               if part.items() <= row.items())


class CoverTest(unittest.TestCase):
    def check(self, space: Space, strength: int) -> None:
        rows = cover(space, strength)
        have = {combination for row in rows for combination in met(space, strength, row)}
        for combination in space.combinations(strength):
            self.assertEqual(combination in have, can_be(space, dict(combination)), combination)

    def test_all_that_can_meet_does_and_nothing_else(self) -> None:
        for strength in (1, 2, 3):
            self.check(SMALL, strength)
        self.check(Space({"a": ["1", "2"], "b": ["3"], "c": ["4", "5", "6"]}), 2)

    def test_what_follows_from_exclusions_is_excluded(self) -> None:
        """microvm wants pvh, and pvh wants much: so microvm and little never meet, though nobody says so."""
        space = Space({**SMALL.dimensions}, [*SMALL.exclusions, {"loader": ["pvh"], "memory": ["small"]}])
        self.assertFalse(space.can_be({"machine": "microvm", "memory": "small"}))
        self.check(space, 2)

    def test_rows_are_whole_and_few(self) -> None:
        rows = cover(SMALL, 2)
        self.assertTrue(all(set(row) == set(SMALL.dimensions) for row in rows))
        self.assertLess(len(rows), 10)
        self.assertLess(len(cover(SMALL, 1)), 5)

    def test_the_same_table_gives_the_same_rows(self) -> None:
        self.assertEqual(cover(SMALL, 2), cover(SMALL, 2))

    def test_what_brings_nothing_is_the_first_value(self) -> None:
        self.assertEqual(cover(SMALL.restricted("loader", "bios"), 1, having="loader"),
                         [{"loader": "bios", "machine": "q35", "memory": "large"}])

    def test_only_combinations_with_a_dimension(self) -> None:
        rows = cover(SMALL.restricted("loader", "uefi"), 2, having="loader")
        self.assertEqual({row["machine"] for row in rows}, {"q35", "pc"})
        self.assertEqual(len(rows), 2)


class BootMatrixTest(unittest.TestCase):
    """Every two values of tests/boot/matrix.json meet, where they can, in a machine that is not refused for another reason."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.matrices = {matrix.emulator: matrix for matrix in read(TABLE)}
        cls.rows = {name: [dict(zip(matrix.dimensions, (value.name for value in case.values))) for case in matrix.cases()]
                    for name, matrix in cls.matrices.items()}

    def pairs(self, matrix: Matrix) -> set[frozenset[tuple[str, str]]]:
        """All that has to meet: without two that are refused, and without what comes once."""
        values = [(name, value) for name, some in matrix.dimensions.items() for value in some.values() if not value.once]
        return {frozenset([(one, first.name), (other, second.name)]) for (one, first), (other, second) in combinations(values, 2)
                if one != other and not (first.refuses and second.refuses)}

    def met(self, matrix: Matrix, row: Row) -> set[frozenset[tuple[str, str]]]:
        """The pairs that a row tries: where something is refused, only those with that."""
        refused = {(name, value) for name, value in row.items() if matrix.dimensions[name][value].refuses}
        return {frozenset(pair) for pair in combinations(row.items(), 2) if not refused or refused & set(pair)}

    def test_every_two_values_meet_in_qemu(self) -> None:
        matrix = self.matrices["qemu"]
        have = set().union(*(self.met(matrix, row) for row in self.rows["qemu"]))
        for pair in self.pairs(matrix) - have:
            space = matrix.space()
            for name, value in pair:
                if matrix.dimensions[name][value].refuses:
                    space = matrix.space_around(name, value)
            self.assertFalse(space.can_be(dict(pair)), f"{dict(pair)} could meet, and do not")

    def test_every_value_comes(self) -> None:
        for name, matrix in self.matrices.items():
            for dimension, values in matrix.dimensions.items():
                self.assertEqual({row[dimension] for row in self.rows[name]}, set(values))

    def test_no_row_is_excluded_or_comes_twice(self) -> None:
        for name, matrix in self.matrices.items():
            for row in self.rows[name]:
                self.assertFalse(any(row[dimension] in exclusion[dimension] for exclusion in matrix.exclusions
                                     for dimension in exclusion if dimension != "why"
                                     and all(row[other] in exclusion[other] for other in exclusion if other != "why")), row)
            self.assertEqual(len({tuple(row.values()) for row in self.rows[name]}), len(self.rows[name]))

    def test_they_are_many_and_the_fast_ones_few(self) -> None:
        cases = [case for matrix in self.matrices.values() for case in matrix.cases()]
        self.assertGreaterEqual(len(cases), 100)
        self.assertLessEqual(sum(case.is_fast for case in cases), 15)
        self.assertGreaterEqual(sum(case.is_fast for case in cases), 12)


if __name__ == "__main__":
    unittest.main()

"""What must differ from run to run."""

import unittest

from pith.differs import failure, value_behind


class DiffersTest(unittest.TestCase):
    def test_the_number_behind_the_word_is_found(self) -> None:
        self.assertEqual(value_behind("canary", ["a canary", "test the canary 0xab00 ok"]), "0xab00")

    def test_no_number_is_nothing(self) -> None:
        self.assertIsNone(value_behind("canary", ["canary none", "0xab00"]))

    def test_different_numbers_are_right(self) -> None:
        self.assertEqual(failure("canary", ["0x1", "0x2", "0x3"]), [])

    def test_two_equal_numbers_are_wrong(self) -> None:
        self.assertIn("the same canary", failure("canary", ["0x1", "0x2", "0x1"])[0])

    def test_a_missing_number_is_wrong(self) -> None:
        self.assertIn("no number", failure("canary", ["0x1", None])[0])


if __name__ == "__main__":
    unittest.main()

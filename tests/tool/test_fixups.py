"""The check of the table of instructions that may fault."""

import unittest

from pith.fixups import complaints


class Complaints(unittest.TestCase):
    def test_a_sorted_table_is_right(self) -> None:
        self.assertEqual(complaints([(0x1000, 0x1003), (0x1010, 0x1012)]), [])
        self.assertEqual(complaints([]), [])

    def test_an_unsorted_table_is_found(self) -> None:
        self.assertEqual(complaints([(0x1010, 0x1012), (0x1000, 0x1003)]), ["0x1010 stands before 0x1000"])

    def test_an_instruction_stands_once(self) -> None:
        self.assertEqual(len(complaints([(0x1000, 0x1003), (0x1000, 0x1003)])), 1)

    def test_the_program_goes_on_right_behind(self) -> None:
        self.assertEqual(len(complaints([(0x1000, 0x1000)])), 1)
        self.assertEqual(len(complaints([(0x1000, 0x0ff0)])), 1)
        self.assertEqual(len(complaints([(0x1000, 0x1010)])), 1)


if __name__ == "__main__":
    unittest.main()

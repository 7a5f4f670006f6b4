"""How what a kernel printed is compared with its expected transcript."""

import unittest

from pith.transcript import clean, difference, starting_at


class TranscriptTest(unittest.TestCase):
    def test_equal(self) -> None:
        self.assertEqual(difference(["a", "b"], ["a", "b"]), [])

    def test_ellipsis_in_a_line(self) -> None:
        self.assertEqual(difference(["from … to …"], ["from 0x10 to 0x20"]), [])
        self.assertNotEqual(difference(["from … to 1"], ["from 0 to 2"]), [])

    def test_ellipsis_stays_within_its_line(self) -> None:
        self.assertNotEqual(difference(["a…b"], ["a", "b"]), [])

    def test_ellipsis_line_stands_for_any_lines(self) -> None:
        for middle in ([], ["x"], ["x", "", "y"]):
            self.assertEqual(difference(["a", "…", "b"], ["a", *middle, "b"]), [])
        self.assertNotEqual(difference(["a", "…", "b"], ["a", "x"]), [])

    def test_signs_have_no_meaning_of_their_own(self) -> None:
        self.assertNotEqual(difference(["a.c*"], ["abcc"]), [])

    def test_the_whole_text_has_to_match(self) -> None:
        self.assertNotEqual(difference(["a"], ["a", "b"]), [])
        self.assertNotEqual(difference(["b"], ["a", "b"]), [])

    def test_diff_shows_only_what_differs(self) -> None:
        lines = difference(["at …", "two"], ["at 0x1", "three"])
        self.assertIn(" at 0x1", lines)
        self.assertIn("-two", lines)
        self.assertIn("+three", lines)

    def test_clean_takes_out_what_is_for_terminals(self) -> None:
        self.assertEqual(clean("\x1b[2J\x1b[01;01H\x1b[=3h\x1b[31mred\x1b[0m  \r\n\r\n"), ["red"])

    def test_starting_at(self) -> None:
        self.assertEqual(starting_at("Pith", ["BdsDxe", "Pith 1", "more"]), ["Pith 1", "more"])
        self.assertEqual(starting_at("Pith", ["BdsDxe"]), [])


if __name__ == "__main__":
    unittest.main()

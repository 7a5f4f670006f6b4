"""ISO images: what GRUB's configuration says of a command line."""

import unittest

from pith import iso
from pith.errors import PithError


class CommandLineTest(unittest.TestCase):
    def test_each_word_stands_on_its_own(self) -> None:
        self.assertEqual(iso._quoted("nokaslr  places=3 $x"), "'nokaslr' 'places=3' '$x'")
        self.assertEqual(iso._quoted(""), "")

    def test_blanks_in_quotes_are_part_of_the_word(self) -> None:
        self.assertEqual(iso._quoted('nokaslr run="fault divide; sleep 20ms"'), "'nokaslr' 'run=fault divide; sleep 20ms'")

    def test_what_grub_cannot_pass_is_refused(self) -> None:
        for line in ("it's", "a\\b", "a\nb"):
            with self.assertRaisesRegex(PithError, "GRUB passes no single quotes"):
                iso._quoted(line)
        with self.assertRaisesRegex(PithError, "a quote is not closed"):
            iso._quoted('run="pages')


if __name__ == "__main__":
    unittest.main()

"""Which keys give which text, and what a terminal sends for a key."""

import unittest

from pith import keys
from pith.errors import PithError


class KeysTest(unittest.TestCase):
    def test_on_an_american_keyboard(self) -> None:
        self.assertEqual(["h", "shift-i", "spc", "shift-2", "shift-bracket_left", "minus"], keys.typed("hI @{-"))

    def test_on_others(self) -> None:
        self.assertEqual(["apostrophe", "alt_r-2", "y", "shift-7"], keys.typed("ä@z/", "ch"))
        self.assertEqual(["q", "shift-m", "alt_r-0"], keys.typed("a?@", "fr"))

    def test_accents(self) -> None:
        self.assertEqual(["equal", "a"], keys.typed("â", "ch"))          # a dead key first
        self.assertEqual(["shift-semicolon"], keys.typed("é", "ch"))     # or a key of its own
        self.assertEqual(["equal", "spc"], keys.typed("^", "ch"))

    def test_what_cannot_be_typed(self) -> None:
        for text, layout in (("é", "us"), ("漢", "ch"), ("a", "nowhere")):
            with self.assertRaises(PithError):
                keys.typed(text, layout)

    def test_what_a_terminal_sends(self) -> None:
        self.assertEqual(["\x03", "\x1b[A", "\t", "\x1bf", "\r"],
                         [keys.sent(name) for name in ("ctrl-c", "up", "tab", "alt-f", "ret")])
        with self.assertRaisesRegex(PithError, "did you mean 'up'"):
            keys.sent("upp")


if __name__ == "__main__":
    unittest.main()

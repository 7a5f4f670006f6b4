"""What a terminal would show of what a machine sent."""

import unittest

from pith.rendered import Rendering


def rendered(*parts: bytes) -> Rendering:
    rendering = Rendering()
    for part in parts:
        rendering.feed(part)
    return rendering


class RenderingTest(unittest.TestCase):
    def assert_rows(self, rows: list[str], *parts: bytes) -> Rendering:
        rendering = rendered(*parts)
        self.assertEqual(rows, rendering.rows())
        return rendering

    def test_lines(self) -> None:
        self.assert_rows(["one", "two", ""], b"one\r\ntwo\r\n")
        self.assert_rows(["a       b"], b"a\tb")

    def test_colours_are_not_shown(self) -> None:
        rendering = self.assert_rows(["pith> "], b"\x1b[1;32mpith>\x1b[0m ")
        self.assertEqual((0, 6), (rendering.row, rendering.column))

    def test_what_comes_in_pieces(self) -> None:
        whole = "\x1b[1;32mé\x1b[2Dxy\x1b[Cz".encode()
        for cut in range(len(whole) + 1):
            self.assert_rows(["xy z"], whole[:cut], whole[cut:])

    def test_lines_are_changed(self) -> None:
        self.assert_rows(["help"], b"hepl\b\blp")
        self.assert_rows(["news", "pith> he"], b"pith> he\r\x1b[Jnews\r\npith> he")
        self.assert_rows(["one", "TWo", "six"], b"one\r\ntwo\r\nsix\x1b[A\rTW")
        self.assert_rows(["one"], b"one\r\ntwo\x1b[A\x1b[J")

    def test_a_cleared_screen_begins_a_page(self) -> None:
        rendering = self.assert_rows(["old", "old", "new", "", " x"], b"old\r\nold\x1b[2J\x1b[Hnew\x1b[3;2Hx\x1b[9A")
        self.assertEqual((2, 2), (rendering.row, rendering.column))

    def test_what_is_nobodys_is_passed_over(self) -> None:
        self.assert_rows(["ab"], b"\x1b[?25l\x1b(B\x1b=a\x07\x00b\x1b[=3h")


if __name__ == "__main__":
    unittest.main()

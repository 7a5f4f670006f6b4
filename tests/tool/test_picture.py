"""How the console's font is read, and text in a picture of the screen."""

import gzip
import struct
import tempfile
import unittest
from pathlib import Path

from pith import font, picture
from pith.errors import PithError
from pith.picture import UNREADABLE, Picture, Reader
from pith.play_picture import framebuffer_difference

WIDTH, HEIGHT = 10, 2
BLACK, WHITE, RED = b"\0\0\0", b"\xff\xff\xff", b"\xff\0\0"
ROWS = {" ": 0x0000, "|": 0x8000, "x": 0x0040, "\ufffd": 0xF040}


def version_2() -> bytes:
    glyphs = b"".join(struct.pack(">HH", row, row) for row in ROWS.values())
    table = " \xa0".encode() + b"\xff" + "|│".encode() + b"\xffx\xfex\xcc\x81\xff" + "\ufffd".encode() + b"\xff"
    return font.HEADER_2.pack(font.MAGIC_2, 0, 32, 1, 4, 4, HEIGHT, WIDTH) + glyphs + table


def version_1() -> bytes:
    table = b"".join(struct.pack("<4H", 0x20 + glyph, 0xFFFE, 0x301, 0xFFFF) for glyph in range(256))
    return font.MAGIC_1 + bytes([2, 1]) + bytes(range(256)) + table


def drawn(lines: list[str], foreground: bytes = WHITE, background: bytes = BLACK) -> Picture:
    """A picture of these lines, with a margin of three pixels at the right and one below."""
    pixels = b""
    for line in lines:
        bits = "".join(f"{ROWS[character]:016b}"[:WIDTH] for character in line)
        pixels += (b"".join(foreground if bit == "1" else background for bit in bits) + BLACK * 3) * HEIGHT
    width = len(lines[0]) * WIDTH + 3
    return Picture(width, len(lines) * HEIGHT + 1, pixels + BLACK * width)


class FontTest(unittest.TestCase):
    def test_version_2(self) -> None:
        read = font.read(version_2())
        self.assertEqual((10, 2, 4), (read.width, read.height, len(read.glyphs)))
        self.assertEqual(b"\x80\x00\x80\x00", read.glyph_of("│"))
        self.assertEqual(read.glyphs[3], read.glyph_of("漢"))
        self.assertEqual(read.glyphs[3], read.glyph_of("\u0301"))  # in a sequence only

    def test_version_1(self) -> None:
        read = font.read(version_1())
        self.assertEqual((8, 1, 256), (read.width, read.height, len(read.glyphs)))
        self.assertEqual(b"\x21", read.glyph_of("A"))

    def test_without_a_stand_in(self) -> None:
        with self.assertRaisesRegex(PithError, "nothing to stand for"):
            font.read(version_1()).glyph_of("漢")

    def test_what_is_no_font(self) -> None:
        with self.assertRaisesRegex(PithError, "not a PC Screen Font"):
            font.read(b"PFF2")

    def test_is_unpacked(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch, "font")
            for content in (version_2(), gzip.compress(version_2())):
                path.write_bytes(content)
                self.assertEqual(version_2(), font.unpacked(path))


class PictureTest(unittest.TestCase):
    def setUp(self) -> None:
        self.reader = Reader(font.read(version_2()))

    def test_text_is_read(self) -> None:
        shown = drawn(["x|  ", "    ", "|x| ", "    "])
        self.assertEqual(["x|", "", "|x|"], self.reader.lines(shown))
        self.assertEqual((4, 4), self.reader.size(shown))

    def test_colours_do_not_matter(self) -> None:
        self.assertEqual(["x||x"], self.reader.lines(drawn(["x||x"], RED, WHITE)))
        self.assertEqual({BLACK, RED, WHITE}, drawn(["x||x"], RED, WHITE).colours())

    def test_turned_cells_are_seen(self) -> None:
        shown, turned = drawn(["x| "]), drawn(["x| "], BLACK, WHITE)
        self.assertEqual([False] * 3, [self.reader.is_turned(shown, 0, column) for column in range(3)])
        self.assertEqual([True] * 3, [self.reader.is_turned(turned, 0, column) for column in range(3)])

    def test_what_is_no_glyph_is_seen(self) -> None:
        cell = WHITE + BLACK * (WIDTH * HEIGHT - 1)
        self.assertEqual(UNREADABLE, self.reader.character(cell))
        self.assertEqual(UNREADABLE, self.reader.character(WHITE + RED + BLACK * (WIDTH * HEIGHT - 2)))

    def test_a_line_as_it_is_shown(self) -> None:
        self.assertEqual("x|\ufffd x", self.reader.as_shown("x│漢\xa0x "))

    def test_long_lines_are_wrapped(self) -> None:
        self.assertEqual(["abcd", "ef", "", "gh"], picture.wrapped(["abcdef", "", "gh  "], 4))
        self.assertEqual(["abcd"], picture.wrapped(["abcd"], 4))

    def test_differences_are_told(self) -> None:
        self.assertEqual([], picture.difference(["a", "b"], ["a", "b"]))
        self.assertEqual(["row 1 of the picture has 'c' in place of 'b'"], picture.difference(["a", "b"], ["a", "c"]))
        self.assertEqual(["row 1 of the picture has '' in place of 'b'"], picture.difference(["a", "b"], ["a"]))
        self.assertEqual(["row 1 of the picture has 'b' in place of ''"], picture.difference(["a"], ["a", "b"]))
        self.assertNotEqual([], picture.difference([], []))

    def test_pixmaps(self) -> None:
        read = picture.read_ppm(b"P6\n2 1\n255\n" + RED + WHITE)
        self.assertEqual((2, 1, RED + WHITE), (read.width, read.height, read.pixels))
        for wrong in (b"\x89PNG", b"P6\n2 1\n255\n" + RED):
            with self.assertRaises(PithError):
                picture.read_ppm(wrong)


class SessionPictureTest(unittest.TestCase):
    """A picture of four columns: the last rows of a session, with the cursor turned."""

    def setUp(self) -> None:
        self.reader = Reader(font.read(version_2()))

    def picture(self, *rows: tuple[str, str]) -> Picture:
        """Rows of text; in the second text of each, # stands where a cell is turned."""
        lines = [[drawn([character], *((BLACK, WHITE) if mark == "#" else (WHITE, BLACK))) for character, mark in zip(*row)]
                 for row in rows]
        pixels = b"".join(b"".join(cell.cell(0, y, WIDTH, 1) for cell in line) for line in lines for y in range(HEIGHT))
        return Picture(4 * WIDTH, len(rows) * HEIGHT, pixels)

    def difference(self, rows: list[str], cursor: tuple[int, int], *shown: tuple[str, str]) -> list[str]:
        return framebuffer_difference(self.reader, self.picture(*shown), rows, *cursor)

    def test_what_is_shown(self) -> None:
        self.assertEqual([], self.difference(["x|", "|"], (1, 1), ("||  ", "    "), ("x|  ", "    "), ("|   ", " #  ")))
        self.assertEqual([], self.difference(["x|x|x"], (0, 5), ("x|x|", "    "), ("x   ", " #  ")))
        self.assertEqual([], self.difference(["x|", "|", "xx"], (2, 1), ("|   ", "    "), ("xx  ", " #  ")))
        self.assertEqual([], self.difference(["x", ""], (1, 0), ("x   ", "    "), ("    ", "#   ")))

    def test_what_is_not(self) -> None:
        self.assertIn("in place of", self.difference(["x"], (0, 1), ("|   ", " #  "))[0])
        self.assertEqual(["the cursor is not shown in row 0, column 1"], self.difference(["x"], (0, 1), ("x   ", "    ")))
        self.assertEqual(["there is a cursor left behind in row 0, column 3"],
                         self.difference(["x", "|"], (1, 1), ("x   ", "   #"), ("|   ", " #  ")))


if __name__ == "__main__":
    unittest.main()

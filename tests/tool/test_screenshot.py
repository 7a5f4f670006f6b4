"""Screenshots: which picture is kept, and how it is written."""

import struct
import unittest
import zlib

from pith import screenshot
from pith.errors import PithError
from pith.picture import Picture

BLACK, GREY, GREEN = bytes(3), bytes([170] * 3), bytes([0, 170, 0])


def chunks(content: bytes) -> dict[bytes, bytes]:
    """What is in a PNG file, with its sums checked."""
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = {}, 8
    while at < len(content):
        (size,) = struct.unpack_from(">I", content, at)
        kind, data = content[at + 4:at + 8], content[at + 8:at + 8 + size]
        assert struct.unpack_from(">I", content, at + 8 + size)[0] == zlib.crc32(kind + data)
        found[kind] = data
        at += 12 + size
    return found


class Pictures(unittest.TestCase):
    def test_a_picture_comes_back_from_its_file(self):
        picture = Picture(3, 2, BLACK + GREY + GREEN + GREEN + GREY + BLACK)
        read = chunks(screenshot.png(picture))
        self.assertEqual(struct.unpack(">IIBBBBB", read[b"IHDR"]), (3, 2, 8, 3, 0, 0, 0))
        palette = [read[b"PLTE"][at:at + 3] for at in range(0, len(read[b"PLTE"]), 3)]
        lines = zlib.decompress(read[b"IDAT"])
        self.assertEqual((lines[0], lines[4]), (0, 0))
        self.assertEqual(b"".join(palette[index] for index in lines[1:4] + lines[5:8]), picture.pixels)

    def test_more_colours_than_a_palette_has_are_refused(self):
        many = b"".join(bytes([number >> 8, number & 255, 0]) for number in range(300))
        with self.assertRaisesRegex(PithError, "300 colours"):
            screenshot.png(Picture(300, 1, many))

    def test_with_the_cursor_or_without(self):
        without, shown = Picture(2, 1, BLACK + GREEN), Picture(2, 1, GREY + GREEN)
        for pictures in ([without, shown], [shown, without]):
            self.assertIs(screenshot.chosen(pictures, has_cursor=True), shown)
            self.assertIs(screenshot.chosen(pictures, has_cursor=False), without)

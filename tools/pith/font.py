"""The console's font: unpacks it for the build, `python3 -m pith.font FONT.psf.gz FONT.psf`, and reads it for tests.

Reference: kbd, "Font file formats". kernel/screen/font.cpp is the kernel's own reader.
"""

import argparse
import gzip
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pith.errors import PithError

MAGIC_1, MAGIC_2 = b"\x36\x04", b"\x72\xb5\x4a\x86"
HEADER_2 = struct.Struct("<4s7I")
REPLACEMENT = "\ufffd"


@dataclass(frozen=True)
class Font:
    """`glyphs` are the pictures, row by row in whole bytes; `characters` says for each what it stands for."""

    width: int
    height: int
    glyphs: list[bytes]
    characters: list[str]

    def glyph_of(self, character: str) -> bytes:
        """As the kernel chooses it: the first that stands for the character, or for U+FFFD."""
        for wanted in (character, REPLACEMENT):
            for glyph, characters in zip(self.glyphs, self.characters):
                if wanted in characters:
                    return glyph
        raise PithError("the font has nothing to stand for characters that it lacks")

    def has(self, character: str) -> bool:
        return any(character in characters for characters in self.characters)


def unpacked(path: Path) -> bytes:
    """What is in a font file, whether it is packed or not."""
    content = path.read_bytes()
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


def read(content: bytes) -> Font:
    if content.startswith(MAGIC_1):
        count, height = (512 if content[2] & 1 else 256), content[3]
        return _font(8, height, height, content[4:], count, _characters_1)
    if content.startswith(MAGIC_2):
        _, _, start, _, count, size, height, width = HEADER_2.unpack_from(content)
        return _font(width, height, size, content[start:], count, _characters_2)
    raise PithError("this is not a PC Screen Font")


def _font(width: int, height: int, size: int, content: bytes, count: int, read_table) -> Font:
    glyphs = [content[start:start + size] for start in range(0, count * size, size)]
    return Font(width, height, glyphs, list(read_table(content[count * size:]))[:count])


def _characters_1(table: bytes) -> Iterator[str]:
    """For each glyph the characters before its end (ffff), without sequences (after fffe)."""
    text = ""
    takes = True
    for unit, in struct.iter_unpack("<H", table):
        if unit == 0xFFFF:
            yield text
            text, takes = "", True
        elif unit == 0xFFFE:
            takes = False
        elif takes:
            text += chr(unit)


def _characters_2(table: bytes) -> Iterator[str]:
    for entry in table.split(b"\xff"):
        yield entry.partition(b"\xfe")[0].decode()


def main() -> int:
    parser = argparse.ArgumentParser(prog="pith.font", description="Unpacks a console font.")
    parser.add_argument("packed", type=Path, metavar="FONT.psf.gz")
    parser.add_argument("output", type=Path, metavar="FONT.psf")
    options = parser.parse_args()
    content = unpacked(options.packed)
    try:
        read(content)
    except PithError as error:
        print(f"pith: {options.packed}: {error}", file=sys.stderr)
        return error.status
    options.output.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())

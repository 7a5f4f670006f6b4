"""What a framebuffer shows, read as text: a screenshot is cut into cells, and each is looked up in the console's font.

The screenshot is one that QEMU took, as a portable pixmap (PPM).
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pith.errors import PithError
from pith.font import REPLACEMENT, Font

_HEADER = re.compile(rb"P6\s(\d+)\s(\d+)\s255\s")
UNREADABLE = "\N{BLACK QUESTION MARK ORNAMENT}"


@dataclass(frozen=True)
class Picture:
    """Pixels of three bytes, line by line."""

    width: int
    height: int
    pixels: bytes

    def cell(self, left: int, top: int, width: int, height: int) -> bytes:
        """The pixels of a rectangle, one after the other."""
        first, pitch = 3 * (top * self.width + left), 3 * self.width
        return b"".join([self.pixels[start:start + 3 * width] for start in range(first, first + height * pitch, pitch)])

    def colours(self) -> set[bytes]:
        return {self.pixels[at:at + 3] for at in range(0, len(self.pixels), 3)}


def _pixels(cell: bytes) -> list[bytes]:
    return [cell[at:at + 3] for at in range(0, len(cell), 3)]


def read_ppm(content: bytes) -> Picture:
    header = _HEADER.match(content)
    if header is None:
        raise PithError("the screenshot is not a portable pixmap")
    picture = Picture(int(header[1]), int(header[2]), content[header.end():])
    if len(picture.pixels) != 3 * picture.width * picture.height:
        raise PithError(f"the screenshot of {picture.width} x {picture.height} has {len(picture.pixels)} bytes")
    return picture


class Reader:
    """Reads text in one font. A cell with its colours exchanged (the cursor) reads as the same character."""

    def __init__(self, font: Font) -> None:
        self._font = font
        self._characters: dict[tuple[bool, ...], str] = {}
        self._known: dict[bytes, str] = {}   # cells that were read before: there are few that differ
        for glyph, characters in zip(font.glyphs, font.characters):
            bits = self._bits(glyph)
            if characters:   # of one colour are the blank and the full block
                self._characters.setdefault(bits, " " if len(set(bits)) == 1 else characters[0])

    def _bits(self, glyph: bytes) -> tuple[bool, ...]:
        row_bytes = (self._font.width + 7) // 8
        return tuple(bool(glyph[y * row_bytes + x // 8] >> (7 - x % 8) & 1)
                     for y in range(self._font.height) for x in range(self._font.width))

    def size(self, picture: Picture) -> tuple[int, int]:
        """How many columns and rows of text the picture has."""
        return picture.width // self._font.width, picture.height // self._font.height

    def lines(self, picture: Picture) -> list[str]:
        """The text, without blanks at the right and without empty lines at the bottom."""
        lines = ["".join(row).rstrip() for row in self._rows(picture)]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def _rows(self, picture: Picture) -> Iterator[list[str]]:
        width, height = self._font.width, self._font.height
        for top in range(0, picture.height - height + 1, height):
            yield [self.character(picture.cell(left, top, width, height))
                   for left in range(0, picture.width - width + 1, width)]

    def character(self, cell: bytes) -> str:
        """Which character these pixels show; a cell of one colour is a blank."""
        if cell not in self._known:
            self._known[cell] = self._read(_pixels(cell))
        return self._known[cell]

    def _read(self, cell: list[bytes]) -> str:
        colours = [colour for colour, _ in Counter(cell).most_common()]
        if len(colours) == 1:
            return " "
        for background in colours[:2] if len(colours) == 2 else []:
            found = self._characters.get(tuple(pixel != background for pixel in cell))
            if found is not None:
                return found
        return UNREADABLE

    def is_turned(self, picture: Picture, row: int, column: int) -> bool:
        """Whether this cell has its colours exchanged: then it is not mostly black."""
        width, height = self._font.width, self._font.height
        cell = _pixels(picture.cell(column * width, row * height, width, height))
        return Counter(cell).most_common(1)[0][0] != bytes(3)

    def as_shown(self, line: str) -> str:
        """A line as it can be read from a picture: characters that look alike are one, others are not there."""
        return "".join(self._characters.get(self._bits(self._font.glyph_of(character)), REPLACEMENT)
                       for character in line).rstrip()


def wrapped(lines: Sequence[str], columns: int) -> list[str]:
    """The rows that these lines take on a screen."""
    return list(itertools.chain.from_iterable(
        [line[start:start + columns].rstrip() for start in range(0, max(len(line), 1), columns)] for line in lines))


def difference(wanted: Sequence[str], seen: Sequence[str]) -> list[str]:
    """Where a picture does not show the rows that it should, which must be some."""
    if not wanted:
        return ["there is nothing that the picture could show"]
    return [f"row {row} of the picture has '{there}' in place of '{line}'"
            for row, (line, there) in enumerate(itertools.zip_longest(wanted, seen, fillvalue="")) if line != there]

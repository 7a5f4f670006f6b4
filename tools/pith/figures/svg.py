"""A small kit for drawings: boxes, texts, lines and arrows, written as SVG that stands inside a page.

Colours are the page's variables (book/figures-colours.css), text has the page's own colour: so a drawing follows dark mode.
A drawing knows about how large its texts are, and refuses to be made if two overlap or one is cut off.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from pith import paths
from pith.errors import PithError

COLOURS = paths.ROOT / "book" / "figures-colours.css"
SANS, MONO = "system-ui, sans-serif", "ui-monospace, Menlo, Consolas, monospace"
SIZE, SMALL = 13, 11
MARGIN = 8
# How wide a character is, in parts of its size. Of proportional fonts: what hardly any text of ours exceeds.
MONO_WIDTH, SANS_WIDTH, BOLD_WIDTH = 0.61, 0.53, 0.57
ASCENT, DESCENT = 0.76, 0.22
HEAD = 7             # how long the head of an arrow is
LEAST_PART = 0.9     # so far a wide drawing shrinks on a small screen; then it scrolls


@cache
def light_colours() -> dict[str, str]:
    """The colours of the light page, by their names."""
    return colours_in(COLOURS.read_text(), ":root")


def colours_in(css: str, selector: str) -> dict[str, str]:
    block = re.search(re.escape(selector) + r" \{(.*?)\}", css, re.DOTALL)
    return dict(re.findall(r"--fig-(\w+): (#[0-9a-f]{6});", block[1])) if block else {}


def colour(name: str) -> str:
    """What stands in the SVG: the page's variable, or the text's own colour."""
    if name in ("text", "nothing"):
        return {"text": "currentColor", "nothing": "none"}[name]
    return f"var(--fig-{name}, {light_colours()[name]})"


@dataclass(frozen=True)
class Box:
    """A rectangle, by its edges."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2

    def overlaps(self, other: "Box") -> bool:
        return (self.left < other.right and other.left < self.right and self.top < other.bottom
                and other.top < self.bottom)


def number(value: float) -> str:
    """As SVG has it: two digits behind the point at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def width_of(text: str, size: float = SIZE, mono: bool = False, bold: bool = False) -> float:
    """About how wide a text is."""
    return len(text) * size * (MONO_WIDTH if mono else BOLD_WIDTH if bold else SANS_WIDTH)


class Drawing:
    """One figure, `width` units wide; its height is what was drawn. Units are pixels at a column's full width."""

    def __init__(self, name: str, title: str, description: str, width: float) -> None:
        self.name, self.title, self.description, self.width = name, title, description, width
        self.bottom = 0.0
        self._parts: list[str] = []
        self._texts: list[tuple[str, Box]] = []

    # ---- What can be drawn -------------------------------------------------------------------------------------

    def box(self, x: float, y: float, width: float, height: float, fill: str = "none", line: str = "line",
            dashed: bool = False, radius: float = 2, thick: float = 1) -> Box:
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self._add(f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}" '
                  f'rx="{number(radius)}" fill="{colour(fill)}" stroke="{colour(line)}" stroke-width="{number(thick)}"{dash}/>',
                  y + height)
        return Box(x, y, x + width, y + height)

    def text(self, x: float, y: float, text: str, anchor: str = "start", size: float = SIZE, mono: bool = False,
             bold: bool = False, muted: bool = False) -> Box:
        """`y` is the line that the letters stand on."""
        width = width_of(text, size, mono, bold)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        place = Box(left, y - ASCENT * size, left + width, y + DESCENT * size)
        self._texts.append((text, place))
        self._add(f'<text x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
                  + (f' text-anchor="{anchor}"' if anchor != "start" else "")
                  + (f' font-family="{MONO}"' if mono else "")
                  + (' font-weight="600"' if bold else "")
                  + (f' fill="{colour("muted")}"' if muted else "")
                  + f' xml:space="preserve">{escape(text)}</text>', place.bottom)
        return place

    def label(self, box: Box, *lines: str, **style) -> None:
        """Lines of text in the middle of a box."""
        size = style.get("size", SIZE)
        step = size * 1.3
        first = box.centre - step * (len(lines) - 1) / 2 + size * 0.35
        for index, line in enumerate(lines):
            self.text(box.middle, first + index * step, line, anchor="middle", **style)

    def line(self, *points: tuple[float, float], dashed: bool = False, thick: float = 1, line: str = "line") -> None:
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        text = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._add(f'<polyline points="{text}" fill="none" stroke="{colour(line)}" stroke-width="{number(thick)}"{dash}/>',
                  max(y for _, y in points))

    def arrow(self, *points: tuple[float, float], dashed: bool = False, thick: float = 1.2) -> None:
        """A line with a head at its end."""
        (x1, y1), (x2, y2) = points[-2], points[-1]
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        back_x, back_y = x2 - dx * HEAD, y2 - dy * HEAD
        half = HEAD * 0.45
        self.line(*points[:-1], (back_x, back_y), dashed=dashed, thick=thick)
        corners = [(x2, y2), (back_x - dy * half, back_y + dx * half), (back_x + dy * half, back_y - dx * half)]
        self._add('<polygon points="' + " ".join(f"{number(x)},{number(y)}" for x, y in corners)
                  + f'" fill="{colour("line")}"/>', max(y for _, y in corners))

    def paragraph(self, x: float, y: float, text: str, width: float, **style) -> float:
        """Text in lines of about this width; returns the line that the next one would stand on."""
        size = style.get("size", SIZE)
        for row in _wrapped(text, width, size, style.get("mono", False)):
            self.text(x, y, row, **style)
            y += size * 1.35
        return y

    # ---- The whole ---------------------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """Texts that overlap, or are cut off: as far as that can be known without the fonts."""
        whole = Box(0, 0, self.width, self.bottom + MARGIN)
        cut = [f"'{text}' is cut off" for text, box in self._texts
               if box.left < whole.left - 0.5 or box.right > whole.right + 0.5 or box.top < whole.top - 0.5]
        return cut + [f"'{one}' overlaps '{other}'" for index, (one, box) in enumerate(self._texts)
                      for other, other_box in self._texts[:index] if box.overlaps(other_box)]

    def svg(self) -> str:
        """The drawing as SVG; raises PithError if it cannot be read."""
        if wrong := self.problems():
            raise PithError(f"the figure {self.name} cannot be read: {'; '.join(wrong)}")
        height = self.bottom + MARGIN
        least = number(self.width * LEAST_PART) if self.width > 400 else "0"
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(self.width)} {number(height)}" role="img" '
                f'aria-labelledby="{self.name}-title {self.name}-desc" class="pith-figure" '
                f'style="width:100%;min-width:{least}px;max-width:{number(self.width * 1.1)}px" '
                f'fill="currentColor" font-family="{SANS}" font-size="{SIZE}">\n'
                f'<title id="{self.name}-title">{escape(self.title)}</title>\n'
                f'<desc id="{self.name}-desc">{escape(self.description)}</desc>\n'
                + "\n".join(self._parts) + "\n</svg>\n")

    def _add(self, part: str, bottom: float) -> None:
        self._parts.append(part)
        self.bottom = max(self.bottom, bottom)


def _wrapped(text: str, width: float, size: float, mono: bool) -> Iterator[str]:
    row = ""
    for word in text.split():
        longer = f"{row} {word}".strip()
        if row and width_of(longer, size, mono) > width:
            yield row
            row = word
        else:
            row = longer
    if row:
        yield row


def size_text(size: int) -> str:
    """An amount of memory for people."""
    for unit, name in ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size >= unit:
            return f"{f'{size / unit:.1f}'.removesuffix('.0')} {name}"
    return f"{size} byte{'s' if size != 1 else ''}"


def address_text(address: int) -> str:
    """A 64-bit address for people: in groups of four digits."""
    digits = f"{address:016x}"
    return "0x" + "'".join(digits[start:start + 4] for start in range(0, 16, 4))


def joined(words: Sequence[str]) -> str:
    """`a, b and c`"""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

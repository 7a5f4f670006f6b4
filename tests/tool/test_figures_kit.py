"""The kit for drawings, the colours, and how figures are kept up to date."""

import os
import tempfile
import unittest
import xml.etree.ElementTree as xml
from pathlib import Path

from pith import figures
from pith.errors import PithError, UsageError
from pith.figures.figure import Figure
from pith.figures.svg import COLOURS, Drawing, address_text, colour, colours_in, joined, size_text

SVG = "{http://www.w3.org/2000/svg}"
# What the site's text stands in and on (VitePress 1.6), and what of it is on each ground of ours.
TEXT = {":root": "#3c3c43", ".dark": "#dfdfd6"}
PAGE = {":root": "#ffffff", ".dark": "#1b1b1f"}
GROUNDS = ("a", "b", "c", "d", "e", "none", "ground")


def luminance(text: str) -> float:
    """WCAG 2.1, "relative luminance"."""
    parts = [int(text[start:start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def a_drawing(width: float = 200) -> Drawing:
    return Drawing("a-name", "A title", "What is <seen>", width)


class Colours(unittest.TestCase):
    def test_text_can_be_read_on_every_ground_in_both_modes(self):
        for mode in TEXT:
            colours = colours_in(COLOURS.read_text(), mode)
            for ground in [PAGE[mode], *(colours[name] for name in GROUNDS)]:
                self.assertGreaterEqual(contrast(TEXT[mode], ground), 4.5, f"{mode} {ground}")
                self.assertGreaterEqual(contrast(colours["muted"], ground), 4.5, f"{mode} muted on {ground}")

    def test_lines_can_be_seen_in_both_modes(self):
        for mode, page in PAGE.items():
            self.assertGreaterEqual(contrast(colours_in(COLOURS.read_text(), mode)["line"], page), 3, mode)

    def test_both_modes_have_the_same_colours(self):
        css = COLOURS.read_text()
        self.assertEqual(colours_in(css, ":root").keys(), colours_in(css, ".dark").keys())

    def test_a_colour_is_the_pages_variable_and_what_it_is_without(self):
        self.assertRegex(colour("a"), r"^var\(--fig-a, #[0-9a-f]{6}\)$")
        self.assertEqual(colour("text"), "currentColor")


class Drawings(unittest.TestCase):
    def test_is_svg_with_a_title_a_description_and_no_fixed_size(self):
        drawing = a_drawing()
        box = drawing.box(10, 10, 100, 30, "a")
        drawing.label(box, "a < b & c")
        drawing.arrow((60, 40), (60, 80))
        root = xml.fromstring(drawing.svg())
        self.assertEqual(root.find(f"{SVG}title").text, "A title")
        self.assertEqual(root.find(f"{SVG}desc").text, "What is <seen>")
        self.assertEqual(root.find(f"{SVG}text").text, "a < b & c")
        self.assertEqual(root.get("viewBox"), "0 0 200 88")
        self.assertNotIn("width", root.attrib)
        self.assertEqual(root.get("aria-labelledby"), "a-name-title a-name-desc")

    def test_refuses_what_is_cut_off(self):
        drawing = a_drawing(100)
        drawing.text(50, 20, "this is far too long for that")
        with self.assertRaisesRegex(PithError, "a-name cannot be read: 'this is far too long for that' is cut off"):
            drawing.svg()

    def test_refuses_texts_that_overlap(self):
        drawing = a_drawing()
        drawing.text(10, 20, "one")
        drawing.text(20, 25, "other")
        with self.assertRaisesRegex(PithError, "'other' overlaps 'one'"):
            drawing.svg()

    def test_a_paragraph_is_broken_between_words(self):
        drawing = a_drawing(120)
        below = drawing.paragraph(5, 20, "these are some more words", 100)
        self.assertEqual([text.text for text in xml.fromstring(drawing.svg()).iter(f"{SVG}text")],
                         ["these are some", "more words"])
        self.assertGreater(below, 50)


class Texts(unittest.TestCase):
    def test_amounts(self):
        self.assertEqual([size_text(size) for size in (1, 216, 4096, 647168, 3 << 29, 1 << 46)],
                         ["1 byte", "216 bytes", "4 KiB", "632 KiB", "1.5 GiB", "64 TiB"])

    def test_addresses(self):
        self.assertEqual(address_text(0xffffffff8010c000), "0xffff'ffff'8010'c000")

    def test_lists(self):
        self.assertEqual([joined(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])],
                         ["", "a", "a and b", "a, b and c"])


class Making(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = Path(self.scratch.name)

    def test_is_made_when_missing_or_older_than_its_source(self):
        source, made = self.folder / "source", self.folder / "made.svg"
        source.write_text("")
        figure = Figure("made", "", lambda path: None, (source,))
        self.assertFalse(figure.is_current(made))
        made.write_text("")
        self.assertTrue(figure.is_current(made))
        os.utime(source, (made.stat().st_mtime + 10,) * 2)
        self.assertFalse(figure.is_current(made))
        source.unlink()
        self.assertFalse(figure.is_current(made))

    def test_what_fails_leaves_nothing_behind(self):
        def fail(path: Path) -> None:
            path.write_text("half")
            raise PithError("no")
        with self.assertRaises(PithError):
            figures._made(Figure("made", "", fail), self.folder / "made.svg", anew=True)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_wrong_name_is_answered_with_a_right_one(self):
        with self.assertRaisesRegex(UsageError, "screen-01"):
            figures.find("screen01")

    def test_names_are_unique_and_described(self):
        self.assertEqual(len(set(figures.NAMES)), sum(len(module.FIGURES) for module in figures._MODULES))
        for name in figures.NAMES:
            self.assertRegex(figures.describe(name), r"^[A-Z].*\.$")

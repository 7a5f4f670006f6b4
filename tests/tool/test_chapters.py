"""How a chapter is named on the command line."""

import json
import tempfile
import unittest
from pathlib import Path

from pith import chapters
from pith.errors import UsageError

MANIFEST = [
    {"number": 1, "folder": "01-minimal", "title": "A minimal kernel", "boot": ["bios"], "transcript": "screen"},
    {"number": 4, "folder": "04-console", "title": "The console", "boot": ["pvh"], "transcript": "serial"},
    {"number": 11, "folder": "11-page-tables", "title": "Page tables", "boot": ["pvh"], "transcript": "serial"},
    {"number": 12, "folder": "12-page-map", "title": "The map", "boot": ["pvh"], "transcript": "serial"},
    {"number": 13, "folder": "13-all", "title": "All of it", "boot": ["pvh"], "transcript": "session", "kernel": "system"},
]


class ChaptersTest(unittest.TestCase):
    def setUp(self) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            manifest = Path(scratch, "chapters.json")
            manifest.write_text(json.dumps(MANIFEST))
            self.chapters = chapters.load(manifest)

    def assert_not_found(self, word: str, text: str) -> None:
        with self.assertRaises(UsageError) as raised:
            chapters.find(word, self.chapters)
        self.assertIn(text, str(raised.exception))

    def test_found_by_number_folder_and_part_of_it(self) -> None:
        for word in ("4", "04", "04-console", "console", "cons"):
            self.assertEqual(chapters.find(word, self.chapters).number, 4, word)

    def test_names_of_what_is_built(self) -> None:
        kernel = chapters.find("1", self.chapters)
        self.assertEqual(kernel.target, "chapter-01-minimal")
        self.assertEqual(kernel.iso.parts[-2:], ("chapters", "01-minimal.iso"))

    def test_a_chapter_may_be_the_system(self) -> None:
        kernel = chapters.find("13", self.chapters)
        self.assertEqual((chapters.SYSTEM.target, chapters.SYSTEM.elf), (kernel.target, kernel.elf))
        self.assertEqual([False] * 4 + [True], [bool(kernel.prompt) for kernel in self.chapters])

    def test_not_found(self) -> None:
        self.assert_not_found("99", "there is no chapter 99; they go from 1 to 13")
        self.assert_not_found("consle", "did you mean 'console'?")
        self.assert_not_found("page", "11-page-tables, 12-page-map")


if __name__ == "__main__":
    unittest.main()

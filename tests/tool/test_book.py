"""Tests of pith.book: code that a page includes has to be there."""

import tempfile
import unittest
from pathlib import Path

from pith import book

SOURCE = "before\n// #region part\nint x;\n// #endregion part\n// #region empty\n// #endregion empty\n// #region open\n"


class Inclusions(unittest.TestCase):
    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        (self.root / "code.cpp").write_text(SOURCE)

    def errors(self, text: str, name: str = "chapter.md") -> list[str]:
        page = self.root / name
        page.write_text(text)
        return book.errors(page, self.root)

    def test_what_is_there_is_no_error(self) -> None:
        self.assertEqual([], self.errors("<<< @/code.cpp\n<<< @/code.cpp{text}\n<<< @/code.cpp#part{cpp}\n"))

    def test_a_missing_file_is_named_with_its_line(self) -> None:
        self.assertEqual(["chapter.md:2: there is no file gone.cpp"], self.errors("text\n<<< @/gone.cpp\n"))

    def test_a_region_must_begin_and_end_and_hold_something(self) -> None:
        for region in ("gone", "empty", "open"):
            self.assertIn(f"code.cpp has no region '{region}'", self.errors(f"<<< @/code.cpp#{region}\n")[0])

    def test_another_form_is_an_error(self) -> None:
        self.assertIn("is not of the form", self.errors("<<< ../code.cpp\n")[0])

    def test_a_chapter_holds_no_pasted_code(self) -> None:
        self.assertIn("a block of 'cpp'", self.errors("```cpp\nint x;\n```\n")[0])
        self.assertEqual([], self.errors("```sh\n./pith run\n<<< not looked at\n```\n"))
        self.assertEqual([], self.errors("```cpp\nint x;\n```\n", name="architecture.md"))

    def test_the_pages_of_the_tree_are_fine(self) -> None:
        book._check_inclusions()


if __name__ == "__main__":
    unittest.main()

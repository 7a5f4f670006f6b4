"""Tests of pith.book_pages: what a page includes, shows and links to has to be there."""

import tempfile
import unittest
from pathlib import Path

from pith import book
from pith.book_pages import Book

SOURCE = "before\n// #region part\nint x;\n// #endregion part\n// #region empty\n// #endregion empty\n// #region open\n"


class Pages(unittest.TestCase):
    """A tree of its own for each test, with a file of code."""

    def setUp(self) -> None:
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.root = Path(scratch.name)
        self.book = Book(self.root, figures=("map", "stack"), made=("book/reference/paging.md",))
        self.write("code.cpp", SOURCE)

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def errors(self, text: str, page: str = "chapters/06-gates/chapter.md") -> list[str]:
        """What is wrong with a page that holds this, without the page's name."""
        file = self.write(page, text)
        return [error.removeprefix(f"{page}:") for error in self.book.errors_in(file)]

    def is_wrong(self, text: str, problem: str, page: str = "chapters/06-gates/chapter.md") -> None:
        found = self.errors(text, page)
        self.assertEqual(1, len(found), found)
        self.assertIn(problem, found[0])


class Inclusions(Pages):
    def test_what_is_there_is_no_error(self) -> None:
        self.assertEqual([], self.errors("<<< @/code.cpp\n<<< @/code.cpp{text}\n<<< @/code.cpp#part{cpp}\n"))

    def test_a_missing_file_is_named_with_its_line(self) -> None:
        self.assertEqual(["2: there is no file gone.cpp"], self.errors("text\n<<< @/gone.cpp\n"))

    def test_a_region_must_begin_and_end_and_hold_something(self) -> None:
        for region in ("gone", "empty", "open"):
            self.is_wrong(f"<<< @/code.cpp#{region}\n", f"code.cpp has no region '{region}'")

    def test_markers_may_be_comments_of_any_language(self) -> None:
        for begin, end in (("# #region a", "# #endregion a"), ("# region a", "# endregion a"),
                           ("/* #region a */", "/* #endregion a */")):
            self.write("other", f"{begin}\ntext\n{end}\n")
            self.assertEqual([], self.errors("<<< @/other#a{text}\n"))

    def test_another_form_is_an_error(self) -> None:
        self.is_wrong("<<< ../code.cpp\n", "is not of the form")

    def test_a_chapter_holds_no_pasted_code(self) -> None:
        self.is_wrong("```cpp\nint x;\n```\n", "a block of 'cpp'")
        self.assertEqual([], self.errors("```sh follow\n./pith run\n<<< not looked at\n```\n"))
        self.assertEqual([], self.errors("```cpp\nint x;\n```\n", page="docs/architecture.md"))


class Lines(Pages):
    def test_a_long_line_is_an_error(self) -> None:
        self.assertEqual([], self.errors("x" * 130))
        self.is_wrong("x" * 131, "has 131 characters")

    def test_tables_figures_and_fences_may_be_longer(self) -> None:
        long = "x" * 140
        self.assertEqual([], self.errors(f"| {long} |\n![{long}](figure:map)\n```text\n{long}\n```\n"))

    def test_documents_may_have_longer_lines(self) -> None:
        self.assertEqual([], self.errors("x" * 131, page="docs/architecture.md"))


class Words(Pages):
    def test_dead_words_are_errors(self) -> None:
        for text in ("We simply do it.", "Of course it is.", "It is a very small kernel.", "Just do it.", "Note that it ends."):
            self.is_wrong(text, "adds nothing")

    def test_where_they_say_something_they_may_stand(self) -> None:
        self.assertEqual([], self.errors("The very next one has just come. `just` is code. Adjust it.\n"))
        self.assertEqual([], self.errors("Of course.\n", page="docs/decisions.md"))


class Figures(Pages):
    def test_an_unknown_figure_is_named_with_its_line(self) -> None:
        self.assertEqual(["3: there is no figure 'mapp'; did you mean 'map'?"], self.errors("a\n\n![A map](figure:mapp)\n"))

    def test_a_figure_stands_alone_and_says_what_it_shows(self) -> None:
        self.is_wrong("See ![A map](figure:map).", "must stand on a line of its own")
        self.is_wrong("![](figure:map)", "does not say what it shows")
        self.is_wrong("[A map](figure:map)", "is not of the form")

    def test_those_that_are_used_are_listed_once(self) -> None:
        self.write("book/map.md", "![A](figure:stack)\n\n![B](figure:map)\n\n![A](figure:stack)\n```text\n![](figure:no)\n```\n")
        self.assertEqual(["stack", "map"], self.book.figures_used())


class Links(Pages):
    def setUp(self) -> None:
        super().setUp()
        for page in ("book/index.md", "book/setup.md", "docs/references.md", "chapters/01-first/chapter.md", "README.md"):
            self.write(page)

    def test_links_to_pages_files_and_folders(self) -> None:
        for link in ("../01-first/chapter.md", "../01-first/chapter.md#a", "../../code.cpp", "../../chapters/",
                     "../../book/reference/paging.md", "#here", "https://example.org/x", "mailto:somebody"):
            self.assertEqual([], self.errors(f"A [link]({link})."), link)

    def test_links_to_paths_of_the_site(self) -> None:
        for link in ("/", "/setup", "/setup.html#packages", "/docs/references", "/chapters/01-first/chapter", "/reference/paging"):
            self.assertEqual([], self.errors(f"A [link]({link})."), link)

    def test_a_link_to_nothing_is_an_error(self) -> None:
        for link in ("../02-second/chapter.md", "../../gone.cpp", "../../README.md", "../../../outside", "/gone", "gone.md"):
            self.is_wrong(f"A [link]({link}).", f"the link '{link}' leads to nothing")
        self.is_wrong("[defined]: gone.md\n", "the link 'gone.md' leads to nothing")

    def test_code_within_a_sentence_is_no_link(self) -> None:
        self.assertEqual([], self.errors("`table[i](x)` and ``a[`b`](c)`` and [`code.cpp`](../../code.cpp)"))


class Exercises(Pages):
    def test_folders_and_headings_must_agree(self) -> None:
        self.write("chapters/06-gates/exercises/1-a-gate/start.cpp")
        self.assertEqual([], self.errors("### 6.1 A gate\n"))
        self.is_wrong("### 6.1 A gate\n\n### 6.2 Another\n", "3: the exercise 6.2 has no folder")
        self.is_wrong("text\n", "exercises/1-a-gate has no heading '### 6.1 …'")

    def test_an_exercise_of_another_chapter_is_an_error(self) -> None:
        self.is_wrong("### 7.1 A gate\n", "is an exercise of another chapter")


class Tree(unittest.TestCase):
    def test_the_pages_of_the_tree_are_fine(self) -> None:
        book.check()


if __name__ == "__main__":
    unittest.main()

"""The table of the C++ library's headers: made from tests, and of one mind with them."""

import unittest

from pith import library_table

SOURCE = """
#include <map>
#include <vector>
void vector() { check({"no", test}); }
constexpr testing::Test tests[] = {
    {"vector", vector}, {"vector.grows", [] {}, "text"},
    // {"map", map},
};
"""


def source(name: str) -> dict[str, str]:
    """A file that includes <map>, and has a test of this name."""
    return {"f.cpp": f'#include <map>\nconstexpr testing::Test all[] = {{\n    {{"{name}", f}},\n}};\n'}


class TestedTest(unittest.TestCase):
    def test_tests_are_found_by_header(self) -> None:
        self.assertEqual(library_table.tested({"a.cpp": SOURCE}), ({"vector": ["vector", "vector.grows"]}, []))

    def test_a_header_of_c_may_have_a_dot(self) -> None:
        self.assertEqual(library_table.header_of("stdatomic.h"), "stdatomic.h")
        self.assertEqual(library_table.header_of("string_view.empty"), "string_view")
        self.assertIsNone(library_table.header_of("strings"))

    def test_a_name_that_is_no_header_is_wrong(self) -> None:
        _, wrong = library_table.tested(source("maps"))
        self.assertEqual(wrong, ["f.cpp: the test maps is not named after a header"])

    def test_the_file_has_to_include_the_header(self) -> None:
        _, wrong = library_table.tested(source("set"))
        self.assertEqual(wrong, ["f.cpp: the test set stands in a file that does not include <set>"])


class ContradictionsTest(unittest.TestCase):
    def setUp(self) -> None:
        self.tests = {header: [header] for header in library_table.HEADERS}
        self.reasons: dict[str, list[str]] = {}

    def wrong(self) -> list[str]:
        return list(library_table.contradictions(self.tests, self.reasons))

    def test_all_tested_is_fine(self) -> None:
        self.assertEqual(self.wrong(), [])

    def test_what_works_needs_a_test(self) -> None:
        del self.tests["vector"]
        self.assertEqual(self.wrong(), ["<vector> works, it says, but no test uses it"])

    def test_what_works_in_part_needs_a_test(self) -> None:
        del self.tests["cmath"]
        self.reasons["cmath"] = ["works in part", "some"]
        self.assertEqual(self.wrong(), ["<cmath> works in part, it says, but no test uses it"])

    def test_what_has_a_test_works(self) -> None:
        self.reasons["thread"] = ["needs an operating system above", "threads"]
        self.assertEqual(self.wrong(), ["<thread> needs an operating system above, and yet has a test: thread"])

    def test_no_header_is_made_up(self) -> None:
        self.reasons["vectors"] = ["works in part", ""]
        self.assertIn("<vectors> is no header of the standard", self.wrong()[0])

    def test_no_state_is_made_up(self) -> None:
        self.reasons["map"] = ["nearly works", ""]
        self.assertIn("'nearly works' is nothing to be said of <map>", self.wrong()[0])


class PageTest(unittest.TestCase):
    def test_a_row_has_the_tests_and_the_reason(self) -> None:
        text = library_table.page({"any": ["any", "any.more"]}, {"thread": ["needs an operating system above", "threads"]})
        self.assertIn("| `<any>` | works |  | `library.any`, `library.any.more` |\n", text)
        self.assertIn("| `<thread>` | needs an operating system above | threads |  |\n", text)

    def test_the_page_in_the_tree_is_up_to_date(self) -> None:
        self.assertEqual(library_table.errors(), [])


if __name__ == "__main__":
    unittest.main()

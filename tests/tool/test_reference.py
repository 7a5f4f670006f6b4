"""What the book's reference pages say of a header."""

import tempfile
import unittest
from pathlib import Path

from pith import packages, reference
from pith.errors import PithError

HEADER = """\
// Boxes.
//
//   +---+
//   | 1 |
//
// Needs:     nothing
//            at all.
#pragma once

namespace pith::boxes {

namespace detail {
void hidden();
}

// #region box
// A `box_of` <things>.
template <typename Thing>
class Box {
    int secret_;

public:
    // Makes one.
    constexpr explicit Box(Thing thing) : thing_{thing}, secret_{0} {}
    constexpr Thing thing() const { return thing_; }
    Box& operator=(Box const&) = delete;

private:
    // Not for others.
    Thing thing_;
};
// #endregion box

enum class Size { small, large };  // two

constexpr int twice(int number) {
    return number * 2;
}

inline constexpr int one = 1, two = 2;

}  // namespace pith::boxes
"""


@unittest.skipIf(packages.missing(["python3-clang-19"], packages._installed(["python3-clang-19"])), "needs python3-clang-19")
class ReferenceTest(unittest.TestCase):
    def read(self, text: str) -> reference.Header:
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch, "box.hpp")
            file.write_text(text)
            return reference.read([file])[0]

    def test_what_others_can_use_without_bodies_and_private_members(self) -> None:
        declarations = self.read(HEADER).declarations
        self.assertEqual(["boxes::Box", "boxes::Size", "boxes::twice", "boxes::one"], [one.name for one in declarations])
        self.assertEqual(["A `box_of` <things>."], declarations[0].comment)
        self.assertEqual("""\
template <typename Thing>
class Box {
public:
    // Makes one.
    constexpr explicit Box(Thing thing);
    constexpr Thing thing() const;
    Box& operator=(Box const&) = delete;
};""", declarations[0].text)
        self.assertEqual(["enum class Size { small, large };", "constexpr int twice(int number);",
                          "inline constexpr int one = 1, two = 2;"], [one.text for one in declarations[1:]])

    def test_a_header_with_a_mistake_is_refused(self) -> None:
        with self.assertRaisesRegex(PithError, "do not compile: .*unknown type name 'thing'"):
            self.read("thing it;\n")

    def test_its_page(self) -> None:
        text = reference.page("boxes", "things in things", [self.read(HEADER)])
        for part in ("# boxes\n\nThings in things.", "Boxes.\n\n```text\n  +---+\n  | 1 |\n```\n\n**Needs:** nothing\nat all.",
                     "### `boxes::Box`\n\nA `box_of` &lt;things&gt;.\n\n```cpp\ntemplate"):
            self.assertIn(part, text)


if __name__ == "__main__":
    unittest.main()

"""What a reader who follows a page types, and what is noticed when the page does not hold."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from pith.errors import PithError
from pith.follow import Follower
from pith.page import Block, blocks

PAGE = """<p>Text with <code>code</code> in it.</p>
<div class="listing" data-file="chapters/06-x/by-hand/main.cpp" data-region="includes"><p><code>path</code></p><img src="x">
<div class="language-cpp"><pre><code><span class="line">#include &lt;a&gt;</span>
<span class="line">int b;</span></code></pre></div></div>
<p><code>between</code></p>
<div data-follow class="language-sh"><pre><code>mkdir it &amp;&amp; cd it</code></pre></div>
<div class="language-sh"><pre><code>rm -rf everything</code></pre></div>"""


class PageTest(unittest.TestCase):
    def test_marked_blocks_in_order_with_their_text_alone(self) -> None:
        self.assertEqual([Block("chapters/06-x/by-hand/main.cpp", "includes", "#include <a>\nint b;"),
                          Block("", "", "mkdir it && cd it")], blocks(PAGE))


class FollowerTest(unittest.TestCase):
    def follow(self, *steps: Block) -> dict[str, int]:
        with (tempfile.TemporaryDirectory() as scratch, contextlib.redirect_stdout(io.StringIO()),
              Follower("chapters/06-x/by-hand", Path(scratch)) as follower):
            for step in steps:
                follower.follow(step)
            return follower.done

    @staticmethod
    def typed(name: str, text: str) -> Block:
        return Block(f"chapters/06-x/by-hand/{name}", "", text)

    def test_types_into_files_where_it_is_and_compares(self) -> None:
        done = self.follow(Block("", "", "mkdir it\ncd it"), self.typed("a", "one\n"), self.typed("a", "two"),
                           Block("kernel/other.hpp", "", "not typed"), Block("", "", "ls; cat a; echo pith: done"),
                           self.typed("expected.txt", "one\n\ntw…"))
        self.assertEqual({"commands": 2, "listings": 2, "transcripts": 1}, done)

    def test_what_comes_must_be_what_the_page_shows(self) -> None:
        with self.assertRaisesRegex(PithError, "(?s)not what the page shows.*-three.*[+]two"):
            self.follow(self.typed("a", "two"), Block("", "", "cat a"), self.typed("expected.txt", "three"))

    def test_a_command_that_fails_ends_it(self) -> None:
        with self.assertRaisesRegex(PithError, "status 1"):
            self.follow(Block("", "", "false\ntrue"))


if __name__ == "__main__":
    unittest.main()

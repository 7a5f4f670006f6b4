"""Of which layers the translated blocks are."""

import unittest

from pith.bench import blocks

HIGH = 0xffff_ffff_8010_0000
FUNCTIONS = [(HIGH, "pith::frames::start"), (HIGH + 0x40, "std::__format::__vformat_to"), (HIGH + 0x80, "std::vector::push_back"),
             (HIGH + 0xc0, "pith::fail"), (HIGH + 0x100, "memcpy")]


class BlocksTest(unittest.TestCase):
    def test_blocks_count_from_the_one_that_is_entered_until_the_words_are_written(self) -> None:
        lines = ["BLOCK 10", "BLOCK 100018", "ENTRY", f"BLOCK {HIGH:x}", "OUT 20 0 2", "serial_write write addr 0x00 val 0x50",
                 f"BLOCK {HIGH + 4:x}", "OUT 30 0 3", "serial_write write addr 0x00 val 0x69", "BLOCK 999"]
        self.assertEqual(blocks.starts(lines, b"Pi"), [0x100018, HIGH, HIGH + 4])
        self.assertEqual(blocks.starts(lines, b"P"), [0x100018, HIGH])

    def test_a_block_is_of_the_function_in_which_it_begins(self) -> None:
        counts = blocks.by_layer([0x100018, HIGH, HIGH + 0x3f, HIGH + 0x44, HIGH + 0x80, HIGH + 0xd0, HIGH + 0x100], FUNCTIONS)
        self.assertEqual(counts, {blocks.LOW: 1, "frames": 2, blocks.FORMATTING: 1, blocks.LIBRARY: 1, "base": 1, blocks.OTHERS: 1})


if __name__ == "__main__":
    unittest.main()

"""Of which layers the translated blocks are, and of which functions the instructions of a round."""

import unittest

from pith.bench import blocks, trace
from pith.bench.functions import Functions
from pith.errors import PithError

HIGH = 0xffff_ffff_8010_0000
FUNCTIONS = Functions([(HIGH, "pith::frames::start"), (HIGH + 0x40, "std::__format::__vformat_to"), (HIGH + 0x80, "std::vector::push_back"),
             (HIGH + 0xc0, "pith::fail"), (HIGH + 0x100, "memcpy")])


class BlocksTest(unittest.TestCase):
    def test_blocks_count_from_the_one_that_is_entered_until_the_words_are_written(self) -> None:
        lines = ["BLOCK 10", "BLOCK 100018", "ENTRY", f"BLOCK {HIGH:x}", "OUT 20 0 2", "serial_write write addr 0x00 val 0x50",
                 f"BLOCK {HIGH + 4:x}", "OUT 30 0 3", "serial_write write addr 0x00 val 0x69", "BLOCK 999"]
        self.assertEqual(blocks.starts(lines, b"Pi"), [0x100018, HIGH, HIGH + 4])
        self.assertEqual(blocks.starts(lines, b"P"), [0x100018, HIGH])

    def test_a_block_is_of_the_function_in_which_it_begins(self) -> None:
        counts = blocks.by_layer([0x100018, HIGH, HIGH + 0x3f, HIGH + 0x44, HIGH + 0x80, HIGH + 0xd0, HIGH + 0x100], FUNCTIONS)
        self.assertEqual(counts, {blocks.LOW: 1, "frames": 2, blocks.FORMATTING: 1, blocks.LIBRARY: 1, "base": 1, blocks.OTHERS: 1})


class TraceTest(unittest.TestCase):
    def test_rounds_go_from_one_entry_to_the_next(self) -> None:
        self.assertEqual(list(trace.rounds([7, 1, 2, 3, 1, 4, 1, 5], start=1)), [[1, 2, 3], [1, 4]])

    def test_the_usual_round_is_as_long_as_most(self) -> None:
        self.assertEqual(trace.usual(iter([[1, 9, 9, 9], [1, 2], [1, 3], [1]])), [1, 3])
        with self.assertRaisesRegex(PithError, "not entered twice"):
            trace.usual([])

    def test_instructions_count_for_the_function_that_they_stand_in(self) -> None:
        self.assertEqual(trace.by_function([HIGH, HIGH + 0x3f, HIGH + 0x101, 5], FUNCTIONS),
                         {"pith::frames::start": 2, "memcpy": 1, "?": 1})

    def test_kernels_are_called_as_their_files(self) -> None:
        self.assertLessEqual({"console", "pixels", "starting", "inside", "tasks"}, trace.all_kernels().keys())

    def test_a_name_must_be_one_functions(self) -> None:
        self.assertEqual(FUNCTIONS.start_of("memcpy"), HIGH + 0x100)
        with self.assertRaisesRegex(PithError, "there are 0 functions called memmove"):
            FUNCTIONS.start_of("memmove")


if __name__ == "__main__":
    unittest.main()

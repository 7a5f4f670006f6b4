"""The kernel's pages held against QEMU's: parsing, merging, and that a difference is found."""

import unittest

from pith.pages import COLUMNS, Region, differences, merged, printed, seen_by_qemu

LINES = [
    "Pith greets you.",
    COLUMNS,
    "pages,0xffff800000000000,0xffff800000000fff,r---g-,4096,1,0,0,0x0,row,direct map",
    "pages,0xffff800000200000,0xffff8000003fffff,rw--g-,2097152,0,1,0,0x200000,row,direct map",
]
TLB = """0000800000000000: 0000000000000000 XG--A----
ffff800000000000: 0000000000000000 XG--A----
ffff800000200000: 0000000000200000 XGPDA---W
"""


class Pages(unittest.TestCase):
    def test_reads_what_the_kernel_prints(self) -> None:
        regions = printed(LINES)
        self.assertEqual(2, len(regions))
        self.assertEqual(Region(0xFFFF800000200000, 0xFFFF8000003FFFFF, "rw--g-", 0x200000, True, "direct map"), regions[1])

    def test_reads_what_qemu_prints(self) -> None:
        pages = list(seen_by_qemu("ffff800000000000: 0000000000000000 XG--A----\nnonsense\n"
                                  "ffff800000200000: 0000000000200000 -GPDAC-UW\n"
                                  "ffff800000400000: 0000000000400000 XGPDA-T-W\n"
                                  "ffff800000600000: 0000000000600000 XG-DA----\n"))
        self.assertEqual([0xFFFF800000000FFF, 0xFFFF8000003FFFFF], [page.last for page in pages[:2]])
        self.assertEqual(["r---g-", "rwxugd", "rw--gc", "rs--g-"], [page.rights for page in pages])

    def test_a_page_as_large_as_the_way_to_the_next_is_of_1_gib(self) -> None:
        pages = list(seen_by_qemu("ffff80003fe00000: 000000003fe00000 XGPDA---W\n"
                                  "ffff800040000000: 0000000040000000 XGPDA---W\nffff800080000000: 0000000080000000 XGPDA---W\n"
                                  "ffff8000c0200000: 00000000c0200000 XGPDA---W\n"))
        self.assertEqual([2 << 20, 1 << 30, 1 << 30, 2 << 20], [page.last - page.start + 1 for page in pages])

    def test_addresses_of_the_upper_half_are_canonical(self) -> None:
        self.assertEqual([0xFFFF800000000000], [page.start for page in seen_by_qemu(TLB.splitlines()[0])])

    def test_neighbours_with_the_same_rights_are_one(self) -> None:
        regions = [Region(0x1000, 0x1FFF, "rw----", 0x5000), Region(0x2000, 0x2FFF, "rw----", 0x6000),
                   Region(0x3000, 0x3FFF, "r-----", 0x7000), Region(0x4000, 0x4FFF, "r-----", 0x9000)]
        self.assertEqual([Region(0x1000, 0x2FFF, "rw----", 0x5000), Region(0x3000, 0x4FFF, "r-----", 0x7000, False)],
                         merged(regions))

    def test_a_difference_is_named_on_both_sides(self) -> None:
        ours = [Region(0x1000, 0x1FFF, "rw----", 0x5000)]
        self.assertEqual([], differences(ours, ours))
        self.assertEqual(2, len(differences(ours, [Region(0x1000, 0x1FFF, "rwx---", 0x5000)])))
        self.assertEqual(1, len(differences(ours, [])))


if __name__ == "__main__":
    unittest.main()

"""The forged memory maps: what must come of a map, and what is seen in the kernel's table."""

import json
import struct
import unittest

from pith import forged_map, paths
from pith.forged_map import Area, Map, section, usable_ranges

ROWS = json.loads((paths.ROOT / "tests/boot/memory_maps.json").read_text())["maps"]
USABLE, RESERVED = 1, 2
MIB = 1 << 20


class UsableRanges(unittest.TestCase):
    def test_a_page_is_usable_if_all_of_it_is_and_nobody_disagrees(self):
        areas = [Area(MIB + 1, 0x4FFF, USABLE), Area(MIB + 0x2800, 1, RESERVED)]
        self.assertEqual(usable_ranges(areas, []),
                         [range(MIB + 0x1000, MIB + 0x2000), range(MIB + 0x3000, MIB + 0x5000)])

    def test_areas_that_touch_are_one(self):
        areas = [Area(MIB + 0x800, 0x1800, USABLE), Area(MIB, 0x800, USABLE)]
        self.assertEqual(usable_ranges(areas, []), [range(MIB, MIB + 0x2000)])

    def test_what_is_in_use_or_a_device_or_out_of_reach_is_not(self):
        areas = [Area(0, 2 * MIB, USABLE), Area((1 << 40) - 0x1000, 0x2000, USABLE)]
        self.assertEqual(usable_ranges(areas, [range(MIB, MIB + 1)]),
                         [range(0x1000, 0xA0000), range(MIB + 0x1000, 2 * MIB), range((1 << 40) - 0x1000, 1 << 40)])


class Table(unittest.TestCase):
    def test_a_section_ends_where_its_rows_do(self):
        lines = ["Free:", "  0x000000001000 - 0x000000002000            4 KiB  frames", "  1 frames of 4 KiB: 0 MiB"]
        self.assertEqual(section(lines, "Free:"), [(0x1000, 0x2000, "frames")])
        self.assertEqual(section(lines, "In use:"), [])


class Rows(unittest.TestCase):
    def test_each_can_be_read(self):
        for name, row in ROWS.items():
            with self.subTest(name):
                wanted = Map.of_row(row)
                self.assertTrue(wanted.areas)
                self.assertEqual(len(wanted.entries(wanted.entry_size)), len(wanted.areas) * wanted.entry_size)
                self.assertLessEqual(set(row), {"areas", "modules", "entry_size", "only", "refuses", "memory"})

    def test_an_entry_is_as_both_protocols_have_it(self):
        wanted = Map.of_row({"areas": [["0x1000", "0x2000", "ACPI tables"]]})
        self.assertEqual(wanted.entries(24), struct.pack("<QQII", 0x1000, 0x2000, 3, 0))

    def test_some_are_refused_and_most_are_not(self):
        refused = [row for row in ROWS.values() if "refuses" in row]
        self.assertTrue(0 < len(refused) < len(ROWS) / 2)
        self.assertEqual(forged_map.KINDS["usable"], USABLE)


if __name__ == "__main__":
    unittest.main()

"""Figures of live state: what is read from a machine, with recorded samples, and that what is drawn can be read."""

import json
import socket
import unittest

from pith import page_tables
from pith.errors import PithError
from pith.figures import layouts, live, memory, spaces, tables

REGISTERS = """CPU#0
RAX=0000000000000246 RBX=ffffffff801befd0 RCX=ffffffff80190190 RDX=0000000000000000
R8 =0000000000000007 R9 =0000000000000000 R10=0000000000000000 R11=0000000000000001
RIP=ffffffff801359ee RFL=00000202 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=1
CR0=80010031 CR2=0000000000000000 CR3=0000000007fc0000 CR4=003008e0
"""

# Chapter 11's tables, as they stood: the way to 0x123456789008.
ROOT, ADDRESS = 0x102000, 0x123456789008
TABLES = {
    0x102000: {36: 0x0010000007fc1067, 256: 0x8000000000103023, 257: 0x8000000000102063, 511: 0x104023},
    0x7fc1000: {209: 0x0010000007fc2067},
    0x7fc2000: {179: 0x0010000007fc3067},
    0x7fc3000: {393: 0x8000000007fc0263},
}
LAYOUT = {"table_entry": {"fields": {"used": list(range(52, 62))}}, "page_entry": {"fields": {"owned": [9]}}}

# What the system answered: `frames --json`, `pages --json`, `heap --json`, shortened.
FRAMES = json.loads("""{"map": [{"start": "0x0", "bytes": 654336, "kind": "usable"}, {"start": "0x9fc00", "bytes": 1024, "kind":
"reserved"}, {"start": "0x100000", "bytes": 133033984, "kind": "usable"}], "reserved": [{"start": "0xa0000", "bytes": 393216,
"owner": "the PC's screens and ROMs"}, {"start": "0x10c000", "bytes": 737280, "owner": "the kernel"}, {"start": "0x21e0", "bytes":
56, "owner": "boot information"}, {"start": "0x11c0", "bytes": 1, "owner": "boot information"}, {"start": "0x5a8", "bytes": 216,
"owner": "boot information"}], "zones": [{"start": "0x3000", "bytes": 638976}, {"start": "0x1c2000", "bytes": 132239360}]}""")
PAGES = json.loads("""[{"start": "0xffff800000000000", "bytes": 4096, "rights": "r---g-", "memory": "0x0", "is_in_a_row": true,
"owner": "direct map"}, {"start": "0xffffffff8018f000", "bytes": 40960, "rights": "rw--g-", "memory": "0x18f000", "is_in_a_row":
true, "owner": "data"}, {"start": "0xffffffff8019a000", "bytes": 16384, "rights": "rw--g-", "memory": "0x19a000", "is_in_a_row":
true, "owner": "a stack"}]""")
HEAP = json.loads("""{"classes": [{"block_bytes": 48, "blocks": 2, "slabs": 1, "is_aligned": false}, {"block_bytes": 4096, "blocks":
2, "slabs": 2, "is_aligned": true}], "heap": {"used_blocks": 4, "used": 8288, "large_blocks": 0, "large": 0, "taken": 196608,
"peak": 196608, "empty_slabs": 0, "unused_percent": 95}}""")
SLAB = {"bytes": 65536, "header": 128}
CHUNK = {"bytes": 104, "memory": 2 << 20, "frames": 512, "free": 16, "start": 80, "summary": 88, "count": 96}


def page(start: int) -> bytes:
    content = bytearray(4096)
    for index, entry in TABLES[start].items():
        content[8 * index:8 * index + 8] = entry.to_bytes(8, "little")
    return bytes(content)


def the_way() -> tables.Way:
    found = tuple(tables.way_to(ADDRESS, ROOT, page))
    return tables.Way(ADDRESS, found, 257, tuple(tables.appearances_of(found, 257)))


class Machines(unittest.TestCase):
    def test_registers_are_read(self) -> None:
        found = live.registers_in(REGISTERS)
        self.assertEqual((found["CR3"], found["R8"], found["RIP"]), (0x7fc0000, 7, 0xffffffff801359ee))

    def test_packets_carry_their_sum(self) -> None:
        self.assertEqual(live.packet("c"), b"$c#63")
        self.assertEqual(live.packet("Z0,ff,1"), b"$Z0,ff,1#df")

    def test_an_answer_is_read_and_acknowledged(self) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.sendall(b"+$T05thread:01;#07")
            self.assertEqual(live.read_packet(ours), "T05thread:01;")
            self.assertEqual(theirs.recv(1), b"+")
            theirs.shutdown(socket.SHUT_WR)
            with self.assertRaisesRegex(PithError, "gone"):
                live.read_packet(ours)

    def test_answers_are_found_among_other_lines(self) -> None:
        self.assertEqual(live.json_in(["Pith greets you.", '{"a": 1}', "pith> ", "[2]"], 2), [{"a": 1}, [2]])
        with self.assertRaisesRegex(PithError, "1 of 2"):
            live.json_in(["[2]"], 2)


class Walks(unittest.TestCase):
    def setUp(self) -> None:
        self.told, layouts.told = layouts.told, lambda: LAYOUT
        self.addCleanup(setattr, layouts, "told", self.told)

    def test_the_way_is_found(self) -> None:
        way = the_way()
        self.assertEqual([(table.start, table.index) for table in way.tables],
                         [(0x102000, 36), (0x7fc1000, 209), (0x7fc2000, 179), (0x7fc3000, 393)])
        self.assertEqual(way.tables[-1].leads_to, 0x7fc0000)

    def test_what_is_not_mapped_is_said(self) -> None:
        with self.assertRaisesRegex(PithError, "not mapped by a table of level 4"):
            list(tables.way_to(0x8000000000, ROOT, page))

    def test_tables_appear_where_chapter_11_says(self) -> None:
        way = the_way()
        self.assertEqual(way.appearances[0].address, 0xffff80c060301000)
        self.assertEqual([seen.indices for seen in way.appearances],
                         [(257, 257, 257, 257), (257, 257, 257, 36), (257, 257, 36, 209), (257, 36, 209, 179)])

    def test_an_address_comes_back_from_its_indices(self) -> None:
        for address in (ADDRESS & -4096, 0xffff800000000000, 0xfffffffffffff000):
            indices = tuple(page_tables.index_of(address, level) for level in page_tables.LEVELS)
            self.assertEqual(tables.address_of(indices), address)

    def test_entries_say_what_they_are(self) -> None:
        way = the_way()
        says = {index: tables.what_it_is(way, way.tables[0], index) for index in way.tables[0].entries}
        self.assertEqual(says[256], "the direct map")
        self.assertIn("recursive", says[257])
        self.assertIn("1 entry in use there", says[36])
        self.assertIn("no-execute, owned", tables.what_it_is(way, way.tables[3], 393))

    def test_both_figures_can_be_read(self) -> None:
        self.assertIn("level 1, at 0x7fc3000", tables.draw_walk(the_way()).svg())
        self.assertIn("0xffff&#x27;80c0&#x27;6030&#x27;1000", tables.draw_recursive(the_way()).svg())


class Spaces(unittest.TestCase):
    def test_pages_in_a_row_are_one_region(self) -> None:
        small = {0x1000: {0: 0x2003, 511: 0x2003}, 0x2000: {0: 0x3003}, 0x3000: {0: 0x83, 1: 0x200083, 3: 1 << 63 | 0x600083}}
        regions = spaces.mappings(0x1000, lambda start: b"".join(
            small[start].get(index, 0).to_bytes(8, "little") for index in range(512)))
        self.assertEqual([(region.start, region.size, region.rights, region.memory) for region in regions],
                         [(0, 4 << 20, "rwx", 0), (6 << 20, 2 << 20, "rw-", 6 << 20),
                          (0xffffff8000000000, 4 << 20, "rwx", 0), (0xffffff8000600000, 2 << 20, "rw-", 6 << 20)])

    def test_a_hole_says_what_it_is(self) -> None:
        data, stack = spaces.regions_of(PAGES)[1:]
        self.assertIn("guard", spaces.hole_text(data.end, stack))
        self.assertEqual(spaces.hole_text(data.end, spaces.Region(data.end + 8192, 4096, "rw", 0)), "not mapped, 8 KiB")
        self.assertIn("canonical", spaces.hole_text(4096, spaces.Region(spaces.UPPER_HALF, 4096, "rw", 0)))

    def test_colours_follow_rights(self) -> None:
        self.assertEqual([spaces.colour_of(rights) for rights in ("r---g-", "rw--g-", "r-x-g-", "rw--gd", "rwx")],
                         ["a", "b", "c", "d", "e"])

    def test_both_figures_can_be_read(self) -> None:
        self.assertIn("a stack, 16 KiB", spaces.draw_own_map(PAGES).svg())
        regions = [spaces.Region(0, 4 << 30, "rwx", 0, what="identity map", is_short_lived=True),
                   spaces.Region(spaces.UPPER_HALF, 4 << 30, "rw-", 0, what="direct map")]
        self.assertIn("gone before C++ begins", spaces.draw_boot_map(regions).svg())


class Memory(unittest.TestCase):
    def test_who_has_parts_of_a_page_has_the_page(self) -> None:
        owners = memory.in_pages(memory.areas(FRAMES["reserved"], "owner"))
        self.assertEqual([(area.start, area.end, area.what) for area in owners][0], (0, 0x3000, "boot information"))
        self.assertEqual(len(owners), 3)

    def test_a_chunk_is_read_as_its_type_has_it(self) -> None:
        content = bytearray(104)
        content[16:24] = (0b101).to_bytes(8, "little")
        content[72:80] = (1 << 63).to_bytes(8, "little")
        content[80:88] = (0x7e00000).to_bytes(8, "little")
        content[88] = 0b1000_0001
        content[96:100] = (3).to_bytes(4, "little")
        chunk = memory.chunk_in(bytes(content), CHUNK)
        self.assertEqual((chunk.start, chunk.count), (0x7e00000, 3))
        self.assertEqual(chunk.summary, memory.summary_of(chunk.free))
        self.assertEqual([frame for frame in range(512) if chunk.is_free(frame)], [0, 2, 511])
        svg = memory.draw_chunk(chunk, memory.Area(0x1c2000, 0x7fdf000, "frames")).svg()
        self.assertIn("33 not the allocator", svg)

    def test_blocks_begin_at_multiples_of_their_size(self) -> None:
        self.assertEqual(memory.summary_of([0b0110, 0b1100, 2 ** 64 - 1]), (7, 6, 4, 4, 4, 4, 4))

    def test_chunks_lie_before_their_zone(self) -> None:
        self.assertEqual(memory.chunks_before(memory.Area(0x1c2000, 0x7fdf000, ""), CHUNK), (0x1c0000, 64))

    def test_free_blocks_are_what_the_slabs_have_room_for(self) -> None:
        self.assertEqual([memory.free_of(one, SLAB) for one in HEAP["classes"]], [1360, 28])

    def test_both_figures_can_be_read(self) -> None:
        self.assertIn("the kernel, 720 KiB", memory.draw_memory_map(FRAMES).svg())
        self.assertIn("8.1 KiB in 4 blocks", memory.draw_heap(HEAP, SLAB).svg())
